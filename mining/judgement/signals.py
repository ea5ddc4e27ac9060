"""Which points of a series are more than its usual variation?

The four rules of NHS England's *Making Data Count* (NHSRplotthedots): a point outside the limits; a *shift*, seven points in a
row on one side of the centre; a *trend*, seven points that each rise, or each fall; *two of three* points in a row close to one
limit and all three on that side. A point on the centre breaks a shift, two equal points break a trend. All points of a shift or a trend are
marked, and of two of three those that are close.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .limits import Limits

RULES = ("outside", "trend", "two_of_three", "shift")  # which of them a point is called by, first to last
RUN = 7

_Marks = NDArray[np.bool_]


def signals(values: ArrayLike, limits: Limits) -> pd.DataFrame:
    """One row per point: ``side`` (1 above the centre, -1 below, 0 on it or unknown), and whether it is part of each rule.

    Points without a value or limits are passed over: the rules see those before and after as neighbours.
    """
    y = np.asarray(values, float)
    known = ~(np.isnan(y) | np.isnan(limits.centre))
    seen = y[known]
    centre, lower, upper, close_lower, close_upper = (
        each[known] for each in (limits.centre, limits.lower, limits.upper, limits.close_lower, limits.close_upper)
    )
    side = np.sign(seen - centre).astype(int)
    outside = (seen < lower) | (seen > upper)
    close = ~outside & ((seen < close_lower) | (seen > close_upper))
    found = {
        "side": side,
        "outside": outside,
        "trend": _trend(seen),
        "two_of_three": _two_of_three(close, side),
        "shift": _runs(side, RUN),
    }
    return pd.DataFrame({name: _among(known, marks) for name, marks in found.items()})


def label(row: pd.Series) -> str:
    """The rule that a point is called by; empty for the usual variation."""
    return next((rule for rule in RULES if row[rule]), "")


def _among(known: _Marks, marks: NDArray) -> NDArray:
    """The marks of the known points at their places among all; the others have none."""
    whole = np.zeros(len(known), marks.dtype)
    whole[known] = marks
    return whole


def _runs(signs: NDArray[np.int_], length: int) -> _Marks:
    """The points of runs of one sign, not 0, of at least that length."""
    marked = np.zeros(len(signs), bool)
    for start in range(len(signs) - length + 1):
        window = signs[start : start + length]
        if abs(window.sum()) == length:
            marked[start : start + length] = True
    return marked


def _trend(values: NDArray[np.float64]) -> _Marks:
    marked = np.zeros(len(values), bool)
    steps = _runs(np.sign(np.diff(values)).astype(int), RUN - 1)
    marked[:-1] |= steps
    marked[1:] |= steps
    return marked


def _two_of_three(close: _Marks, side: NDArray[np.int_]) -> _Marks:
    marked = np.zeros(len(close), bool)
    for start in range(len(close) - 2):
        window = slice(start, start + 3)
        if close[window].sum() >= 2 and abs(side[window].sum()) == 3:
            marked[window] |= close[window]
    return marked
