"""The cost is the least there is, and the moves are a way of that cost."""

import random
import time
from typing import Any

import numpy as np
import pytest
from alignments import ONE, assert_equals_pm4py, assert_replays, net_of_flow, ours_of
from intended import random_flow, random_trace
from models import Walker, as_theirs, least_cost, random_net
from pm4py.algo.conformance.alignments.petri_net.variants import dijkstra_less_memory as hasty
from pm4py.algo.conformance.alignments.petri_net.variants import state_equation_a_star as theirs

from saksflyt.mining.alignment import align
from saksflyt.mining.alignment_costs import distances
from saksflyt.mining.automaton import of_expression, of_net
from saksflyt.mining.errors import UsageError
from saksflyt.mining.flow_text import parse
from saksflyt.mining.net_reduction import reduced
from saksflyt.mining.petri_net import PetriNet, Transition

pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")


@pytest.mark.parametrize("flows", [120, pytest.param(500, marks=pytest.mark.slow)])
def test_flows_and_traces_cost_what_a_search_finds(flows: int) -> None:
    rng = random.Random(2026)
    for _ in range(flows):
        flow = random_flow(rng, rng.randint(1, 6))
        walker = Walker(net_of_flow(flow))
        traces = [random_trace(rng) for _ in range(4)]
        found = align(of_expression(flow), traces, open=[True] * 4)
        assert found.shortest == least_cost(walker, ())
        for number, trace in enumerate(traces):
            cost, prefix_cost = int(found.cost[number]), int(found.prefix_cost[number])
            assert cost == least_cost(walker, trace), (flow, trace)
            assert prefix_cost == least_cost(walker, trace, to_the_end=False), (flow, trace)
            assert_replays(walker, trace, found.moves[number], cost)
            beginning = found.prefix_moves[number]
            assert beginning is not None
            assert_replays(walker, trace, beginning, prefix_cost, to_the_end=False)


@pytest.mark.parametrize("flows", [250, pytest.param(1000, marks=pytest.mark.slow)])
def test_flows_and_traces_cost_what_pm4py_finds(flows: int) -> None:
    rng = random.Random(0)
    for _ in range(flows):
        flow = random_flow(rng, rng.randint(2, 8))
        traces = [random_trace(rng), random_trace(rng)]
        assert_equals_pm4py(align(of_expression(flow), traces), net_of_flow(flow), traces)


def test_nets_that_are_not_sound_cost_what_a_search_finds() -> None:
    rng, compared = random.Random(5), 0
    while compared < 200:
        net = random_net(rng)
        try:
            automaton = of_net(net)
        except UsageError:
            continue
        walker, traces = Walker(as_theirs(net)), [random_trace(rng, 5, "ABC") for _ in range(3)]
        assert align(automaton, traces).cost.tolist() == [least_cost(walker, trace) for trace in traces], net
        compared += 1


def test_pm4pys_memory_saving_search_is_not_exact() -> None:
    """Why it is neither the oracle nor the fall-back."""
    flow, trace = parse("f -> (f & e & f & (f | c | a*))"), ("e", "f")
    model = net_of_flow(flow)
    best: Any = theirs.apply_from_variant(trace, *model, parameters={})
    hasty_one: Any = hasty.apply_from_variant(trace, *model, parameters={})
    assert align(of_expression(flow), [trace]).cost[0] == least_cost(Walker(model), trace) == best["cost"] // ONE == 2
    assert hasty_one["cost"] // ONE > 2


def test_figures_of_a_flow_of_five_steps() -> None:
    """Costs and fitness that the handbook of methods gives, found with pm4py."""
    five = of_expression(parse("a -> b -> c -> d -> e"))
    found = align(five, ["acbde", "abbcde", "acde", "ab", "x", "abcde"], open=[False, False, False, True, False, False])
    assert found.cost.tolist() == [2, 1, 1, 3, 6, 0]
    assert found.fitness.round(3).tolist() == [0.8, 0.909, 0.889, 0.571, 0.0, 1.0]
    assert int(found.prefix_cost[3]) == 0
    assert [moves is None for moves in found.prefix_moves] == [True, True, True, False, True, True]


def test_no_variants_and_no_steps() -> None:
    automaton = of_expression(parse("a?"))
    assert align(automaton, []).moves == []
    found = align(automaton, [()])
    assert (found.cost.tolist(), found.fitness.tolist(), found.moves) == ([0], [1.0], [()])


def test_a_model_without_a_visible_step() -> None:
    found = align(of_net(PetriNet(2, (Transition(None, (0,), (1,)),), (0,), (1,))), ["", "ab"], open=[True, True])
    assert (found.cost.tolist(), found.fitness.tolist(), found.shortest) == ([0, 2], [1, 0], 0)
    assert found.moves[1] == found.prefix_moves[1] == (("a", None), ("b", None))


def test_silent_rings_cost_nothing_and_never_end() -> None:
    ring = [("a", 0, 2), (None, 2, 3), (None, 3, 2), ("b", 3, 1), (None, 3, 3), (None, 2, 0)]
    model = PetriNet(4, tuple(Transition(name, (one,), (other,)) for name, one, other in ring), (0,), (1,))
    found = align(of_net(model), ["ab", "aab", "b", "ax"])
    assert found.cost.tolist() == [0, 0, 1, 2]
    assert found.moves[2] == ((None, "a"), ("b", "b"))


def test_distances_are_those_of_a_search() -> None:
    rng = random.Random(9)
    for _ in range(40):
        model = of_net(reduced(ours_of(net_of_flow(random_flow(rng, 6)))))
        found = distances(model).astype(int)
        expected = np.where(np.eye(model.states, dtype=bool), 0, 32_767)
        for source, label, target in model.edges.tolist():
            if source != target:
                expected[source, target] = min(expected[source, target], int(label >= 0))
        for middle in range(model.states):  # Floyd and Warshall
            expected = np.minimum(expected, expected[:, [middle]] + expected[[middle], :])
        assert (found == expected).all()


def test_ten_thousand_variants_of_forty_steps_in_five_seconds() -> None:
    rng, names = random.Random(1), [f"s{number}" for number in range(30)]
    flow = parse(f"{' -> '.join(names[:18])} -> ({' & '.join(names[18:22])}) -> ({' -> '.join(names[22:])})*")
    variants = [tuple(rng.choices(names, k=40)) for _ in range(10_000)]
    begun = time.process_time()
    align(of_expression(flow), variants)
    assert time.process_time() - begun < 5
