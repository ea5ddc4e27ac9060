"""From when to when is a month, and when is what is known of it final?

Cases are registered late. A month is therefore judged some working days after its end, from what was known then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import total_ordering

import numpy as np

from ..errors import UsageError
from ..local_time import end_of_day, local_day, start_of_day
from ..working_days import WorkingDays

_MOST_DAYS = 60  # longer than any month plus its holidays


@total_ordering
@dataclass(frozen=True)
class Month:
    """A calendar month in a time zone. name : such as "2026-03" """

    name: str
    zone: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", self.name):
            raise UsageError(f"{self.name!r} is not a month. Write it like 2026-03.")

    def __lt__(self, other: Month) -> bool:
        return self.name < other.name

    @classmethod
    def of(cls, moment: datetime, zone: str) -> Month:
        """The month in which a moment lies."""
        return cls(f"{local_day(moment, zone):%Y-%m}", zone)

    @property
    def first(self) -> date:
        return date.fromisoformat(f"{self.name}-01")

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Month:
        return Month(f"{self.first + timedelta(days=31):%Y-%m}", self.zone)

    @property
    def begins(self) -> datetime:
        """The first moment, in UTC."""
        return start_of_day(self.first, self.zone)

    @property
    def ends(self) -> datetime:
        """The last microsecond, in UTC."""
        return end_of_day(self.last, self.zone)

    def closes(self, working_days: int, country: str | None = "NO") -> datetime:
        """The end of the day that many working days after the month, in UTC; 0 is its own end."""
        days = np.arange(_MOST_DAYS) + int(np.datetime64(self.next.first, "D").astype(np.int64))
        open_days = days[WorkingDays(country).are(days)]
        if working_days == 0:
            return self.ends
        return end_of_day(open_days[working_days - 1].astype("datetime64[D]").item(), self.zone)

    def through(self, last: Month) -> Iterator[Month]:
        """This month and those that follow it, to `last`."""
        month = self
        while month <= last:
            yield month
            month = month.next
