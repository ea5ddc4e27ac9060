"""Which order of steps does a Petri net mean: one that can be written as an expression, or one that only a net can say?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .block_algebra import TooLarge
from .errors import UsageError
from .expression import Expression
from .net_blocks import Blocks, between_its_ends, blocks_of
from .net_faults import Fault, fault_of
from .petri_net import PetriNet

_FAULTS = {
    "too many states": "the model can be in so many states that nobody can say whether it is sound; let fewer things go on at once",
    "unbounded": "the model is not sound: with {} more and more goes on at once, without end; look at the loop around it",
    "stuck": "the model is not sound: a case can get stuck before {}, which waits for what never comes",
    "left over": "the model is not sound: a case can come to its end while {} is still to come; bring together what is "
    "parted, in a gateway of the same kind",
    "endless": "the model is not sound: from {} a case may never come to its end; let a way lead on",
    "dead": "the model is not sound: {} can never come; look at the gateways before it",
}


@dataclass(frozen=True)
class NetOrder:
    """An order of steps that no expression says, or none that is short enough.

    unwritable : why, in one sentence
    """

    net: PetriNet
    unwritable: str

    @property
    def steps(self) -> tuple[str, ...]:
        """The labels as they are met from the start, each once."""
        takers: dict[int, list[int]] = {}
        for number, each in enumerate(self.net.transitions):
            for place in each.takes:
                takers.setdefault(place, []).append(number)
        places = list(dict.fromkeys(self.net.initial))
        seen: dict[int, None] = {}
        known = set(places)
        for place in places:
            for number in takers.get(place, ()):
                seen.setdefault(number)
                fresh = [each for each in self.net.transitions[number].gives if each not in known]
                known.update(fresh)
                places += fresh
        met = [*seen, *range(len(self.net.transitions))]
        labels = (self.net.transitions[number].label for number in met)
        return tuple(dict.fromkeys(label for label in labels if label is not None))


class Unsound(Exception):
    """The net is not sound. fault : where, with the number of a transition of the given net, or None"""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.kind)
        self.fault = fault

    def said(self, element: str) -> str:
        """The sentence about it. element : how the transition is named"""
        return _FAULTS[self.fault.kind].format(element)


def order_of(
    net: PetriNet, title: Callable[[int], str], where: str, *, ends_apart: bool = False
) -> Expression | NetOrder:
    """The order that a net means.

    title : names the transition of that number; where : names the file
    ends_apart : is it over when every way has come to its end (as in BPMN), or only in the final marking?

    Raises Unsound, or UsageError if the net has no steps.
    """
    if all(each.label is None for each in net.transitions):
        raise UsageError(f"{where} has no step with a name; a flow needs at least one.")
    bounded = between_its_ends(net)
    try:
        found = blocks_of(bounded)
        apart = found.drained() if ends_apart and not found.whole else found
    except TooLarge as error:
        _must_be_sound(fault_of(bounded), range(len(bounded.transitions)), len(net.transitions))
        return NetOrder(net, f"The order of the steps in {where} cannot be written as an expression, because {error}.")
    if apart.whole and apart.whole.expression:
        return apart.whole.expression
    _must_be_sound(fault_of(found.net), found.origins, len(net.transitions))
    return NetOrder(net, _why(found, title, where, len(net.transitions)))


def _must_be_sound(fault: Fault | None, origins: Sequence[int], known: int) -> None:
    if fault:
        origin = None if fault.transition is None else origins[fault.transition]
        raise Unsound(Fault(fault.kind, origin if origin is None or origin < known else None))


def _why(found: Blocks, title: Callable[[int], str], where: str, known: int) -> str:
    """Where the blocks are broken: at the first way that parts from others and does not meet them again."""
    takers: dict[int, int] = {}
    for each in found.net.transitions:
        for place in each.takes:
            takers[place] = takers.get(place, 0) + 1
    parting = [
        origin
        for each, origin in zip(found.net.transitions, found.origins, strict=True)
        if origin < known and (len(each.gives) > 1 or any(takers[place] > 1 for place in each.takes))
    ]
    element = title(min(parting or [0]))
    return (
        f"The order of the steps in {where} cannot be written as an expression: the ways that part at {element} do not meet "
        "again as they parted."
    )
