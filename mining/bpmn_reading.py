"""What does a BPMN 2.0 model say about the intended flow?

The subset that an order of steps can say: one process; start and end events; tasks of all kinds; exclusive, parallel,
inclusive and event-based gateways; sub-processes; lanes, which become units; markers; boundary events; timers, which are
offered as deadlines. What is read as something a little different comes with a warning, what cannot be read is refused;
both name the element, its id and its line (``docs/intended-flow.md`` has the table).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from .bpmn_approximation import approximated
from .bpmn_document import Reader
from .bpmn_elements import ACTIVITIES, Node, Scope, refusal
from .bpmn_flattening import flattened
from .bpmn_graph import Graph
from .bpmn_inclusive import expanded
from .bpmn_net import net_of_graph
from .bpmn_pools import chosen
from .bpmn_timers import Timers
from .bpmn_validation import check
from .expression import Expression
from .flow_parts import StepSettings
from .net_order import NetOrder, Unsound, order_of
from .xml_document import Element


def from_bpmn(root: Element, where: str, pool: str | None = None, otherwise: str = "") -> dict[str, Any]:
    """The fields of a flow. Raises UsageError with file, line and element.

    where : how messages name the file; pool : the name or id of the pool to read
    otherwise : the flow's name where neither pool nor process has one
    """
    found = chosen(root, where, pool)
    scope = Reader(where).scope(found.process)
    warnings = [*found.warnings, *approximated(scope, where)]
    check(scope, where)
    opening = flattened(scope, where)
    timers = Timers(opening)
    timers.gather(scope)
    opening.graph.contract()
    expanded(opening.graph, where)
    units, doubts = _units(scope)
    return {
        "name": found.name or otherwise,
        "order": _order(opening.graph, where),
        "steps": {step: StepSettings(unit=unit) for step, unit in units.items()},
        "deadlines": tuple(timers.deadlines),
        "rules": tuple(timers.rules),
        "warnings": (*warnings, *timers.warnings, *doubts),
    }


def _order(graph: Graph, where: str) -> Expression | NetOrder:
    sourced = net_of_graph(graph)

    def title(number: int) -> str:
        node = sourced.origins[number]
        return f"the {node} on line {node.line}"

    try:
        return order_of(sourced.net, title, where, ends_apart=True)
    except Unsound as unsound:
        node = sourced.origins[unsound.fault.transition or 0]
        raise refusal(where, node.line, f"{unsound.said(f'the {node}')}.") from None


def _units(scope: Scope) -> tuple[dict[str, str], list[str]]:
    """The unit of each step whose tasks all stand in lanes of one name, and a warning for each other one."""
    found: dict[str, dict[str | None, Node]] = defaultdict(dict)
    waiting = [scope]
    while waiting:
        for node in waiting.pop(0).nodes.values():
            if node.inside is not None:
                waiting.append(node.inside)
            elif node.kind in ACTIVITIES:
                found[node.name].setdefault(node.unit, node)
    units, warnings = {}, []
    for step, lanes in found.items():
        names = [name for name in lanes if name]
        if len(lanes) == 1 and names:
            units[step] = names[0]
        elif names:
            *_, last = lanes.values()
            warnings.append(
                f"{last.placed} stands in another lane than its namesake, so the unit of the step is left open."
            )
    return units, warnings
