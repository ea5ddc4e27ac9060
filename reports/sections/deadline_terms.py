"""What do the deadlines of the flow say: from which step to which, how long, and by which law?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...mining.flow_parts import Deadline
from ...mining.span import DueDate
from ..flow_words import only, severity, span
from ..section import Column, Table, number_shown, row, rows_of
from ..words import Words

if TYPE_CHECKING:
    import pandas as pd

    from ...mining.deadlines import Deadlines

_SHOWN = 12


def terms(found: Deadlines, frame: pd.DataFrame, words: Words) -> Table:
    """The deadlines in words, with the law as the flow says it. frame : the rows in the order to show"""
    named = {each.name: each for each in found.in_flow}
    shown = number_shown(len(frame), _SHOWN)
    rows = [
        row(
            [
                words.name(each.name),
                said(named[each.name], words),
                severity(each.severity, words),
                words.name(each.law) if each.law else "",
            ]
        )
        for each in rows_of(frame.head(shown))
    ]
    if shown < len(frame):
        rows.append(row([words.say("deadlines.rest", len(frame) - shown), "", "", ""], "rest"))
    columns = (
        Column(words.say("deadlines.col_name"), "name"),
        Column(words.say("deadlines.col_terms"), "text"),
        Column(words.say("flow.col_severity"), "text"),
        Column(words.say("flow.col_law"), "text"),
    )
    below = words.say("flow.law_below") if (frame["law"] != "").any() else ""
    return Table(words.say("deadlines.terms"), columns, tuple(rows), below)


def said(deadline: Deadline, words: Words) -> str:
    """A deadline of the flow as sentences."""
    start, end = words.quoted(deadline.start), words.either([words.quoted(step) for step in deadline.end])
    if isinstance(deadline.within, DueDate):
        column = words.quoted(deadline.within.attribute)
        text = [words.say("deadlines.terms_due", start=start, end=end, column=column)]
    else:
        text = [words.say("deadlines.terms_within", start=start, end=end, span=span(deadline.within, words))]
    if deadline.occurrence != "first":
        text.append(words.say(f"deadlines.terms_{deadline.occurrence}"))
    text += [
        words.say("deadlines.terms_pause", stop=words.quoted(stop), go=words.quoted(go)) for stop, go in deadline.pauses
    ]
    if deadline.roll == "next_working_day":
        text.append(words.say("deadlines.terms_roll"))
    if deadline.valid_from:
        text.append(words.say("deadlines.terms_valid_from", day=words.date(deadline.valid_from)))
    return " ".join([*text, only(deadline.where, words)]).rstrip()
