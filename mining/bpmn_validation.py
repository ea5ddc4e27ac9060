"""Do the nodes and flows of a BPMN process hang together?

What is wrong is refused with the element's id and line, before anything is made of the model.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from .bpmn_elements import ACTIVITIES, GATEWAYS, Node, Scope, refusal


def check(scope: Scope, where: str, *, outermost: bool = True) -> None:
    """Raise UsageError at the first fault of the scope, and of those within it."""
    _ways_have_ends(scope, where)
    _boundaries_are_attached(scope, where)
    _links_are_paired(scope, where)
    _directions_are_right(scope, where)
    if outermost:
        _begins_and_ends(scope, where)
    _all_is_on_a_way(scope, where)
    for node in scope.nodes.values():
        if node.kind == "task" and not node.name:
            raise refusal(where, node.line, f"the {node} has no name, so no event can be told to be it; give it one.")
        if node.inside is not None:
            check(node.inside, where, outermost=False)


def links(scope: Scope) -> list[tuple[str, str]]:
    """From each link event that is thrown to the one that catches it."""
    events = [node for node in scope.nodes.values() if node.kind == "event" and node.event == "link"]
    caught = {_link(node): node.id for node in events if not node.throws}
    return [(node.id, caught[_link(node)]) for node in events if node.throws and _link(node) in caught]


def _link(node: Node) -> str:
    return node.of or node.name


def _ways_have_ends(scope: Scope, where: str) -> None:
    for way in scope.ways:
        for end, what in ((way.source, "comes from"), (way.target, "leads to")):
            if end not in scope.nodes:
                raise refusal(
                    where,
                    way.line,
                    f"the {way} {what} {end!r}, which is no element of the same process or sub-process; draw it anew.",
                )


def _boundaries_are_attached(scope: Scope, where: str) -> None:
    for node in scope.nodes.values():
        if node.kind == "boundary":
            held = scope.nodes.get(node.attached)
            if held is None or held.kind not in ACTIVITIES:
                raise refusal(where, node.line, f"the {node} sits on no task or sub-process; put it on one.")


def _links_are_paired(scope: Scope, where: str) -> None:
    paired = {id_ for pair in links(scope) for id_ in pair}
    for node in scope.nodes.values():
        if node.kind == "event" and node.event == "link" and node.id not in paired:
            raise refusal(where, node.line, f"the {node} is a link without its other end; give both ends one name.")


def _directions_are_right(scope: Scope, where: str) -> None:
    out = Counter(way.source for way in scope.ways)
    into = Counter(way.target for way in scope.ways)
    for node in scope.nodes.values():
        if node.kind in ("start", "boundary") and into[node.id]:
            raise refusal(where, node.line, f"the {node} has a flow that leads to it; let it lead elsewhere.")
        if node.kind == "end" and out[node.id]:
            raise refusal(where, node.line, f"the {node} has a flow that leaves it; let the flow begin elsewhere.")
        if node.kind in GATEWAYS and not (into[node.id] and out[node.id]):
            what = "into it" if not into[node.id] else "out of it"
            raise refusal(
                where, node.line, f"the {node} has no flow {what}, so it is dead; connect it, or take it out."
            )


def _begins_and_ends(scope: Scope, where: str) -> None:
    for kind in ("start", "end"):
        if not any(node.kind == kind for node in scope.nodes.values()):
            line = min((node.line for node in scope.nodes.values()), default=1)
            raise refusal(where, line, f"the process has no {kind} event; draw where a case {kind}s.")


def _all_is_on_a_way(scope: Scope, where: str) -> None:
    """Every node can be reached from a beginning, and reaches an end."""
    pairs = [(way.source, way.target) for way in scope.ways] + links(scope)
    held = [(node.attached, node.id) for node in scope.nodes.values() if node.kind == "boundary"]
    starts, ends = beginnings(scope), endings(scope)
    forth = _reached(starts, _leads([*pairs, *held]))
    # What holds a boundary event may leave through it.
    back = _reached(ends, _leads((b, a) for a, b in [*pairs, *held]))
    for node in scope.nodes.values():
        if node.id not in forth:
            raise refusal(where, node.line, f"the {node} cannot be reached from the start; connect it, or take it out.")
        if node.id not in back and node.kind != "boundary":
            raise refusal(where, node.line, f"the {node} leads to no end event; let a flow lead on from it.")


def beginnings(scope: Scope) -> list[str]:
    """The start events; in a sub-process without any, what no flow leads to."""
    starts = [node.id for node in scope.nodes.values() if node.kind == "start"]
    led = {way.target for way in scope.ways} | {target for _, target in links(scope)}
    return starts or [node.id for node in scope.nodes.values() if node.id not in led and node.kind != "boundary"]


def endings(scope: Scope) -> list[str]:
    """The end events; in a sub-process without any, what no flow leaves."""
    ends = [node.id for node in scope.nodes.values() if node.kind == "end"]
    left = {way.source for way in scope.ways} | {source for source, _ in links(scope)}
    return ends or [node.id for node in scope.nodes.values() if node.id not in left and node.kind != "boundary"]


def apart(scope: Scope) -> list[set[str]]:
    """The parts of a scope that no flow connects."""
    pairs = [(way.source, way.target) for way in scope.ways] + links(scope)
    pairs += [(node.attached, node.id) for node in scope.nodes.values() if node.kind == "boundary"]
    leads = _leads([*pairs, *((b, a) for a, b in pairs)])
    parts: list[set[str]] = []
    seen: set[str] = set()
    for id_ in scope.nodes:
        if id_ not in seen:
            parts.append(_reached([id_], leads))
            seen |= parts[-1]
    return parts


def _leads(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    leads: dict[str, list[str]] = defaultdict(list)
    for source, target in pairs:
        leads[source].append(target)
    return leads


def _reached(first: Iterable[str], leads: dict[str, list[str]]) -> set[str]:
    reached, waiting = set(first), list(first)
    while waiting:
        fresh = [each for each in leads[waiting.pop()] if each not in reached]
        reached.update(fresh)
        waiting.extend(fresh)
    return reached
