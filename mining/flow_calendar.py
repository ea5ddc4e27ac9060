"""When does the office work, as the file of an intended flow says it?

One ``[calendar]`` for all, and under ``[calendar.units."NAME"]`` what is different in a unit. Errors come with the place in
the file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time

from .flow_parts import CalendarSettings, Days
from .toml_table import Table

_OWN = ("hours", "holidays", "half_days", "half_day_ends", "closed_days")
_HOLIDAYS = ("NO",)
_CLOCK = r"([01]\d|2[0-3]):([0-5]\d)"
_TIME = re.compile(_CLOCK)
_HOURS = re.compile(rf"{_CLOCK}\s*-\s*{_CLOCK}")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def calendar_settings(table: Table | None) -> CalendarSettings | None:
    """What the table ``[calendar]`` says; None where there is none. Raises Misplaced."""
    if table is None:
        return None
    for key, value in table.plain.items():
        if isinstance(value, dict) and key not in (*_OWN, "units"):
            unit = Table({}, (*table.path, "units", key)).title.strip()
            raise table.wrong(
                key, f"{table.title}has the unknown table {key!r}; what holds in a unit stands under {unit}."
            )
    table = Table(table.plain, table.path, known=(*_OWN, "units"))
    all_do = _said(table)
    _half_days_end_in_the_hours(table, all_do)
    units = table.table("units") or Table({})
    own = {unit: of_unit for unit in units.plain if (of_unit := units.table(unit, _OWN))}
    settings = replace(all_do, units={unit: _said(of_unit) for unit, of_unit in own.items()})
    for unit, of_unit in own.items():
        _half_days_end_in_the_hours(of_unit, settings.of_unit(unit))
    return settings


def _said(table: Table) -> CalendarSettings:
    return CalendarSettings(
        hours=_hours(table),
        holidays=table.choice("holidays", _HOLIDAYS, "NO") if "holidays" in table.plain else None,
        half_days=_days(table, "half_days"),
        closed_days=_days(table, "closed_days"),
        half_day_ends=_time(table, "half_day_ends"),
    )


def _half_days_end_in_the_hours(table: Table, held: CalendarSettings) -> None:
    """held : what holds where the table stands, with what it has from others"""
    if held.hours is None or held.half_day_ends is None:
        return
    opens, closes = held.hours
    if not opens < held.half_day_ends < closes:
        key = "half_day_ends" if "half_day_ends" in table.plain else "hours"
        raise table.wrong(
            key,
            f"{table.title}has half days that end at {held.half_day_ends:%H:%M}, which is not between {opens:%H:%M} and "
            f"{closes:%H:%M}, when the office is open.",
        )


def _hours(table: Table) -> tuple[time, time] | None:
    said = table.text("hours")
    if said is None:
        return None
    found = _HOURS.fullmatch(said)
    opens, closes = (
        (time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))) if found else (time(), time())
    )
    if opens >= closes:
        raise table.wrong("hours", f"{table.title}must have the office hours as 'hours', such as \"08:00-15:30\".")
    return opens, closes


def _time(table: Table, key: str) -> time | None:
    if key not in table.plain:
        return None
    said = table.plain[key]
    found = _TIME.fullmatch(said) if isinstance(said, str) else None
    if found is None:
        raise table.wrong(key, f'{table.title}must have a time of day in quotes as {key!r}, such as "12:00".')
    return time(int(found[1]), int(found[2]))


def _days(table: Table, key: str) -> Days | None:
    if key not in table.plain:
        return None
    return tuple(_day(table, key, text) for text in table.texts(key))


def _day(table: Table, key: str, text: str) -> tuple[int, int] | date:
    found = _MONTH_DAY.fullmatch(text)
    if found and int(found[2]) <= _DAYS_OF_MONTH[int(found[1]) - 1]:
        return int(found[1]), int(found[2])
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass  # 2026-02-30
    raise table.wrong(key, f'{table.title}must have month and day as {key!r}, such as "12-24".')
