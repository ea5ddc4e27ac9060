"""The cost is the least there is, the moves are a way of that cost, and always the same one."""

import heapq
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence as Many
from functools import cache
from itertools import count
from typing import Any

import numpy as np
import pm4py
import pytest
from flows import language
from intended import Word, as_tree_text, random_flow, random_trace
from models import LOGS, TheirNet, Walker, on_real_logs, their_net
from pm4py.algo.conformance.alignments.petri_net.variants import dijkstra_less_memory as theirs

from saksflyt.mining import alignment
from saksflyt.mining.alignment import Alignments, Move, align
from saksflyt.mining.alignment_costs import distances
from saksflyt.mining.automaton import of_expression, of_net
from saksflyt.mining.errors import TooBig
from saksflyt.mining.expression import Expression
from saksflyt.mining.flow_text import parse
from saksflyt.mining.net_reduction import reduced
from saksflyt.mining.nets import aligned_by_pm4py, inductive_tree
from saksflyt.mining.petri_net import PetriNet, Transition, net_of

ONE = 10_000  # what pm4py writes for a cost of 1


def net_of_flow(flow: Expression) -> TheirNet:
    return pm4py.convert_to_petri_net(pm4py.parse_process_tree(as_tree_text(flow)))


def least_cost(walker: Walker, trace: Word, *, to_the_end: bool = True) -> int:
    """Dijkstra's search through trace and markings, one pair at a time."""
    start = frozenset(Counter(walker.initial).items())
    end = frozenset(Counter(walker.final).items())
    best = {(0, start): 0}
    number = count()
    waiting = [(0, next(number), 0, start)]
    while waiting:
        cost, _, place, marking = heapq.heappop(waiting)
        if cost > best[place, marking]:
            continue
        if place == len(trace) and (marking == end or not to_the_end):
            return cost
        ways = [(1, place + 1, marking)] if place < len(trace) else []
        for label, after in walker._fired(marking):
            ways.append((int(label is not None), place, after))
            if place < len(trace) and label == trace[place]:
                ways.append((0, place + 1, after))
        for more, there, after in ways:
            if cost + more < best.get((there, after), 1_000_000):
                best[there, after] = cost + more
                heapq.heappush(waiting, (cost + more, next(number), there, after))
    raise AssertionError("the end cannot be reached")


def alone(moves: Many[Move]) -> int:
    return sum((step is None) != (model is None) for step, model in moves)


def assert_replays(walker: Walker, trace: Word, moves: Many[Move], cost: int, *, to_the_end: bool = True) -> None:
    assert tuple(step for step, _ in moves if step is not None) == trace
    assert all(step is None or model is None or step == model for step, model in moves)
    assert alone(moves) == cost
    states = walker.start()
    for _, model in moves:
        if model is not None:
            states = walker.steps(states)[model]
    assert not to_the_end or walker.ends(states)


def test_two_thousand_flows_and_traces_cost_what_a_search_finds() -> None:
    rng = random.Random(2026)
    for _ in range(500):
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


@pytest.mark.parametrize("seed", range(3))
def test_three_hundred_flows_and_traces_cost_what_pm4py_finds(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(50):
        flow = random_flow(rng, rng.randint(2, 8))
        traces = list(dict.fromkeys(random_trace(rng) for _ in range(2)))
        assert_equals_pm4py(align(of_expression(flow), traces), net_of_flow(flow), traces)


def assert_equals_pm4py(found: Alignments, model: TheirNet, variants: Many[Word]) -> None:
    answers = theirs.apply_from_variants_list([(variant, 1) for variant in variants], *model)
    costs = [answers[variant]["cost"] // ONE for variant in variants]
    assert found.cost.tolist() == costs
    best_worst: Any = theirs.get_best_worst_cost(*model)
    shortest = best_worst // ONE
    assert found.shortest == shortest
    most = [len(variant) + shortest for variant in variants]
    assert found.fitness.tolist() == pytest.approx([1 - c / m if m else 1 for c, m in zip(costs, most, strict=True)])


def first_by_the_rule(trace: Word, listed: set[Word], labels: tuple[str, ...], *, to_the_end: bool) -> tuple[Move, ...]:
    """Of all cheapest ways against all words, read from the end: the log alone, then the model, then both together."""
    candidates = listed if to_the_end else {word[:length] for word in listed for length in range(len(word) + 1)}
    costs = {word: edits(trace, word) for word in candidates}
    least = min(costs.values())
    place = {name: number for number, name in enumerate(labels)}

    def ways(log: Word, word: Word, cost: int) -> tuple[tuple[int, int], ...]:
        if not log and not word:
            return ()
        if log and edits(log[:-1], word) == cost - 1:
            return ((0, 0), *ways(log[:-1], word, cost - 1))
        if word and edits(log, word[:-1]) == cost - 1:
            return ((1, place[word[-1]]), *ways(log, word[:-1], cost - 1))
        return ((2, 0), *ways(log[:-1], word[:-1], cost))

    told = min(ways(trace, word, least) for word, cost in costs.items() if cost == least)
    steps = list(trace)
    moves: list[Move] = []
    for kind, label in told:
        moves.append((None, labels[label]) if kind == 1 else (step := steps.pop(), step if kind else None))
    return tuple(reversed(moves))


@cache
def edits(one: Word, other: Word) -> int:
    """The least number of steps to be put in or left out."""
    if not one or not other:
        return len(one) + len(other)
    if one[-1] == other[-1]:
        return edits(one[:-1], other[:-1])
    return 1 + min(edits(one[:-1], other), edits(one, other[:-1]))


def test_costs_and_moves_are_those_of_all_words_listed() -> None:
    rng = random.Random(11)
    for _ in range(250):
        flow = random_flow(rng, rng.randint(1, 4), "abc")
        trace = random_trace(rng, 3, "abcx")
        listed = language(flow, 8)
        automaton = of_expression(flow)
        found = align(automaton, [trace], open=[True])
        assert int(found.cost[0]) == min(edits(trace, word) for word in listed), (flow, trace)
        beginnings = {word[:length] for word in listed for length in range(len(word) + 1)}
        assert int(found.prefix_cost[0]) == min(edits(trace, word) for word in beginnings), (flow, trace)
        assert found.moves[0] == first_by_the_rule(trace, listed, automaton.labels, to_the_end=True), (flow, trace)
        assert found.prefix_moves[0] == first_by_the_rule(trace, listed, automaton.labels, to_the_end=False)
        edits.cache_clear()


def shown(flow: str, trace: str, *, open: bool = False) -> str:
    """Moves as text: a both, +a the log alone, -a the model alone."""
    found = align(of_expression(parse(flow)), [trace.split()], open=[open])
    moves = (found.prefix_moves if open else found.moves)[0]
    assert moves is not None
    return " ".join(model if step == model else f"+{step}" if step else f"-{model}" for step, model in moves)  # type: ignore


@pytest.mark.parametrize(
    ("flow", "trace", "moves"),
    [
        ("a -> b -> c", "a b c", "a b c"),
        ("a -> b -> c", "a c", "a -b c"),
        ("a -> b -> c", "a b b c", "a b +b c"),  # the first is the intended one
        ("a -> b -> c -> d", "a c b d", "a -b c +b d"),  # b came late
        ("a -> b -> c", "a x c", "a -b +x c"),  # x in place of b
        ("a -> b -> c", "", "-a -b -c"),
        ("a -> b -> c", "x y", "-a -b -c +x +y"),
        ("a -> b -> c", "a b c a b c", "a b c +a +b +c"),
        ("a -> (b | c)", "a", "a -b"),  # the branch that is written first
        ("a -> (c | b)", "a", "a -c"),
        ("a -> (b & c) -> d", "a c d", "a -b c d"),
        ("a -> (b -> c)* -> d", "a b d", "a +b d"),
        ("a -> b -> c -> b -> d", "a b d", "a b -c -b d"),  # matched as early as can be
    ],
)
def test_worked_examples(flow: str, trace: str, moves: str) -> None:
    assert shown(flow, trace) == moves


@pytest.mark.parametrize(
    ("flow", "trace", "moves"),
    [
        ("a -> b -> c", "a", "a"),  # what is not yet due is no deviation
        ("a -> b -> c", "", ""),
        ("a -> b -> c", "a c", "a +c"),  # as cheap as having left out b, and no step is missed
        ("a -> b -> c -> d", "a c d", "a -b c d"),
        ("a -> b", "a b x", "a b +x"),
    ],
)
def test_worked_examples_of_open_cases(flow: str, trace: str, moves: str) -> None:
    assert shown(flow, trace, open=True) == moves


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


def test_silent_rings_cost_nothing_and_never_end() -> None:
    ring = [("a", 0, 2), (None, 2, 3), (None, 3, 2), ("b", 3, 1), (None, 3, 3), (None, 2, 0)]
    model = PetriNet(4, tuple(Transition(name, (one,), (other,)) for name, one, other in ring), (0,), (1,))
    found = align(of_net(model), ["ab", "aab", "b", "ax"])
    assert found.cost.tolist() == [0, 0, 1, 2]
    assert found.moves[2] == ((None, "a"), ("b", "b"))


FLOW = "a -> (b? & (c -> d)* & (e | f+)) -> (g -> h)+ -> (i | j)"


def some_variants(seed: int, variants: int, most: int) -> list[Word]:
    rng = random.Random(seed)
    return [tuple(rng.choices("abcdefghijx", k=rng.randint(0, most))) for _ in range(variants)]


def same(one: Alignments, other: Alignments) -> bool:
    return (
        one.cost.tolist() == other.cost.tolist()
        and one.prefix_cost.tolist() == other.prefix_cost.tolist()
        and one.moves == other.moves
        and one.prefix_moves == other.prefix_moves
    )


@pytest.mark.parametrize("most_bytes", [1, 700, 40_000])
def test_little_memory_changes_nothing(most_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    variants = some_variants(1, 60, 60)
    automaton, asked = of_expression(parse(FLOW)), [number % 2 == 0 for number in range(60)]
    before = align(automaton, variants, open=asked)
    monkeypatch.setattr(alignment, "_MOST_BYTES", most_bytes)
    assert same(align(automaton, variants, open=asked), before)


def test_each_variant_is_as_it_is_by_itself() -> None:
    """Numbers of one byte, of two and of four, whatever stands beside: 40 000 steps take the last."""
    automaton = of_expression(parse(FLOW))
    long = tuple("acd" * 60 + "eghi"), tuple("x" * 33_000)
    variants = [*some_variants(2, 40, 20), *long]
    together = align(automaton, variants)
    assert together.cost[-1] == 33_000 + together.shortest
    for number, variant in enumerate(variants[:-1]):
        single = align(automaton, [variant])
        assert (single.cost[0], single.moves[0]) == (together.cost[number], together.moves[number])


def test_the_order_of_the_variants_changes_nothing() -> None:
    automaton, variants = of_expression(parse(FLOW)), some_variants(3, 80, 15)
    turned = align(automaton, variants[::-1])
    assert turned.moves[::-1] == align(automaton, variants).moves


def test_equal_models_give_equal_moves() -> None:
    """The rule speaks of steps, so a net with its silent transitions tells the same as the flow."""
    rng = random.Random(5)
    for _ in range(60):
        flow = random_flow(rng, rng.randint(2, 6), "abcd")
        automaton = of_expression(flow)
        by_net = of_net(ours_of(net_of_flow(flow)))
        variants = [random_trace(rng) for _ in range(5)]
        if by_net.labels == automaton.labels:  # of several steps of the model the first label is told
            assert align(by_net, variants).moves == align(automaton, variants).moves


def ours_of(model: TheirNet) -> PetriNet:
    net, initial, final = model
    places = {place: number for number, place in enumerate(sorted(net.places, key=str))}
    transitions = [
        Transition(
            each.label,
            tuple(places[arc.source] for arc in each.in_arcs),
            tuple(places[arc.target] for arc in each.out_arcs),
        )
        for each in net.transitions
    ]
    return PetriNet(len(places), tuple(transitions), tuple(places[p] for p in initial), tuple(places[p] for p in final))


SAME = """
from saksflyt.mining.alignment import align
from saksflyt.mining.automaton import of_expression
from saksflyt.mining.flow_text import parse
found = align(of_expression(parse("a -> (b & c & (d | e)) -> f* -> g?")), ["gfedcba", "xbay", "acgcab", ""], open=[True] * 4)
print(found.moves, found.prefix_moves, found.fitness.tolist())
"""


def test_the_same_moves_whatever_the_hash_seed() -> None:
    def said(seed: str) -> bytes:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run([sys.executable, "-c", SAME], env=environment, capture_output=True, check=True).stdout

    assert said("1") == said("2") == said("3")


def test_too_much_work_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignment, "MOST_WORK", 100)
    with pytest.raises(TooBig, match="fewer steps in any order, or choose fewer cases") as refused:
        align(of_expression(parse(FLOW)), ["abcdefghij"])
    assert ". " not in str(refused.value)


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


def test_what_is_too_big_can_be_asked_of_pm4py() -> None:
    flow = parse("a -> (b & c) -> d")
    net, variants = ours_of(net_of_flow(flow)), [tuple("abcd"), tuple("acd"), tuple("xx"), tuple("acd")]
    assert aligned_by_pm4py(net, variants, 60) == align(of_expression(flow), variants).cost.tolist()
    wide = ours_of(net_of_flow(parse(" & ".join(f"s{number}" for number in range(14)))))
    assert aligned_by_pm4py(wide, [tuple("xyz") * 4, ("s1",)], 0.2) == [None, None]


REAL = {
    "running-example": "small_unit/running-example.xes",
    "BPIC13 closed": "real/BPIC13_closed_problems.xes.gz",
    "Receipt": "municipal/Receipt_WABO_CoSeLoG.xes.gz",
    "Sepsis": "real/Sepsis.xes.gz",
}
SLOW = [pytest.param(name, marks=[pytest.mark.slow] if name in ("Receipt", "Sepsis") else []) for name in REAL]

FLOWS = {
    "running-example": """
        "register request" -> (("examine thoroughly" | "examine casually") & "check ticket") -> decide
        -> ("reinitiate request" -> (("examine thoroughly" | "examine casually") & "check ticket") -> decide)*
        -> ("pay compensation" | "reject request")""",
    "BPIC13 closed": "Queued* -> Accepted -> (Queued? -> Accepted)* -> Unmatched? -> Completed",
    "Receipt": """
        "Confirmation of receipt" -> ("T02 Check confirmation of receipt" & "T03 Adjust confirmation of receipt"?)
        -> "T04 Determine confirmation of receipt" -> "T05 Print and send confirmation of receipt"
        -> "T06 Determine necessity of stop advice"
        -> ("T07-1 Draft intern advice aspect 1"? & "T07-2 Draft intern advice aspect 2"?)
        -> "T10 Determine necessity to stop indication"
        -> ("T16 Report reasons to hold request" -> "T17 Check report Y to stop indication"?)*""",
    "Sepsis": """
        "ER Registration" -> "ER Triage" -> "ER Sepsis Triage"
        -> ((CRP | Leucocytes | LacticAcid)* & "IV Liquid"? & "IV Antibiotics"?)
        -> ("Admission NC" | "Admission IC")* -> (CRP | Leucocytes | LacticAcid)*
        -> ("Release A" | "Release B" | "Release C" | "Release D" | "Release E")? -> "Return ER"?""",
}


@cache
def real_variants(name: str) -> Counter[Word]:
    frame: Any = pm4py.read_xes(str(LOGS / REAL[name]))
    ordered = frame.sort_values(["case:concept:name", "time:timestamp"], kind="stable")
    return Counter(ordered.groupby("case:concept:name")["concept:name"].agg(tuple))


@on_real_logs
@pytest.mark.parametrize("name", SLOW)
def test_real_logs_against_the_discovered_model(name: str) -> None:
    counted = real_variants(name)
    tree = inductive_tree(counted, 0.2)
    assert_real(of_net(reduced(net_of(tree))), their_net(tree), list(counted))


@on_real_logs
@pytest.mark.parametrize("name", SLOW)
def test_real_logs_against_a_flow_made_by_hand(name: str) -> None:
    flow = parse(FLOWS[name])
    assert_real(of_expression(flow), net_of_flow(flow), list(real_variants(name)))


def assert_real(automaton: Any, model: TheirNet, variants: list[Word]) -> None:
    found = align(automaton, variants, open=[True] * len(variants))
    assert_equals_pm4py(found, model, variants)
    walker = Walker(model)
    for number, variant in enumerate(variants):
        assert_replays(walker, variant, found.moves[number], int(found.cost[number]))
        beginning = found.prefix_moves[number]
        assert beginning is not None and found.prefix_cost[number] <= found.cost[number]
        assert_replays(walker, variant, beginning, int(found.prefix_cost[number]), to_the_end=False)
