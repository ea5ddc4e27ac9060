"""When is a case over, and from when to when does its time count, where there is an intended flow?

Closed is what the export's ``closed`` column says. Without it a case is over at the first of the flow's `closed_by` steps
after which only such steps, `anytime` and `after_closing` steps follow; any other step has opened it again. Without
either, every case counts as over, and what rests on it says so.

The clock of the flow runs from the first of its `from` to the first of its `to` that follows; a case that is over without
it has no time. Without a clock it runs from the first event to the closing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clock import case_clock, local_days, milestone_clock
from .database import text_literal
from .grouping import Grouping
from .log import EventLog

if TYPE_CHECKING:
    from .flow import Flow

_CLOSING_STEPS = """
select variant_no, min(place) filter (activity in ({closing}) and place > reopened) as place
from steps join (
    select variant_no, coalesce(max(place) filter (activity not in ({after})), 0) as reopened from steps group by all
) using (variant_no) group by all
"""

_ENDED = """
with steps as (
    select variant_no, unnest(activities)::varchar as activity, generate_subscripts(activities, 1) as place
    from sequences
), closing as ({closing_steps}), placed as (
    select case_no, end_time, "precision", {place} as place from events
), ended as (
    select case_no, end_time, "precision" from placed join cases using (case_no) join closing using (variant_no)
    where placed.place = closing.place
)"""

_BY_CLOSING_STEP = """
{ended}, begun as (
    select case_no, "precision" as first_precision from placed where place = 1
)
select {defined} cases.case_no, cases.variant_no, cases.first_time, ended.end_time is not null as is_closed,
       case when ended.end_time is not null then greatest(
           case when 'day' in (first_precision, ended.precision) then {days}
                else epoch_us(ended.end_time) - epoch_us(cases.first_time) end, 0) end as micros,
       ended.end_time as closing_time
from cases left join ended using (case_no) left join begun using (case_no)
"""

_CLOSED_COLUMN = """
select case_no, {time} as closed_time, {by_day} as closed_by_day from cases {edge} where {over}
"""

# A step known to the day may be after the window while later ones in the case are inside it.
_PLACE_INSIDE = 'row_number() over (partition by case_no order by "position")'


def closing_known(log: EventLog, flow: Flow | None) -> bool:
    """Do the export or the flow say which cases are over?"""
    return log.closing_known or bool(flow and flow.closed_by)


def flow_clock(log: EventLog, flow: Flow | None, group: Grouping) -> str:
    """SQL: one row per case with the group, ``case_no, variant_no, first_time, is_closed, micros`` (null while open, and
    where the flow's clock did not run to its end). The activities bear the flow's names."""
    closing = closing_clock(log, flow, group)
    return _by_the_clock(log, flow, group, closing) if flow and flow.clock else closing


def closing_clock(log: EventLog, flow: Flow | None, group: Grouping) -> str:
    """SQL as :func:`.clock.case_clock`, from the first event to the closing, where the flow may say what closes a case."""
    if flow is None or not flow.closed_by or log.closing_known:
        return case_clock(log, group)
    return _by_closing_step(log, flow, group)


def closing_times(log: EventLog, flow: Flow) -> str:
    """SQL: one row per closed case with ``case_no, closed_time, closed_by_day`` (its time is known to the day only).

    Where the export says yes or no only, the case was closed at its last event. For logs of which closing is known.
    """
    if flow.closed_by and not log.closing_known:
        return f"""{_ended(log, flow)}
            select case_no, end_time as closed_time, "precision" = 'day' as closed_by_day from ended"""
    if log.manifest.closed in ("time", "day"):
        by_day = str(log.manifest.closed == "day").lower()
        return _CLOSED_COLUMN.format(time="closed", by_day=by_day, edge="", over="closed is not null")
    last = """join (select case_no, arg_max("precision", "position") as last_precision from events group by case_no)
              using (case_no)"""
    return _CLOSED_COLUMN.format(time="last_time", by_day="last_precision = 'day'", edge=last, over="closed")


def _by_closing_step(log: EventLog, flow: Flow, group: Grouping) -> str:
    days = local_days(log.zone, "cases.first_time", "ended.end_time")
    return _BY_CLOSING_STEP.format(ended=_ended(log, flow), defined=group.defined, days=days)


def _ended(log: EventLog, flow: Flow) -> str:
    quiet = [step for step, said in flow.steps.items() if said.anytime or said.after_closing]
    steps = _CLOSING_STEPS.format(closing=_listed(flow.closed_by), after=_listed([*flow.closed_by, *quiet]))
    place = _PLACE_INSIDE if log.date_only and log.manifest.after_window else '"position"'
    return _ENDED.format(closing_steps=steps, place=place)


def _by_the_clock(log: EventLog, flow: Flow, group: Grouping, closing: str) -> str:
    assert flow.clock is not None
    seen = set(log.activities)
    ends = tuple(step for step in flow.clock.end if step in seen)
    columns = f"select {group.first} case_no, variant_no, first_time, is_closed"
    if flow.clock.start not in seen or not ends:
        return f"{columns}, null::bigint as micros from ({closing})"
    ran = milestone_clock(log, flow.clock.start, ends)
    return f"""{columns}, case when is_closed then ran.micros end as micros
               from ({closing}) left join ({ran}) as ran using (case_no)"""


def _listed(steps: list[str] | tuple[str, ...]) -> str:
    return ", ".join(text_literal(step) for step in steps)
