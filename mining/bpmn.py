"""How is a model written as BPMN 2.0, with its drawing, so that Camunda Modeler and bpmn.io open it?

A diagram is shapes and flows that have their places already (:mod:`.block_layout` for a process tree,
:mod:`.layered_layout` for a net). What is written is the process, which other tools compute with, and the diagram
interchange, which they draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from .xml_text import escaped

Kind = Literal["start", "end", "task", "choice", "parallel"]
Point = tuple[float, float]

# Width and height, as bpmn.io draws them.
SIZES: dict[Kind, tuple[int, int]] = {
    "start": (36, 36),
    "end": (36, 36),
    "task": (120, 80),
    "choice": (50, 50),
    "parallel": (50, 50),
}
GAP = 50  # from shape to shape along the flow
BETWEEN = 30  # from shape to shape across it

_TAGS: dict[Kind, str] = {
    "start": "startEvent",
    "end": "endEvent",
    "task": "task",
    "choice": "exclusiveGateway",
    "parallel": "parallelGateway",
}

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="definitions" targetNamespace="urn:saksflyt:discovered" \
exporter="Saksflyt">
"""


@dataclass(frozen=True)
class Shape:
    """A node and its place: the left upper corner. A task has a name."""

    kind: Kind
    x: float
    y: float
    name: str = ""

    @property
    def width(self) -> int:
        return SIZES[self.kind][0]

    @property
    def height(self) -> int:
        return SIZES[self.kind][1]


@dataclass(frozen=True)
class Flow:
    """An arrow between two shapes, by their places in the diagram's list, along its waypoints."""

    source: int
    target: int
    waypoints: tuple[Point, ...]


@dataclass(frozen=True)
class Diagram:
    """Shapes and flows; x grows to the right and y downwards."""

    shapes: tuple[Shape, ...]
    flows: tuple[Flow, ...]


def bpmn_xml(diagram: Diagram, name: str) -> str:
    """The BPMN 2.0 file of the diagram; the same text for the same diagram."""
    return "".join([_HEAD, *_process(diagram, name), *_drawing(diagram), "</bpmn:definitions>\n"])


def straightened(points: Iterable[Point]) -> tuple[Point, ...]:
    """The way without points that are not needed: doubles, and those in the middle of a straight line."""
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) >= 2 and any(kept[-2][axis] == kept[-1][axis] == point[axis] for axis in (0, 1)):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _names(diagram: Diagram) -> list[str]:
    """An id for every shape: its kind, and its number among them."""
    seen: dict[Kind, int] = {}
    names = []
    for shape in diagram.shapes:
        seen[shape.kind] = seen.get(shape.kind, 0) + 1
        names.append(f"{shape.kind}_{seen[shape.kind]}")
    return names


def _process(diagram: Diagram, name: str) -> Iterator[str]:
    ids = _names(diagram)
    into: dict[int, list[int]] = {number: [] for number in range(len(ids))}
    out: dict[int, list[int]] = {number: [] for number in range(len(ids))}
    for place, flow in enumerate(diagram.flows, 1):
        into[flow.target].append(place)
        out[flow.source].append(place)
    yield f'  <bpmn:process id="process" name="{escaped(name)}" isExecutable="false">\n'
    for number, (shape, id_) in enumerate(zip(diagram.shapes, ids, strict=True)):
        tag = f"bpmn:{_TAGS[shape.kind]}"
        named = f' name="{escaped(shape.name)}"' if shape.kind == "task" else ""
        yield f'    <{tag} id="{id_}"{named}>\n'
        yield from (f"      <bpmn:incoming>flow_{place}</bpmn:incoming>\n" for place in into[number])
        yield from (f"      <bpmn:outgoing>flow_{place}</bpmn:outgoing>\n" for place in out[number])
        yield f"    </{tag}>\n"
    for place, flow in enumerate(diagram.flows, 1):
        ends = f'sourceRef="{ids[flow.source]}" targetRef="{ids[flow.target]}"'
        yield f'    <bpmn:sequenceFlow id="flow_{place}" {ends} />\n'
    yield "  </bpmn:process>\n"


def _drawing(diagram: Diagram) -> Iterator[str]:
    yield '  <bpmndi:BPMNDiagram id="diagram">\n    <bpmndi:BPMNPlane id="plane" bpmnElement="process">\n'
    for shape, id_ in zip(diagram.shapes, _names(diagram), strict=True):
        marker = ' isMarkerVisible="true"' if shape.kind == "choice" else ""
        yield f'      <bpmndi:BPMNShape id="{id_}_shape" bpmnElement="{id_}"{marker}>\n'
        yield f'        <dc:Bounds x="{shape.x:g}" y="{shape.y:g}" width="{shape.width}" height="{shape.height}" />\n'
        yield "      </bpmndi:BPMNShape>\n"
    for place, flow in enumerate(diagram.flows, 1):
        yield f'      <bpmndi:BPMNEdge id="flow_{place}_edge" bpmnElement="flow_{place}">\n'
        yield "".join(f'        <di:waypoint x="{x:g}" y="{y:g}" />\n' for x, y in flow.waypoints)
        yield "      </bpmndi:BPMNEdge>\n"
    yield "    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>\n"
