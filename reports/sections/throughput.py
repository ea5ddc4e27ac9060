"""How long does a case take, and has that changed?

By the month the case was *received*. The newest months always hold cases that are not closed, and the quick ones
close first: such a month looks better than it will turn out. Months with less than 95 % of their cases closed are
therefore marked, and compared with nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from ...mining.findings import Findings
from .. import axes
from ..section import Bar, Cell, Chart, Column, Panel, Row, Section, Series, Table, Tick, row, rows_of
from ..words import Words
from . import distribution

ID = "throughput"
_SHOWN = 36
_LINE = 3  # months make a line

# A median of fewer cases says more about the cases than about the office.
_ENOUGH_CASES = 20
_MONTHS_COMPARED = 3


@dataclass(frozen=True)
class Comparison:
    """The newest finished months beside the same months a year before: months and their medians in days."""

    months: tuple[str, ...]
    medians: tuple[float, ...]
    months_before: tuple[str, ...]
    medians_before: tuple[float, ...]


def comparison(findings: Findings) -> Comparison | None:
    """The newest run of up to three finished months that all have a finished month a year before."""
    result = findings.throughput
    if not result.closing_known:
        return None
    median = {
        str(month.month): float(month.median_days)
        for month in rows_of(result.frame)
        if month.finished and month.cases >= _ENOUGH_CASES and math.isfinite(month.median_days)
    }
    run: list[str] = []
    month = max(median, default="")
    while month in median and _year_before(month) in median and len(run) < _MONTHS_COMPARED:
        run.insert(0, month)
        month = _month_before(month)
    if not run:
        return None
    before = tuple(_year_before(month) for month in run)
    return Comparison(tuple(run), tuple(median[m] for m in run), before, tuple(median[m] for m in before))


def compared(findings: Findings, words: Words) -> str:
    """The comparison as a sentence of plain facts, or "" where none can be made."""
    found = comparison(findings)
    if found is None:
        return ""
    key = "throughput.compared_one" if len(found.months) == 1 else "throughput.compared"
    return words.say(
        key,
        months=words.months(found.months),
        median=_span(found.medians, words),
        months_before=words.months(found.months_before),
        median_before=_span(found.medians_before, words),
    )


def section(findings: Findings, words: Words) -> Section:
    """Time per case by month received, with the unfinished months marked."""
    return Section(
        id=ID,
        nav=words.say("throughput.nav"),
        title=_title(findings, words),
        lead=_lead(findings, words),
        blocks=tuple(filter(None, (distribution.chart(findings, words), _months(findings, words)))),
        how=tuple(
            (f"throughput.{figure}", words.say(f"method.throughput_{figure}"))
            for figure in ("median_days", "p90_days", "finished")
        ),
    )


def _title(findings: Findings, words: Words) -> str:
    median = findings.throughput.median_days
    if not math.isfinite(median):
        return words.say("throughput.title_none")
    known = "title" if findings.throughput.closing_known else "title_unknown"
    return words.say(f"throughput.{known}", median=words.days(median))


def _lead(findings: Findings, words: Words) -> tuple[str, ...]:
    result = findings.throughput
    to_closing = findings.manifest.closed in {"time", "day"}
    said = [compared(findings, words), words.say("throughput.lead" if to_closing else "throughput.lead_last_event")]
    if not result.closing_known:
        said.append(words.say("throughput.unknown"))
        return tuple(filter(None, said))
    if result.chosen_by_outcome:
        said.append(words.say("throughput.chosen_by_outcome"))
        return tuple(filter(None, said))
    unfinished = int((~result.frame["finished"].astype(bool)).sum())
    if unfinished == len(result.frame):
        said.append(words.say("throughput.none_finished"))
    elif unfinished:
        said.append(words.say("throughput.unfinished", unfinished))
    return tuple(filter(None, said))


def _months(findings: Findings, words: Words) -> Chart | Table:
    """The months as a chart with its table; as a table alone where two months make no line."""
    result = findings.throughput
    frame = result.frame.tail(_SHOWN)
    longest = float(frame["p90_days"].max())
    if len(frame) < _LINE or not longest > 0:
        return _table(findings, words)
    months = list(rows_of(frame))
    unit, ticks = axes.durations(longest, words)
    times = Panel(words.say(f"axis.{unit}"), ticks, (_line("p90", months, words), _line("median", months, words)))
    received = Panel(
        words.say("throughput.axis_cases"),
        axes.counts(float(frame["cases"].max()), words, 2),
        (_received(months, words),),
    )
    return Chart(
        id="months",
        title=words.say("throughput.caption"),
        label=words.say("throughput.chart_label", months=words.months([months[0].month, months[-1].month])),
        names=tuple(words.month(month.month) for month in months),
        ticks=_month_ticks([month.month for month in months], words),
        panels=(times, received),
        below=words.say(f"throughput.chart_below{'' if result.closing_known else '_unknown'}"),
        table=replace(_table(findings, words), folded=words.say("axis.show")),
    )


def _line(figure: str, months: list[Any], words: Words) -> Series:
    values = tuple(float(getattr(month, f"{figure}_days")) for month in months)
    name = words.say(f"throughput.col_{figure}")
    return Series(
        name=name,
        mark="line",
        values=values,
        said=tuple(
            words.say("throughput.said", month=words.month(m.month), figure=name, value=words.days(value))
            for m, value in zip(months, values, strict=True)
        ),
        unfinished=tuple(not month.finished for month in months),
        tone="main" if figure == "median" else "side",
    )


def _received(months: list[Any], words: Words) -> Series:
    name = words.say("throughput.axis_cases")
    return Series(
        name=name,
        mark="bars",
        values=tuple(float(month.cases) for month in months),
        said=tuple(
            words.say("throughput.said", month=words.month(m.month), figure=name, value=words.number(m.cases))
            for m in months
        ),
        unfinished=(False,) * len(months),
        tone="side",
    )


def _month_ticks(months: Sequence[str], words: Words) -> tuple[Tick, ...]:
    """The months' short names; the year under the first of each that is written."""
    return tuple(Tick(number + 0.5, words.short_month(month), month[:4]) for number, month in enumerate(months))


def _table(findings: Findings, words: Words) -> Table:
    result = findings.throughput
    frame = result.frame
    longest = float(frame["median_days"].max())
    rows = [_row(month, longest, result.closing_known, words) for month in rows_of(frame.tail(_SHOWN))]
    if len(frame) > _SHOWN:
        rows.insert(0, _older(frame.iloc[:-_SHOWN], result.closing_known, words))
    rows.append(_all(findings, words))
    titles = [("month", "name"), ("cases", "number")]
    titles += [("closed_share", "number")] if result.closing_known else []
    titles += [("bar", "bar"), ("median", "number"), ("p90", "number")]
    titles += [("state", "text")] if result.closing_known else []
    columns = tuple(Column(words.say(f"throughput.col_{title}"), role) for title, role in titles)
    return Table(
        words.say("throughput.caption"),
        columns,
        tuple(rows),
        words.say("throughput.below" if result.closing_known else "throughput.below_unknown"),
    )


def _row(month: Any, longest: float, closing_known: bool, words: Words) -> Row:
    finished = bool(month.finished) or not closing_known
    share = month.median_days / longest if longest > 0 else 0.0
    state = words.say("throughput.finished" if finished else "throughput.not_finished")
    closed = [words.percent(month.closed_share)] if closing_known else []
    return row(
        [
            words.month(month.month),
            words.number(month.cases),
            *closed,
            Cell(bar=Bar(share, "main" if finished else "open")),
            words.days(month.median_days),
            words.days(month.p90_days),
            *([state] if closing_known else []),
        ]
    )


def _older(older: pd.DataFrame, closing_known: bool, words: Words) -> Row:
    blank = [""] if closing_known else []
    name = words.say("throughput.older", len(older))
    return row([name, words.number(int(older["cases"].sum())), *blank, "", "", "", *blank], "rest")


def _all(findings: Findings, words: Words) -> Row:
    result = findings.throughput
    known = result.closing_known
    closed = [words.percent(result.closed / result.cases if result.cases else math.nan)] if known else []
    return row(
        [
            words.say("throughput.all"),
            words.number(result.cases),
            *closed,
            "",
            words.days(result.median_days),
            words.days(result.p90_days),
            *([""] if known else []),
        ],
        "total",
    )


def _span(medians: tuple[float, ...], words: Words) -> str:
    return words.days_between(min(medians), max(medians))


def _year_before(month: str) -> str:
    return f"{int(month[:4]) - 1:04}{month[4:]}"


def _month_before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1:04}-12" if number == 1 else f"{year:04}-{number - 1:02}"
