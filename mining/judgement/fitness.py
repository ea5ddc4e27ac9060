"""Can a month be judged from this export, or would a broken export look like a better month?

Held against the six months before: how many events and new cases there are, in all and of each unit and type, which steps there are and
which begin a case; days and times are looked at in :mod:`.days_of_month`, and the export as a whole in :mod:`.whole_export`. What cannot
be explained by a quiet month is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from ..database import text_literal
from ..log import EventLog
from .days_of_month import faults_of_days
from .fault import BUSY, Fault, names_before, usual
from .month import Month

# All that can be said, here and by its neighbours.
KINDS = (
    *("empty", "stale", "early", "gap", "days", "no times", "shifted", "few", "few cases", "torn", "repeated", "open"),
    *("unit", "new units", "type", "new types", "new steps", "gone steps"),
    *("lost", "short", "quarantine", "row limit", "future"),
)
_REPEATED, _TIMES_USUAL = 0.05, 3
_TORN, _RARE, _SEVERAL = 0.1, 0.1, 5
_NAMED = 5

_COUNTS = """
select strftime(timezone({zone}, end_time), '%Y-%m') as "month", coalesce(unit, '') as unit, activity::varchar as activity,
       count(*) as events, count(*) filter ("position" = 1) as begun
from events group by all
"""
_TYPES = """
select strftime(timezone({zone}, end_time), '%Y-%m') as "month", type::varchar as type, count(*) as events
from events join cases using (case_no) where type is not null group by all
"""
_REPEATS = """
select "month", sum(times - 1)::bigint as repeats from (
    select strftime(timezone({zone}, end_time), '%Y-%m') as "month", count(*) as times
    from events group by "month", case_no, activity, end_time, start_time, resource, unit having count(*) > 1)
group by all
"""


@dataclass(frozen=True)
class Bounds:
    """What is still fit.

    newest_days : so many days without an event, before the end of the month or within it
    least_share_of_usual : events, and cases that begin, in the month, of the median of the six months before
    unmapped_share : events of steps that there were none of before
    """

    newest_days: int = 10
    least_share_of_usual: float = 0.5
    unmapped_share: float = 0.05


def faults(log: EventLog, month: Month, bounds: Bounds) -> list[Fault]:
    """What speaks against judging a month. log : as it was known when the month closed"""
    zone = text_literal(log.zone)
    counts = log.sql(_COUNTS.format(zone=zone))
    types = log.sql(_TYPES.format(zone=zone)) if "type" in log.columns("cases") else pd.DataFrame()
    return [
        *faults_of_days(log, month, bounds.newest_days),
        *_few(counts, month, bounds),
        *_parts(counts, "unit", month, bounds),
        *_parts(types, "type", month, bounds),
        *_steps(counts, month, bounds),
        *_torn(counts, month),
        *_repeated(counts, log.sql(_REPEATS.format(zone=zone)), month),
    ]


def _few(counts: pd.DataFrame, month: Month, bounds: Bounds) -> Iterator[Fault]:
    middle, now = _usual(counts, month)
    if middle >= BUSY and now < middle * bounds.least_share_of_usual:
        yield Fault("few", f"{month.name} has {now} events, where {middle:.0f} are usual; is the export cut off?")
        return
    middle, begun = _usual(counts, month, "begun")
    if middle >= BUSY and begun < middle * bounds.least_share_of_usual:
        said = f"{begun} cases begin in {month.name}, where {middle:.0f} are usual; is a filter on, or are case numbers used again?"
        yield Fault("few cases", said)


def _parts(counts: pd.DataFrame, column: str, month: Month, bounds: Bounds) -> Iterator[Fault]:
    """Of units or types: those that are missing, and those that nobody knows."""
    if counts.empty:
        return
    for name in sorted(set(counts[column]) - {""}):
        middle, now = _usual(counts[counts[column] == name], month)
        if middle < BUSY or now >= middle * bounds.least_share_of_usual:
            continue
        said = f"{name} has {now} events in {month.name}, where {middle:.0f} are usual."
        # Half of a few may be chance.
        yield Fault(column, said, refuses=now == 0 or middle >= 2 * BUSY)
    new, all_ = _unknown(counts, column, month)
    if _usual(counts, month)[0] >= BUSY and all_ and new / all_ > bounds.unmapped_share:
        said = f"{new} of {all_} events in {month.name} are of {column}s that there were none of before."
        yield Fault(f"new {column}s", said, refuses=False)


def _unknown(counts: pd.DataFrame, column: str, month: Month) -> tuple[int, int]:
    """Events of the month whose unit, type or step there was none of before, and all events."""
    earlier = set(counts.loc[counts["month"] < month.name, column])
    this = counts[counts["month"] == month.name]
    return int(this.loc[~this[column].isin(earlier), "events"].sum()), int(this["events"].sum())


def _steps(counts: pd.DataFrame, month: Month, bounds: Bounds) -> Iterator[Fault]:
    new, all_ = _unknown(counts, "activity", month)
    if _usual(counts, month)[0] >= BUSY and all_ and new / all_ > bounds.unmapped_share:
        yield Fault("new steps", f"{new} of {all_} events in {month.name} are of steps that there were none of before.")
    gone = [
        step
        for step in sorted(set(counts.loc[counts["month"] < month.name, "activity"]))
        if (found := _usual(counts[counts["activity"] == step], month))[0] >= BUSY and not found[1]
    ]
    if gone:
        named = ", ".join(repr(step) for step in gone[:_NAMED])
        named += f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
        yield Fault("gone steps", f"There is no {named} in {month.name}, though usual before; was it renamed?")


def _torn(counts: pd.DataFrame, month: Month) -> Iterator[Fault]:
    """Cases that begin in the middle: their beginning is missing, or stands under another case number."""
    before = counts[counts["month"].isin(names_before(month))].groupby("activity")["begun"].sum()
    rare = counts["activity"].isin(before[before < _RARE * before.sum()].index)
    begun = counts.groupby("month")["begun"].sum()
    shares = (
        counts[rare].groupby("month")["begun"].sum().reindex(begun.index).fillna(0) / begun.where(begun > 0)
    ).astype(float)
    now, middle = float(shares.get(month.name, 0)), usual(shares.dropna(), month, None)
    several = now * float(begun.get(month.name, 0)) >= _SEVERAL
    if middle is not None and several and now > max(_TORN, _TIMES_USUAL * middle):
        said = f"{now:.0%} of the cases that begin in {month.name} begin with a step that few began with before; have case numbers changed?"
        yield Fault("torn", said)


def _repeated(counts: pd.DataFrame, repeats: pd.DataFrame, month: Month) -> Iterator[Fault]:
    events = counts.groupby("month")["events"].sum()
    share = (repeats.set_index("month")["repeats"].reindex(events.index).fillna(0) / events).astype(float)
    now = float(share.get(month.name, 0))
    before = share[[name for name in names_before(month) if name in share.index]]
    if now > _REPEATED and now > _TIMES_USUAL * (before.median() if len(before) else 0):
        said = f"{now:.0%} of the events of {month.name} repeat another; does the export hold rows twice?"
        yield Fault("repeated", said)


def _usual(counts: pd.DataFrame, month: Month, of: str = "events") -> tuple[float, int]:
    """Events, or cases that begin, in a usual month of those before (0 where they are too few), and in this one."""
    by_month = counts.groupby("month")[of].sum()
    return usual(by_month, month) or 0.0, int(by_month.get(month.name, 0))
