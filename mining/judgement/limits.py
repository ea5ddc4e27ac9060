"""Between which limits does a series vary as usual?

Three charts of Shewhart's kind. *XmR*, for any measured figure: the mean, and 2.66 mean moving ranges to either side; ranges of
3.267 times their mean or more are left out once (NHS England, *Making Data Count*, as NHSRplotthedots reckons). *p*, for shares:
three standard deviations of a share of n, or, where fewer than five are expected on either side, the exact binomial limits. *u*, for counts per something: the same
with Poisson's distribution. The limits rest on the first points alone (the baseline), so that what comes later cannot move them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Numbers = NDArray[np.float64]

_WIDTH, _LARGE_RANGE = 2.66, 3.267
_SIGMAS, _CLOSE = 3.0, 2 / 3  # a point beyond two thirds of the way is close to the limit
_FEW = 5  # expected on either side: below that a count is not near to normal
_TAIL, _CLOSE_TAIL = (float(stats.norm.sf(width)) for width in (_SIGMAS, _SIGMAS * _CLOSE))


@dataclass(frozen=True)
class Limits:
    """For every point of a series: its centre, limits, and where it begins to be close to them."""

    centre: Numbers
    lower: Numbers
    upper: Numbers
    close_lower: Numbers
    close_upper: Numbers


def xmr_limits(values: ArrayLike, baseline: int | None = None, *, screen: bool = True) -> Limits:
    """Limits of a measured figure; NaN values tell nothing. baseline : points that count, from the first; None for all

    screen : leave out large ranges once. All limits are NaN where there are fewer than two points.
    """
    y = np.asarray(values, float)
    known = y[:baseline][~np.isnan(y[:baseline])]
    if len(known) < 2:
        return _straight(len(y), *[np.nan] * 3)
    ranges = np.abs(np.diff(known))
    if screen and (kept := ranges[ranges < _LARGE_RANGE * ranges.mean()]).size:
        ranges = kept
    return _straight(len(y), known.mean(), _WIDTH * ranges.mean(), _WIDTH * ranges.mean() * _CLOSE)


def p_limits(counts: ArrayLike, totals: ArrayLike, baseline: int | None = None) -> Limits:
    """Limits of the share counts / totals. A total of 0 has no limits."""
    x, n = np.asarray(counts, float), np.asarray(totals, float)
    centre = _ratio(float(x[:baseline].sum()), float(n[:baseline].sum()))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(centre * (1 - centre) / n)
    exact = np.minimum(n * centre, n * (1 - centre)) < _FEW
    found = [
        np.where(exact, stats.binom.ppf(tail, n, centre) / np.where(n > 0, n, np.nan), centre + width * spread)
        for tail, width in _tails()
    ]
    return _limits(np.where(n > 0, centre, np.nan), [np.clip(each, 0, 1) for each in found])


def u_limits(counts: ArrayLike, exposure: ArrayLike, baseline: int | None = None) -> Limits:
    """Limits of the rate counts / exposure, such as events per case or per month. An exposure of 0 has no limits."""
    x, n = np.asarray(counts, float), np.asarray(exposure, float)
    centre = _ratio(float(x[:baseline].sum()), float(n[:baseline].sum()))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(centre / n)
    exact = n * centre < _FEW
    found = [
        np.where(exact, stats.poisson.ppf(tail, n * centre) / np.where(n > 0, n, np.nan), centre + width * spread)
        for tail, width in _tails()
    ]
    return _limits(np.where(n > 0, centre, np.nan), [np.maximum(each, 0) for each in found])


def _tails() -> list[tuple[float, float]]:
    """Probability below, and standard deviations from the centre: lower, upper, close to either."""
    return [
        (_TAIL, -_SIGMAS),
        (1 - _TAIL, _SIGMAS),
        (_CLOSE_TAIL, -_SIGMAS * _CLOSE),
        (1 - _CLOSE_TAIL, _SIGMAS * _CLOSE),
    ]


def _limits(centre: Numbers, found: list[Numbers]) -> Limits:
    lower, upper, close_lower, close_upper = (np.where(np.isnan(centre), np.nan, each) for each in found)
    return Limits(centre, lower, upper, close_lower, close_upper)


def _straight(length: int, centre: float, width: float, close: float) -> Limits:
    return Limits(
        *(np.full(length, at) for at in (centre, centre - width, centre + width, centre - close, centre + close))
    )


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
