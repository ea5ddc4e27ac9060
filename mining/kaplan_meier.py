"""What part of the cases is not over after so and so many days, when some are still open?

Kaplan and Meier's curve: at every time at which cases end, the part of those still followed that did not end then,
multiplied up. An open case counts as long as it was followed; one that began before the log was observed counts only
from then on (left truncation), because had it ended earlier, it would not be in the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
_FEWEST = 6  # cases that must have ended for the interval of a mean

# A curve that meets one half exactly may miss it by the rounding of some thousand products.
_ROUNDING = 1e-9


class Estimate(NamedTuple):
    """A figure of the curve with its interval. NaN : the curve does not reach so far."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """The part of the cases that is not over after each time at which some case ended.

    times : those times, in the unit that was given; at_risk, ended : cases followed up to each, and those that end then
    survival, low, high : the part not over after it, and its interval of 95 % (Greenwood, log-log)
    ages : how long each case could have been followed, over or not, shortest first
    longest : the longest time that any case was followed
    """

    times: Numbers
    at_risk: Counts
    ended: Counts
    survival: Numbers
    low: Numbers
    high: Numbers
    ages: Numbers
    longest: float

    def old_enough(self, time: float) -> int:
        """How many cases began so early that they could have been followed for `time`? None for NaN."""
        return len(self.ages) - int(np.searchsorted(self.ages, time, side="left"))

    def percentile(self, part: float) -> Estimate:
        """The first time by which `part` of the cases are over, with the interval of Brookmeyer and Crowley."""
        return Estimate(*(self._first(line, 1 - part) for line in (self.survival, self.low, self.high)))

    def _first(self, line: Numbers, at_most: float) -> float:
        below = np.flatnonzero(line <= at_most + _ROUNDING)
        return float(self.times[below[0]]) if len(below) else nan

    def restricted_mean(self, within: float) -> Estimate:
        """The mean time, where every case counts `within` at most; NaN unless the cases were followed so long.

        The interval is Greenwood's with Student's t for as many as have ended: with few, the normal one is too narrow.
        """
        over = len(self.survival) > 0 and self.survival[-1] == 0
        if not (self.longest >= within or over):  # also where there is no case at all
            return Estimate(nan, nan, nan)
        inside = self.times < within
        edges = np.concatenate(([0.0], self.times[inside], [within]))
        areas = np.concatenate(([1.0], self.survival[inside])) * np.diff(edges)
        after = areas[::-1].cumsum()[::-1][1:]
        ended, at_risk = self.ended[inside], self.at_risk[inside]
        left = at_risk - ended
        terms = after**2 * ended / np.where(left > 0, at_risk * left, 1)
        events, mean = int(ended.sum()), float(areas.sum())
        if events < _FEWEST:
            return Estimate(mean, nan, nan)
        variance = float(terms[left > 0].sum()) * events / (events - 1)
        reach = _student(events - 1) * sqrt(variance)
        return Estimate(mean, max(mean - reach, 0.0), min(mean + reach, within))


def kaplan_meier(
    times: ArrayLike, ended: ArrayLike, entries: ArrayLike | None = None, ages: ArrayLike | None = None
) -> Curve:
    """The curve of cases that were followed for `times` and had `ended` by then, or not.

    entries : from when on each was followed. A case is at risk at t when entry <= t <= time; one whose entry lies after
        its time never was, and is left out
    ages : how long each could have been followed, had it not ended; without them, as long as it was
    """
    followed = np.asarray(times, dtype=np.float64)
    over = np.asarray(ended, dtype=bool)
    since = np.zeros(len(followed)) if entries is None else np.asarray(entries, dtype=np.float64)
    seen = since <= followed
    old = np.sort((followed if ages is None else np.asarray(ages, dtype=np.float64))[seen])
    followed, over, since = followed[seen], over[seen], np.sort(since[seen])
    moments, counts = np.unique(followed[over], return_counts=True)
    gone = np.searchsorted(np.sort(followed), moments, side="left")
    at_risk = np.searchsorted(since, moments, side="right") - gone
    survival: Numbers = np.cumprod(1 - counts / at_risk, dtype=np.float64)
    low, high = _bounds(survival, at_risk, counts)
    longest = float(followed.max()) if len(followed) else nan
    return Curve(moments, at_risk, counts, survival, low, high, old, longest)


def _bounds(survival: Numbers, at_risk: Counts, ended: Counts) -> tuple[Numbers, Numbers]:
    """The interval at each time. Where nobody is left the formula says nothing: then it is from 0 to the bound before it
    times Clopper and Pearson's for all of the last ones."""
    some = survival > 0
    low, high = np.zeros(len(survival)), np.ones(len(survival))
    part, risk, gone = survival[some], at_risk[some], ended[some]
    log = np.log(part)
    reach = _Z * np.sqrt(np.cumsum(gone / (risk * (risk - gone))) / log**2)
    low[some], high[some] = np.exp(log * np.exp(reach)), np.exp(log * np.exp(-reach))
    last = len(part)
    if last < len(survival):
        before = high[last - 1] if last else 1.0
        high[last:] = before * (1 - ((1 - CONFIDENCE) / 2) ** (1 / at_risk[last]))
    return low, high


def _student(freedom: int) -> float:
    """Student's t for the confidence, by the expansion of Cornish and Fisher: right to 0.01 from 5 degrees on."""
    z, z3, z5 = _Z, _Z**3, _Z**5
    first = (z3 + z) / (4 * freedom)
    second = (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom**2)
    third = (3 * _Z**7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom**3)
    return z + first + second + third
