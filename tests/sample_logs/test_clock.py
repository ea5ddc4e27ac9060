"""The wall clock agrees with the time zone database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from saksflyt.sample_logs.clock import (
    AUTUMN_NIGHTS,
    DAY,
    FIRST_DAY,
    SPRING_NIGHTS,
    a_month_later,
    ambiguous,
    exists,
    instant,
    moment,
    written,
)

OSLO = ZoneInfo("Europe/Oslo")
CHANGES = [
    moment(night, hour, minute) for night in SPRING_NIGHTS + AUTUMN_NIGHTS for hour in range(5) for minute in (0, 59)
]
MOMENTS = [*range(0, 729 * DAY, 7 * 61), *CHANGES]


def local(when: int, fold: int = 0) -> datetime:
    return (datetime(2025, 1, 1, tzinfo=OSLO) + timedelta(minutes=when)).replace(fold=fold)  # a sum forgets the fold


def test_instants_missing_and_ambiguous_times_agree_with_the_zone() -> None:
    start = datetime(2025, 1, 1, tzinfo=OSLO).astimezone(UTC)
    for when in MOMENTS:
        first, second = local(when).astimezone(UTC), local(when, fold=1).astimezone(UTC)
        there = first.astimezone(OSLO).replace(tzinfo=None) == local(when).replace(tzinfo=None)
        assert exists(when) == there
        assert ambiguous(when) == (there and first != second)
        if there:
            assert timedelta(minutes=instant(when)) == first - start


def test_written_as_norwegians_do() -> None:
    assert written(moment(date(2025, 1, 2), 8, 5)) == "02.01.2025 08:05"
    assert written(0) == "01.01.2025 00:00" and date(2025, 1, 1) == FIRST_DAY


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2025, 1, 31), date(2025, 2, 28)),
        (date(2025, 12, 15), date(2026, 1, 15)),
        (date(2025, 11, 30), date(2025, 12, 30)),
        (date(2026, 3, 31), date(2026, 4, 30)),
    ],
)
def test_a_month_later(day: date, later: date) -> None:
    assert a_month_later(moment(day, 10, 30)) == moment(later, 10, 30)
