"""Which ways do the cases go, and how many go each way?

A *variant* is a distinct sequence of activities; two cases are of one variant when they went through the same steps
in the same order (van der Aalst, Process Mining, 2016, §5.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .answer import Answer
from .clock import DAY
from .closing import closing_known, flow_clock
from .grouping import grouping
from .log import EventLog

if TYPE_CHECKING:
    import pandas as pd

    from .flow import Flow

_VARIANTS = """
with clock as ({clock}),
counted as (
    select {first} variant_no, count(*) as cases, count_if(is_closed) as closed_cases,
           quantile_cont(micros, 0.5) as median
    from clock group by all
)
select {first} variant_no, variant_key, activities::varchar[] as activities, counted.cases, closed_cases,
       counted.cases / sum(counted.cases) over ({partition}) as share,
       sum(counted.cases) over ({partition} order by counted.cases desc, variant_no rows unbounded preceding)
           / sum(counted.cases) over ({partition}) as cumulative_share,
       median / {day} as median_days
from counted join (select variant_no, variant_key, activities from sequences) using (variant_no)
order by {first} counted.cases desc, variant_no
"""


@dataclass(frozen=True, repr=False)
class Variants(Answer):
    """The variants of a log.

    frame : one row per variant, most cases first
        variant_no (holds in this log only), variant_key (the same in every log), activities (list), cases, closed_cases,
        share and cumulative_share (0 to 1, of the cases), median_days (of the closed cases; NaN where none is)
    cases : all cases
    closing_known : false when every case counts as closed because neither the export nor the flow says
    """

    frame: pd.DataFrame
    cases: int
    closing_known: bool


def variants(log: EventLog, flow: Flow | None = None, *, by: str | None = None) -> Variants:
    """Count the cases of every variant; with `by`, within each group. With a flow closing and times are as it says.

    Raises EmptyLog if the log has no cases, UsageError if `by` names no column of the cases.
    """
    log.require_cases()
    log = flow.named(log) if flow else log
    group = grouping(log, by)
    frame = log.sql(
        _VARIANTS.format(
            clock=flow_clock(log, flow, group), first=group.first, partition=group.partition, day=float(DAY)
        )
    )
    frame["activities"] = [list(activities) for activities in frame["activities"]]
    return Variants(frame=frame, cases=log.case_count, closing_known=closing_known(log, flow))
