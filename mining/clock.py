"""From when to when does a case take time, and is it over?

The clock of a case runs from its first event to its closing: the time in ``closed``; the last event where closing
is given as yes or no only, or not at all. Without a ``closed`` column every case counts as complete, and every
result that rests on it says so (``closing_known``). Durations are elapsed time, nights and weekends counted; where
either end is known to the day only, they are whole local days.
"""

from __future__ import annotations

from collections.abc import Iterable

from .database import text_literal
from .grouping import Grouping
from .log import EventLog

DAY = 86_400_000_000  # microseconds


def local_days(zone: str, start: str, stop: str) -> str:
    """SQL for the local days between two times, as microseconds."""
    name = text_literal(zone)
    return f"date_diff('day', timezone({name}, {start})::date, timezone({name}, {stop})::date) * {DAY}"


def case_clock(log: EventLog, group: Grouping) -> str:
    """SQL: one row per case with the group, ``case_no, variant_no, first_time, is_closed, micros,
    closing_time`` (the last two null while open)."""
    kind = log.manifest.closed
    ended = "cases.closed" if kind in ("time", "day") else "cases.last_time"
    dated, said = "cases.closed is not null", "coalesce(cases.closed, false)"
    over = {"time": dated, "day": dated, "boolean": said}.get(kind or "", "true")
    exact = f"epoch_us({ended}) - epoch_us(cases.first_time)"
    days = local_days(log.zone, "cases.first_time", ended)
    by_day = _known_to_the_day(kind)
    elapsed = days if kind == "day" else f"case when {by_day} then {days} else {exact} end" if log.date_only else exact
    edges = _edges() if log.date_only and kind != "day" else ""
    return f"""
        select {group.defined} cases.case_no, cases.variant_no, cases.first_time, {over} as is_closed,
               case when {over} then greatest({elapsed}, 0) end as micros,
               case when {over} then {ended} end as closing_time
        from cases {edges}"""


def _known_to_the_day(kind: str | None) -> str:
    return "first_precision = 'day'" if kind == "time" else "'day' in (first_precision, last_precision)"


def _edges() -> str:
    return """join (select case_no, arg_min("precision", "position") as first_precision,
                           arg_max("precision", "position") as last_precision
                    from events group by case_no) using (case_no)"""


def first_done(step: str | None) -> str:
    """SQL: ``case_no, begun`` (position), ``begun_time, begun_precision`` of the first time of a step, or of any step."""
    where = f"where activity = {text_literal(step)}" if step else ""
    return f"""select case_no, min("position") as begun, arg_min(end_time, "position") as begun_time,
                      arg_min("precision", "position") as begun_precision
               from events {where} group by case_no"""


def first_after(steps: Iterable[str]) -> str:
    """SQL beside ``begun``, made by :func:`first_done`: ``case_no, reached_time, reached_precision`` of the first of the
    steps that follows."""
    return f"""select case_no, arg_min(end_time, "position") as reached_time,
                      arg_min("precision", "position") as reached_precision
               from events join begun using (case_no)
               where activity in ({", ".join(map(text_literal, steps))}) and "position" > begun group by case_no"""


def span(zone: str, start: str, stop: str, by_day: str) -> str:
    """SQL for the microseconds between two times, in whole local days where `by_day` holds."""
    return f"case when {by_day} then {local_days(zone, start, stop)} else epoch_us({stop}) - epoch_us({start}) end"


def milestone_clock(log: EventLog, start: str, ends: Iterable[str]) -> str:
    """SQL: ``case_no, micros`` from the first `start` to the first of `ends` that follows it, of the cases that come so far."""
    elapsed = span(log.zone, "begun_time", "reached_time", "'day' in (begun_precision, reached_precision)")
    return f"""
        with begun as ({first_done(start)}), reached as ({first_after(ends)})
        select case_no, {elapsed} as micros from begun join reached using (case_no)"""
