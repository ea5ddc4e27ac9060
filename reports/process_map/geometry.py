"""Where is everything, in pixels? From rows, columns, lanes and slots to boxes and lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .lanes import Lanes, Port, lanes, ordered
from .layout import Cell
from .routes import Route

Point = tuple[int, int]

SLOT = 12  # between two lines at the side of a box
_LANE = 16  # between two lines along a channel
_TRACK = 14  # between two lines along a gap
_EDGE = 22  # between a box and the first lane beside it
_GAP = 46  # between two rows: room for a number and an arrowhead
_MARGIN = 14
_STUB = 24  # between two lines at the top or bottom of a box, where there is room
_CLEAR = 8  # between the ends of two lines in one lane


@dataclass(frozen=True)
class Size:
    width: int
    height: int


@dataclass(frozen=True)
class Box:
    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def middle(self) -> int:
        return self.left + self.width // 2


@dataclass(frozen=True)
class Geometry:
    """boxes and lines : in the order of the nodes and the routes; a line is a list of corners"""

    boxes: tuple[Box, ...]
    lines: tuple[tuple[Point, ...], ...]
    width: int
    height: int


def geometry(routes: Sequence[Route], places: Sequence[Cell], sizes: Sequence[Size], label: int) -> Geometry:
    """Coordinates. `sizes`: the least of each box; `label`: the width of the widest text on a line."""
    order = ordered(routes, places)
    gaps, rows = _heights(order, places, sizes)
    slots = _slots(order, rows)
    slots |= {(r.number, r.outer): slots[r.number, r.inner] for r in routes if r.shape == "level"}
    spans = {route.number: _span(route, order, slots, gaps) for route in routes}
    lane = lanes(routes, places, spans)
    columns, channels = _widths(routes, places, sizes, lane, label)
    boxes = tuple(_box(i, places, sizes, columns, rows, slots) for i in range(len(places)))
    stubs = _stubs(order, columns)
    drawn = _Drawn(boxes, order, slots, stubs, gaps, channels, columns, lane)
    lines = tuple(_line(route, drawn, places) for route in routes)
    last = max(cell.column for cell in places) + 1
    right = max([*(box.right for box in boxes), *(x for line in lines for x, _ in line)])
    width = right + _outside(routes, last, label) + _MARGIN
    return Geometry(boxes, lines, width, max(box.bottom for box in boxes) + _MARGIN)


@dataclass(frozen=True)
class _Drawn:
    """All that a line's corners are worked out from."""

    boxes: Sequence[Box]
    order: Lanes
    slots: Mapping[Port, int]
    stubs: Mapping[Port, int]
    gaps: Sequence[int]
    channels: Sequence[int]
    columns: Sequence[int]
    lane: Mapping[int, int]


def _heights(order: Lanes, places: Sequence[Cell], sizes: Sequence[Size]) -> tuple[list[int], list[int]]:
    """The top of each gap, and the middle of each row."""
    last = max(cell.row for cell in places)
    tall = [
        max(size.height for size, cell in zip(sizes, places, strict=True) if cell.row == r) for r in range(last + 1)
    ]
    for (row, _), ports in order.rows.items():
        tall[row] = max(tall[row], SLOT * (len(ports) + 1))
    tracks = [0] * (last + 1)
    for (gap, _), stubs in order.stubs.items():
        used = [order.tracks[route] for route, _ in stubs if route in order.tracks]
        tracks[gap] = max(tracks[gap], max(used, default=-1) + 1)
    gaps, rows, y = [], [], 0
    for row in range(last + 1):
        gaps.append(y)
        y += max(_GAP, _GAP - _TRACK + _TRACK * tracks[row]) if row else _MARGIN
        rows.append(y + tall[row] // 2)
        y += tall[row]
    return gaps, rows


def _slots(order: Lanes, rows: Sequence[int]) -> dict[Port, int]:
    """The height at which each line meets the side of a box."""
    return {
        port: rows[row] + SLOT * i - SLOT * (len(ports) - 1) // 2
        for (row, _), ports in order.rows.items()
        for i, port in enumerate(ports)
    }


def _span(route: Route, order: Lanes, slots: Mapping[Port, int], gaps: Sequence[int]) -> tuple[int, int]:
    """From where to where a route runs along its channel, with room at both ends."""
    ends = [slots[port] for port in ((route.number, route.source), (route.number, route.target)) if port in slots]
    if route.source == route.target and ends:
        ends.append(ends[0] - SLOT)
    if route.shape == "over":
        ends.append(_track(route, order, gaps))
    return (min(ends) - _CLEAR // 2, max(ends) + _CLEAR // 2) if ends else (0, 0)


def _track(route: Route, order: Lanes, gaps: Sequence[int]) -> int:
    return gaps[route.gap] + _GAP // 2 + _TRACK * order.tracks[route.number]


def _widths(
    routes: Sequence[Route], places: Sequence[Cell], sizes: Sequence[Size], lane: Mapping[int, int], label: int
) -> tuple[list[int], list[int]]:
    """The middle of each column, and the first lane of each channel."""
    last = max(cell.column for cell in places)
    wide = max(size.width for size in sizes)
    used = [-1] * (last + 2)
    least = [0] * (last + 2)
    for route in routes:
        used[route.channel] = max(used[route.channel], lane.get(route.number, -1))
        if route.channel and (route.source == route.target or route.shape in ("level", "across")):
            least[route.channel] = label + 2 * _EDGE
    x = _MARGIN + _outside(routes, 0, label)
    columns, channels = [], []
    for column in range(last + 2):
        inside = max(2 * _EDGE + _LANE * used[column], least[column], _EDGE)
        channels.append(x + inside - _EDGE if column == 0 else x + _EDGE)
        columns.append(x + inside + wide // 2)
        x += inside + wide
    return columns, channels


def _outside(routes: Sequence[Route], channel: int, label: int) -> int:
    """Room for numbers beyond the lines of the first or last channel: half of one, or all of one beside a loop."""
    here = [route for route in routes if route.channel == channel and route.shape == "arc"]
    if any(route.source == route.target for route in here):
        return label
    return label // 2 if here else 0


def _box(
    number: int,
    places: Sequence[Cell],
    sizes: Sequence[Size],
    columns: Sequence[int],
    rows: Sequence[int],
    slots: Mapping[Port, int],
) -> Box:
    """A box is as tall as its text needs, and reaches to the lines that meet it."""
    cell, size = places[number], sizes[number]
    met = [y for (_, box), y in slots.items() if box == number]
    middle = rows[cell.row]
    top = min([middle - size.height // 2, *(y - SLOT // 2 - 2 for y in met)])
    bottom = max([middle + size.height // 2, *(y + SLOT // 2 + 2 for y in met)])
    return Box(columns[cell.column] - size.width // 2, top, size.width, bottom - top)


def _stubs(order: Lanes, columns: Sequence[int]) -> dict[Port, int]:
    """Where each line meets the top or bottom of a box: around the middle, or left of a straight one in the middle."""
    found = {}
    for (_, column), ports in order.stubs.items():
        straight = ports[-1][0] not in order.tracks
        among = 2 * len(ports) - 1 if straight else len(ports)
        step = min(_STUB, 160 // among)
        first = columns[column] - step * (among - 1) // 2
        found |= {port: first + step * i for i, port in enumerate(ports)}
    return found


def _line(route: Route, drawn: _Drawn, places: Sequence[Cell]) -> tuple[Point, ...]:
    source, target = drawn.boxes[route.source], drawn.boxes[route.target]
    if route.shape == "straight":
        x = drawn.stubs[route.number, route.source]
        return (x, source.bottom), (x, target.top)
    if route.shape == "drop":
        x, y = drawn.stubs[route.number, route.source], drawn.slots[route.number, route.target]
        return (x, source.bottom), (x, y), (target.right, y)
    if route.shape == "over":
        return _over(route, drawn, places)
    first, last = (_side(route, box, drawn, places) for box in (route.source, route.target))
    if route.shape == "level":
        return first, last
    if route.source == route.target:
        last = (first[0], first[1] - SLOT)
    x = _lane(route, drawn)
    return first, (x, first[1]), (x, last[1]), last


def _over(route: Route, drawn: _Drawn, places: Sequence[Cell]) -> tuple[Point, ...]:
    """From the inner box to the outer one, or the other way round."""
    start, lane = _side(route, route.inner, drawn, places), _lane(route, drawn)
    y, x = _track(route, drawn.order, drawn.gaps), drawn.stubs[route.number, route.outer]
    outer = drawn.boxes[route.outer]
    edge = outer.bottom if places[route.outer].row < route.gap else outer.top
    points = (start, (lane, start[1]), (lane, y), (x, y), (x, edge))
    return points if route.source == route.inner else points[::-1]


def _side(route: Route, box: int, drawn: _Drawn, places: Sequence[Cell]) -> Point:
    """Where a route meets the side of a box that faces its channel."""
    edge = drawn.boxes[box].left if route.channel == places[box].column else drawn.boxes[box].right
    return edge, drawn.slots[route.number, box]


def _lane(route: Route, drawn: _Drawn) -> int:
    outwards = -1 if route.channel == 0 else 1
    return drawn.channels[route.channel] + outwards * _LANE * drawn.lane[route.number]
