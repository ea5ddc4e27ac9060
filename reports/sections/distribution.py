"""Are all cases a little slow, or a few very slow?"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from ...mining.findings import Findings
from .. import axes
from ..section import Bar, Cell, Chart, Column, Panel, Series, Table, Tick, row, rows_of
from ..words import Words

ID = "distribution"


def chart(findings: Findings, words: Words) -> Chart | None:
    """The closed cases by how long they took; None where one bar would hold them all."""
    frame = findings.distribution.frame
    if len(frame) < 2:
        return None
    classes = list(rows_of(frame))
    names = tuple(_name(each, words) for each in classes)
    said = tuple(
        words.say("distribution.said", time=name, cases=words.say("words.cases", int(each.cases)))
        for name, each in zip(names, classes, strict=True)
    )
    width = findings.distribution.width_days
    cases = Series(
        name=words.say(f"distribution.axis{'' if findings.distribution.closing_known else '_unknown'}"),
        mark="bars",
        values=tuple(float(each.cases) for each in classes),
        said=said,
        unfinished=tuple(math.isnan(each.to_days) for each in classes),
    )
    panel = Panel(cases.name, axes.counts(float(frame["cases"].max()), words), (cases,), _lines(findings, width, words))
    return Chart(
        id=ID,
        title=_title(findings, words),
        label=_label(findings, words),
        names=names,
        ticks=_ticks(findings, words),
        panels=(panel,),
        below=_below(findings, math.isnan(classes[-1].to_days), words),
        table=_table(classes, names, words),
    )


def _below(findings: Findings, open_class: bool, words: Words) -> str:
    times = findings.throughput
    lines = "lines_open" if times.open_cases + times.withdrawn else "lines"
    bars = "below_open" if open_class else "below"
    return f"{words.say(f'distribution.{bars}')} {words.say(f'distribution.{lines}')}"


def _title(findings: Findings, words: Words) -> str:
    p90 = findings.throughput.p90_days
    if not math.isfinite(p90):
        return words.say("distribution.title_unknown")
    return words.say("distribution.title", p90=words.days(p90))


def _label(findings: Findings, words: Words) -> str:
    """The picture in one sentence: where most cases stand."""
    frame = findings.distribution.frame
    most = next(iter(rows_of(frame.loc[[frame["cases"].idxmax()]])))
    return words.say("distribution.label", time=_name(most, words), share=words.percent(float(most.share)))


def _lines(findings: Findings, width: float, words: Words) -> tuple[Tick, ...]:
    """Half of the cases, and nine of ten, where they stand on the axis and far enough apart to read."""
    times = findings.throughput
    median, p90 = times.median_days / width, times.p90_days / width
    classes = len(findings.distribution.frame)
    found = [Tick(median, words.say("distribution.median", time=words.days(times.median_days)))]
    found.append(Tick(p90, words.say("distribution.p90", time=words.days(times.p90_days))))
    return tuple(tick for tick in found if tick.at <= classes)  # nor where a time is not known


def _ticks(findings: Findings, words: Words) -> tuple[Tick, ...]:
    """Times at the edges between the bars; the unit stands under the first."""
    width, classes = findings.distribution.width_days, len(findings.distribution.frame)
    unit, ticks = axes.durations(width * classes, words)
    ticks = [Tick(tick.at / width, tick.text) for tick in ticks if tick.at / width <= classes]
    return (replace(ticks[0], under=words.say(f"axis.{unit}")), *ticks[1:])


def _name(each: Any, words: Words) -> str:
    low = words.days(each.from_days)
    if math.isnan(each.to_days):
        return words.say("distribution.from", low=low)
    if each.from_days == 0:
        return words.say("distribution.up_to", high=words.days(each.to_days))
    return words.days_between(each.from_days, each.to_days)


def _table(classes: list[Any], names: tuple[str, ...], words: Words) -> Table:
    most = max(each.cases for each in classes)
    rows = [
        row([name, Cell(bar=Bar(each.cases / most)), words.number(int(each.cases)), words.percent(float(each.share))])
        for name, each in zip(names, classes, strict=True)
    ]
    titles = [("time", "name"), ("bar", "bar"), ("cases", "number"), ("share", "number")]
    columns = tuple(Column(words.say(f"distribution.col_{title}"), role) for title, role in titles)
    return Table(words.say("distribution.caption"), columns, tuple(rows), folded=words.say("axis.show"))
