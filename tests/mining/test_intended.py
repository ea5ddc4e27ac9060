"""The moves that a flow allows, its shortest way and the line of the map, against lists of all words."""

from itertools import pairwise

import pytest
from flows import flows, language
from hypothesis import given, settings
from report_logs import MEANT, log_of, meant_log

from saksflyt.mining.automaton import of_expression
from saksflyt.mining.canonical import canonical
from saksflyt.mining.conform import conform
from saksflyt.mining.expression import Expression
from saksflyt.mining.flow_text import parse
from saksflyt.mining.intended import allowed_moves, intended, shortest_way


def moves_of(words: set[tuple[str, ...]]) -> set[tuple[str | None, str | None]]:
    return {move for word in words for move in pairwise([None, *word, None])}


@settings(max_examples=150)
@given(flows("abcd", max_leaves=4))
def test_allowed_moves_are_those_of_all_words(flow: Expression) -> None:
    found = allowed_moves(of_expression(canonical(flow)))
    listed = moves_of(language(flow, 7)) - {(None, None)}
    assert listed <= found
    longer = moves_of(language(flow, 9))  # a move may need a longer word; none needs one that is longer still
    assert found - {(None, None)} <= longer


@settings(max_examples=150)
@given(flows("abcd", max_leaves=5))
def test_the_shortest_way_is_the_first_of_the_shortest_words(flow: Expression) -> None:
    automaton = of_expression(canonical(flow))
    words = language(flow, 6)
    least = min(map(len, words))
    shortest = [word for word in words if len(word) == least]
    assert shortest_way(automaton) == min(shortest, key=lambda word: [automaton.labels.index(step) for step in word])


def test_silent_moves_lead_on() -> None:
    automaton = of_expression(parse("a? -> b? -> (c | d)*"))
    assert shortest_way(automaton) == ()
    assert allowed_moves(automaton) >= {(None, None), (None, "c"), ("a", "d"), ("d", "c"), ("b", None)}
    assert ("b", "a") not in allowed_moves(automaton)


def test_the_line_is_the_most_common_conforming_way_of_closed_cases() -> None:
    log = meant_log()
    found = intended(log, MEANT, conform(log, MEANT))
    assert found.way == ("Mottatt", "Kartlegging", "Vurdert", "Vedtak", "Utbetaling") and found.way_cases == 8
    assert found.never == ("Godkjent", "Klage") and found.foreign == {"Telefon"}
    assert dict(zip(found.anytime["activity"], found.anytime["cases"], strict=True)) == {"Svar": 6, "Purring": 0}
    assert "Svar" not in set(found.graph.steps["activity"])
    assert ("Mottatt", "Kartlegging") in set(zip(found.graph.frame["source"], found.graph.frame["target"], strict=True))
    assert found.closed_cases == 45 and int(found.ends["cases"].sum()) == 45


def test_where_nothing_fits_the_line_is_the_shortest_way() -> None:
    log = log_of([("", ["A", "B"])])
    flow = MEANT
    found = intended(log, flow, conform(log, flow))
    assert found.way_cases == 0
    assert found.way == ("Mottatt", "Kartlegging", "Vurdert", "Vedtak", "Utbetaling")


@pytest.mark.parametrize(("closed", "ended"), [("none", 0), ("", 45)])
def test_open_cases_have_no_end(closed: str, ended: int) -> None:
    """Where the export does not say it, the flow's closing steps do: five cases came to none of them."""
    log = meant_log(closed=closed)
    found = intended(log, MEANT, conform(log, MEANT))
    assert int(found.ends["cases"].sum()) == found.closed_cases == ended
    assert found.closed_by_flow == (closed == "")
