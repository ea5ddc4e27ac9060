"""Do two models allow the same sequences? By walking through both automata side by side, made deterministic."""

from __future__ import annotations

from collections import Counter
from typing import Any

from saksflyt.mining.petri_net import PetriNet, Transition
from saksflyt.mining.transition_system import TransitionSystem

TheirNet = tuple[Any, Any, Any]  # pm4py's net, initial and final marking


def from_theirs(model: TheirNet) -> PetriNet:
    """pm4py's net as ours, without anything made simpler."""
    net, initial, final = model
    numbers = {place: number for number, place in enumerate(sorted(net.places, key=lambda place: str(place.name)))}
    transitions = tuple(
        Transition(
            each.label,
            tuple(sorted(numbers[arc.source] for arc in each.in_arcs for _ in range(arc.weight))),
            tuple(sorted(numbers[arc.target] for arc in each.out_arcs for _ in range(arc.weight))),
        )
        for each in sorted(net.transitions, key=lambda each: (each.label or "", str(each.name)))
    )
    starts, ends = (tuple(sorted(numbers[p] for p in Counter(m).elements())) for m in (initial, final))
    return PetriNet(len(numbers), transitions, starts, ends)


def same_words(one: TransitionSystem, other: TransitionSystem) -> bool:
    """Do they allow the same sequences?"""
    left, right = _Side(one), _Side(other)
    first = (left.closed({one.start}), right.closed({other.start}))
    seen, waiting = {first}, [first]
    while waiting:
        a, b = waiting.pop()
        ways, others = left.ways(a), right.ways(b)
        if left.ends(a) != right.ends(b) or ways.keys() != others.keys():
            return False
        for pair in ((ways[label], others[label]) for label in ways):
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return True


class _Side:
    def __init__(self, automaton: TransitionSystem) -> None:
        self.automaton = automaton
        self.out: dict[int, list[tuple[str | None, int]]] = {}
        for source, label, target in automaton.edges.tolist():
            self.out.setdefault(source, []).append((None if label < 0 else automaton.labels[label], target))

    def closed(self, states: set[int]) -> frozenset[int]:
        waiting = list(states)
        while waiting:
            for label, target in self.out.get(waiting.pop(), ()):
                if label is None and target not in states:
                    states.add(target)
                    waiting.append(target)
        return frozenset(states)

    def ends(self, states: frozenset[int]) -> bool:
        return any(self.automaton.final[state] for state in states)

    def ways(self, states: frozenset[int]) -> dict[str, frozenset[int]]:
        found: dict[str, set[int]] = {}
        for state in states:
            for label, target in self.out.get(state, ()):
                if label is not None:
                    found.setdefault(label, set()).add(target)
        return {label: self.closed(after) for label, after in found.items()}
