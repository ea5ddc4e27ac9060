"""Between which steps does the time go?

With start and completion of every step, the time from the completion of one step to the start of the next is
*waiting time*. Most case systems record one time per step. Then all that can be said is the *time between steps*,
from completion to completion: waiting and work together, and never called waiting (``kind`` says which it is).

Pairs are ranked by the days they take in all, not by their mean: a small delay in every case costs more than a long
one in a few. With start times the step before is taken to be what was waited for; steps that run in parallel are not
recognised here (see ``docs/methods.md``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .answer import Answer
from .clock import DAY
from .follows import counted_pairs, elapsed
from .grouping import grouping
from .log import EventLog

if TYPE_CHECKING:
    import pandas as pd

_PAIRS = """
with {counted},
timed as (
    select {first} source, target, sum(micros) as total, quantile_cont(micros, [0.5, 0.9]) as quantiles
    from ({elapsed}) group by all
)
select {first} source, target, occurrences, cases,
       total / {day} as total_days, quantiles[1] / {day} as median_days, quantiles[2] / {day} as p90_days
from counted join timed using ({first} source, target)
order by {first} total desc, source, target
"""


@dataclass(frozen=True, repr=False)
class Waiting(Answer):
    """Time between the steps of a log, in days of 24 hours (nights and weekends counted).

    frame : one row per pair of steps, most days in all first
        source, target, occurrences, cases, total_days, median_days, p90_days (linear interpolation, type 7)
    kind : "waiting" (completion to start) or "between" (completion to completion)
    total_days : of all pairs
    """

    frame: pd.DataFrame
    kind: Literal["waiting", "between"]
    total_days: float


def waiting(log: EventLog, *, by: str | None = None) -> Waiting:
    """Rank the pairs of steps by the days between them; with `by`, within each group (``event_unit``: the second step's).

    Raises EmptyLog if the log has no cases, UsageError if `by` names no column.
    """
    log.require_cases()
    group = grouping(log, by, events=True)
    frame = log.sql(
        _PAIRS.format(
            counted=counted_pairs(group),
            elapsed=elapsed(log, group, to_start=log.start_times),
            first=group.first,
            day=float(DAY),
        )
    )
    return Waiting(
        frame=frame,
        kind="waiting" if log.start_times else "between",
        total_days=float(frame["total_days"].sum()),
    )
