"""What part of the cases is not over after so and so many days, when the open ones are counted?

The curve shows what a histogram of closed cases cannot: an open case counts for as long as it was followed. The drawing
leaves out steps that are too small to see; its table and its marks do not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from ...mining.findings import Findings
from .. import axes
from ..section import Bar, Cell, Chart, Column, Panel, Row, Series, Table, Tick, row, rows_of
from ..words import Words

ID = "curve"

# The curve is drawn while so many cases are followed and so large a part is not over: what comes after is a long flat
# line that says nothing, or the fate of a few cases.
_FOLLOWED, _PART = 10, 0.01

# Smaller steps than these, as parts of all, are thinner than the line. The second is for the cases followed.
_STEP, _STEP_FOLLOWED = 0.004, 0.01
# The axis ends with the curve, so some of its round days may lie past the end.
_STEPS_ACROSS = 8
_WORTH_NAMING = 0.05  # as a part not over
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class _Curve:
    """The part of the curve that is shown: its times in days, and its last one. ``cut``: why no more ("few" followed,
    "over" for nearly all, or "")."""

    frame: pd.DataFrame
    until: float
    cut: str


def chart(findings: Findings, words: Words) -> Chart | None:
    """The part of the cases not over, day by day; None where no case is open or withdrawn, as a histogram says it then."""
    times = findings.throughput
    if not (times.closing_known or times.end) or not times.open_cases + times.withdrawn:
        return None
    shown = _shown(times.curves)
    if not shown.until > 0:
        return None
    unit, ticks = axes.durations(shown.until, words, _STEPS_ACROSS)
    ticks = tuple(tick for tick in ticks if tick.at <= shown.until)
    return Chart(
        id=ID,
        title=_title(shown, ticks, words),
        label=words.say("curve.label", text=_last_said(shown, words)),
        names=(),
        ticks=(replace(ticks[0], under=words.say(f"axis.{unit}")), *ticks[1:]),
        panels=(_not_over(times.groups.iloc[0], shown, words), _followed(shown, words)),
        below=" ".join(_below(times.groups.iloc[0], shown, words)),
        table=_table(shown, ticks, words),
        until=shown.until,
    )


def month_band(frame: pd.DataFrame) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The intervals of the medians by month, for the band of their line: nan where a month has none, infinite where the
    interval has no end."""
    lows, highs = (tuple(map(float, frame[name])) for name in ("low", "high"))
    return lows, tuple(
        high if math.isnan(low) or not math.isnan(high) else math.inf for low, high in zip(lows, highs, strict=True)
    )


def interval(low: float, high: float, words: Words) -> str:
    """An interval of days in words, as '8 til 12 dager'; "" where there is none, and without an end 'minst 8 dager'."""
    if math.isnan(low):
        return ""
    return words.days_between(low, high) if math.isfinite(high) else words.say("curve.at_least", low=words.days(low))


def _shown(curves: pd.DataFrame) -> _Curve:
    """The curve as far as it says something. Fewer cases than the limit from the start are all shown."""
    few = curves["at_risk"] < _FOLLOWED
    over = (curves["survival"] < _PART).shift(1, fill_value=False)  # the step that goes below is shown
    past = over | few if len(curves) and not few.iloc[0] else over
    frame = curves[~past.cummax()]
    why = "" if len(frame) == len(curves) else "over" if over.iloc[len(frame)] else "few"
    return _Curve(frame, float(frame["days"].max()) if len(frame) else 0.0, why)


def _seen(shown: _Curve) -> list[Any]:
    """The steps that can be seen, and the last one."""
    steps = list(rows_of(shown.frame))
    kept: list[Any] = []
    part, followed = 1.0, float(steps[0].at_risk)
    for step in steps:
        fell = part - step.survival >= _STEP or abs(followed - step.at_risk) >= _STEP_FOLLOWED * steps[0].at_risk
        if fell or step is steps[-1]:
            kept.append(step)
            part, followed = step.survival, step.at_risk
    return kept


def _not_over(figures: Any, shown: _Curve, words: Words) -> Panel:
    """The curve with its interval. Before the first step all cases are there."""
    steps = _seen(shown)
    series = Series(
        name=words.say("curve.axis"),
        mark="steps",
        values=(1.0, *(float(step.survival) for step in steps)),
        said=(words.say("curve.said_all"), *(_said(step, words) for step in steps)),
        unfinished=(False,) * (len(steps) + 1),
        at=(0.0, *(float(step.days) for step in steps)),
        band=(
            (1.0, *(float(step.survival_low) for step in steps)),
            (1.0, *(float(step.survival_high) for step in steps)),
        ),
    )
    ticks = tuple(Tick(part, words.percent(part)) for part in _QUARTERS)
    lines = tuple(
        Tick(days, words.say(f"curve.{name}", time=words.days(days)))
        for name, days in (("median", float(figures["median_days"])), ("p90", float(figures["p90_days"])))
        if days <= shown.until
    )
    return Panel(series.name, ticks, (series,), lines)


def _followed(shown: _Curve, words: Words) -> Panel:
    steps = _seen(shown)
    first = float(steps[0].at_risk)
    series = Series(
        name=words.say("curve.axis_followed"),
        mark="steps",
        values=(first, *(float(step.at_risk) for step in steps)),
        said=(words.say("words.cases", int(first)), *(_said_followed(step, words) for step in steps)),
        unfinished=(False,) * (len(steps) + 1),
        tone="side",
        at=(0.0, *(float(step.days) for step in steps)),
    )
    return Panel(series.name, axes.counts(max(series.values), words, 2), (series,))


def _said(step: Any, words: Words) -> str:
    return words.say(
        "curve.said", time=words.days(step.days), share=words.percent(step.survival), interval=_parts(step, words)
    )


def _said_followed(step: Any, words: Words) -> str:
    return words.say("curve.said_followed", int(step.at_risk), time=words.days(step.days))


def _parts(step: Any, words: Words) -> str:
    """The interval of the part not over."""
    low, high = words.percent(step.survival_low), words.percent(step.survival_high)
    return low if low == high else words.say("words.between", low=low, high=high)


def _last_said(shown: _Curve, words: Words) -> str:
    last = shown.frame.iloc[-1]
    return words.say("curve.not_over", share=words.percent(last["survival"]), time=words.days(shown.until))


def _title(shown: _Curve, ticks: tuple[Tick, ...], words: Words) -> str:
    """What is left at the last round time at which that is a part worth naming, or else where the curve ends."""
    left = {tick.at: _left(shown, tick.at) for tick in ticks}
    at = max((at for at, part in left.items() if _WORTH_NAMING <= part < 1), default=shown.until)
    return words.say("curve.title", share=words.percent(_left(shown, at)), time=words.days(at))


def _left(shown: _Curve, days: float) -> float:
    """The part not over after so many days."""
    before = shown.frame["survival"][shown.frame["days"] <= days]
    return float(before.iloc[-1]) if len(before) else 1.0


def _below(figures: Any, shown: _Curve, words: Words) -> Iterator[str]:
    yield words.say("curve.below")
    if within := interval(float(figures["low"]), float(figures["high"]), words):
        narrow = within == words.days(float(figures["median_days"]))
        yield words.say(f"curve.below_{'narrow' if narrow else 'interval'}", interval=within)
    if math.isnan(figures["median_days"]):
        yield words.say("curve.no_median")
    elif math.isnan(figures["p90_days"]):
        yield words.say("curve.no_p90")
    if shown.cut:
        yield words.say(f"curve.cut_{shown.cut}")


def _table(shown: _Curve, ticks: tuple[Tick, ...], words: Words) -> Table:
    """The curve at round days, and where it ends."""
    days = [tick.at for tick in ticks[1:]]
    rows = [_row(each, shown, words) for each in (days if days[-1:] == [shown.until] else [*days, shown.until])]
    titles = [("days", "name"), ("bar", "bar"), ("share", "number"), ("interval", "number"), ("followed", "number")]
    columns = tuple(Column(words.say(f"curve.col_{title}"), role) for title, role in titles)
    return Table(
        words.say("curve.caption"), columns, tuple(rows), words.say("curve.table_below"), words.say("axis.show")
    )


def _row(days: float, shown: _Curve, words: Words) -> Row:
    """What holds after so many days. Cases followed are those of the next step: between steps some may have been left."""
    frame = shown.frame
    at = int((frame["days"] <= days).sum()) - 1
    if at < 0:
        share, within = 1.0, ""
    else:
        step = frame.iloc[at]
        share, within = float(step["survival"]), _parts(step, words)
    next_step = frame[frame["days"] >= days].iloc[0]
    cells = [words.percent(share), within, words.number(int(next_step["at_risk"]))]
    return row([words.days(days), Cell(bar=Bar(share)), *cells])
