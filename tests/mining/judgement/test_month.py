"""Months in the log's zone, and the day on which they are judged."""

from datetime import UTC, date, datetime

import pytest

from saksflyt.mining.errors import UsageError
from saksflyt.mining.judgement.month import Month

OSLO = "Europe/Oslo"


def test_a_month_is_local():
    march = Month("2026-03", OSLO)
    assert (march.first, march.last) == (date(2026, 3, 1), date(2026, 3, 31))
    assert march.begins == datetime(2026, 2, 28, 23, tzinfo=UTC)  # winter time
    assert march.ends == datetime(2026, 3, 31, 21, 59, 59, 999999, tzinfo=UTC)  # summer time
    assert Month.of(datetime(2026, 2, 28, 23, 30, tzinfo=UTC), OSLO) == march
    assert [month.name for month in Month("2025-11", OSLO).through(march)] == [
        "2025-11", "2025-12", "2026-01", "2026-02", "2026-03",
    ]  # fmt: skip
    assert list(march.through(Month("2026-02", OSLO))) == []


@pytest.mark.parametrize(
    ("month", "working_days", "closes"),
    [
        ("2026-02", 5, date(2026, 3, 6)),
        ("2026-03", 5, date(2026, 4, 10)),  # Easter: 2 to 6 April are off
        ("2025-12", 1, date(2026, 1, 2)),
        ("2026-04", 5, date(2026, 5, 8)),  # 1 May
        ("2026-02", 0, date(2026, 2, 28)),
    ],
)
def test_it_closes_some_working_days_later(month: str, working_days: int, closes: date) -> None:
    at = Month(month, OSLO).closes(working_days)
    assert at.astimezone(datetime.now(UTC).astimezone().tzinfo) == at
    assert Month.of(at, OSLO) in (Month(month, OSLO), Month(month, OSLO).next)
    assert at.date() == closes and at.microsecond == 999_999


def test_without_holidays_only_weekends_are_off():
    assert Month("2026-03", OSLO).closes(5, None).date() == date(2026, 4, 7)


@pytest.mark.parametrize("name", ["2026-13", "2026-3", "26-03", "2026-03-01", "", "2150-01"])
def test_what_is_no_month(name: str) -> None:
    with pytest.raises(UsageError, match="not a month"):
        Month(name, OSLO)
