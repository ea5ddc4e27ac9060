"""Where does each box stand? In which row and column, before there are any coordinates.

The line is column 0, from top to bottom. The other boxes stand in columns to the right, each in the row after the box
that most cases come to it from. Where a detour goes on to a later step of the line, that step waits for it: so what
goes on goes down, and what goes up goes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .model import Arrow, Node

# How much worse is it to stand one column further out, or one row further down, than wished for?
_COLUMN, _ROW = 1.6, 1.0
_ROWS_TRIED = 4


@dataclass(frozen=True)
class Cell:
    row: int
    column: int


def cells(nodes: Sequence[Node], arrows: Sequence[Arrow]) -> tuple[Cell, ...]:
    """The cell of each box."""
    end = next(number for number, node in enumerate(nodes) if node.kind == "end")
    parents = _parents(nodes, arrows, end)
    leaves_from = _leaves_from(parents, end)
    goes_on_to = _goes_on_to(parents, leaves_from, arrows, end)
    places: dict[int, Cell] = {}
    row = 0
    for step in range(end):
        row = max([row, *(places[box].row for box in places if goes_on_to.get(box) == step)])
        places[step] = Cell(row, 0)
        for box, parent in parents.items():
            if leaves_from[box] == step:
                places[box] = _free(places, places[parent])
        row += 1
    places[end] = Cell(max(cell.row for cell in places.values()) + 1, 0)
    return tuple(places[number] for number in range(len(nodes)))


def _parents(nodes: Sequence[Node], arrows: Sequence[Arrow], end: int) -> dict[int, int]:
    """For each box beside the line the box before it, most used arrows first; "other steps" when they must."""
    found: dict[int, int] = {}
    waiting = list(range(end + 1, len(nodes)))
    while waiting:
        known = {*range(end), *found}
        into = [a for a in arrows if a.source in known and a.target in waiting]
        out = [a for a in arrows if a.target in known and a.source in waiting]
        if into:
            best = max(into, key=lambda a: (nodes[a.target].kind == "side", a.cases, -a.source, -a.target))
            box, parent = best.target, best.source
        elif out:
            best = max(out, key=lambda a: (a.cases, -a.source, -a.target))
            box, parent = best.source, found.get(best.target, max(best.target - 1, 0))
        else:
            box, parent = waiting[0], 0
        found[box] = parent
        waiting.remove(box)
    return found


def _leaves_from(parents: Mapping[int, int], end: int) -> dict[int, int]:
    """The step of the line that the way to each box leaves from."""
    found: dict[int, int] = {}
    for box, parent in parents.items():
        found[box] = parent if parent < end else found[parent]
    return found


def _goes_on_to(
    parents: Mapping[int, int], leaves_from: Mapping[int, int], arrows: Sequence[Arrow], end: int
) -> dict[int, int]:
    """The later step of the line that each box is followed by, where one is followed by any most of the time."""
    found = {}
    for box in parents:
        out = [a for a in arrows if a.source == box and a.target < end]
        if out:
            best = max(out, key=lambda a: (a.cases, -a.target)).target
            if best > leaves_from[box]:
                found[box] = best
    return found


def _free(places: Mapping[int, Cell], beside: Cell) -> Cell:
    """The nearest free cell to the one below and outside of `beside`."""
    taken = set(places.values())
    wished = max(beside.column, 1)
    tried = [
        (_ROW * down + _COLUMN * abs(column - wished), row, column)
        for down, row in enumerate(range(beside.row + 1, beside.row + 1 + _ROWS_TRIED))
        for column in range(1, len(places) + 2)
        if Cell(row, column) not in taken
    ]
    _, row, column = min(tried)
    return Cell(row, column)
