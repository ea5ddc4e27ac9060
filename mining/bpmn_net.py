"""Which Petri net means the same as a plain graph of tasks and gateways?

Every way is a place, a task a transition; a choice is a silent transition for each way in and each way out, a parallel
gateway one silent transition (Dijkman, Dumas and Ouyang, 2008).
"""

from __future__ import annotations

from dataclasses import dataclass

from .bpmn_elements import Node
from .bpmn_graph import Graph
from .petri_net import PetriNet, Transition


@dataclass(frozen=True)
class SourcedNet:
    """A net from place 0 to place 1, and the element that each transition was made of."""

    net: PetriNet
    origins: tuple[Node, ...]


def net_of_graph(graph: Graph) -> SourcedNet:
    """The net of a graph without inclusive gateways."""
    building = _Building(graph)
    for number in sorted(graph.kinds):
        building.add(number)
    net = PetriNet(building.places, tuple(building.transitions), (0,), (1,))
    return SourcedNet(net, tuple(building.origins))


class _Building:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.places = 2 + len(graph.ways)  # 0 is where a case begins, 1 where it ends
        self.into: dict[int, list[int]] = {number: [] for number in graph.kinds}
        self.out: dict[int, list[int]] = {number: [] for number in graph.kinds}
        self.into[graph.start].append(0)
        for place, (source, target) in enumerate(graph.ways, 2):
            self.out[source].append(place)
            self.into[target].append(place)
        self.transitions: list[Transition] = []
        self.origins: list[Node] = []

    def add(self, number: int) -> None:
        into, out, kind = self.into[number], self.out[number], self.graph.kinds[number]
        if kind == "task":
            self._transition(number, self.graph.labels[number], into, out)
        elif kind == "parallel":
            self._transition(number, None, into, out)
        elif kind == "end":
            for place in into:
                self._transition(number, None, [place], [1])
        elif len(into) > 1 and len(out) > 1:
            between, self.places = self.places, self.places + 1
            for place in into:
                self._transition(number, None, [place], [between])
            for place in out:
                self._transition(number, None, [between], [place])
        else:
            for before in into:
                for after in out:
                    self._transition(number, None, [before], [after])

    def _transition(self, number: int, label: str | None, takes: list[int], gives: list[int]) -> None:
        self.transitions.append(Transition(label, tuple(sorted(takes)), tuple(sorted(gives))))
        self.origins.append(self.graph.origins[number])
