"""How is a Petri net written as PNML (ISO/IEC 15909-2), so that pm4py, ProM and others read it?

Silent transitions are marked as ProM marks them, and the final marking is written as pm4py and ProM write it; the
standard has neither.
"""

from __future__ import annotations

from collections.abc import Iterator

from .petri_net import PetriNet
from .xml_text import escaped


def pnml(net: PetriNet, name: str) -> str:
    """The PNML file of the net; the same text for the same net."""
    return "".join(_lines(net, name))


def _lines(net: PetriNet, name: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml">\n'
    yield '  <net id="net" type="http://www.pnml.org/version-2009/grammar/pnmlcoremodel">\n'
    yield f'    <name><text>{escaped(name)}</text></name>\n    <page id="page">\n'
    for place in range(net.places):
        marking = "<initialMarking><text>1</text></initialMarking>" if place in net.initial else ""
        yield f'      <place id="p{place}"><name><text>p{place}</text></name>{marking}</place>\n'
    for number, transition in enumerate(net.transitions):
        silent = f'<toolspecific tool="ProM" version="6.4" activity="$invisible$" localNodeID="t{number}" />'
        label = f"t{number}" if transition.label is None else escaped(transition.label)
        mark = silent if transition.label is None else ""
        yield f'      <transition id="t{number}"><name><text>{label}</text></name>{mark}</transition>\n'
    for number, (source, target) in enumerate(_arcs(net)):
        yield f'      <arc id="a{number}" source="{source}" target="{target}" />\n'
    yield "    </page>\n    <finalmarkings>\n      <marking>\n"
    yield "".join(f'        <place idref="p{place}"><text>1</text></place>\n' for place in net.final)
    yield "      </marking>\n    </finalmarkings>\n  </net>\n</pnml>\n"


def _arcs(net: PetriNet) -> Iterator[tuple[str, str]]:
    for number, transition in enumerate(net.transitions):
        yield from ((f"p{place}", f"t{number}") for place in transition.takes)
        yield from ((f"t{number}", f"p{place}") for place in transition.gives)
