"""How are the times of the cases spread: are all a little slow, or a few very slow?

A histogram of the throughput times of the cases whose clock has ended. The classes are of one width, so that a bar twice as high is twice
as many cases; what lies beyond the last of them is gathered in one open class, because a few cases of many years would
else press all the others into one bar.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .answer import Answer
from .clock import DAY
from .closing import closing_known
from .followed import clock_steps, followed
from .grouping import grouping
from .log import EventLog

if TYPE_CHECKING:
    import pandas as pd

    from .flow import Flow

CLASSES = 24
_WITHIN = 0.95  # of the cases lie within the classes of one width

_MINUTE, _HOUR = DAY // 1_440, DAY // 24
# Widths that a reader can count in.
_WIDTHS = (
    *(n * _MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * _HOUR for n in (1, 2, 3, 6, 12)),
    *(n * DAY for n in (1, 2, 3, 5, 7, 10, 14, 30, 60, 90, 180, 365)),
)

_ENDED = """select {first} followed_micros as micros from ({followed})
            where outcome = 'ended' and entry_micros <= followed_micros"""

_SPREAD = "select count(micros), quantile_cont(micros, {within}), max(micros) from ({clock})"

_CLASSES = """
with counted as (
    select {first} least(micros // {width}, {last}) as place, count(*) as cases
    from ({clock}) where micros is not null group by all
),
places as (select * from ({groups}) cross join range({last} + 1) as of_all (place))
select {first} place * {width} / {day} as from_days,
       case when place < {classes} then (place + 1) * {width} / {day} end as to_days,
       coalesce(cases, 0)::bigint as cases, coalesce(cases, 0) / sum(cases) over ({partition}) as share
from places left join counted using ({first} place)
order by {first} from_days
"""


@dataclass(frozen=True, repr=False)
class Distribution(Answer):
    """The throughput times of the cases of a log whose clock has ended, counted in classes.

    frame : one row per class, the shortest times first, also where no case is in it; no row where no clock has ended
        from_days, to_days (the next class begins there; NaN for the open class), cases, share (of all in the classes)
    width_days : of every class but the open one; 0 where no clock has ended
    cases : all of them, as many as `closed` of :mod:`.throughput`
    closing_known : false when every case counts as closed because neither the export nor the flow says
    """

    frame: pd.DataFrame
    width_days: float
    cases: int
    closing_known: bool


def distribution(log: EventLog, flow: Flow | None = None, *, by: str | None = None) -> Distribution:
    """Count the cases whose clock has ended (:mod:`.followed`) by how long they took; with `by`, within each group.

    The width is the narrowest round one with which 95 of 100 cases lie within 24 classes. Where days are all that is
    known, it is at least a day. Raises EmptyLog if the log has no cases, UsageError if `by` names no column of the
    cases, or if no case has the step at which the flow's clock starts.
    """
    log.require_cases()
    log = flow.named(log) if flow else log
    group = grouping(log, by)
    clock = _ENDED.format(first=group.first, followed=followed(log, flow, group, *clock_steps(log, flow)))
    cases, within, longest = log.sql(_SPREAD.format(within=_WITHIN, clock=clock)).iloc[0]
    narrowest = DAY if log.date_only or log.manifest.closed == "day" else _WIDTHS[0]
    width = _width(float(within), narrowest) if cases else 0
    # One place more than there are classes: the open one.
    last = min(CLASSES, int(longest) // width) if cases else -1
    frame = log.sql(
        _CLASSES.format(
            clock=clock,
            first=group.first,
            partition=group.partition,
            groups=f"select distinct {group.column} from counted" if group.name else "select 1",
            width=width or 1,
            last=last,
            classes=CLASSES,
            day=float(DAY),
        )
    )
    return Distribution(frame=frame, width_days=width / DAY, cases=int(cases), closing_known=closing_known(log, flow))


def _width(within: float, narrowest: int) -> int:
    """The narrowest of the round widths, or else of whole years, with which `within` lies in one of the classes."""
    for width in _WIDTHS:
        if width >= narrowest and within < CLASSES * width:
            return width
    year = _WIDTHS[-1]
    return math.ceil((within + 1) / CLASSES / year) * year
