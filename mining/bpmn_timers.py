"""Which deadlines and waits do the timers of a BPMN model speak of?

A timer on the boundary of an activity is offered as a deadline: from the step before the activity to its end. A timer
after an event-based gateway is one for the other ways: they have so long to come. A timer in the flow is a wait: so long
must lie between the steps before and after it (the rule `apart`), because a case that keeps to the model is never faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .bpmn_elements import Node, Scope
from .bpmn_flattening import Opening
from .flow_parts import Deadline, Rule
from .span import Span, Unit

_ISO = re.compile(
    r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?"
)
_MOST = 9_999
# More is nothing that anybody would read.
_MOST_TIMERS = 200
_MOST_RULES = 10  # from one timer


def iso_span(text: str) -> Span | None:
    """An ISO 8601 duration, or a cycle of them, as a length of time; None if it is mixed, of hours, or none at all."""
    found = _ISO.fullmatch(text.rpartition("/")[2].strip())
    if found is None:
        return None
    years, months, weeks, days, hours, minutes, seconds = (int(group or 0) for group in found.groups())
    day, rest = divmod(hours * 3600 + minutes * 60 + seconds, 86_400)
    amounts: dict[Unit, int] = {
        "months": months + 12 * years,
        "weeks": weeks,
        "days": days + day,
    }
    if weeks and amounts["days"]:
        amounts["days"] += 7 * amounts.pop("weeks")
    some: list[tuple[Unit, int]] = [(unit, amount) for unit, amount in amounts.items() if amount]
    if rest or len(some) != 1 or some[0][1] > _MOST:
        return None
    unit, amount = some[0]
    return Span(amount // 12, "years") if unit == "months" and amount % 12 == 0 else Span(amount, unit)


class Timers:
    """Gathers what is offered. The opening's graph must not be contracted yet."""

    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        self.into, self.out = opening.graph.neighbours()
        self.deadlines: list[Deadline] = []
        self.rules: list[Rule] = []
        self.warnings: list[str] = []
        self.seen = 0

    def gather(self, scope: Scope) -> None:
        """The timers of a scope and of those within it."""
        before: dict[str, list[str]] = {}
        for way in scope.ways:
            if scope.nodes[way.source].kind == "event-based":
                before.setdefault(way.target, []).append(way.source)
        for node in [*scope.nodes.values(), *scope.idle]:
            if node.event == "timer" and node.kind in ("event", "boundary"):
                self._offer(node, scope, before.get(node.id, []))
            if node.inside is not None:
                self.gather(node.inside)

    def _offer(self, node: Node, scope: Scope, gateways: list[str]) -> None:
        """gateways : the event-based ones that it comes after"""
        self.seen += 1
        if self.seen > _MOST_TIMERS:
            if self.seen == _MOST_TIMERS + 1:
                self.warnings.append(
                    f"{node.placed} and all timers after it are passed over: only {_MOST_TIMERS} are read."
                )
            return
        span = iso_span(node.timer)
        if span is None:
            what = f"its time {node.timer[:80]!r} is" if node.timer else "it has no time that is"
            self.warnings.append(
                f"{node.placed} gives no deadline, because {what} no number of days, weeks, months or years."
            )
            return
        before = len(self.deadlines) + len(self.rules)
        if node.kind == "boundary":
            self._deadlines(node, span, node.attached, self._back(self.opening.done[node.attached]))
        elif gateways:
            others = {way.target for way in scope.ways if way.source in gateways} - {node.id}
            ends = {step for id_ in others for step in self._forth(self.opening.entries[id_])}
            self._deadlines(node, span, gateways[0], ends)
        else:
            self._waits(node, span)
        made = len(self.deadlines) + len(self.rules) - before
        if made:
            kind = "wait (a rule of the kind apart)" if self.rules and not node.attached else "deadline"
            self.warnings.append(f"{node.placed} is offered as a {kind} of {span}; see whether it is meant so.")
        else:
            self.warnings.append(
                f"{node.placed} gives no deadline, because it is not clear from which step to which; write it yourself ({span})."
            )

    def _deadlines(self, node: Node, span: Span, begins: str, ends: set[str]) -> None:
        starts = self._back(self.opening.entries[begins]) - ends
        end = tuple(sorted(ends))
        for start in sorted(starts)[:_MOST_RULES] if end else ():
            name = self._name(node, f"{' / '.join(end)} innen {span}", start, [each.name for each in self.deadlines])
            self.deadlines.append(Deadline(name, start, end, span))

    def _waits(self, node: Node, span: Span) -> None:
        pairs = [
            (before, after)
            for before in sorted(self._back(self.opening.entries[node.id]))
            for after in sorted(self._forth(self.opening.exits[node.id]))
            if before != after
        ]
        for before, after in pairs[:_MOST_RULES]:
            taken = [each.name or "" for each in self.rules]
            name = self._name(node, f"{span} – {after}", before, taken)
            self.rules.append(Rule("apart", {"before": before, "after": after, "least": span}, name))

    def _name(self, node: Node, otherwise: str, start: str, taken: list[str]) -> str:
        names = self._names(" ".join((node.name or otherwise).split()), start)
        return next(name for name in names if name not in taken)

    def _names(self, name: str, start: str) -> Iterator[str]:
        yield name
        yield f"{name} ({' '.join(start.split())})"
        number = 2
        while True:
            yield f"{name} {number}"
            number += 1

    def _back(self, number: int) -> set[str]:
        """The tasks that come last before a node is left, or none if several must have come."""
        return self._walked(number, self.into, meets=True)

    def _forth(self, number: int) -> set[str]:
        """The tasks that may come next."""
        return self._walked(number, self.out, meets=False)

    def _walked(self, first: int, leads: dict[int, list[int]], *, meets: bool) -> set[str]:
        graph = self.opening.graph
        seen, waiting, found = {first}, [first], set()
        while waiting:
            number = waiting.pop()
            if graph.kinds[number] == "task":
                found.add(graph.labels[number])
                continue
            if meets and graph.kinds[number] in ("parallel", "inclusive") and len(leads[number]) > 1:
                return set()
            fresh = [each for each in leads[number] if each not in seen]
            seen.update(fresh)
            waiting.extend(fresh)
        return found
