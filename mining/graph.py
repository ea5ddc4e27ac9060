"""Which steps are there, which follows which, how often, and how long does it take?

The directly-follows graph: its arrows are pairs of steps of which the second came next in a case. The time of an
arrow runs from completion to completion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .answer import Answer
from .clock import DAY
from .follows import counted_pairs, elapsed
from .grouping import Grouping, grouping
from .log import EventLog

if TYPE_CHECKING:
    import pandas as pd

_ARROWS = """
with {counted},
timed as (
    select {first} source, target, sum(micros) as total, avg(micros) as mean,
           quantile_cont(micros, [0.5, 0.9]) as quantiles
    from ({elapsed}) group by all
)
select {first} source, target, occurrences, cases,
       mean / 1e6 as mean_seconds, quantiles[1] / 1e6 as median_seconds, quantiles[2] / 1e6 as p90_seconds,
       total / {day} as total_days
from counted join timed using ({first} source, target)
order by {first} occurrences desc, source, target
"""

_STEPS = """
select {first} activity::varchar as activity, sum(times * cases)::bigint as occurrences, sum(cases)::bigint as cases
from (select {defined} cases.variant_no, count(*) as cases from cases group by all)
join (select variant_no, activity, count(*) as times
      from (select variant_no, unnest(activities) as activity from sequences) group by all) using (variant_no)
group by all order by {first} cases desc, occurrences desc, activity
"""

_ENDS = """
select {first} activities[{place}]::varchar as activity, sum(cases)::bigint as cases
from (select {defined} cases.variant_no, count(*) as cases from cases group by all)
join (select variant_no, activities from sequences) using (variant_no)
group by all order by {first} cases desc, activity
"""


@dataclass(frozen=True, repr=False)
class Graph(Answer):
    """The directly-follows graph of a log.

    frame : one row per arrow, most occurrences first
        source, target, occurrences, cases (that have it at least once), mean_seconds, median_seconds, p90_seconds
        (completion to completion; linear interpolation, type 7), total_days
    steps : activity, occurrences, cases (that have it at least once), most cases first
    starts, ends : activity, cases (that start or end with it)
    """

    frame: pd.DataFrame
    steps: pd.DataFrame
    starts: pd.DataFrame
    ends: pd.DataFrame


def graph(log: EventLog, *, by: str | None = None) -> Graph:
    """Count and time the directly-follows pairs; with `by`, within each group (``event_unit``: unit of the second step).

    Raises EmptyLog if the log has no cases, UsageError if `by` names no column.
    """
    log.require_cases()
    group = grouping(log, by, events=True)
    pairs, times = counted_pairs(group), elapsed(log, group)
    whole = Grouping(None, "") if group.of_events else group
    return Graph(
        frame=log.sql(_ARROWS.format(counted=pairs, elapsed=times, first=group.first, day=float(DAY))),
        steps=log.sql(_STEPS.format(first=whole.first, defined=whole.defined)),
        starts=_ends(log, whole, "1"),
        ends=_ends(log, whole, "-1"),
    )


def _ends(log: EventLog, group: Grouping, place: str) -> pd.DataFrame:
    return log.sql(_ENDS.format(place=place, first=group.first, defined=group.defined))
