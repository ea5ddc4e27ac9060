"""How is a Petri net drawn as BPMN?

A place where ways part or meet becomes a choice, a transition that takes or gives several tokens a parallel gateway, a
labelled transition a task; what has one way in and one way out and no name is only a way. The diagram means the same
as the net if the net is free-choice (van der Aalst and others have the mapping); else a choice in it may be made earlier
than in the net, and whoever shows the diagram has to say so.
"""

from __future__ import annotations

from dataclasses import dataclass

from .bpmn import Diagram, Kind, Shape
from .layered_layout import laid_out
from .petri_net import PetriNet

_Node = tuple[Kind | None, str]  # None: only a way


def net_diagram(net: PetriNet) -> Diagram:
    """The net from a start event to an end event, in layers."""
    graph = _graph(net)
    graph.contract()
    numbers = {node: number for number, node in enumerate(sorted(graph.nodes))}
    shapes = [Shape(kind or "choice", 0, 0, name) for _, (kind, name) in sorted(graph.nodes.items())]
    return laid_out(shapes, [(numbers[source], numbers[target]) for source, target in graph.ways])


@dataclass
class _Graph:
    nodes: dict[int, _Node]
    ways: list[tuple[int, int]]

    def add(self, kind: Kind | None, name: str = "") -> int:
        self.nodes[len(self.nodes)] = (kind, name)
        return len(self.nodes) - 1

    def contract(self) -> None:
        """Leave out what is only a way."""
        into: dict[int, list[int]] = {node: [] for node in self.nodes}
        out: dict[int, list[int]] = {node: [] for node in self.nodes}
        for source, target in self.ways:
            into[target].append(source)
            out[source].append(target)
        for node in [number for number, (kind, _) in self.nodes.items() if kind is None]:
            if len(into[node]) != 1 or len(out[node]) != 1 or into[node] == [node]:
                continue
            (before,), (after,) = into.pop(node), out.pop(node)
            out[before][out[before].index(node)] = after
            into[after][into[after].index(node)] = before
            del self.nodes[node]
        self.ways = [(source, target) for source in sorted(out) for target in out[source]]


def _graph(net: PetriNet) -> _Graph:
    graph = _Graph({}, [])
    takers = [sum(place in each.takes for each in net.transitions) for place in range(net.places)]
    givers = [sum(place in each.gives for each in net.transitions) for place in range(net.places)]
    entry, exits = {}, {}
    for place in range(net.places):
        starts, ends = place in net.initial, place in net.final
        entry[place], exits[place] = _gate(graph, "choice", givers[place] + starts, takers[place] + ends)
    for each in net.transitions:
        first, last = _gate(graph, "parallel", len(each.takes), len(each.gives))
        if each.label is not None:
            task = graph.add("task", each.label)
            if first == last and len(each.takes) < 2:
                graph.ways.append((task, last))
                first = task
            elif first == last:
                graph.ways.append((first, task))
                last = task
            else:
                graph.ways.remove((first, last))
                graph.ways += [(first, task), (task, last)]
        graph.ways += [(exits[place], first) for place in each.takes]
        graph.ways += [(last, entry[place]) for place in each.gives]
    _events(graph, "start", [entry[place] for place in net.initial])
    _events(graph, "end", [exits[place] for place in net.final])
    return graph


def _gate(graph: _Graph, kind: Kind, into: int, out: int) -> tuple[int, int]:
    """Where ways meet and where they part: two gateways, one, or none. Returns the way in and the way out."""
    if into > 1 and out > 1:
        meeting, parting = graph.add(kind), graph.add(kind)
        graph.ways.append((meeting, parting))
        return meeting, parting
    only = graph.add(kind if into > 1 or out > 1 else None)
    return only, only


def _events(graph: _Graph, kind: Kind, places: list[int]) -> None:
    event = graph.add(kind)
    if len(places) > 1:
        gateway = graph.add("parallel")
        graph.ways.append((event, gateway) if kind == "start" else (gateway, event))
        event = gateway
    graph.ways += [(event, place) if kind == "start" else (place, event) for place in places]
