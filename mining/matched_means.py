"""How much longer do some cases take from a moment on than others that stood as they did?

Each case has its own cases to compare with, picked at that moment. Both sides get a curve of Kaplan and Meier
(:mod:`.kaplan_meier`), and what is compared are the restricted means: days until the end, each case counting so many at
most. The interval is that of the infinitesimal jackknife: how much the difference would move if an applicant (or a case,
where applicants are not known) weighed a little more, squared and summed. So a case that is compared with many others,
or stands on both sides, is not taken for several.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .kaplan_meier import CONFIDENCE, Curve, kaplan_meier

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]

FEWEST = 30  # cases on either side
_OLD_ENOUGH = 20  # of them, that could have been followed for the whole time; as for every restricted mean
_NORMAL = NormalDist()
_Z = _NORMAL.inv_cdf(0.5 + CONFIDENCE / 2)


class Difference(NamedTuple):
    """Days more, with the interval of 95 %; p : the chance of one so large if there were none. NaN : not said."""

    days: float
    low: float
    high: float
    p: float


UNSAID = Difference(nan, nan, nan, nan)


@dataclass(frozen=True)
class Followed:
    """Cases from a moment on. Arrays of one shape; the times in days from the moment.

    times : until the end, or for how long it was followed; ended : did it end?
    ages : how long it could have been followed; case, cluster : whose it is (numbers from 0)
    """

    times: Numbers
    ended: NDArray[np.bool_]
    ages: Numbers
    case: Counts
    cluster: Counts

    def curve(self) -> Curve:
        return kaplan_meier(self.times.ravel(), self.ended.ravel(), ages=self.ages.ravel())

    def tells(self, within: float) -> bool:
        """Are there enough cases, and enough of them so old?"""
        cases = np.unique(self.case)
        old = np.unique(self.case[self.ages >= within])
        return len(cases) >= FEWEST and len(old) >= _OLD_ENOUGH


def difference(having: Followed, without: Followed, within: float) -> Difference:
    """The restricted mean of `having` less that of `without`, of which row i was picked for case i of `having`.

    NaN where one side has too few cases, or was not followed so long.
    """
    if not (having.tells(within) and without.tells(within)):
        return UNSAID
    one, other = having.curve(), without.curve()
    days = one.restricted_mean(within).value - other.restricted_mean(within).value
    if isnan(days):
        return UNSAID
    weighed = influence(one, having, within)
    picked = influence(other, without, within)
    each = picked.sum(axis=1)
    moved = np.bincount(having.cluster, weighed - each, minlength=_most(having, without))
    shared = picked - each[:, None] / picked.shape[1]
    moved -= np.bincount(without.cluster.ravel(), shared.ravel(), minlength=len(moved))
    freedom = len(np.unique(having.cluster)) - 1
    return _interval(days, sqrt(float(moved @ moved) * (freedom + 1) / freedom), freedom)


def influence(curve: Curve, cases: Followed, within: float) -> Numbers:
    """How fast the restricted mean moves with the weight of each case: the sum of the squares is Greenwood's variance."""
    inside = curve.times < within
    moments, at_risk, ended = curve.times[inside], curve.at_risk[inside], curve.ended[inside]
    survival = curve.survival[inside]
    after = (survival * np.diff([*moments, within]))[::-1].cumsum()[::-1]
    left = at_risk - ended
    pull = np.where(left > 0, after / np.maximum(left, 1), 0.0)
    stayed = np.concatenate(([0.0], np.cumsum(pull * ended / at_risk)))
    upto = np.searchsorted(moments, cases.times, side="right")
    found = stayed[upto]
    over = cases.ended & (cases.times < within)
    found[over] -= pull[upto[over] - 1]
    return found


def false_discoveries(chances: Numbers) -> Numbers:
    """Benjamini and Hochberg's q: the share of false ones among all whose q is so low. NaN stays NaN and counts for nothing."""
    found = np.full(len(chances), nan)
    known = np.flatnonzero(~np.isnan(chances))
    if len(known):
        order = known[np.argsort(-chances[known], kind="stable")]
        ranks = np.arange(len(known), 0, -1)
        found[order] = np.minimum(np.minimum.accumulate(chances[order] * len(known) / ranks), 1.0)
    return found


def _most(*sides: Followed) -> int:
    return max(int(side.cluster.max()) for side in sides) + 1


def _interval(days: float, error: float, freedom: int) -> Difference:
    """With Student's t, which for as many as there are is the normal one and a little more (Cornish and Fisher)."""
    if error <= 0:
        return UNSAID
    wider = error * (1 + (_Z**2 + 1) / (4 * freedom))
    reach = _Z * wider
    return Difference(days, days - reach, days + reach, 2 * _NORMAL.cdf(-abs(days) / wider))
