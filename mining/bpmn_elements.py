"""What is a BPMN model made of, as far as it can be read, and how is an element named in a message?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .errors import UsageError

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"

NodeKind = Literal[
    "start", "end", "event", "boundary", "task", "exclusive", "parallel", "inclusive", "event-based", "block", "call"
]
ACTIVITIES: tuple[NodeKind, ...] = ("task", "block", "call")
GATEWAYS: tuple[NodeKind, ...] = ("exclusive", "parallel", "inclusive", "event-based")

KINDS: dict[str, NodeKind] = {
    "startEvent": "start",
    "endEvent": "end",
    "intermediateCatchEvent": "event",
    "intermediateThrowEvent": "event",
    "boundaryEvent": "boundary",
    "task": "task",
    "userTask": "task",
    "manualTask": "task",
    "serviceTask": "task",
    "scriptTask": "task",
    "businessRuleTask": "task",
    "sendTask": "task",
    "receiveTask": "task",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "inclusiveGateway": "inclusive",
    "eventBasedGateway": "event-based",
    "subProcess": "block",
    "callActivity": "call",
}

_WORDS: dict[NodeKind, str] = {
    "start": "start event",
    "end": "end event",
    "event": "intermediate event",
    "boundary": "boundary event",
    "task": "task",
    "exclusive": "exclusive gateway",
    "parallel": "parallel gateway",
    "inclusive": "inclusive gateway",
    "event-based": "event-based gateway",
    "block": "sub-process",
    "call": "call activity",
}


@dataclass
class Node:
    """A flow node.

    event : what an event is about ("timer", "message", "error", "link", …; empty for a plain one); of it is what it
        refers to: the link's name or the error
    timer : a timer's duration as it is written; cyclic : does it come again and again?
    attached : the activity that a boundary event sits on; interrupting : does it end the activity?
    repeat : how often an activity is done at least, if it may be done again; None otherwise
    inside : what is in a sub-process
    calls : the process that a call activity calls
    unit : the name of the innermost lane
    """

    id: str
    kind: NodeKind
    name: str
    line: int
    event: str = ""
    of: str = ""
    throws: bool = False
    timer: str = ""
    cyclic: bool = False
    attached: str = ""
    interrupting: bool = True
    repeat: int | None = None
    inside: Scope | None = None
    calls: str = ""
    unit: str | None = None

    def __str__(self) -> str:
        return named(_WORDS[self.kind], self.name, self.id)

    @property
    def placed(self) -> str:
        """The element with its line, to begin a sentence with."""
        return f"line {self.line}: the {self}"


@dataclass
class Way:
    """A sequence flow. conditional : is it taken only if a condition holds?"""

    id: str
    source: str
    target: str
    line: int
    conditional: bool = False

    def __str__(self) -> str:
        return named("sequence flow", "", self.id)


@dataclass
class Scope:
    """The inside of a process or of a sub-process. idle : boundary events that lead nowhere"""

    nodes: dict[str, Node] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    idle: list[Node] = field(default_factory=list)


def named(kind: str, name: str, id_: str) -> str:
    """An element in the words of a message, on one line."""
    shown = " ".join(name.split())
    shown = shown if len(shown) <= 60 else f"{shown[:57]}…"
    id_ = id_[:80]
    return f"{kind} '{shown}' ({id_})" if shown and id_ else f"{kind} '{shown}'" if shown else f"{kind} {id_}".strip()


def refusal(where: str, line: int, sentence: str) -> UsageError:
    """The error that says which element cannot be read. sentence : begins with a small letter"""
    return UsageError(f"{where}, line {line}: {sentence}")
