"""What is done more than once, and in how many cases?

Two different things are called rework, and they have different cures:

* a *self-loop* is a step that follows itself (A A): corrected on the spot;
* a *repetition* is a return to a step after something else was done (A B A): the case came back.

Definitions follow edeaR (Swennen 2018; bupaverse/edeaR ``rework_base``): a run of equal steps is one
*group*; a self-loop is a group of two or more; a repetition is counted once per case and activity that
has two or more groups. Both are properties of the sequence, so they are counted on the variants and
weighted by their cases: the events are never read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt
from typing import TYPE_CHECKING

from .answer import Answer
from .closing import closing_clock, closing_known
from .grouping import grouping
from .log import EventLog

if TYPE_CHECKING:
    import pandas as pd

    from .flow import Flow

# Per variant and activity: how many times, in how many groups (a new group starts where the activity changes), and
# how many of the groups are self-loops (a loop is counted at the second of its steps).
_STEPS = """
steps as (
    select variant_no, unnest(activities) as activity,
           unnest(list_prepend(null, activities[1:len(activities) - 1])) as before,
           unnest(list_concat([null, null], activities[1:len(activities) - 2])[1:len(activities)]) as before_that
    from sequences
), done as (
    select variant_no, activity, count(*) as times,
           count(*) filter (activity is distinct from before) as groups,
           count(*) filter (activity = before and activity is distinct from before_that) as loops
    from steps group by variant_no, activity
)"""

_PER_ACTIVITY = """
with {steps}, weights as (
    select {defined} cases.variant_no, count(*) as cases from cases group by all
)
select {first} activity::varchar as activity,
       sum(cases)::bigint                                      as cases,
       coalesce(sum(cases) filter (loops > 0), 0)::bigint      as cases_with_self_loop,
       coalesce(sum(cases) filter (groups > 1), 0)::bigint     as cases_with_repetition,
       sum(cases * (times - 1))::bigint                        as extra_times
from done join weights using (variant_no)
group by all order by {first} extra_times desc, activity
"""

_PER_CASE = """
with {steps}, per_variant as (
    select variant_no, sum(loops)::bigint as self_loops, count(*) filter (groups > 1) as repetitions,
           sum(times - 1)::bigint as extra_times
    from done group by variant_no
)
select case_id, events, self_loops, repetitions, extra_times
from cases join per_variant using (variant_no) order by case_no
"""

# Open cases are left out: they would make the newest months look cleaner than they are.
_RIGHT_FIRST_TIME = """
with closed as (select variant_no, count(*) as cases from ({clock}) where is_closed group by variant_no)
select coalesce(sum(cases) filter (len(activities) = list_unique(activities)), 0)::bigint as clean,
       coalesce(sum(cases), 0)::bigint as all_closed
from closed join (select variant_no, activities from sequences) using (variant_no)
"""


@dataclass(frozen=True, repr=False)
class Rework(Answer):
    """Rework of a log.

    frame : one row per activity, most extra work first
        activity, cases (that have it), cases_with_self_loop, cases_with_repetition, extra_times (occurrences beyond
        the first in the case)
    right_first_time : share of closed cases (0 to 1) in which no activity occurs twice; NaN when none is closed
    right_first_time_low, right_first_time_high : its 95 % interval (Wilson)
    closed_cases : the cases that the share is of
    closing_known : false when every case counts as closed because neither the export nor the flow says
    """

    frame: pd.DataFrame
    right_first_time: float
    right_first_time_low: float
    right_first_time_high: float
    closed_cases: int
    closing_known: bool


def rework(log: EventLog, flow: Flow | None = None, *, by: str | None = None) -> Rework:
    """Count self-loops and repetitions per activity, and the share of cases without any; a flow may say what closes a case.

    Raises EmptyLog if the log has no cases, UsageError if `by` names no column of the cases.
    """
    log.require_cases()
    log = flow.named(log) if flow else log
    group = grouping(log, by)
    frame = log.sql(_PER_ACTIVITY.format(steps=_STEPS, first=group.first, defined=group.defined))
    clean, closed = log.sql(_RIGHT_FIRST_TIME.format(clock=closing_clock(log, flow, grouping(log, None)))).iloc[0]
    low, high = wilson(int(clean), int(closed))
    return Rework(
        frame=frame,
        right_first_time=clean / closed if closed else nan,
        right_first_time_low=low,
        right_first_time_high=high,
        closed_cases=int(closed),
        closing_known=closing_known(log, flow),
    )


def rework_by_case(log: EventLog) -> pd.DataFrame:
    """Rework of every case: ``case_id, events, self_loops, repetitions, extra_times`` (counts), by case id.

    self_loops counts runs of a step, repetitions counts steps that came back. Raises EmptyLog.
    """
    log.require_cases()
    return log.sql(_PER_CASE.format(steps=_STEPS))


def wilson(hits: int, trials: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927); NaN for no trials."""
    if not trials:
        return nan, nan
    share = hits / trials
    centre = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
