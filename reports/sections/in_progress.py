"""Does the pile of open cases grow or shrink?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ...mining.findings import Findings
from .. import axes
from ..section import Chart, Column, Panel, Series, Table, Tick, row, rows_of
from ..words import Words

ID = "in_progress"
_SHOWN = 104  # weeks
_LINE = 3  # weeks make a line

# Weeks that the newest is compared over, where so many more lie before.
_BACK, _BEFORE = (52, 26, 13), 13


def chart(findings: Findings, words: Words) -> Chart | None:
    """Cases in progress, received and closed, week by week; None where the weeks are too few to make a line."""
    weeks = list(rows_of(findings.backlog.over_time.tail(_SHOWN)))
    if len(weeks) < _LINE:
        return None
    moved = max(max(week.received, week.closed) for week in weeks)
    return Chart(
        id=ID,
        title=_title(weeks, words),
        label=words.say("in_progress.label", title=_title(weeks, words)),
        names=tuple(week.day for week in weeks),
        ticks=_ticks([date.fromisoformat(week.day) for week in weeks], words),
        panels=(
            _panel("in_progress", weeks, max(week.in_progress for week in weeks), 4, words),
            *(_panel(figure, weeks, moved, 2, words) for figure in ("received", "closed")),
        ),
        below=_below(findings, weeks, words),
        table=_table(weeks, words),
    )


def _title(weeks: list[Any], words: Words) -> str:
    """The newest week beside an earlier one. The first weeks of a log are no yardstick: old cases are not in it."""
    now = int(weeks[-1].in_progress)
    back = next((back for back in _BACK if len(weeks) > back + _BEFORE), 0)
    if not back:
        return words.say("in_progress.now", now=now)
    before = weeks[-1 - back]
    key = "grew" if now > before.in_progress else "shrank" if now < before.in_progress else "same"
    day = words.date(date.fromisoformat(before.day))
    return words.say(f"in_progress.{key}", now=now, before=int(before.in_progress), day=day)


def _panel(figure: str, weeks: list[Any], largest: float, steps: int, words: Words) -> Panel:
    name = words.say(f"in_progress.{figure}")
    is_line = figure == "in_progress"
    values = tuple(int(getattr(week, figure)) for week in weeks)
    series = Series(
        name=name,
        mark="line" if is_line else "bars",
        values=tuple(map(float, values)),
        said=tuple(_said(name, week, value, words) for week, value in zip(weeks, values, strict=True)),
        unfinished=(False,) * len(weeks) if is_line else tuple(not week.whole for week in weeks),
        tone="main" if is_line else "side",
    )
    return Panel(name, axes.counts(largest, words, steps), (series,))


def _said(name: str, week: Any, value: int, words: Words) -> str:
    day = words.date(date.fromisoformat(week.day))
    return words.say("in_progress.said", figure=name, day=day, cases=words.say("words.cases", value))


def _ticks(days: list[date], words: Words) -> tuple[Tick, ...]:
    """The first week that begins in each month, with the year below."""
    found: list[Tick] = []
    for number, day in enumerate(days):
        if number == 0 or day.month != days[number - 1].month:
            found.append(Tick(number + 0.5, words.short_month(f"{day:%Y-%m}"), f"{day.year:04}"))
    # A month that begins right after the first week would stand on it.
    return tuple(found[1:] if len(found) > 2 and found[1].at - found[0].at < _LINE else found)


def _below(findings: Findings, weeks: list[Any], words: Words) -> str:
    said = [words.say("in_progress.below")]
    older = len(weeks) < len(findings.backlog.over_time)
    said.append(words.say("in_progress.newest", len(weeks)) if older else words.say("in_progress.begins"))
    if not all(week.whole for week in weeks):
        said.append(words.say("in_progress.part"))
    return " ".join(said)


def _table(weeks: list[Any], words: Words) -> Table:
    rows = []
    for week in reversed(weeks):
        day = words.date(date.fromisoformat(week.day))
        name = day if week.whole else words.say("in_progress.part_of", day=day)
        rows.append(row([name, *(words.number(int(getattr(week, f))) for f in ("received", "closed", "in_progress"))]))
    columns = (
        Column(words.say("in_progress.week"), "name"),
        *(Column(words.say(f"in_progress.{figure}")) for figure in ("received", "closed", "in_progress")),
    )
    return replace(Table(words.say("in_progress.caption"), columns, tuple(rows)), folded=words.say("axis.show"))
