"""When was it? Moments as Digisos writes them: ISO 8601 with an offset, or milliseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..times import FIRST_YEAR, LAST_YEAR

_SHORTEST = len("2018-10-04T13:37Z")
_FIRST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
_LAST = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(text: Any) -> datetime | None:
    """An exact moment; None for everything else, a time without an offset among it."""
    if not isinstance(text, str) or len(text) < _SHORTEST or text[10] not in "Tt":
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def local_instant(text: Any, zone: str) -> datetime | None:
    """The same, where a time without an offset is one of the zone's clocks."""
    if (found := instant(text)) or not isinstance(text, str):
        return found
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def of_epoch(milliseconds: Any) -> datetime | None:
    """Milliseconds since 1970. Zero is how the sender writes that it does not know."""
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool) or milliseconds == 0:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def plausible(moment: datetime) -> bool:
    """Does it lie in the years of which logs can tell?"""
    return _FIRST <= moment < _LAST
