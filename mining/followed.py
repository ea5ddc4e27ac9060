"""For how long was each case followed, and how did that end?

A case *ended* when its clock ran to its end: at its closing, or at the step that the clock runs to. It was *withdrawn* when
it closed without. Else it is *open*: followed until the end of the window. What is known to the day is followed for whole local
days; the day on which the window ends counts only when it is over, since its day-only events are not known before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clock import DAY, first_after, first_done, local_days, span
from .closing import closing_clock, closing_known
from .database import text_literal
from .errors import UsageError
from .grouping import Grouping
from .log import EventLog

if TYPE_CHECKING:
    from .flow import Flow

Ends = tuple[str, ...]
OUTCOMES = ("ended", "withdrawn", "open")

_FOLLOWED = """
with closing as ({closing}), begun as ({begun}), reached as ({reached})
select {first} case_no, strftime(timezone({zone}, first_time), '%Y-%m') as "month",
       (case when {ended} then 'ended' when {over} then 'withdrawn' else 'open' end)::enum {outcomes} as outcome,
       case when {ended} then {elapsed} when {over} then greatest(micros - ({before}), 0)
            else greatest({age}, 0) end as followed_micros,
       greatest({entry}, 0) as entry_micros, greatest({age}, 0) as age_micros
from closing join begun using (case_no) left join reached using (case_no)
order by case_no
"""

_WHOLE_CASE = "select case_no, first_time as begun_time, {precision} as begun_precision from cases {edges}"
_EDGES = (
    'join (select case_no, arg_min("precision", "position") as first_precision from events group by 1) using (case_no)'
)
_NEVER = "select null::integer as case_no, null::timestamptz as reached_time, null as reached_precision where false"


def followed(log: EventLog, flow: Flow | None, group: Grouping, start: str | None = None, end: Ends = ()) -> str:
    """SQL: one row per case on the clock with the group, ``case_no, month`` (received), ``outcome`` ("ended", "withdrawn"
    or "open"), and ``followed_micros``, ``entry_micros`` (from when on it is known), ``age_micros`` (since it began).

    start, end : the steps between which the clock runs, as :func:`clock_steps` gives them; else the first event and the
        closing, as the export or the flow says. Where nobody says which cases are closed, one that has not come to the end
        is open.
    """
    by_day = "begun_precision = 'day'"
    ran = span(log.zone, "begun_time", "reached_time", "'day' in (begun_precision, reached_precision)")
    before = span(log.zone, "first_time", "begun_time", by_day)
    known = closing_known(log, flow)
    return _FOLLOWED.format(
        closing=closing_clock(log, flow, group),
        begun=_begun(log, start, end),
        reached=_reached(log, end),
        first=group.first,
        zone=text_literal(log.zone),
        outcomes=OUTCOMES,
        ended="reached_time is not null" if end else "is_closed",
        over="is_closed" if known or not end else "false",
        elapsed=ran if end else f"greatest(micros - ({before}), 0)" if start else "micros",
        before=before,
        entry=span(log.zone, "begun_time", _moment(log.observed_from), by_day),
        age=_age(log, by_day),
    )


def clock_steps(log: EventLog, flow: Flow | None, start: str | None = None, end: Ends = ()) -> tuple[str | None, Ends]:
    """The steps between which the clock runs: those asked for, else the flow's, else None and (). Of the flow's ends some may
    be in no case. Raises UsageError where another step is in none."""
    there = log.activities
    for name in (*([start] if start else []), *end):
        if name not in there:
            raise UsageError(f"The log has no step {name!r}. It has: {', '.join(there[:20])}.")
    if start or end or not flow or not flow.clock:
        return start, end
    if flow.clock.start not in there:
        raise UsageError(
            f"No case has {flow.clock.start!r}, at which the flow's clock starts; see saksflyt flow check."
        )
    return flow.clock.start, flow.clock.end


def _begun(log: EventLog, start: str | None, end: Ends) -> str:
    if start or end:
        return first_done(start)
    if log.manifest.closed == "day":
        return _WHOLE_CASE.format(precision="'day'", edges="")
    if log.date_only:
        return _WHOLE_CASE.format(precision="first_precision", edges=_EDGES)
    return _WHOLE_CASE.format(precision="null::varchar", edges="")


def _reached(log: EventLog, end: Ends) -> str:
    ends = sorted(set(end) & set(log.activities)) if end else []
    return first_after(ends) if ends else _NEVER


def _age(log: EventLog, by_day: str) -> str:
    """Until the end of the window. A day is over when its last microsecond has passed."""
    end = _moment(log.observed_to)
    days = local_days(log.zone, "begun_time", f"({end} + interval 1 microsecond)")
    return f"case when {by_day} then {days} - {DAY} else epoch_us({end}) - epoch_us(begun_time) end"


def _moment(moment: object) -> str:
    return f"timestamptz {text_literal(str(moment))}"
