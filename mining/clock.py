"""From when to when does a case take time, and is it over?

The clock of a case runs from its first event to its closing: the time in ``closed``; the last event where closing
is given as yes or no only, or not at all. Without a ``closed`` column every case counts as complete, and every
result that rests on it says so (``closing_known``). Durations are elapsed time, nights and weekends counted; where
either end is known to the day only, they are whole local days.
"""

from __future__ import annotations

from .database import text_literal
from .errors import UsageError
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


def milestone_clock(log: EventLog, group: Grouping, start: str | None, end: tuple[str, ...]) -> str:
    """As :func:`case_clock`, from the first `start` to the first of `end` that follows it.

    Only cases with the start are there. A case that was closed without reaching the end is over (``is_closed``) and
    has no duration.
    """
    for name in (*([start] if start else []), *end):
        _known(log, name)
    begins = f"activity = {text_literal(start)}" if start else '"position" = 1'
    begun = f"""select case_no, min("position") as begun, arg_min(end_time, "position") as begun_time,
                       arg_min("precision", "position") as begun_precision
                from events where {begins} group by case_no"""
    if not end:
        return _to_closing(log, group, begun)
    names = ", ".join(text_literal(name) for name in end)
    reached = f"""select case_no, arg_min(end_time, "position") as reached_time,
                         arg_min("precision", "position") as reached_precision
                  from events join begun using (case_no)
                  where activity in ({names}) and "position" > begun group by case_no"""
    exact = "epoch_us(reached_time) - epoch_us(begun_time)"
    days = local_days(log.zone, "begun_time", "reached_time")
    elapsed = f"case when 'day' in (begun_precision, reached_precision) then {days} else {exact} end"
    return f"""
        with begun as ({begun}), reached as ({reached}), clock as ({case_clock(log, group)})
        select {group.first} case_no, variant_no, first_time,
               reached_time is not null or (is_closed and {str(log.closing_known).lower()}) as is_closed,
               {elapsed} as micros
        from clock join begun using (case_no) left join reached using (case_no)"""


def _to_closing(log: EventLog, group: Grouping, begun: str) -> str:
    """From a step to the closing of the case."""
    before = f"case when begun_precision = 'day' then {local_days(log.zone, 'first_time', 'begun_time')} "
    before += "else epoch_us(begun_time) - epoch_us(first_time) end"
    return f"""
        with begun as ({begun}), clock as ({case_clock(log, group)})
        select {group.first} case_no, variant_no, first_time, is_closed,
               case when is_closed then greatest(micros - ({before}), 0) end as micros
        from clock join begun using (case_no)"""


def _known(log: EventLog, name: str) -> None:
    if name not in log.activities:
        raise UsageError(f"The log has no step {name!r}. It has: {', '.join(log.activities[:20])}.")
