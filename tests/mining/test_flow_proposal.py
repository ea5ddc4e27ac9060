"""The flow that a log proposes: worked cases, and whatever the log, it accepts the ways that it was made from."""

import pandas as pd
import pytest
from flows import accepts
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import START, log_of

from saksflyt.mining.errors import EmptyLog
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_proposal import Proposal, from_variants, proposal, proposed
from saksflyt.mining.flow_text import written_flow
from saksflyt.mining.log import EventLog


def times(**ways: int) -> list[str]:
    return [" ".join(way) for way, cases in ways.items() for _ in range(cases)]


def ordered(found: Proposal, way: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(step for step in way if step not in found.flow.anytime)


@pytest.mark.parametrize(
    ("ways", "text"),
    [
        ({"ABC": 3}, "A -> B -> C"),
        ({"ABC": 3, "AC": 2}, "A -> B? -> C"),
        ({"AC": 3, "ABC": 2}, "A -> B? -> C"),
        ({"ABC": 3, "ABBC": 2}, "A -> B+ -> C"),
        ({"ABCD": 3, "ABCBCD": 2, "AD": 2}, "A -> (B -> C)* -> D"),
        ({"ABD": 3, "ACD": 2}, "A -> (B | C) -> D"),
        ({"ABD": 3, "ACD": 2, "AD": 2}, "A -> (B | C)? -> D"),
        ({"ABCD": 3, "AD": 2}, "A -> (B -> C)? -> D"),
        ({"ABCD": 3, "AED": 3}, "A -> ((B -> C) | E) -> D"),
        ({"ABX": 3, "ABY": 3}, "A -> B -> (X | Y)"),
        ({"ABC": 3, "ACB": 2}, "A -> B -> C"),  # the other way round goes another way
        ({"ABC": 8, "AXC": 1}, "A -> B -> C"),  # 80 % are covered
        ({"ABCDE": 5, "AFBCDE": 3, "ABCFDE": 3}, "A -> B -> C -> D -> E"),  # F floats
        ({"ABCDEF": 9, "AEFBCD": 3}, "A -> B -> C -> D -> E -> F"),  # E and F go together, another way
        ({"ABCDE": 30, "AFBCDE": 1, "ABCFDE": 29}, "A -> B -> C -> F? -> D -> E"),  # F floats too seldom
    ],
)
def test_worked_cases(ways: dict[str, int], text: str) -> None:
    assert written_flow(proposed(log_of(*times(**ways))).expression) == text


def test_a_step_that_floats_is_anytime() -> None:
    found = proposal(log_of(*times(ABCDE=5, AFBCDE=3, ABCFDE=3)))
    assert found.flow.anytime == ("F",)
    assert len(found.variants) == 3


def test_what_it_was_made_from_is_said() -> None:
    found = proposal(log_of(*times(ABC=6, ACB=4)))
    assert (found.variants, found.cases, found.complete_cases) == ((("A", "B", "C"),), 6, 10)
    assert found.flow.closed_by == ()  # nobody says that the cases are over
    assert "(6 av 10 ferdige saker)" in found.to_toml()


def test_a_first_step_closes_nothing() -> None:
    assert from_variants({("A", "B", "C"): 6, ("A",): 4}, "f").flow.closed_by == ("C",)
    assert from_variants({("A", "B", "C"): 6, ("A",): 4}, "f", closing_known=False).flow.closed_by == ()


def test_open_cases_propose_nothing() -> None:
    rows = [(way, step, place, way == "AB") for way in ("AB", "AX") for place, step in enumerate(way)]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "place", "closed"])
    frame["end_time"] = START + pd.to_timedelta(frame["place"], unit="h")
    log = EventLog.from_frame(frame.drop(columns="place"))
    assert written_flow(proposed(log).expression) == "A -> B"
    with pytest.raises(EmptyLog, match="No case of log is complete"):
        proposed(log.where("case_id=AX"))


@settings(max_examples=500)
@given(
    st.dictionaries(st.text("ABCDEF", min_size=1, max_size=9).map(tuple), st.integers(1, 9), min_size=1, max_size=25)
)
def test_it_accepts_what_it_was_made_from(ways: dict[tuple[str, ...], int]) -> None:
    counted = dict(sorted(ways.items(), key=lambda item: (-item[1], item[0])))
    found = from_variants(counted, "log")
    assert found.variants[0] == next(iter(counted))
    assert found.cases == sum(counted[way] for way in found.variants)
    for way in found.variants:
        assert accepts(found.flow.expression, ordered(found, way)), (written_flow(found.flow.expression), way)


def test_the_file_is_read_as_the_flow(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = proposal(log_of(*times(ABD=3, ACD=2, AD=2)))
    file = tmp_path_factory.mktemp("flow") / "flow.toml"
    file.write_text(found.to_toml(), encoding="utf-8")
    assert Flow.read(file) == found.flow
