"""BPMN is read rightly, with a warning, or refused; every message names the element and its line."""

import random
import re
import time
import tomllib
from itertools import count, permutations
from pathlib import Path

import pm4py
import pytest
from automata import from_theirs, same_words
from flows import language
from intended import random_flow
from models import HOSTILE, LOGS, as_theirs, read_bpmn, same_language

from saksflyt.mining.alignment import align
from saksflyt.mining.automaton import of_expression, of_net
from saksflyt.mining.canonical import canonical
from saksflyt.mining.errors import UsageError
from saksflyt.mining.expression import Choice, Expression, Parallel, Repeat, Sequence, Step
from saksflyt.mining.expression_tree import tree_of
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_conversion import converted, net_of_flow
from saksflyt.mining.flow_parts import Deadline, Rule
from saksflyt.mining.flow_text import written_flow
from saksflyt.mining.net_order import NetOrder
from saksflyt.mining.petri_net import net_of
from saksflyt.mining.xml_text import storable

CASES = Path(__file__).parents[1] / "cases" / "bpmn"
EXPECTED = tomllib.loads((CASES / "expected.toml").read_text(encoding="utf-8"))
FILES = sorted(path.stem for path in CASES.glob("*.bpmn"))
OPEN, RESTRICTED = LOGS.parent / "open" / "models", LOGS / "models"
MODELS = [
    OPEN / "LoanApp_simplified.bpmn",
    OPEN / "PurchasingExample.bpmn",
    RESTRICTED / "receipt.bpmn",
    RESTRICTED / "running-example.bpmn",
]
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">{}</process></definitions>'


def case(name: str) -> Path:
    return CASES / f"{name}.bpmn"


def text_of(deadline: Deadline) -> str:
    return f"{deadline.name}: {deadline.start} -> {' | '.join(deadline.end)} within {deadline.within}"


def text_of_rule(rule: Rule) -> str:
    return f"{rule.name}: {rule.kind} {rule.terms['before']} -> {rule.terms['after']} {rule.terms['least']}"


def test_every_file_has_an_expectation() -> None:
    assert sorted(EXPECTED) == FILES


@pytest.mark.parametrize("name", [name for name in FILES if "refused" not in EXPECTED[name]])
def test_what_can_be_read(name: str) -> None:
    expected, flow = EXPECTED[name], Flow.read(case(name))
    if "flow" in expected:
        assert written_flow(flow.expression) == expected["flow"]
    else:
        with pytest.raises(UsageError) as raised:
            flow.to_toml()
        assert str(raised.value).replace(str(case(name)), "FILE") == expected["unwritable"]
    assert list(flow.warnings) == expected.get("warnings", [])
    assert {step: said.unit for step, said in flow.steps.items()} == expected.get("units", {})
    assert list(map(text_of, flow.deadlines)) == expected.get("deadlines", [])
    assert list(map(text_of_rule, flow.rules)) == expected.get("rules", [])


@pytest.mark.parametrize("name", [name for name in FILES if "refused" in EXPECTED[name]])
def test_what_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as raised:
        Flow.read(case(name))
    assert str(raised.value).removeprefix(str(case(name))).removeprefix(", ") == EXPECTED[name]["refused"]


@pytest.mark.parametrize("name", FILES)
def test_every_message_names_an_element_that_stands_on_its_line(name: str) -> None:
    lines = case(name).read_text(encoding="utf-8").splitlines()
    said = [EXPECTED[name]["refused"]] if "refused" in EXPECTED[name] else EXPECTED[name].get("warnings", [])
    for sentence in said:
        found = re.match(r"line (\d+): .*", sentence)
        if found is None:
            assert name in ("pools-two", "refused-no-process", "refused-no-steps"), sentence
        elif not re.search(r"the process has no|'Uten'", sentence):
            ids = re.findall(r'id="([^"]+)"', lines[int(found[1]) - 1])
            assert any(re.search(rf"(\({id_}\)| {id_}\b)", sentence) for id_ in ids), sentence


def test_a_pool_is_chosen() -> None:
    chosen = Flow.read(case("pools-two"), pool="Kommune")
    assert (chosen.name, written_flow(chosen.expression)) == ("Kommune", "A -> B")
    assert chosen.warnings == ("only 'Kommune' is read; 'Søker' and all messages between pools are left out.",)
    for asked in ("Søker", "pc", "q"):
        assert written_flow(Flow.from_bpmn(case("pools-two"), pool=asked).expression) == "Send dok"
    with pytest.raises(UsageError, match="has no pool named 'Nav'; those with steps in them are: 'Kommune', 'Søker'"):
        Flow.read(case("pools-two"), pool="Nav")


def test_the_name_is_that_of_the_process_or_else_of_the_file(tmp_path: Path) -> None:
    assert Flow.read(case("tasks")).name == "Sak"
    target = tmp_path / "vår.bpmn"
    target.write_text(case("tasks").read_text(encoding="utf-8").replace(' name="Sak"', ""), encoding="utf-8")
    assert Flow.read(target).name == "vår"


def test_a_flow_read_from_bpmn_is_written_as_toml_and_read_again() -> None:
    for name in FILES:
        if "flow" in EXPECTED[name]:
            flow = Flow.read(case(name))
            assert Flow.from_toml(flow.to_toml()) == flow


# What pm4py 2.7.23 reads wrongly (knowledge: peers, 0.3).


def costs(flow: Flow, *traces: str) -> list[int]:
    return align(flow.automaton(), [trace.split() for trace in traces]).cost.tolist()


def test_a_sub_process_is_wired_in_where_it_must_be_done() -> None:
    assert costs(Flow.read(case("sub-process")), "A B C D", "A D") == [0, 2]


def test_a_sub_process_is_wired_in_where_it_is_optional() -> None:
    assert costs(Flow.read(case("sub-process-optional")), "A B D", "A D", "A B B D") == [0, 0, 1]


def test_a_call_activity_is_a_task_with_a_warning() -> None:
    flow = Flow.read(case("call-activity"))
    assert flow.ordered == ("Innhent opplysninger", "A")
    assert "what it calls is not looked into" in flow.warnings[0]


def test_an_event_based_gateway_is_a_choice() -> None:
    assert Flow.read(case("event-based")).expression == Sequence(
        (Step("A"), Choice((Step("Svar mottatt"), Step("Purret"))))
    )


def test_two_pools_are_never_put_together() -> None:
    with pytest.raises(UsageError, match="choose it with --pool"):
        Flow.read(case("pools-two"))


# The models that others made.


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_the_shared_models_mean_what_pm4py_reads(path: Path) -> None:
    if not path.exists():
        pytest.skip("the shared models are not beside this checkout")
    flow = Flow.read(path)
    theirs = pm4py.convert_to_petri_net(pm4py.read_bpmn(str(path)))
    assert flow.warnings == ()
    assert same_words(flow.automaton(), of_net(from_theirs(theirs)))
    assert Flow.from_toml(flow.to_toml()).expression == flow.expression


# Flows that we write ourselves.


def renamed(flow: Expression, numbers: "count[int]") -> Expression:
    """The flow with each step once."""
    if isinstance(flow, Step):
        return Step(f"step {next(numbers)}")
    if isinstance(flow, Repeat):
        return Repeat(renamed(flow.part, numbers), flow.least, flow.many)
    return type(flow)(tuple(renamed(part, numbers) for part in flow.parts))


def unordered(flow: Expression) -> object:
    """The flow with the branches of choices and parallel parts in one order."""
    if isinstance(flow, Step):
        return flow.name
    if isinstance(flow, Repeat):
        return ("repeat", unordered(flow.part), flow.least, flow.many)
    parts = [unordered(part) for part in flow.parts]
    return (type(flow).__name__, *(sorted(parts, key=repr) if isinstance(flow, (Choice, Parallel)) else parts))


def through(flow: Expression, folder: Path, suffix: str = ".bpmn") -> Flow:
    path = folder / f"flow{suffix}"
    path.write_text(converted(Flow("x", flow), suffix)[0], encoding="utf-8", newline="\n")
    return Flow.read(path)


def test_500_random_flows_come_back_as_they_were(tmp_path: Path) -> None:
    rng = random.Random(20261125)
    for _ in range(500):
        flow = canonical(renamed(random_flow(rng, rng.randint(1, 14)), count()))
        read = through(flow, tmp_path)
        assert read.warnings == ()
        assert unordered(read.expression) == unordered(flow), written_flow(flow)


def test_random_flows_with_steps_in_several_places_keep_their_language(tmp_path: Path) -> None:
    rng = random.Random(4)
    for _ in range(150):
        flow = canonical(random_flow(rng, rng.randint(1, 6), "abc"))
        read = through(flow, tmp_path)
        ours = as_theirs(net_of(tree_of(flow)))
        assert same_language(as_theirs(net_of_flow(read)), ours), written_flow(flow)


def test_pm4py_reads_what_is_written(tmp_path: Path) -> None:
    rng = random.Random(7)
    for _ in range(60):
        flow = canonical(random_flow(rng, rng.randint(1, 6), "abc"))
        theirs = read_bpmn(converted(Flow("x", flow), ".bpmn")[0], tmp_path)
        assert same_words(of_net(from_theirs(theirs)), of_expression(flow)), written_flow(flow)


def test_names_survive(tmp_path: Path) -> None:
    names = ["Mat & klær", "(§ 18 / § 27)", "Klar?", 'Ny "sak"', "a < b > c", "to\nlinjer\r\tog", "a, b - c", *HOSTILE]
    flow = canonical(Sequence(tuple(Step(storable(name)) for name in names)))
    read = through(flow, tmp_path)
    assert read.expression == flow
    assert Flow.from_toml(read.to_toml()).expression == flow


def test_a_model_without_blocks_is_kept_as_a_net(tmp_path: Path) -> None:
    flow = Flow.read(case("not-blocks"))
    assert isinstance(flow.order, NetOrder)
    assert flow.ordered == ("A", "B", "C", "D")
    assert costs(flow, "A C B D", "B A D C", "A B D C", "A D B C", "A C") == [0, 0, 0, 2, 2]
    for suffix in (".bpmn", ".pnml"):
        path = tmp_path / f"again{suffix}"
        path.write_text(converted(flow, suffix)[0], encoding="utf-8")
        assert same_language(as_theirs(net_of_flow(Flow.read(path))), as_theirs(net_of_flow(flow)))


def test_four_inclusive_ways_allow_all_sets_of_them_in_any_order(tmp_path: Path) -> None:
    tasks = "".join(f'<task id="{name}" name="{name}"/>' for name in "ABCD")
    pairs = [("s", "x"), ("y", "e"), *(("x", name) for name in "ABCD"), *((name, "y") for name in "ABCD")]
    ways = "".join(f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairs))
    ends = '<startEvent id="s"/><endEvent id="e"/><inclusiveGateway id="x"/><inclusiveGateway id="y"/>'
    flow = Flow.read(written(tmp_path, HEAD.format(f"{ends}{tasks}{ways}")))
    expected = {word for size in range(1, 5) for word in permutations("ABCD", size)}
    assert language(flow.expression, 9) == expected


# What somebody may throw at it.


def chain(steps: int) -> str:
    tasks = "".join(f'<task id="t{n}" name="Steg {n}"/>' for n in range(steps))
    ways = "".join(f'<sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>' for n in range(steps - 1))
    ends = '<startEvent id="s"/><endEvent id="e"/><sequenceFlow id="g" sourceRef="s" targetRef="t0"/>'
    return HEAD.format(f'{ends}{tasks}{ways}<sequenceFlow id="h" sourceRef="t{steps - 1}" targetRef="e"/>')


def nested(depth: int) -> str:
    """Choices within choices."""
    parts, ways = ['<startEvent id="s"/><endEvent id="e"/>'], ["s>x0"]
    for n in range(depth):
        parts.append(f'<exclusiveGateway id="x{n}"/><exclusiveGateway id="y{n}"/><task id="t{n}" name="S{n}"/>')
        inner = f"x{n + 1}" if n + 1 < depth else f"y{n}"
        ways += [f"x{n}>t{n}", f"t{n}>y{n}", f"x{n}>{inner}", f"y{n}>{f'y{n - 1}' if n else 'e'}"]
    flows = (
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>'
        for n, (a, b) in enumerate(w.split(">") for w in ways)
    )
    return HEAD.format("".join([*parts, *flows]))


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "model.bpmn"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.slow
def test_ten_thousand_steps_in_a_chain(tmp_path: Path) -> None:
    began = time.monotonic()
    flow = Flow.read(written(tmp_path, chain(10_000)))
    assert len(flow.ordered) == 10_000
    with pytest.raises(UsageError, match="at most 100000 are read"):
        converted(flow, ".toml")
    assert len(Flow.read(written(tmp_path, converted(Flow("x", flow.order), ".bpmn")[0])).ordered) == 10_000
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("depth", [40, 1_200, pytest.param(3_000, marks=pytest.mark.slow)])
def test_gateways_deep_within_each_other(depth: int, tmp_path: Path) -> None:
    began = time.monotonic()
    flow = Flow.read(written(tmp_path, nested(depth)))
    assert len(flow.ordered) == depth
    assert isinstance(flow.order, NetOrder) == (depth > 50)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]><definitions>&b;</definitions>', "has a document type (<!DOCTYPE …>)"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><definitions/>', "has a document type (<!DOCTYPE …>)"),
        ("<definitions>&passwd;</definitions>", "is not well-formed XML, line 1: Entity 'passwd' not defined"),
        ("<definitions>", "is not well-formed XML, line 1: "),
        ("<a>" * 5000, "is not well-formed XML, line 1: "),
        (b"<?xml version='1.0' encoding='UTF-8'?><a b='\xff'/>", "is not well-formed XML"),
        ("<?xml version='1.0' encoding='wat'?><a/>", "is not well-formed XML"),
        ("<html/>", "is XML but no BPMN 2.0: it begins with <html>; export BPMN 2.0."),
        ("<definitions/>", "is XML but no BPMN 2.0: it begins with <definitions>; export BPMN 2.0."),
        (HEAD.format(""), "no process in the file has a start event and steps"),
        (HEAD.replace("MODEL", "OTHER").format(""), "is XML but no BPMN 2.0"),
        ("", "The flow lacks 'name'."),
        ("   <definitions>" + " " * 10_000_000, "is larger than 10 MB"),
        ("name = 'x'\n#" + "x" * 1_000_000, "is larger than 1 MB"),
    ],
)  # fmt: skip
def test_bad_files_are_one_sentence(content: str | bytes, says: str, tmp_path: Path) -> None:
    path = written(tmp_path, content)
    with pytest.raises(UsageError) as raised:
        Flow.read(path)
    said = str(raised.value)
    assert said.startswith(str(path))
    assert says in said
    assert "\n" not in said
    assert len(said) < 600


def test_the_bomb_of_a_billion_laughs_is_not_lit(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    began = time.monotonic()
    with pytest.raises(UsageError, match="has a document type"):
        Flow.read(
            written(tmp_path, f'<!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><definitions a="&l11;">&l11;</definitions>')
        )
    assert time.monotonic() - began < 1


def test_only_the_format_that_was_asked_for() -> None:
    with pytest.raises(UsageError, match="is BPMN 2.0, not PNML"):
        Flow.from_pnml(case("tasks"))
    with pytest.raises(UsageError, match="is not BPMN 2.0; it is not even XML"):
        Flow.from_bpmn("kvp")
    with pytest.raises(UsageError, match="no BPMN model, so it has no pools"):
        Flow.read("kvp", pool="x")


@pytest.mark.parametrize(("depth", "well"), [(40, True), (120, False)])
def test_sub_processes_deep_within_each_other(depth: int, well: bool, tmp_path: Path) -> None:
    inner = '<task id="t" name="Innerst"/>'
    for n in range(depth):
        inner = f'<subProcess id="u{n}">{inner}</subProcess>'
    ways = f'<sequenceFlow id="f" sourceRef="s" targetRef="u{depth - 1}"/><sequenceFlow id="g" sourceRef="u{depth - 1}" targetRef="e"/>'
    path = written(tmp_path, HEAD.format(f'<startEvent id="s"/>{inner}<endEvent id="e"/>{ways}'))
    if well:
        assert Flow.read(path).expression == Step("Innerst")
    else:
        with pytest.raises(UsageError, match="more than 50 deep within each other"):
            Flow.read(path)


def test_whatever_is_broken_in_a_file_is_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    rng = random.Random(99)
    texts = [case(name).read_text(encoding="utf-8") for name in FILES]
    read = refused = 0
    for _ in range(2_000):
        lines = rng.choice(texts).splitlines()
        for _ in range(rng.choice((1, 1, 2))):
            place = rng.randrange(2, len(lines) - 1)
            change = rng.randrange(4)
            if change == 0:
                del lines[place]
            elif change == 1:
                lines.insert(place, rng.choice(rng.choice(texts).splitlines()[2:]))
            elif change == 2:
                lines[place] = re.sub(r'"(\w+)"', lambda found: f'"{rng.choice("abcdexysu")}"', lines[place], count=1)
            else:
                lines[place] = re.sub(r'\w+="[^"]*"', "", lines[place], count=1)
        try:
            flow = Flow.read(written(tmp_path, "\n".join(lines)))
            flow.automaton()
            read += 1
        except UsageError as error:
            assert "\n" not in str(error)
            refused += 1
    assert min(read, refused) > 100
