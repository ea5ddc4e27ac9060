"""Where does each shape of a BPMN diagram stand that is not made of blocks?

In layers from left to right (Sugiyama, Tagawa and Toda, 1981): as far from the start as its longest way that never
returns. A flow to the next layer turns between the two; one that skips layers runs in a lane above all shapes, one that
returns in a lane below. Flows turn only between layers, each on a track of its own; so no two shapes overlap, no flow
crosses a shape, and no two flows lie on each other except where they share an end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from .bpmn import BETWEEN, GAP, Diagram, Flow, Point, Shape, straightened
from .layer_order import ordered, settled

_MARGIN = 20
_TRACK = 12  # from flow to flow where they run side by side

Way = tuple[int, int]
Turn = tuple[int, int]  # of which way; 0 the first, 1 the second


def laid_out(shapes: list[Shape], ways: list[Way]) -> Diagram:
    """The shapes in their places, with the flows between them."""
    layer = _layers(len(shapes), _without_returns(len(shapes), ways))
    # The second of two flows between the same shapes takes a lane, or it would lie on the first.
    first = {way: number for number, way in reversed(list(enumerate(ways)))}
    near = [way for number, way in enumerate(ways) if layer[way[1]] == layer[way[0]] + 1 and first[way] == number]
    columns = ordered(layer, near)
    middles = settled(columns, [shape.height for shape in shapes], near, BETWEEN)
    far = {n: way for n, way in enumerate(ways) if first[way] != n or layer[way[1]] != layer[way[0]] + 1}
    above = _lanes(layer, {number: way for number, way in far.items() if layer[way[1]] > layer[way[0]]})
    below = _lanes(layer, {number: way for number, way in far.items() if layer[way[1]] <= layer[way[0]]})
    top = min((middle - shape.height / 2 for middle, shape in zip(middles, shapes, strict=True)), default=0)
    down = _MARGIN + (1 + max(above.values(), default=-1)) * _TRACK + BETWEEN - top
    middles = [middle + down for middle in middles]
    bottom = max((middle + shape.height / 2 for middle, shape in zip(middles, shapes, strict=True)), default=0)
    lanes = {number: top + down - BETWEEN - lane * _TRACK for number, lane in above.items()}
    lanes |= {number: bottom + BETWEEN + lane * _TRACK for number, lane in below.items()}
    return _drawn(shapes, ways, layer, middles, lanes)


def _without_returns(count: int, ways: list[Way]) -> set[Way]:
    """The ways that lead on, found by walking from the shapes that nothing leads to."""
    out: dict[int, list[int]] = defaultdict(list)
    into: dict[int, int] = defaultdict(int)
    for source, target in ways:
        out[source].append(target)
        into[target] += 1
    state = [0] * count  # 1: on the way here, 2: done
    forth: set[Way] = set()
    for start in sorted(range(count), key=lambda node: (into[node] > 0, node)):
        if state[start]:
            continue
        state[start] = 1
        stack = [(start, iter(out[start]))]
        while stack:
            node, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                state[node] = 2
                stack.pop()
            elif state[target] != 1:
                forth.add((node, target))
                if state[target] == 0:
                    state[target] = 1
                    stack.append((target, iter(out[target])))
    return forth


def _layers(count: int, ways: Iterable[Way]) -> list[int]:
    """The length of the longest way to each shape."""
    out: dict[int, list[int]] = defaultdict(list)
    open_ = [0] * count
    for source, target in sorted(set(ways)):
        out[source].append(target)
        open_[target] += 1
    layer, ready = [0] * count, [node for node in range(count) if open_[node] == 0]
    for node in ready:
        for target in out[node]:
            layer[target] = max(layer[target], layer[node] + 1)
            open_[target] -= 1
            if open_[target] == 0:
                ready.append(target)
    return layer


def _lanes(layer: list[int], ways: dict[int, Way]) -> dict[int, int]:
    """A lane for each way, 0 next to the shapes; ways share one where they do not meet. Short ones come first."""
    taken: list[list[tuple[int, int]]] = []
    found = {}
    for number, way in sorted(ways.items(), key=lambda each: (abs(layer[each[1][1]] - layer[each[1][0]]), each)):
        # From the room after the source's layer to the room before the target's.
        left, right = sorted((layer[way[0]], layer[way[1]] - 1))
        lane = next(
            (each for each, spans in enumerate(taken) if all(right < one or other < left for one, other in spans)),
            len(taken),
        )
        taken += [[]] if lane == len(taken) else []
        taken[lane].append((left, right))
        found[number] = lane
    return found


def _drawn(
    shapes: list[Shape], ways: list[Way], layer: list[int], middles: list[float], lanes: dict[int, float]
) -> Diagram:
    tracks = _tracks(ways, layer, middles, lanes)
    lefts, turns = _columns(shapes, layer, tracks)
    widest = _widest(shapes, layer)
    placed = [
        Shape(shape.kind, lefts[at] + (widest[at] - shape.width) / 2, middle - shape.height / 2, shape.name)
        for shape, at, middle in zip(shapes, layer, middles, strict=True)
    ]
    flows = []
    for number, (source, target) in enumerate(ways):
        points: list[Point] = [(placed[source].x + placed[source].width, middles[source])]
        heights = [middles[source], lanes.get(number, middles[target]), middles[target]]
        for turn in (0, 1):
            x = turns.get((number, turn))
            points += [] if x is None else [(x, heights[turn]), (x, heights[turn + 1])]
        flows.append(Flow(source, target, straightened([*points, (placed[target].x, middles[target])])))
    return Diagram(tuple(placed), tuple(flows))


def _tracks(ways: list[Way], layer: list[int], middles: list[float], lanes: dict[int, float]) -> dict[int, list[Turn]]:
    """The turns after each layer, from left to right; after layer -1 is before the first. A straight way has none."""
    found: dict[int, list[tuple[float, Turn]]] = defaultdict(list)
    for number, (source, target) in enumerate(ways):
        if number in lanes:
            # What leaves turns first, what arrives last: then it crosses nothing that goes straight on.
            found[layer[source]].append((-abs(lanes[number]), (number, 0)))
            found[layer[target] - 1].append((abs(lanes[number]), (number, 1)))
        elif middles[source] != middles[target]:
            found[layer[source]].append((0, (number, 0)))
    return {gap: [turn for _, turn in sorted(turns)] for gap, turns in found.items()}


def _widest(shapes: list[Shape], layer: list[int]) -> dict[int, int]:
    widest: dict[int, int] = defaultdict(int)
    for shape, at in zip(shapes, layer, strict=True):
        widest[at] = max(widest[at], shape.width)
    return widest


def _columns(
    shapes: list[Shape], layer: list[int], tracks: dict[int, list[Turn]]
) -> tuple[dict[int, float], dict[Turn, float]]:
    """Where each layer begins, and where each turn is, with as much room between layers as the turns need."""
    widest = _widest(shapes, layer)
    lefts: dict[int, float] = {}
    turns: dict[Turn, float] = {}
    right = float(_MARGIN - GAP / 2)
    for gap in range(-1, max(layer, default=-1) + 1):
        if gap >= 0:
            right = lefts[gap] + widest[gap]
        for number, turn in enumerate(tracks.get(gap, ())):
            turns[turn] = right + GAP / 2 + number * _TRACK
        lefts[gap + 1] = right + GAP + max(0, len(tracks.get(gap, ())) - 1) * _TRACK
    return lefts, turns
