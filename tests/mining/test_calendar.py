"""Office hours against counting minute by minute; working days against counting day by day."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from time import perf_counter

import holidays
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import saksflyt
from saksflyt.mining.calendar import Calendar, UnitCalendars
from saksflyt.mining.errors import UsageError
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_parts import CalendarSettings
from saksflyt.mining.working_days import WorkingDays, holidays_of

HOURS = (time(8), time(15, 30))
OFF = holidays.country_holidays("NO", years=range(2014, 2032))
HALF, SHUT = {(12, 24), (12, 31)}, {(12, 27)}
OFFICE = Calendar(
    hours=HOURS, half_days=((12, 24), (12, 31), date(2026, 4, 1)), closed_days=((12, 27), date(2025, 6, 2))
)
HOUR = timedelta(hours=1)
TEN_YEARS = 60 * 24 * 3652
moments = st.datetimes(datetime(2019, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))


def minutes(start: datetime, end: datetime) -> int:
    """Open minutes, each looked at on its own, from the wall clock of the day."""
    walls = pd.date_range(start, end, freq="min", inclusive="left").tz_convert("Europe/Oslo")
    opened = 0
    for name, wall in walls.to_series().groupby(walls.strftime("%Y-%m-%d")):
        day = date.fromisoformat(str(name))
        name = (day.month, day.day)
        if day.weekday() < 5 and day not in OFF and name not in SHUT and day != date(2025, 6, 2):
            closes = 11 * 60 + 45 if name in HALF or day == date(2026, 4, 1) else 15 * 60 + 30
            clock = wall.dt.hour * 60 + wall.dt.minute
            opened += int(((clock >= 8 * 60) & (clock < closes)).sum())
    return opened


@pytest.mark.parametrize("spans", [250, pytest.param(1000, marks=pytest.mark.slow)])
def test_equals_counting_minute_by_minute(spans: int):
    chance = Random(5)
    pairs = []
    for number in range(spans):
        start = datetime(2016, 6, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(TEN_YEARS))
        # Most spans are short, so that counting ends; every tenth covers weeks.
        pairs.append((start, start + timedelta(minutes=chance.randrange(60 * 24 * (30 if number % 10 == 0 else 3)))))
    starts, ends = (pd.DatetimeIndex(column) for column in zip(*pairs, strict=True))
    found = OFFICE.between(starts, ends) // np.timedelta64(1, "m")
    assert found.tolist() == [minutes(start, end) for start, end in pairs]


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-04-01 08:00", "2026-04-07 08:00", 3.75),  # a half day, and then Easter
        ("2026-03-27 12:00", "2026-03-30 09:00", 4.5),  # over the night in which summer time begins
        ("2026-10-23 15:00", "2026-10-26 09:00", 1.5),  # over the night in which it ends
        ("2026-05-15 08:00", "2026-05-19 08:00", 15),  # 17 May is a Sunday and takes nothing
        ("2026-12-23 08:00", "2026-12-29 08:00", 18.75),  # a half Christmas Eve
        ("2026-01-05 09:00", "2026-01-05 09:00", 0),
        ("2026-01-05 10:00", "2026-01-05 08:30", -1.5),
    ],
)
def test_worked_by_hand(start, end, hours):
    found = OFFICE.between(datetime.fromisoformat(start), datetime.fromisoformat(end))
    assert found / np.timedelta64(1, "h") == hours


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-01-05 08:00", 7.5, "2026-01-05 15:30"),  # not the next morning
        ("2026-01-05 15:30", -7.5, "2026-01-05 08:00"),  # not the evening before
        ("2026-01-05 15:30", 0.5, "2026-01-06 08:30"),
        ("2026-01-05 07:00", -0.5, "2026-01-02 15:00"),
        ("2026-01-10 12:00", 0, "2026-01-10 12:00"),
        ("2026-03-27 15:00", 1, "2026-03-30 08:30"),
        ("2026-04-01 11:00", 1, "2026-04-07 08:15"),
    ],
)
def test_added_by_hand(start, hours, end):
    found = OFFICE.add(datetime.fromisoformat(start), timedelta(hours=hours))
    assert found.item().replace(tzinfo=UTC) == pd.Timestamp(end, tz="Europe/Oslo")


@given(moments, moments, moments)
def test_additive_turned_round_and_never_more_than_the_time(a, b, c):
    ab, bc, ac = OFFICE.between(a, b), OFFICE.between(b, c), OFFICE.between(a, c)
    assert ab + bc == ac
    assert OFFICE.between(b, a) == -ab
    assert abs(ab) <= np.timedelta64(abs(b - a))


@given(moments, st.timedeltas(timedelta(days=-200), timedelta(days=200)))
def test_what_is_added_lies_between(start, amount):
    end = OFFICE.add(start, amount)
    assert OFFICE.between(np.datetime64(start.replace(tzinfo=None), "us"), end) == np.timedelta64(amount)
    # The earliest such moment, or the latest: one microsecond nearer to the start there is less.
    if amount:
        nearer = end - np.timedelta64(1 if amount > timedelta() else -1, "us")
        assert abs(OFFICE.between(start, nearer)) < np.timedelta64(abs(amount))


def test_a_million_in_a_second():
    chance = np.random.default_rng(1)
    starts = (1_467_000_000 + chance.integers(0, 315_000_000, 1_000_000)) * 10**6
    a = starts.astype("datetime64[us]")
    b = a + chance.integers(0, 90 * 86_400, a.size).astype("timedelta64[s]")
    calendar = Calendar(hours=(time(8), time(16)))
    begun = perf_counter()
    lengths = calendar.between(a, b)
    middle = perf_counter()
    ends = calendar.add(a, lengths)
    ended = perf_counter()
    assert (calendar.between(a, ends) == lengths).all()
    assert (middle - begun, ended - middle) < (1.0, 1.0)


def test_columns_arrays_and_single_moments_say_the_same():
    local = datetime(2026, 1, 5, 9)
    single = OFFICE.between(local, local + HOUR)
    assert single == np.timedelta64(1, "h")
    column = pd.Series([local, pd.NaT])
    assert OFFICE.between(column, column + HOUR)[0] == single
    assert np.isnat(OFFICE.between(column, column + HOUR)[1])
    aware = pd.Series([local]).dt.tz_localize("Europe/Oslo").dt.tz_convert("UTC")
    assert OFFICE.add(aware, HOUR).tolist() == [datetime(2026, 1, 5, 9)]  # 10:00 in Oslo
    assert OFFICE.between(pd.Series([], dtype="datetime64[us]"), pd.Series([], dtype="datetime64[us]")).size == 0
    assert np.isnat(OFFICE.add(column, HOUR)[1])


def test_by_unit():
    calendars = UnitCalendars(Calendar(hours=HOURS), {"Sør": Calendar(hours=(time(10), time(14)))})
    day = (datetime(2026, 1, 5), datetime(2026, 1, 6))
    hours = calendars.between(*day, ["Nord", "Sør", None, "Sør"]) / np.timedelta64(1, "h")
    assert hours.tolist() == [7.5, 4, 7.5, 4]
    ends = calendars.add(day[0], HOUR, ["Sør", "Nord"])
    assert ends.tolist() == [datetime(2026, 1, 5, 10), datetime(2026, 1, 5, 8)]  # UTC
    assert calendars.of("Sør").hours == (time(10), time(14))


def number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


@pytest.mark.parametrize("saturdays", [False, True])
def test_working_days_equal_counting_day_by_day(saturdays):
    working = WorkingDays("NO", saturdays=saturdays)
    chance = Random(3)

    def works(day: date) -> bool:
        return day.weekday() < (6 if saturdays else 5) and day not in OFF

    for _ in range(300):
        first = date(2018, 1, 1) + timedelta(days=chance.randrange(3000))
        last = first + timedelta(days=chance.randrange(60))
        some = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
        assert working.between(np.array([number(first)]), np.array([number(last)])) == sum(map(works, some))
        for amount in (chance.randint(1, 30), -chance.randint(1, 30)):
            day, left = first, abs(amount)
            while left:
                day += timedelta(days=1 if amount > 0 else -1)
                left -= works(day)
            assert working.add(np.array([number(first)]), amount) == number(day)
        following = first
        while not works(following):
            following += timedelta(days=1)
        assert working.next(np.array([number(first)])) == number(following)


def test_a_saturday_is_a_weekday_of_the_law_and_no_working_day():
    saturday = np.array([number(date(2026, 1, 10))])
    assert (OFFICE.working_days.are(saturday), OFFICE.weekdays.are(saturday)) == (False, True)
    assert OFFICE.working_days.add(saturday, 0) == saturday


def test_norwegian_holidays_of_2026():
    days = ["01-01", "04-02", "04-03", "04-05", "04-06", "05-01", "05-14", "05-17", "05-24", "05-25", "12-25", "12-26"]
    assert [day for day, _ in holidays_of("NO", range(2026, 2027))] == [
        number(date.fromisoformat(f"2026-{day}")) for day in days
    ]


def test_easter_by_its_own_sum():
    """The rule of Meeus, Jones and Butcher, for every year of the calendar."""
    for year in range(1901, 2100):
        a, b, c = year % 19, year // 100, year % 100
        d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
        e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
        month, day = divmod(d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114, 31)
        easter = number(date(year, month, day + 1))
        found = {day for day, _ in holidays_of("NO", range(year, year + 1))}
        assert {easter + step for step in (-3, -2, 0, 1, 39, 49, 50)} <= found


def test_of_the_flow():
    settings = CalendarSettings(hours=HOURS, half_days=((12, 24),))
    assert Calendar.of(settings, "Europe/Oslo") == Calendar("Europe/Oslo", HOURS, "NO", ((12, 24),))
    assert Calendar.of(None, "Europe/Oslo") == Calendar()
    assert saksflyt.Calendar is Calendar


def test_the_days_of_a_flow_are_read_and_written():
    text = """name = "F"
flow = "A"
[calendar]
hours = "08:00-15:30"
half_days = ["12-24", "2026-04-01"]
closed_days = ["02-29", "2025-06-02"]
"""
    flow = Flow.from_toml(text)
    settings = CalendarSettings(HOURS, None, ((12, 24), date(2026, 4, 1)), ((2, 29), date(2025, 6, 2)))
    assert flow.calendar == settings
    assert Flow.from_toml(flow.to_toml()) == flow
    assert Calendar.of(settings, "UTC").closed_days == settings.closed_days
    for wrong in ("2026-02-30", "12.24", "20260401"):
        with pytest.raises(UsageError, match="line 6: .calendar. must have month and day as 'closed_days'"):
            Flow.from_toml(text.replace("2025-06-02", wrong))


UNITS = """name = "F"
flow = "A"
[calendar]
hours = "08:00-15:30"
half_days = ["12-24"]
half_day_ends = "12:00"
closed_days = ["2026-05-15"]

[calendar.units."NAV Øst"]
hours = "09:00-14:00"
closed_days = []

[calendar.units.Vest]
half_days = ["12-24", "12-31"]
half_day_ends = "10:30"
"""


def test_a_unit_says_what_is_different_and_keeps_the_rest():
    flow = Flow.from_toml(UNITS)
    assert Flow.from_toml(flow.to_toml()) == flow
    of_all = Calendar("Europe/Oslo", HOURS, "NO", ((12, 24),), (date(2026, 5, 15),), time(12))
    found = UnitCalendars.of_flow(flow.calendar, "Europe/Oslo")
    assert found.of("Sør") == found.of(None) == of_all
    assert found.of("NAV Øst") == replace(of_all, hours=(time(9), time(14)), closed_days=())
    assert found.of("Vest") == replace(of_all, half_days=((12, 24), (12, 31)), half_day_ends=time(10, 30))
    assert UnitCalendars.of_flow(None, "UTC") == UnitCalendars(Calendar("UTC"))

    units = ["NAV Øst", "Vest", "Sør"]
    for day, hours in {"2026-05-15": (5, 0, 0), "2026-12-24": (3, 2.5, 4), "2026-12-31": (5, 2.5, 7.5)}.items():
        start = pd.DatetimeIndex([f"{day} 00:00"] * 3)
        spent = found.between(start, start + pd.Timedelta(days=1), units) / np.timedelta64(1, "h")
        assert tuple(spent) == hours


def test_a_half_day_ends_in_the_middle_of_the_hours_unless_said():
    start, end = datetime(2026, 12, 24), datetime(2026, 12, 25)
    for hours, ends, opened in (
        (HOURS, None, timedelta(hours=3.75)),
        (HOURS, time(12), timedelta(hours=4)),
        ((time(9), time(14)), None, timedelta(hours=2.5)),
    ):
        calendar = Calendar(hours=hours, half_days=((12, 24),), half_day_ends=ends)
        assert calendar.between(start, end) == np.timedelta64(opened)


def test_what_cannot_be():
    with pytest.raises(UsageError, match="no office hours"):
        Calendar().between(datetime(2026, 1, 5), datetime(2026, 1, 6))
    with pytest.raises(UsageError, match="holidays of 'XX'"):
        Calendar(holidays="XX")
    with pytest.raises(UsageError, match="must close"):
        Calendar(hours=(time(16), time(8)))
    with pytest.raises(UsageError, match="must close"):
        Calendar(hours=HOURS, half_day_ends=time(15, 30))
    with pytest.raises(UsageError, match="no day of the year"):
        Calendar(half_days=((2, 30),))
    with pytest.raises(UsageError, match="outside the calendar"):
        OFFICE.between(datetime(1850, 1, 5), datetime(2026, 1, 6))
    with pytest.raises(UsageError, match="outside the calendar"):
        OFFICE.add(datetime(2090, 1, 5), timedelta(days=2999))
    with pytest.raises(UsageError, match="outside the calendar"):
        OFFICE.working_days.are(np.array([number(date(2300, 1, 1))]))
    every = tuple((month, day) for month in range(1, 13) for day in range(1, 29 if month == 2 else 31))
    shut = (*every, *((month, 31) for month in (1, 3, 5, 7, 8, 10, 12)), (2, 29))
    with pytest.raises(UsageError, match="no open day"):
        Calendar(hours=HOURS, closed_days=shut).between(datetime(2026, 1, 5), datetime(2026, 1, 6))
