"""What does a PNML file say about the intended flow? (PNML: ISO/IEC 15909-2, place/transition nets)

A transition is silent when ProM or pm4py has marked it so (``$invisible$``), or when it has no name. The final marking is
where ProM and pm4py write it; the standard has none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from .bpmn_elements import named
from .errors import TooBig, UsageError
from .net_order import NetOrder, Unsound, order_of
from .petri_net import PetriNet, Transition
from .xml_document import Element, line_of, local_name

_MOST_TOKENS = 10
_ARCS = ("normal", "")
_FATAL = ("unbounded", "too many states")


def from_pnml(root: Element, where: str, otherwise: str = "") -> dict[str, Any]:
    """The fields of a flow. Raises UsageError with file, line and element.

    where : how messages name the file; otherwise : the flow's name where the net has none
    """
    reading = _Reading(root, where)
    net = reading.net()
    order, doubt = _order(net, reading)
    warnings = [*reading.warnings, *([doubt] if doubt else [])]
    return {"name": reading.name or otherwise, "order": order, "warnings": tuple(warnings)}


def _order(net: PetriNet, reading: _Reading) -> tuple[Any, str]:
    try:
        return order_of(net, reading.title, reading.where), ""
    except Unsound as unsound:
        number = unsound.fault.transition
        said = unsound.said("its end" if number is None else reading.title(number))
        if unsound.fault.kind in _FATAL:
            raise UsageError(f"{reading.where}: {said}.") from None
        _must_have_an_end(net, reading.where)
        return NetOrder(net, f"The order of the steps in {reading.where} cannot be written: {said}."), f"{said}."


def _must_have_an_end(net: PetriNet, where: str) -> None:
    """A net that is not sound may still come to its end in some orders; only these count."""
    from .automaton import of_net

    try:
        of_net(net)
    except TooBig:
        return
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from error


class _Reading:
    def __init__(self, root: Element, where: str) -> None:
        self.where = where
        self.warnings: list[str] = []
        nets = [each for each in root if local_name(each) == "net"]
        if local_name(root) != "pnml" or len(nets) != 1:
            raise UsageError(f"{where} holds {len(nets)} nets, and a flow is one of them; export just that one.")
        self.root = nets[0]
        self.name = " ".join(_text(self.root, "name").split())
        self.elements: dict[str, Element] = {}
        self.others: dict[str, str] = {}  # a reference node, and the node that it stands for
        for element in _nodes(self.root):
            self._note(element)
        self.places = {
            id_: n for n, id_ in enumerate(id_ for id_, e in self.elements.items() if local_name(e) == "place")
        }
        self.transitions = [id_ for id_, e in self.elements.items() if local_name(e) == "transition"]

    def _note(self, element: Element) -> None:
        id_ = element.get("id", "")
        if not id_:
            raise self._refusal(element, "has no id; export the net anew")
        if id_ in self.elements or id_ in self.others:
            raise self._refusal(element, "has the id of another element; give each its own")
        if local_name(element).startswith("reference"):
            self.others[id_] = element.get("ref", "")
        else:
            self.elements[id_] = element

    def title(self, number: int) -> str:
        if number >= len(self.transitions):
            return "the start"
        element = self.elements[self.transitions[number]]
        return f"the {named('transition', _label(element) or '', element.get('id'))} on line {line_of(element)}"

    def net(self) -> PetriNet:
        takes: dict[str, list[int]] = {id_: [] for id_ in self.transitions}
        gives: dict[str, list[int]] = {id_: [] for id_ in self.transitions}
        for arc in (each for each in _within(self.root) if local_name(each) == "arc"):
            source, target = self._end(arc, "source"), self._end(arc, "target")
            if (source in self.places) == (target in self.places):
                raise self._refusal(arc, "does not lead from a place to a transition or back; draw it anew")
            weight = self._count(arc, "inscription", 1)
            if weight == 0 or _text(arc, "arctype") not in _ARCS:
                raise self._refusal(
                    arc, f"is of the kind {_text(arc, 'arctype') or 'weight 0'!r}; only plain arcs are read"
                )
            if source in self.places:
                takes[target] += [self.places[source]] * weight
            else:
                gives[source] += [self.places[target]] * weight
        transitions = tuple(
            Transition(_label(self.elements[id_]), tuple(sorted(takes[id_])), tuple(sorted(gives[id_])))
            for id_ in self.transitions
        )
        return PetriNet(len(self.places), transitions, self._initial(transitions), self._final(transitions))

    def _end(self, arc: Element, key: str) -> str:
        id_, seen = arc.get(key, ""), set()
        while id_ in self.others and id_ not in seen:
            seen.add(id_)
            id_ = self.others[id_]
        if id_ not in self.elements:
            raise self._refusal(arc, f"has the {key} {id_[:80]!r}, which is not in the net; draw it anew")
        return id_

    def _count(self, element: Element, child: str, otherwise: int) -> int:
        text = _text(element, child).strip()
        if not text:
            return otherwise
        if not text.isdecimal() or not text.isascii() or len(text) > 9 or int(text) > _MOST_TOKENS:
            raise self._refusal(element, f"has {text[:40]!r} as {child}; it must be a number from 0 to {_MOST_TOKENS}")
        return int(text)

    def _initial(self, transitions: tuple[Transition, ...]) -> tuple[int, ...]:
        found = [
            place
            for id_, place in self.places.items()
            for _ in range(self._count(self.elements[id_], "initialMarking", 0))
        ]
        return tuple(found) or self._only(transitions, "initial", "gives", "begin in the one place that nothing fills")

    def _final(self, transitions: tuple[Transition, ...]) -> tuple[int, ...]:
        markings = [each for each in self.root.iter() if isinstance(each.tag, str) and local_name(each) == "marking"]
        if len(markings) > 1:
            raise UsageError(
                f"{self.where} has {len(markings)} final markings, and one can be held; keep just that one."
            )
        found: list[int] = []
        for place in markings[0] if markings else ():
            id_ = place.get("idref", "")
            if id_ not in self.places:
                raise self._refusal(place, f"is about {id_[:80]!r}, which is no place of the net")
            count = _text_of(place).strip()
            if not (count.isdecimal() and count.isascii() and len(count) < 10 and int(count) <= _MOST_TOKENS):
                raise self._refusal(place, f"has {count[:40]!r} tokens; it must be a number from 0 to {_MOST_TOKENS}")
            found += [self.places[id_]] * int(count)
        return tuple(sorted(found)) or self._only(
            transitions, "final", "takes", "end in the one place that nothing empties"
        )

    def _only(self, transitions: tuple[Transition, ...], which: str, side: str, how: str) -> tuple[int, ...]:
        used = {place for each in transitions for place in getattr(each, side)}
        found = [place for place in self.places.values() if place not in used]
        if len(found) != 1:
            raise UsageError(
                f"{self.where} has no {which} marking, and {len(found)} places that it could be; write it."
            )
        self.warnings.append(f"the net has no {which} marking; it is read to {how}.")
        return tuple(found)

    def _refusal(self, element: Element, sentence: str) -> UsageError:
        what = named(local_name(element), _label(element) or "", element.get("id", ""))
        return UsageError(f"{self.where}, line {line_of(element)}: the {what.strip()} {sentence}.")


def _within(element: Element) -> Iterator[Element]:
    """The elements of a net and of its pages."""
    for child in element:
        yield child
        if local_name(child) == "page":
            yield from _within(child)


def _nodes(net: Element) -> Iterator[Element]:
    kinds = ("place", "transition", "referencePlace", "referenceTransition")
    return (each for each in _within(net) if local_name(each) in kinds)


def _label(element: Element) -> str | None:
    """The name of a transition; None when it is silent."""
    for child in element:
        if local_name(child) == "toolspecific":
            said = [child.get("activity", ""), *(f"{each.get('key')}={_text_of(each)}" for each in child)]
            if any("$invisible$" in each or each.strip().lower() == "invisible=true" for each in said):
                return None
    name = unicodedata.normalize("NFC", _text(element, "name"))
    return name if name.strip() else None


def _text(element: Element, child: str) -> str:
    return next((_text_of(each) for each in element if local_name(each) == child), "")


def _text_of(element: Element) -> str:
    """What stands in the <text> of an annotation, or in it itself."""
    inner = next((each for each in element if local_name(each) == "text"), element)
    return inner.text or ""
