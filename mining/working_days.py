"""Which days does the office work?

A *working day* (arbeidsdag) is Monday to Friday and no public holiday. A *weekday of the law* (virkedag) is a Saturday,
too: `saturdays` tells the two apart. An office's own half and closed days are working days all the same: no law moves a
deadline because of them.

Days are numbers: days since the start of 1970, as in NumPy's ``datetime64[D]``. Holidays come from the library
*holidays*, which takes Norway's from the law; eves are none.
"""

from __future__ import annotations

from functools import cache, cached_property

import numpy as np

from .errors import UsageError

FIRST_YEAR, LAST_YEAR = 1901, 2099  # of which the library knows Norway's holidays
_FIRST = int(np.datetime64(f"{FIRST_YEAR}-01-01", "D").astype(np.int64))
_LAST = int(np.datetime64(f"{LAST_YEAR}-12-31", "D").astype(np.int64))
_ROOM = 30  # days; no row of days off is longer
_SATURDAY, _SUNDAY = 5, 6


class WorkingDays:
    """The working days of a country. country : two letters, such as NO; None where no holidays are kept."""

    def __init__(self, country: str | None = "NO", *, saturdays: bool = False) -> None:
        self.country = country
        self.saturdays = saturdays

    def are(self, days: np.ndarray) -> np.ndarray:
        """Is each of the days a working day?"""
        return self._open[_places(days)]

    def count(self, days: np.ndarray) -> np.ndarray:
        """How many working days there are from the first day of the calendar to each of the days, both counted."""
        return self._counted[_places(days)]

    def numbered(self, counts: np.ndarray) -> np.ndarray:
        """The working day that has each of the counts."""
        wanted = np.asarray(counts, np.int64)
        if wanted.size and (wanted.min() < 1 or wanted.max() > self._counted[-1]):
            raise _outside()
        return np.searchsorted(self._counted, wanted, side="left") + _FIRST

    def between(self, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """How many working days lie after `first`, up to and with `last`; negative the other way round."""
        return self.count(last) - self.count(first)

    def add(self, days: np.ndarray, amount: np.ndarray | int) -> np.ndarray:
        """The working day so many after (or, below 0, before) each of the days, which is not counted; 0 is the day."""
        days, amount = np.broadcast_arrays(np.asarray(days, np.int64), np.asarray(amount, np.int64))
        found = days.copy()
        later, earlier = amount > 0, amount < 0
        found[later] = self.numbered(self.count(days[later]) + amount[later])
        found[earlier] = self.numbered(self.count(days[earlier] - 1) + 1 + amount[earlier])
        return found

    def next(self, days: np.ndarray) -> np.ndarray:
        """Each day that is a working day, else the first one after it."""
        days = np.asarray(days, np.int64)
        return np.where(self.are(days), days, self.numbered(self.count(days) + 1))

    @cached_property
    def _open(self) -> np.ndarray:
        return _open_days(self.country, self.saturdays)

    @cached_property
    def _counted(self) -> np.ndarray:
        return np.cumsum(self._open)


def in_the_calendar(days: np.ndarray) -> np.ndarray:
    """Which of the days are in the years for which holidays are known, with some room for what follows them."""
    return (days >= _FIRST) & (days < _LAST - _ROOM)


def holidays_of(country: str, years: range) -> list[tuple[int, str]]:
    """The public holidays of some years: the day and its English name. Raises UsageError for an unknown country."""
    import holidays  # takes its time, and most questions do not ask for it

    try:
        found = holidays.country_holidays(country, years=years, language="en_US")
    except NotImplementedError as error:
        raise UsageError(f"The holidays of {country!r} are not known. Write two letters, such as NO.") from error
    return [(_number(day), name) for day, name in sorted(found.items())]


@cache
def _open_days(country: str | None, saturdays: bool) -> np.ndarray:
    days = np.arange(_FIRST, _LAST + 1)
    weekday = weekdays(days)
    is_open = weekday < (_SUNDAY if saturdays else _SATURDAY)
    if country:
        off = [day for day, _ in holidays_of(country, range(FIRST_YEAR, LAST_YEAR + 1))]
        is_open[np.array(off, np.int64) - _FIRST] = False
    is_open.setflags(write=False)
    return is_open


def weekdays(days: np.ndarray) -> np.ndarray:
    """Monday is 0, Sunday is 6; the first day of 1970 was a Thursday."""
    return (days + 3) % 7


def _number(day: object) -> int:
    return int(np.datetime64(str(day), "D").astype(np.int64))


def _places(days: np.ndarray) -> np.ndarray:
    days = np.asarray(days, np.int64)
    if days.size and (days.min() < _FIRST or days.max() > _LAST):
        raise _outside()
    return days - _FIRST


def _outside() -> UsageError:
    return UsageError(
        f"A day lies outside the calendar, which knows the years {FIRST_YEAR} to {LAST_YEAR}; correct it in the data."
    )
