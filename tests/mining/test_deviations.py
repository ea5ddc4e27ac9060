"""Moves in words: hand-worked cases, single edits that must be named for what they are, and no move lost or told twice."""

import os
import random
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from flow_edits import Trace, allows, ambiguous, branched, edited_often, edits, rightly, sequence, tell
from flows import language
from intended import random_flow, random_trace

from saksflyt.mining.alignment import align
from saksflyt.mining.automaton import of_expression
from saksflyt.mining.canonical import canonical
from saksflyt.mining.deviation_choice import Told
from saksflyt.mining.deviation_naming import named
from saksflyt.mining.deviations import Deviation, sentence
from saksflyt.mining.errors import TooBig, UsageError
from saksflyt.mining.expression import Expression
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_order import FlowOrder
from saksflyt.mining.flow_text import parse
from saksflyt.mining.readings import Readings
from saksflyt.mining.ways import MOST_STATES, Ways

AMBIGUOUS = Path(__file__).parents[1] / "cases" / "ambiguous.toml"


def said(words: Told) -> list[str]:
    """Kind and steps of every deviation: "skipped b", "skipped b|c" for one of two, "out_of_order c b"."""
    return [
        " ".join([each.kind, *each.steps[:-1], "|".join([each.steps[-1], *each.alternatives])])
        for each in words.deviations
    ]


def words_for(text: str, trace: str, *, open: bool = False) -> list[str]:
    return said(tell(canonical(parse(text)), [tuple(trace.split())], open=open)[0])


WORKED = [
    # flow, trace, what happened
    ("a -> b -> c -> d", "a c d", ["skipped b"]),
    ("a -> b -> c -> d", "d", ["skipped a c"]),
    ("a -> b -> c -> d -> e", "a c e", ["skipped b", "skipped d"]),
    ("a -> b -> c -> d", "a c b d", ["out_of_order b c"]),
    ("a -> b -> c -> d -> e", "a d b c e", ["out_of_order c d"]),
    ("a -> b -> c -> d -> e", "a c d b e", ["out_of_order b c"]),
    ("a -> b -> c -> d", "a b b b c d", ["repeated b", "repeated b"]),
    ("a -> b -> c -> d", "a b c d b", ["repeated b"]),
    ("a -> b -> c -> d", "a b c b c d", ["went_back c b"]),
    ("a -> b -> c -> d", "a b c b c b c d", ["went_back c b", "went_back c b"]),
    ("a -> b -> c -> d", "a b c d b c d", ["went_back d b"]),
    ("a -> b -> c -> d", "a x b c d y", ["unknown x", "unknown y"]),
    ("a -> b -> c -> d", "a b x b c d", ["repeated b", "unknown x"]),
    ("a -> b -> c -> d", "", ["skipped a d"]),
    ("a -> (b | c) -> d", "a d", ["skipped b|c"]),
    ("a -> (b | c) -> d", "a b c d", ["not_intended b|c"]),
    ("a -> (b | c) -> d", "a b d c", ["not_intended c"]),
    ("a -> (b | c) -> d -> e", "a d c e", ["out_of_order c d"]),
    ("a -> (b -> c | e -> f) -> d".replace("b -> c | e -> f", "(b -> c) | (e -> f)"), "a b f d", ["replaced f c"]),
    ("a -> b? -> c -> d", "a c b d", ["out_of_order b c"]),
    ("a -> b+ -> c", "a b c b", ["out_of_order b c"]),
    ("a -> (b -> c)* -> d", "a b c b d", ["skipped c"]),
    ("a -> (b -> c)* -> d", "a c b d", ["out_of_order b c"]),
    ("a -> (b -> c)* -> d -> e", "a d b c e", ["out_of_order b d"]),
    ("a -> (b & c) -> d", "a b d", ["skipped c"]),
    ("a -> (b & c) -> d", "b a c d", ["out_of_order a b"]),
    ("a -> (b & c) -> d -> e", "a c d b e", ["out_of_order b d"]),
    ("a -> ((b -> q?) & c) -> d", "a c q b d", ["out_of_order b q"]),
    ("a -> b -> a -> c", "a b c", ["skipped a"]),
]


@pytest.mark.parametrize(("flow", "trace", "expected"), WORKED)
def test_worked(flow: str, trace: str, expected: list[str]) -> None:
    assert sorted(words_for(flow, trace)) == expected


# The Norwegian social assistance flow, by the first letters of its steps.
LETTERS = {
    "H": "Henvendelse / veiledning",
    "S": "Søknad mottatt",
    "N": "Vurdere nødsituasjon",
    "Nv": "Vedtak om nødhjelp / midlertidig botilbud",
    "T": "Tildelt saksbehandler",
    "K": "Kartlegging",
    "De": "Dokumentasjon etterspurt",
    "Dl": "Dokumentasjon levert",
    "I": "Individuell vurdering og utmåling",
    "Q": "Kvalitetssikring / godkjenning",
    "V": "Vedtak fattet",
    "U!": "Underretning om vedtak",
    "U": "Utbetaling",
    "A": "Avslag sendt",
    "brev": "Brev",
}
SOCIAL = [
    # what was done, what happened
    ("S T K I V U! U", []),
    ("H S N Nv U T K De Dl De Dl I Q V U! U U", []),
    ("S T K I V U", ["skipped U!"]),
    ("S T K V I U! U", ["out_of_order I V"]),
    ("S T K Q V I U! U", ["out_of_order I V"]),
    ("S T K I V I V U! U", ["went_back V I"]),
    ("S T K I Q V I Q V U! U", ["went_back V I"]),
    ("S T K De De Dl I V U! U", ["repeated De"]),
    ("S T K De I V U! U", ["skipped Dl"]),
    ("S T K I V De Dl U! U", ["out_of_order De I"]),
    ("S T K De Dl I V De Dl U! U", ["went_back V De"]),
    ("S T K I V U!", ["skipped U|A"]),
    ("S T K I V U! A U", ["not_intended U|A"]),
    ("S T K I V U U!", ["out_of_order U! U"]),
    ("S K T I V U! U", ["out_of_order T K"]),
    ("S V U! U", ["skipped T I"]),
    ("S T K I V U! A V U! U", ["not_intended U|A", "went_back A V"]),
    ("S T K I V U! U De Dl I V U! U", ["went_back U De"]),
    ("S T K N Nv U I V U! U", ["out_of_order N T"]),
    ("S Nv U T K I V U! U", ["skipped N"]),
    ("S T K I V Q U! U", ["out_of_order Q V"]),
    ("S T K I brev V U! U", ["unknown brev"]),
    ("S", ["skipped T U|A"]),
]
SOCIAL_OPEN = [
    ("S", []),
    ("S T K De", []),
    ("S K", ["skipped T"]),
    ("S T V U!", ["skipped K I"]),
    ("S T K De De", ["repeated De"]),
    ("S T K V I", ["out_of_order I V"]),
    ("S T K I V De Dl", ["out_of_order De I"]),
    ("S T K I V I", ["repeated I"]),
    ("S V", ["not_intended V"]),
]


def social_words(done: str, *, open: bool = False) -> list[str]:
    flow = Flow.read("sosialhjelp").expression
    letter = {name: short for short, name in LETTERS.items()}
    told = tell(flow, [tuple(LETTERS[short] for short in done.split())], open=open)[0]
    short = [
        Told(
            told.moves,
            (Deviation(d.kind, tuple(letter[s] for s in d.steps), tuple(letter[s] for s in d.alternatives)),),
        )
        for d in told.deviations
    ]
    return sorted(words for each in short for words in said(each))


@pytest.mark.parametrize(("done", "expected"), SOCIAL)
def test_social_assistance(done: str, expected: list[str]) -> None:
    assert social_words(done) == expected


@pytest.mark.parametrize(("done", "expected"), SOCIAL_OPEN)
def test_of_an_open_case_only_what_was_due(done: str, expected: list[str]) -> None:
    assert social_words(done, open=True) == expected


def test_single_edits_of_sequences_are_all_named_rightly() -> None:
    rng = random.Random(7)
    for _ in range(250):
        some = list(edits(rng, sequence(rng), 20))
        for edit, words in zip(some, tell(some[0].flow, [edit.edited for edit in some]), strict=True):
            assert rightly(edit, words), (edit, words.deviations)


def test_single_edits_of_branched_flows_are_named_rightly_but_for_a_few_that_are_listed() -> None:
    listed = tomllib.loads(AMBIGUOUS.read_text(encoding="utf-8"))["edit"]
    known = {(each["edit"], each["trace"], each["seen"], each["meant"], each["told"]) for each in listed}
    found = [
        (
            edit.edit,
            " ".join(edit.trace),
            " ".join(edit.edited),
            " ".join([edit.kind, *edit.steps]),
            "; ".join(said(words)),
        )
        for edit, words in ambiguous(5_000)
    ]
    assert set(found) == known, "python tests/flow_edits.py > tests/cases/ambiguous.toml, and look at what is new"
    assert len(found) <= 50  # 1 %
    # What is told is as cheap as the edit.
    for _, words in ambiguous(1_000):
        assert sum(log is None or model is None for log, model in words.moves) == 1


def test_the_edits_know_what_a_flow_allows() -> None:
    rng = random.Random(3)
    for _ in range(60):
        flow = branched(rng)
        short = language(flow, 6)
        assert all(allows(flow, trace) for trace in short)
        for trace in list(short)[:5]:
            other = tuple(rng.sample(trace, len(trace)))
            assert allows(flow, other) == (other in short)


def pairs(count: int) -> list[tuple[Expression, list[Trace]]]:
    """Random flows, their steps also in several places, with random traces."""
    rng = random.Random(5)
    flows = [canonical(random_flow(rng, rng.randint(1, 9))) for _ in range(count)]
    return [(flow, [random_trace(rng) for _ in range(8)]) for flow in flows]


@pytest.mark.parametrize("count", [80, pytest.param(250, marks=pytest.mark.slow)])
@pytest.mark.parametrize("open", [False, True])
def test_every_move_that_does_not_match_is_in_exactly_one_deviation(open: bool, count: int) -> None:
    for flow, traces in pairs(count):
        found = align(of_expression(flow), traces, open=[open] * len(traces))
        ways = Ways(of_expression(flow))
        costs = found.prefix_cost if open else found.cost
        for trace, cost, words in zip(traces, costs.tolist(), tell(flow, traces, open=open), strict=True):
            alone = [place for place, (log, model) in enumerate(words.moves) if log is None or model is None]
            used = Counter(place for deviation in words.deviations for place in deviation.moves)
            assert used == Counter(alone)
            assert len(alone) == cost
            assert bool(words.deviations) == bool(cost)
            # The moves are the case, and a way through the flow.
            assert tuple(log for log, _ in words.moves if log is not None) == trace
            states = ways.start
            for _, model in words.moves:
                if model is not None:
                    states = ways.after(states, ways.labels.index(model))
            assert states & (ways.every if open else ways.final)


def test_several_edits_at_once_use_up_all_moves() -> None:
    rng = random.Random(13)
    for _ in range(60):
        flow = branched(rng)
        traces = [edited_often(rng, flow, rng.randint(2, 6)) for _ in range(20)]
        costs = align(of_expression(flow), traces).cost.tolist()
        for cost, words in zip(costs, tell(flow, traces), strict=True):
            used = [place for deviation in words.deviations for place in deviation.moves]
            alone = [place for place, (log, model) in enumerate(words.moves) if log is None or model is None]
            assert sorted(used) == alone
            assert len(alone) == cost


def every_way(ways: Ways, trace: Trace, cost: int, to_the_end: bool) -> set[tuple]:
    """All alignments of a cost, by trying every move; first the model's steps, then the log's, between matched ones."""
    found = set()

    def go(place: int, state: int, left: int, logs: Trace, moves: tuple) -> None:
        if place == len(trace) and not left and (not to_the_end or ways.final >> state & 1):
            found.add(moves)
        for source, label, target in ways.edges:
            step = ways.labels[label]
            if source == state and left and not logs:
                go(place, target, left - 1, (), (*moves, (None, step)))
            if source == state and place < len(trace) and trace[place] == step and logs[-1:] != (step,):
                go(place + 1, target, left, (), (*moves, (step, step)))
        if left and place < len(trace):
            go(place + 1, state, left - 1, (*logs, trace[place]), (*moves, (trace[place], None)))

    go(0, ways.start.bit_length() - 1, cost, (), ())
    return found


@pytest.mark.parametrize("to_the_end", [True, False])
def test_all_cheapest_ways_are_looked_at(to_the_end: bool) -> None:
    rng = random.Random(9)
    for _ in range(120):
        flow = canonical(random_flow(rng, rng.randint(1, 5), "abcd"))
        traces = [random_trace(rng, 5, "abcdx") for _ in range(4)]
        automaton = of_expression(flow)
        ways, found = Ways(automaton), align(automaton, traces, open=[True] * 4)
        costs = found.cost if to_the_end else found.prefix_cost
        for trace, cost, readings in zip(
            traces, costs.tolist(), Readings(ways, traces, to_the_end=to_the_end), strict=True
        ):
            assert len(readings) == len(set(readings))
            expected = every_way(ways, trace, cost, to_the_end)
            assert set(readings) == expected or (len(readings) >= 120 and set(readings) < expected)


def test_a_flow_with_many_states_is_told_by_its_alignment() -> None:
    flow = parse("a -> (b & c & d & e & f & g & h & i) -> j")
    assert of_expression(flow).states > MOST_STATES
    words = tell(flow, [tuple("abcdefgij"), tuple("abcdefghijj"), tuple("bacdefghij"), ("x",)])
    assert [said(each) for each in words[:3]] == [["skipped h"], ["repeated j"], ["out_of_order a b"]]
    assert Counter(place for each in words[3].deviations for place in each.moves).most_common(1)[0][1] == 1


def test_a_long_case_is_told_by_its_alignment() -> None:
    words = tell(parse("a -> (b -> c)* -> d"), [("a", *("b", "c") * 400, "b", "d"), ("x",) * 3_000])
    assert said(words[0]) == ["repeated b"]  # the alignment prefers a step too many
    assert Counter(each.kind for each in words[1].deviations) == {"unknown": 3_000, "skipped": 1}


def test_very_long_cases_take_no_time() -> None:
    order = FlowOrder.of(parse("a -> b -> (c | (d -> e))"))
    many = 30_000
    again = named([("a", "a"), *[("a", None)] * many, ("b", "b"), (None, "c")], order)
    assert Counter(each.kind for each in again) == {"repeated": many, "skipped": 1}
    back = named([("a", "a"), ("b", "b"), *[("a", None), ("b", None)] * many, (None, "c")], order)
    assert Counter(each.kind for each in back) == {"went_back": many, "skipped": 1}
    foreign = named([("a", "a"), ("b", "b"), *[("e", None), ("d", None)] * many, ("c", "c")], order)
    assert Counter(each.kind for each in foreign) == {"not_intended": 2 * many}


def test_moves_are_all_that_is_needed() -> None:
    order = FlowOrder.of(parse("a -> b -> c"))
    moves = [("a", "a"), (None, "b"), ("c", "c"), ("b", None), ("x", None)]
    assert named(moves, order) == (
        Deviation("out_of_order", ("b", "c"), moves=(1, 3)),
        Deviation("unknown", ("x",), moves=(4,)),
    )


def test_the_same_in_every_run() -> None:
    program = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from test_deviations import pairs; from flow_edits import tell\n"
        "print([words for flow, traces in pairs(20) for words in tell(flow, traces)])"
    )
    texts = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "tests/mining"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert texts[0] == texts[1]
    assert "out_of_order" in texts[0]


@pytest.mark.parametrize(
    ("kind", "steps", "alternatives", "expected"),
    [
        ("skipped", ("Kartlegging",), (), "Kartlegging was skipped"),
        ("skipped", ("Kartlegging", ""), (), "Kartlegging was skipped"),
        ("skipped", ("Utbetaling",), ("Avslag sendt",), "Utbetaling or Avslag sendt was skipped"),
        ("skipped", ("A", "B"), ("C", "D"), "From A to B, C or D everything was skipped"),
        ("out_of_order", ("A", "B"), (), "A was done after B, and is intended before it"),
        ("went_back", ("Vedtak", "Utredning"), (), "Back to Utredning after Vedtak"),
        ("replaced", ("A", "B"), (), "A was done instead of B"),
    ],
)
def test_sentences(kind: str, steps: Trace, alternatives: Trace, expected: str) -> None:
    assert sentence(kind, steps, alternatives) == expected


def test_a_flow_that_is_too_big_says_so() -> None:
    wide = " & ".join(f"s{number}" for number in range(30))
    with pytest.raises(TooBig) as error:
        tell(parse(wide), [("s1",)])
    assert isinstance(error.value, UsageError)
