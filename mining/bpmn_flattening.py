"""How is the inside of a BPMN process opened into one plain graph? (:mod:`.bpmn_graph` says what the graph is.)"""

from __future__ import annotations

from collections import defaultdict

from .bpmn_elements import ACTIVITIES, Node, Scope, refusal
from .bpmn_graph import Graph, PlainKind
from .bpmn_validation import apart, beginnings, endings, links

_GATES: dict[str, PlainKind] = {
    "exclusive": "choice",
    "event-based": "choice",
    "parallel": "parallel",
    "inclusive": "inclusive",
}
_THROWN = ("error", "escalation")  # what may leave a sub-process through its boundary


def flattened(scope: Scope, where: str) -> Opening:
    """The process opened; its graph is not contracted. Raises UsageError at what cannot be opened."""
    opening = Opening(where)
    graph = opening.graph
    graph.start = graph.add("choice", scope.nodes[beginnings(scope)[0]])
    end = graph.add("end", scope.nodes[endings(scope)[0]])
    opening.open(scope, graph.start, end, [])
    return opening


class Opening:
    """entries, exits : the nodes of the graph where each element is come to and left

    done : the node where an activity itself is done, apart from what goes on beside it
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.graph = Graph()
        self.entries: dict[str, int] = {}
        self.exits: dict[str, int] = {}
        self.done: dict[str, int] = {}
        self.afters: dict[str, int] = {}  # where the way of an event that does not interrupt is over

    def open(self, scope: Scope, entry: int, exit_: int, around: list[Node]) -> None:
        """Put the scope between two nodes. around : the boundary events of the sub-processes that it is in"""
        graph = self.graph
        held: dict[str, list[Node]] = {}
        for node in scope.nodes.values():
            if node.kind == "boundary":
                held.setdefault(node.attached, []).append(node)
        conditional = {way.source for way in scope.ways if way.conditional}
        for node in scope.nodes.values():
            self._add(node, "inclusive" if node.id in conditional else "parallel")
        for node in scope.nodes.values():
            if node.kind in ACTIVITIES:
                self._fill(node, held.get(node.id, []), around)
        for source, target in [*((way.source, way.target) for way in scope.ways), *links(scope)]:
            graph.link(self.exits[source], self.entries[target])
        beside = self._beside(scope, [node for each in held.values() for node in each if not node.interrupting])
        ends = [id_ for id_ in endings(scope) if id_ not in beside]
        for id_ in ends:
            if thrown := _catching(scope.nodes[id_], around):
                graph.link(self.exits[id_], self.entries[thrown.id])
        self._between(scope, [id_ for id_ in ends if not _catching(scope.nodes[id_], around)], entry, exit_)

    def _between(self, scope: Scope, ends: list[str], entry: int, exit_: int) -> None:
        """Lead from the entry to what is first, and from the ends to the exit."""
        graph, first = self.graph, beginnings(scope)
        if any(scope.nodes[id_].kind == "start" for id_ in first) or len(first) == 1:
            self._tie(first, ends, entry, exit_)
            return
        # Without a start event everything begins at once, and each part comes to its own end.
        split, join = graph.add("parallel", scope.nodes[first[0]]), graph.add("parallel", scope.nodes[first[0]])
        graph.link(entry, split)
        graph.link(join, exit_)
        for part in apart(scope):
            begun, ended = [id_ for id_ in first if id_ in part], [id_ for id_ in ends if id_ in part]
            before, after = graph.add("parallel", scope.nodes[begun[0]]), graph.add("choice", scope.nodes[begun[0]])
            graph.link(split, before)
            graph.link(after, join)
            self._tie(begun, ended, before, after)

    def _tie(self, begun: list[str], ended: list[str], entry: int, exit_: int) -> None:
        for id_ in begun:
            self.graph.link(entry, self.entries[id_])
        for id_ in ended:
            self.graph.link(self.exits[id_], exit_)

    def _add(self, node: Node, parting: PlainKind) -> None:
        graph = self.graph
        if node.kind in _GATES:
            self.entries[node.id] = self.exits[node.id] = graph.add(_GATES[node.kind], node)
            return
        self.entries[node.id], self.exits[node.id] = graph.add("choice", node), graph.add(parting, node)
        if node.kind not in ACTIVITIES:
            graph.link(self.entries[node.id], self.exits[node.id])

    def _fill(self, node: Node, own: list[Node], around: list[Node]) -> None:
        """What is between the two ends of an activity, with its marker and its own boundary events."""
        graph = self.graph
        entry, exit_ = self.entries[node.id], self.exits[node.id]
        for event in (each for each in own if not each.interrupting):
            entry, exit_ = self._fork(event, entry, exit_)
        if node.repeat is not None:
            before, after = graph.add("choice", node), graph.add("choice", node)
            graph.link(entry, before)
            graph.link(after, exit_)
            if node.repeat:
                graph.link(after, before)
                entry, exit_ = before, after
            else:
                graph.link(before, after)
                entry, exit_ = before, before
        self._body(node, entry, exit_, [*around, *own])
        for event in own:
            if event.interrupting and not only_thrown(event, node):
                graph.link(self.entries[node.id], self.entries[event.id])

    def _body(self, node: Node, entry: int, exit_: int, around: list[Node]) -> None:
        graph = self.graph
        if node.inside is not None and node.inside.nodes:
            inner, outer = graph.add("choice", node), graph.add("choice", node)
            self.open(node.inside, inner, outer, around)
        else:
            inner = outer = graph.add("task", node, node.name)
        graph.link(entry, inner)
        graph.link(outer, exit_)
        self.done[node.id] = outer

    def _fork(self, event: Node, entry: int, exit_: int) -> tuple[int, int]:
        """A boundary event that does not interrupt: its way may be gone while the activity goes on."""
        graph = self.graph
        split, join = graph.add("parallel", event), graph.add("parallel", event)
        before, after = graph.add("choice", event), graph.add("choice", event)
        for source, target in ((entry, split), (join, exit_), (split, before), (before, after), (after, join)):
            graph.link(source, target)
        graph.link(before, self.entries[event.id])
        if event.cyclic:
            graph.link(after, before)
        self.afters[event.id] = after
        return split, join

    def _beside(self, scope: Scope, events: list[Node]) -> set[str]:
        """Let the ends of the ways of events that do not interrupt lead back to their activities; they are returned."""
        leads, into = defaultdict(list), defaultdict(list)
        for way in scope.ways if events else ():
            leads[way.source].append(way.target)
            into[way.target].append(way.source)
        ends, found = set(endings(scope)), set()
        for event in events:
            region, waiting = {event.id}, [event.id]
            while waiting:
                fresh = [each for each in leads[waiting.pop()] if each not in region]
                region.update(fresh)
                waiting.extend(fresh)
            if any(source not in region for each in region for source in into[each]):
                raise refusal(
                    self.where,
                    event.line,
                    f"the {event} does not interrupt, and its way meets the rest of the flow again; let it have an end event "
                    "of its own, or let it interrupt.",
                )
            for id_ in sorted(region & ends):
                self.graph.link(self.exits[id_], self.afters[event.id])
            found |= region & ends
        return found


def _catching(end: Node, around: list[Node]) -> Node | None:
    """The boundary event that catches what an end event throws, of the innermost sub-process that has one."""
    if end.kind != "end" or end.event not in _THROWN:
        return None
    return next((each for each in reversed(around) if each.event == end.event and each.of in ("", end.of)), None)


def only_thrown(event: Node, node: Node | None) -> bool:
    """Does somebody inside throw what the boundary event catches? Then its way begins there and not before."""
    if event.event not in _THROWN or node is None or node.inside is None:
        return False
    waiting = [node.inside]
    while waiting:
        for each in waiting.pop().nodes.values():
            if _catching(each, [event]):
                return True
            if each.inside is not None:
                waiting.append(each.inside)
    return False
