"""What does a model allow, step by step?

An intended flow or a bounded Petri net as a finite automaton: states, edges that take a step, and silent edges. It is as
small as the reductions of :mod:`.automaton_reduction` make it, and allows exactly what the model allows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .automaton_reduction import Graph, reduced
from .derivatives import Derivatives
from .errors import TooBig, UsageError
from .expression import Expression
from .net_reduction import reduced as reduced_net
from .petri_net import PetriNet
from .state_space import SILENT, TooManyStates, Unbounded, state_space

MOST_STATES = 4_096  # as many as twelve steps in any order have


@dataclass(frozen=True, eq=False)
class Automaton:
    """Every state lies on a way from the start to an end, and no ring of edges is silent throughout.

    labels : the steps; those of a flow in reading order, those of a net sorted
    start : where it starts; final : for every state, may it end here?
    edges : one row per edge, sorted: source, label (a place among `labels`, or -1: silent), target
    """

    labels: tuple[str, ...]
    start: int
    final: NDArray[np.bool_]
    edges: NDArray[np.int64]

    @property
    def states(self) -> int:
        return len(self.final)

    @property
    def visible(self) -> NDArray[np.int64]:
        return self.edges[self.edges[:, 1] != SILENT]

    @property
    def silent(self) -> NDArray[np.int64]:
        return self.edges[self.edges[:, 1] == SILENT]


def of_expression(flow: Expression) -> Automaton:
    """The automaton of an intended flow. Raises TooBig when it has too many states, UsageError when it has no step."""
    rests = Derivatives(flow)
    if not rests.labels:
        raise UsageError("The flow holds no step: write at least one.")
    number = {rest: place for place, rest in enumerate(rests.ways)}
    edges = [(number[rest], label, number[left]) for rest, ways in rests.ways.items() for label, left in ways]
    final = np.array([rest in rests.ends for rest in rests.ways])
    return _automaton(rests.labels, Graph(number[rests.start], final, np.array(edges, np.int64).reshape(-1, 3)))


def of_net(net: PetriNet) -> Automaton:
    """The automaton of a bounded Petri net; a place that comes twice in `takes` or `gives` is an arc of weight 2.

    Raises TooBig when it has too many states, UsageError when tokens pile up without end or it never comes to its end.
    """
    try:
        space = state_space(reduced_net(net) if _between_its_ends(net) else net)
    except TooManyStates:
        raise TooBig(_TOO_MANY) from None
    except Unbounded:
        raise UsageError(
            "In the model tokens pile up without end, so that it has no end of states: look for a loop that puts out "
            "more than it takes."
        ) from None
    if not space.final.any():
        raise UsageError("The model never comes to its end: no order of its steps reaches the final marking.")
    return _automaton(tuple(space.activities), Graph(space.start, space.final, space.edges))


def _automaton(labels: tuple[str, ...], graph: Graph) -> Automaton:
    small = reduced(graph)
    if small.states > MOST_STATES:
        raise TooBig(_TOO_MANY)
    return Automaton(labels, small.start, small.final, small.edges)


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


_TOO_MANY = (
    f"The model can be in more than {MOST_STATES} states, too many to hold cases against it exactly: put fewer steps in "
    "any order."
)
