"""Are the deadlines met, and how long have the open cases left?

A share says how many it is made of, and an open case that is overdue counts as not met at once. The one deadline that title
and card speak of is the most severe that is missed; of several, the one with the worst share.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from ...mining.findings import Findings
from ...mining.local_time import local_day
from ..section import Bar, Card, Cell, Column, Row, Section, Table, number_shown, row, rows_of
from ..words import Words
from .deadline_terms import terms

if TYPE_CHECKING:
    import pandas as pd

    from ...mining.deadlines import Deadlines

ID = "deadlines"
FEW = 20  # of so many or more, a share is worth a title
_SHOWN = 12
_SEVERITIES = ("high", "warn", "info")
_NOW_AND_THEN = ("paused", "withdrawn", "without_due")  # columns that stand only where some case is in them


def section(findings: Findings, words: Words) -> Section | None:
    """The deadlines of the flow; nothing where it has none."""
    found = findings.deadlines
    if found is None:
        return None
    shown = most_severe(found.frame)
    blocks = [_table(shown, words)]
    if int(found.frame[["running", "overdue", "paused"]].sum().sum()):
        blocks.append(_ageing(found, shown, words))
    blocks.append(terms(found, shown, words))
    return Section(
        id=ID,
        nav=words.say("deadlines.nav"),
        title=_title(found, words),
        lead=_lead(found, words),
        blocks=tuple(blocks),
        how=(("deadlines.met_share", words.say("method.deadlines_met_share")),),
    )


def card(findings: Findings, words: Words) -> Card | None:
    """What the first screen needs to know of the deadlines; nothing where none could be judged."""
    each = None if findings.deadlines is None else weakest(findings.deadlines)
    if each is None:
        return None
    title = words.say("deadlines.card", name=words.quoted(each.name))
    bar = Bar(each.met_share, "main" if _kept(each) else "warn")
    return Card(words.percent(each.met_share), title, bar, among(each, words), ID, words.say("deadlines.link"))


def weakest(found: Deadlines) -> Any | None:
    """The row of the deadline to speak of first; None where none was reached or ran out."""
    judged = [each for each in rows_of(most_severe(found.frame)) if _judged(each)]
    missed = [each for each in judged if not _kept(each)]
    of = missed or judged
    worst = [each for each in of if each.severity == of[0].severity]
    enough = [each for each in worst if _judged(each) >= FEW] or worst
    return min(enough, key=lambda each: (each.met_share, -_judged(each)), default=None)


def among(each: Any, words: Words) -> str:
    """How many met it, and what became of the others, as sentences."""
    if _kept(each):
        return words.say("deadlines.all_met", _judged(each))
    return words.say("deadlines.among", met=each.met, judged=_judged(each), late=each.late, overdue=each.overdue)


def most_severe(frame: pd.DataFrame) -> pd.DataFrame:
    """The deadlines (or rules) by severity, in the order of the flow where that is the same."""
    return frame.sort_values("severity", key=lambda each: each.map(_SEVERITIES.index), kind="stable")


def _judged(each: Any) -> int:
    return each.met + each.late + each.overdue


def _kept(each: Any) -> bool:
    return each.met == _judged(each)


def _title(found: Deadlines, words: Words) -> str:
    each = weakest(found)
    if each is None:
        return words.say("deadlines.title_not_yet" if found.frame["triggered"].any() else "deadlines.title_none")
    if _kept(each):
        return words.say("deadlines.title_met")
    name = words.quoted(each.name)
    if _judged(each) < FEW:
        return words.say("deadlines.title_few", met=each.met, judged=_judged(each), name=name)
    return words.say("deadlines.title", share=words.percent(each.met_share), name=name)


def _lead(found: Deadlines, words: Words) -> tuple[str, ...]:
    each = weakest(found)
    if each is None:
        return (words.say("deadlines.not_yet" if found.frame["triggered"].any() else "deadlines.none"),)
    said = [among(each, words), words.say("deadlines.at_once")]
    if not found.closing_known:
        said.append(words.say("deadlines.closing_unknown"))
    if any(deadline.occurrence == "each" for deadline in found.in_flow):
        said.append(words.say("deadlines.each"))
    return tuple(said)


def _table(frame: pd.DataFrame, words: Words) -> Table:
    counts = ["late", "overdue", "running", *(name for name in _NOW_AND_THEN if frame[name].any())]
    titles = ("name", "bar", "share", "of", "interval", *counts, "median_late")
    roles = {"name": "name", "bar": "bar"}
    columns = tuple(Column(words.say(f"deadlines.col_{title}"), roles.get(title, "number")) for title in titles)
    shown = number_shown(len(frame), _SHOWN)
    rows = [_row(each, counts, words) for each in rows_of(frame.head(shown))]
    below = words.say("deadlines.below")
    if any(0 < _judged(each) < FEW for each in rows_of(frame.head(shown))):
        below = f"{below} {words.say('deadlines.below_few', FEW)}"
    return Table(words.say("deadlines.caption"), columns, (*rows, *rest(len(frame) - shown, titles, words)), below)


def _row(each: Any, counts: list[str], words: Words) -> Row:
    judged = _judged(each)
    said = ("", words.say("deadlines.nothing_judged"), "")
    if judged:
        of = words.say("deadlines.of_few" if judged < FEW else "deadlines.of", met=each.met, judged=judged)
        interval = words.say(
            "deadlines.interval", low=words.percent(each.met_share_low), high=words.percent(each.met_share_high)
        )
        said = (words.percent(each.met_share), of, interval)
    days = Words(words.lang, whole_days=True)  # as deadlines are counted, also where the log has times
    late = days.days(each.median_late_days) if each.late + each.overdue else ""
    bar = Cell(bar=Bar(each.met_share, "main" if _kept(each) else "warn")) if judged else ""
    numbers = (words.number(getattr(each, name)) for name in counts)
    return row([words.name(each.name), bar, *said, *numbers, late])


def rest(more: int, titles: tuple[str, ...], words: Words) -> tuple[Row, ...]:
    """The folded deadlines of a table as its last row, where there are any."""
    if not more:
        return ()
    return (row([words.say("deadlines.rest", more), *[""] * (len(titles) - 1)], "rest"),)


def _ageing(found: Deadlines, frame: pd.DataFrame, words: Words) -> Table:
    """How far over their deadlines the open cases are, and how long the others have left."""
    ages = found.ageing()
    names = tuple(ages["age"].unique())
    counts = ages.set_index(["name", "age"])["open"].to_dict()
    still = frame[frame["running"] + frame["overdue"] + frame["paused"] > 0]
    shown = number_shown(len(still), _SHOWN)
    titles = ("name", "open", *names)
    columns = (Column(words.say("deadlines.col_name"), "name"), Column(words.say("deadlines.col_open")))
    columns += tuple(Column(words.say(f"deadlines.age_{name}")) for name in names)
    rows = [
        row(
            [
                words.name(each.name),
                words.number(each.running + each.overdue + each.paused),
                *(words.number(counts[each.name, name]) for name in names),
            ]
        )
        for each in rows_of(still.head(shown))
    ]
    caption = words.say("deadlines.ageing", day=words.date(_last_day(found)))
    below = words.say("deadlines.ageing_below")
    if found.frame["paused"].any():
        below = f"{below} {words.say('deadlines.ageing_paused')}"
    return Table(caption, columns, (*rows, *rest(len(still) - shown, titles, words)), below)


def _last_day(found: Deadlines) -> date:
    """The day at the end of which everything was judged."""
    moment = found.log.observed_to
    assert moment is not None  # a log that has cases has a window
    return local_day(moment, found.log.zone)
