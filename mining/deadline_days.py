"""On which day does a deadline end?

Deadlines are counted in whole local days, as domstolloven §§ 148 and 149 count them: the day on which it starts is not
counted; weeks, months and years end on the same weekday or date, or on the last day of a month that has no such date; what
ends on a day off may roll to the next working day. Days are numbers since the start of 1970.

While a clock stands, no day is counted: from the day after it was stopped, up to and with the day on which it went on. So
the deadline ends on the n-th day that is counted, and what comes after that day moves it no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .span import Span
from .working_days import WorkingDays, in_the_calendar

NEVER = np.iinfo(np.int64).max  # a due day that nobody knows


@dataclass(frozen=True)
class Pauses:
    """Stretches of days in which clocks stand, none overlapping another of the same row, in order.

    row : whose clock; after : the last day that is counted; until : the last that is not
    """

    row: np.ndarray
    after: np.ndarray
    until: np.ndarray

    @classmethod
    def joined(cls, row: np.ndarray, after: np.ndarray, until: np.ndarray) -> Pauses:
        """Of stretches that may overlap: a day is left out once, however many pauses it is in."""
        order = np.lexsort((until, after, row))
        row, after, until = row[order], after[order], until[order]
        if not row.size:
            return cls(row, after, until)
        low, wide = after.min(), int(until.max() - after.min()) + 1
        reached = np.maximum.accumulate(
            row * wide + until - low
        )  # rows come in order, so one never reaches into the next
        before = np.concatenate([[-1], reached[:-1]])
        begins = np.maximum(row * wide + after - low, before) - row * wide + low
        real = begins < until
        return cls(row[real], begins[real], until[real])

    def of(self, chosen: np.ndarray) -> Pauses:
        """Those of the chosen rows (places, or true and false for each row), which are numbered anew."""
        places = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        number = np.full(max(self.row.max(initial=-1), places.max(initial=-1)) + 1, -1)
        number[places] = np.arange(places.size)
        some = number[self.row] >= 0
        return Pauses(number[self.row[some]], self.after[some], self.until[some])

    def days(self, rows: int) -> np.ndarray:
        """Calendar days left out of each row."""
        return np.bincount(self.row, self.until - self.after, rows).astype(np.int64)

    def rounds(self) -> list[np.ndarray]:
        """The places of the first pause of every row, of the second, and so on."""
        if not self.row.size:
            return []
        first = np.flatnonzero(np.r_[True, self.row[1:] != self.row[:-1]])
        rank = np.arange(self.row.size) - np.repeat(first, np.diff(np.r_[first, self.row.size]))
        order = np.argsort(rank, kind="stable")
        return np.split(order, np.cumsum(np.bincount(rank))[:-1])


def last_day(start: np.ndarray, within: Span | np.ndarray, pauses: Pauses, working: WorkingDays) -> np.ndarray:
    """The day on which the time runs out, before any rolling. within : a span, or the days that the data say"""
    if isinstance(within, Span) and within.unit == "working days":
        return _last_working_day(start, within.amount, pauses, working)
    planned = later(start, within) if isinstance(within, Span) else within
    moved = _moved(planned, pauses.after, pauses.until, pauses)
    return np.where(planned == NEVER, NEVER, moved)


def _last_working_day(start: np.ndarray, amount: int, pauses: Pauses, working: WorkingDays) -> np.ndarray:
    """NEVER for a start that is a slip of the pen: in a year of which nobody knows the holidays."""
    known = in_the_calendar(start)
    pauses = pauses.of(known)
    counted = working.count(start[known]) + amount
    last = np.full(start.shape, NEVER)
    last[known] = working.numbered(_moved(counted, working.count(pauses.after), working.count(pauses.until), pauses))
    return last


def later(start: np.ndarray, within: Span) -> np.ndarray:
    """The day that lies days, weeks, months or years after each start."""
    if within.unit in ("days", "weeks"):
        return start + within.amount * (7 if within.unit == "weeks" else 1)
    months = within.amount * (12 if within.unit == "years" else 1)
    day = start.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    into = day - month.astype("datetime64[D]")
    ends = (month + months + 1).astype("datetime64[D]") - 1
    return np.minimum((month + months).astype("datetime64[D]") + into, ends).astype(np.int64)


def rolled(days: np.ndarray, working: WorkingDays) -> np.ndarray:
    """Each day, or the next working day after a day off. Days after the calendar's years stay."""
    known = in_the_calendar(days)
    found = days.copy()
    found[known] = working.next(days[known])
    return found


def _moved(due: np.ndarray, after: np.ndarray, until: np.ndarray, pauses: Pauses) -> np.ndarray:
    """Every pause that begins before the time has run out moves the end."""
    due = due.copy()
    for places in pauses.rounds():
        row = pauses.row[places]
        counts = (due[row] > after[places]) & (due[row] != NEVER)
        due[row] += np.where(counts, until[places] - after[places], 0)
    return due
