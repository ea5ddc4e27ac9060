"""Which are the equally cheap ways to hold a case against a flow?

An optimal alignment is seldom the only one: where the flow wants B or C and the case has neither, either may be what is
missing. Words are made of the way that says it in the fewest of them, so all cheapest ways are looked at, one by one.

Two ways that differ only in the order of moves between the same two matched steps are told as one: first the steps of the
model alone, then those of the log alone. So are ways that differ only in which of equal steps in a row is left over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .alignment import Move
from .ways import Costs, Ways, bits

MOST_STEPS = 200  # of a case; of a longer one only the alignment's own way is told
MOST_READINGS = 120  # of one case; a case so far from the flow is not said in few words anyway
_MOST_NODES = 6_000
_MOST_BYTES = 64 << 20

_NONE = -2  # no label

Pair = tuple[int, int]
_Way = tuple["_Way", int, int] | None


class Readings:
    """The cheapest ways for each of some cases.

    to_the_end : must the flow come to its end, or may it stop anywhere (an open case)?
    """

    def __init__(self, ways: Ways, traces: Sequence[tuple[str, ...]], *, to_the_end: bool) -> None:
        self._ways, self._traces, self._to_the_end = ways, traces, to_the_end

    def __iter__(self) -> Iterator[list[tuple[Move, ...]]]:
        """For each case its ways, those that match a step as early as can be first; none for a case that is too long."""
        at_once = max(_MOST_BYTES // (2 * self._ways.states * (MOST_STEPS + 1)), 1)
        for begun in range(0, len(self._traces), at_once):
            traces = self._traces[begun : begun + at_once]
            codes = [self._codes(trace) if len(trace) <= MOST_STEPS else [] for trace in traces]
            for trace, code, costs in zip(
                traces, codes, _costs_to_go(self._ways, codes, self._to_the_end), strict=True
            ):
                ways = _Search(self._ways, code, costs).ways() if len(trace) <= MOST_STEPS else []
                yield [self._named(trace, way) for way in ways]

    def _codes(self, trace: tuple[str, ...]) -> list[int]:
        return [self._ways.number.get(step, -1) for step in trace]

    def _named(self, trace: tuple[str, ...], way: tuple[Pair, ...]) -> tuple[Move, ...]:
        labels = self._ways.labels
        return tuple((None if at < 0 else trace[at], None if label < 0 else labels[label]) for at, label in way)


class _Node(NamedTuple):
    """place : in the case; left : the cost of the rest; after_log : was the last move one of the log alone?; barred : the
    label of that move, which may not match next; way : to here, from the end backwards"""

    place: int
    states: int
    left: int
    after_log: bool
    barred: int
    way: _Way


class _Search:
    """Depth first through the cheapest ways of one case; a node is a set of states, so no way is found twice."""

    def __init__(self, ways: Ways, codes: list[int], costs: Costs) -> None:
        self._ways, self._codes, self._costs = ways, codes, costs
        self._levels: dict[int, list[int]] = {}

    def ways(self) -> list[tuple[Pair, ...]]:
        """The ways as moves: the place of the step of the log, the label of the model; -1 where the other is alone."""
        least = min(int(self._costs[0, state]) for state in bits(self._ways.start))
        found: list[tuple[Pair, ...]] = []
        waiting = [_Node(0, self._ways.start, least, False, _NONE, None)]
        nodes = 0
        while waiting and len(found) < MOST_READINGS and nodes < _MOST_NODES:
            nodes += 1
            node = waiting.pop()
            if node.place == len(self._codes) and not node.left:
                found.append(_told(node.way))
            else:
                waiting.extend(reversed(self._next(node)))
        return found

    def _next(self, node: _Node) -> list[_Node]:
        """Both together, else the model alone in reading order, else the log alone."""
        place, states, left, after_log, barred, way = node
        ways, label = self._ways, self._codes[place] if place < len(self._codes) else _NONE
        found = []
        if label >= 0 and label != barred and (reached := ways.after(states, label) & self._level(place + 1, left)):
            found.append(_Node(place + 1, reached, left, False, _NONE, (way, place, label)))
        if left and not after_log and (cheaper := self._level(place, left - 1)):
            for other in ways.next_steps(states):
                if reached := ways.after(states, other) & cheaper:
                    found.append(_Node(place, reached, left - 1, False, _NONE, (way, -1, other)))
        if left and place < len(self._codes) and (reached := states & self._level(place + 1, left - 1)):
            found.append(_Node(place + 1, reached, left - 1, True, label, (way, place, -1)))
        return found

    def _level(self, place: int, left: int) -> int:
        """The states from which the rest of the case costs just so much."""
        if left not in self._levels:
            packed = np.packbits(self._costs == left, axis=1, bitorder="little")
            width, together = packed.shape[1], packed.tobytes()
            self._levels[left] = [
                int.from_bytes(together[at : at + width], "little") for at in range(0, len(together), width)
            ]
        return self._levels[left][place]


def _told(way: _Way) -> tuple[Pair, ...]:
    moves = []
    while way is not None:
        way, place, label = way
        moves.append((place, label))
    return tuple(reversed(moves))


def _costs_to_go(ways: Ways, codes: list[list[int]], to_the_end: bool) -> list[Costs]:
    """For each case a row per place in it, and one for its end: the least cost of the rest from every state."""
    order = sorted(range(len(codes)), key=lambda place: -len(codes[place]))
    lengths = np.array([len(codes[place]) for place in order], np.int64)
    rows = np.tile(_at_the_end(ways, to_the_end), (len(codes), 1))
    found = [[row] for row in rows]
    for rest in range(1, int(lengths.max(initial=0)) + 1):
        count = int((lengths >= rest).sum())
        steps = np.array([codes[place][-rest] for place in order[:count]])
        rows = _one_step_earlier(ways, rows[:count], steps)
        for item in range(count):
            found[item].append(rows[item])
    result: list[Costs] = [np.zeros((0, 0), np.uint16)] * len(codes)
    for item, place in enumerate(order):
        result[place] = np.array(found[item][::-1])
    return result


def _at_the_end(ways: Ways, to_the_end: bool) -> Costs:
    if not to_the_end:
        return np.zeros(ways.states, np.uint16)
    return ways.distance[:, list(bits(ways.final))].min(axis=1)


def _one_step_earlier(ways: Ways, rows: Costs, steps: NDArray[np.int64]) -> Costs:
    before = rows + np.uint16(1)
    for label in np.unique(steps[steps >= 0]).tolist():
        here = np.flatnonzero(steps == label)
        for source, _, target in (edge for edge in ways.edges if edge[1] == label):
            before[here, source] = np.minimum(before[here, source], rows[here, target])
    closed = before.copy()
    for state in range(ways.states):
        np.minimum(closed, before[:, [state]] + ways.distance[:, state], out=closed)
    return closed
