"""How has a figure gone, drawn as small as a word?

A line over the months, the usual variation behind it, and the last month as a point. It has a scale of its own and says nothing that the
numbers beside it do not say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from .section import Cell

_WIDE, _HIGH, _EDGE = 100.0, 28.0, 4.0  # of the drawing, which is stretched across


@dataclass(frozen=True)
class Spark:
    """values : oldest first, nan where there is none; lower, upper : of the usual variation, nan where it is not known
    tone : of the last point: "main" or "warn" (looked at first)"""

    values: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    tone: str = "main"


@dataclass(frozen=True)
class SparkCell(Cell):
    """A cell with a small drawing."""

    spark: Spark | None = None


@dataclass(frozen=True)
class LinkCell(Cell):
    """A cell whose text leads to another page. place : its file"""

    place: str = ""


def drawn(cell: Cell) -> Markup:
    """The drawing of a cell as SVG; empty where there are fewer than two values."""
    spark = cell.spark if isinstance(cell, SparkCell) else None
    if spark is None or sum(map(math.isfinite, spark.values)) < 2:
        return Markup("")
    heights = _Scale.of((*spark.values, *spark.lower, *spark.upper))
    places = [_WIDE * (n + 0.5) / len(spark.values) for n in range(len(spark.values))]
    band = _outline(places, heights.all(spark.lower), heights.all(spark.upper))
    runs = list(_runs(places, heights.all(spark.values)))
    line = "".join(map(_line, runs))
    x, y = runs[-1][-1]
    return Markup(
        f'<svg class="spark" viewBox="0 0 {_WIDE:g} {_HIGH:g}" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<path class="usual" d="{band}"/><path class="line" d="{line}"/><path class="point {spark.tone}" d="M{x:.1f} {y:.1f}h0"/></svg>'
    )


@dataclass(frozen=True)
class _Scale:
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> _Scale:
        known = [value for value in values if math.isfinite(value)]
        return cls(min(known), max(known))

    def all(self, values: Sequence[float]) -> list[float]:
        """From above; one value alone lies in the middle."""
        span = self.most - self.least
        shares = [(self.most - value) / span if span else 0.5 + self.most - value for value in values]
        return [_EDGE + (_HIGH - 2 * _EDGE) * share for share in shares]


def _runs(xs: Sequence[float], ys: Sequence[float]) -> Iterator[list[tuple[float, float]]]:
    """The stretches without a gap."""
    for known, run in groupby(zip(xs, ys, strict=True), key=lambda at: math.isfinite(at[1])):
        if known:
            yield list(run)


def _line(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _outline(xs: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> str:
    """The usual variation: a closed shape for each stretch of months that has one, as wide as its months."""
    half = _WIDE / len(xs) / 2
    whole = [low + high for low, high in zip(lower, upper, strict=True)]
    low_at, high_at = dict(zip(xs, lower, strict=True)), dict(zip(xs, upper, strict=True))
    found = ""
    for run in _runs(xs, whole):
        wide = [(x + side, x) for x, _ in run for side in (-half, half)]
        there = [(at, high_at[x]) for at, x in wide]
        back = [(at, low_at[x]) for at, x in reversed(wide)]
        found += _line([*there, *back]) + "Z"
    return found
