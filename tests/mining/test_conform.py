"""Cases against a flow: every figure by hand on small logs, pm4py's fitness, and what was planted in the sample."""

import random
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pm4py
import pytest
from flow_edits import allows, branched, walk
from intended import as_tree_text, random_trace
from models import on_real_logs, real_log
from pm4py.algo.conformance.alignments.petri_net import algorithm as their_alignments
from strategies import START, frame_of, log_of, poisoned_after

import saksflyt as sf
from saksflyt.mining.alignment import align, nothing
from saksflyt.mining.automaton import of_expression
from saksflyt.mining.closing import flow_clock
from saksflyt.mining.conform import Conformance, conform
from saksflyt.mining.definitions import definition, definitions, parse_finding
from saksflyt.mining.errors import EmptyLog, UsageError
from saksflyt.mining.expression import Sequence, Step
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_parts import Clock, StepSettings
from saksflyt.mining.flow_text import parse
from saksflyt.mining.grouping import grouping
from saksflyt.mining.log import EventLog
from saksflyt.mining.net_order import NetOrder
from saksflyt.mining.petri_net import PetriNet, Transition
from saksflyt.sample_logs.generator import write_sample


def flow_of(text: str, **said) -> Flow:
    return Flow("Flow", parse(text), **said)


def ids(found: Conformance) -> dict[str, int]:
    return dict(zip(found.frame["id"], found.frame["cases"], strict=True))


ABCD = flow_of("A -> B -> C -> D")


def test_deviations_patterns_and_variants_by_hand() -> None:
    log = log_of("A B C D", "A B C D", "A C D", "A C B D", "A C D", "A B B C X D", hours=24)
    found = conform(log, ABCD)
    assert ids(found) == {
        "conform.skipped:b": 2,
        "conform.out_of_order:b>c": 1,
        "conform.repeated:b": 1,
        "conform.unknown:x": 1,
    }
    row = next(row for row in found.frame.itertuples() if row.id == "conform.skipped:b")
    assert (row.kind, row.step, row.other_step, row.alternatives) == ("skipped", "B", "", [])
    assert (row.share, row.occurrences, row.timed_cases) == (pytest.approx(2 / 6), 2, 2)
    assert row.median_days == 2
    # Two cases are too few to say anything.
    assert (str(row.extra_days), row.compared_cases, row.compared_with) == ("nan", 0, 0)
    assert row.sentence == "B was skipped"
    keys = {tuple(activities): key for activities, key in found.variants[["activities", "variant_key"]].to_numpy()}
    assert row.example == keys["A", "C", "D"]
    patterns = found.patterns[["deviations", "cases", "median_days"]].to_numpy().tolist()
    assert patterns == [
        [[], 2, 3],
        [["conform.skipped:b"], 2, 2],
        [["conform.out_of_order:b>c"], 1, 3],
        [["conform.repeated:b", "conform.unknown:x"], 1, 5],
    ]
    skipped = next(row for row in found.variants.itertuples() if row.activities == ["A", "C", "D"])
    assert (skipped.cases, skipped.cost, skipped.fits, skipped.prefix_cost) == (2, 1, False, 1)
    assert found.variants["fitness"].tolist() == pytest.approx([1, 1 - 1 / 7, 1 - 2 / 10, 1 - 2 / 8])
    assert (found.cases, found.open_cases, found.not_computed) == (6, 0, 0)
    assert (found.fitting_cases, found.conforming_cases) == (2, 2)
    assert found.fitness == pytest.approx(1 - (1 + 1 + 2 + 2) / (8 + 8 + 7 + 7 + 8 + 10))
    assert not found.closing_known


def test_open_cases_are_held_against_beginnings_only() -> None:
    frame = frame_of("A B", "A C", "A B C D", "A B")
    frame["closed"] = frame["case_id"].isin(["case 2", "case 3"])
    found = conform(EventLog.from_frame(frame), ABCD)
    assert found.closing_known
    assert (found.cases, found.open_cases) == (4, 2)
    assert ids(found) == {"conform.skipped:b": 1, "conform.skipped:c>d": 1}
    row = next(row for row in found.variants.itertuples() if row.activities == ["A", "B"])
    assert (row.cases, row.open_cases, row.cost, row.prefix_cost, row.fits) == (2, 1, 2, 0, False)
    assert (row.deviations, row.open_deviations) == (["conform.skipped:c>d"], [])
    assert (found.fitting_cases, found.conforming_cases) == (2, 2)
    assert found.fitness == pytest.approx(1 - (0 + 1 + 0 + 2) / (2 + 2 + 8 + 6))


def test_the_case_list() -> None:
    frame = frame_of("A B C D", "A C D", "A C").assign(unit="North")
    frame["closed"] = frame["case_id"] != "case 2"
    listed = conform(EventLog.from_frame(frame), ABCD).case_list()
    assert listed.to_numpy().tolist() == [
        ["case 1", "North", ["conform.skipped:b"], False],
        ["case 2", "North", ["conform.skipped:b"], True],
    ]


def test_steps_at_any_time_are_taken_out_and_aliases_are_steps() -> None:
    flow = flow_of(
        "A -> B -> C",
        steps={"N": StepSettings(anytime=True, at_most=1), "B": StepSettings(aliases=("Bee", "Not there"))},
    )
    found = conform(log_of("N A Bee N C", "A N B C"), flow)
    assert found.variants["fits"].all()
    assert ids(found) == {"conform.too_often:n": 1}
    assert (found.fitting_cases, found.conforming_cases) == (2, 1)
    assert sorted(map(list, found.variants["activities"])) == [["A", "N", "B", "C"], ["N", "A", "B", "N", "C"]]


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        ("A B C B C D", {}),
        ("A B C B C B C B C D", {"conform.too_often:b": 2}),
        ("A B C B C B B C D", {"conform.repeated:b": 1, "conform.too_often:b": 1}),
        ("A B B C D", {"conform.repeated:b": 1}),
    ],
)
def test_more_than_at_most(trace: str, expected: dict[str, int]) -> None:
    found = conform(log_of(trace), flow_of("A -> (B -> C)* -> D", steps={"B": StepSettings(at_most=2)}))
    assert dict(zip(found.frame["id"], found.frame["occurrences"], strict=True)) == expected
    assert found.conforming_cases == (not expected)


def test_done_by_another_unit() -> None:
    frame = frame_of("A B", "A B", "A B B", "A B")
    frame["unit"] = ["North", "North", "North", "South", "North", "South", "South", "North", None]
    flow = flow_of("A -> B+", steps={"B": StepSettings(unit="North")})
    found = conform(EventLog.from_frame(frame), flow)
    row = found.frame.iloc[0]
    assert len(found.frame) == 1
    assert (row.id, row.kind, row.step, row.cases, row.occurrences) == ("conform.other_unit:b", "other_unit", "B", 2, 3)
    assert (found.fitting_cases, found.conforming_cases) == (4, 2)
    assert found.variants["deviations"].tolist() == [[], []]
    assert found.case_list()["case_id"].tolist() == ["case 1", "case 2"]


def test_by_a_group_counts_and_compares_within_it() -> None:
    frame = frame_of("A B C D", "A C D", "A C D", "A B C D", "A B C D", hours=24)
    frame["unit"] = frame["case_id"].map(lambda case: "Nord" if case in ("case 0", "case 1") else "Sør")
    found = conform(EventLog.from_frame(frame), ABCD, by="unit")
    rows = found.frame[["unit", "id", "cases", "share", "median_days"]].to_numpy().tolist()
    assert rows == [
        ["Nord", "conform.skipped:b@nord", 1, 0.5, 2],
        ["Sør", "conform.skipped:b@sor", 1, pytest.approx(1 / 3), 2],
    ]
    assert found.patterns["unit"].tolist() == ["Nord", "Nord", "Sør", "Sør"]
    assert parse_finding(rows[0][1]).unit == "nord"
    with pytest.raises(UsageError, match="people"):
        conform(log_of("A B"), ABCD, by="resource")


def test_a_choice_names_its_branches_together() -> None:
    found = conform(log_of("A", "A B C"), flow_of("A -> (B | C)"))
    assert ids(found) == {"conform.not_intended:b|c": 1, "conform.skipped:b|c": 1}
    assert found.frame["alternatives"].tolist() == [["C"], ["C"]]
    assert "not intended" in definition(found.frame["id"][0]).title.lower()


def test_names_that_look_alike_keep_their_own_ids() -> None:
    log = EventLog.from_frame(frame_of("A", "A X!", "A X?", "A b", "A Ø").replace({"activity": {"b": "B ", "Ø": "!"}}))
    found = conform(log, flow_of("A -> B"))
    assert found.frame["id"].is_unique
    assert {"conform.skipped:b"} < set(found.frame["id"])
    assert conform(log, flow_of("A -> B")).frame.equals(found.frame)


def closings(log: EventLog, flow: Flow) -> list[tuple[bool, float | None]]:
    """Of every case: is it closed, and after how many hours?"""
    frame = log.sql(flow_clock(log, flow, grouping(log, None)) + " order by case_no")
    return [
        (bool(closed), None if np.isnan(micros) else micros / 3_600_000_000)
        for closed, micros in zip(frame["is_closed"], frame["micros"].astype(float), strict=True)
    ]


def test_closed_at_the_closing_step_of_the_flow() -> None:
    flow = flow_of(
        "A -> B -> (C+ | D) -> E?",
        closed_by=("C", "D"),
        steps={"N": StepSettings(anytime=True), "E": StepSettings(after_closing=True)},
    )
    traces = ["A B C", "A B C N E", "A B C B", "A B C C", "A B", "A N B D", "A C B D C", "N"]
    expected = [
        (True, 2),
        (True, 2),
        (False, None),
        (True, 2),
        (False, None),
        (True, 3),
        (True, 3),
        (False, None),
    ]
    log = log_of(*traces)
    assert closings(log, flow) == expected
    found = conform(log, flow)
    assert found.closing_known
    assert found.open_cases == 3
    # What the export says goes before the steps.
    frame = frame_of("A B C", "A B")
    frame["closed"] = frame["case_id"] == "case 1"
    assert [closed for closed, _ in closings(EventLog.from_frame(frame), flow)] == [False, True]


def test_closing_by_the_day_counts_local_days() -> None:
    frame = frame_of("A B", hours=20).assign(precision="day")
    frame["end_time"] = frame["end_time"].dt.tz_convert("Europe/Oslo").dt.normalize()
    assert closings(EventLog.from_frame(frame), flow_of("A -> B", closed_by=("B",))) == [(True, 24)]


def test_closing_where_a_day_is_not_over_at_the_end_of_the_window() -> None:
    noon = pd.Timestamp("2025-03-03 12:00", tz="Europe/Oslo")
    rows = [("N", noon.normalize(), "day", -1), ("A", noon - pd.Timedelta(hours=3), "second", 0)]
    rows += [("B", noon - pd.Timedelta(hours=1), "second", 0), ("A", noon + pd.Timedelta(hours=1), "second", 0)]
    frame = pd.DataFrame(rows, columns=["activity", "end_time", "precision", "rank"]).assign(case_id="1")
    log = EventLog.from_frame(frame, as_of=noon.to_pydatetime())
    assert log.traces() == [("A", "B")]
    assert closings(log, flow_of("A -> B", closed_by=("B",))) == [(True, 2)]


def test_the_clock_of_the_flow() -> None:
    flow = flow_of("A -> B -> C -> D", clock=Clock("B", ("C", "D")), closed_by=("D",))
    log = log_of("A B C D", "A B D", "A B C", "A D", "C B B X C D")
    expected = [(True, 1), (True, 1), (False, None), (True, None), (True, 3)]
    assert closings(log, flow) == expected
    assert closings(log_of("A D"), flow) == [(True, None)]
    assert conform(log_of("A D"), flow).frame["timed_cases"].tolist() == [0]


def test_fitness_is_that_of_pm4py() -> None:
    rng = random.Random(4)
    for _ in range(15):
        flow = branched(rng)
        traces = [tuple(walk(rng, flow)) or ("a",) for _ in range(3)] + [random_trace(rng) or ("x",) for _ in range(5)]
        log = log_of(*(" ".join(trace) for trace in traces))
        found = conform(log, Flow("Flow", flow))
        net = pm4py.convert_to_petri_net(pm4py.parse_process_tree(as_tree_text(flow)))
        theirs: Any = their_alignments.apply(log.to_pm4py(), *net, parameters={"show_progress_bar": False})
        cost = sum(each["cost"] // 10_000 for each in theirs)
        worst = sum(each["bwc"] // 10_000 for each in theirs)
        assert found.fitness == pytest.approx(1 - cost / worst)
        assert found.fitting_cases == sum(each["cost"] < 10_000 for each in theirs)
        assert found.fitting_cases == sum(allows(flow, trace) for trace in traces)


def test_what_was_planted_in_the_sample_is_found_by_name(tmp_path: Path) -> None:
    sample = write_sample(tmp_path)
    planted = sample.answers
    found = conform(sf.read(sample.export), Flow.read("sosialhjelp"))
    assert ids(found) == {
        "conform.skipped:underretning-om-vedtak": planted.unnoticed_decisions,
        "conform.out_of_order:individuell-vurdering-og-utmaling>vedtak-fattet": planted.late_assessments,
        "conform.went_back:vedtak-fattet>individuell-vurdering-og-utmaling": planted.decisions_taken_back,
        "conform.too_often:dokumentasjon-etterspurt": planted.asked_too_often,
    }
    assert found.open_cases == planted.open_cases


RECEIPT = """
    "Confirmation of receipt" -> (
        ("T02 Check confirmation of receipt"
            -> ("T03 Adjust confirmation of receipt" -> "T02 Check confirmation of receipt")*
            -> "T04 Determine confirmation of receipt" -> "T05 Print and send confirmation of receipt")
        & ("T06 Determine necessity of stop advice" -> "T10 Determine necessity to stop indication")
    )"""


def fits_receipt(trace: list[str]) -> bool:
    """By hand, on the codes of the steps."""
    confirmation = "".join(step[-1] for step in trace if step in ("T02", "T03", "T04", "T05"))
    advice = [step for step in trace if step in ("T06", "T10")]
    known = {"Confirmation", "T02", "T03", "T04", "T05", "T06", "T10"}
    return (
        trace[0] == "Confirmation"
        and trace.count("Confirmation") == 1
        and set(trace) <= known
        and re.fullmatch("2(32)*45", confirmation) is not None
        and advice == ["T06", "T10"]
    )


@on_real_logs
def test_the_receipt_log_counted_on_its_traces() -> None:
    log = real_log("Receipt")
    found = conform(log, flow_of(RECEIPT))
    counts = ids(found)
    traces = [[step.split()[0] for step in trace] for trace in log.traces()]
    assert found.fitting_cases == sum(map(fits_receipt, traces))
    for code, slug in (
        ("T11", "t11-create-document-x-request-unlicensed"),
        ("T16", "t16-report-reasons-to-hold-request"),
        ("T07-1", "t07-1-draft-intern-advice-aspect-1"),
    ):
        assert counts[f"conform.unknown:{slug}"] == sum(code in trace for trace in traces)
    again = sum(trace.count("T06") > 1 for trace in traces)
    assert counts["conform.repeated:t06-determine-necessity-of-stop-advice"] == again


def test_a_flow_with_too_many_states_is_searched() -> None:
    wide = " & ".join(f"s{number}" for number in range(13))
    found = conform(log_of(" ".join(f"s{number}" for number in range(12))), flow_of(wide))
    assert ids(found) == {"conform.skipped:s12": 1}
    assert (found.not_computed, found.variants["cost"].tolist()) == (0, [1])


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        ("a b c d e f", []),
        ("a c b d e f g", []),
        ("a b d c e f", []),
        ("a b e c d f", ["conform.out_of_order:c>e"]),
        ("a c d b e f", ["conform.out_of_order:b>d"]),
        ("a b d e f", ["conform.skipped:c"]),
        ("a g b c d e f", ["conform.out_of_order:f>g"]),
        ("a b c e d f x", ["conform.unknown:x"]),
    ],
)
def test_an_order_that_only_a_net_says(trace: str, expected: list[str]) -> None:
    # After a, b and c side by side; d after b, and e after both; g may be left out.
    steps = {"a": ((0,), (1, 2)), "b": ((1,), (3, 4)), "c": ((2,), (5,)), "d": ((3,), (6,)), "e": ((4, 5), (7,))}
    steps |= {"f": ((6, 7), (8,)), "g": ((8,), (9,))}
    transitions = [Transition(label, *arcs) for label, arcs in steps.items()]
    net = PetriNet(10, (*transitions, Transition(None, (8,), (9,))), (0,), (9,))
    found = conform(log_of(trace), Flow("Flow", NetOrder(net, "No blocks.")))
    assert sorted(ids(found)) == expected


def test_what_is_not_computed_is_in_no_share(monkeypatch: pytest.MonkeyPatch) -> None:
    def some(model, orders, *, open):
        found = align(of_expression(model), orders, open=open)
        known = np.array([len(order) < 4 for order in orders])
        unknown = nothing(len(orders))
        return replace(
            found,
            cost=np.where(known, found.cost, unknown.cost),
            prefix_cost=np.where(known, found.prefix_cost, unknown.prefix_cost),
            fitness=np.where(known, found.fitness, np.nan),
            computed=known,
        )

    monkeypatch.setattr("saksflyt.mining.held.align_in_time", some)
    found = conform(log_of("A C D", "A C", "A B C D", "A C B D"), ABCD)
    assert (found.cases, found.not_computed, found.fitting_cases, found.conforming_cases) == (4, 2, 0, 0)
    assert (found.fitting_share, found.conforming_share) == (0, 0)
    assert found.fitness == pytest.approx(1 - (1 + 2) / (7 + 6))
    assert found.frame[["id", "share"]].to_numpy().tolist() == [
        ["conform.skipped:b", 1.0],
        ["conform.skipped:d", 0.5],
    ]
    assert found.variants["cost"].isna().sum() == 2
    assert found.variants["fits"].tolist() == [False] * 4
    assert found.case_list()["case_id"].tolist() == ["case 0", "case 1"]


def test_names_with_all_signs() -> None:
    odd, odder, oddest = "O'Neil {0} %s", '"; drop table cases --', "{first} </b> ü"
    steps = {odd: StepSettings(unit="N'ord {1}", at_most=1), oddest: StepSettings(anytime=True, aliases=("'{'",))}
    order = Sequence((Step(odd), Step(odder)))
    flow = Flow("Flow", order, closed_by=(odder,), clock=Clock(odd, (odder,)), steps=steps)
    frame = frame_of("A A B", "A N B", "B A").assign(unit=["S"] * 6 + ["N'ord {1}"] * 2)
    frame["activity"] = frame["activity"].map({"A": odd, "B": odder, "N": "'{'"})
    found = conform(EventLog.from_frame(frame), flow, by="unit")
    assert found.frame["sentence"].str.startswith((odd, odder)).all()
    assert set(found.frame["kind"]) == {"other_unit", "repeated", "out_of_order"}
    assert found.open_cases == 1


@pytest.mark.parametrize("by", [None, "unit"])
def test_every_column_and_figure_is_defined(by: str | None) -> None:
    frame = frame_of("A C D", "A B C D").assign(unit="North")
    found = conform(EventLog.from_frame(frame), ABCD, by=by)
    tables = [found.frame, found.variants, found.patterns, found.case_list()]
    named = {name for table in tables for name in table.columns}
    named |= {name for name, value in vars(found).items() if isinstance(value, (int, float))} - {"closing_known"}
    assert {f"conform.{name}" for name in named} <= set(definitions())
    for kind in found.frame["kind"]:
        assert f"conform.{kind}" in definitions()


def test_what_it_shows_of_itself() -> None:
    found = sf.conform(log_of("A C D"), ABCD)
    assert "B was skipped" in repr(found)
    assert "<table" in found._repr_html_()


def test_an_empty_log() -> None:
    log = log_of("A B")
    with pytest.raises(EmptyLog):
        conform(log.where("activity=Z"), ABCD)


def test_a_selection_of_cases_is_what_is_looked_at() -> None:
    frame = frame_of("A C D", "A B C D", "A C D").assign(type=lambda t: t["case_id"].map({"case 0": "x"}).fillna("y"))
    log = EventLog.from_frame(frame)
    alias = flow_of("A -> Be -> C -> D", steps={"Be": StepSettings(aliases=("B",))})
    for flow, step in ((ABCD, "b"), (alias, "be")):
        found = conform(log.where("type=y"), flow)
        assert (found.cases, ids(found)) == (2, {f"conform.skipped:{step}": 1})
        assert found.case_list()["case_id"].tolist() == ["case 2"]


def test_nothing_later_than_the_window_counts() -> None:
    frame = frame_of("A B C D", hours=24)
    found = conform(EventLog.from_frame(frame, as_of=START + timedelta(days=1, hours=1)), flow_of("A -> B"))
    assert found.conforming_cases == 1


def test_a_thousand_cases_quickly() -> None:
    rows = pd.concat(
        [frame_of("A B C D", "A C D").assign(case_id=lambda t, n=n: t["case_id"] + str(n)) for n in range(100)]
    )
    found = conform(EventLog.from_frame(rows), ABCD)
    assert (found.cases, ids(found)) == (200, {"conform.skipped:b": 100})


def slower_after_a_call(seed: int, extra: float = 9) -> pd.DataFrame:
    """A, B and C by hand; in one case of three somebody calls, in Nord after a day, in Sør after two."""
    rng, rows = np.random.default_rng(seed), []
    for number in range(360):
        unit, called = ("Nord", "Sør")[number % 2], number % 3 == 0
        later = 4 + rng.exponential(3) + (extra if called else 0)
        done = [("A", 0.0), ("B", later), ("C", later + rng.exponential(5))]
        done += [("X", 1.0 + number % 2)] if called else []
        came = pd.Timestamp("2025-03-03 08:00", tz="UTC") + pd.Timedelta(hours=6 * number)
        rows += [(f"{number}", step, came + pd.Timedelta(days=day), unit) for step, day in done]
    return pd.DataFrame(rows, columns=["case_id", "activity", "end_time", "unit"])


CALLED = flow_of("A -> B -> C", closed_by=("C",))


def test_the_time_left_after_a_deviation_beside_cases_without_it() -> None:
    log = EventLog.from_frame(slower_after_a_call(1), as_of="2025-08-01")
    found = conform(log, CALLED)
    row = found.frame.iloc[0]
    assert (row["id"], row["compared_cases"]) == ("conform.unknown:x", 120)
    # Nine days were put in; no time counts more than the horizon, so a little less is left of them.
    assert 5 < row["extra_low"] < 8 < row["extra_high"] < 10 and row["extra_q"] < 0.001
    assert found.within_days == pytest.approx(23, abs=3)
    by_unit = conform(log, CALLED, by="unit").frame
    assert by_unit["compared_cases"].tolist() == [60, 60]
    assert ((by_unit["extra_low"] < 9) & (by_unit["extra_low"] > 4)).all()
    # Read again it is the same, to the last bit.
    assert conform(log, CALLED).frame.equals(found.frame)


def test_an_attribute_with_the_name_of_a_column() -> None:
    frame = frame_of("A C D", "A B C D").assign(extra_days="North")
    found = conform(EventLog.from_frame(frame), ABCD, by="extra_days").frame
    assert found.columns.is_unique and found["extra_days_2"].tolist() == ["North"]


def test_days_alone_give_nearly_the_same() -> None:
    frame = slower_after_a_call(2)
    exact = conform(EventLog.from_frame(frame, as_of="2025-08-01"), CALLED).frame.iloc[0]
    frame["end_time"] = frame["end_time"].dt.tz_convert("Europe/Oslo").dt.normalize()
    frame["rank"] = frame["activity"].map({"A": 0, "X": 1, "B": 2, "C": 3})
    days = conform(EventLog.from_frame(frame.assign(precision="day"), as_of="2025-08-01"), CALLED).frame.iloc[0]
    assert days["extra_days"] == pytest.approx(exact["extra_days"], abs=0.7)
    assert days["compared_cases"] > 110


def test_cases_of_one_applicant_go_together() -> None:
    frame = slower_after_a_call(3)
    alone = conform(EventLog.from_frame(frame, as_of="2025-08-01"), CALLED).frame.iloc[0]
    number = frame["case_id"].astype(int)
    frame["applicant"] = np.where(number % 3 == 0, "a" + (number % 10).astype(str), "b" + number.astype(str))
    together = conform(EventLog.from_frame(frame, as_of="2025-08-01"), CALLED).frame.iloc[0]
    assert together["extra_days"] == alone["extra_days"]
    assert together["extra_high"] != alone["extra_high"]


def test_what_comes_after_the_window_changes_no_comparison() -> None:
    frame = slower_after_a_call(4)
    moment = START + timedelta(days=70)
    one, two = (EventLog.from_frame(each).as_of(moment) for each in poisoned_after(frame, moment, 40))
    first, second = (conform(log, CALLED).frame for log in (one, two))
    assert first["extra_days"].notna().any()
    pd.testing.assert_frame_equal(first, second)


def test_a_step_at_any_time_is_no_moment() -> None:
    flow = flow_of("A -> B -> C", closed_by=("C",), steps={"X": StepSettings(anytime=True, at_most=1)})
    frame = slower_after_a_call(5)
    again = frame[frame["activity"] == "X"].assign(end_time=lambda t: t["end_time"] + pd.Timedelta(hours=1))
    found = conform(EventLog.from_frame(pd.concat([frame, again]), as_of="2025-08-01"), flow)
    row = found.frame.iloc[0]
    assert (row["id"], row["cases"], row["compared_cases"]) == ("conform.too_often:x", 120, 0)
    assert np.isnan(row["extra_days"])


def test_another_unit_is_seen_at_the_step_that_it_did() -> None:
    frame = slower_after_a_call(6)
    frame.loc[frame["activity"] == "X", "unit"] = "Vest"
    flow = flow_of("A -> X? -> B -> C", closed_by=("C",), steps={"X": StepSettings(unit="Nord")})
    row = conform(EventLog.from_frame(frame, as_of="2025-08-01"), flow).frame.iloc[0]
    assert (row["id"], row["compared_cases"]) == ("conform.other_unit:x", 120)
    assert 5 < row["extra_low"] < row["extra_high"] < 10


def test_what_most_cases_only_seem_to_have_is_not_compared() -> None:
    """Most cases without B do it after C; at C they cannot be told from the few that never do."""
    rng, rows = np.random.default_rng(7), []
    for number in range(400):
        late, never = number % 2 == 0, number % 40 == 0
        names = "ACBD" if late else "ABCD"
        days = np.concatenate(([0.0], rng.exponential(4, 3).cumsum()))
        came = pd.Timestamp("2025-03-03 08:00", tz="UTC") + pd.Timedelta(hours=6 * number)
        steps = [(step, day) for step, day in zip(names, days, strict=True) if not (never and step == "B")]
        rows += [(f"{number}", step, came + pd.Timedelta(days=day)) for step, day in steps]
    log = EventLog.from_frame(pd.DataFrame(rows, columns=["case_id", "activity", "end_time"]), as_of="2025-09-01")
    found = conform(log, flow_of("A -> B -> C -> D", closed_by=("D",))).frame.set_index("id")
    assert found["cases"].to_dict() == {"conform.out_of_order:b>c": 190, "conform.skipped:b": 10}
    late, skipped = found["compared_cases"].tolist()
    assert late > 180 and skipped == 0
