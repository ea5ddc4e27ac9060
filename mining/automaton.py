"""What does a model allow, step by step?

An intended flow or a bounded Petri net as a finite automaton: a transition system in which every state lies on a way from
the start to an end, and no ring of edges is silent throughout. It is as small as :mod:`.automaton_reduction` makes it, and
allows exactly what the model allows.
"""

from __future__ import annotations

import numpy as np

from .automaton_reduction import reduced, trimmed
from .derivatives import Derivatives
from .errors import TooBig, UsageError
from .expression import Expression
from .net_reduction import reduced as reduced_net
from .petri_net import PetriNet
from .state_space import state_space
from .transition_system import TransitionSystem

MOST_STATES = 4_096  # as many as twelve steps in any order have


def of_expression(flow: Expression) -> TransitionSystem:
    """The automaton of an intended flow. Raises TooBig when it has too many states, UsageError when it has no step."""
    rests = Derivatives(flow)
    if not rests.labels:
        raise UsageError("The flow holds no step: write at least one.")
    number = {rest: place for place, rest in enumerate(rests.ways)}
    edges = [(number[rest], label, number[left]) for rest, ways in rests.ways.items() for label, left in ways]
    final = np.array([rest in rests.ends for rest in rests.ways])
    ordered = np.array(sorted(edges), np.int64).reshape(-1, 3)
    return _automaton(TransitionSystem(rests.labels, number[rests.start], final, ordered))


def of_net(net: PetriNet) -> TransitionSystem:
    """The automaton of a bounded Petri net; a place that comes twice in `takes` or `gives` is an arc of weight 2.

    Raises TooBig when it has too many states, Unbounded when tokens pile up without end, UsageError when it never comes
    to its end.
    """
    return _automaton(state_space(reduced_net(net) if _between_its_ends(net) else net).graph)


def small(graph: TransitionSystem) -> TransitionSystem:
    """The graph with as few states as can be. Raises TooBig when they are too many to hold cases against them."""
    left = reduced(graph)
    if left.states > MOST_STATES:
        raise TooBig(
            f"The model can be in more than {MOST_STATES} states, too many to hold cases against it exactly: put fewer "
            "steps in any order."
        )
    return left


def _automaton(graph: TransitionSystem) -> TransitionSystem:
    graph = trimmed(graph)
    if not graph.states:
        raise UsageError("The model never comes to its end, whatever the order of its steps.")
    return small(graph)


def _between_its_ends(net: PetriNet) -> bool:
    """Does nothing fill its first places or empty its last ones, and are all arcs of weight 1? Then every silent
    transition that merely leads on can go without changing what the net allows."""
    filled = {place for transition in net.transitions for place in transition.gives}
    emptied = {place for transition in net.transitions for place in transition.takes}
    sides = [side for each in net.transitions for side in (each.takes, each.gives)]
    return not (
        filled & set(net.initial)
        or emptied & set(net.final)
        or any(len(set(side)) < len(side) for side in [*sides, net.initial, net.final])
    )
