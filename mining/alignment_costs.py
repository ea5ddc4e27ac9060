"""What does it cost at least to be in each state of a model after each beginning of the cases?

A step of the log alone costs 1, a visible step of the model alone costs 1, both together and silent ones nothing. For one
more step of the log: either it is alone, or the model goes along one of its edges for it and then, alone, as far as one
likes. How far is known beforehand, for every pair of states, so all beginnings of one length are one table operation.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .automaton import Automaton
from .beginnings import Beginnings
from .state_space import SILENT

_AT_ONCE = 1 << 18  # numbers that stay in the processor's cache

Costs = NDArray[Any]  # of one of the unsigned types below
WIDTHS: tuple[tuple[type[np.unsignedinteger[Any]], int], ...] = (
    (np.uint8, 127),
    (np.uint16, 32_767),
    (np.uint32, 1 << 30),
)  # and the number in each that stands for "no way"; twice as much still fits


def distances(automaton: Automaton) -> NDArray[np.uint16]:
    """From each state to each, the least number of visible edges; FAR where there is no way."""
    states, far = automaton.states, np.uint16(WIDTHS[1][1])
    found = np.full((states, states), far)
    np.fill_diagonal(found, 0)
    cuts = np.searchsorted(automaton.edges[:, 0], np.arange(states + 1))
    targets = [automaton.edges[a:b, 2] for a, b in itertools.pairwise(cuts)]
    steps = [(automaton.edges[a:b, 1] != SILENT).astype(np.uint16)[:, None] for a, b in itertools.pairwise(cuts)]
    order = _last_first(automaton)
    changed = True
    while changed:  # as often as a shortest way goes back, and once more
        changed = False
        for state in order:
            if len(targets[state]):
                nearer = np.minimum(found[state], (found[targets[state]] + steps[state]).min(axis=0))
                changed |= bool((nearer != found[state]).any())
                found[state] = nearer
    return found


def _last_first(automaton: Automaton) -> list[int]:
    """The states, each after those that it leads to, where no ring forbids it (the postorder of a depth-first search)."""
    beyond: list[list[int]] = [[] for _ in range(automaton.states)]
    for source, _, target in automaton.edges.tolist():
        beyond[source].append(target)
    seen, order, stack = {automaton.start}, [], [(automaton.start, iter(beyond[automaton.start]))]
    while stack:
        state, others = stack[-1]
        fresh = next((other for other in others if other not in seen), None)
        if fresh is None:
            order.append(state)
            stack.pop()
        else:
            seen.add(fresh)
            stack.append((fresh, iter(beyond[fresh])))
    return order


@dataclass(frozen=True, eq=False)
class _Edges:
    """The edges of one label. groups : where in `source` each target's edges start; beyond : its row of distances"""

    source: NDArray[np.int64]
    groups: NDArray[np.int64]
    beyond: Costs


class Model:
    """An automaton as tables for numbers of one width."""

    def __init__(self, automaton: Automaton, distance: NDArray[np.uint16], width: int) -> None:
        self.kind, self.far = WIDTHS[width]
        self.automaton = automaton
        self.distance = np.minimum(distance, min(self.far, WIDTHS[1][1])).astype(self.kind)
        if width == 2:
            self.distance[distance == WIDTHS[1][1]] = self.far
        self.start = self.distance[automaton.start]
        visible, free = automaton.visible, distance == 0
        self._edges = [self._needed(visible[visible[:, 1] == label], free) for label in range(len(automaton.labels))]
        self.work = np.array([*(each.beyond.size for each in self._edges), automaton.states])

    def _needed(self, edges: NDArray[np.int64], free: NDArray[np.bool_]) -> _Edges:
        """Without edges that come silently to the source of another one, whose target leads silently to theirs."""
        source, target = edges[:, 0], edges[:, 2]
        better = free[np.ix_(source, source)] & free[np.ix_(target, target)].T
        np.fill_diagonal(better, False)
        kept = edges[~better.any(axis=1)]
        kept = kept[np.argsort(kept[:, 2], kind="stable")]
        targets, groups = np.unique(kept[:, 2], return_index=True)
        return _Edges(kept[:, 0], groups, self.distance[targets])

    def step(self, before: Costs, steps: NDArray[np.int64]) -> Costs:
        """The costs after one more step: row by row from the costs before it. A step that is no label is -1."""
        after = before + self.kind(1)
        order = np.argsort(steps, kind="stable")
        ordered = steps[order]
        cuts = [0, *(np.flatnonzero(ordered[1:] != ordered[:-1]) + 1).tolist(), len(steps)]
        for start, stop in itertools.pairwise(cuts):
            edges = self._edges[ordered[start]] if ordered[start] >= 0 else None
            if edges is not None and len(edges.source):
                self._together(before, after, order[start:stop], edges)
        return after

    def _together(self, before: Costs, after: Costs, rows: NDArray[np.int64], edges: _Edges) -> None:
        entered = before[rows[:, None], edges.source]
        if len(edges.groups) < len(edges.source):
            entered = np.minimum.reduceat(entered, edges.groups, axis=1)
        at_once = max(1, _AT_ONCE // edges.beyond.size)
        for first in range(0, len(rows), at_once):
            some = rows[first : first + at_once]
            reached = (entered[first : first + at_once, :, None] + edges.beyond).min(axis=1)
            after[some] = np.minimum(after[some], reached)


class CostTable:
    """The costs after every beginning, one stretch of lengths in memory at a time.

    ends, any_state : for every sequence, the least cost at an end of the model, and in whatever state
    """

    def __init__(self, model: Model, tree: Beginnings, most_bytes: int) -> None:
        self.model, self.tree = model, tree
        self.stretches = self._stretches(most_bytes)
        self.ends = np.zeros(len(tree.end), np.int64)
        self.any_state = np.zeros(len(tree.end), np.int64)
        self._entries = [model.start[None, :]]
        for number in range(len(self.stretches)):
            self.load(number)
            self._entries.append(self.rows[self._from(self.last) :].copy())
            self._note()

    def _stretches(self, most_bytes: int) -> list[tuple[int, int]]:
        """First and last length of each stretch; the last of one is the first of the next."""
        limit = max(1, most_bytes // self.model.start.nbytes)
        found, low = [], 0
        while low < self.tree.longest:
            beyond = int(np.searchsorted(self.tree.first, self.tree.first[low] + limit, side="right")) - 2
            high = min(max(beyond, low + 1), self.tree.longest)
            found.append((low, high))
            low = high
        return found or [(0, 0)]

    def load(self, number: int) -> None:
        """Work out the costs of one stretch (again)."""
        self.low, self.last = self.stretches[number]
        tree = self.tree
        self.offset = int(tree.first[self.low])
        self.rows = np.empty((int(tree.first[self.last + 1]) - self.offset, self.model.start.size), self.model.kind)
        self.rows[: len(self._entries[number])] = self._entries[number]
        for length in range(self.low + 1, self.last + 1):
            here = slice(tree.first[length], tree.first[length + 1])
            before = self.rows[tree.parent[here] - self.offset]
            self.rows[self._from(length) : here.stop - self.offset] = self.model.step(before, tree.step[here])

    def _from(self, length: int) -> int:
        return int(self.tree.first[length]) - self.offset

    def _note(self) -> None:
        """The costs of the sequences that end in this stretch."""
        here = np.flatnonzero((self.tree.end >= self.offset) & (self.tree.end < self.offset + len(self.rows)))
        rows = self.rows[self.tree.end[here] - self.offset]
        self.ends[here] = rows[:, self.model.automaton.final].min(axis=1)
        self.any_state[here] = rows.min(axis=1)
