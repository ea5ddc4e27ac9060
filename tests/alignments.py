"""Alignments for tests: pm4py's, whether moves replay, and the real logs with flows made for them by hand."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence as Many
from functools import cache
from typing import Any

import pm4py
import pytest
from intended import Word, as_tree_text
from models import LOGS, TheirNet, Walker
from pm4py.algo.conformance.alignments.petri_net.variants import state_equation_a_star as theirs

from saksflyt.mining.alignment import Alignments, Move
from saksflyt.mining.expression import Expression
from saksflyt.mining.petri_net import PetriNet, Transition

ONE = 10_000  # what pm4py writes for a cost of 1


def net_of_flow(flow: Expression) -> TheirNet:
    return pm4py.convert_to_petri_net(pm4py.parse_process_tree(as_tree_text(flow)))


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


def assert_equals_pm4py(found: Alignments, model: TheirNet, variants: Many[Word]) -> None:
    answers: list[Any] = [theirs.apply_from_variant(variant, *model, parameters={}) for variant in variants]
    costs = [answer["cost"] // ONE for answer in answers]
    assert found.cost.tolist() == costs
    best_worst: Any = theirs.get_best_worst_cost(*model)
    shortest = best_worst // ONE
    assert found.shortest == shortest
    most = [len(variant) + shortest for variant in variants]
    assert found.fitness.tolist() == pytest.approx([1 - c / m if m else 1 for c, m in zip(costs, most, strict=True)])


FLOW = "a -> (b? & (c -> d)* & (e | f+)) -> (g -> h)+ -> (i | j)"


def some_variants(seed: int, variants: int, most: int) -> list[Word]:
    rng = random.Random(seed)
    return [tuple(rng.choices("abcdefghijx", k=rng.randint(0, most))) for _ in range(variants)]


REAL = {
    "running-example": "small_unit/running-example.xes",
    "BPIC13 closed": "real/BPIC13_closed_problems.xes.gz",
    "Receipt": "municipal/Receipt_WABO_CoSeLoG.xes.gz",
    "Sepsis": "real/Sepsis.xes.gz",
}


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
