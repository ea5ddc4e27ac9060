"""How long do cases take, and does it change?

A median of the closed cases flatters: the slow ones are not in it yet. Here every case counts for as long as it was
followed (:mod:`.kaplan_meier`): open ones until the end of the window, withdrawn ones until their closing, and cases that
began before the window from its start on.

Cases are counted in the month in which they were *received* (their first event). Counting them in the month in which they
closed would flatter a month in which the old pile was left lying.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING, Any, NamedTuple

from .answer import Answer
from .clock import DAY
from .closing import closing_known
from .errors import EmptyLog, UsageError
from .followed import clock_steps, followed
from .grouping import grouping
from .kaplan_meier import Curve, Estimate, kaplan_meier
from .log import EventLog

if TYPE_CHECKING:
    import pandas as pd

    from .flow import Flow

FINISHED_SHARE = 0.95
COUNTS = ("cases", "closed", "withdrawn", "open_cases")
PERCENTILES = ("median_days", "low", "high", "p90_days", "p90_low", "p90_high")

# An interval is given where so many cases could have been followed so long; with fewer it does not hold what it says
# (tests/bench/coverage.py).
_CASES_FOR_AN_INTERVAL, _OLD_ENOUGH, _OLD_ENOUGH_FOR_P90 = 30, 20, 100


@dataclass(frozen=True, repr=False)
class Throughput(Answer):
    """Throughput times of the cases of a log, the open ones counted, in days of 24 hours. NaN : the cases do not tell yet.

    frame : one row per month received, oldest first
        month ("2025-01"), cases, closed (the clock ran to its end), withdrawn (closed without), open_cases, finished (at
        most 5 % are open), median_days with low and high (95 %), p90_days with p90_low and p90_high, restricted_mean_days
        with mean_low and mean_high (every case counts `within_days` at most). High is also NaN where the interval has no
        end
    groups : one row per group, or one for all: the same columns without month
    curves : one row per time at which cases ended, by group
        days, at_risk (followed up to then), ended (cases that end then), survival (part not over after it), survival_low,
        survival_high
    within_days : the same for all months and groups: the P90 of all cases, or else the longest time followed
    cases, closed, withdrawn, open_cases, median_days, low, high, p90_days, p90_low, p90_high : of all
    late_entries : cases that began before the window, counted from its start; not_followed : over before it, left out
    off_clock : cases without the step at which the clock starts, left out
    start, end : the steps between which the clock runs; else None and () for the first event and the closing
    closing_known : false when neither the export nor the flow says which cases are closed. Then the last event is the
        closing, unless the clock runs to a step: then a case that has not come to it is open
    chosen_by_outcome : the cases were chosen by when they closed or were open, so no month is finished
    """

    frame: pd.DataFrame
    groups: pd.DataFrame
    curves: pd.DataFrame
    within_days: float
    cases: int
    closed: int
    withdrawn: int
    open_cases: int
    median_days: float
    low: float
    high: float
    p90_days: float
    p90_low: float
    p90_high: float
    late_entries: int
    not_followed: int
    off_clock: int
    start: str | None
    end: tuple[str, ...]
    closing_known: bool
    chosen_by_outcome: bool


def throughput(
    log: EventLog,
    flow: Flow | None = None,
    *,
    start: str | None = None,
    end: str | Sequence[str] | None = None,
    by: str | None = None,
    within_days: float | None = None,
) -> Throughput:
    """Measure from the first `start` to the first `end` that follows it, or by the clock of the flow, or else from the first
    event to the closing; with `by`, within each group.

    `end` may be several steps; the first to come counts. The flow also says which cases are closed, where the export does
    not, and gives the activities the names of its steps.
    Raises EmptyLog if no case was followed, UsageError if a step or `by` is unknown, or if `within_days` is no time.
    """
    log.require_cases()
    if within_days is not None and not 0 < within_days < float("inf"):
        raise UsageError(f"within_days is {within_days}; give a number of days above 0.")
    log = flow.named(log) if flow else log
    start, ends = clock_steps(log, flow, start, (end,) if isinstance(end, str) else tuple(end or ()))
    group = grouping(log, by)
    rows = log.sql(followed(log, flow, group, start, ends))
    seen = rows[rows["entry_micros"] <= rows["followed_micros"]]
    if seen.empty:
        raise EmptyLog(
            f"Nothing to follow in {log.name}: no case lasts into the window, which begins {log.observed_from}; mend from in "
            "the mapping."
        )
    whole = curve_of(seen)
    within = within_days or _within(whole)
    chosen_by_outcome = any(selection.by_outcome for selection in log.selections)
    keys = group.keys
    all_cases = _figures(seen, whole, within, chosen_by_outcome)
    groups = _parts(seen, keys) if keys else [_Part({}, seen, whole)]
    return Throughput(
        frame=_table(_parts(seen, [*keys, "month"]), within, chosen_by_outcome),
        groups=_table(groups, within, chosen_by_outcome),
        curves=_curves(groups),
        within_days=within,
        **{name: all_cases[name] for name in (*COUNTS, *PERCENTILES)},
        late_entries=int((seen["entry_micros"] > 0).sum()),
        not_followed=len(rows) - len(seen),
        off_clock=log.case_count - len(rows),
        start=start,
        end=ends,
        closing_known=closing_known(log, flow),
        chosen_by_outcome=chosen_by_outcome,
    )


def curve_of(rows: pd.DataFrame) -> Curve:
    """The curve of cases as :func:`.followed.followed` gives them, in days."""
    days = {name: rows[f"{name}_micros"].to_numpy() / DAY for name in ("followed", "entry", "age")}
    return kaplan_meier(days["followed"], (rows["outcome"] == "ended").to_numpy(), days["entry"], days["age"])


def figures_of(curve: Curve, cases: int, within: float) -> dict[str, float]:
    """What is said of a curve: median, P90 and restricted mean, each with its interval where that holds."""
    enough = cases >= _CASES_FOR_AN_INTERVAL
    median, p90, mean = curve.percentile(0.5), curve.percentile(0.9), curve.restricted_mean(within)
    median = _printed(median, enough and curve.old_enough(median.value) >= _OLD_ENOUGH)
    p90 = _printed(p90, curve.old_enough(p90.value) >= _OLD_ENOUGH_FOR_P90)
    mean = _printed(mean, enough and curve.old_enough(within) >= _OLD_ENOUGH)
    return {
        "median_days": median.value,
        "low": median.low,
        "high": median.high,
        "p90_days": p90.value,
        "p90_low": p90.low,
        "p90_high": p90.high,
        "restricted_mean_days": mean.value,
        "mean_low": mean.low,
        "mean_high": mean.high,
    }


def _printed(estimate: Estimate, holds: bool) -> Estimate:
    return estimate if holds else Estimate(estimate.value, nan, nan)


def _within(curve: Curve) -> float:
    p90 = curve.percentile(0.9).value
    return curve.longest if isnan(p90) else p90


class _Part(NamedTuple):
    """The cases of a group or month, and their curve."""

    key: dict[str, object]
    rows: pd.DataFrame
    curve: Curve


def _parts(rows: pd.DataFrame, keys: list[str]) -> list[_Part]:
    """The cases of each group and month, in order."""
    parts = rows.groupby(keys, sort=True)
    return [_Part(dict(zip(keys, values, strict=True)), part, curve_of(part)) for values, part in parts]


def _table(parts: list[_Part], within: float, chosen_by_outcome: bool) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame([{**part.key, **_figures(part.rows, part.curve, within, chosen_by_outcome)} for part in parts])


def _figures(rows: pd.DataFrame, curve: Curve, within: float, chosen_by_outcome: bool) -> dict[str, Any]:
    counts = rows["outcome"].value_counts()
    still = int(counts["open"])
    return {
        "cases": len(rows),
        "closed": int(counts["ended"]),
        "withdrawn": int(counts["withdrawn"]),
        "open_cases": still,
        "finished": not chosen_by_outcome and (len(rows) - still) / len(rows) >= FINISHED_SHARE,
        **figures_of(curve, len(rows), within),
    }


def _curves(parts: list[_Part]) -> pd.DataFrame:
    import pandas as pd

    tables = []
    for key, _, curve in parts:
        columns = {"days": curve.times, "at_risk": curve.at_risk, "ended": curve.ended}
        bounds = {"survival": curve.survival, "survival_low": curve.low, "survival_high": curve.high}
        names = {name: [value] * len(curve.times) for name, value in key.items()}
        tables.append(pd.DataFrame({**names, **columns, **bounds}))
    return pd.concat(tables, ignore_index=True)
