"""How long do cases take, and does it change?

Cases are counted in the month in which they were *received* (their first event). Counting them in the month in which
they closed would flatter a month in which the old pile was left lying. A month in which fewer than 95 of 100 cases
are closed is not finished: its slow cases are still open, so it is never compared. Nor is any month when the cases
were chosen by when they closed or were open: then the months hold what is left of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .answer import Answer
from .clock import DAY, case_clock, milestone_clock
from .database import text_literal
from .grouping import grouping
from .log import EventLog

if TYPE_CHECKING:
    import pandas as pd

FINISHED_SHARE = 0.95

_MONTHS = """
select {first} strftime(timezone({zone}, first_time), '%Y-%m') as month, count(*) as cases,
       avg(is_closed::int) as closed_share,
       avg(is_closed::int) >= {finished_share} as finished,
       quantile_cont(micros, 0.5) / {day} as median_days, quantile_cont(micros, 0.9) / {day} as p90_days
from ({clock}) group by all order by all
"""

_ALL = """
select count(*), count(*) filter (is_closed), quantile_cont(micros, 0.5) / {day}, quantile_cont(micros, 0.9) / {day}
from ({clock})
"""


@dataclass(frozen=True, repr=False)
class Throughput(Answer):
    """Throughput times of the cases of a log, in days of 24 hours.

    frame : one row per month received, oldest first
        month ("2025-01"), cases, closed_share (0 to 1; NaN when the export does not say which cases are closed),
        finished (at least 95 % are closed; true for every month when closing is not known),
        median_days, p90_days (of the closed cases; linear interpolation, type 7)
    cases, closed : all cases measured, and those that are over
    median_days, p90_days : of all closed cases
    start, end : the milestones, when asked for; else the first event and the closing
    chosen_by_outcome : the cases were chosen by when they closed or were open, so no month is finished
    """

    frame: pd.DataFrame
    cases: int
    closed: int
    median_days: float
    p90_days: float
    closing_known: bool
    start: str | None
    end: tuple[str, ...]
    chosen_by_outcome: bool


def throughput(
    log: EventLog, start: str | None = None, end: str | Sequence[str] | None = None, *, by: str | None = None
) -> Throughput:
    """Measure from the first event to the closing, or from the first `start` to the first `end` that follows it.

    `end` may be several steps; the first to come counts. Without a ``closed`` column the last event is the closing,
    every case counts as closed, and ``closing_known`` is false.
    Raises EmptyLog if the log has no cases, UsageError if a milestone or `by` is unknown.
    """
    log.require_cases()
    ends = (end,) if isinstance(end, str) else tuple(end or ())
    group = grouping(log, by)
    clock = milestone_clock(log, group, start, ends) if start or ends else case_clock(log, group)
    settings = {"clock": clock, "day": float(DAY)}
    frame = log.sql(
        _MONTHS.format(first=group.first, zone=text_literal(log.zone), finished_share=FINISHED_SHARE, **settings)
    )
    # With an end milestone a case without it is not over, whatever the export says of closing.
    known = log.closing_known or bool(ends)
    if not known:
        frame["closed_share"] = float("nan")
    chosen_by_outcome = any(selection.by_outcome for selection in log.selections)
    if chosen_by_outcome:
        frame["finished"] = False
    cases, closed, median, p90 = log.sql(_ALL.format(**settings)).iloc[0]
    return Throughput(
        frame=frame,
        cases=int(cases),
        closed=int(closed),
        median_days=float(median),
        p90_days=float(p90),
        closing_known=known,
        start=start,
        end=ends,
        chosen_by_outcome=chosen_by_outcome,
    )
