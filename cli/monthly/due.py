"""Which months are due?"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ...mining.errors import DataError
from ...mining.judgement.fault import BEFORE
from ...mining.judgement.month import Month
from ...mining.judgement.whole_export import counted
from .run import Run

_SLIGHT = 0.1  # of the events of a usual month


def due_months(run: Run) -> Iterator[Month]:
    """The months that have closed and are asked for, oldest first, those that were judged among them.

    Raises DataError where one before them was never judged.
    """
    recorded = {each.month for each in run.history.months()}
    month, settled = first_month(run), first_settled(run)
    while month.closes(run.project.working_days) <= run.now:
        known = month.name in recorded
        if (run.asked.first or month.name) <= month.name <= (run.asked.last or month.name):
            if month >= settled or not known:
                yield month
        elif not known and month.name < (run.asked.first or ""):
            raise DataError(f"{month.name} has not been judged and comes before {run.asked.first}; judge it first.")
        month = month.next


def first_settled(run: Run) -> Month:
    """The first month of which the exports hold all that was known. Where they leave out months that were judged, cases of these
    may reach into the next ones."""
    month, months = first_month(run), run.history.months()
    if months and months[0].month < month.name:
        for _ in range(BEFORE):
            month = month.next
    return month


def first_month(run: Run) -> Month:
    """The first month that is judged: as the project says, or the first that the exports hold whole."""
    if run.project.first is not None:
        return run.project.first
    events = pd.Series(counted(run.log), dtype=float)
    if run.log.observed_from is None or events.empty:
        raise DataError("The exports hold no events, so there is no month to judge.")
    by_month = events.groupby(level=0).sum()
    # A date that is a slip of the pen must not make hundreds of months due.
    month = Month(str(by_month.index[by_month >= _SLIGHT * by_month.median()][0]), run.log.zone)
    return month if run.log.observed_from == month.begins else month.next
