"""How far over a deadline are the open cases, and how long have the others left?

Days are counted to the last day in time, from the last day of the window. What is due that very day has 0 days left.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from .deadline_rows import Judged

if TYPE_CHECKING:
    import pandas as pd

# From the most urgent on: more than 30 days late, 8 to 30, 1 to 7; due within 7 days, in 8 to 14, later; the clock stands.
AGES = ("late_over_30", "late_8_to_30", "late_1_to_7", "due_in_0_to_7", "due_in_8_to_14", "due_later", "paused")
_FIRST_LEFT = (-30, -7, 0, 8, 15)  # the days left with which each age but the first begins


def ageing(judged: Iterable[Judged]) -> pd.DataFrame:
    """One row per deadline and age, in the order of the flow and of :data:`AGES`: ``name, age, open``."""
    import pandas as pd

    rows = [(each.deadline.name, age, count) for each in judged for age, count in _counted(each)]
    return pd.DataFrame(rows, columns=pd.Index(["name", "age", "open"]))


def _counted(judged: Judged) -> Iterable[tuple[str, int]]:
    ticking = np.isin(judged.state, ["running", "overdue"])
    # The clock of an open case has run `gross` days at the end of the window.
    left = judged.due[ticking] - judged.start[ticking] - judged.gross[ticking]
    counts = np.bincount(np.digitize(left, _FIRST_LEFT), minlength=len(AGES) - 1)
    return zip(AGES, [*counts.tolist(), judged.count("paused")], strict=True)
