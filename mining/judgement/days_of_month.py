"""Do the days and times of a month's events look as they usually do, or was the export made too early, or its dates misread?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

import numpy as np
import pandas as pd

from ..database import text_literal
from ..local_time import local_day
from ..log import EventLog
from ..working_days import WorkingDays
from .fault import BUSY, Fault, usual
from .month import Month

_LAST_EDGE = 12  # a day up to here may be a month as well
_OF_USUAL = 0.4  # of the usual share of the days up to it
_EARLY = 3  # working days
_SHIFTED = 50  # minutes
_WITHOUT_TIME, _USUALLY_WITHOUT = 0.9, 0.5

_DAYS = """
select strftime(timezone({zone}, end_time), '%Y-%m') as "month", day(timezone({zone}, end_time)) as day, count(*) as events
from events group by all
"""
_CLOCKS = """
select strftime(timezone({zone}, end_time), '%Y-%m') as "month", median(minute_of_day) filter (not without) as minutes,
       count(*) filter (without) / count(*) as without
from (select end_time, hour(timezone({zone}, end_time)) * 60 + minute(timezone({zone}, end_time)) as minute_of_day,
             "precision" = 'day' or minute_of_day = 0 as without from events)
group by all
"""


def faults_of_days(log: EventLog, month: Month, newest_days: int) -> Iterator[Fault]:
    """What the days and times speak against. newest_days : without an event, at the end of the month or within it, are too many"""
    newest = log.manifest.last_time
    if newest is None:
        yield Fault("empty", "The export holds no events.")
        return
    zone = text_literal(log.zone)
    days = log.sql(_DAYS.format(zone=zone))
    last = local_day(newest, log.zone)
    if (short := (month.last - last).days) >= newest_days:
        said = f"The newest event is of {last}, {short} days before {month.name} ended; is it last month's export?"
        yield Fault("stale", said)
    else:
        pace = (usual(days.groupby("month")["events"].sum(), month) or 0.0) / 30
        working = _working_days(last + timedelta(days=1), month)
        if working >= _EARLY and pace * short >= BUSY:
            said = f"The newest event is of {last}, {working} working days before {month.name} ended; was the export made too early?"
            yield Fault("early", said, refuses=False)
        yield from _gap(days, month, newest_days, pace)
        yield from _swapped(days, month)
    yield from _times(log.sql(_CLOCKS.format(zone=zone)).set_index("month"), month)


def _working_days(first, month: Month) -> int:
    days = np.arange(np.datetime64(first, "D"), np.datetime64(month.last, "D") + 1).astype(np.int64)
    return int(WorkingDays("NO").are(days).sum()) if len(days) else 0


def _gap(days: pd.DataFrame, month: Month, longest: int, pace: float) -> Iterator[Fault]:
    """Days without any event, where the months before had no such gap."""
    gaps = pd.Series(
        {str(name): _longest_gap(str(name), part["day"]) for name, part in days.groupby("month")}, dtype=float
    )
    gap = gaps.get(month.name, 0.0)
    if gap >= longest and gap > 2 * (usual(gaps, month, None) or 0.0) and pace * gap >= BUSY:
        yield Fault(
            "gap", f"There is no event on {gap:.0f} days in a row in {month.name}; are days missing, or dates misread?"
        )


def _longest_gap(name: str, there: pd.Series) -> int:
    held = set(there)
    empty = [day not in held for day in range(1, pd.Period(name, "M").days_in_month + 1)]
    return max((len(list(run)) for without, run in groupby(empty) if without), default=0)


def _swapped(days: pd.DataFrame, month: Month) -> Iterator[Fault]:
    """Spreadsheets take 03.02 for the second of March and leave 13.02 alone, so that a month loses its first days."""
    all_ = days.groupby("month")["events"].sum()
    shares = (
        days[days["day"] <= _LAST_EDGE].groupby("month")["events"].sum().reindex(all_.index).fillna(0) / all_
    ).astype(float)
    share, now = usual(shares, month, None), int(all_.get(month.name, 0))
    if share and share * now >= BUSY and float(shares[month.name]) < _OF_USUAL * share:
        yield Fault(
            "days",
            f"{shares[month.name]:.0%} of the events of {month.name} are of its first {_LAST_EDGE} days, where {share:.0%} are usual; "
            "have day and month been swapped?",
        )


def _times(clocks: pd.DataFrame, month: Month) -> Iterator[Fault]:
    if month.name not in clocks.index:
        return
    before, without = usual(clocks["without"], month, None), float(clocks["without"][month.name])
    if before is not None and without >= _WITHOUT_TIME and before <= _USUALLY_WITHOUT:
        said = f"{without:.0%} of the events of {month.name} are without a time of day, where {before:.0%} are usual."
        yield Fault("no times", said, refuses=False)
        return
    minutes = clocks["minutes"].dropna()
    middle = usual(minutes, month, None)
    if middle is None or month.name not in minutes.index:
        return
    apart = float(minutes[month.name]) - middle
    if abs(apart) >= _SHIFTED:
        yield Fault(
            "shifted",
            f"Things happen {abs(apart):.0f} minutes {'later' if apart > 0 else 'earlier'} in the day than usual in "
            f"{month.name}; is the zone of the export another one?",
            refuses=False,
        )
