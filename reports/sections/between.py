"""Where does the time go?

A log with completion times only cannot tell work from waiting. Then this is *time between steps*, in every
sentence; the word waiting is used only where the log's start times are real.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...mining.findings import Findings
from ..section import Bar, Cell, Column, Row, Section, Table, number_shown, row, rows_of
from ..words import Words

ID = "between"


def section(findings: Findings, words: Words) -> Section:
    """The transitions between steps, those that take the most time in all first."""
    has_time = findings.waiting.total_days > 0
    return Section(
        id=ID,
        nav=words.say(f"{kind(findings)}.nav"),
        title=_title(findings, words),
        lead=_lead(findings, words),
        blocks=(_table(findings, words),) if has_time else (),
        how=(("waiting.total_days", words.say(f"method.{kind(findings)}_total_days")),),
    )


def kind(findings: Findings) -> str:
    """The group of sentences that may be used: "waiting" or "between"."""
    return "waiting" if findings.waiting.kind == "waiting" else "between"


def _title(findings: Findings, words: Words) -> str:
    result = findings.waiting
    if len(result.frame) == 0:
        return words.say("between.title_no_steps")
    if not result.total_days > 0:
        return words.say(f"{kind(findings)}.title_no_time")
    share = float(result.frame["total_days"].iloc[0]) / result.total_days
    return words.say(f"{kind(findings)}.title", share=words.percent(share))


def _lead(findings: Findings, words: Words) -> tuple[str, ...]:
    result = findings.waiting
    if len(result.frame) == 0:
        return (words.say("between.no_steps"),)
    meaning = words.say(f"{kind(findings)}.meaning")
    if not result.total_days > 0:
        return (meaning, words.say("between.no_time"))
    first = result.frame.iloc[0]
    source, target = words.quoted(first["source"]), words.quoted(first["target"])
    place = words.say("between.place", source=source, target=target)
    return (place, meaning, words.say(f"{kind(findings)}.total", total=words.days(result.total_days)))


def _table(findings: Findings, words: Words) -> Table:
    result = findings.waiting
    shown = number_shown(len(result.frame))
    rows = [_row(step, result.total_days, words) for step in rows_of(result.frame.head(shown))]
    if shown < len(result.frame):
        rows.append(_rest(result.frame.iloc[shown:], result.total_days, words))
    titles = ["transition", "bar", "share", "total", "occurrences", "median", "p90"]
    roles = ["name", "bar", "number", "number", "number", "number", "number"]
    columns = tuple(Column(words.say(f"between.col_{t}"), r) for t, r in zip(titles, roles, strict=True))
    return Table(words.say(f"{kind(findings)}.caption"), columns, tuple(rows), words.say(f"{kind(findings)}.below"))


def _row(step: Any, total: float, words: Words) -> Row:
    share = step.total_days / total
    return row(
        [
            words.say("between.transition", source=words.name(step.source), target=words.name(step.target)),
            Cell(bar=Bar(share, "warn" if step.Index == 0 else "main")),
            words.percent(share),
            words.days(step.total_days),
            words.number(step.occurrences),
            words.days(step.median_days),
            words.days(step.p90_days),
        ]
    )


def _rest(tail: pd.DataFrame, total: float, words: Words) -> Row:
    days = float(tail["total_days"].sum())
    share = days / total
    name = words.say("between.rest", len(tail))
    times = words.number(int(tail["occurrences"].sum()))
    return row([name, Cell(bar=Bar(share)), words.percent(share), words.days(days), times, "", ""], "rest")
