"""What does the wall clock in the case system say, and how much time passed in between?

A moment is a whole number of minutes on the wall clock since 1 January 2025 00:00. That is what a case system
exports: no offset from UTC, an hour that does not exist each March and one that comes twice each October.
"""

from __future__ import annotations

from datetime import date, timedelta

DAY = 24 * 60
FIRST_DAY = date(2025, 1, 1)
LAST_DAY = date(2026, 6, 30)
SPRING_NIGHTS = (date(2024, 3, 31), date(2025, 3, 30), date(2026, 3, 29))
AUTUMN_NIGHTS = (date(2024, 10, 27), date(2025, 10, 26), date(2026, 10, 25))


def moment(day: date, hour: int = 0, minute: int = 0) -> int:
    """The moment at a time of day."""
    return (day - FIRST_DAY).days * DAY + hour * 60 + minute


def day_of(when: int) -> date:
    return FIRST_DAY + timedelta(days=when // DAY)


def month_of(when: int) -> str:
    """The month as ``2025-01``."""
    return day_of(when).isoformat()[:7]


def written(when: int) -> str:
    """The moment as a Norwegian export writes it: ``02.01.2025 08:15``."""
    day, minute = day_of(when), when % DAY
    return f"{day.day:02}.{day.month:02}.{day.year} {minute // 60:02}:{minute % 60:02}"


def a_month_later(when: int) -> int:
    """The same day and time in the next month, or on its last day where it is shorter."""
    day = day_of(when)
    first = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    last = date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)
    return moment(min(last, first + timedelta(days=day.day - 1))) + when % DAY


def exists(when: int) -> bool:
    """Whether the wall clock ever showed this: the hour from two to three is skipped on a night in March."""
    return not any(starts <= when < starts + 60 for starts, _ in _SUMMERS)


def ambiguous(when: int) -> bool:
    """Whether the wall clock showed this twice: the hour from two to three on a night in October."""
    return any(ends - 60 <= when < ends for _, ends in _SUMMERS)


def instant(when: int) -> int:
    """Minutes on a clock that is never changed, so that differences are real time; the first of two equal hours."""
    return when - 60 * any(starts <= when < ends for starts, ends in _SUMMERS)


END = moment(LAST_DAY) + DAY  # the sample's export was made at midnight after the last day

# on the wall clock, from the hour that is skipped to the end of the hour that comes twice
_SUMMERS = tuple(
    (moment(spring, 2), moment(autumn, 3)) for spring, autumn in zip(SPRING_NIGHTS, AUTUMN_NIGHTS, strict=True)
)
