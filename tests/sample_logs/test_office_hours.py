"""Nobody works on a day off."""

from datetime import date, timedelta

import pandas as pd
from dateutil.easter import easter

from saksflyt.sample_logs.clock import DAY, day_of, moment
from saksflyt.sample_logs.office_hours import EASTER_SUNDAYS, WORKING_DAY, OfficeHours, closing_time, holidays

HOURS = OfficeHours()
THURSDAY = 3


def test_easter_sundays() -> None:
    assert {year: easter(year) for year in EASTER_SUNDAYS} == EASTER_SUNDAYS


def test_twelve_public_holidays() -> None:
    assert [len(holidays(year)) for year in (2025, 2026)] == [12, 12]
    assert {date(2025, 5, 29), date(2025, 6, 9)} <= holidays(2025)


def test_days_off_and_half_days() -> None:
    off = [date(2025, 4, 17), date(2025, 4, 21), date(2025, 5, 1), date(2026, 1, 1), date(2026, 2, 14)]
    assert [closing_time(day) for day in off] == [None] * len(off)
    assert [closing_time(day) for day in (date(2025, 4, 16), date(2025, 12, 24))] == [12 * 60, 12 * 60]


def test_working_time_goes_on_where_it_stopped() -> None:
    friday = moment(date(2025, 3, 14), 15, 0)
    assert HOURS.after(friday, 29) == friday + 29
    assert HOURS.after(friday, 45) == moment(date(2025, 3, 17), 8, 15)
    assert HOURS.after(moment(date(2025, 4, 15), 8, 0), WORKING_DAY + 4 * 60) == moment(date(2025, 4, 22), 8, 0)
    assert HOURS.after(moment(date(2025, 3, 15), 3, 0), 0) == moment(date(2025, 3, 17), 8, 0)


def test_working_time_is_never_outside_the_open_hours() -> None:
    for when in range(0, 500 * DAY, 1237):
        reached = HOURS.after(when, 333)
        closes = closing_time(day_of(reached))
        assert closes is not None and 8 * 60 <= reached % DAY < closes


def test_the_meeting_moves_from_a_thursday_off() -> None:
    maundy_thursday = date(2025, 4, 17)
    before = moment(maundy_thursday - timedelta(days=2), 12, 0)
    assert HOURS.next_on(THURSDAY, before, 600) == moment(date(2025, 4, 24), 10, 0)
    assert HOURS.next_on(THURSDAY, moment(date(2025, 3, 13), 9, 0), 600) == moment(date(2025, 3, 13), 10, 0)
    assert HOURS.next_on(THURSDAY, moment(date(2025, 3, 13), 11, 0), 600) == moment(date(2025, 3, 20), 10, 0)


def test_open_hours_of_a_year() -> None:
    days = pd.date_range("2025-01-01", "2025-12-31").date
    assert sum(closing_time(day) is not None for day in days) == 261 - len(
        [h for h in holidays(2025) if h.weekday() < 5]
    )
