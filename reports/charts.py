"""How is a chart drawn without a script?

Every chart of the page stands there as a drawing of our own, which needs no library and prints; where scripts run,
``figures.py`` puts one that answers to pointing in its place. Both are made from the same data and share the measures
below, so that nothing moves when one takes over from the other.

Places across are given in per cent of the width and places down in pixels: the drawing fits a telephone and a poster,
and its letters keep their size. That is why the labels beside the plot are drawings of their own, and why what is one
shape from side to side, a band or a curve in steps, lies in a drawing that is stretched across.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from markupsafe import Markup, escape

from .section import Chart, Panel, Series, Tick

# Pixels.
LEFT = 44
_LETTER, _NO_NAMES = 8.2, 12
_ABOVE, _BELOW, _HEIGHTS = 38, 44, (210, 60)
_LINE = 17  # of text

# Labels that fit side by side on a wide and on a narrow screen.
_LABELS, FEW_LABELS = 13, 4

# A point for each of so many values can be told from the next; of more, smaller ones are drawn.
_POINTS, RADII = 60, (4, 2)
_ACROSS = 1_000  # units across a stretched drawing

# Up to this share of the width there is room for a text to the right of a mark, also on a telephone.
ROOM = 0.5


@dataclass(frozen=True)
class Place:
    """Where a panel stands, in pixels from the top of the chart."""

    panel: Panel
    top: int
    height: int

    @property
    def title(self) -> float:
        """The base of the title's letters; each marked place has a line of its own below."""
        return self.top - 14 - _LINE * len(self.panel.lines)

    def mark(self, number: int) -> float:
        """The base of the letters of a marked place."""
        return self.top - 10 - _LINE * (len(self.panel.lines) - 1 - number)

    def y(self, value: float) -> float:
        return round(self.top + self.height * (1 - value / self.panel.ticks[-1].at), 1)


def places(chart: Chart) -> tuple[tuple[Place, ...], int]:
    """The panels from above, and the height of the whole."""
    found, top = [], 0
    for number, panel in enumerate(chart.panels):
        height = _HEIGHTS[min(number, len(_HEIGHTS) - 1)]
        top += _ABOVE + _LINE * len(panel.lines)
        found.append(Place(panel, top, height))
        top += height
    return tuple(found), top + _BELOW


def labelled(chart: Chart, most: int = _LABELS) -> tuple[Tick, ...]:
    """As many of the places' labels as there is room for, evenly spread; a second line is not said again."""
    ticks = chart.ticks[:: math.ceil(len(chart.ticks) / most)]
    return tuple(
        tick if n == 0 or tick.under != ticks[n - 1].under else replace(tick, under="") for n, tick in enumerate(ticks)
    )


def names_beside(place: Place) -> list[tuple[Series, float]]:
    """The name of each of several lines beside its last point, moved apart where they would stand on each other."""
    ends = [(series, place.y(_last(series))) for series in _named(place.panel)]
    found: list[tuple[Series, float]] = []
    for series, y in sorted(ends, key=lambda end: (end[1], end[0].name)):
        found.append((series, max(y, found[-1][1] + _LINE) if found else y))
    return found


def line_names(chart: Chart) -> tuple[Series, ...]:
    """The lines, for a list of their names where there is no room beside them."""
    return tuple(series for panel in chart.panels for series in _named(panel))


def _named(panel: Panel) -> list[Series]:
    """The lines of a panel that has several; what one alone shows is said by the title."""
    lines = [series for series in panel.series if series.mark != "bars" and any(map(math.isfinite, series.values))]
    return lines if len(lines) > 1 else []


def corners(xs: Sequence[float], ys: Sequence[float]) -> list[tuple[float, float]]:
    """The corners of a curve in steps: each value holds until the place of the next."""
    found = [(xs[0], ys[0])]
    for (_, before), (x, y) in pairwise(zip(xs, ys, strict=True)):
        found += [(x, before), (x, y)]
    return found


def bands(series: Series, top: float) -> list[list[tuple[float, float]]]:
    """The outlines of the interval around a line, one for each run of places that have one; none is above `top`."""
    if not series.band:
        return []
    known = [
        (x, min(low, top), min(high, top)) if math.isfinite(value) and low <= high else None
        for x, value, low, high in zip(series.places, series.values, *series.band, strict=True)
    ]
    path = corners if series.mark == "steps" else lambda xs, ys: list(zip(xs, ys, strict=True))
    found = []
    for has_one, run in groupby(known, key=lambda each: each is not None):
        if has_one:
            xs, lows, highs = zip(*(each for each in run if each), strict=True)
            found.append(path(xs, lows) + path(xs, highs)[::-1])
    return found


def radius(series: Series) -> int:
    """Of the points on a line, in pixels."""
    return RADII[len(series.values) > _POINTS]


def right(chart: Chart) -> int:
    """Room for the names beside the lines."""
    longest = max((len(series.name) for series in line_names(chart)), default=0)
    return round(10 + _LETTER * longest) if longest else _NO_NAMES


def drawn(chart: Chart) -> Markup:
    """The chart as three drawings side by side: the values' labels, the plot, the names of its lines."""
    height = places(chart)[1]
    svg = '<svg class="{}" height="{}"{} aria-hidden="true" focusable="false">{}</svg>'
    return Markup("").join(
        Markup(svg.format(name, height, f' width="{width}"' if width else "", inner))
        for name, inner, width in parts(chart)
    )


def parts(chart: Chart) -> list[tuple[str, str, int | None]]:
    """Name, content and width of the three drawings; the plot takes the width that there is."""
    panels, height = places(chart)
    return [
        ("values", "".join(map(_value_labels, panels)), LEFT),
        ("field", "".join(_field(chart, place) for place in panels) + _place_labels(chart, height), None),
        ("ends", "".join(map(_names, panels)), right(chart)),
    ]


def _value_labels(place: Place) -> str:
    return "".join(_text(LEFT - 8, place.y(tick.at) + 4.5, tick.text, "value") for tick in place.panel.ticks)


def _names(place: Place) -> str:
    return "".join(_text(10, y + 4.5, series.name, f"end {series.tone}") for series, y in names_beside(place))


def _place_labels(chart: Chart, height: int) -> str:
    few, many = labelled(chart, FEW_LABELS), labelled(chart)
    # Two sets where a narrow screen has no room for all.
    sets = [("place", many)] if few == many else [("place many", many), ("place few", few)]
    y = height - _BELOW + 18
    lines = []
    for kind, ticks in sets:
        for tick in ticks:
            x = _across(tick.at, chart)
            lines.append(_text(x, y, tick.text, kind))
            lines += [_text(x, y + _LINE, tick.under, kind)] if tick.under else []
    return "".join(lines)


def _field(chart: Chart, place: Place) -> str:
    """Title, grid, bands, bars, lines and points of one panel."""
    drawn = [_text(0, place.title, place.panel.title, "title")]
    for tick in place.panel.ticks:
        y = place.y(tick.at)
        drawn.append(f'<line class="{"grid" if tick.at else "floor"}" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
    drawn += [_band(chart, place, series) for series in place.panel.series if series.band]
    draw = {"bars": _bars, "line": _points, "steps": _steps}
    for series in place.panel.series:
        drawn += draw[series.mark](chart, place, series)
    # All the lines first: the texts stand on a ground that covers what they cross.
    marks = [_mark(chart, place, number) for number in range(len(place.panel.lines))]
    return "".join([*drawn, *(line for line, _ in marks), *(text for _, text in marks)])


def _band(chart: Chart, place: Place, series: Series) -> str:
    outlines = bands(series, place.panel.ticks[-1].at)
    return _stretched(chart, place, f"band {series.tone}", [_path(chart, place, outline) + "Z" for outline in outlines])


def _steps(chart: Chart, place: Place, series: Series) -> Iterator[str]:
    curve = _path(chart, place, corners(series.places, series.values))
    yield _stretched(chart, place, f"line {series.tone}", [curve])


def _stretched(chart: Chart, place: Place, kind: str, paths: list[str]) -> str:
    """Shapes in units of their own across, and in pixels down."""
    return (
        f'<svg y="{place.top}" width="100%" height="{place.height}" '
        f'viewBox="0 {place.top} {_ACROSS} {place.height}" preserveAspectRatio="none">'
        f'<path class="{kind}" d="{"".join(paths)}"/></svg>'
    )


def _path(chart: Chart, place: Place, points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_ACROSS * x / chart.length:.1f} {place.y(value)}" for x, value in points)


def _bars(chart: Chart, place: Place, series: Series) -> Iterator[str]:
    slot = 100 / chart.length
    floor = place.y(0)
    for number, value in enumerate(series.values):
        top = place.y(value)
        kind = f"bar {series.tone}{' unfinished' if series.unfinished[number] else ''}"
        yield (
            f'<rect class="{kind}" x="{slot * (series.places[number] - 0.4):.2f}%" width="{slot * 0.8:.2f}%" y="{top}" '
            f'height="{floor - top:.1f}"><title>{escape(series.said[number])}</title></rect>'
        )


def _points(chart: Chart, place: Place, series: Series) -> Iterator[str]:
    xs = [_across(at, chart) for at in series.places]
    ys = [place.y(value) if math.isfinite(value) else None for value in series.values]
    r = radius(series)
    for n in range(1, len(xs)):
        if ys[n - 1] is not None and ys[n] is not None:
            kind = f"line {series.tone}{' unfinished' if True in series.unfinished[n - 1 : n + 1] else ''}"
            yield f'<line class="{kind}" x1="{xs[n - 1]}" y1="{ys[n - 1]}" x2="{xs[n]}" y2="{ys[n]}"/>'
    for x, y, said, unfinished in zip(xs, ys, series.said, series.unfinished, strict=True):
        if y is not None:
            kind = f"point {series.tone}{' unfinished' if unfinished else ''}"
            yield f'<circle class="{kind}" cx="{x}" cy="{y}" r="{r}"><title>{escape(said)}</title></circle>'


def _mark(chart: Chart, place: Place, number: int) -> tuple[str, str]:
    """A line across the panel, and its text to the right of its upper end, or to the left where there is no room."""
    line = place.panel.lines[number]
    x, y = _across(line.at, chart), place.mark(number)
    to_the_left = line.at > chart.length * ROOM
    return (
        f'<line class="mark" x1="{x}" x2="{x}" y1="{y - 10:.1f}" y2="{place.y(0)}"/>',
        _text(x, y, line.text, "mark left" if to_the_left else "mark", -6 if to_the_left else 6),
    )


def _across(at: float, chart: Chart) -> str:
    return f"{100 * at / chart.length:.2f}%"


def _last(series: Series) -> float:
    return next((value for value in reversed(series.values) if math.isfinite(value)), 0.0)


def _text(x: object, y: float, text: str, kind: str, dx: int = 0) -> str:
    return f'<text class="{kind}" x="{x}" y="{y:.1f}" dx="{dx}">{escape(text)}</text>'
