"""How long will a case that has been open for so long still take?

Of all cases that were open at that age, open ones among them, half were over after the median of what remains: the first
time u at which the curve of Kaplan and Meier (:mod:`.kaplan_meier`) is down to half of what it was at the age a,
S(a + u) <= S(a) / 2. It rests on old cases going on as those before them did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .clock import DAY
from .followed import followed
from .grouping import Grouping
from .kaplan_meier import Curve, kaplan_meier
from .log import EventLog

if TYPE_CHECKING:
    import pandas as pd

    from .flow import Flow

Days = NDArray[np.float64]

_FOLLOWED_SO_LONG = 20  # cases
_ROUNDING = 1e-9  # of some thousand products


def remaining_medians(
    log: EventLog, flow: Flow | None, group: Grouping, keys: list[str], open_cases: pd.DataFrame
) -> Days:
    """For each open case (with `age_days` and the group) the median of what remains until the closing, in days.

    NaN : fewer than 20 cases were followed to its age, or the curve does not reach so far.
    """
    found = np.full(len(open_cases), np.nan)
    if not len(open_cases):
        return found
    rows = log.sql(followed(log, flow, group))
    ages = open_cases["age_days"].to_numpy(float)
    for value in open_cases[keys[0]].unique() if keys else (None,):
        mine = (open_cases[keys[0]] == value).to_numpy() if keys else np.ones(len(open_cases), bool)
        some = rows[rows[keys[0]] == value] if keys else rows
        times, entries = (some[f"{name}_micros"].to_numpy() / DAY for name in ("followed", "entry"))
        curve = kaplan_meier(times, (some["outcome"] == "ended").to_numpy(), entries)
        medians = remaining_median(curve, ages[mine])
        followed_there = _followed_at(times, entries, ages[mine])
        found[mine] = np.where(followed_there >= _FOLLOWED_SO_LONG, medians, np.nan)
    return found


def remaining_median(curve: Curve, ages: Days) -> Days:
    """The median of what remains at each age; NaN where the curve does not come down to half, or nobody was left."""
    survival = np.concatenate(([1.0], curve.survival))
    now = survival[np.searchsorted(curve.times, ages, side="right")]
    half = np.searchsorted(-curve.survival, -(now / 2 + _ROUNDING), side="left")
    times = np.append(curve.times, np.nan)
    return np.where(now > 0, times[half] - ages, np.nan)


def _followed_at(times: Days, entries: Days, ages: Days) -> NDArray[np.int64]:
    seen = entries <= times
    gone = np.searchsorted(np.sort(times[seen]), ages, side="left")
    return np.searchsorted(np.sort(entries[seen]), ages, side="right") - gone
