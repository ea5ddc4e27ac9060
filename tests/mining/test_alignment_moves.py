"""Of several cheapest ways the same one is told, whatever else is asked."""

import os
import random
import subprocess
import sys
from functools import cache

import pytest
from alignments import FLOW, net_of_flow, ours_of, some_variants
from flows import language
from intended import Word, random_flow, random_trace

from saksflyt.mining import alignment
from saksflyt.mining.alignment import Alignments, Move, align
from saksflyt.mining.automaton import of_expression, of_net
from saksflyt.mining.flow_text import parse


def first_by_the_rule(trace: Word, listed: set[Word], labels: tuple[str, ...], *, to_the_end: bool) -> tuple[Move, ...]:
    """Of all cheapest ways against all words, the first one by the rule, read from the end."""
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
            stands = place[word[-1]]
            behind = not log or stands >= place.get(log[-1], -1)
            return ((1 if behind else 3, stands), *ways(log, word[:-1], cost - 1))
        return ((2, 0), *ways(log[:-1], word[:-1], cost))

    told = min(ways(trace, word, least) for word, cost in costs.items() if cost == least)
    steps = list(trace)
    moves: list[Move] = []
    for kind, label in told:
        moves.append((None, labels[label]) if kind in (1, 3) else (step := steps.pop(), step if kind else None))
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
