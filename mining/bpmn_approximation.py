"""What in a BPMN process is read as something a little different, and what is left out? Each with a warning."""

from __future__ import annotations

from collections import Counter

from .bpmn_elements import ACTIVITIES, Node, Scope, refusal
from .bpmn_flattening import only_thrown

_PLAIN = frozenset({"", "start", "begin", "end", "slutt", "ende"})  # names of events that say nothing
_AT_END = ("", "error", "escalation")  # what an end event may be about without being something that is done
_DATA = "make it a task if your data show it"


def approximated(scope: Scope, where: str) -> list[str]:
    """Change the scope, and those within it, to what can be read. Returns the warnings.

    Raises UsageError at a call activity that calls nothing.
    """
    warnings = _without_idle_events(scope)
    out = Counter(way.source for way in scope.ways)
    conditional = {way.source for way in scope.ways if way.conditional}
    starts = [node for node in scope.nodes.values() if node.kind == "start"]
    if len(starts) > 1:
        warnings.append(f"{starts[0].placed} is one of {len(starts)}; a case is read to begin with any one of them.")
    for node in scope.nodes.values():
        thrown = node.kind == "boundary" and only_thrown(node, scope.nodes.get(node.attached))
        warnings += [f"{node.placed} {said}" for said in _said(node, out[node.id], where) if not thrown]
        if node.id in conditional and node.kind in ACTIVITIES and out[node.id] > 1:
            warnings.append(f"{node.placed} has flows with conditions; they are read as all sets of these ways.")
        if node.inside is not None:
            warnings += approximated(node.inside, where)
    return warnings


def _said(node: Node, out: int, where: str) -> list[str]:
    said = []
    if node.kind == "event" and node.event != "link":
        said.append(f"is no step: what comes before and after it follow each other; {_DATA}.")
    if node.kind in ("start", "end") and (node.name.casefold() not in _PLAIN or _does_something(node)):
        said.append(f"is no step; {_DATA}.")
    if node.kind == "end" and node.event == "terminate":
        said.append("is read as a plain end: what goes on elsewhere must come to its own end.")
    if node.kind == "boundary":
        how = "a way that may be taken in place of" if node.interrupting else "a way that may be gone while there is"
        said.append(f"is read as {how} what it sits on.")
    if node.kind == "inclusive" and out > 1:
        said.append("is read as all sets of its ways: one, several or all of them.")
    if node.kind == "event-based":
        said.append("is read as a choice.")
    if node.repeat is not None:
        times = "once or more" if node.repeat else "any number of times"
        said.append(f"has a marker that it is repeated; it is read as {times}, one after the other.")
    if node.kind == "call" and not node.calls:
        raise refusal(where, node.line, f"the {node} calls no process; make it a task, or say what it calls.")
    if node.kind == "call":
        said.append("is read as one task; what it calls is not looked into.")
    if node.kind == "block" and node.inside is not None and not node.inside.nodes:
        said.append("is empty, so it is read as one task.")
        node.inside = None
        if not node.name:
            raise refusal(where, node.line, f"the {node} is empty and has no name; fill it, or take it out.")
    return said


def _does_something(node: Node) -> bool:
    return node.kind == "end" and node.event not in (*_AT_END, "terminate")


def _without_idle_events(scope: Scope) -> list[str]:
    """Boundary events that no flow leaves lead nowhere. Their timers are kept: they may be deadlines."""
    left = {way.source for way in scope.ways}
    idle = [node for node in scope.nodes.values() if node.kind == "boundary" and node.id not in left]
    for node in idle:
        del scope.nodes[node.id]
        scope.idle.append(node)
    return [f"{node.placed} has no flow out of it, so it leads nowhere." for node in idle]
