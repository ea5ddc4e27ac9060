"""Costs of all variants of real logs are pm4py's, and the moves replay."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from alignments import FLOWS, REAL, assert_equals_pm4py, assert_replays, net_of_flow, real_variants
from intended import Word
from models import TheirNet, Walker, on_real_logs, their_net
from pm4py.algo.conformance.alignments.petri_net.variants import dijkstra_less_memory as hasty

from saksflyt.mining.alignment import align
from saksflyt.mining.automaton import of_expression, of_net
from saksflyt.mining.flow_text import parse
from saksflyt.mining.net_reduction import reduced
from saksflyt.mining.nets import inductive_tree
from saksflyt.mining.petri_net import net_of

# pm4py needs a minute and more for some.
NAMES = [pytest.param(name, marks=[pytest.mark.slow] if name in ("Receipt", "Sepsis") else []) for name in REAL]

pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")


@on_real_logs
@pytest.mark.parametrize("name", NAMES)
def test_real_logs_against_the_discovered_model(name: str) -> None:
    counted = real_variants(name)
    tree = inductive_tree(counted, 0.2)
    assert_real(of_net(reduced(net_of(tree))), their_net(tree), list(counted))


@on_real_logs
@pytest.mark.parametrize("name", NAMES)
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


@on_real_logs
@pytest.mark.slow
@pytest.mark.parametrize(("name", "seconds", "times"), [("Receipt", 0.1, 50), ("Sepsis", 0.3, 5)])
def test_how_fast_beside_pm4pys_fastest_search(name: str, seconds: float, times: float) -> None:
    """From the net to the moves; tests/bench/alignment.py prints the figures."""
    counted = real_variants(name)
    tree, variants = inductive_tree(counted, 0.2), list(counted)
    net, theirs = reduced(net_of(tree)), their_net(tree)

    def timed(work: Callable[[], object]) -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    ours = min(timed(lambda: align(of_net(net), variants)) for _ in range(5))
    assert ours <= seconds
    assert (
        timed(lambda: [hasty.apply_from_variant(variant, *theirs, parameters={}) for variant in variants])
        >= times * ours
    )
