"""How long may it take: a number of days, working days, weeks, months or years, or until a date in the data?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

Unit = Literal["days", "working days", "weeks", "months", "years"]
UNITS: tuple[Unit, ...] = ("days", "working days", "weeks", "months", "years")

_FORM = re.compile(r"\s*(\d{1,4})\s+(working\s+)?([a-z]+)\s*")


@dataclass(frozen=True)
class Span:
    """A length of time, as people say it. What it means on the calendar is worked out where a deadline is judged."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.removesuffix('s') if self.amount == 1 else self.unit}"


@dataclass(frozen=True)
class DueDate:
    """The day stands in the data, in the case attribute of this name."""

    attribute: str


def span(text: str) -> Span | None:
    """Read "1 month", "14 days", "10 working days"; None if it is something else, or no time at all."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    word = found[3].removesuffix("s") + "s"
    unit = f"working {word}" if found[2] else word
    amount = int(found[1])
    return Span(amount, cast(Unit, unit)) if unit in UNITS and amount else None
