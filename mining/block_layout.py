"""Where does each part of a process tree stand in a BPMN diagram?

A tree is made of blocks with one way in and one way out, at the same height: the block's line. A sequence puts blocks on
one line. A choice or parallel block stacks its branches between two gateways, the longest one on the line. A loop has the
way back below, drawn from right to left. Since every block keeps to its own rectangle, no two shapes overlap and no flow
crosses a shape.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from .bpmn import BETWEEN, GAP, SIZES, Diagram, Flow, Kind, Point, Shape, straightened
from .process_tree import ProcessTree

_MARGIN = 20
_HALF = SIZES["choice"][0] / 2
_WIRE = 10  # half the height that a way without steps needs


@dataclass
class _Block:
    """Shapes and flows with x from the block's left edge and y from its line.

    up, down : how far it reaches above and below the line
    first, last : the shapes that its ways in and out lead to; None in a block that is only a way
    """

    width: float
    up: float
    down: float
    shapes: list[Shape] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    first: int | None = None
    last: int | None = None


def tree_diagram(tree: ProcessTree) -> Diagram:
    """The tree from a start event to an end event."""
    whole = _in_a_row([_shape("start"), _block(tree), _shape("end")])
    down = whole.up + _MARGIN
    shapes = [Shape(each.kind, each.x + _MARGIN, each.y + down, each.name) for each in whole.shapes]
    order = sorted(range(len(shapes)), key=lambda number: (shapes[number].x, shapes[number].y))
    places = {number: place for place, number in enumerate(order)}
    flows = [
        Flow(places[each.source], places[each.target], tuple((x + _MARGIN, y + down) for x, y in each.waypoints))
        for each in whole.flows
    ]
    # The branches of a gateway stay in the order of the tree: whoever reads the file gets them as they were.
    return Diagram(tuple(shapes[number] for number in order), tuple(sorted(flows, key=lambda each: each.source)))


def _block(tree: ProcessTree) -> _Block:
    if tree.silent:
        return _Block(0, _WIRE, _WIRE)
    if tree.operator is None:
        return _shape("task", tree.label or "")
    if tree.operator == "->":
        return _in_a_row(map(_block, tree.children))
    if tree.operator == "*":
        return _loop(_block(tree.children[0]), _redo(tree.children[1:]))
    kind: Kind = "choice" if tree.operator == "X" else "parallel"
    return _branches(kind, [_block(child) for child in tree.children if kind == "choice" or not child.silent])


def _redo(children: tuple[ProcessTree, ...]) -> _Block:
    together = children[0] if len(children) == 1 else ProcessTree("X", children)
    return _mirrored(_block(together))


def _shape(kind: Kind, name: str = "") -> _Block:
    width, height = SIZES[kind]
    return _Block(width, height / 2, height / 2, [Shape(kind, 0, -height / 2, name)], [], 0, 0)


def _in_a_row(blocks: Iterable[_Block]) -> _Block:
    row = _Block(0, 0, 0)
    for block in blocks:
        if block.first is None:
            continue
        before = row.width
        moved = _put(row, block, before + GAP if row.shapes else 0, 0)
        if row.last is not None:
            row.flows.append(Flow(row.last, moved + block.first, ((before, 0), (before + GAP, 0))))
        row.first = moved + block.first if row.first is None else row.first
        row.last = moved + (block.last or 0)
        row.width = (before + GAP if before else 0) + block.width
    return row if row.shapes else _Block(0, _WIRE, _WIRE)


def _branches(kind: Kind, branches: list[_Block]) -> _Block:
    whole = _Block(0, _HALF, _HALF)
    inner = max(branch.width for branch in branches) + 2 * GAP
    right = 2 * _HALF + inner
    split, join = _put(whole, _shape(kind), 0, 0), _put(whole, _shape(kind), right, 0)
    for branch, line in zip(branches, _lines(branches), strict=True):
        left = 2 * _HALF + (inner - branch.width) / 2
        _connect(whole, (split, _HALF), (join, right + _HALF), branch, left, line)
    whole.width, whole.first, whole.last = right + 2 * _HALF, split, join
    return whole


def _lines(branches: list[_Block]) -> list[float]:
    """The heights of the branches' lines: 0 for the longest, so that it goes straight on, the others near it."""
    heights: list[float] = [0]
    for above, below in itertools.pairwise(branches):
        heights.append(heights[-1] + above.down + BETWEEN + below.up)
    longest = max(range(len(branches)), key=lambda number: branches[number].width)
    return [height - heights[longest] for height in heights]


def _loop(do: _Block, redo: _Block) -> _Block:
    whole = _Block(0, _HALF, _HALF)
    inner = max(do.width, redo.width) + 2 * GAP
    right = 2 * _HALF + inner
    join, split = _put(whole, _shape("choice"), 0, 0), _put(whole, _shape("choice"), right, 0)
    _connect(whole, (join, _HALF), (split, right + _HALF), do, 2 * _HALF + (inner - do.width) / 2, 0)
    line = max(do.down, _HALF) + BETWEEN + redo.up
    _connect(whole, (split, right + _HALF), (join, _HALF), redo, 2 * _HALF + (inner - redo.width) / 2, line)
    whole.width, whole.first, whole.last = right + 2 * _HALF, join, split
    return whole


def _connect(
    whole: _Block, start: tuple[int, float], end: tuple[int, float], block: _Block, left: float, line: float
) -> None:
    """Put the block at `left` on `line`, with ways from one gateway (its number and middle) and to another."""
    (source, source_x), (target, target_x) = start, end
    forth = 1 if source_x < target_x else -1
    leaving, arriving = _corner(source_x, line, forth), _corner(target_x, line, -forth)
    if block.first is None or block.last is None:
        whole.up, whole.down = max(whole.up, block.up - line), max(whole.down, block.down + line)
        whole.flows.append(Flow(source, target, straightened([*leaving, *reversed(arriving)])))
        return
    moved = _put(whole, block, left, line)
    near, far = (left, left + block.width)[::forth]
    whole.flows.append(Flow(source, moved + block.first, straightened([*leaving, (near, line)])))
    whole.flows.append(Flow(moved + block.last, target, straightened([(far, line), *reversed(arriving)])))


def _corner(middle: float, line: float, side: int) -> list[Point]:
    """The way from a gateway to a line: out of the corner that looks there, then up or down."""
    if line == 0:
        return [(middle + side * _HALF, 0)]
    return [(middle, _HALF if line > 0 else -_HALF), (middle, line)]


def _put(whole: _Block, block: _Block, x: float, y: float) -> int:
    """Add the block's shapes and flows, moved; returns the number that its shape 0 has now."""
    first = len(whole.shapes)
    whole.shapes += [Shape(each.kind, each.x + x, each.y + y, each.name) for each in block.shapes]
    whole.flows += [
        Flow(each.source + first, each.target + first, tuple((a + x, b + y) for a, b in each.waypoints))
        for each in block.flows
    ]
    whole.up, whole.down = max(whole.up, block.up - y), max(whole.down, block.down + y)
    return first


def _mirrored(block: _Block) -> _Block:
    """The block from right to left."""
    shapes = [Shape(each.kind, block.width - each.x - each.width, each.y, each.name) for each in block.shapes]
    flows = [
        Flow(each.source, each.target, tuple((block.width - x, y) for x, y in each.waypoints)) for each in block.flows
    ]
    return _Block(block.width, block.up, block.down, shapes, flows, block.first, block.last)
