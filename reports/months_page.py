"""The page of all months: which have been judged, how each went, and how the figures have gone since.

It is made anew from the history after every run, and leads to the pages of the months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from .month_figures import figures_section
from .page import Heading, rendered
from .section import Column, Row, Section, Table, row
from .spark import LinkCell
from .words import Words


@dataclass(frozen=True)
class Entry:
    """A month in the list.

    severity : of its worst finding ("high", "warn", or neither); findings, new : how many there are to look at, and since the month before
    revision : 1, and one more each time it was judged again; page, report : their files
    """

    month: str
    severity: str
    findings: int
    new: int
    revision: int
    page: str
    report: str


def months_page(name: str, entries: Sequence[Entry], figures: pd.DataFrame, lang: str = "nb") -> str:
    """The page as HTML; the same history gives the same bytes.

    entries : at least one, oldest first; figures : of all months, as :func:`charted` gives them
    """
    words = Words(lang)
    newest = figures["month"] == entries[-1].month
    parts = (
        _months(entries, words),
        figures_section(figures[newest], figures[~newest], words),
    )
    about = words.say("month.about")
    return rendered(Heading(words.say("months.page", name=words.name(name)), about), parts, words)


def _months(entries: Sequence[Entry], words: Words) -> Section:
    newest = entries[-1]
    month = words.opening(words.month(newest.month))
    title = (
        words.say("months.latest", newest.findings, month=month)
        if newest.findings
        else words.say("months.quiet", month=month)
    )
    again = ("again",) if any(each.revision > 1 for each in entries) else ()
    names = ("month", "worst", "findings", "new", *again, "report")
    roles = {"month": "name", "worst": "text", "again": "text", "report": "text"}
    table = Table(
        words.say("months.judged", len(entries)),
        tuple(Column(words.say(f"months.col_{name}"), roles.get(name, "number")) for name in names),
        tuple(_row(each, bool(again), words) for each in reversed(entries)),
    )
    return Section("months", words.say("months.nav"), title, (), (table,))


def _row(each: Entry, again: bool, words: Words) -> Row:
    """again : is there a column that says how often a month was judged again?"""
    worst = words.say(f"months.{each.severity if each.severity in ('high', 'warn') else 'nothing'}")
    times = words.say("months.again", each.revision - 1) if each.revision > 1 else ""
    return row(
        [
            LinkCell(words.month(each.month), place=each.page),
            worst,
            words.number(each.findings),
            words.number(each.new),
            *([times] if again else []),
            LinkCell(words.say("months.report"), place=each.report),
        ]
    )
