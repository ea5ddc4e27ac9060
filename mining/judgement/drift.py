"""Do the cases of a month go other ways than those before?

Two questions, both about closed cases: is the *mix* of variants another one, and which *pairs* of steps have become more or less common?
Chance alone makes every month differ, so the mix is held against what drawing the month's cases from all cases at random gives
(a permutation test with the chi-square statistic), and something is said only if the difference is large as well: a total variation
distance of 0.10 or more, or a pair that is new, gone, or twice or half as common. Fewer than 30 cases are not tested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

FEWEST = 30  # cases, in the month and before it
LEVEL = 0.02  # of false discoveries among what is said; measured, one month in a hundred then says something of stable cases
LEAST_DISTANCE, LEAST_RATIO = 0.10, 2.0
_STILL_DISTANCE, _STILL_RATIO = 0.05, 1.5  # of what was found before: the months before come to have it, too
_EXPECTED = 1  # cases of the month in every class of the mix; of more, a new way would be lost among the rare ones
_FEWEST_OF_PAIR = 5  # cases that have it, in the month and before: of fewer no month could be told from chance
_DRAWS, _SEED = 9999, 4711
_COUNTABLE = 10  # draws as far out: below that the tail is chi-square's
OTHER = ""  # the class of the variants that are too rare for one of their own

Pair = tuple[str, str]


@dataclass(frozen=True)
class Mix:
    """How far the mix of variants of a month is from that before.

    cases, cases_before : looked at; where either is under 30, the rest is NaN
    distance : total variation, half the sum of the differences of the shares (0 to 1)
    by_chance : the distance that chance alone stays under in 95 of 100 months
    p : of a difference so large by chance
    frame : variant ("" for all the rare ones), share_before, share, largest difference first
    """

    cases: int
    cases_before: int
    distance: float
    by_chance: float
    p: float
    frame: pd.DataFrame

    def stands_out(self, q: float, known: bool = False) -> bool:
        """Is it worth saying? q : the p, adjusted for everything that was tested (:func:`adjusted`); known : it was found before"""
        least = _STILL_DISTANCE if known else LEAST_DISTANCE
        return q < LEVEL and self.distance >= least and self.distance > self.by_chance


def mix(before: Mapping[str, int], now: Mapping[str, int]) -> Mix:
    """Compare the cases of each variant in a month with those before. The variants are named by their keys."""
    total, total_before = sum(now.values()), sum(before.values())
    if min(total, total_before) < FEWEST:
        nothing = pd.DataFrame({"variant": [], "share_before": [], "share": []})
        return Mix(total, total_before, np.nan, np.nan, np.nan, nothing)
    classes = _classes(before, now)
    then, here = (_counted(counts, classes) for counts in (before, now))
    pooled = then + here
    drawn = np.random.default_rng(_SEED).multivariate_hypergeometric(pooled, total, _DRAWS)
    chi, chance = _chi_square(here, pooled), _chi_square(drawn, pooled)
    far = _distance(drawn, pooled)
    shares = pd.DataFrame({"variant": classes, "share_before": then / total_before, "share": here / total})
    order = (shares["share"] - shares["share_before"]).abs().sort_values(ascending=False, kind="stable").index
    return Mix(
        cases=total,
        cases_before=total_before,
        distance=float(_distance(here[None], pooled)[0]),
        by_chance=float(np.quantile(far, 0.95)),
        p=_p(float(chi), chance),
        frame=shares.loc[order].reset_index(drop=True),
    )


def _p(chi: float, chance: NDArray[np.float64]) -> float:
    """From the draws, and where too few of them are so far out to be counted, from the chi-square distribution (scaled) that has their
    mean and variance."""
    further = int((chance >= chi * (1 - 1e-12)).sum())
    counted = (1 + further) / (_DRAWS + 1)
    if further >= _COUNTABLE:
        return counted
    mean, variance = float(chance.mean()), float(chance.var())
    return min(counted, float(stats.chi2.sf(chi * 2 * mean / variance, 2 * mean**2 / variance)))


def _classes(before: Mapping[str, int], now: Mapping[str, int]) -> list[str]:
    """The common variants, and one class for all the others; in each of them a case of the month is expected."""
    pooled = {key: before.get(key, 0) + now.get(key, 0) for key in {*before, *now}}
    share = sum(now.values()) / sum(pooled.values())
    common = sorted((k for k, n in pooled.items() if n * share >= _EXPECTED), key=lambda k: (-pooled[k], k))
    rest = sum(pooled.values()) - sum(pooled[key] for key in common)
    if rest and rest * share < _EXPECTED and common:
        common.pop()
        rest = 1
    return [*common, OTHER] if rest else common


def _counted(counts: Mapping[str, int], classes: Sequence[str]) -> NDArray[np.int64]:
    found = [counts.get(key, 0) for key in classes if key != OTHER]
    return np.array([*found, sum(counts.values()) - sum(found)][: len(classes)], np.int64)


def _chi_square(counts: NDArray[np.int64], pooled: NDArray[np.int64]) -> NDArray[np.float64]:
    """Of the month and what was before, for one month or many drawn ones."""
    total, whole = counts.sum(axis=-1, keepdims=True), pooled.sum()
    expected, expected_before = pooled * (total / whole), pooled * (1 - total / whole)
    return ((counts - expected) ** 2 * (1 / expected + 1 / expected_before)).sum(axis=-1)


def _distance(counts: NDArray[np.int64], pooled: NDArray[np.int64]) -> NDArray[np.float64]:
    total = counts.sum(axis=-1, keepdims=True)
    before = (pooled - counts) / (pooled.sum() - total)
    return np.abs(counts / total - before).sum(axis=-1) / 2


def pairs(before: Mapping[Pair, int], cases_before: int, now: Mapping[Pair, int], cases: int) -> pd.DataFrame:
    """Which steps follow each other in more or in fewer cases than before? One row per pair, the least likely first.

    before, now : cases that have the pair. Returns source, target, cases_before, cases (that have it), rate_before, rate (per case),
    ratio (infinite for a new pair), p (Fisher's exact test; 1 where the difference is too small to be said, whatever the number of
    cases). No row where either has fewer than 30 cases, or where fewer than 5 have the pair.
    """
    columns = ["source", "target", "cases_before", "cases", "rate_before", "rate", "ratio", "p"]
    if min(cases, cases_before) < FEWEST:
        return pd.DataFrame(columns=columns)
    rows = []
    for pair in sorted({*before, *now}):
        then, here = before.get(pair, 0), now.get(pair, 0)
        if then + here < _FEWEST_OF_PAIR:
            continue
        ratio = (here / cases) / (then / cases_before) if then else np.inf
        p = 1.0
        if not 1 / _STILL_RATIO < ratio < _STILL_RATIO:
            p = float(np.asarray(stats.fisher_exact([[here, cases - here], [then, cases_before - then]]))[1])
        rows.append((*pair, then, here, then / cases_before, here / cases, ratio, p))
    return pd.DataFrame(rows, columns=columns).sort_values(["p", "source", "target"], ignore_index=True)


def stand_out(found: pd.DataFrame, q: ArrayLike, known: ArrayLike = False) -> pd.DataFrame:
    """The rows of :func:`pairs` that are worth saying, with what became of the pair: new, gone, more or less common. Five cases must
    have it, in the month or before. known : it was found before"""
    said = found.assign(q=np.asarray(q, float))
    ratio, least = said["ratio"], np.where(np.asarray(known, bool), _STILL_RATIO, LEAST_RATIO)
    said["change"] = np.select(
        [said["cases_before"] == 0, said["cases"] == 0, ratio >= least, ratio <= 1 / least],
        ["new", "gone", "more", "less"],
        "",
    )
    enough = said[["cases", "cases_before"]].max(axis=1) >= _FEWEST_OF_PAIR
    return said[(said["q"] < LEVEL) & (said["change"] != "") & enough].reset_index(drop=True)


def adjusted(p: ArrayLike) -> NDArray[np.float64]:
    """Adjusted for the number of tests (Benjamini and Hochberg 1995); NaN stands for no test and stays."""
    given = np.asarray(p, float)
    q = np.full(given.shape, np.nan)
    tested = ~np.isnan(given)
    if tested.any():
        q[tested] = stats.false_discovery_control(given[tested])
    return q
