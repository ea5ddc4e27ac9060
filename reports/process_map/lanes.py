"""Which lines run side by side, and in which order do they leave a box?

Two lines that run along the same channel or gap get lanes of their own where they pass each other, and two lines that
meet the same stretch of a row or column get slots of their own. So no line lies on another. The orders are chosen to
cross little: short arcs lie inside long ones, and what turns off first lies nearest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .layout import Cell
from .routes import Route

_LAST = 1_000
_LANED = ("across", "arc", "over")

# (route, box): a line touches a box. A level line has one slot for both its boxes.
Port = tuple[int, int]


@dataclass(frozen=True)
class Lanes:
    """rows : ports on the sides of boxes, by (row, channel), from the top
    tracks : the lane of each route along a gap, from the top
    stubs : ports at the tops and bottoms of boxes, by (gap, column), from the left
    """

    rows: Mapping[tuple[int, int], list[Port]]
    tracks: Mapping[int, int]
    stubs: Mapping[tuple[int, int], list[Port]]


def ordered(routes: Sequence[Route], places: Sequence[Cell]) -> Lanes:
    """The order of the lines everywhere."""
    tracks = _tracks(routes, places)
    return Lanes(_rows(routes, places, _rough_lanes(routes, places)), tracks, _stubs(routes, places, tracks))


def lanes(routes: Sequence[Route], places: Sequence[Cell], spans: Mapping[int, tuple[int, int]]) -> dict[int, int]:
    """The lane of each route along its channel, counted from the inner side; `spans`: from where to where it runs.

    Arcs lie beside their boxes; lines that cross the channel lie beyond them.
    """
    found: dict[int, int] = {}
    for channel in sorted({route.channel for route in routes}):
        here = [route for route in routes if route.channel == channel and route.shape in _LANED]
        arcs = sorted((r for r in here if r.shape == "arc"), key=lambda r: (_length(spans[r.number]), r.number))
        across = sorted((r for r in here if r.shape != "arc"), key=lambda r: _crossing_order(r, places))
        inner = stacked([spans[route.number] for route in arcs])
        outer = stacked([spans[route.number] for route in across])
        beyond = max(inner, default=-1) + 1
        found |= {route.number: lane for route, lane in zip(arcs, inner, strict=True)}
        found |= {route.number: lane + beyond for route, lane in zip(across, outer, strict=True)}
    return found


def stacked(spans: Iterable[tuple[int, int]]) -> list[int]:
    """For each span the lane after those of the earlier ones that it touches, so that their order stays."""
    taken: list[tuple[int, int, int]] = []
    for low, high in spans:
        lane = max((there + 1 for a, b, there in taken if a <= high and low <= b), default=0)
        taken.append((low, high, lane))
    return [lane for _, _, lane in taken]


def _rough_lanes(routes: Sequence[Route], places: Sequence[Cell]) -> dict[int, int]:
    """Lanes by rows and gaps alone (row r lies between gaps r and r + 1), to order the slots by."""
    spans = {}
    for route in routes:
        inner, outer = 2 * places[route.inner].row + 1, 2 * places[route.outer].row + 1
        if route.shape == "over":
            outer = 2 * route.gap
        spans[route.number] = (min(inner, outer), max(inner, outer))
    return lanes(routes, places, spans)


def _length(span: tuple[int, int]) -> int:
    return span[1] - span[0]


def _crossing_order(route: Route, places: Sequence[Cell]) -> tuple[int, int, int, int]:
    """From the inner side outwards: of lines that go down, the lowest first; of those that go up, the highest."""
    inner, outer = places[route.inner].row, places[route.outer].row
    down = outer > inner
    return (int(down), -inner if down else inner, -outer if down else outer, route.number)


def _rows(
    routes: Sequence[Route], places: Sequence[Cell], lane: Mapping[int, int]
) -> dict[tuple[int, int], list[Port]]:
    keyed: dict[tuple[int, int], list[tuple[tuple[int, int, int], Port]]] = defaultdict(list)
    for route in routes:
        for box, key in _touched(route, places, lane.get(route.number, 0)):
            keyed[places[box].row, route.channel].append(((*key, route.number), (route.number, box)))
    return {where: [port for _, port in sorted(ports)] for where, ports in keyed.items()}


def _touched(route: Route, places: Sequence[Cell], lane: int) -> list[tuple[int, tuple[int, int]]]:
    """The boxes whose sides a route touches, with the order of its slot there.

    From the top: lines that go up, the nearest lane first; the two ends of a loop; level lines; lines that go down,
    the furthest lane first.
    """
    if route.shape == "straight":
        return []
    if route.shape == "level":
        return [(route.inner, (1, 0))]
    if route.shape == "drop":
        return [(route.target, (0, _LAST + places[route.source].column))]
    if route.source == route.target:
        return [(route.target, (1, -2)), (route.source, (1, -1))]
    found = []
    for box, other in ((route.source, route.target), (route.target, route.source)):
        if route.shape == "over" and box == route.outer:
            continue
        other_row = 2 * places[other].row if route.shape != "over" else 2 * route.gap - 1
        away = lane if box == route.inner or route.shape == "arc" else -lane
        found.append((box, (0, away) if other_row < 2 * places[box].row else (2, -away)))
    return found


def _tracks(routes: Sequence[Route], places: Sequence[Cell]) -> dict[int, int]:
    found: dict[int, int] = {}
    overs = [route for route in routes if route.shape == "over"]
    for gap in sorted({route.gap for route in overs}):
        here = sorted((r for r in overs if r.gap == gap), key=lambda r: _track_order(r, places))
        spans = [(2 * route.channel, 2 * places[route.outer].column + 1) for route in here]
        found |= {route.number: track for route, track in zip(here, stacked(spans), strict=True)}
    return found


def _track_order(route: Route, places: Sequence[Cell]) -> tuple[int, int, int]:
    """From the top: lines of the boxes above, the nearest first; then of the boxes below, the furthest first."""
    outer = places[route.outer]
    from_above = outer.row < route.gap
    return (0, outer.column, route.number) if from_above else (1, -outer.column, route.number)


def _stubs(
    routes: Sequence[Route], places: Sequence[Cell], tracks: Mapping[int, int]
) -> dict[tuple[int, int], list[Port]]:
    """Straight lines stand last, so that they can stand in the middle of the box and the others left of it."""
    keyed: dict[tuple[int, int], list[tuple[int, Port]]] = defaultdict(list)
    for route in routes:
        if route.shape in ("straight", "drop"):
            key, box = _LAST, route.source
        elif route.shape == "over":
            box = route.outer
            from_above = places[box].row < route.gap
            key = tracks[route.number] if from_above else -tracks[route.number]
        else:
            continue
        keyed[route.gap, places[box].column].append((key, (route.number, box)))
    return {where: [port for _, port in sorted(stubs)] for where, stubs in keyed.items()}
