"""Which cases are open, who has them, and have they stood there longer than usual?

Held against the closed cases: an open case has stood long at a step when 85 of a hundred closed ones had gone on by then.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pandas as pd

from ...mining.findings import Findings
from ..section import Bar, Cell, Column, Notes, Row, Section, Table, number_shown, row, rows_of
from ..words import Words
from . import in_progress

ID = "backlog"
_OLDEST = 10

# Where the classes of age begin, in days.
_AGES = (0, 7, 30, 90, 180, 365)


def section(findings: Findings, words: Words) -> Section | None:
    """The open cases by step and age, the oldest of them, and the work in progress; None where nobody knows which are open."""
    if findings.open_cases is None:
        return None
    found = findings.backlog
    lead = _lead(findings, words) if found.open_cases else [words.say("backlog.none", found.cases)]
    tables = (_by_step, _by_whom, _by_age, _oldest) if found.open_cases else ()
    return Section(
        id=ID,
        nav=words.say("backlog.nav"),
        title=_title(findings, words),
        lead=tuple(lead),
        blocks=tuple(filter(None, (made(findings, words) for made in (*tables, _little, in_progress.chart)))),
        how=tuple((f"backlog.{figure}", words.say(f"method.backlog_{figure}")) for figure in _figures(findings)),
    )


def _figures(findings: Findings) -> tuple[str, ...]:
    """Those that stand in the section."""
    found = findings.backlog
    names = ("closed_p85_days", "older") if found.open_cases else ()
    names += ("weeks_of_work",) if found.open_cases and math.isfinite(found.weeks_of_work) else ()
    return (*names, "little_gap") if found.little_holds is False else names


def _title(findings: Findings, words: Words) -> str:
    found = findings.backlog
    if not found.open_cases:
        return words.say("backlog.title_none")
    if not found.older_cases:
        return words.say("backlog.title", found.open_cases)
    return words.say("backlog.title_older", found.open_cases, older=found.older_cases)


def _lead(findings: Findings, words: Words) -> list[str]:
    found = findings.backlog
    oldest = found.oldest.iloc[0]
    said = [words.say("backlog.open", found.open_cases, cases=found.cases)]
    if math.isfinite(found.weeks_of_work):
        said.append(_weeks(found.weeks_of_work, words))
    said.append(words.say("backlog.eldest", age=words.days(oldest["age_days"]), step=words.quoted(oldest["step"])))
    if held := _held_by_most(findings, words):
        said.append(held)
    said.append(words.say("backlog.meaning"))
    return said


def _weeks(weeks: float, words: Words) -> str:
    """How long it takes to close as many; whole weeks from ten on."""
    if weeks < 0.95:
        return words.say("backlog.under_a_week")
    shown = round(weeks, 1) if weeks < 9.95 else round(weeks)
    return words.say(
        "backlog.weeks", 1 if shown == 1 else 2, weeks=words.number(shown, 0 if shown == int(shown) else 1)
    )


def _little(findings: Findings, words: Words) -> Notes | None:
    """That the cases coming in and their times do not make the number in progress: a check of the log, said when it fails."""
    found = findings.backlog
    if found.little_holds is not False:
        return None
    expected, mean = _about(found.received_per_day * found.mean_days, words), _about(found.mean_in_progress, words)
    said = words.say("backlog.little", expected=expected, mean=mean)
    return Notes(words.say("backlog.little_title"), (said, words.say("backlog.little_why")))


def _about(cases: float, words: Words) -> str:
    return words.number(cases, 1 if cases < 10 else 0)


def _held_by_most(findings: Findings, words: Words) -> str:
    """How many lie with the one outside who has most of them, where the flow says who has the case."""
    oldest = findings.backlog.oldest
    said = oldest["waits_for"][~oldest["waits_for"].isin(["", "office"])]
    if said.empty:
        return ""
    ((whom, cases),) = Counter(said.sort_values()).most_common(1)
    return words.say("backlog.held", cases, whom=_whom(whom, words))


def _whom(waits_for: str, words: Words) -> str:
    """Who has the case: a word of ours where the flow uses one of the known ones, else the flow's own."""
    key = f"backlog.whom_{waits_for}"
    return words.say(key) if words.knows(key) else words.name(waits_for) if waits_for else ""


def _says_who(findings: Findings) -> bool:
    return bool((findings.backlog.oldest["waits_for"] != "").any())


def _by_whom(findings: Findings, words: Words) -> Table | None:
    """The open cases by who has them; None where the flow says it of no step at which a case stands."""
    if not _says_who(findings):
        return None
    oldest = findings.backlog.oldest.assign(whom=[_whom(each, words) for each in findings.backlog.oldest["waits_for"]])
    frame = oldest.groupby("whom").agg(cases=("age_days", "size"), age=("age_days", "median"), older=("older", "sum"))
    frame = frame.sort_values(["cases", "age"], ascending=False, kind="stable")
    rows = [
        row(
            [
                each.Index or words.say("backlog.whom_unsaid"),
                Cell(bar=Bar(each.cases / frame["cases"].max())),
                words.number(int(each.cases)),
                words.days(each.age),
                words.number(int(each.older)),
            ]
        )
        for each in rows_of(frame)
    ]
    titles = [("whom", "name"), ("bar", "bar"), *((name, "number") for name in ("open_cases", "median_age", "longer"))]
    return Table(words.say("backlog.by_whom"), _columns(titles, words), tuple(rows))


def _columns(titles: list[tuple[str, str]], words: Words) -> tuple[Column, ...]:
    return tuple(Column(words.say(f"backlog.col_{title}"), role) for title, role in titles)


def _who_column(findings: Findings) -> list[tuple[str, str]]:
    return [("whom", "text")] if _says_who(findings) else []


def _by_step(findings: Findings, words: Words) -> Table:
    frame = findings.backlog.frame
    shown = number_shown(len(frame))
    rows = [_step(each, words) for each in rows_of(frame.head(shown))]
    if shown < len(frame):
        rows.append(_rest(frame.iloc[shown:], words))
    titles = [("step", "name"), ("open_cases", "number"), ("median_age", "number")]
    titles += [(name, "number") for name in ("oldest_age", "median_here", "closed_p85", "older")]
    return Table(words.say("backlog.caption"), _columns(titles, words), tuple(rows), words.say("backlog.below"))


def _step(each: Any, words: Words) -> Row:
    known = math.isfinite(each.closed_p85_days)
    return row(
        [
            words.name(each.step),
            words.number(int(each.open_cases)),
            words.days(each.median_age_days),
            words.days(each.oldest_age_days),
            words.days(each.median_here_days),
            words.days(each.closed_p85_days) if known else words.say("backlog.too_few"),
            words.number(int(each.older)) if known else "",
        ]
    )


def _rest(tail: pd.DataFrame, words: Words) -> Row:
    name, cases = words.say("backlog.rest", len(tail)), words.number(int(tail["open_cases"].sum()))
    return row([name, cases, "", words.days(tail["oldest_age_days"].max()), "", "", ""], "rest")


def _by_age(findings: Findings, words: Words) -> Table | None:
    """The open cases in classes of age, from the first to the last that has some; None where that is one."""
    ages = findings.backlog.oldest["age_days"]
    counts = pd.cut(ages, [*_AGES, math.inf], right=False, labels=False).value_counts()
    classes = range(int(counts.index.min()), int(counts.index.max()) + 1)
    if len(classes) < 2:
        return None
    rows = []
    for number in classes:
        cases = int(counts.get(number, 0))
        share = words.percent(cases / len(ages))
        rows.append(row([_age(number, words), Cell(bar=Bar(cases / counts.max())), words.number(cases), share]))
    titles = [("age", "name"), ("bar", "bar"), ("open_cases", "number"), ("share", "number")]
    return Table(words.say("backlog.ages"), _columns(titles, words), tuple(rows))


def _age(number: int, words: Words) -> str:
    if number == 0:
        return words.say("backlog.age_under", high=_AGES[1])
    if number == len(_AGES) - 1:
        return words.say("backlog.age_over", low=_AGES[number])
    return words.say("backlog.age_between", low=_AGES[number], high=_AGES[number + 1])


def _oldest(findings: Findings, words: Words) -> Table:
    """The oldest cases, a row each, without what names them."""
    oldest = findings.backlog.oldest.head(_OLDEST)
    rows = [
        row(
            [
                words.name(each.step),
                *([_whom(each.waits_for, words)] if _says_who(findings) else []),
                words.days(each.age_days),
                words.days(each.here_days),
                _longer(each, words),
            ]
        )
        for each in rows_of(oldest)
    ]
    titles = [("step", "name"), *_who_column(findings), ("age", "number"), ("here", "number"), ("longer", "text")]
    return Table(
        words.say("backlog.oldest", len(oldest)),
        _columns(titles, words),
        tuple(rows),
        words.say("backlog.oldest_below"),
    )


def _longer(each: Any, words: Words) -> str:
    if not math.isfinite(each.closed_p85_days):
        return words.say("backlog.too_few")
    return words.say("backlog.longer" if each.older else "backlog.not_longer")
