"""Where does a step lead in a flow, from any of several states at once?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .transition_system import TransitionSystem

MOST_STATES = 192  # as bits of a number; more, and only the alignment's own way is told
FAR = 20_000  # further than any state; two of them, and the steps of a case, are still a number

Costs = NDArray[np.uint16]


class Ways:
    """The automaton of a flow without silent edges, its sets of states as the bits of a number."""

    def __init__(self, automaton: TransitionSystem) -> None:
        self.labels, self.states = automaton.labels, automaton.states
        self.number = {label: place for place, label in enumerate(automaton.labels)}
        leads = _leading(automaton.silent, automaton.states)
        ends = sum(1 << int(state) for state in np.flatnonzero(automaton.final))
        self.start = 1 << automaton.start
        self.final = sum(1 << state for state in range(self.states) if leads[state] & ends)
        self.every = (1 << self.states) - 1
        self.edges = sorted(
            {
                (state, label, target)
                for source, label, target in automaton.visible.tolist()
                for state in range(self.states)
                if leads[state] >> source & 1
            }
        )
        self._after = [[0] * self.states for _ in self.labels]
        self._before = [[0] * self.states for _ in self.labels]
        self._next = [0] * self.states
        for source, label, target in self.edges:
            self._next[source] |= 1 << label
            self._after[label][source] |= 1 << target
            self._before[label][target] |= 1 << source

    def after(self, states: int, label: int) -> int:
        """Where the step leads from any of the states."""
        return _union(self._after[label], states)

    @cached_property
    def required(self) -> frozenset[str]:
        """The steps that every way to the end has."""
        return frozenset(label for number, label in enumerate(self.labels) if not self._ends_without(number))

    def _ends_without(self, label: int) -> bool:
        others = [after for number, after in enumerate(self._after) if number != label]
        reached, fresh = 0, self.start
        while fresh:
            reached |= fresh
            fresh = _any_step(others, fresh) & ~reached
        return bool(reached & self.final)

    def next_steps(self, states: int) -> Iterator[int]:
        """The labels of the steps that may come next, in reading order."""
        return bits(_union(self._next, states))

    def before(self, states: int, label: int) -> int:
        """From where the step leads to any of the states."""
        return _union(self._before[label], states)

    @cached_property
    def distance(self) -> Costs:
        """The least number of steps from every state to every other."""
        found = np.full((self.states, self.states), FAR, np.uint16)
        for state in range(self.states):
            reached, fresh, steps = 0, 1 << state, 0
            while fresh:
                found[state, list(bits(fresh))] = steps
                reached |= fresh
                fresh = _any_step(self._after, fresh) & ~reached
                steps += 1
        return found


def _leading(silent: NDArray[np.int64], states: int) -> list[int]:
    """For every state those that silent edges lead on to, itself among them."""
    found = [1 << state for state in range(states)]
    for _ in range(states):
        before = list(found)
        for source, _, target in silent.tolist():
            found[source] |= found[target]
        if found == before:
            break
    return found


def _any_step(after: list[list[int]], states: int) -> int:
    found = 0
    for targets in after:
        found |= _union(targets, states)
    return found


def _union(sets: list[int], members: int) -> int:
    found = 0
    while members:
        low = members & -members
        found |= sets[low.bit_length() - 1]
        members ^= low
    return found


def bits(states: int) -> Iterator[int]:
    """The states of a set, lowest first."""
    while states:
        low = states & -states
        yield low.bit_length() - 1
        states ^= low
