"""Which states of a transition system are not needed for what it allows?

Rings of silent edges are one state; so are those that silent edges merely lead on from or into, and those with the same
future (bisimulation, by refining the partition: Kanellakis and Smolka, 1990) or with the same past (the same, on the
edges turned round). What it allows stays the same, from beginning to end and as a beginning. Those from which the end
cannot be reached are another matter: without them, what it may begin with is less.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .transition_system import SILENT, Numbers, TransitionSystem


def reduced(graph: TransitionSystem) -> TransitionSystem:
    """The graph with fewer states that allows the same."""
    graph = _without_rings(graph)
    before = None
    while graph.states and before != (graph.states, len(graph.edges)):
        before = graph.states, len(graph.edges)
        graph = _leading_into(_leading_on(graph))
        graph = _with_one_past(_with_one_future(graph))
    return graph


def trimmed(graph: TransitionSystem) -> TransitionSystem:
    """Only the states on some way from the start to the end; none when the end cannot be reached."""
    on_a_way = _steps_from([graph.start], graph, 0, 2) >= 0
    on_a_way &= _steps_from(np.flatnonzero(graph.final).tolist(), graph, 2, 0) >= 0
    if not on_a_way[graph.start]:
        return replace(graph, start=0, final=np.zeros(0, bool), edges=np.zeros((0, 3), np.int64))
    number = np.cumsum(on_a_way) - 1
    edges = graph.edges[on_a_way[graph.edges[:, 0]] & on_a_way[graph.edges[:, 2]]]
    edges = np.column_stack([number[edges[:, 0]], edges[:, 1], number[edges[:, 2]]])
    return replace(graph, start=int(number[graph.start]), final=graph.final[on_a_way], edges=edges)


def _steps_from(roots: list[int], graph: TransitionSystem, here: int, there: int) -> Numbers:
    """For every state, the least number of edges from the roots (here = 0, there = 2; the other way round: to them)."""
    beyond = _beyond(graph.edges[:, here], graph.edges[:, there], graph.states)
    found = np.full(graph.states, -1)
    found[roots] = 0
    waiting = list(roots)
    for state in waiting:
        for other in beyond[state]:
            if found[other] < 0:
                found[other] = found[state] + 1
                waiting.append(other)
    return found


def _beyond(here: Numbers, there: Numbers, states: int) -> list[list[int]]:
    lists: list[list[int]] = [[] for _ in range(states)]
    for state, other in zip(here.tolist(), there.tolist(), strict=True):
        lists[state].append(other)
    return lists


def _merged(graph: TransitionSystem, leads: Numbers) -> TransitionSystem:
    """The states made one with those that they lead to."""
    while (leads[leads] != leads).any():
        leads = leads[leads]
    left, number = np.unique(leads, return_inverse=True)
    final = np.zeros(len(left), bool)
    final[number[graph.final]] = True
    source, label, target = number[graph.edges[:, 0]], graph.edges[:, 1], number[graph.edges[:, 2]]
    kept = (label != SILENT) | (source != target)
    labels = int(label.max(initial=0)) + 2
    keys = np.unique(((source * labels + label + 1) * len(left) + target)[kept])
    rest, target = np.divmod(keys, max(len(left), 1))
    source, label = np.divmod(rest, labels)
    edges = np.column_stack([source, label - 1, target])
    return replace(graph, start=int(number[graph.start]), final=final, edges=edges)


def _without_rings(graph: TransitionSystem) -> TransitionSystem:
    """States that silent edges lead between in both directions are one."""
    graph = _merged(graph, np.arange(graph.states))
    silent = graph.edges[graph.edges[:, 1] == SILENT]
    while True:  # an edge whose end goes no further is in no ring
        goes_on = np.isin(silent[:, 2], silent[:, 0]) & np.isin(silent[:, 0], silent[:, 2])
        if goes_on.all():
            break
        silent = silent[goes_on]
    beyond = _beyond(silent[:, 0], silent[:, 2], graph.states)
    reached = {state: _reached(state, beyond) for state in np.unique(silent[:, 0]).tolist()}
    leads = np.arange(graph.states)
    for state, others in reached.items():
        leads[state] = min(other for other in (state, *others) if other == state or state in reached.get(other, ()))
    return _merged(graph, leads)


def _reached(state: int, beyond: list[list[int]]) -> set[int]:
    found, waiting = set(beyond[state]), list(beyond[state])
    while waiting:
        fresh = set(beyond[waiting.pop()]) - found
        found |= fresh
        waiting.extend(fresh)
    return found


def _leading_on(graph: TransitionSystem) -> TransitionSystem:
    """A state that only goes on silently, one way, is the state that this way leads to."""
    source, label, target = graph.edges.T
    only = (label == SILENT) & (np.bincount(source, minlength=graph.states)[source] == 1) & ~graph.final[source]
    leads = np.arange(graph.states)
    leads[source[only]] = target[only]
    return _merged(graph, leads)


def _leading_into(graph: TransitionSystem) -> TransitionSystem:
    """A state that is only come to silently, one way, is the state that this way comes from."""
    source, label, target = graph.edges.T
    only = (label == SILENT) & (np.bincount(target, minlength=graph.states)[target] == 1) & (target != graph.start)
    leads = np.arange(graph.states)
    leads[target[only]] = source[only]
    return _merged(graph, leads)


def _with_one_future(graph: TransitionSystem) -> TransitionSystem:
    return _merged(graph, _alike(graph, _steps_from(np.flatnonzero(graph.final).tolist(), graph, 2, 0)))


def _with_one_past(graph: TransitionSystem) -> TransitionSystem:
    turned = replace(graph, edges=graph.edges[:, ::-1])
    return _merged(graph, _alike(turned, _steps_from([graph.start], graph, 0, 2)))


def _alike(graph: TransitionSystem, block: Numbers) -> Numbers:
    """For every state, the first one whose edges lead on alike for ever. Only states of one block can be."""
    block = np.unique(block, return_inverse=True)[1]
    count = int(block.max(initial=-1)) + 1
    source, label, target = graph.edges.T
    while True:
        width = int(block.max(initial=0)) + 1
        ways = (label + 1) * width + block[target]
        span = int(ways.max(initial=0)) + 1
        keys = np.unique(source * span + ways)
        cuts = np.searchsorted(keys, np.arange(graph.states + 1) * span).tolist()
        raw = (keys % span).tobytes()
        signs: dict[tuple[int, bytes], int] = {}
        own = block.tolist()
        block = np.array(
            [
                signs.setdefault((own[state], raw[8 * cuts[state] : 8 * cuts[state + 1]]), len(signs))
                for state in range(graph.states)
            ],
            dtype=np.int64,
        )
        if len(signs) == count:
            return np.unique(block, return_index=True)[1][block]
        count = len(signs)
