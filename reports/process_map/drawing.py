"""The picture: boxes, lines and numbers as SVG, coloured and switched by the page's style alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ..words import Words
from .geometry import Box, Geometry, Point, Size, geometry
from .labels import Label, labels
from .layout import Cell, cells
from .model import Arrow, Node, ProcessMap
from .routes import routes
from .wording import VIEWS, figures, highest, name, of_box, of_line
from .wrapping import NUMBER_SIZE, width, wrapped

_BOX, _PILL = 180, 128
_SIDE, _PAD = 6, 10
_LINE = 15
_LABEL = 17
_CORNER = 9
_THINNEST, _THICKER, _THICKEST_BESIDE = 1.4, 5.6, 4.6
_CASING = 4
_MEANT = {None: "", True: " meant", False: " astray"}
_ICONS = {"start": "m-5 -6 11 6 -11 6z", "end": "m-5 -5h10v10h-10z"}


@dataclass(frozen=True)
class Picture:
    """svg : the drawing; goes_back : does any line on it?"""

    svg: Markup
    goes_back: bool


@dataclass(frozen=True)
class _Plan:
    """All that is drawn, and where. ``back``: of each arrow, does it go to an earlier or the same box?"""

    shown: ProcessMap
    names: Sequence[tuple[str, ...]]
    texts: Sequence[tuple[str, ...]]
    drawn: Geometry
    places: Sequence[Label]
    back: Sequence[bool]


def picture(shown: ProcessMap, label: str, words: Words) -> Picture:
    """The map as SVG. `label`: what it is, for those who do not see it."""
    plan = _planned(shown, words)
    parts = [*_lines(plan, words), *_boxes(plan, words), *_numbers(plan)]
    size = Markup('viewBox="0 0 {w} {h}" width="{w}" height="{h}"').format(w=plan.drawn.width, h=plan.drawn.height)
    svg = Markup('<svg class="map-picture" role="img" aria-label="{}" {}>\n{}\n</svg>')
    return Picture(svg.format(label, size, Markup("\n").join(parts)), any(plan.back))


def _planned(shown: ProcessMap, words: Words) -> _Plan:
    names = [wrapped(name(node, words), _BOX - 2 * _SIDE) for node in shown.nodes]
    texts = [figures(arrow, words) for arrow in shown.arrows]
    places = cells(shown.nodes, shown.arrows)
    sizes = [Size(math.ceil(max(width(text, NUMBER_SIZE) for text in each)) + 6, _LABEL) for each in texts]
    widest = max(size.width for size in sizes)
    drawn = geometry(
        routes(shown.arrows, places, shown.end),
        places,
        [_size(n) for n in zip(shown.nodes, names, strict=True)],
        widest,
    )
    back = [_goes_back(arrow, places, shown.end) for arrow in shown.arrows]
    return _Plan(shown, names, texts, drawn, labels(drawn, sizes), back)


def _size(named: tuple[Node, tuple[str, ...]]) -> Size:
    node, lines = named
    return Size(_PILL, 34) if node.kind in _ICONS else Size(_BOX, 2 * _PAD + _LINE * len(lines) + _LINE)


def _goes_back(arrow: Arrow, places: Sequence[Cell], end: int) -> bool:
    """Up, or around to the same box."""
    up = places[arrow.target].row < places[arrow.source].row
    return arrow.target != end and (up or arrow.source == arrow.target)


def _lines(plan: _Plan, words: Words) -> Iterable[Markup]:
    """The thickest first, so that a thin line is seen where it crosses a thick one."""
    order = sorted(range(len(plan.shown.arrows)), key=lambda i: (-_thickness(plan.shown.arrows[i], plan.shown), i))
    for number in order:
        arrow, corners = plan.shown.arrows[number], plan.drawn.lines[number]
        thick = _thickness(arrow, plan.shown)
        path = _path(corners, _head_length(thick) - 1)
        yield Markup(
            '<g class="{} level-{}"><title>{}</title><path class="casing" stroke-width="{}" d="{}"/>'
            '<path class="way" stroke-width="{}" d="{}"/><path class="head" d="{}"/></g>'
        ).format(
            _kind(arrow, back=plan.back[number]), arrow.level, of_line(arrow, plan.shown, words),
            _short(thick + _CASING), path,
            _short(thick), path, _head(corners, thick),
        )  # fmt: skip


def _kind(arrow: Arrow, *, back: bool) -> str:
    """Where a line goes, and whether it was meant: the names that the style knows."""
    where = "back" if back else "along" if arrow.along else "forward"
    return where if arrow.along else f"{where}{_MEANT[arrow.meant]}"


def _boxes(plan: _Plan, words: Words) -> Iterable[Markup]:
    for node, lines, box in zip(plan.shown.nodes, plan.names, plan.drawn.boxes, strict=True):
        title = of_box(node, words)
        inside = _pill(node, lines, box) if node.kind in _ICONS else _step(node, lines, box, words)
        kind = f"{node.kind}{_MEANT[node.meant]}" + " unseen-step" * (node.kind == "line" and not node.cases)
        yield Markup('<g class="box {} level-{}"><title>{}</title>{}</g>').format(kind, node.level, title, inside)


def _pill(node: Node, lines: Sequence[str], box: Box) -> Markup:
    middle = box.top + box.height // 2
    return Markup(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="17"/><path class="icon" d="M{} {}{}"/>'
        '<text class="name" x="{}" y="{}">{}</text>'
    ).format(
        box.left, box.top, box.width, box.height, box.middle - 24, middle, _ICONS[node.kind],
        box.middle + 10, middle + 5, lines[0],
    )  # fmt: skip


def _step(node: Node, lines: Sequence[str], box: Box, words: Words) -> Markup:
    first = box.top + (box.height - _LINE * (len(lines) + 1)) // 2 + 12
    texts = [
        Markup('<text class="name" x="{}" y="{}">{}</text>').format(box.middle, first + _LINE * i, line)
        for i, line in enumerate(lines)
    ]
    count = Markup('<text class="count" x="{}" y="{}">{}</text>').format(
        box.middle, first + _LINE * len(lines) + 1, words.say("words.cases", node.cases)
    )
    rect = Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="6"/>').format(
        box.left, box.top, box.width, box.height
    )
    return Markup("").join([rect, *texts, count])


def _numbers(plan: _Plan) -> Iterable[Markup]:
    marked = highest(plan.shown.arrows)
    for number, (arrow, place) in enumerate(zip(plan.shown.arrows, plan.places, strict=True)):
        spans = [
            Markup('<tspan class="view-{}{}">{}</tspan>').format(view, " most" * ((number, view) in marked), text)
            for view, text in zip(VIEWS, plan.texts[number], strict=True)
            if text
        ]
        warned = plan.back[number] and arrow.meant is None or arrow.meant is False
        kind = "number" + " back" * warned + f" {place.anchor}" * (place.anchor != "middle")
        yield Markup('<text class="{} level-{}" x="{}" y="{}">{}</text>').format(
            kind, arrow.level, place.x, place.y + 4, Markup("").join(spans)
        )


def _thickness(arrow: Arrow, shown: ProcessMap) -> float:
    thick = _THINNEST + _THICKER * arrow.cases / shown.cases
    return thick if arrow.along else min(thick, _THICKEST_BESIDE)


def _head_length(thick: float) -> float:
    return 7 + 0.9 * thick


def _head(corners: Sequence[Point], thick: float) -> str:
    """A triangle at the end of a line."""
    (x0, y0), (x, y) = corners[-2:]
    along, half = _head_length(thick), 3.2 + 0.8 * thick
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
    points = [(x - dx * along - dy * half * side, y - dy * along - dx * half * side) for side in (1, -1)]
    return f"M{x} {y}L" + "L".join(f"{_short(a)} {_short(b)}" for a, b in points) + "z"


def _path(corners: Sequence[Point], short: float) -> str:
    """A line with rounded corners that ends a little before its arrowhead does."""
    (x0, y0), (x1, y1) = corners[-2:]
    end = (x1 - short * ((x1 > x0) - (x1 < x0)), y1 - short * ((y1 > y0) - (y1 < y0)))
    points: list[tuple[float, float]] = [*corners[:-1], end]
    drawn = [f"M{points[0][0]} {points[0][1]}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        if before == corner or corner == after:
            continue
        radius = min(_CORNER, _length(before, corner) / 2, _length(corner, after) / 2)
        (ax, ay), (bx, by) = _towards(corner, before, radius), _towards(corner, after, radius)
        drawn.append(f"L{_short(ax)} {_short(ay)}Q{corner[0]} {corner[1]} {_short(bx)} {_short(by)}")
    return "".join([*drawn, f"L{_short(end[0])} {_short(end[1])}"])


def _length(start: tuple[float, float], stop: tuple[float, float]) -> float:
    return abs(start[0] - stop[0]) + abs(start[1] - stop[1])


def _towards(start: tuple[float, float], stop: tuple[float, float], by: float) -> tuple[float, float]:
    share = by / _length(start, stop)
    return start[0] + (stop[0] - start[0]) * share, start[1] + (stop[1] - start[1]) * share


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
