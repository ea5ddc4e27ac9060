"""Which states can a model be in, what can it do next in each, and is it sound?

The states of a Petri net are its reachable markings. A net is *sound* (van der Aalst, 1998) when from every state the
end can be reached, nothing is left over when it is, and every transition can happen.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .petri_net import PetriNet, Transition

SILENT = -1
MOST_MARKINGS = 30_000

Marking = tuple[int, ...]  # the place of every token, sorted
Edge = tuple[int, int, int]  # from a state, by a label (its place among the activities, or SILENT), to a state


class TooManyStates(Exception):
    """The states are too many to be listed."""


class Unbounded(Exception):
    """Tokens can pile up without end, so the states have none either, and the model is not sound."""


@dataclass(frozen=True)
class StateSpace:
    """The states of a model, numbered from 0, put together where nobody could tell them apart.

    start : where the model starts; final : for every state, may it end here?
    edges : one row per way from state to state: source, label, target; sorted
    """

    activities: list[str]
    start: int
    final: NDArray[np.bool_]
    edges: NDArray[np.int64]
    sound: bool


def state_space(net: PetriNet) -> StateSpace:
    """The states of the net. Raises TooManyStates or Unbounded when they cannot be listed."""
    places = {activity: number for number, activity in enumerate(net.activities)}
    markings, edges, fired = _explored(net, places)
    end = markings.get(tuple(sorted(net.final)))
    final = [number == end for number in markings.values()]
    sound = fired == len(net.transitions) and _completes(edges, end, len(markings)) and _proper(markings, net.final)
    start, final, edges = _joined(0, final, *_without_detours(edges, final))
    ordered = np.array(sorted(edges), dtype=np.int64).reshape(-1, 3)
    return StateSpace(net.activities, start, np.array(final), ordered, sound)


def _explored(net: PetriNet, labels: dict[str, int]) -> tuple[dict[Marking, int], list[Edge], int]:
    """Every reachable marking with its number, the ways between them, and how many transitions can happen."""
    users: dict[int, list[tuple[int, Transition]]] = {}
    for number, transition in enumerate(net.transitions):
        users.setdefault(transition.takes[0] if transition.takes else -1, []).append((number, transition))
    first = tuple(sorted(net.initial))
    found, before, waiting = {first: 0}, {first: first}, deque([first])
    edges: list[Edge] = []
    fired: set[int] = set()
    while waiting:
        marking = waiting.popleft()
        for place in dict.fromkeys((-1, *marking)):
            for number, transition in users.get(place, ()):
                after = _fire(marking, transition)
                if after is None:
                    continue
                fired.add(number)
                if after not in found:
                    _still_bounded(after, marking, before)
                    found[after], before[after] = len(found), marking
                    waiting.append(after)
                label = SILENT if transition.label is None else labels[transition.label]
                edges.append((found[marking], label, found[after]))
        if len(found) > MOST_MARKINGS:
            raise TooManyStates
    return found, edges, len(fired)


def _fire(marking: Marking, transition: Transition) -> Marking | None:
    rest = list(marking)
    for place in transition.takes:
        if place not in rest:
            return None
        rest.remove(place)
    return tuple(sorted([*rest, *transition.gives]))


def _still_bounded(marking: Marking, parent: Marking, before: dict[Marking, Marking]) -> None:
    """A marking that holds an earlier one and more can be grown for ever (Karp and Miller, 1969)."""
    if len(set(marking)) == len(marking):  # growth would in the end put two tokens in one place
        return
    tokens = Counter(marking)
    while True:
        if len(parent) < len(marking) and Counter(parent) <= tokens:
            raise Unbounded
        if before[parent] == parent:
            return
        parent = before[parent]


def _completes(edges: list[Edge], end: int | None, states: int) -> bool:
    """Can the end be reached from every state?"""
    if end is None:
        return False
    sources: dict[int, set[int]] = {}
    for source, _, target in edges:
        sources.setdefault(target, set()).add(source)
    reached, waiting = {end}, [end]
    while waiting:
        fresh = sources.get(waiting.pop(), set()) - reached
        reached |= fresh
        waiting.extend(fresh)
    return len(reached) == states


def _proper(markings: dict[Marking, int], final: tuple[int, ...]) -> bool:
    """Is nothing left over when the end is reached?"""
    ends = Counter(final)
    return all(len(marking) <= len(final) or not ends <= Counter(marking) for marking in markings)


def _without_detours(edges: list[Edge], final: list[bool]) -> tuple[list[int], set[Edge]]:
    """A state whose only way out is silent is the state that this way leads to."""
    leads = list(range(len(final)))
    kept = {edge for edge in edges if not (edge[1] == SILENT and edge[0] == edge[2])}
    while True:
        out = Counter(source for source, _, _ in kept)
        only = {
            source: target
            for source, label, target in kept
            if label == SILENT and out[source] == 1 and not final[source]
        }
        if not only:
            return leads, kept
        moved = {source: _last(source, only) for source in sorted(only)}
        leads = [moved.get(state, state) for state in leads]
        kept = {(moved.get(a, a), label, moved.get(b, b)) for a, label, b in kept}
        kept = {edge for edge in kept if not (edge[1] == SILENT and edge[0] == edge[2])}


def _last(state: int, leads: dict[int, int]) -> int:
    seen = {state}
    while state in leads and leads[state] not in seen:
        state = leads[state]
        seen.add(state)
    return min(seen) if state in leads else state  # a ring of silent ways is one state


def _joined(start: int, final: list[bool], leads: list[int], edges: set[Edge]) -> tuple[int, list[bool], set[Edge]]:
    """States that can do the same for ever become one (strong bisimulation, by refining the partition)."""
    ways: dict[int, list[tuple[int, int]]] = {state: [] for state in set(leads)}
    for source, label, target in edges:
        ways[source].append((label, target))
    block = {state: int(final[state]) for state in ways}
    count = len(set(block.values()))
    while True:
        signs: dict[object, int] = {}
        order = sorted(ways)
        block = {
            state: signs.setdefault(
                (block[state], frozenset((label, block[to]) for label, to in ways[state])), len(signs)
            )
            for state in order
        }
        if len(signs) == count:
            break
        count = len(signs)
    ends = [False] * count
    for state, number in block.items():
        ends[number] |= final[state]
    merged = {(block[a], label, block[b]) for a, label, b in edges}
    kept = {(a, label, b) for a, label, b in merged if label != SILENT or a != b}
    return block[leads[start]], ends, kept
