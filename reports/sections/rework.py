"""What is done more than once, and in how many cases?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from ...mining.findings import Findings
from ..section import Bar, Cell, Column, Row, Section, Table, number_shown, row, rows_of
from ..words import Words

ID = "rework"


@dataclass(frozen=True)
class Redone:
    """The cases in which some step occurs twice, among those that are counted (closed, where that is known).

    share : nan where no case is counted
    step, times : what is redone most and how many extra times; "" and 0 where nothing is
    """

    cases: int
    counted: int
    share: float
    step: str
    times: int
    extra_times: int


def redone(findings: Findings) -> Redone:
    """The figures that both the brief and the section state."""
    result = findings.rework
    known = math.isfinite(result.right_first_time)
    share = 1 - result.right_first_time if known else math.nan
    extra = int(result.frame["extra_times"].sum())
    most = result.frame.iloc[0] if extra else None
    return Redone(
        cases=round(share * result.closed_cases) if known else 0,
        counted=result.closed_cases,
        share=share,
        step="" if most is None else str(most["activity"]),
        times=0 if most is None else int(most["extra_times"]),
        extra_times=extra,
    )


def among(findings: Findings, facts: Redone, words: Words) -> str:
    """How many of how many cases, as a sentence."""
    some = "among" if facts.cases else "none"
    which = "closed" if findings.rework.closing_known else "all"
    return words.say(f"rework.{some}_{which}", facts.counted, cases=facts.cases)


def section(findings: Findings, words: Words) -> Section:
    """The share of cases that redo something, and the steps with the most extra work."""
    facts = redone(findings)
    return Section(
        id=ID,
        nav=words.say("rework.nav"),
        title=_title(facts, words),
        lead=_lead(findings, facts, words),
        blocks=(_table(findings, words),) if facts.extra_times else (),
        how=(
            ("rework.right_first_time", words.say("method.rework_right_first_time")),
            ("rework.extra_times", words.say("method.rework_extra_times")),
        ),
    )


def _title(facts: Redone, words: Words) -> str:
    if facts.extra_times == 0:
        return words.say("rework.title_none")
    if not facts.counted:
        return words.say("rework.title_open", facts.extra_times)
    if facts.cases == 0:
        return words.say("rework.title_none_closed")
    return words.say("rework.title", share=words.percent(facts.share))


def _lead(findings: Findings, facts: Redone, words: Words) -> tuple[str, ...]:
    meaning = words.say("rework.lead" if findings.intended is None else "rework.lead_meant")
    if not facts.counted:
        return (words.say("rework.no_closed"), meaning)
    said = [among(findings, facts, words), meaning]
    if facts.cases:
        low, high = 1 - findings.rework.right_first_time_high, 1 - findings.rework.right_first_time_low
        said.append(words.say("rework.uncertain", low=words.percent(low), high=words.percent(high)))
    return tuple(said)


def _table(findings: Findings, words: Words) -> Table:
    frame = findings.rework.frame
    frame = frame[frame["extra_times"] > 0]
    most = int(frame["extra_times"].iloc[0])
    shown = number_shown(len(frame))
    rows = [
        row(
            [
                words.name(step.activity),
                Cell(bar=Bar(step.extra_times / most, "warn")),
                words.number(step.extra_times),
                words.number(step.cases),
                words.number(step.cases_with_self_loop),
                words.number(step.cases_with_repetition),
            ]
        )
        for step in rows_of(frame.head(shown))
    ]
    if shown < len(frame):
        rows.append(_rest(frame.iloc[shown:], most, words))
    titles = ["step", "bar", "extra_times", "cases", "self_loops", "repetitions"]
    roles = ["name", "bar", "number", "number", "number", "number"]
    columns = tuple(Column(words.say(f"rework.col_{t}"), r) for t, r in zip(titles, roles, strict=True))
    return Table(
        words.say("rework.caption"),
        columns,
        tuple(rows),
        words.say("rework.below_open" if findings.open_cases else "rework.below"),
    )


def _rest(tail: pd.DataFrame, most: int, words: Words) -> Row:
    """The folded steps. Cases are not added up: one case may redo several of them."""
    extra = int(tail["extra_times"].sum())
    name = words.say("rework.rest", len(tail))
    return row([name, Cell(bar=Bar(extra / most, "warn")), words.number(extra), "", "", ""], "rest")
