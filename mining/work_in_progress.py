"""How many cases come in, go out and lie in between, and do the three fit together?

A case is in progress from its first event to its closing, at the end of each local day. Little's law ties the mean number
in progress to those received per day and the days that each takes. It holds exactly for a log in which every case begins
and ends, so a gap means that many case-days belong to cases that never close: missing closings, or a growing pile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isnan, nan
from typing import TYPE_CHECKING, Literal

from .clock import DAY
from .database import text_literal
from .errors import UsageError
from .grouping import Grouping
from .local_time import local_day
from .log import EventLog

if TYPE_CHECKING:
    import pandas as pd

Every = Literal["day", "week"]

_GAP = 0.1  # a larger part of the work in progress than this is not explained by chance in half a year
_SHORTEST = 182  # days
_WEEKS = 13  # the pace of closing is that of the last quarter

_COUNTS = """
with came as (
    select {first} timezone({zone}, first_time)::date as day, timezone({zone}, closing_time)::date as over
    from ({closing})
)
select {first} date_trunc('{every}', day)::date as day, sum(received)::bigint as received, sum(closed)::bigint as closed
from (select {first} day, 1 as received, 0 as closed from came
      union all select {first} greatest(over, day), 0, 1 from came where over is not null)
group by all order by all
"""

_BALANCE = """
select sum(greatest(epoch_us(least(coalesce(closing_time, {end}), {end})) - epoch_us(greatest(first_time, {start})), 0)),
       count(*) filter (first_time >= {start}), avg(micros) filter (closing_time >= {start}),
       count(*) filter (closing_time > {end} - interval {recent} day), count(*) filter (closing_time is null)
from ({closing})
"""


@dataclass(frozen=True)
class Balance:
    """Little's law on a log. NaN : nothing to reckon with.

    mean_in_progress : cases in progress, over all moments of the window; received_per_day; mean_days : of cases closed in it
    little_gap : (received per day x mean days - mean in progress) / mean in progress
    little_holds : the gap is 10 % at most; None where the window is shorter than half a year
    weeks_of_work : open cases / cases closed per week in the last 13 weeks
    """

    mean_in_progress: float
    received_per_day: float
    mean_days: float
    little_gap: float
    little_holds: bool | None
    weeks_of_work: float


def over_time(log: EventLog, closing: str, group: Grouping, keys: list[str], every: Every) -> pd.DataFrame:
    """One row per day or week of the window (and group): ``day`` (a week's Monday), ``received``, ``closed``,
    ``in_progress`` (at its end), ``whole`` (all of it lies in the window)."""
    import pandas as pd

    if every not in ("day", "week"):
        raise UsageError(f"every is {every!r}; it can be day or week.")
    counts = log.sql(_COUNTS.format(first=group.first, zone=text_literal(log.zone), closing=closing, every=every))
    counts["day"] = pd.to_datetime(counts["day"]).dt.date
    first, last, over = _days(log, counts["day"].min())
    length = timedelta(days=7 if every == "week" else 1)
    periods = list(_starts(first, last, length))
    whole = [start >= first and start + length - timedelta(days=1) <= over for start in periods]
    if not keys:
        return _series({}, counts, periods, whole)
    parts = counts.groupby(keys[0], sort=True)
    return pd.concat([_series({keys[0]: key}, part, periods, whole) for key, part in parts], ignore_index=True)


def _series(key: Mapping[str, object], counts: pd.DataFrame, periods: list[date], whole: list[bool]) -> pd.DataFrame:
    import pandas as pd

    moved = counts.set_index("day")[["received", "closed"]]
    before = moved[moved.index < periods[0]].sum()
    moved = moved.reindex(periods, fill_value=0)
    lying = int(before["received"] - before["closed"]) + (moved["received"] - moved["closed"]).cumsum()
    names = {name: [value] * len(periods) for name, value in key.items()}
    days = [day.isoformat() for day in periods]
    columns = {"received": moved["received"].to_numpy(), "closed": moved["closed"].to_numpy()}
    return pd.DataFrame({**names, "day": days, **columns, "in_progress": lying.to_numpy(), "whole": whole})


def _days(log: EventLog, earliest: date) -> tuple[date, date, date]:
    """The first day of the window, its last, and the last that is over."""
    start, end = log.observed_from, log.observed_to
    first = local_day(start, log.zone) if start else earliest
    if end is None:
        return first, first, first
    return first, local_day(end, log.zone), local_day(end + timedelta(microseconds=1), log.zone) - timedelta(days=1)


def _starts(first: date, last: date, length: timedelta) -> Iterator[date]:
    start = first - timedelta(days=first.weekday()) if length.days == 7 else first
    while start <= last:
        yield start
        start += length


def balance(log: EventLog, closing: str, known: bool) -> Balance:
    """Little's law on the cases. closing : SQL as :func:`.closing.closing_clock`; known : is it known which are closed?"""
    start, end = log.observed_from, log.observed_to
    if start is None or end is None or end <= start:
        return Balance(nan, nan, nan, nan, None, nan)
    recent = min(_WEEKS * 7, (end - start).days)
    query = _BALANCE.format(start=_literal(start), end=_literal(end), recent=recent, closing=closing)
    lain, received, mean, closed, still = (float(value) for value in log.sql(query).iloc[0])
    days = (end - start) / timedelta(days=1)
    gap = (received * mean - lain) / lain if lain else nan
    checked = known and days >= _SHORTEST and not isnan(gap)
    return Balance(
        mean_in_progress=lain / DAY / days,
        received_per_day=received / days,
        mean_days=mean / DAY,
        little_gap=gap,
        little_holds=abs(gap) <= _GAP if checked else None,
        weeks_of_work=still / (closed / _WEEKS) if closed and recent == _WEEKS * 7 else nan,
    )


def _literal(moment: datetime) -> str:
    return f"timestamptz {text_literal(moment.isoformat())}"
