"""What is usual, and what is said where a month is not: the words and the measure that all looks at an export share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .month import Month

BEFORE = 6  # months that a month is held against
_ENOUGH = 3  # of them must be there
BUSY = 20  # events in a usual month, before their absence says anything


@dataclass(frozen=True)
class Fault:
    """Why a month cannot be judged, or what to look at (`refuses` is false). kind : a word for machines"""

    kind: str
    sentence: str
    refuses: bool = True


def usual(by_month: pd.Series, month: Month, absent: float | None = 0) -> float | None:
    """The median of the months before, None where they are too few.

    by_month : numbers by name of month; absent : what stands for a month without any, not before the first; None leaves it out
    """
    if by_month.empty:
        return None
    before = [name for name in names_before(month) if name >= str(by_month.index.min())]
    found = [by_month.get(name, absent) for name in before]
    there = [float(number) for number in found if number is not None]
    return float(np.median(there)) if len(there) >= _ENOUGH else None


def names_before(month: Month) -> list[str]:
    """The months that a month is held against, the latest first."""
    period = pd.Period(month.name, "M")
    return [str(period - back) for back in range(1, BEFORE + 1)]
