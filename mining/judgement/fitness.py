"""Can a month be judged from this export, or would a broken export look like a better month?

Held against the six months before: how many events there are, in all and of each unit, which steps there are and at what time of day
things happen; and against what was known of the same months before. What cannot be explained by a quiet month is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..database import text_literal
from ..local_time import local_day
from ..log import EventLog
from .month import Month

BEFORE = 6  # months
_ENOUGH = 3  # of them must be there
_BUSY = 20  # events in a usual month, before its absence says anything
_LOST = 0.02  # of the events of months that were judged before
_REPEATED, _TIMES_USUAL = 0.05, 3
_SHIFTED = 50  # minutes

Counts = Mapping[tuple[str, str, str], int]

_COUNTS = """
select strftime(timezone({zone}, end_time), '%Y-%m') as "month", coalesce(unit, '') as unit, activity::varchar as activity,
       count(*) as events
from events group by all
"""
_REPEATS = """
select "month", sum(times - 1)::bigint as repeats from (
    select strftime(timezone({zone}, end_time), '%Y-%m') as "month", count(*) as times
    from events group by "month", case_no, activity, end_time, start_time, resource, unit having count(*) > 1)
group by all
"""
_CLOCKS = """
select strftime(timezone({zone}, end_time), '%Y-%m') as "month", median(
    hour(timezone({zone}, end_time)) * 60 + minute(timezone({zone}, end_time))) as minutes
from events where "precision" <> 'day' group by all
"""


@dataclass(frozen=True)
class Bounds:
    """What is still fit.

    newest_days : so many days before the end of the month at least, and there is no later event
    least_share_of_usual : events in the month, of the median of the six months before
    unmapped_share : events of steps that there were none of before
    """

    newest_days: int = 10
    least_share_of_usual: float = 0.5
    unmapped_share: float = 0.05


@dataclass(frozen=True)
class Fault:
    """Why a month cannot be judged, or what to look at (`refuses` is false). kind : a word for machines"""

    kind: str
    sentence: str
    refuses: bool = True


def faults(log: EventLog, month: Month, bounds: Bounds) -> list[Fault]:
    """What speaks against judging a month. log : as it was known when the month closed"""
    zone = text_literal(log.zone)
    counts = log.sql(_COUNTS.format(zone=zone))
    return [
        *_stale(log, month, bounds),
        *_few(counts, month, bounds),
        *_units(counts, month, bounds),
        *_steps(counts, month, bounds),
        *_repeated(counts, log.sql(_REPEATS.format(zone=zone)), month),
        *_shifted(log.sql(_CLOCKS.format(zone=zone)), month),
    ]


def counted(log: EventLog) -> Counts:
    """Events by month, unit and step, to be held against what a later export has of them."""
    counts = log.sql(_COUNTS.format(zone=text_literal(log.zone)))
    return {(str(m), str(u), str(a)): int(n) for m, u, a, n in counts.itertuples(index=False, name=None)}


def _stale(log: EventLog, month: Month, bounds: Bounds) -> Iterator[Fault]:
    newest = log.manifest.last_time
    if newest is None:
        yield Fault("empty", "The export holds no events.")
        return
    days = (month.last - local_day(newest, log.zone)).days
    if days >= bounds.newest_days:
        day = local_day(newest, log.zone)
        yield Fault(
            "stale", f"The newest event is of {day}, {days} days before {month.name} ended; is it last month's export?"
        )


def lost(log: EventLog, known: Counts) -> list[Fault]:
    """Does an export lack what earlier ones had, or give it other names? known : as it was counted when the months were judged"""
    now = counted(log)
    before, there = sum(known.values()), sum(min(count, now.get(key, 0)) for key, count in known.items())
    if there >= before * (1 - _LOST):
        return []
    months = sorted(month for month, _, _ in known)
    return [
        Fault(
            "lost",
            f"Of the {before} events that the months {months[0]} to {months[-1]} had when they were judged the export has "
            f"{there}, by unit and step; is it cut off, or has something been renamed?",
        )
    ]


def _few(counts: pd.DataFrame, month: Month, bounds: Bounds) -> Iterator[Fault]:
    usual, now = _usual(counts, month)
    if usual >= _BUSY and now < usual * bounds.least_share_of_usual:
        yield Fault("few", f"{month.name} has {now} events, where {usual:.0f} are usual; is the export cut off?")


def _units(counts: pd.DataFrame, month: Month, bounds: Bounds) -> Iterator[Fault]:
    for unit in sorted(set(counts["unit"]) - {""}):
        usual, now = _usual(counts[counts["unit"] == unit], month)
        if usual < _BUSY or now >= usual * bounds.least_share_of_usual:
            continue
        yield Fault("unit", f"{unit} has {now} events in {month.name}, where {usual:.0f} are usual.", refuses=now == 0)


def _steps(counts: pd.DataFrame, month: Month, bounds: Bounds) -> Iterator[Fault]:
    earlier = set(counts.loc[counts["month"] < month.name, "activity"])
    this = counts[counts["month"] == month.name]
    new, all_ = int(this.loc[~this["activity"].isin(earlier), "events"].sum()), int(this["events"].sum())
    if _usual(counts, month)[0] >= _BUSY and all_ and new / all_ > bounds.unmapped_share:
        yield Fault("new steps", f"{new} of {all_} events in {month.name} are of steps that there were none of before.")
    gone = [
        step
        for step in sorted(earlier)
        if (found := _usual(counts[counts["activity"] == step], month))[0] >= _BUSY and not found[1]
    ]
    if gone:
        named = ", ".join(repr(step) for step in gone[:5]) + (f" and {len(gone) - 5} more" if len(gone) > 5 else "")
        yield Fault("gone steps", f"There is no {named} in {month.name}, though usual before; was it renamed?")


def _repeated(counts: pd.DataFrame, repeats: pd.DataFrame, month: Month) -> Iterator[Fault]:
    events = counts.groupby("month")["events"].sum()
    share = (repeats.set_index("month")["repeats"].reindex(events.index).fillna(0) / events).astype(float)
    before = share[[name for name in _names_before(month) if name in share.index]]
    now = float(share.get(month.name, 0))
    if now > _REPEATED and now > _TIMES_USUAL * (before.median() if len(before) else 0):
        yield Fault(
            "repeated", f"{now:.0%} of the events of {month.name} repeat another; does the export hold rows twice?"
        )


def _shifted(clocks: pd.DataFrame, month: Month) -> Iterator[Fault]:
    minutes = clocks.set_index("month")["minutes"]
    before = minutes[[name for name in _names_before(month) if name in minutes.index]]
    if len(before) < _ENOUGH or month.name not in minutes.index:
        return
    apart = float(minutes[month.name]) - float(before.median())
    if abs(apart) >= _SHIFTED:
        yield Fault(
            "shifted",
            f"Things happen {abs(apart):.0f} minutes {'later' if apart > 0 else 'earlier'} in the day than usual in "
            f"{month.name}; is the zone of the export another one?",
            refuses=False,
        )


def _usual(counts: pd.DataFrame, month: Month) -> tuple[float, int]:
    """Events in a usual month of those before (0 where they are too few), and in this one."""
    by_month = counts.groupby("month")["events"].sum()
    first = str(by_month.index.min()) if len(by_month) else month.name
    # A month without an event counts as none, but not before the log began.
    before = [int(by_month.get(name, 0)) for name in _names_before(month) if name >= first]
    return float(np.median(before)) if len(before) >= _ENOUGH else 0.0, int(by_month.get(month.name, 0))


def _names_before(month: Month) -> list[str]:
    period = pd.Period(month.name, "M")
    return [str(period - back) for back in range(1, BEFORE + 1)]
