"""How does each case stand to a deadline: met, late, running, overdue, paused, or withdrawn?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .calendar import UnitCalendars
from .closing import closing_known, closing_times
from .deadline_cases import FIRST_DAY, started, stopped
from .deadline_days import NEVER, Pauses, last_day, rolled
from .deadline_rows import Judged
from .errors import DataError, UsageError
from .flow import Flow
from .flow_parts import Deadline
from .grouping import Grouping
from .local_time import local_day
from .log import EventLog
from .span import DueDate

if TYPE_CHECKING:
    import pandas as pd

NOBODY = np.iinfo(np.int64).min  # no such day
_MOST_PAUSED = 20_000_000  # starts times pauses of their case: some gigabytes


def judged(log: EventLog, flow: Flow, deadline: Deadline, group: Grouping, calendars: UnitCalendars) -> Judged:
    """Every time that the deadline starts, with its state at the end of the window."""
    try:
        log = log.where(*deadline.where) if deadline.where else log
        closings = closing_times(log, flow) if closing_known(log, flow) else _NO_CLOSINGS
        rows = started(log, deadline, group, closings)
        return _judged(log, deadline, rows, calendars, group)
    except UsageError as error:
        raise UsageError(f"The deadline {deadline.name!r}: {error}") from error


_NO_CLOSINGS = "select null::integer as case_no, null::timestamptz as closed_time, false as closed_by_day where false"


def _judged(log: EventLog, deadline: Deadline, rows: pd.DataFrame, calendars: UnitCalendars, group: Grouping) -> Judged:
    seen_to = _observed_day(log)
    start, end, closed = (_days(rows, name) for name in ("start_day", "end_day", "closed_day"))
    reached, withdrawn = end != NOBODY, (end == NOBODY) & (closed != NOBODY)
    # Where the clock stops for good: at the step, at the closing, or where our knowledge ends.
    stop = np.where(reached, end, np.where(withdrawn, closed, seen_to))
    pauses, standing = _pauses(log, deadline, rows, stop)
    due, spent = _due(deadline, rows, start, stop, pauses, calendars)
    known = due != NEVER
    state = np.select(
        [~known, reached & (stop <= due), reached, stop > due, withdrawn, standing & ~spent],
        ["without_due", "met", "late", "overdue", "withdrawn", "paused"],
        "running",
    )
    # A case that was closed too late without the step is over: it was late.
    state = np.where(known & withdrawn & (stop > due), "late", state)
    gross = stop - start
    return Judged(
        deadline=deadline,
        case_no=rows["case_no"].to_numpy(),
        group=rows[group.keys[0]].to_numpy(object) if group.keys else None,
        state=state.astype(object),
        start=start,
        due=due,
        end=np.where(reached | withdrawn, stop, NOBODY),
        late=np.where(known, np.maximum(stop - np.where(known, due, stop), 0), 0),
        gross=gross,
        net=gross - pauses.days(len(rows)),
    )


def _due(
    deadline: Deadline,
    rows: pd.DataFrame,
    start: np.ndarray,
    stop: np.ndarray,
    pauses: Pauses,
    calendars: UnitCalendars,
) -> tuple[np.ndarray, np.ndarray]:
    """The last day in time, and whether the time had run out before the clock was stopped for good."""
    due, spent = np.empty(len(rows), np.int64), np.empty(len(rows), bool)
    said = _days(rows, "due_day", NEVER)
    for calendar, places in calendars.split(rows["at_unit"].tolist()):
        working = calendar.working_days
        within = said[places] if isinstance(deadline.within, DueDate) else deadline.within
        last = last_day(start[places], within, pauses.of(places), working)
        due[places] = rolled(last, working) if deadline.roll == "next_working_day" else last
        spent[places] = last <= stop[places]
    return due, spent


def _pauses(log: EventLog, deadline: Deadline, rows: pd.DataFrame, stop: np.ndarray) -> tuple[Pauses, np.ndarray]:
    """The days on which each clock stood, and which clocks nothing has started again."""
    standing = np.zeros(len(rows), bool)
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    clocks = rows[["case_no"]].assign(row=np.arange(len(rows)))
    for pair in deadline.pauses:
        stops = stopped(log, pair)
        _not_too_many(clocks, stops, deadline)
        met = clocks.merge(stops, on="case_no")
        row, until = met["row"].to_numpy(), _days(met, "until_day", NEVER)
        parts.append((row, met["after_day"].to_numpy(), until))
        standing[row[until == NEVER]] = True
    if not parts:
        nothing = np.empty(0, np.int64)
        return Pauses(nothing, nothing, nothing), standing
    row, after, until = (np.concatenate(part).astype(np.int64) for part in zip(*parts, strict=True))
    start = _days(rows, "start_day")
    after, until = np.maximum(after, start[row]), np.minimum(until, stop[row])
    real = after < until
    return Pauses.joined(row[real], after[real], until[real]), standing


def _not_too_many(clocks: pd.DataFrame, stops: pd.DataFrame, deadline: Deadline) -> None:
    """Every start is held against every pause of its case, which a case of thousands of both makes too many."""
    each = clocks["case_no"].value_counts().mul(stops["case_no"].value_counts(), fill_value=0)
    if each.sum() > _MOST_PAUSED:
        raise DataError(
            f"The deadline {deadline.name!r} starts and pauses too often in some cases to be judged "
            f'({each.max():,.0f} pairs in one); give it occurrence = "first" or "last", or take those cases out with --where.'
        )


def _days(rows: pd.DataFrame, name: str, otherwise: int = NOBODY) -> np.ndarray:
    """A column of days. Days before 1970 are below 0, so a null becomes a number that no case has."""
    column = rows[name]
    return np.where(column.isna(), otherwise, column.fillna(0)).astype(np.int64)


def _observed_day(log: EventLog) -> int:
    moment = log.observed_to
    assert moment is not None  # a log that has cases has a window
    return local_day(moment, log.zone).toordinal() - FIRST_DAY
