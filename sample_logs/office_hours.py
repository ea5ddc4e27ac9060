"""When is somebody at the office?

08:00 to 15:30 from Monday to Friday; to 12:00 on Christmas Eve, New Year's Eve and the Wednesday before Maundy
Thursday; closed on the public holidays. The years are few, so Easter Sunday is written down, not computed.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

from .clock import DAY, day_of, moment

OPENS, CLOSES, CLOSES_EARLY = 8 * 60, 15 * 60 + 30, 12 * 60
WORKING_DAY = CLOSES - OPENS
EASTER_SUNDAYS = {2024: date(2024, 3, 31), 2025: date(2025, 4, 20), 2026: date(2026, 4, 5), 2027: date(2027, 3, 28)}

_FIXED = ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))
_FROM_EASTER = (-3, -2, 0, 1, 39, 49, 50)  # Maundy Thursday to Easter Monday, Ascension Day, Whitsun


def holidays(year: int) -> frozenset[date]:
    """The public holidays of a year."""
    fixed = {date(year, month, day) for month, day in _FIXED}
    return frozenset(fixed | {EASTER_SUNDAYS[year] + timedelta(days=days) for days in _FROM_EASTER})


class OfficeHours:
    """The open hours of all offices, laid end to end so that working time can be added to a moment."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._worked: list[int] = []  # open minutes before each open day
        worked, day = 0, date(min(EASTER_SUNDAYS), 1, 1)
        while day.year in EASTER_SUNDAYS:
            closes = closing_time(day)
            if closes is not None:
                self._starts.append(moment(day) + OPENS)
                self._ends.append(moment(day) + closes)
                self._worked.append(worked)
                worked += closes - OPENS
            day += timedelta(days=1)

    def after(self, when: int, minutes: int) -> int:
        """The moment at which so many open minutes have passed; never outside the open hours."""
        today = bisect_right(self._starts, when) - 1
        passed = 0 if today < 0 else self._worked[today] + min(when, self._ends[today]) - self._starts[today]
        that_day = bisect_right(self._worked, passed + minutes) - 1
        return self._starts[that_day] + passed + minutes - self._worked[that_day]

    def next_on(self, weekday: int, when: int, time_of_day: int) -> int:
        """The first open day from this moment on that is such a weekday (Monday is 0), at that time."""
        day = when // DAY
        while day * DAY + time_of_day < when or not _open_on(day_of(day * DAY), weekday):
            day += 1
        return day * DAY + time_of_day


def closing_time(day: date) -> int | None:
    """The minute of the day when the office closes; None on a day off."""
    if day.weekday() >= 5 or day in _HOLIDAYS[day.year]:
        return None
    return CLOSES_EARLY if day in _HALF_DAYS else CLOSES


def _open_on(day: date, weekday: int) -> bool:
    return day.weekday() == weekday and closing_time(day) is not None


_HOLIDAYS = {year: holidays(year) for year in EASTER_SUNDAYS}
_HALF_DAYS = frozenset(
    half
    for year, easter in EASTER_SUNDAYS.items()
    for half in (date(year, 12, 24), date(year, 12, 31), easter - timedelta(days=4))
)
