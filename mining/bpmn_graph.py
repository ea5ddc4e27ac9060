"""What does a BPMN process mean, as one plain graph of tasks, choices and parallel gateways?

Sub-processes are opened: the ways into one lead to its start events, its end events to the ways out. What is implicit
in BPMN is drawn: several flows into an activity meet as a choice, several out of it part in parallel; a marker becomes a
loop; a boundary event becomes a way out before its activity.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from .bpmn_elements import Node

PlainKind = Literal["task", "choice", "parallel", "inclusive", "end"]


@dataclass
class Graph:
    """Nodes by number: what each is, the task's label, the element that it was made of; and the ways between them.

    start : where a case begins
    """

    kinds: dict[int, PlainKind] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    origins: dict[int, Node] = field(default_factory=dict)
    ways: list[tuple[int, int]] = field(default_factory=list)
    start: int = 0
    added: int = field(default=0, init=False)

    def add(self, kind: PlainKind, origin: Node, label: str = "") -> int:
        number, self.added = self.added, self.added + 1
        self.kinds[number], self.origins[number] = kind, origin
        if kind == "task":
            self.labels[number] = label
        return number

    def link(self, source: int, target: int) -> None:
        self.ways.append((source, target))

    def neighbours(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """For each node the sources of the ways into it, and the targets of those out of it."""
        into: dict[int, list[int]] = {number: [] for number in self.kinds}
        out: dict[int, list[int]] = {number: [] for number in self.kinds}
        for source, target in self.ways:
            into[target].append(source)
            out[source].append(target)
        return into, out

    def contract(self) -> None:
        """Leave out what has one way in and one way out and is no task."""
        into, out = self.neighbours()
        for number in [each for each, kind in self.kinds.items() if kind not in ("task", "end") and each != self.start]:
            if len(into[number]) != 1 or len(out[number]) != 1 or into[number] == [number]:
                continue
            (before,), (after,) = into.pop(number), out.pop(number)
            out[before][out[before].index(number)] = after
            into[after][into[after].index(number)] = before
            del self.kinds[number], self.origins[number]
        self.ways = [(source, target) for source in sorted(out) for target in out[source]]

    def counts(self) -> tuple[Counter[int], Counter[int]]:
        """How many ways lead into each node, and out of it."""
        return Counter(target for _, target in self.ways), Counter(source for source, _ in self.ways)
