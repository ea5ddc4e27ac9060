"""Which states can a model be in, what can it do next in each, and is it sound?

The states of a Petri net are its reachable markings. A net is *sound* (van der Aalst, 1998) when from every state the
end can be reached, nothing is left over when it is, and every transition can happen.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

import numpy as np

from .automaton_reduction import trimmed
from .errors import TooBig, UsageError
from .petri_net import PetriNet, Transition
from .transition_system import SILENT, TransitionSystem

MOST_MARKINGS = 30_000

Marking = tuple[int, ...]  # the place of every token, sorted
Edge = tuple[int, int, int]  # from a state, by a label (its place among the activities, or SILENT), to a state


class Unbounded(UsageError):
    """Tokens can pile up without end, so the states have none either, and the model is not sound."""


@dataclass(frozen=True)
class StateSpace:
    """graph : the markings, and what leads from one to another; sound : as the module says"""

    graph: TransitionSystem
    sound: bool


def state_space(net: PetriNet) -> StateSpace:
    """The states of the net; a place that comes twice in `takes` or `gives` is an arc of weight 2.

    Raises TooBig when they are too many to be listed, Unbounded when they have no end.
    """
    places = {activity: number for number, activity in enumerate(net.activities)}
    markings, edges, fired = _explored(net, places)
    end = markings.get(tuple(sorted(net.final)))
    final = np.array([number == end for number in markings.values()])
    ordered = np.array(sorted(set(edges)), dtype=np.int64).reshape(-1, 3)
    graph = TransitionSystem(tuple(net.activities), 0, final, ordered)
    completes = trimmed(graph).states == graph.states
    return StateSpace(graph, fired == len(net.transitions) and completes and _proper(markings, net.final))


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
            raise TooBig(
                f"The model can be in more than {MOST_MARKINGS} states, too many to be listed: put fewer steps in any order."
            )
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
            raise Unbounded(
                "In the model tokens pile up without end, so that it has no end of states: look for a loop that puts out "
                "more than it takes."
            )
        if before[parent] == parent:
            return
        parent = before[parent]


def _proper(markings: dict[Marking, int], final: tuple[int, ...]) -> bool:
    """Is nothing left over when the end is reached?"""
    ends = Counter(final)
    return all(len(marking) <= len(final) or not ends <= Counter(marking) for marking in markings)
