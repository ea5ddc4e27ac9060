"""The automaton allows what the flow or the net allows, and what cannot be one is refused in a sentence."""

import random
import time

import numpy as np
import pm4py
import pytest
from flows import language
from hypothesis import given, settings
from intended import as_tree_text, random_flow
from models import same_language, their_net, trees
from pm4py.objects.petri_net.obj import Marking
from pm4py.objects.petri_net.obj import PetriNet as TheirNet
from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

from saksflyt.mining.automaton import of_expression, of_net
from saksflyt.mining.errors import TooBig, UsageError
from saksflyt.mining.expression import Choice, Expression, Parallel, Repeat, Sequence, Step
from saksflyt.mining.flow_text import parse
from saksflyt.mining.petri_net import PetriNet, Transition, net_of
from saksflyt.mining.process_tree import ProcessTree
from saksflyt.mining.transition_system import SILENT, TransitionSystem


def as_net(automaton: TransitionSystem) -> tuple[TheirNet, Marking, Marking]:
    """One place per state, one transition per edge, and a silent one from every end to one place more."""
    net = TheirNet("automaton")
    places = [TheirNet.Place(str(state)) for state in range(automaton.states + 1)]
    net.places.update(places)
    ways = [(source, None if label == SILENT else automaton.labels[label], to) for source, label, to in automaton.edges]
    ways += [(state, None, automaton.states) for state in np.flatnonzero(automaton.final)]
    for number, (source, label, target) in enumerate(ways):
        transition = TheirNet.Transition(f"t{number}", label)
        net.transitions.add(transition)
        add_arc_from_to(places[source], transition, net)
        add_arc_from_to(transition, places[target], net)
    return net, Marking({places[automaton.start]: 1}), Marking({places[-1]: 1})


def net(places: int, *transitions: tuple[str | None, list[int], list[int]]) -> PetriNet:
    """A net from place 0 to place 1."""
    return PetriNet(places, tuple(Transition(name, tuple(a), tuple(b)) for name, a, b in transitions), (0,), (1,))


def allowed(automaton: TransitionSystem, word: tuple[str, ...]) -> bool:
    states = silently(automaton, {automaton.start})
    for step in word:
        ways = automaton.visible.tolist()
        states = silently(automaton, {to for at, label, to in ways if at in states and automaton.labels[label] == step})
    return any(automaton.final[state] for state in states)


def silently(automaton: TransitionSystem, states: set[int]) -> set[int]:
    while True:
        more = states | {int(to) for at, _, to in automaton.silent if at in states}
        if more == states:
            return states
        states = more


def test_a_flow_allows_what_its_process_tree_allows() -> None:
    rng = random.Random(4)
    for _ in range(150):
        flow = random_flow(rng, rng.randint(1, 6))
        theirs = pm4py.convert_to_petri_net(pm4py.parse_process_tree(as_tree_text(flow)))
        assert same_language(as_net(of_expression(flow)), theirs), flow


@settings(max_examples=150)
@given(trees(repeated=True))
def test_a_net_allows_what_its_process_tree_allows(tree: ProcessTree) -> None:
    assert same_language(as_net(of_net(net_of(tree))), their_net(tree))


def test_a_small_flow_allows_the_words_that_can_be_listed() -> None:
    flow = parse("a -> (b & c? & (d | e)) -> f?")
    automaton, listed = of_expression(flow), language(flow, 9)
    assert len(listed) == 2 * 2 * (2 + 6)
    assert all(allowed(automaton, word) for word in listed)
    assert not allowed(automaton, ("a", "d", "e", "b"))
    assert automaton.labels == ("a", "b", "c", "d", "e", "f")


@pytest.mark.parametrize(
    ("text", "states", "edges"),
    [
        ("a", 2, 1),
        ("a -> b -> c", 4, 3),
        ("(a -> b) | (c -> b)", 3, 3),  # one past or one future is one state
        ("a*", 1, 1),
        ("(a -> b)*", 2, 2),
        ("a & a & a", 4, 3),
        ("a & b & c", 8, 12),
        ("a? -> b? -> c?", 4, 6),
    ],
)
def test_it_is_small(text: str, states: int, edges: int) -> None:
    automaton = of_expression(parse(text))
    assert (automaton.states, len(automaton.edges)) == (states, edges)
    assert not len(automaton.silent)


RING = (
    ("a", [0], [2]),
    (None, [2], [3]),
    (None, [3], [4]),
    (None, [4], [2]),  # round and round without a step
    (None, [3], [3]),
    ("b", [4], [1]),
)


def test_silent_rings_and_dead_ends_are_gone() -> None:
    automaton = of_net(net(6, *RING, ("c", [3], [5])))  # nothing takes the token from place 5
    assert (automaton.states, len(automaton.edges), len(automaton.silent)) == (3, 2, 0)
    assert allowed(automaton, ("a", "b")) and not allowed(automaton, ("a", "c"))


def test_arcs_of_weight_two() -> None:
    """Two tokens have to come together before the end."""
    automaton = of_net(net(3, ("a", [0], [2, 2]), ("b", [2], [2]), ("c", [2, 2], [1])))
    assert allowed(automaton, ("a", "b", "b", "c")) and not allowed(automaton, ("a", "c", "c"))


def test_a_net_that_takes_tokens_back_to_its_start_is_read_rightly() -> None:
    automaton = of_net(net(2, ("a", [0], [1]), ("b", [1], [0]), (None, [1], [0])))
    assert allowed(automaton, ("a", "b", "a")) and allowed(automaton, ("a", "a")) and not allowed(automaton, ("b",))


def test_an_arc_is_not_lost_where_a_silent_step_goes() -> None:
    """The silent way needs two tokens in place 0, and there is one."""
    automaton = of_net(net(3, (None, [0], [2]), (None, [0, 2], [1]), ("b", [0], [1])))
    assert allowed(automaton, ("b",)) and not allowed(automaton, ())


def parallel(steps: int) -> Expression:
    return Parallel(tuple(Step(f"step {number}") for number in range(steps)))


REFUSED = {
    "200 steps in any order": (lambda: of_expression(parallel(200)), TooBig, "fewer steps in any order"),
    "13 steps in any order": (lambda: of_expression(parallel(13)), TooBig, "more than 4096 states"),
    "thousands of optional steps": (
        lambda: of_expression(Sequence(tuple(Repeat(Step(str(n)), 0, False) for n in range(3000)))),
        TooBig,
        "optional steps in a row",
    ),
    "an empty flow": (lambda: of_expression(Sequence(())), UsageError, "holds no step"),
    "an empty choice": (lambda: of_expression(Choice(())), UsageError, "holds no step"),
    "a net that never ends": (lambda: of_net(net(3, ("a", [0], [2]))), UsageError, "never comes to its end"),
    "a net without transitions": (lambda: of_net(net(2)), UsageError, "never comes to its end"),
    "a net that grows": (lambda: of_net(net(3, ("a", [0], [0, 2]), ("b", [0], [1]))), UsageError, "pile up"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_one_is_refused_in_a_sentence_at_once(what: str) -> None:
    make, kind, words_of_it = REFUSED[what]
    begun = time.monotonic()
    with pytest.raises(kind, match=words_of_it) as refused:
        make()
    assert time.monotonic() - begun < 30
    text = str(refused.value)
    assert text.endswith(".") and "\n" not in text and ". " not in text


def test_the_largest_that_is_taken() -> None:
    assert of_expression(parallel(12)).states == 4096
    assert of_expression(Sequence(tuple(Step(str(number)) for number in range(4000)))).states == 4001
