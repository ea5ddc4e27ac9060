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

from .beginnings import UNKNOWN, Beginnings
from .transition_system import SILENT, Numbers, TransitionSystem

MOST_WORK = 200_000_000_000  # comparisons; about a minute

_AT_ONCE = 1 << 18  # numbers that stay in the processor's cache

Costs = NDArray[Any]  # of one of the unsigned types below
WIDTHS: tuple[tuple[type[np.unsignedinteger[Any]], int], ...] = (
    (np.uint8, 127),
    (np.uint16, 32_767),
    (np.uint32, 1 << 30),
)  # and the number in each that stands for "no way"; twice as much still fits
FAR = WIDTHS[1][1]


def distances(graph: TransitionSystem) -> NDArray[np.uint16]:
    """From each state to each, the least number of visible edges; FAR where there is no way."""
    found = np.full((graph.states, graph.states), np.uint16(FAR))
    np.fill_diagonal(found, 0)
    cuts = np.searchsorted(graph.edges[:, 0], np.arange(graph.states + 1))
    targets = [graph.edges[a:b, 2] for a, b in itertools.pairwise(cuts)]
    steps = [(graph.edges[a:b, 1] != SILENT).astype(np.uint16)[:, None] for a, b in itertools.pairwise(cuts)]
    order = _last_first(graph)
    changed = True
    while changed:  # as often as a shortest way goes back, and once more
        changed = False
        for state in order:
            if len(targets[state]):
                nearer = np.minimum(found[state], (found[targets[state]] + steps[state]).min(axis=0))
                changed |= bool((nearer != found[state]).any())
                found[state] = nearer
    return found


def _last_first(graph: TransitionSystem) -> list[int]:
    """The states, each after those that it leads to, where no ring forbids it (the postorder of a depth-first search)."""
    beyond: list[list[int]] = [[] for _ in range(graph.states)]
    for source, _, target in graph.edges.tolist():
        beyond[source].append(target)
    seen, order, stack = {graph.start}, [], [(graph.start, iter(beyond[graph.start]))]
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


class Model:
    """A transition system, all of whose states can be reached, and what its edges of each label can bring.

    distance : from each state to each (:func:`distances`)
    shortest : the visible steps of its shortest way; FAR if it has none
    furthest : the longest of the shortest ways between two states
    """

    def __init__(self, graph: TransitionSystem) -> None:
        self.graph, self.distance = graph, distances(graph)
        visible, free = graph.visible, self.distance == 0
        self.edges = [_needed(visible[visible[:, 1] == label], free) for label in range(len(graph.labels))]
        self.shortest = int(self.distance[graph.start][graph.final].min(initial=FAR))
        self.furthest = int(self.distance[self.distance < FAR].max())
        self._work = np.array([*(len(np.unique(each[:, 2])) * graph.states for each in self.edges), graph.states])

    def work(self, steps: Numbers) -> Numbers:
        """How many comparisons each of the steps takes."""
        return self._work[steps]

    def width(self, lengths: Numbers) -> Numbers:
        """The narrowest numbers (a place among WIDTHS) that hold all costs of sequences of these lengths."""
        furthest = lengths + int(self.distance[self.graph.start].max())
        return np.searchsorted([far for _, far in WIDTHS], np.maximum(furthest, self.furthest) + 1)


def _needed(edges: Numbers, free: NDArray[np.bool_]) -> Numbers:
    """Edges of one label, sorted by target, without those that come silently to the source of another one, whose target
    leads silently to theirs."""
    source, target = edges[:, 0], edges[:, 2]
    better = free[np.ix_(source, source)] & free[np.ix_(target, target)].T
    np.fill_diagonal(better, False)
    kept = edges[~better.any(axis=1)]
    return kept[np.argsort(kept[:, 2], kind="stable")]


@dataclass(frozen=True, eq=False)
class _Edges:
    """The edges of one label. groups : where in `source` each target's edges start; beyond : its row of distances"""

    source: Numbers
    groups: Numbers
    beyond: Costs


class Stepping:
    """One step further, from costs in every state to costs in every state, in numbers of one width.

    start : the costs before the first step
    """

    def __init__(self, model: Model, width: int) -> None:
        self.kind, far = WIDTHS[width]
        distance = np.minimum(model.distance, min(far, FAR)).astype(self.kind)
        if width == 2:
            distance[model.distance == FAR] = far
        self.start = distance[model.graph.start]
        self._edges = []
        for edges in model.edges:
            targets, groups = np.unique(edges[:, 2], return_index=True)
            self._edges.append(_Edges(edges[:, 0], groups, distance[targets]))

    def step(self, before: Costs, steps: Numbers) -> Costs:
        """The costs after one more step: row by row from the costs before it. A step that is no label is UNKNOWN."""
        after = before + self.kind(1)
        order = np.argsort(steps, kind="stable")
        ordered = steps[order]
        cuts = [0, *(np.flatnonzero(ordered[1:] != ordered[:-1]) + 1).tolist(), len(steps)]
        for start, stop in itertools.pairwise(cuts):
            edges = self._edges[ordered[start]] if ordered[start] != UNKNOWN else None
            if edges is not None and len(edges.source):
                self._together(before, after, order[start:stop], edges)
        return after

    def _together(self, before: Costs, after: Costs, rows: Numbers, edges: _Edges) -> None:
        entered = before[rows[:, None], edges.source]
        if len(edges.groups) < len(edges.source):
            entered = np.minimum.reduceat(entered, edges.groups, axis=1)
        at_once = max(1, _AT_ONCE // edges.beyond.size)
        for first in range(0, len(rows), at_once):
            some = rows[first : first + at_once]
            reached = (entered[first : first + at_once, :, None] + edges.beyond).min(axis=1)
            after[some] = np.minimum(after[some], reached)


class CostTable:
    """The costs after every beginning of some sequences.

    rows : for every beginning, the cost in each state
    ends, any_state : for every sequence, the least cost at an end of the model, and in whatever state
    """

    def __init__(self, model: Model, stepping: Stepping, tree: Beginnings) -> None:
        self.model, self.tree = model, tree
        self.rows = np.empty((len(tree.parent), model.graph.states), stepping.kind)
        self.rows[0] = stepping.start
        for here in tree.levels[1:]:
            self.rows[here] = stepping.step(self.rows[tree.parent[here]], tree.step[here])
        whole = self.rows[tree.end]
        self.ends = whole[:, model.graph.final].min(axis=1).astype(np.int64)
        self.any_state = whole.min(axis=1).astype(np.int64)
