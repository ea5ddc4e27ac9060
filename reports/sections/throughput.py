"""How long does a case take, and has that changed?

By the month the case was *received*. The newest months always hold cases that are open; these count for as long as they
were followed, so that the quick ones, which close first, do not make the month look better than it is. Months with more
than 5 % open are marked all the same, and compared with nothing: they rest on few cases at the long end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...mining.findings import Findings
from .. import axes
from ..section import Bar, Cell, Chart, Column, Panel, Row, Section, Series, Table, Tick, row, rows_of
from ..words import Words
from . import curve, distribution

if TYPE_CHECKING:
    from ...mining.throughput import Throughput

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
    if not open_known(result):
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
        blocks=tuple(
            filter(None, (curve.chart(findings, words), distribution.chart(findings, words), _months(findings, words)))
        ),
        how=tuple(
            (f"throughput.{figure}", words.say(f"method.throughput_{figure}"))
            for figure in ("median_days", "p90_days", "survival", "finished")
        ),
    )


def open_known(result: Throughput) -> bool:
    """Is it known which cases are still on the clock?"""
    return result.closing_known or bool(result.end)


def ends(result: Throughput, words: Words) -> str:
    """The steps that end the clock, for a sentence; empty where it is the closing."""
    return words.either([words.quoted(step) for step in result.end]) if result.end else ""


def _title(findings: Findings, words: Words) -> str:
    result = findings.throughput
    if not math.isfinite(result.median_days):
        return words.say("throughput.title_none")
    median = words.days(result.median_days)
    if result.end:
        return words.say("throughput.title_clock", end=ends(result, words), median=median)
    return words.say("throughput.title" if result.closing_known else "throughput.title_unknown", median=median)


def _lead(findings: Findings, words: Words) -> tuple[str, ...]:
    result = findings.throughput
    said = [compared(findings, words), _clock(findings, words)]
    if not open_known(result):
        return (*filter(None, said), words.say("throughput.unknown"))
    if result.open_cases:
        key = "throughput.open_counted_clock" if result.end else "throughput.open_counted"
        said.append(words.say(key, result.open_cases, end=ends(result, words)))
    said += _left_out(result, words)
    if result.chosen_by_outcome:
        return (*filter(None, said), words.say("throughput.chosen_by_outcome"))
    unfinished = int((~result.frame["finished"].astype(bool)).sum())
    if unfinished == len(result.frame):
        said.append(words.say("throughput.none_finished"))
    elif unfinished:
        said.append(words.say("throughput.unfinished", unfinished))
    return tuple(filter(None, said))


def _clock(findings: Findings, words: Words) -> str:
    """From when to when the time runs."""
    result = findings.throughput
    if result.end:
        return words.say("throughput.lead_clock", start=words.quoted(result.start), end=ends(result, words))
    by_flow = result.closing_known and findings.manifest.closed is None
    to_closing = by_flow or findings.manifest.closed in {"time", "day"}
    return words.say("throughput.lead" if to_closing else "throughput.lead_last_event")


def _left_out(result: Throughput, words: Words) -> list[str]:
    """Which cases the figures are not of, or not wholly."""
    said = []
    if result.withdrawn:
        said.append(words.say("throughput.withdrawn", result.withdrawn, end=ends(result, words)))
    if result.off_clock:
        said.append(words.say("throughput.off_clock", result.off_clock, start=words.quoted(result.start)))
    if result.late_entries:
        said.append(words.say("throughput.late_entries", result.late_entries))
    if result.not_followed:
        said.append(words.say("throughput.not_followed", result.not_followed))
    return said


def _months(findings: Findings, words: Words) -> Chart | Table:
    """The months as a chart with its table; as a table alone where two months make no line."""
    result = findings.throughput
    frame = result.frame.tail(_SHOWN)
    longest = float(np.fmax(frame["median_days"].max(), frame["p90_days"].max()))
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
        below=words.say(f"throughput.chart_below{'' if open_known(result) else '_unknown'}"),
        table=replace(_table(findings, words), folded=words.say("axis.show")),
    )


def _line(figure: str, months: list[Any], words: Words) -> Series:
    values = tuple(float(getattr(month, f"{figure}_days")) for month in months)
    name = words.say(f"throughput.col_{figure}")
    return Series(
        name=name,
        mark="line",
        values=values,
        said=tuple(_said(m, name, value, figure, words) for m, value in zip(months, values, strict=True)),
        unfinished=tuple(not month.finished for month in months),
        tone="main" if figure == "median" else "side",
        band=curve.month_band(pd.DataFrame(months)) if figure == "median" else (),
    )


def _said(month: Any, name: str, value: float, figure: str, words: Words) -> str:
    """A point in words, the median with its interval."""
    said = words.say("throughput.said", month=words.month(month.month), figure=name, value=words.days(value))
    within = curve.interval(month.low, month.high, words) if figure == "median" else ""
    return words.say("throughput.said_within", said=said, interval=within) if within else said


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
    frame, known = result.frame, open_known(result)
    longest = float(frame["median_days"].max())
    rows = [_row(month, longest, known, words) for month in rows_of(frame.tail(_SHOWN))]
    if len(frame) > _SHOWN:
        rows.insert(0, _older(frame.iloc[:-_SHOWN], known, words))
    (whole,) = rows_of(result.groups)
    rows.append(row([words.say("throughput.all"), *_figures(whole, Cell(), known, words), *_blank(known)], "total"))
    titles = [("month", "name"), ("cases", "number")]
    titles += [("open", "number")] if known else []
    titles += [("bar", "bar"), ("median", "number"), ("interval", "number"), ("p90", "number")]
    titles += [("state", "text")] if known else []
    columns = tuple(Column(words.say(f"throughput.col_{title}"), role) for title, role in titles)
    return Table(
        words.say("throughput.caption"),
        columns,
        tuple(rows),
        words.say("throughput.below" if known else "throughput.below_unknown"),
    )


def _row(month: Any, longest: float, known: bool, words: Words) -> Row:
    share = month.median_days / longest if longest > 0 else 0.0
    bar = Cell(bar=Bar(share, "main" if month.finished or not known else "open"))
    state = words.say("throughput.finished" if month.finished else "throughput.not_finished")
    return row([words.month(month.month), *_figures(month, bar, known, words), *([state] if known else [])])


def _figures(of: Any, bar: Cell, known: bool, words: Words) -> list[Cell | str]:
    """The figures of a month, or of all cases."""
    return [
        words.number(of.cases),
        *([words.number(of.open_cases)] if known else []),
        bar,
        words.days(of.median_days),
        curve.interval(of.low, of.high, words),
        words.days(of.p90_days),
    ]


def _older(older: pd.DataFrame, known: bool, words: Words) -> Row:
    name = words.say("throughput.older", len(older))
    return row([name, words.number(int(older["cases"].sum())), *_blank(known), "", "", "", "", *_blank(known)], "rest")


def _blank(known: bool) -> list[str]:
    return [""] if known else []


def _span(medians: tuple[float, ...], words: Words) -> str:
    return words.days_between(min(medians), max(medians))


def _year_before(month: str) -> str:
    return f"{int(month[:4]) - 1:04}{month[4:]}"


def _month_before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1:04}-12" if number == 1 else f"{year:04}-{number - 1:02}"
