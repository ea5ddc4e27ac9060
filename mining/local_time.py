"""Days and months as the office counts them: in the log's own time zone, not in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import UsageError

_MICROSECOND = timedelta(microseconds=1)
_PART = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def zone_named(name: str) -> ZoneInfo:
    """The time zone, or UsageError when there is none by that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"There is no time zone {name!r}. Write it like Europe/Oslo.") from error


def from_micros(micros: int) -> datetime:
    """The moment that lies `micros` microseconds after the start of 1970, in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def start_of_day(day: date, zone: str) -> datetime:
    """The first moment of `day` in `zone`, in UTC."""
    return datetime.combine(day, time.min, zone_named(zone)).astimezone(UTC)


def end_of_day(day: date, zone: str) -> datetime:
    """The last microsecond of `day` in `zone`, in UTC."""
    return start_of_day(day + timedelta(days=1), zone) - _MICROSECOND


def local_day(moment: datetime, zone: str) -> date:
    """The date on the wall in `zone` at `moment`."""
    return moment.astimezone(zone_named(zone)).date()


def moment_of(given: date | datetime | str, zone: str) -> datetime:
    """A moment in UTC: a date means the end of that day, a time without zone is local time in `zone`."""
    if isinstance(given, str):
        given = _parsed(given)
    try:
        if not isinstance(given, datetime):
            return end_of_day(given, zone)
        return (given if given.tzinfo else given.replace(tzinfo=zone_named(zone))).astimezone(UTC)
    except OverflowError as error:
        raise UsageError(f"{given} lies at the end of the calendar; give a day within it.") from error


def _parsed(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a date. Write it like 2026-03-31 or 2026-03-31T12:00.") from error


def period_between(text: str, zone: str) -> tuple[datetime | None, datetime | None]:
    """The first and the last moment of a period such as ``2025-01..2025-06``, ``2025``, ``2026-03-15..``.

    Years, months and days may be mixed; both ends belong to the period; an end left out is open.
    Raises UsageError if the text is no period.
    """
    first, dots, last = text.partition("..")
    start = _first_day(first, text) if first else None
    stop = _last_day(last if dots else first, text) if (last or not dots) else None
    if not (first or last) or (start and stop and stop < start):
        raise UsageError(f"{text!r} is not a period. Write it like 2025-01..2025-06 or 2026-03.")
    return (start_of_day(start, zone) if start else None, end_of_day(stop, zone) if stop else None)


def _numbers(part: str, text: str) -> tuple[int, int | None, int | None]:
    match = _PART.fullmatch(part.strip())
    if match is None:
        raise UsageError(f"{text!r} is not a period. Write it like 2025-01..2025-06 or 2026-03.")
    year, month, day = match.groups()
    return int(year), int(month) if month else None, int(day) if day else None


def _first_day(part: str, text: str) -> date:
    year, month, day = _numbers(part, text)
    return _date(year, month or 1, day or 1, text)


def _last_day(part: str, text: str) -> date:
    year, month, day = _numbers(part, text)
    if month and day:
        return _date(year, month, day, text)
    month = month or 12
    following = _date(year + month // 12, month % 12 + 1, 1, text)
    return following - timedelta(days=1)


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UsageError(f"{text!r} holds no such date: {error}.") from error
