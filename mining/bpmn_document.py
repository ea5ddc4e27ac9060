"""Which flow nodes and sequence flows does a process of a BPMN file have?

Every element of the standard inside the process is read, known to say nothing about the order of steps, or refused with
its id and line: nothing is dropped in silence. Elements of other namespaces (a modeller's own) are passed over.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from .bpmn_elements import KINDS, MODEL, Node, Scope, Way, named, refusal
from .xml_document import Element, line_of, local_name, namespace

# What says nothing about the order of the steps.
_BESIDE = frozenset({
    "artifact", "association", "auditing", "category", "categoryValueRef", "correlationSubscription", "dataInput",
    "dataInputAssociation", "dataObject", "dataObjectReference", "dataOutput", "dataOutputAssociation",
    "dataStoreReference", "documentation", "extensionElements", "group", "humanPerformer", "incoming", "inputSet",
    "ioBinding", "ioSpecification", "laneSet", "messageFlow", "monitoring", "outgoing", "outputSet", "performer",
    "potentialOwner", "property", "rendering", "resourceRole", "script", "supportedInterfaceRef", "supports",
    "textAnnotation",
})  # fmt: skip
_LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")
_REFUSED = {
    "transaction": "a transaction, whose undoing no order of steps can say; make it a plain sub-process",
    "adHocSubProcess": "an ad-hoc sub-process, which has no order; give its tasks an order, or make them anytime steps",
    "complexGateway": "a complex gateway, whose rule only a program can read; draw it with plain gateways",
    "compensateEventDefinition": "about compensation, which no order of steps can say; take it out",
    "cancelEventDefinition": "about cancelling a transaction, which no order of steps can say; take it out",
}
_DEEPEST = 50
_EVENT = "EventDefinition"
_DURATIONS = ("timeDuration", "timeCycle", "timeDate")


class Reader:
    """Reads processes. where : how messages name the file"""

    def __init__(self, where: str) -> None:
        self.where = where
        self._seen: dict[str, int] = {}

    def scope(self, process: Element, unit: str | None = None, depth: int = 0) -> Scope:
        """The inside of a process or sub-process, and of those within it. depth : how many it is in"""
        if depth > _DEEPEST:
            raise refusal(
                self.where, line_of(process), f"sub-processes are more than {_DEEPEST} deep within each other here."
            )
        scope = Scope()
        lanes = dict(_lanes(process))
        for element in children(process):
            tag = local_name(element)
            if tag == "sequenceFlow":
                scope.ways.append(self._way(element))
            elif tag in KINDS:
                node = self._node(element, lanes, unit, depth)
                scope.nodes[node.id] = node
            elif tag not in _BESIDE and tag not in _LOOPS:
                self._refuse(element, tag)
        return scope

    def _node(self, element: Element, lanes: dict[str, str], unit: str | None, depth: int) -> Node:
        kind = KINDS[local_name(element)]
        id_ = self._id(element)
        node = Node(id_, kind, label(element), line_of(element), unit=lanes.get(id_, unit))
        if element.get("isForCompensation") == "true":
            raise refusal(self.where, node.line, f"the {node} is {_REFUSED['compensateEventDefinition']}.")
        node.throws = local_name(element) == "intermediateThrowEvent"
        node.attached = element.get("attachedToRef", "")
        node.interrupting = element.get("cancelActivity", "true") != "false"
        node.calls = element.get("calledElement", "").rpartition(":")[2]
        for child in children(element):
            self._detail(node, child)
        if kind == "block":
            if element.get("triggeredByEvent") == "true":
                raise refusal(
                    self.where,
                    node.line,
                    f"the {node} is begun by an event from outside the order of steps; draw it as a "
                    "boundary event, or take it out.",
                )
            node.inside = self.scope(element, node.unit, depth + 1)
        return node

    def _detail(self, node: Node, child: Element) -> None:
        tag = local_name(child)
        if tag in _LOOPS:
            before = tag == _LOOPS[0] and child.get("testBefore") == "true"
            node.repeat = 0 if before else 1
        elif tag in _REFUSED and node.kind != "block":
            raise refusal(self.where, node.line, f"the {node} is {_REFUSED[tag]}.")
        elif tag.endswith(_EVENT):
            node.event = tag.removesuffix(_EVENT)
            node.of = child.get("name", "") if node.event == "link" else child.get(f"{node.event}Ref", "")
            for time in children(child):
                if local_name(time) in _DURATIONS:
                    node.timer, node.cyclic = (time.text or "").strip(), local_name(time) == "timeCycle"
        elif tag == "eventDefinitionRef":
            node.event = "referred"

    def _way(self, element: Element) -> Way:
        conditional = any(local_name(child) == "conditionExpression" for child in children(element))
        way = Way(
            self._id(element),
            element.get("sourceRef", ""),
            element.get("targetRef", ""),
            line_of(element),
            conditional,
        )
        for end, what in ((way.source, "sourceRef"), (way.target, "targetRef")):
            if not end:
                raise refusal(self.where, way.line, f"the {way} has no {what}; draw it anew.")
        return way

    def _id(self, element: Element) -> str:
        id_, line = element.get("id", ""), line_of(element)
        what = named(local_name(element), element.get("name", ""), id_)
        if not id_:
            raise refusal(self.where, line, f"the {what.strip()} has no id; save the file anew with a modeller.")
        if id_ in self._seen:
            raise refusal(
                self.where, line, f"the {what} has the id of the element on line {self._seen[id_]}; give it its own."
            )
        self._seen[id_] = line
        return id_

    def _refuse(self, element: Element, tag: str) -> None:
        what = named(tag, element.get("name", ""), element.get("id", ""))
        reason = _REFUSED.get(tag, "no part of a process that can be read; take it out")
        raise refusal(self.where, line_of(element), f"the {what.strip()} is {reason}.")


def children(element: Element) -> Iterator[Element]:
    """The children that belong to the standard."""
    return (child for child in element if namespace(child) == MODEL)


def label(element: Element) -> str:
    """The element's name in composed form; one of spaces alone is none."""
    name = unicodedata.normalize("NFC", element.get("name", ""))
    return name if name.strip() else ""


def _lanes(process: Element) -> Iterator[tuple[str, str]]:
    """Each flow node with the name of the innermost named lane that it is in."""
    for laneset in children(process):
        if local_name(laneset) in ("laneSet", "childLaneSet"):
            for lane in children(laneset):
                for child in children(lane):
                    if local_name(child) == "flowNodeRef" and label(lane):
                        yield (child.text or "").strip(), " ".join(label(lane).split())
                yield from _lanes(lane)
