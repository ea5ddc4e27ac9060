"""Rules: truth tables by hand, regular expressions on all short cases, pm4py, plain loops on random ones, and counts."""

import random
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pm4py
import pytest
from rule_references import EXPRESSIONS, Event, apart_by_days, four_eyes, only_by_unit, state_of
from strategies import frame_of, log_of

import saksflyt as sf
from saksflyt.mining.definitions import definition, definitions, parse_finding
from saksflyt.mining.errors import EmptyLog, UsageError
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_parts import RULE_KINDS, CalendarSettings, Rule, StepSettings, Term
from saksflyt.mining.flow_text import parse
from saksflyt.mining.log import EventLog
from saksflyt.mining.rule_sentences import sentence
from saksflyt.mining.rules import Rules, rules
from saksflyt.mining.span import Span, span

TABLES = tomllib.loads((Path(__file__).parents[1] / "cases" / "rules.toml").read_text(encoding="utf-8"))["rule"]
ON_EVENTS = {"apart", "four_eyes", "only_by_unit"}


def flow_of(*said: Rule, **more) -> Flow:
    return Flow("Flow", parse("(A | B | C | D)*"), rules=said, **more)


def rule(kind: str, *terms, **said) -> Rule:
    return Rule(kind, dict(zip(RULE_KINDS[kind], terms, strict=True)), **said)


def states(found: Rules, number: int = 0) -> list[str]:
    """How one rule stands in each case, in the order of the case numbers."""
    listed = found.case_list()
    return listed.loc[listed["rule"] == found.frame["id"][number], "state"].tolist()


def numbered(rows: list[str]) -> pd.DataFrame:
    """One case per sequence; the case numbers follow the order."""
    frame = frame_of(*rows)
    frame["case_id"] = [f"{int(name.split()[1]):05d}" for name in frame["case_id"].tolist()]
    return frame


def table_of(said: dict) -> tuple[Rule, list[tuple[str, str, str, list[int]]]]:
    keys = RULE_KINDS[said["kind"]]
    terms = {key: tuple(said[key]) if isinstance(said[key], list) else said[key] for key in keys}
    rows = []
    for line in said["table"].strip().splitlines():
        words = line.split()
        at = next(place for place, word in enumerate(words) if len(word) > 1)
        rows.append((" ".join(words[:at]), words[at], words[at + 1], [int(word) for word in words[at + 2 :]]))
    return Rule(said["kind"], terms), rows


def test_there_is_a_table_for_every_kind_on_the_order() -> None:
    assert {said["kind"] for said in TABLES} == set(RULE_KINDS) - ON_EVENTS


@cache
def all_tables() -> tuple[Rules, dict[int, list[int]], pd.DataFrame]:
    """Every rule on the cases of every table, first closed and then open, in one log."""
    traces = [trace for said in TABLES for trace, *_ in table_of(said)[1]]
    frame = numbered(traces * 2)
    frame["closed"] = frame["case_id"].astype(int) < len(traces)
    found = rules(EventLog.from_frame(frame), flow_of(*(table_of(said)[0] for said in TABLES)))
    starts = np.cumsum([0, *(len(table_of(said)[1]) for said in TABLES)]).tolist()
    own = {at: list(range(starts[at], starts[at + 1])) for at in range(len(TABLES))}
    return found, own, found.evidence()


@pytest.mark.parametrize("at", range(len(TABLES)), ids=[said["kind"] for said in TABLES])
def test_the_truth_table_of(at: int) -> None:
    found, own, evidence = all_tables()
    stands = states(found, at)
    mine = evidence[evidence["rule"] == found.frame["id"][at]]
    places = dict(zip(mine["case_id"].astype(int), mine["places"], strict=True))
    for case, (trace, closed, still_open, expected) in zip(own[at], table_of(TABLES[at])[1], strict=True):
        assert (stands[case], stands[case + len(stands) // 2]) == (closed, still_open), trace
        assert places.get(case, []) == expected, trace
        assert (case in places) == (closed == "broken"), trace


def test_equal_to_regular_expressions_on_all_short_cases() -> None:
    words = ["".join(letters) for length in range(1, 6) for letters in product("ABC", repeat=length)]
    frame = numbered([" ".join(word) for word in words * 2])
    frame["closed"] = frame["case_id"].astype(int) < len(words)
    found = rules(EventLog.from_frame(frame), flow_of(*(asked for asked, _, _ in EXPRESSIONS)))
    for number, (asked, meaning, asks) in enumerate(EXPRESSIONS):
        expected = [state_of(word, meaning, asks, closed=closed) for closed in (True, False) for word in words]
        assert states(found, number) == expected, asked
        row = found.frame.iloc[number]
        counted = {state: expected.count(state) for state in ("untriggered", "fulfilled", "broken", "pending")}
        assert row[list(counted)].to_dict() == counted
    assert {asked.kind for asked, _, _ in EXPRESSIONS} == set(RULE_KINDS) - ON_EVENTS


# pm4py's names; where it counts a case as kept, ours may also not be triggered.
THEIRS = {
    "existence": "existence",
    "absence": "absence",
    "starts": "init",
    "precedence": "precedence",
    "response": "response",
    "succession": "succession",
    "alternate_precedence": "altprecedence",
    "alternate_response": "altresponse",
    "alternate_succession": "altsuccession",
    "chain_precedence": "chainprecedence",
    "chain_response": "chainresponse",
    "chain_succession": "chainsuccession",
    "not_succession": "nonsuccession",
    "responded_existence": "responded_existence",
    "both_or_none": "coexistence",
    "not_both": "noncoexistence",
}


def kept_by_pm4py(word: str) -> bool:
    """pm4py 2.7.23 takes *nonsuccession* for "succession does not hold" (its classic.py says so), which is another thing: in
    A B A, succession does not hold, and a B comes after an A."""
    if not {"A", "B"} <= set(word):
        return False
    succession = word.index("A") < word.index("B") and word.rindex("A") < word.rindex("B")
    return word.index("A") < word.rindex("B") and not succession


def test_equal_to_pm4py_where_it_has_the_template() -> None:
    words = ["".join(letters) for length in range(1, 5) for letters in product("ABC", repeat=length)]
    log = EventLog.from_frame(numbered([" ".join(word) for word in words]))
    asked = [(each, THEIRS[each.kind]) for each, _, _ in EXPRESSIONS if each.kind in THEIRS]
    found = rules(log, flow_of(*(each for each, _ in asked)))
    events = log.to_pm4py()
    for number, (each, name) in enumerate(asked):
        steps = ("A", "B") if len([*each.steps_named()]) == 2 else "A"
        theirs = pm4py.conformance_declare(events, {name: {steps: {"support": 1, "confidence": 1}}})
        broken = [bool(answer["deviations"]) for answer in theirs]
        differ = {
            word
            for word, state, there in zip(words, states(found, number), broken, strict=True)
            if (state == "broken") != there
        }
        assert differ == {word for word in words if name == "nonsuccession" and kept_by_pm4py(word)}, name


def random_events(seed: int) -> dict[str, list[Event]]:
    """Cases in the order of their events; times with and without an hour, people and offices sometimes unknown."""
    chance = random.Random(seed)
    found = {}
    for number in range(250):
        moment = datetime(2025, 3, 20, 8, tzinfo=UTC) + timedelta(minutes=chance.randrange(60 * 24 * 300))
        events = []
        for _ in range(chance.randint(1, 6)):
            moment += timedelta(minutes=chance.randrange(1, 60 * 60))
            precision = "day" if chance.random() < 0.2 else "second"
            who = chance.choice(["p", "q", "r", None])
            events.append((chance.choice("ABC"), moment, precision, who, chance.choice(["N", "N", "S", None])))
        found[f"{number:05d}"] = events
    return found


def as_log(cases: dict[str, list[Event]]) -> tuple[EventLog, list[list[Event]]]:
    """The log, and the events of its cases in the log's own order."""
    names = ("activity", "end_time", "precision", "resource", "unit")
    frame = pd.DataFrame(
        [{"case_id": case, **dict(zip(names, each, strict=True))} for case, events in cases.items() for each in events]
    )
    log = EventLog.from_frame(frame)
    ordered = log.sql(f"select case_no, {', '.join(names)} from events order by case_no, position")
    ordered["end_time"] = pd.to_datetime(ordered["end_time"], utc=True)
    rows = ordered.astype(object).where(ordered.notna(), None)
    return log, [[tuple(row) for row in part[list(names)].to_numpy().tolist()] for _, part in rows.groupby("case_no")]


@pytest.mark.parametrize("seed", range(4))
def test_rules_on_events_equal_plain_loops(seed: int) -> None:
    log, cases = as_log(random_events(seed))
    asked = [
        (rule("four_eyes", ("A", "B")), lambda case: four_eyes(case, "A", "B")),
        (rule("four_eyes", ("A", "A")), lambda case: four_eyes(case, "A", "A")),
        (rule("only_by_unit", "A", "N"), lambda case: only_by_unit(case, "A", "N")),
        (rule("apart", "A", "B", Span(1, "days")), lambda case: apart_by_days(case, "A", "B", 1, log.zone)),
        (rule("apart", "B", "C", Span(1, "weeks")), lambda case: apart_by_days(case, "B", "C", 7, log.zone)),
        (rule("apart", "C", "C", Span(2, "days")), lambda case: apart_by_days(case, "C", "C", 2, log.zone)),
    ]
    found = rules(log, flow_of(*(each for each, _ in asked)))
    for number, (_, expected) in enumerate(asked):
        assert states(found, number) == [expected(case) for case in cases], number
    seen = set(found.case_list()["state"])
    assert seen == {"untriggered", "fulfilled", "broken", "not_judged"}


SO_LONG = [
    ("3 days", "2025-03-03T14:00", "2025-03-06T14:00", True),
    ("3 days", "2025-03-03T14:00", "2025-03-06T13:59", False),
    ("3 days", "2025-03-03", "2025-03-06T08:00", True),  # a day without a time: whole days are counted
    ("3 days", "2025-03-03T14:00", "2025-03-05", False),
    ("1 day", "2025-03-29T12:00", "2025-03-30T12:00", True),  # 23 hours: summer time begins
    ("1 day", "2025-10-25T12:00", "2025-10-26T11:59", False),  # 24 hours and 59 minutes: it ends
    ("2 weeks", "2025-03-03T14:00", "2025-03-17T14:00", True),
    ("1 month", "2025-01-31T10:00", "2025-02-28T10:00", True),
    ("1 month", "2025-01-31T10:00", "2025-02-28T09:59", False),
    ("1 year", "2024-02-29T10:00", "2025-02-28T10:00", True),
    ("1 working day", "2025-04-16T10:00", "2025-04-22T10:00", True),  # over Easter
    ("1 working day", "2025-04-16T10:00", "2025-04-22T09:00", False),
    ("2 working days", "2025-05-16", "2025-05-19T09:00", False),  # from a Friday
    ("2 working days", "2025-05-16", "2025-05-20T09:00", True),
    ("1 working day", "2025-03-08T10:00", "2025-03-10T10:00", True),  # from a Saturday
]


def test_so_long_apart() -> None:
    frame = pd.DataFrame(
        [(f"{at:02d}", step, row[at_step]) for at, row in enumerate(SO_LONG) for at_step, step in ((1, "A"), (2, "B"))],
        columns=["case_id", "activity", "end_time"],
    )
    frame["precision"] = ["day" if len(text) == 10 else "second" for text in frame["end_time"]]
    frame["end_time"] = pd.to_datetime(frame["end_time"], format="ISO8601")
    asked = {least: span(least) for least, *_ in SO_LONG}
    found = rules(EventLog.from_frame(frame), flow_of(*(rule("apart", "A", "B", each) for each in asked.values())))
    evidence = found.evidence()
    for at, (least, first, second, kept) in enumerate(SO_LONG):
        number = list(asked).index(least)
        assert states(found, number)[at] == ("fulfilled" if kept else "broken"), (least, first, second)
        mine = evidence[(evidence["rule"] == found.frame["id"][number]) & (evidence["case_id"] == f"{at:02d}")]
        assert mine["places"].tolist() == ([] if kept else [[2]]), (least, first, second)


def test_units_may_keep_other_holidays() -> None:
    """Three Norwegian cases and one of Haparanda, where Epiphany (6 January) is a holiday."""
    rows = [(case, *event) for case in "1234" for event in (("A", "2026-01-05T10:00"), ("B", "2026-01-06T11:00"))]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time"])
    frame["end_time"] = pd.to_datetime(frame["end_time"])
    frame["unit"] = [{"1": "Narvik", "2": "Haparanda", "3": "Narvik", "4": None}[case] for case in frame["case_id"]]
    own = CalendarSettings(units={"Haparanda": CalendarSettings(holidays="SE")})
    found = rules(EventLog.from_frame(frame), flow_of(rule("apart", "A", "B", Span(1, "working days")), calendar=own))
    assert states(found) == ["fulfilled", "broken", "fulfilled", "fulfilled"]
    assert found.evidence()["places"].tolist() == [[2]]


def test_evidence_of_rules_on_events() -> None:
    frame = frame_of("A C B A B")
    frame["resource"] = ["p", "q", "q", "q", "p"]
    frame["unit"] = ["N", "N", "S", "N", None]
    asked = [rule("four_eyes", ("A", "C")), rule("only_by_unit", "B", "N"), rule("apart", "A", "B", Span(1, "days"))]
    found = rules(EventLog.from_frame(frame), flow_of(*asked))
    assert found.evidence()["places"].tolist() == [[2, 4], [3], [3, 5]]
    whole = found.evidence()
    keys = found.log.sql("select case_no, variant_key from cases join sequences using (variant_no)")
    for id_ in found.frame["id"]:
        for key in keys["variant_key"].unique().tolist():
            cases = keys.loc[keys["variant_key"] == key, "case_no"]
            same = whole[(whole["rule"] == id_) & whole["case_no"].isin(cases)]
            some = found.evidence(id_, key)
            assert some[["case_no", "places"]].to_numpy().tolist() == same[["case_no", "places"]].to_numpy().tolist()


def test_a_sentence_says_of_which_cases() -> None:
    asked = replace(rule("existence", "A"), where=("unit=Nord", "type!=x"))
    frame = frame_of("A B", "B").assign(unit="Nord", type="y")
    found = rules(EventLog.from_frame(frame), flow_of(asked))
    assert found.frame["sentence"].tolist() == ["A comes in every case (cases with unit=Nord and type!=x)"]


def test_counts_shares_and_examples_by_hand() -> None:
    log = log_of("A B", "A B", "B", "B", "B A", "C", "C A")
    found = rules(log, flow_of(rule("precedence", "A", "B", name="Først A", law="§ 1", severity="high")))
    row = found.frame.iloc[0]
    assert (row.id, row.kind, row["name"], row.law) == ("rules.broken_share:forst-a", "precedence", "Først A", "§ 1")
    assert (row.severity, row.sentence) == ("high", "B comes only when A has come")
    assert (row.terms, row["where"]) == ({"before": "A", "after": "B"}, [])
    assert (row.cases, row.untriggered, row.not_judged) == (7, 2, 0)
    assert (row.triggered, row.fulfilled, row.broken, row.pending) == (5, 2, 3, 0)
    assert row.broken_share == pytest.approx(3 / 5)
    assert row.example == log.sql("select variant_key from variants where activities = ['B']").iloc[0, 0]
    assert (found.cases, found.open_cases, found.broken_cases) == (7, 0, 3)
    assert not found.closing_known


def test_closed_by_the_flow_and_pending_while_open() -> None:
    flow = flow_of(rule("response", "A", "B"), closed_by=("D",))
    found = rules(log_of("A D", "A C", "A B D", "A D C", "C D"), flow)
    assert states(found) == ["broken", "pending", "fulfilled", "pending", "untriggered"]
    assert (found.open_cases, found.closing_known) == (2, True)
    assert found.frame["broken_share"].tolist() == [pytest.approx(1 / 4)]


def test_where_chooses_cases_before_anything_is_counted() -> None:
    frame = frame_of("A B", "B", "B", "A").assign(type=["x", "x", "y", "x", "z"])
    asked = [
        rule("precedence", "A", "B", where=("type!=y",)),
        rule("precedence", "A", "B", where=("type=nobody",)),
        rule("absence", "A", where=("activity=B", "type=x")),
    ]
    found = rules(EventLog.from_frame(frame), flow_of(*asked))
    assert found.frame["cases"].tolist() == [3, 0, 2]
    assert found.frame["broken"].tolist() == [1, 0, 1]
    assert np.isnan(found.frame["broken_share"][1])
    with pytest.raises(UsageError, match="The rule 'Name' cannot be judged: There is no column 'typ'.*type"):
        rules(EventLog.from_frame(frame), flow_of(rule("absence", "A", where=("typ=x",), name="Name")))


def test_by_a_group() -> None:
    frame = frame_of("A B", "B", "B", "C").assign(unit=["N", "N", "N", "Sør", "Sør"])
    found = rules(EventLog.from_frame(frame), flow_of(rule("precedence", "A", "B"), rule("absence", "C")), by="unit")
    rows = found.frame[["unit", "id", "cases", "triggered", "broken"]].to_numpy().tolist()
    assert rows == [
        ["N", "rules.broken_share:precedence-a-b@n", 2, 2, 1],
        ["N", "rules.broken_share:absence-c@n", 2, 2, 0],
        ["Sør", "rules.broken_share:precedence-a-b@sor", 2, 1, 1],
        ["Sør", "rules.broken_share:absence-c@sor", 2, 2, 1],
    ]
    assert parse_finding(rows[2][1]).unit == "sor"
    assert found.case_list("broken")["rule"].tolist() == [rows[0][1], rows[2][1], rows[3][1]]
    with pytest.raises(UsageError, match="people"):
        rules(log_of("A"), flow_of(rule("absence", "C")), by="resource")


def test_ids_stay_what_they_are_and_none_is_given_twice() -> None:
    asked = [
        rule("at_most", "A", 2),
        rule("at_most", "A", 3),
        rule("at_most", "A", 3),
        rule("at_most", "A", 3, where=("activity=B",)),
        rule("four_eyes", ("A", "B")),
        rule("absence", "C", name="At most A"),
    ]
    ids = rules(log_of("A B"), flow_of(*asked)).frame["id"].tolist()
    assert len(set(ids)) == len(ids)
    assert ids[1:3] == ["rules.broken_share:at-most-a-3", "rules.broken_share:at-most-a-3-2"]
    assert ids[4] == "rules.broken_share:four-eyes-a-b"
    assert rules(log_of("C"), flow_of(*asked[:1])).frame["id"].tolist() == ["rules.broken_share:at-most-a"]
    assert definition(ids[0]).id == "rules.broken_share"


def test_names_with_signs_and_spans_beyond_the_calendar() -> None:
    frame = frame_of("A B", "C").replace({"activity": {"A": "O'Hara {x}", "B": 'b "q" {0}'}})
    one, other = "O'Hara {x}", 'b "q" {0}'
    asked = [
        rule("four_eyes", (one, other)),
        rule("only_by_unit", one, "U'{y}"),
        rule("apart", one, other, Span(9999, "years")),
        rule("apart", one, other, Span(9999, "working days")),
        rule("apart", other, one, Span(1, "days")),
    ]
    said = {each: StepSettings(anytime=True) for each in (one, other)}
    found = rules(EventLog.from_frame(frame.assign(resource="p", unit="N")), flow_of(*asked, steps=said))
    assert found.frame["broken"].tolist() == [1, 1, 1, 1, 0]
    assert found.evidence()["places"].tolist() == [[1, 2], [1], [2], [2]]


def test_aliases_are_steps_and_steps_that_never_come_are_judged() -> None:
    flow = flow_of(
        rule("response", "A", "B"),
        rule("existence", "D"),
        rule("four_eyes", ("D", "A")),
        steps={"B": StepSettings(aliases=("Bee",))},
    )
    found = rules(log_of("A Bee", "A"), flow)
    assert found.frame["broken"].tolist() == [1, 2, 0]
    assert found.evidence()["places"].tolist() == [[1], [], []]


def test_events_after_the_window_are_not_judged() -> None:
    frame = frame_of("A B A", hours=24)
    log = EventLog.from_frame(frame, as_of=date(2025, 3, 4))
    found = rules(log, flow_of(rule("response", "A", "B"), rule("at_most", "A", 1)))
    assert [each.tolist() for _, each in found.case_list().groupby("rule")["state"]] == [["fulfilled"], ["fulfilled"]]


def test_what_cannot_be_asked() -> None:
    with pytest.raises(UsageError, match="names 'A' twice; a rule of the kind response is on two different steps"):
        rules(log_of("A"), flow_of(rule("response", "A", "A")))
    with pytest.raises(EmptyLog):
        rules(log_of("A").where("activity=B"), flow_of(rule("absence", "A")))
    with pytest.raises(UsageError, match="never 'wrong' in a case; it is untriggered, fulfilled"):
        rules(log_of("A"), flow_of(rule("absence", "A"))).case_list("wrong")


def test_a_flow_without_rules() -> None:
    found = rules(log_of("A"), flow_of())
    assert (len(found.frame), found.broken_cases, len(found.case_list()), len(found.evidence())) == (0, 0, 0, 0)
    assert "broken_share" in found.frame


def test_nobody_is_in_what_is_shown() -> None:
    frame = frame_of("A B", "A B")
    frame["resource"] = ["canary one", "canary one", "canary two", "canary one"]
    found = rules(EventLog.from_frame(frame), flow_of(rule("four_eyes", ("A", "B"))))
    people = found.log.sql("select distinct resource from events")["resource"].tolist()
    shown = [found.frame, found.case_list(), found.evidence()]
    assert not any("resource" in table.columns for table in shown)
    text = "".join(table.to_csv() for table in shown) + repr(found)
    assert not any(person in text for person in [*people, "canary"])


def test_every_kind_has_a_sentence_with_all_its_terms() -> None:
    values: dict[str, Term] = {"two steps": ("C", "D"), "count": 7, "span": Span(9, "days"), "text": "Office"}
    asked = []
    for kind, keys in RULE_KINDS.items():
        steps = iter("AB")
        asked.append(Rule(kind, {key: values.get(wanted) or next(steps) for key, wanted in keys.items()}))
    for each in asked:
        words = sentence(each)
        for term in each.terms.values():
            assert all(str(part) in words for part in (term if isinstance(term, tuple) else (term,))), words
    assert len({sentence(each) for each in asked}) == len(asked)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (rule("at_most", "A", 1), "A comes at most once"),
        (rule("between", "A", 0, 3), "A comes at least 0 times and at most 3 times"),
        (rule("apart", "A", "B", Span(1, "days")), "Between A and B there is at least 1 day"),
        (rule("apart", "A", "A", Span(2, "weeks")), "Between one A and the next there is at least 2 weeks"),
        (rule("four_eyes", ("A", "A")), "A is not done twice by the same person"),
        (rule("absence", "{step}"), "{step} never comes"),
    ],
)
def test_the_words_of(asked: Rule, words: str) -> None:
    assert sentence(asked) == words


def test_every_figure_is_defined() -> None:
    found = rules(log_of("A"), flow_of(rule("absence", "A")))
    named = {name for table in (found.frame, found.case_list(), found.evidence()) for name in table.columns}
    named |= {"cases", "open_cases", "broken_cases", "closing_known"}
    assert {f"rules.{name}" for name in named - {"case_no"}} <= set(definitions())


def test_the_public_name() -> None:
    assert sf.rules is rules
