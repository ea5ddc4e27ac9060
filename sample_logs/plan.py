"""From when to when does a made-up export reach, and what is planted in it besides what always is?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .clock import DAY, FIRST_DAY, LAST_DAY, day_of, moment
from .offices import Office


@dataclass(frozen=True)
class Silence:
    """Days, first and last counted in, on which an office decided and its letters did not go out."""

    office: Office
    first: date
    last: date

    def holds(self, office: Office, decided: int) -> bool:
        return office == self.office and self.first <= day_of(decided) <= self.last


@dataclass(frozen=True)
class Plan:
    """first, last : the days on which somebody can apply; the export is made at midnight after the last"""

    first: date = FIRST_DAY
    last: date = LAST_DAY
    silence: Silence | None = None

    @property
    def end(self) -> int:
        return moment(self.last) + DAY


SAMPLE = Plan()
