"""How much of the time between two moments was the office open?

The open stretches of a calendar are laid out once, in UTC, with how much open time lies before each of them. Every
question is then two look-ups in a sorted list, for a million pairs as for one.
"""

from __future__ import annotations

from datetime import datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from .errors import UsageError
from .local_time import zone_named
from .working_days import FIRST_YEAR, LAST_YEAR, WorkingDays

SECOND = 1_000_000
_EPOCH_YEAR = 1970
_AHEAD = 10  # years that are laid out at a time when an answer lies beyond those asked for

Days = frozenset[tuple[int, int] | str]


class OfficeHours:
    """The open stretches of an office. Moments and lengths are microseconds; moments since 1970 in UTC.

    half_days, closed_days : month and day of every year, or a single day such as "2026-04-01"
    """

    def __init__(
        self, zone: str, hours: tuple[time, time], half: time, country: str | None, half_days: Days, closed_days: Days
    ) -> None:
        self._made_of = (zone, hours, half, country, half_days, closed_days)

    def between(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Open time from each start to each end; negative where the end comes first."""
        if not start.size:
            return np.zeros(start.shape, np.int64)
        first, last = min(start.min(), end.min()), max(start.max(), end.max())
        stretches = self._stretches(_year(first) - 1, _year(last) + 1)
        return stretches.before(end) - stretches.before(start)

    def add(self, start: np.ndarray, amount: np.ndarray) -> np.ndarray:
        """The earliest moment that has so much open time after each start; below 0, the latest one before it."""
        if not start.size:
            return np.zeros(start.shape, np.int64)
        first, last = _year(start.min()) - 1, _year(start.max()) + 1
        while True:
            stretches = self._stretches(first, last)
            wanted = stretches.before(start) + amount
            if (amount >= 0).all() or wanted.min() > 0:
                if (amount <= 0).all() or wanted.max() <= stretches.total:
                    break
                last = _further(last, LAST_YEAR)
            else:
                first = _further(first, FIRST_YEAR)
        later, earlier = amount > 0, amount < 0
        found = start.copy()
        found[later] = stretches.earliest(wanted[later])
        found[earlier] = stretches.latest(wanted[earlier])
        return found

    def _stretches(self, first: int, last: int) -> _Stretches:
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise _outside()
        return _laid_out(first, last, *self._made_of)


class _Stretches:
    def __init__(self, opens: np.ndarray, closes: np.ndarray) -> None:
        self._opens = opens
        self._lengths = closes - opens
        self._sums = np.concatenate([[0], np.cumsum(self._lengths)])
        self.total = int(self._sums[-1])

    def before(self, moments: np.ndarray) -> np.ndarray:
        """Open time before each moment."""
        place = np.maximum(np.searchsorted(self._opens, moments, side="right") - 1, 0)
        return self._sums[place] + np.clip(moments - self._opens[place], 0, self._lengths[place])

    def earliest(self, amounts: np.ndarray) -> np.ndarray:
        place = np.searchsorted(self._sums, amounts, side="left") - 1
        return self._opens[place] + (amounts - self._sums[place])

    def latest(self, amounts: np.ndarray) -> np.ndarray:
        place = np.searchsorted(self._sums, amounts, side="right") - 1
        return self._opens[place] + (amounts - self._sums[place])


@lru_cache(maxsize=32)
def _laid_out(
    first: int,
    last: int,
    zone: str,
    hours: tuple[time, time],
    half: time,
    country: str | None,
    half_days: Days,
    closed_days: Days,
) -> _Stretches:
    """The stretches of the years. A time on the wall that comes twice is the first of the two, as in the log."""
    days = np.arange(np.datetime64(f"{first}-01-01"), np.datetime64(f"{last + 1}-01-01"))
    days = days[WorkingDays(country).are(days.astype(np.int64))].tolist()
    place = zone_named(zone)
    opens, closes = [], []
    for day in days:
        names = {(day.month, day.day), day.isoformat()}
        if not names & closed_days:
            opens.append(_micros(datetime.combine(day, hours[0]), place))
            closes.append(_micros(datetime.combine(day, half if names & half_days else hours[1]), place))
    if not opens:
        raise UsageError("The calendar has no open day; take some of its closed_days away.")
    return _Stretches(np.array(opens, np.int64), np.array(closes, np.int64))


def _micros(wall: datetime, zone: ZoneInfo) -> int:
    return round(wall.replace(tzinfo=zone).timestamp()) * SECOND


def _year(moment: int) -> int:
    """The year in UTC."""
    return int(np.datetime64(int(moment), "us").astype("datetime64[Y]").astype(int)) + _EPOCH_YEAR


def _further(year: int, end: int) -> int:
    if year == end:
        raise _outside()
    return min(year + _AHEAD, end) if end > year else max(year - _AHEAD, end)


def _outside() -> UsageError:
    return UsageError(
        f"A time lies outside the calendar, which knows the years {FIRST_YEAR} to {LAST_YEAR}; correct it in the data."
    )
