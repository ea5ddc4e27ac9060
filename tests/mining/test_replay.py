"""Fitness is pm4py's on alignments, precision and soundness are what they are defined as."""

import random
from collections import Counter
from math import nan

import pm4py
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models import TheirNet, Walker, as_theirs, counted, least_cost, pm4py_frame, random_net, sequences, trees

from saksflyt.mining.errors import TooBig
from saksflyt.mining.net_reduction import reduced
from saksflyt.mining.nets import inductive_tree
from saksflyt.mining.petri_net import PetriNet, Transition, net_of
from saksflyt.mining.process_tree import ProcessTree
from saksflyt.mining.replay import NoWayOut, replay
from saksflyt.mining.state_space import Unbounded, state_space

pytestmark = [
    pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore:check_soundness is deprecated"),
]


def net(*transitions: tuple[str | None, list[int], list[int]]) -> PetriNet:
    """A net from place 0 to place 1."""
    places = 1 + max(place for _, takes, gives in transitions for place in [*takes, *gives])
    return PetriNet(places, tuple(Transition(n, tuple(a), tuple(b)) for n, a, b in transitions), (0,), (1,))


def assert_equals_pm4py(model: PetriNet, drawn: list[str]) -> None:
    found = replay([state_space(model)], counted(drawn))
    theirs, frame = as_theirs(model), pm4py_frame(drawn)
    fitness = pm4py.fitness_alignments(frame, *theirs)
    assert 100 * found.fitting_cases / len(drawn) == pytest.approx(fitness["percentage_of_fitting_traces"])
    assert found.fitness == pytest.approx(
        fitness["average_trace_fitness"], abs=1e-4
    )  # pm4py's costs are ten thousandths
    assert found.precision == pytest.approx(escaping_edges(theirs, counted(drawn)), nan_ok=True)


def escaping_edges(model: TheirNet, cases: dict[tuple[str, ...], int]) -> float:
    """Precision as it is defined, beginning by beginning.

    pm4py's own overlooks steps that several silent ones have to come before, so it depends on how the net is drawn.
    """
    walker, allowed, escaping = Walker(model), 0, 0
    beginnings = {sequence[:length] for sequence in cases for length in range(len(sequence))}
    for beginning in beginnings:
        state = walker.start()
        for step in beginning:
            state = walker.steps(state).get(step, frozenset())
        came = Counter(
            {sequence: n for sequence, n in cases.items() if sequence[: len(beginning)] == beginning != sequence}
        )
        offered = set(walker.steps(state))
        allowed += came.total() * len(offered)
        escaping += came.total() * len(offered - {sequence[len(beginning)] for sequence in came})
    return 1 - escaping / allowed if allowed else nan


@settings(max_examples=40)
@given(sequences, trees(most=5, repeated=True))
def test_equals_pm4py_on_random_logs_and_trees(drawn: list[str], tree: ProcessTree) -> None:
    assert_equals_pm4py(reduced(net_of(tree)), drawn)


@settings(max_examples=30)
@given(sequences)
def test_equals_pm4py_on_discovered_trees(drawn: list[str]) -> None:
    assert_equals_pm4py(reduced(net_of(inductive_tree(counted(drawn), 0.2))), drawn)


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.sampled_from(["step 0", "step 1", "step 2", "step 3", "X"]), min_size=1), min_size=1),
    st.data(),
)
def test_parts_that_go_on_side_by_side_are_as_one(drawn: list[list[str]], data: st.DataObject) -> None:
    tree = ProcessTree("+", tuple(renamed(data.draw(trees(most=2)), second) for second in (False, True)))
    cases = dict(Counter(tuple(sequence) for sequence in drawn))
    whole = replay([state_space(net_of(tree))], cases)
    parts = replay([state_space(net_of(part)) for part in tree.children], cases)
    assert (parts.fitting_cases, parts.precision) == pytest.approx((whole.fitting_cases, whole.precision), nan_ok=True)
    assert parts.fitness == pytest.approx(whole.fitness)


def renamed(tree: ProcessTree, second: bool) -> ProcessTree:
    """The tree with steps 0 and 1, or with steps 2 and 3."""
    label = {"step 0": "step 2", "step 1": "step 3"}.get(tree.label or "", tree.label) if second else tree.label
    return ProcessTree(tree.operator, tuple(renamed(child, second) for child in tree.children), label)


@settings(max_examples=60)
@given(trees(most=9))
def test_a_tree_is_sound(tree: ProcessTree) -> None:
    assert state_space(net_of(tree)).sound
    assert state_space(reduced(net_of(tree))).sound


def test_nets_that_are_not_sound_are_compared_with_as_they_are() -> None:
    """With dead ends, silent rings and what is left over, against searches that know nothing of reduction."""
    rng, compared = random.Random(3), 0
    while compared < 150:
        model, cases = random_net(rng), Counter(tuple(rng.choices("ABC", k=rng.randint(0, 5))) for _ in range(6))
        try:
            space = state_space(model)
            found = replay([space], cases)
        except (Unbounded, NoWayOut):
            continue
        walker = Walker(as_theirs(model))
        shortest = least_cost(walker, ())
        costs = {sequence: least_cost(walker, sequence) for sequence in cases}
        most = {sequence: max(len(sequence) + shortest, 1) for sequence in cases}
        fitness = sum(n * (1 - costs[sequence] / most[sequence]) for sequence, n in cases.items()) / 6
        assert found.fitness == pytest.approx(fitness), model
        assert found.fitting_cases == sum(n for sequence, n in cases.items() if costs[sequence] == 0), model
        assert found.precision == pytest.approx(escaping_edges(as_theirs(model), cases), nan_ok=True), model
        compared += not space.sound


def test_by_hand() -> None:
    model = net(("A", [0], [2]), ("B", [2], [3]), ("C", [3], [1]))  # A B C
    found = replay([state_space(model)], counted(["A B C", "A C", "A X B C", "A B C"]))
    assert found.fitting_cases == 2
    # A C lacks one step of 2 + 3, A X B C has one too many of 4 + 3.
    assert found.fitness == pytest.approx((1 + 1 + (1 - 1 / 5) + (1 - 1 / 7)) / 4)
    assert found.precision == 1  # after (), A and A B the model allows one step, which came


def test_precision_equals_pm4pys_where_no_step_waits_for_silent_ones() -> None:
    model = net(("A", [0], [2]), ("B", [2], [3]), ("C", [2], [3]), ("D", [3], [2]), ("E", [3], [1]))
    drawn = ["A B E", "A B D C E", "A C E", "A B D B D B E", "A X"]
    expected = pm4py.precision_alignments(pm4py_frame(drawn), *as_theirs(model))
    assert replay([state_space(model)], counted(drawn)).precision == pytest.approx(expected)


def test_precision_by_hand() -> None:
    model = net(("A", [0], [2]), ("B", [2], [1]), ("C", [2], [1]))  # A, then B or C
    assert replay([state_space(model)], counted(["A B", "A B"])).precision == pytest.approx(1 - 2 / (2 + 4))


@pytest.mark.parametrize(
    "model",
    [
        net(("A", [0], [2]), (None, [2], [3]), ("B", [2], [1])),  # stuck in 3
        net(("A", [0], [1, 2]), ("B", [2], [2])),  # a token is left in 2
        net(("A", [0], [1]), ("B", [2, 3], [1])),  # B never happens
        net(("A", [0], [2, 3]), ("B", [2], [1]), ("C", [3], [1])),  # two tokens in the end
    ],
    ids=["no way out", "left over", "dead", "twice"],
)
def test_what_is_not_sound(model: PetriNet) -> None:
    assert not state_space(model).sound
    assert not pm4py.check_soundness(*as_theirs(model))[0]


def test_tokens_that_pile_up() -> None:
    with pytest.raises(Unbounded):
        state_space(net(("A", [0], [2]), ("B", [2], [2, 3]), ("C", [2], [1])))


def test_a_model_without_an_end() -> None:
    with pytest.raises(NoWayOut):
        replay([state_space(net(("A", [0], [2]), ("B", [2, 3], [1])))], counted(["A"]))


def test_many_steps_in_any_order_are_too_many_states() -> None:
    tree = ProcessTree("+", tuple(ProcessTree(label=f"step {number}") for number in range(40)))
    with pytest.raises(TooBig, match="fewer steps in any order"):
        state_space(net_of(tree))
