"""What do the detectors look at? The log, and the three counts that most of them share, each made in one scan.

The counts are small: by step and unit, by pair of steps, and by quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .database import identifier, text_literal
from .log import EventLog
from .staging import CORE_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from .flow import Flow

QUICK_SECONDS = 10  # two steps so close are written by one action; nobody does two things in that time
EXAMPLES = 5
_QUARTER = 900_000_000  # microseconds: every zone is a whole number of quarters away from UTC
_LISTED = 500  # a longer list takes the database seconds, and examples are few
ATTRIBUTES = 40  # a wide export has hundreds, and each is read

Row = tuple[int, int]

_STEPS = """
select activity, unit, count(*) as events, count(*) filter ("precision" = 'day') as days, min(end_time) as first,
       max(end_time) as last, count(start_time) as started,
       count(*) filter (start_time > end_time) as turned,
       count(*) filter (end_time - start_time < interval 1 minute and start_time <= end_time) as instant,
       count(*) filter ({midnight}) as midnights{filled}
from events group by activity, unit order by activity, unit
"""

_PAIRS = """
select previous_activity as source, activity as target, unit, count(*) as times,
       count(*) filter (micros_since_previous between 1 and {quick}) as quick
from events group by all order by all
"""

_QUARTERS = """
select epoch_us(end_time) // {quarter} as quarter, count(*) as events, count(*) filter ("precision" <> 'day') as timed
from events group by all order by all
"""


@dataclass(frozen=True)
class Found:
    """What a detector saw, before it is judged.

    about : the steps that it is about, or one other text; they tell findings of one kind apart
    names : what its sentences name
    rows : of the source files, as (index of the source, row)
    """

    kind: str
    count: int
    of: int
    steps: tuple[str, ...] = ()
    about: str = ""
    names: tuple[tuple[str, Any], ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True)
class Profile:
    """A log, and what is counted once for all detectors."""

    log: EventLog
    flow: Flow | None

    @cached_property
    def attributes(self) -> list[str]:
        """Of the events, the first so many."""
        return [name for name in self.log.columns("events") if name not in CORE_COLUMNS][:ATTRIBUTES]

    @cached_property
    def steps(self) -> pd.DataFrame:
        """By activity and unit: events, days, first, last, started, turned, instant, midnights, has_0, has_1, … (of
        resource, unit, attributes)."""
        filled = [f", count({identifier(name)}) as has_{n}" for n, name in enumerate(self.valued)]
        return self.log.sql(_STEPS.format(midnight=self.at_midnight, filled="".join(filled)))

    @cached_property
    def valued(self) -> list[str]:
        """The columns of the events that may hold a value or not."""
        return ["resource", "unit", *self.attributes]

    @cached_property
    def activities(self) -> pd.DataFrame:
        """The same by activity alone."""
        frame = self.steps.drop(columns="unit")
        ends = {"first": "min", "last": "max"}
        return frame.groupby("activity", sort=True).agg({name: ends.get(name, "sum") for name in frame.columns[1:]})

    @cached_property
    def events_of(self) -> dict[str, int]:
        """The events of every step."""
        frame = self.activities
        return {str(step): int(events) for step, events in zip(frame.index, frame["events"], strict=True)}

    @cached_property
    def seen(self) -> dict[str, tuple[datetime, datetime]]:
        """The first and the last time of every step."""
        frame = self.activities
        return {
            str(s): (a.to_pydatetime(), b.to_pydatetime())
            for s, a, b in zip(frame.index, frame["first"], frame["last"], strict=True)
        }

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """By pair of neighbouring steps (source is missing for the first of a case) and unit: times, quick."""
        return self.log.sql(_PAIRS.format(quick=QUICK_SECONDS * 1_000_000))

    @cached_property
    def quarters(self) -> pd.DataFrame:
        """By quarter of an hour: events, timed (those with a time of day), and its start on the wall as ``local``."""
        import pandas as pd

        frame = self.log.sql(_QUARTERS.format(quarter=_QUARTER))
        utc = pd.to_datetime(frame["quarter"] * _QUARTER, unit="us", utc=True)
        frame["local"] = utc.dt.tz_convert(self.log.zone).dt.tz_localize(None)
        return frame

    @cached_property
    def days(self) -> pd.Series:
        """Events by local day, only days that have some; numbers of days since 1970."""
        numbers = self.quarters["local"].to_numpy().astype("datetime64[D]").astype(np.int64)
        return self.quarters["events"].groupby(numbers).sum()

    @cached_property
    def events(self) -> int:
        return self.log.event_count

    @cached_property
    def timed_events(self) -> int:
        """Events with a time of day."""
        return int(self.steps["events"].sum() - self.steps["days"].sum())

    @property
    def at_midnight(self) -> str:
        """SQL: an event whose time of day is midnight sharp. The first test spares the second nearly all rows."""
        wall = f"epoch_us(timezone({text_literal(self.log.zone)}, end_time)) % 86400000000 = 0"
        sharp = f"case when epoch_us(end_time) % {_QUARTER} = 0 then {wall} else false end"
        return f""""precision" <> 'day' and {sharp}"""

    def of_steps(self, steps: Collection[str]) -> str:
        """SQL: the event is of one of the steps; of very many, of one of the first."""
        if len(steps) == len(self.events_of):
            return "true"
        return f"activity in ({', '.join(text_literal(step) for step in sorted(steps)[:_LISTED])})"

    def rows(self, condition: str) -> tuple[Row, ...]:
        """The first rows of the source files whose events meet a condition in SQL."""
        return self.rows_of(f"select source, source_row from events where {condition}")

    def rows_of(self, query: str) -> tuple[Row, ...]:
        """The first rows that a query for ``source, source_row`` finds."""
        found = self.log.stream(f"select distinct * from ({query}) order by all limit {EXAMPLES}")
        return tuple((int(source or 0), int(row or 0)) for source, row in found)
