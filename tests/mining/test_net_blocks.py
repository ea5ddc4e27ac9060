"""Blocks are found without changing what a net allows; faults are found where there are any. Judged on random nets."""

import contextlib
import random
from itertools import count
from pathlib import Path

import pytest
from automata import from_theirs, same_words
from models import read_bpmn

from saksflyt.mining.automaton import of_expression, of_net
from saksflyt.mining.errors import UsageError
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_conversion import net_of_flow
from saksflyt.mining.flow_text import written_flow
from saksflyt.mining.net_blocks import between_its_ends, blocks_of
from saksflyt.mining.net_faults import Fault, fault_of
from saksflyt.mining.net_order import NetOrder
from saksflyt.mining.petri_net import PetriNet, Transition
from saksflyt.mining.state_space import Unbounded, state_space

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">{}</process></definitions>'


def random_model(rng: random.Random, gateways: tuple[str, ...]) -> str:
    """A process grown from start -> task -> end: a way gets a task, two ways get a gateway each and a way between them."""
    numbers = count()
    elements = ['<startEvent id="s"/>', '<task id="t" name="T"/>', '<endEvent id="e"/>']
    ways = [("s", "t"), ("t", "e")]
    for _ in range(rng.randint(1, 7)):
        if rng.random() < 0.4:
            name = f"n{next(numbers)}"
            elements.append(f'<task id="{name}" name="{name}"/>')
            source, target = ways.pop(rng.randrange(len(ways)))
            ways += [(source, name), (name, target)]
            continue
        ends = []
        for kind in (rng.choice(gateways),) * 2 if rng.random() < 0.8 else rng.choices(gateways, k=2):
            name = f"n{next(numbers)}"
            elements.append(f'<{kind}Gateway id="{name}"/>')
            source, target = ways.pop(rng.randrange(len(ways)))
            ways += [(source, name), (name, target)]
            ends.append(name)
        task = f"n{next(numbers)}"
        elements.append(f'<task id="{task}" name="{task}"/>')
        ways += [(ends[0], task), (task, ends[1])] if rng.random() < 0.6 else [(ends[0], ends[1])]
    flows = [f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(ways)]
    return HEAD.format("".join([*elements, *flows]))


@pytest.mark.parametrize("gateways", [("exclusive",), ("parallel",), ("exclusive", "parallel")])
def test_a_random_model_means_what_pm4py_reads_or_is_rightly_refused(gateways: tuple[str, ...], tmp_path: Path) -> None:
    rng = random.Random(f"models {gateways}")
    read = nets = refused = 0
    for _ in range(400):
        text = random_model(rng, gateways)
        path = tmp_path / "model.bpmn"
        path.write_text(text, encoding="utf-8")
        theirs = from_theirs(read_bpmn(text, tmp_path))
        try:
            flow = Flow.read(path)
        except UsageError as error:
            refused += 1
            assert " sound" in str(error) or " no end event" in str(error) or "cannot be reached" in str(error), error
            assert not is_sound(theirs), text
            continue
        read += 1
        nets += isinstance(flow.order, NetOrder)
        assert is_sound(theirs), text
        assert same_words(of_net(theirs), of_net(net_of_flow(flow))), text
        if not isinstance(flow.order, NetOrder):
            assert same_words(of_net(theirs), of_expression(flow.expression)), written_flow(flow.expression)
    assert read > 20
    assert refused > 20
    assert nets > 0 or gateways == ("parallel",)


def is_sound(net: PetriNet) -> bool:
    try:
        return state_space(net).sound
    except Unbounded:
        return False


def random_net(rng: random.Random) -> PetriNet:
    places = rng.randint(2, 6)

    def some() -> tuple[int, ...]:
        return tuple(sorted(rng.sample(range(places), rng.choice((1, 1, 1, 2)))))

    transitions = [Transition(rng.choice(("a", "b", "c", None)), some(), some()) for _ in range(rng.randint(1, 6))]
    return PetriNet(places, tuple(transitions), (0,), (1,))


def test_faults_are_found_where_the_state_space_finds_them() -> None:
    rng = random.Random(11)
    kinds = set()
    for _ in range(3_000):
        net = random_net(rng)
        fault = fault_of(net)
        kinds.add(fault.kind if fault else "sound")
        assert (fault is None) == is_sound(net), (net, fault)
    assert kinds == {"sound", "unbounded", "stuck", "left over", "endless", "dead"}


def test_each_fault_is_told_by_its_name() -> None:
    def fault(*transitions: tuple[tuple[int, ...], tuple[int, ...]]) -> Fault | None:
        return fault_of(PetriNet(6, tuple(Transition(None, takes, gives) for takes, gives in transitions), (0,), (1,)))

    assert fault(((0,), (1,))) is None
    assert fault(((0,), (2,)), ((0,), (3,)), ((2, 3), (1,))) == Fault("stuck", 2)
    assert fault(((0,), (1, 2)), ((2,), (3,)), ((3,), (1,))) == Fault("left over", 1)
    assert fault(((0,), (0, 2)), ((0, 2), (1,))) == Fault("unbounded", 0)
    assert fault(((0,), (1,)), ((0,), (2,)), ((2,), (3,)), ((3,), (2,))) == Fault("endless", 2)
    assert fault(((0,), (1,)), ((2,), (1,))) == Fault("dead", 1)


def test_twenty_steps_beside_each_other_in_a_net_without_blocks() -> None:
    """What is left of the net after the blocks are found has few states, though the net has millions."""
    many = [Transition(f"m{n}", (10 + n,), (40 + n,)) for n in range(20)]
    inner = [Transition(None, (2,), tuple(range(10, 30))), *many, Transition(None, tuple(range(40, 60)), (3,))]
    shape = [
        Transition(None, (0,), (4, 5)),
        Transition("a", (4,), (2, 6)),
        Transition("b", (5,), (7,)),
        Transition("c", (6, 7), (8,)),
        Transition(None, (3, 8), (1,)),
    ]
    net = PetriNet(60, (*shape, *inner), (0,), (1,))
    found = blocks_of(between_its_ends(net))
    assert found.whole is None
    assert len(found.blocks) < 8
    assert fault_of(found.net) is None


def test_what_finds_blocks_keeps_the_soundness_of_random_nets() -> None:
    rng = random.Random(3)
    whole = 0
    for _ in range(3_000):
        net = between_its_ends(random_net(rng))
        found = blocks_of(net)
        assert (fault_of(found.net) is None) == (fault_of(net) is None), net
        if found.whole and found.whole.expression:
            whole += 1
            assert same_words(of_expression(found.whole.expression), of_net(net)), net
    assert whole > 50


def test_where_ways_may_end_apart_nothing_else_changes() -> None:
    rng = random.Random(8)
    whole = 0
    for _ in range(4_000):
        net = between_its_ends(random_net(rng))
        (end,) = net.final
        found = blocks_of(net).drained()
        if found.whole is None or found.whole.expression is None:
            continue
        vanishing = tuple(
            Transition(each.label, each.takes, tuple(place for place in each.gives if place != end))
            for each in net.transitions
        )
        with contextlib.suppress(Unbounded):  # what silently vanishes may pile up before
            drained = of_net(PetriNet(net.places, vanishing, net.initial, ()))
            assert same_words(of_expression(found.whole.expression), drained), net
            whole += 1
    assert whole > 50
