"""PNML is read as pm4py and ProM write it; what is not bounded or not plain is refused."""

import random
from pathlib import Path

import pm4py
import pytest
from automata import from_theirs, same_words
from intended import random_flow
from models import LOGS, as_theirs

from saksflyt.mining.automaton import of_expression, of_net
from saksflyt.mining.canonical import canonical
from saksflyt.mining.errors import UsageError
from saksflyt.mining.expression_tree import tree_of
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_conversion import converted, net_of_flow
from saksflyt.mining.flow_text import written_flow
from saksflyt.mining.net_order import NetOrder
from saksflyt.mining.petri_net import net_of

RUNNING_EXAMPLE = LOGS / "models" / "running-example.pnml"
FRAME = '<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml"><net id="n" type="x">{}</net></pnml>'


def place(id_: str, tokens: str = "") -> str:
    marking = f"<initialMarking><text>{tokens}</text></initialMarking>" if tokens else ""
    return f'<place id="{id_}">{marking}</place>'


def transition(id_: str, name: str | None = None, more: str = "") -> str:
    named = "" if name is None else f"<name><text>{name}</text></name>"
    return f'<transition id="{id_}">{named}{more}</transition>'


def arcs(*pairs: str, inside: str = "") -> str:
    ends = (pair.split(">") for pair in pairs)
    return "".join(f'<arc id="a{n}" source="{a}" target="{b}">{inside}</arc>' for n, (a, b) in enumerate(ends))


def final(*places: str) -> str:
    marked = "".join(f'<place idref="{each}"><text>1</text></place>' for each in places)
    return f"<finalmarkings><marking>{marked}</marking></finalmarkings>"


def read(folder: Path, body: str) -> Flow:
    path = folder / "net.pnml"
    path.write_text(FRAME.format(body), encoding="utf-8")
    return Flow.read(path)


LINE = place("i", "1") + place("p") + place("o") + transition("t", "A") + transition("u", "B")
WAYS = arcs("i>t", "t>p", "p>u", "u>o")


def test_what_we_write_is_read_back(tmp_path: Path) -> None:
    rng = random.Random(5)
    for _ in range(200):
        flow = canonical(random_flow(rng, rng.randint(1, 7), "abc"))
        path = tmp_path / "flow.pnml"
        path.write_text(converted(Flow("Vår & deres", flow), ".pnml")[0], encoding="utf-8")
        back = Flow.from_pnml(path)
        assert (back.name, back.warnings) == ("Vår & deres", ())
        assert same_words(back.automaton(), of_expression(flow)), written_flow(flow)


def test_what_pm4py_writes_is_read(tmp_path: Path) -> None:
    rng = random.Random(6)
    for _ in range(40):
        flow = canonical(random_flow(rng, rng.randint(1, 6), "abc"))
        path = tmp_path / "flow.pnml"
        pm4py.write_pnml(*as_theirs(net_of(tree_of(flow))), str(path))
        assert same_words(Flow.read(path).automaton(), of_expression(flow)), written_flow(flow)


def test_pm4py_reads_what_we_write(tmp_path: Path) -> None:
    rng = random.Random(7)
    for _ in range(40):
        flow = canonical(random_flow(rng, rng.randint(1, 6), "abc"))
        path = tmp_path / "flow.pnml"
        path.write_text(converted(Flow("x", flow), ".pnml")[0], encoding="utf-8")
        assert same_words(of_net(from_theirs(pm4py.read_pnml(str(path)))), of_expression(flow))


def test_the_running_example_of_prom() -> None:
    if not RUNNING_EXAMPLE.exists():
        pytest.skip("the shared models are not beside this checkout")
    flow = Flow.read(RUNNING_EXAMPLE)
    theirs = from_theirs(pm4py.read_pnml(str(RUNNING_EXAMPLE)))
    assert same_words(of_net(net_of_flow(flow)), of_net(theirs))
    assert flow.ordered[0] == "register request"
    assert len(flow.ordered) == 8


def test_silent_transitions(tmp_path: Path) -> None:
    prom = '<toolspecific tool="ProM" version="6.4" activity="$invisible$" localNodeID="x"/>'
    stochastic = (
        '<toolspecific tool="StochasticPetriNet" version="0.2"><property key="invisible">true</property></toolspecific>'
    )
    for silent in (
        transition("u", "tau", prom),
        transition("u", "tau", stochastic),
        transition("u", ""),
        transition("u"),
    ):
        body = place("i", "1") + place("p") + place("o") + transition("t", "A") + silent + WAYS + final("o")
        assert written_flow(read(tmp_path, body).expression) == "A"


def test_weights_are_arcs_and_markings_are_counted(tmp_path: Path) -> None:
    body = place("i", "2") + place("o") + transition("t", "A") + transition("u", "B") + place("p")
    twice = '<arc id="w" source="p" target="u"><inscription><text>2</text></inscription></arc>'
    flow = read(tmp_path, body + arcs("i>t", "t>p", "u>o") + twice + final("o"))
    assert isinstance(flow.order, NetOrder)
    expected = canonical(Flow.from_toml('name = "x"\nflow = "A -> A -> B"').expression)
    assert same_words(flow.automaton(), of_expression(expected))


def test_pages_and_references_are_followed(tmp_path: Path) -> None:
    body = f'<page id="one">{place("i", "1")}{place("p")}{transition("t", "A")}<page id="two">{place("o")}{transition("u", "B")}'
    body += f'<referencePlace id="r" ref="p"/>{arcs("r>u", "u>o")}</page></page>'
    body += '<arc id="b1" source="i" target="t"/><arc id="b2" source="t" target="p"/>' + final("o")
    assert written_flow(read(tmp_path, body).expression) == "A -> B"


def test_markings_that_are_not_written_are_guessed_with_a_warning(tmp_path: Path) -> None:
    flow = read(tmp_path, LINE.replace("<initialMarking><text>1</text></initialMarking>", "") + WAYS)
    assert written_flow(flow.expression) == "A -> B"
    assert flow.warnings == (
        "the net has no initial marking; it is read to begin in the one place that nothing fills.",
        "the net has no final marking; it is read to end in the one place that nothing empties.",
    )
    assert flow.name == "net"


def test_a_net_that_is_not_sound_is_read_with_a_warning(tmp_path: Path) -> None:
    body = LINE + place("q") + transition("v", "C") + WAYS
    flow = read(tmp_path, body + '<arc id="x" source="p" target="v"/><arc id="y" source="v" target="q"/>' + final("o"))
    (warning,) = flow.warnings
    assert warning.startswith("the model is not sound: ")
    assert same_words(flow.automaton(), of_expression(Flow.from_toml('name = "x"\nflow = "A -> B"').expression))
    with pytest.raises(UsageError, match="cannot be written: the model is not sound"):
        flow.to_toml()


def test_a_net_ends_in_its_final_marking_and_nowhere_else(tmp_path: Path) -> None:
    """In BPMN two ways may end apart; a net with two tokens in its final place has not come to its end."""
    body = place("i", "1") + place("p") + place("q") + place("o") + transition("x") + transition("y")
    body += transition("t", "A") + transition("u", "B") + transition("v", "C") + place("r") + final("o")
    flow = read(tmp_path, body + arcs("i>x", "x>p", "x>q", "p>t", "t>o", "q>u", "u>o", "i>v", "v>o", "y>r", "r>y"))
    assert flow.warnings and "a case can come to its end while" in flow.warnings[0]
    assert same_words(flow.automaton(), of_expression(Flow.from_toml('name = "x"\nflow = "C"').expression))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (LINE + WAYS + arcs("t>i").replace("a0", "z") + final("o"), "more and more goes on at once"),
        (place("i", "1") + place("o") + transition("t") + arcs("i>t", "t>o"), "has no step with a name"),
        (LINE + WAYS + place("i"), "the place i has the id of another element"),
        (LINE + WAYS + "<place/>", "the place has no id"),
        (LINE + arcs("i>p"), "the arc a0 does not lead from a place to a transition or back"),
        (LINE + arcs("i>borte"), "the arc a0 has the target 'borte', which is not in the net"),
        (
            LINE + '<referencePlace id="r" ref="r"/>' + arcs("r>t"),
            "the arc a0 has the source 'r', which is not in the net",
        ),
        (LINE + arcs("i>t", inside="<arctype><text>inhibitor</text></arctype>"), "only plain arcs are read"),
        (LINE + arcs("i>t", inside="<inscription><text>x+1</text></inscription>"), "has 'x+1' as inscription"),
        (LINE + arcs("i>t", inside="<inscription><text>0</text></inscription>"), "only plain arcs are read"),
        (LINE.replace(">1<", ">mange<") + WAYS, "the place i has 'mange' as initialMarking"),
        (LINE.replace(">1<", ">999999999<") + WAYS, "it must be a number from 0 to 10"),
        (LINE + WAYS + final("borte"), "is about 'borte', which is no place of the net"),
        (LINE + WAYS + final("o") + final("p"), "has 2 final markings"),
        (LINE + place("q") + WAYS, "has no final marking, and 2 places that it could be"),
        (LINE + arcs("i>t", "t>p") + final("o"), "The model never comes to its end, whatever the order of its steps."),
        ("</net><net>", "holds 2 nets"),
    ],
)
def test_what_cannot_be_read_is_refused(body: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        read(tmp_path, body)
    said = str(raised.value)
    assert said.startswith(str(tmp_path / "net.pnml"))
    assert says in said
    assert "\n" not in said
