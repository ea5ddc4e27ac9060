"""When a deviation is first to be seen: by hand, and never by what comes later."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from saksflyt.mining.deviation_moments import Misfits, moments
from saksflyt.mining.deviations import What
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_parts import StepSettings
from saksflyt.mining.flow_text import parse
from saksflyt.mining.held import held, ways_of

LOOPED = "A -> (B -> C)* -> D"


def seen(text: str, case: str, *, closed: bool = True, at_most: dict[str, int] | None = None) -> dict[What, int]:
    at_most = at_most or {}
    flow = Flow("Flow", parse(text), steps={step: StepSettings(at_most=most) for step, most in at_most.items()})
    order = tuple(case.split())
    (row,) = held(flow, [order], [closed], [not closed])
    told = (row.moves, row.deviations) if closed else (row.open_moves, row.open_deviations)
    return moments(order, told[0], told[1] or (), at_most, Misfits(ways_of(flow)))


@pytest.mark.parametrize(
    ("text", "case", "expected"),
    [
        ("A -> B -> C -> D", "A B C D", {}),
        ("A -> B -> C -> D", "A C D", {("skipped", "B"): 1}),
        ("A -> B -> C -> D", "A X C D", {("unknown", "X"): 1, ("skipped", "B"): 2}),
        ("(A -> B -> C -> D) | (E -> F)", "A E C D", {("replaced", "E", "B"): 2}),
        ("A -> B -> C -> D", "A C B D", {("out_of_order", "B", "C"): 2, ("skipped", "B"): 1}),
        ("A -> B -> C -> D", "A B C", {}),  # that D is missing only the end shows
        ("A -> B -> C -> D", "A B X C D", {("unknown", "X"): 2}),
        ("A -> B -> C -> D", "A B C B D", {("repeated", "B"): 3, ("went_back", "C", "B"): 3}),
        ("A -> B -> C -> D", "A B B C D", {("repeated", "B"): 2}),
        ("A -> B -> C -> D", "A B C B C D", {("repeated", "B"): 3, ("went_back", "C", "B"): 3}),
        ("A -> B -> C -> D", "A C D B", {("out_of_order", "B", "C"): 3, ("skipped", "B"): 1}),
        ("A -> B -> C -> D", "A D B C", {("out_of_order", "C", "D"): 3, ("skipped", "C"): 1}),
        ("A -> (B | C) -> D", "A B C D", {("not_intended", "B"): 2}),  # either, so known at C
        # B begins a branch; only F, after C, shows that it was the other one.
        ("A -> ((B -> E) | (C -> F)) -> D", "A B C F D", {("not_intended", "B"): 2}),
    ],
)
def test_by_hand(text: str, case: str, expected: dict[tuple[str, ...], int]) -> None:
    found = {(kind, *steps): place for (kind, steps, _), place in seen(text, case).items()}
    assert found == expected


def test_more_often_than_the_limit() -> None:
    found = seen(LOOPED, "A B C B C B C D", at_most={"B": 2})
    assert found == {("too_often", ("B",), ()): 5}


def test_an_open_case() -> None:
    assert seen("A -> B -> C -> D", "A C", closed=False) == {("skipped", ("B",), ()): 1}
    assert seen("A -> B -> C -> D", "A B", closed=False) == {}


FLOWS = ["A -> B -> C -> D", LOOPED, "A -> (B | C) -> D", "A -> (B & C) -> D", "A -> B? -> (C -> D)*", "(A | B)* -> C"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FLOWS), st.lists(st.sampled_from("ABCDX"), min_size=1, max_size=8))
def test_a_place_of_the_case_not_before_it_left_the_flow(text: str, case: list[str]) -> None:
    flow = Flow("Flow", parse(text))
    left = next((n for n in range(len(case)) if held(flow, [case[: n + 1]], [False], [True])[0].prefix_cost != 0), None)
    for place in seen(text, " ".join(case)).values():
        assert left is not None and left <= place < len(case)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["A -> B -> C -> D", "A -> B -> C -> D -> E"]),
    st.lists(st.sampled_from("ABCDEX"), min_size=2, max_size=6),
    st.data(),
)
def test_an_unknown_step_is_seen_where_it_is_done_whatever_follows(
    text: str, case: list[str], data: st.DataObject
) -> None:
    assume("X" in case)
    place = seen(text, " ".join(case)).get(("unknown", ("X",), ()))
    assume(place is not None)
    rest = data.draw(st.lists(st.sampled_from("ABCDE"), max_size=3))
    later = seen(text, " ".join([*case, *rest])).get(("unknown", ("X",), ()))
    assert place == case.index("X") == later
