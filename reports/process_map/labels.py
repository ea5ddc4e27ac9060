"""Where does the number of each line stand?

On its line, clear of every box and every other number. Among the free places the one is taken that covers least of
other lines and lies nearest the middle of a long stretch. The picture is a raster of small squares, one bit each, so
that a place is tried in a few operations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .geometry import Geometry, Point, Size

_SQUARE = 8
_STEP = 8
_MOST_TRIED = 12  # places on each side of the middle of a stretch
_BESIDE = 6  # between a line and a number beside it
_END = 9  # what a number leaves free of a stretch at each end, for corners and arrowheads
_COVER = 8  # the cost of each square of another line that a number covers


@dataclass(frozen=True)
class Label:
    """Where a number stands: around, left of ("end") or right of ("start") its point. ``free``: in a clear place."""

    x: int
    y: int
    anchor: str
    free: bool


@dataclass(frozen=True)
class _Squares:
    """The squares that a box touches: rows, and in each of them these bits."""

    first: int
    last: int
    bits: int


class _Raster:
    """A set of squares, one number of bits per row."""

    def __init__(self, height: int) -> None:
        self._rows = [0] * (height // _SQUARE + 4)

    def add(self, squares: _Squares) -> None:
        for row in range(squares.first, squares.last):
            self._rows[row] |= squares.bits

    def covered(self, squares: _Squares) -> int:
        """How many of the squares are in the set."""
        found = 0
        for row in self._rows[squares.first : squares.last]:
            if row & squares.bits:
                found += (row & squares.bits).bit_count()
        return found


def labels(drawn: Geometry, sizes: Sequence[Size]) -> tuple[Label, ...]:
    """The place of each line's number, of the size given. The lines with the fewest places choose first."""
    taken, lines = _Raster(drawn.height), _Raster(drawn.height)
    for box in drawn.boxes:
        taken.add(_squares(box.left - 2, box.top - 2, box.width + 4, box.height + 4))
    for line in drawn.lines:
        for (x0, y0), (x1, y1) in pairwise(line):
            lines.add(_squares(min(x0, x1), min(y0, y1), abs(x0 - x1), abs(y0 - y1)))
    found: dict[int, Label] = {}
    for number in sorted(range(len(drawn.lines)), key=lambda i: (_length(drawn.lines[i]), i)):
        label, squares = _best(drawn, number, sizes[number], taken, lines)
        taken.add(squares)
        found[number] = label
    return tuple(found[number] for number in range(len(drawn.lines)))


def _best(drawn: Geometry, number: int, size: Size, taken: _Raster, lines: _Raster) -> tuple[Label, _Squares]:
    """The cheapest free place: on the line, and beside it where there is none or the line is shorter than its number."""
    line = drawn.lines[number]
    for beside in (False, True) if _has_room(line, size) else (True, False):
        best = None
        for cost, x, y, anchor, own in sorted(_candidates(line, size, beside)):
            if best is not None and cost >= best[0]:
                break
            left = _left(x, anchor, size)
            if left < 0 or left + size.width > drawn.width:
                continue
            squares = _squares(left, y - size.height // 2, size.width, size.height)
            if taken.covered(squares):
                continue
            total = cost + _COVER * max(lines.covered(squares) - own, 0)
            if best is None or total < best[0]:
                best = (total, Label(x, y, anchor, True), squares)
        if best is not None:
            return best[1], best[2]
    _, x, y, anchor, _ = min(_candidates(line, size, False))
    squares = _squares(_left(x, anchor, size), y - size.height // 2, size.width, size.height)
    return Label(x, y, anchor, False), squares


def _candidates(line: Sequence[Point], size: Size, beside: bool) -> Iterator[tuple[int, int, int, str, int]]:
    """Cost, point, anchor, and squares of the line itself that are covered. The middle of the longest is cheapest."""
    longest = max(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(line))
    for start, stop in pairwise(line):
        vertical = start[0] == stop[0]
        low, high = sorted((start[vertical], stop[vertical]))
        along = size.height if vertical else size.width
        half = max((high - low - along) // 2 - _END, 0)
        for away in range(0, half + 1, max(_STEP, half // _MOST_TRIED)):
            cost = away // 4 + (longest - high + low) // 8
            for place in {(low + high) // 2 - away, (low + high) // 2 + away}:
                x, y = (start[0], place) if vertical else (place, start[1])
                if not beside:
                    yield cost, x, y, "middle", along // _SQUARE
                elif vertical:
                    yield cost, x + _BESIDE, y, "start", 0
                    yield cost, x - _BESIDE, y, "end", 0
                else:
                    yield cost, x, y - size.height // 2 - _BESIDE, "middle", 0
                    yield cost, x, y + size.height // 2 + _BESIDE, "middle", 0


def _left(x: int, anchor: str, size: Size) -> int:
    return x - {"start": 0, "middle": size.width // 2, "end": size.width}[anchor]


def _has_room(line: Sequence[Point], size: Size) -> bool:
    return any(abs(a[0] - b[0]) >= size.width or abs(a[1] - b[1]) >= size.height for a, b in pairwise(line))


def _length(line: Sequence[Point]) -> int:
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(line))


def _squares(left: int, top: int, width: int, height: int) -> _Squares:
    first = max(left // _SQUARE, 0)
    across = max((left + width) // _SQUARE, first) - first + 1
    return _Squares(max(top // _SQUARE, 0), (top + height) // _SQUARE + 1, ((1 << across) - 1) << first)
