"""When do the clocks change, and which local times do not exist or happen twice?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = 86_400
_MICROS = 1_000_000


@dataclass(frozen=True)
class Change:
    """One change of the clock: the moment in UTC, and the offsets before and after; all in seconds."""

    moment: int
    before: int
    after: int


@lru_cache(maxsize=32)
def changes(zone: str, first_year: int, last_year: int) -> tuple[Change, ...]:
    """The changes of the clock in a zone over some years, oldest first."""
    place = ZoneInfo(zone)
    found = []
    moment = int(datetime(first_year, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime(last_year + 1, 1, 1, tzinfo=UTC).timestamp())
    before = _offset(place, moment)
    while moment < end:
        after = _offset(place, moment + _DAY)
        if after != before:
            found.append(Change(_bisected(place, moment, moment + _DAY, before), before, after))
            before = after
        moment += _DAY
    return tuple(found)


def _offset(place: ZoneInfo, moment: int) -> int:
    shown = datetime.fromtimestamp(moment, UTC).astimezone(place).utcoffset() or timedelta(0)
    return int(shown.total_seconds())


def _bisected(place: ZoneInfo, low: int, high: int, before: int) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(place, middle) == before:
            low = middle
        else:
            high = middle
    return high


def to_utc(micros: str, zone: str, first_year: int, last_year: int) -> str:
    """SQL for the UTC microseconds of local microseconds; a time that happens twice is taken to be the first."""
    found = _near(zone, first_year, last_year)
    if not found:
        start = int(datetime(first_year, 1, 1, tzinfo=UTC).timestamp())
        return f"({micros} - {_offset(ZoneInfo(zone), start) * _MICROS})"
    arms = " ".join(f"when {micros} < {(c.moment + c.before) * _MICROS} then {c.before * _MICROS}" for c in found)
    return f"({micros} - case {arms} else {found[-1].after * _MICROS} end)"


def skipped(micros: str, zone: str, first_year: int, last_year: int) -> str:
    """SQL: do these local microseconds not exist, because the clocks were put forward over them?"""
    spans = [
        (c.moment + c.before, c.moment + c.after) for c in _near(zone, first_year, last_year) if c.after > c.before
    ]
    tests = [f"({micros} >= {low * _MICROS} and {micros} < {high * _MICROS})" for low, high in spans]
    return "(" + " or ".join(tests) + ")" if tests else "false"


def repeated(moment: str, zone: str, first_year: int, last_year: int) -> str:
    """SQL: does this moment in UTC lie in the first of two hours that the clock shows alike?"""
    spans = [
        (c.moment - c.before + c.after, c.moment) for c in _near(zone, first_year, last_year) if c.after < c.before
    ]
    tests = [
        f"({moment} >= make_timestamptz({a * _MICROS}) and {moment} < make_timestamptz({b * _MICROS}))"
        for a, b in spans
    ]
    return "(" + " or ".join(tests) + ")" if tests else "false"


def _near(zone: str, first_year: int, last_year: int) -> tuple[Change, ...]:
    return changes(zone, first_year - 1, last_year + 1)
