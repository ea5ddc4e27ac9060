"""Every planted fault is found at its rows, a clean log has none, and what is said of ties is what brute force says."""

import itertools
import re
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from quality_logs import FIRST, LAST, SPOILERS, STEPS, clean, log_of, planted
from strategies import START, day_frames, frames

from saksflyt.mining.definitions import definitions
from saksflyt.mining.errors import EmptyLog
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_parts import StepSettings
from saksflyt.mining.flow_text import parse
from saksflyt.mining.label_forms import masked, near, near_pairs, plain_form, slips
from saksflyt.mining.log import EventLog
from saksflyt.mining.manifest import Source
from saksflyt.mining.net_order import NetOrder
from saksflyt.mining.petri_net import PetriNet, Transition
from saksflyt.mining.quality import Quality, quality
from saksflyt.mining.quality_kinds import QUESTIONS, VERDICTS, kinds
from saksflyt.mining.quality_order import precedes
from saksflyt.mining.quality_ties import tie_sensitivity


def rows_listed(found: Quality, kind: str) -> set[int]:
    listed = [place for each in found.findings if each.kind.name == kind for place in each.examples]
    return {int(re.split(r"[ :]", place)[-1]) for place in listed}


def verdicts(found: Quality) -> dict[str, str]:
    return dict(zip(found.questions["question"], found.questions["verdict"], strict=True))


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 6))])
def test_a_clean_log_has_no_finding_and_answers_everything(seed: int) -> None:
    found = quality(log_of(clean(seed)))
    assert found.frame["id"].tolist() == []
    assert set(verdicts(found).values()) == {"usable"} and set(verdicts(found)) == set(QUESTIONS)


@pytest.mark.parametrize("cases", [40, 2000])
def test_a_clean_log_has_none_whatever_its_size(cases: int) -> None:
    assert quality(log_of(clean(99, cases))).frame["id"].tolist() == []


def test_the_clean_log_with_the_flow_it_follows_has_none() -> None:
    text = "Søknad mottatt -> Kartlegging -> (Dokumentasjon etterspurt -> Dokumentasjon levert)? -> Vurdering "
    text += "-> (Kvalitetssikring -> Vurdering)? -> Vedtak fattet -> Vedtak sendt -> Saken lukket"
    assert quality(log_of(clean(3)), Flow(name="ment", order=parse(text))).frame["id"].tolist() == []


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SPOILERS)
def test_a_planted_fault_is_found_at_its_rows_and_nothing_else_is(name: str, seed: int) -> None:
    spoilt = planted(name, seed)
    found = quality(log_of(spoilt.frame))
    kinds_found = {each.kind.name for each in found.findings}
    assert set(spoilt.kinds) <= kinds_found <= {*spoilt.kinds, *spoilt.allowed}
    if spoilt.rows is not None:
        shown = set().union(*(rows_listed(found, kind) for kind in spoilt.kinds))
        assert shown and shown <= spoilt.rows


# The questions that a fault spoils, and how far.
@pytest.mark.parametrize(
    ("name", "spoilt"),
    [
        ("days_only", {"hours_between_steps": "usable with care", "variants": "usable with care"}),
        ("capitals", {"variants": "usable with care", "throughput": "usable"}),
        ("two_numbers", {"throughput": "not usable", "comparison": "usable"}),
        ("exchanged", {"deadlines": "not usable", "variants": "usable"}),
        ("never_closed", {"open_cases": "not usable", "variants": "usable"}),
        ("missing_units", {"comparison": "usable with care", "rework": "usable"}),
    ],
)
def test_the_questions_that_a_fault_spoils(name: str, spoilt: dict[str, str]) -> None:
    found = quality(log_of(planted(name, 0).frame))
    assert {question: verdicts(found)[question] for question in spoilt} == spoilt
    reasons = dict(zip(found.questions["question"], found.questions["why"], strict=True))
    assert all(bool(reasons[question]) == (verdict != "usable") for question, verdict in verdicts(found).items())


def test_where_only_days_are_known_hours_are_not_usable_and_variants_are() -> None:
    frame = clean(4).assign(precision="day")
    frame["end_time"], frame["closed"] = frame["end_time"].dt.normalize(), frame["closed"].dt.normalize()
    found = quality(log_of(frame))
    assert [(each.kind.name, each.share) for each in found.findings] == [("date_only", 1.0)]
    assert verdicts(found)["hours_between_steps"] == "not usable"
    assert verdicts(found)["time_between_steps"] == "usable with care"
    assert verdicts(found)["throughput"] == "usable"


def test_records_refused_by_the_import_count_by_reason() -> None:
    log = log_of(clean(5))
    source = Source("C:\\ut\\mai.csv", "", 1, 1000, 850, 850, quarantined={"no case id": 120, "no time": 30})
    log = EventLog(log.path, replace(log.manifest, sources=[source]), log.selections, log._home)
    found = quality(log)
    refused = {each.id: (each.severity, each.count, each.of) for each in found.findings}
    assert refused["quality.refused_records:no-case-id"] == ("high", 120, 1000)
    assert refused["quality.refused_records:no-time"] == ("warn", 30, 1000)
    assert verdicts(found)["open_cases"] == "not usable"


def test_examples_name_the_file_and_no_folder() -> None:
    log = log_of(planted("missing_units", 0).frame)
    source = Source("C:\\ut\\hemmelig\\mai.csv", "", 1, 1, 1, 1)
    log = EventLog(log.path, replace(log.manifest, sources=[source]), log.selections, log._home)
    (finding,) = quality(log).findings
    assert all(re.fullmatch(r"mai\.csv:\d+", place) for place in finding.examples) and len(finding.examples) == 5


def test_nothing_of_people_is_told() -> None:
    frame = planted("missing_units", 0).frame.assign(resource="Kari Nordmann", applicant="Ola Nordmann")
    found = quality(log_of(frame))
    said = found.frame.to_string() + found.questions.to_string()
    assert "Nordmann" not in said and "2024/" not in said


def test_a_selection_is_looked_at_alone() -> None:
    spoilt = planted("capitals", 0)
    log = log_of(spoilt.frame)
    whole, part = quality(log), quality(log.where("unit=Nord"))
    assert part.cases < whole.cases and part.variants < whole.variants
    (label,) = (each for each in part.findings if each.kind.name == "distorted_label")
    of_north = spoilt.frame[spoilt.frame["unit"] == "Nord"]
    firsts = of_north.groupby("case_id")["unit"].first().index
    written = spoilt.frame[spoilt.frame["case_id"].isin(firsts) & (spoilt.frame["activity"] == "vedtak  fattet")]
    assert label.count == len(written)


def test_an_alias_of_the_flow_mends_a_label() -> None:
    log = log_of(planted("misspelt", 0).frame)
    flow = Flow(
        name="ment",
        order=parse("Søknad mottatt -> Kartlegging"),
        steps={"Kartlegging": StepSettings(aliases=("Kartlegigng",))},
    )
    assert "misspelt_label" not in {each.kind.name for each in quality(log, flow).findings}


def test_with_a_flow_fewer_cases_show_what_is_out_of_order() -> None:
    frame = clean(6, cases=60)
    swapped = frame["case_id"] == "2024/00007"
    decided = swapped & (frame["activity"] == "Vedtak fattet")
    frame.loc[decided, "end_time"] = frame.loc[swapped, "end_time"].max() + timedelta(days=1)
    frame = frame[~(swapped & (frame["activity"] == "Saken lukket"))].reset_index(drop=True)
    flow = Flow(
        name="ment", order=parse("Søknad mottatt -> Vurdering -> Vedtak fattet -> Vedtak sendt -> Saken lukket")
    )
    assert "out_of_order" not in {each.kind.name for each in quality(log_of(frame)).findings}
    (found,) = (each for each in quality(log_of(frame), flow).findings if each.kind.name == "out_of_order")
    assert found.id == "quality.out_of_order:vedtak-sendt>vedtak-fattet" and found.count == 1


def test_an_empty_log_is_refused() -> None:
    with pytest.raises(EmptyLog):
        quality(log_of(clean(0)).where("unit=Vest"))


def test_one_event_is_enough() -> None:
    frame = pd.DataFrame({"case_id": ["1"], "activity": ["A"], "end_time": [pd.Timestamp("2025-01-01 10:00")]})
    assert quality(EventLog.from_frame(frame)).frame["id"].tolist() == ["quality.closing_unknown"]


# What is shown


def test_the_columns_and_kinds_are_explained() -> None:
    found = quality(log_of(planted("capitals", 0).frame))
    named = {*found.frame.columns, *found.questions.columns}
    named |= {name for name, value in vars(found).items() if isinstance(value, int)}
    assert {f"quality.{name}" for name in (*named, *kinds())} <= set(definitions())
    assert not set(kinds()) & named


def test_every_kind_stands_on_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "quality.md").read_text(encoding="utf-8")
    assert [name for name in kinds() if f"`{name}`" not in page] == []
    assert [kind.pattern for kind in kinds().values() if kind.pattern.split(" (")[0] not in page] == []


def test_kinds_spoil_questions_that_there_are_and_only_when_bad_enough() -> None:
    for kind in kinds().values():
        assert {*kind.care, *kind.stop} <= set(QUESTIONS), kind.name
        assert not set(kind.care) & set(kind.stop), kind.name
        for question in kind.stop:
            order = [VERDICTS.index(kind.verdict(question, share / 100)) for share in range(101)]
            assert order == sorted(order), kind.name
        levels = [("info", "warn", "high").index(kind.severity(share / 100)) for share in range(101)]
        assert levels == sorted(levels), kind.name


def test_the_figures_are_shown_and_the_objects_are_not() -> None:
    text = repr(quality(log_of(planted("capitals", 0).frame)))
    assert text.startswith("Quality(cases=600, events=") and "findings=" not in text


# Properties


@examples(5, 15)
@given(frame=st.one_of(frames(), day_frames()))
def test_whatever_the_log_the_answer_is_sound_and_does_not_rest_on_the_file_order(frame: pd.DataFrame) -> None:
    found = quality(EventLog.from_frame(frame))
    assert found.frame["id"].is_unique
    assert ((found.frame["count"] > 0) & (found.frame["count"] <= found.frame["of"])).all()
    assert (
        found.frame["finding"].str.endswith(".").all()
        and not found.frame["finding"].str.contains("{", regex=False).any()
    )
    assert all(len(rows) <= 5 for rows in found.frame["examples"])
    assert len(found.questions) == len(QUESTIONS)
    order = [("high", "warn", "info").index(level) for level in found.frame["severity"]]
    assert order == sorted(order)
    again = quality(EventLog.from_frame(frame))
    pd.testing.assert_frame_equal(again.frame, found.frame)
    if not found.tied_events:
        turned = quality(EventLog.from_frame(frame.iloc[::-1].reset_index(drop=True)))
        assert turned.frame["id"].tolist() == found.frame["id"].tolist()


# Ties, by brute force


def by_hand(log: EventLog) -> tuple[int, int, int, int]:
    """variants, repetitions, and both again with tied neighbours exchanged until each stands in the common order."""
    rows = log.sql(
        """select case_no, activity, end_time, case when "precision" = 'day' then rank end as rank
           from events order by case_no, "position" """
    )
    traces: dict[int, list[list[str]]] = {}
    before = None
    for case, activity, moment, rank in rows.itertuples(index=False):
        here = (case, moment, None if pd.isna(rank) else rank)
        groups = traces.setdefault(case, [])
        if here == before:
            groups[-1].append(activity)
        else:
            groups.append([activity])
        before = here
    told, anyway = Counter(), Counter()
    for groups in traces.values():
        flat = [step for group in groups for step in group]
        anyway.update(itertools.pairwise(flat))
        told.update((one[-1], other[0]) for one, other in itertools.pairwise(groups))

    def wrong(first: str, second: str) -> bool:
        as_is, turned = told[first, second], told[second, first]
        if as_is + turned:
            return turned >= 4 * as_is and turned > 0
        return anyway[second, first] > anyway[first, second]

    ordered = {}
    for case, groups in traces.items():
        new = []
        for group in groups:
            group = list(group)
            for _ in range(len(group)):
                exchanged = False
                for start in (0, 1):
                    for place in range(start, len(group) - 1, 2):
                        if wrong(group[place], group[place + 1]):
                            group[place], group[place + 1] = group[place + 1], group[place]
                            exchanged = True
                if not exchanged:
                    break
            new += group
        ordered[case] = tuple(new)
    plain = {case: tuple(step for group in groups for step in group) for case, groups in traces.items()}
    return *counted(plain), *counted(ordered)


def counted(traces: dict[int, tuple[str, ...]]) -> tuple[int, int]:
    repetitions = 0
    for steps in traces.values():
        runs = Counter(step for step, _ in itertools.groupby(steps))
        repetitions += sum(times > 1 for times in runs.values())
    return len(set(traces.values())), repetitions


@st.composite
def tied_frames(draw: st.DrawFn) -> pd.DataFrame:
    """Many events at few times."""
    rows = [
        (f"c{draw(st.integers(0, 5))}", draw(st.sampled_from("ABCD")), START + timedelta(hours=draw(st.integers(0, 4))))
        for _ in range(draw(st.integers(1, 40)))
    ]
    return pd.DataFrame(rows, columns=["case_id", "activity", "end_time"])


@examples(20, 80)
@given(frame=st.one_of(tied_frames(), day_frames()))
def test_ties_by_brute_force(frame: pd.DataFrame) -> None:
    log = EventLog.from_frame(frame)
    found = tie_sensitivity(log)
    told = (found.variants, found.repetitions, found.ordered_variants, found.ordered_repetitions)
    assert told == by_hand(log)
    assert (found.tied_events, found.tied_cases) == (log.manifest.tied_events, log.manifest.tied_cases)
    assert found.variants == log.manifest.variants


def test_a_loop_and_a_variant_that_only_the_file_makes() -> None:
    """A and B at one time, in the file now so, now so; then A again at the time of a B that came before it."""
    rows = []
    for case in range(30):
        first = START + timedelta(days=case)
        apart = case < 20
        pair = ["A", "B"] if case % 2 or apart else ["B", "A"]
        rows += [(f"{case}", step, first + timedelta(hours=place * apart)) for place, step in enumerate(pair)]
    rows += [("loop", "A", START), ("loop", "B", START), ("loop", "A", START)]
    found = tie_sensitivity(EventLog.from_frame(pd.DataFrame(rows, columns=["case_id", "activity", "end_time"])))
    assert (found.variants, found.ordered_variants) == (3, 2)
    assert (found.repetitions, found.ordered_repetitions) == (1, 0)
    assert (found.tied_events, found.tied_cases) == (12, 11)


# Names and order


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("kartlegging", "kartlegigng", True),
        ("vedtak fattet", "vedtak fatet", True),
        ("vedtak fattet", "vedtakfattet", True),
        ("del a", "del b", False),
        ("fase 1", "fase 2", False),
        ("purring 1 sendt", "purring 2 sendt", False),
        ("fullstendig", "ufullstendig", False),
        ("medhold", "omhold", False),
        ("innvilget", "avvist", False),
        ("brev", "brew", False),
    ],
)
def test_names_that_a_slip_of_the_pen_sets_apart(one: str, other: str, alike: bool) -> None:
    assert near(one, other) is alike is near(other, one)
    assert bool(list(near_pairs([one, other]))) is alike


words = st.text("abcde ", min_size=1, max_size=9).map(lambda text: " ".join(text.split())).filter(bool)


@settings(max_examples=200)
@given(st.lists(words.map(lambda text: text * 2), min_size=1, max_size=12))
def test_no_near_pair_is_missed(names: list[str]) -> None:
    found = {frozenset(pair) for pair in near_pairs(names)}
    pairs = itertools.combinations(sorted(set(names)), 2)
    assert found == {frozenset(pair) for pair in pairs if near(plain_form(pair[0]), plain_form(pair[1]))}


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("", "ab", 2), ("ab", "ba", 1), ("abc", "abc", 0), ("kitten", "sitting", 3), ("ca", "abc", 3)],
)
def test_slips_are_counted(one: str, other: str, count: int) -> None:
    assert slips(one, other) == count


def test_what_does_not_belong_in_a_name_is_masked() -> None:
    assert masked("Vedtak 2024-118 sendt 03.02.2025") == "Vedtak # sendt #"
    assert masked("Dok 3fa85f64 lagret") == "Dok # lagret"
    assert masked("Steg 12") == "Steg 12" and masked("Steg 12", 1) == "Steg #"
    assert masked("Vedtak fattet") == "Vedtak fattet"


@pytest.mark.parametrize(
    ("flow", "before"),
    [
        ("A -> B -> C", {"AB", "AC", "BC"}),
        ("A -> (B & C)", {"AB", "AC"}),
        ("A -> (B | C)", {"AB", "AC"}),
        ("A -> (B -> C)* -> D", {"AB", "AC", "AD", "BD", "CD"}),
        ("A -> (B -> C)? -> D", {"AB", "AC", "AD", "BC", "BD", "CD"}),
        ("(A -> B) | (B -> A)", set()),
        ("A -> B -> A", set()),
    ],
)
def test_what_a_flow_says_comes_before_what(flow: str, before: set[str]) -> None:
    assert {"".join(pair) for pair in precedes(parse(flow))} == before


def test_the_window_of_the_made_up_logs_is_long_enough() -> None:
    assert (LAST - FIRST).days > 365


def test_ids_stay_apart_where_names_look_alike() -> None:
    """Two columns of one slug."""
    frame = clean(7).assign(**{"Ny kode": "a", "ny-kode": "b"})
    frame.loc[::5, ["Ny kode", "ny-kode"]] = None
    frame.loc[1::7, "ny-kode"] = None
    found = quality(log_of(frame))
    assert len(found.frame) == 2 == found.frame["id"].nunique()
    assert found.frame["id"].str.startswith("quality.missing:ny-kode-").all()


def test_very_many_names_are_looked_at_in_time() -> None:
    frame = pd.DataFrame(
        {"case_id": [f"{n // 5}" for n in range(20_000)], "activity": [f"x{n % 9000}y" for n in range(20_000)]}
    )
    frame["end_time"] = pd.Timestamp("2025-01-01 10:00") + pd.to_timedelta(range(20_000), unit="min")
    began = time.perf_counter()
    found = quality(EventLog.from_frame(frame))
    assert time.perf_counter() - began < 10  # it was minutes when every name was looked at on its own
    assert {"polluted_labels", "many_labels"} <= {each.kind.name for each in found.findings}


def test_a_flow_that_is_a_net_says_nothing_of_pairs() -> None:
    steps = {step: ((place,), (place + 1,)) for place, step in enumerate(STEPS)}
    net = PetriNet(len(STEPS) + 1, tuple(Transition(step, *arcs) for step, arcs in steps.items()), (0,), (len(STEPS),))
    flow = Flow(name="ment", order=NetOrder(net, "No blocks."))
    assert quality(log_of(clean(8)), flow).frame["id"].tolist() == []
