"""What is too big is refused in a sentence, or searched for as long as there is time; what is not found is said."""

import random

import numpy as np
import pytest
from alignments import FLOW, assert_replays, net_of_flow, ours_of, some_variants
from intended import random_flow, random_trace
from models import Walker

from saksflyt.mining import alignment, automaton
from saksflyt.mining.alignment import align, align_some
from saksflyt.mining.alignment_search import align_in_time
from saksflyt.mining.automaton import of_expression
from saksflyt.mining.errors import TooBig, UsageError
from saksflyt.mining.expression import Expression, Parallel, Sequence, Step
from saksflyt.mining.flow_text import parse
from saksflyt.mining.petri_net import PetriNet, Transition

pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")


def test_too_much_work_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignment, "MOST_WORK", 100)
    with pytest.raises(TooBig, match="fewer steps in any order, or choose fewer cases") as refused:
        align(of_expression(parse(FLOW)), ["abcdefghij"])
    assert ". " not in str(refused.value)


def test_one_variant_may_be_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    model, variants = of_expression(parse(FLOW)), [tuple("acd"), tuple("x" * 500), tuple("agh")]
    exact = align(model, variants)
    monkeypatch.setattr(alignment, "_MOST_BYTES_OF_ONE", 300 * model.states)
    with pytest.raises(TooBig, match="so long variants"):
        align(model, variants)
    found = align_some(model, variants)
    assert found.computed.tolist() == [True, False, True]
    assert found.cost.tolist() == [exact.cost[0], -1, exact.cost[2]]
    assert found.moves[2] == exact.moves[2] and np.isnan(found.fitness[1])


def test_one_long_variant_does_not_keep_the_others_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignment, "MOST_WORK", 20_000)
    variants = [tuple("abcdefghij" * 1000), *some_variants(4, 5, 10)]
    assert align_some(of_expression(parse(FLOW)), variants).computed.tolist() == [False, *[True] * 5]


def test_with_little_time_the_first_ones_are_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    model, variants = of_expression(parse(FLOW)), some_variants(4, 30, 20)
    monkeypatch.setattr(alignment, "MOST_WORK", 3_000)
    computed = align_some(model, variants).computed
    assert computed[0] and not computed[-1] and (np.diff(computed.astype(int)) <= 0).all()


def test_the_search_finds_what_the_exact_way_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of flows, and with weights and rings of nets; every model counts as too big for the exact way."""
    rng, asked = random.Random(7), [True, False, True]
    flows = [random_flow(rng, rng.randint(1, 7)) for _ in range(60)]
    traces = [[random_trace(rng) for _ in asked] for _ in flows]
    exact = [align(of_expression(flow), each, open=asked) for flow, each in zip(flows, traces, strict=True)]
    monkeypatch.setattr(automaton, "MOST_STATES", 0)
    for flow, variants, best in zip(flows, traces, exact, strict=True):
        walker = Walker(net_of_flow(flow))
        for model in (flow, ours_of(net_of_flow(flow))):
            found = align_in_time(model, variants, open=asked)
            assert found.computed.all() and found.shortest == best.shortest
            assert (found.cost.tolist(), found.fitness.tolist()) == (best.cost.tolist(), best.fitness.tolist())
            assert found.prefix_cost.tolist() == [best.prefix_cost[0], -1, best.prefix_cost[2]]
            for trace, moves, cost in zip(variants, found.moves, found.cost.tolist(), strict=True):
                assert_replays(walker, trace, moves, cost)
            beginning = found.prefix_moves[2]
            assert beginning is not None
            assert_replays(walker, variants[2], beginning, int(found.prefix_cost[2]), to_the_end=False)


def wide(steps: int) -> Expression:
    return Sequence((Step("first"), Parallel(tuple(Step(str(number)) for number in range(steps))), Step(">>")))


def test_what_is_not_found_in_time_is_said() -> None:
    """Forty steps in any order: 2 ** 40 states."""
    names = [str(number) for number in range(40)]
    variants = [("first", *names, ">>"), ("first", *names[3:], ">>"), ("first", *names[8:], ">>", *names[:8])]
    found = align_in_time(wide(40), variants, seconds=3)
    assert found.computed.tolist() == [True, True, False]
    assert (found.cost.tolist(), found.shortest) == ([0, 3, -1], 42)
    assert found.fitness.tolist()[:2] == [1, 1 - 3 / 81] and np.isnan(found.fitness[2])
    assert found.moves[0][-1] == (">>", ">>") and found.moves[2] == ()
    assert align_in_time(wide(40), variants, open=[True] * 3, seconds=0).computed.tolist() == [False] * 3


def test_what_no_case_can_be_held_against_is_refused_and_not_searched() -> None:
    grows = PetriNet(3, (Transition("a", (0,), (0, 2)), Transition("b", (0,), (1,))), (0,), (1,))
    for model, reason in ((Sequence(()), "no step"), (grows, "pile up")):
        with pytest.raises(UsageError, match=reason):
            align_in_time(model, [("a",)])
