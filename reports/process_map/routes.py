"""Which way does each line take around the boxes? Before there are any coordinates.

Between the columns of boxes are *channels* (channel k lies left of column k) and between the rows *gaps* (gap k lies
above row k). A line runs in channels and gaps only, so it never meets a box that is not its own. Its shape:

=========  ===========================================================================================
straight   down to the box below
level      to the neighbour in the same row
across     into the channel between two columns, along it, and into the neighbour's side
arc        out of a box and back into the same column by the channel beside it
over       to a box further out: the channel beside the inner one, then the gap at the outer one's row
drop       from a box with nothing below it, straight down and in to the end
=========  ===========================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .layout import Cell
from .model import Arrow

Shape = Literal["straight", "level", "across", "arc", "over", "drop"]


@dataclass(frozen=True)
class Route:
    """A line before it has coordinates.

    channel : that it runs along, or touches the side of a box in
    gap : that it runs along, or leaves a box into
    inner, outer : the boxes in the lower and the higher column (of an arc or a straight: source and target)
    """

    number: int
    source: int
    target: int
    shape: Shape
    channel: int
    gap: int
    inner: int
    outer: int


def routes(arrows: Sequence[Arrow], places: Sequence[Cell], end: int) -> tuple[Route, ...]:
    """The route of each arrow."""
    lowest: dict[int, int] = {}
    for cell in places:
        lowest[cell.column] = max(cell.row, lowest.get(cell.column, 0))
    found = []
    for number, arrow in enumerate(arrows):
        source, target = places[arrow.source], places[arrow.target]
        is_drop = arrow.target == end and source.column > 0 and source.row == lowest[source.column]
        shape: Shape = "drop" if is_drop else _shape(source, target, arrow.along)
        inner, outer = arrow.source, arrow.target
        if target.column < source.column:
            inner, outer = outer, inner
        channel, gap = _way(shape, places[inner], places[outer])
        found.append(Route(number, arrow.source, arrow.target, shape, channel, gap, inner, outer))
    return tuple(found)


def _shape(source: Cell, target: Cell, along: bool) -> Shape:
    apart = abs(source.column - target.column)
    if apart > 1:
        return "over"
    if apart == 1:
        return "level" if source.row == target.row else "across"
    is_next = along or source.column > 0 and target.row == source.row + 1
    return "straight" if is_next else "arc"


def _way(shape: Shape, inner: Cell, outer: Cell) -> tuple[int, int]:
    """The channel and the gap that a line uses."""
    if shape in ("straight", "drop"):
        above = inner if shape == "straight" else outer
        return inner.column + 1, above.row + 1
    if shape == "arc":
        goes_back = outer.row <= inner.row
        return (0 if inner.column == 0 and goes_back else inner.column + 1), 0
    return inner.column + 1, outer.row + (inner.row > outer.row)
