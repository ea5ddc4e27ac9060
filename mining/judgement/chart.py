"""How does an indicator vary from month to month, and what does each month say against the months before it?

A month is judged by limits that rest on months before it alone: the first 24 of its phase, or as many as there are from 12 on (the
limits are then *provisional*). A change that somebody has marked begins a new phase. Until that has 12 months, the limits of the phase before
it hold, so that the chart can show whether the change helped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..answer import Answer
from .alarms import Seen, Standing, standing, state_of
from .limits import Limits, p_limits, u_limits, xmr_limits
from .signals import label, signals

BASELINE, LEAST = 24, 12  # months
KINDS = ("measured", "share", "rate")
LOWER, HIGHER, NEITHER = BETTER = ("lower", "higher", "neither")
_SIDES = {LOWER: -1, HIGHER: 1, NEITHER: 0}


@dataclass(frozen=True)
class Series:
    """An indicator by month, oldest first.

    kind : "measured" (`values`), "share" or "rate" (`values` are counts, of so many in `totals`)
    better : which direction is an improvement; "neither" where both are a concern
    changes : months in which something was changed on purpose
    """

    months: Sequence[str]
    values: Sequence[float]
    totals: Sequence[float] = ()
    kind: str = "measured"
    better: str = NEITHER
    changes: Sequence[str] = ()


@dataclass(frozen=True, repr=False)
class ControlChart(Answer):
    """A series with its limits and what each month says.

    frame : one row per month: month, value (a share or rate where counts were given), centre, lower, upper (NaN where no
        month can be judged yet), provisional, rule ("outside", "trend", "two_of_three", "shift", or empty), meaning ("usual",
        "better", "worse", "different", or empty where it cannot be judged), state
        ("ok", "watch", "alarm", "clearing", "improved"), onset of an alarm
    """

    frame: pd.DataFrame
    better: str = field(default=NEITHER)


def control_chart(series: Series) -> ControlChart:
    """Judge every month of a series by the months before it. Raises ValueError for series of different lengths."""
    if len(series.months) != len(series.values) or len(series.totals) not in (0, len(series.values)):
        raise ValueError("months, values and totals of a series must be of one length")
    starts = _phases(series)
    rows, worse, better = [], [], []
    concern, relief = Standing(), Standing()
    for place in range(len(series.months)):
        row, *seen = _month(series, starts, place)
        for side, found in zip((worse, better), seen, strict=True):
            side.append(found)
        concern, relief = standing(concern, worse), standing(relief, better)
        rows.append({**row, "state": state_of(concern, relief), "onset": concern.onset})
    columns = ["month", "value", "centre", "lower", "upper", "provisional", "rule", "meaning", "state", "onset"]
    return ControlChart(pd.DataFrame(rows, columns=columns), series.better)


def _phases(series: Series) -> list[int]:
    """The places at which a phase begins."""
    begun = {next((n for n, month in enumerate(series.months) if month >= change), None) for change in series.changes}
    return sorted({0, *(n for n in begun if n is not None)})


def _month(series: Series, starts: list[int], place: int) -> tuple[dict[str, object], Seen, Seen]:
    """One month's row, and what it shows on the side of concern and on the other."""
    values = _plotted(series)
    row: dict[str, object] = {"month": series.months[place], "value": values[place]}
    known = [start for start in starts if _counted(values[start:place]) >= LEAST]
    unknown = {"centre": np.nan, "lower": np.nan, "upper": np.nan, "provisional": False, "rule": "", "meaning": ""}
    if not known or np.isnan(values[place]):
        return {**row, **unknown}, Seen(), Seen()
    since = slice(known[-1], place + 1)
    limits = _limits(series, since)
    marks = signals(values[since], limits)
    last = marks.iloc[-1]
    baseline = _counted(values[known[-1] : place])
    rule = label(last)
    row |= {
        "centre": limits.centre[-1], "lower": limits.lower[-1], "upper": limits.upper[-1],
        "provisional": baseline < BASELINE, "rule": rule, "meaning": _meaning(rule, int(last["side"]), series.better),
    }  # fmt: skip
    return row, *_seen(last, series.better)


def _plotted(series: Series) -> np.ndarray:
    values = np.asarray(series.values, float)
    if not len(series.totals):
        return values
    totals = np.asarray(series.totals, float)
    return np.divide(values, totals, out=np.full(len(values), np.nan), where=totals > 0)


def _counted(values: np.ndarray) -> int:
    return int((~np.isnan(values)).sum())


def _limits(series: Series, since: slice) -> Limits:
    """Limits for the months since the phase began, from the first of them; the last month, which is judged, has no part in them."""
    values, totals = np.asarray(series.values, float)[since], np.asarray(series.totals, float)[since]
    known = np.flatnonzero(~np.isnan(_plotted(series)[since]))[:-1]
    baseline = int(known[:BASELINE][-1]) + 1
    if series.kind == "share":
        return p_limits(values, totals, baseline)
    return u_limits(values, totals, baseline) if series.kind == "rate" else xmr_limits(values, baseline)


def _meaning(rule: str, side: int, better: str) -> str:
    if not rule:
        return "usual"
    good = _SIDES[better]
    return "different" if not good or not side else "better" if side == good else "worse"


def _seen(last: pd.Series, better: str) -> tuple[Seen, Seen]:
    seen = Seen(bool(last["outside"]), bool(last["shift"]), bool(label(last)))
    return (Seen(), seen) if int(last["side"]) == _SIDES[better] != 0 else (seen, Seen())
