"""How is a flow written in another format, and what gets lost on the way?"""

from __future__ import annotations

from collections.abc import Iterator

from .block_layout import tree_diagram
from .bpmn import bpmn_xml
from .errors import UsageError
from .expression_tree import tree_of
from .flow import Flow
from .net_diagram import net_diagram
from .net_order import NetOrder
from .net_reduction import reduced
from .petri_net import PetriNet, net_of
from .pnml import pnml

FORMATS = (".toml", ".bpmn", ".pnml")


def converted(flow: Flow, suffix: str) -> tuple[str, tuple[str, ...]]:
    """The text of the file, and a sentence for each thing that it cannot say.

    suffix : ".toml", ".bpmn" or ".pnml"

    Raises UsageError if the flow cannot be written in that format.
    """
    if suffix == ".toml":
        text = flow.to_toml()
        Flow.from_toml(text, "The flow")  # what is too long or too deep to be read is not written
        return text, ()
    if suffix not in FORMATS:
        raise UsageError(
            f"A flow cannot be written as {suffix or 'a file without an ending'}; end its name in .toml, .bpmn or .pnml."
        )
    name = {".bpmn": "BPMN", ".pnml": "PNML"}[suffix]
    lost = tuple(f"{name} holds the order of the steps, and not {said}." for said in _beside(flow))
    if suffix == ".pnml":
        return pnml(net_of_flow(flow), flow.name), lost
    if isinstance(flow.order, NetOrder):
        doubt = () if flow.order.net.free_choice else (
            "Choices and waiting are mixed in the net, so the BPMN file may make a choice earlier than it.",
        )  # fmt: skip
        return bpmn_xml(net_diagram(flow.order.net), flow.name), (*doubt, *lost)
    return bpmn_xml(tree_diagram(tree_of(flow.order)), flow.name), lost


def net_of_flow(flow: Flow) -> PetriNet:
    """The Petri net that allows what the flow allows."""
    return flow.order.net if isinstance(flow.order, NetOrder) else reduced(net_of(tree_of(flow.order)))


def _beside(flow: Flow) -> Iterator[str]:
    said = {
        "the steps that close a case": len(flow.closed_by),
        "the clock": 1 if flow.clock else 0,
        "what is said about single steps": len(flow.steps),
        "the deadlines": len(flow.deadlines),
        "the rules": len(flow.rules),
        "the calendar": 1 if flow.calendar else 0,
    }
    parts = [what for what, number in said.items() if number]
    if parts:
        yield ", ".join(parts)
