"""When does the office work, and how much of the time between two moments is that?

Two clocks hang here. *Office hours* are the hours of the setting on working days that the office keeps; half days end in
the middle of them. *Working days* are whole days (:mod:`.working_days`); deadlines are counted in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import UsageError
from .local_time import zone_named
from .office_hours import OfficeHours
from .working_days import WorkingDays, holidays_of

if TYPE_CHECKING:
    from .flow_parts import CalendarSettings

Moments = Any  # a datetime, or an array or column of them
Lengths = Any  # a timedelta, or an array or column of them

_MICROSECOND = timedelta(microseconds=1)
_EVERY_LEAP_YEAR = 2024


@dataclass(frozen=True)
class Calendar:
    """The calendar of an office.

    zone : the time zone of the hours
    hours : opens and closes, on the wall; None where nobody said
    holidays : the country, in two letters, whose public holidays are kept; None for none
    half_days, closed_days : (month, day) of every year, or a date
    half_day_ends : when the office closes on a half day; None is the middle of the hours
    """

    zone: str = "Europe/Oslo"
    hours: tuple[time, time] | None = None
    holidays: str | None = "NO"
    half_days: tuple[tuple[int, int] | date, ...] = ()
    closed_days: tuple[tuple[int, int] | date, ...] = ()
    half_day_ends: time | None = None

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if self.holidays not in (None, "NO"):
            holidays_of(self.holidays, range(2000, 2001))
        for day in (*self.half_days, *self.closed_days):
            _said(day)
        if self.hours:
            opens, closes = self.hours
            if opens >= closes or not opens < self._half < closes:
                raise UsageError(
                    f"The office opens at {opens:%H:%M}; it must close, on half days too, later than that."
                )

    @classmethod
    def of(cls, settings: CalendarSettings | None, zone: str) -> Calendar:
        """The calendar of a flow; Norway's holidays where the flow does not say whose."""
        if settings is None:
            return cls(zone)
        return cls(
            zone,
            settings.hours,
            settings.holidays or "NO",
            half_days=settings.half_days or (),
            closed_days=settings.closed_days or (),
            half_day_ends=settings.half_day_ends,
        )

    # Office hours

    def between(self, start: Moments, end: Moments) -> np.ndarray:
        """Office time from start to end, as ``timedelta64[us]``; negative where the end comes first, NaT for NaT.

        Python's datetimes and pandas' columns without a zone are local times; NumPy's ``datetime64`` are UTC.
        Raises UsageError without `hours`, and for years outside 1901 to 2099.
        """
        start, end = np.broadcast_arrays(self._micros(start), self._micros(end))
        known = ~(np.isnat(start) | np.isnat(end))
        found = np.full(start.shape, np.timedelta64("NaT", "us"))
        lengths = self._open.between(start[known].astype(np.int64), end[known].astype(np.int64))
        found[known] = lengths.astype("timedelta64[us]")
        return found[()]  # of single moments a single answer

    def add(self, start: Moments, amount: Lengths) -> np.ndarray:
        """The earliest moment with so much office time after start (below 0: the latest before), ``datetime64[us]`` in UTC.

        Nothing added is the start itself. Takes and raises what `between` does.
        """
        start, amount = np.broadcast_arrays(self._micros(start), np.asarray(_lengths(amount)))
        known = ~(np.isnat(start) | np.isnat(amount))
        found = np.full(start.shape, np.datetime64("NaT", "us"))
        moments = self._open.add(start[known].astype(np.int64), amount[known].astype(np.int64))
        found[known] = moments.astype("datetime64[us]")
        return found[()]  # of single moments a single answer

    # Days

    @cached_property
    def working_days(self) -> WorkingDays:
        """Monday to Friday without the holidays (arbeidsdag)."""
        return WorkingDays(self.holidays)

    @cached_property
    def weekdays(self) -> WorkingDays:
        """Monday to Saturday without the holidays (virkedag)."""
        return WorkingDays(self.holidays, saturdays=True)

    @property
    def _half(self) -> time:
        if self.half_day_ends or not self.hours:
            return self.half_day_ends or time()
        opens, closes = (datetime.combine(date.min, each) for each in self.hours)
        return (opens + (closes - opens) // 2).time().replace(microsecond=0)

    @cached_property
    def _open(self) -> OfficeHours:
        if self.hours is None:
            raise UsageError('The calendar has no office hours. Add hours = "08:00-15:30" to [calendar] of the flow.')
        half, closed = (frozenset(map(_said, days)) for days in (self.half_days, self.closed_days))
        return OfficeHours(self.zone, self.hours, self._half, self.holidays, half, closed)

    def _micros(self, moments: Moments) -> np.ndarray:
        """As ``datetime64[us]`` in UTC."""
        if isinstance(moments, np.ndarray | np.datetime64) and moments.dtype.kind == "M":
            return np.asarray(moments, "datetime64[us]")
        import pandas as pd

        listed: Any = [moments] if isinstance(moments, datetime) else moments
        column = pd.DatetimeIndex(listed)
        if column.tz is None:
            # The first of two in autumn, as in the log; what never was in spring is the moment of the change.
            column = column.tz_localize(self.zone, ambiguous=np.ones(len(column), bool), nonexistent="shift_forward")
        found = column.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[us]")
        return found[0] if isinstance(moments, datetime) else found


@dataclass(frozen=True)
class UnitCalendars:
    """Offices that do not keep the same hours. units : those with a calendar of their own; the others keep `default`"""

    default: Calendar
    units: Mapping[str, Calendar] = field(default_factory=dict)

    @classmethod
    def of_flow(cls, settings: CalendarSettings | None, zone: str) -> UnitCalendars:
        """The calendars of a flow; what a unit does not say of its own is as for all."""
        own = {unit: Calendar.of(settings.of_unit(unit), zone) for unit in settings.units} if settings else {}
        return cls(Calendar.of(settings, zone), own)

    def of(self, unit: str | None) -> Calendar:
        """The calendar of a unit."""
        return self.units.get(unit or "", self.default)

    def between(self, start: Moments, end: Moments, units: Any) -> np.ndarray:
        """As `Calendar.between`, each pair by the calendar of its unit."""
        return self._each("between", start, end, units)

    def add(self, start: Moments, amount: Lengths, units: Any) -> np.ndarray:
        """As `Calendar.add`, each by the calendar of its unit."""
        return self._each("add", start, amount, units)

    def split(self, units: Any) -> list[tuple[Calendar, np.ndarray]]:
        """Each calendar that is needed, with the places of the units that keep it."""
        names = np.array([unit if unit in self.units else None for unit in units], object)
        own = [(self.units[unit], np.flatnonzero(names == unit)) for unit in sorted(set(names) - {None})]
        rest = np.array([name is None for name in names], bool)
        return [*own, (self.default, np.flatnonzero(rest))]

    def _each(self, question: str, first: Any, second: Any, units: Any) -> np.ndarray:
        found: np.ndarray | None = None
        first, second = _listed(first, len(units)), _listed(second, len(units))
        for calendar, places in self.split(units):
            part = getattr(calendar, question)(first[places], second[places])
            found = np.empty(len(units), part.dtype) if found is None else found
            found[places] = part
        assert found is not None
        return found


def _listed(values: Any, length: int) -> Any:
    """To be taken from by places: a column or an array."""
    import pandas as pd

    return pd.Index([values] * length if isinstance(values, datetime | timedelta) else values)


def _lengths(amount: Lengths) -> Any:
    if isinstance(amount, timedelta):
        return np.timedelta64(amount // _MICROSECOND, "us")
    return np.asarray(amount, "timedelta64[us]")


def _said(day: tuple[int, int] | date) -> tuple[int, int] | str:
    if isinstance(day, date):
        return day.isoformat()
    try:
        date(_EVERY_LEAP_YEAR, *day)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{day!r} is no day of the year. Write (month, day), such as (12, 24), or a date.") from error
    return day
