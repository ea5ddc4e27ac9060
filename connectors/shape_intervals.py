"""One row per span of time: status, from, to. Each span is one event with its start and its end.

A span without an end is going on: an event at its start. So is one that ends in the year 9999.
"""

from __future__ import annotations

from dataclasses import replace

from .columns import Source
from .content import fits, named, time_share
from .headers import ENDS, NAMES, POINTS, SHAPE_NAMES, plain
from .mapping import Mapping
from .roles import Roles, roles_of
from .times import TimeColumn

_LEAST_DATES = 0.5  # of the filled cells


def recognised(source: Source, mapping: Mapping) -> str:
    """Why this is a table of intervals; empty if it is none."""
    mapped = {said.role for name, said in mapping.columns.items() if name in source.headers}
    if mapped & {"time", "start", "milestone", "field"}:
        return ""
    ends = _ends(source, ())
    if ends is None or named(source, NAMES["activity"]) is None:
        return ""
    other = set(ENDS) | set(POINTS) | set(NAMES["start"])
    if any(plain(header) in other for column, header in enumerate(source.headers) if column not in ends):
        return ""
    start, end = (source.headers[column] for column in ends)
    return f"{start!r} and {end!r} are where a span of time begins and ends"


def _ends(source: Source, taken: tuple[int, ...]) -> tuple[int, int] | None:
    start, end = (named(source, SHAPE_NAMES[what], taken) for what in ("from", "to"))
    if start is None or end is None or not source.sample(start):
        return None
    if any(source.sample(column) and time_share(source, column) < _LEAST_DATES for column in (start, end)):
        return None  # offices that a case went from and to, say
    return start, end


def roles_of_intervals(source: Source, mapping: Mapping) -> Roles:
    """The roles in a table of intervals. Raises DataError without a case, an activity or an end."""
    mapped = tuple(column for column, header in enumerate(source.headers) if header in mapping.columns)
    known: dict[int, tuple[str, str]] = {}
    if ends := _ends(source, mapped):
        start, end = ends
        known = {start: ("start", "where the span of time begins"), end: ("time", "where the span of time ends")}
    activity = named(source, NAMES["activity"], mapped)
    if activity is not None and fits(source, activity, "activity"):
        known[activity] = ("activity", "the name is one that stands for the activity")
    return roles_of(source, mapping, known)


def nothing_ended(source: Source, roles: Roles) -> bool:
    """Has every span a start at most? Where there is no time at all, no span is going on: it is no event."""
    start, end = roles.column("start"), roles.column("time")
    return end is not None and not source.sample(end) and start is not None and bool(source.sample(start))


def let_run(source: Source, roles: Roles, times: dict[str, TimeColumn]) -> None:
    """Give each span without an end its start as the time of its event."""
    start, column = times.get("start"), roles.column("time")
    if start is None or column is None:
        return
    end = times.get("time")
    if end is None:  # nothing has ended yet
        times["time"] = start
        return
    going_on = f"({open_end(source, column)}) and {end.value} is null and {start.value} is not null"
    faults = f"faults_{source.number} where c = {column} and row in (select rowid from {source.table} where {going_on})"
    (count,) = source.row(f"select count(*) from {source.table} where {going_on}")
    (sentinels,) = source.row(f"select count(*) from {faults}")
    source.run(f"delete from {faults}")
    source.run(f"update {source.table} set {end.value} = {start.value} where {going_on}")
    precision = f"case when {open_end(source, column)} then {start.precision} else {end.precision} end"
    times["time"] = replace(
        end,
        usable=end.usable + count,
        unusable=end.unusable - sentinels,
        precision=end.precision if start.precision == end.precision else precision,
        only_days=end.only_days and start.only_days,
    )


def open_end(source: Source, column: int) -> str:
    """SQL: does the span say that it has no end?"""
    cell = source.cell(column)
    return f"{cell} is null or regexp_matches({cell}, '(^|[^0-9])9999([^0-9]|$)')"


def halves(source: Source, roles: Roles, times: dict[str, TimeColumn]) -> dict[str, int]:
    """How many events lack their end, and how many their start."""
    start, column = times.get("start"), roles.column("time")
    if start is None or column is None or not source.in_table:
        return {}
    going_on, no_start = source.row(
        f"select count(*) filter ({open_end(source, column)}), count(*) filter ({start.value} is null) "
        f"from {source.table} where rowid not in (select row from refused_{source.number})"
    )
    return {k: n for k, n in (("start without an end", going_on), ("end without a start", no_start)) if n}
