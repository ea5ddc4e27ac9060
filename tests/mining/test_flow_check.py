"""A flow against a log: names only, nothing matched in silence, and every figure a sum that can be done by hand."""

import pandas as pd
import pytest
from examples import examples
from flows import accepts
from hypothesis import given
from strategies import START, logs

from saksflyt.connectors.registry import read
from saksflyt.mining.conform import conform
from saksflyt.mining.definitions import definitions
from saksflyt.mining.errors import EmptyLog
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_check import flow_check
from saksflyt.mining.flow_parts import CalendarSettings, Deadline, StepSettings
from saksflyt.mining.flow_text import parse
from saksflyt.mining.log import EventLog
from saksflyt.mining.span import DueDate, Span
from saksflyt.sample_logs.generator import write_sample


def log_of_names(*traces: list[str]) -> EventLog:
    rows = [
        (f"sak {case}", step, START + pd.Timedelta(days=case, hours=place))
        for case, trace in enumerate(traces)
        for place, step in enumerate(trace)
    ]
    return EventLog.from_frame(pd.DataFrame(rows, columns=["case_id", "activity", "end_time"]))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> EventLog:
    return read(write_sample(tmp_path_factory.mktemp("sample"), cases=400).export)


FLOW = Flow(
    "Søknad",
    parse("Søknad mottatt -> Kartlegging? -> Vedtak fattet -> Utbetaling"),
    steps={"Vedtak fattet": StepSettings(aliases=("Vedtak",)), "Notat": StepSettings(anytime=True)},
)


def test_every_activity_and_every_step_has_its_row() -> None:
    log = log_of_names(
        ["Søknad mottatt", "kartlegging", "Vedtak", "Notat"],
        ["Søknad mottatt", "Vedtak fattet", "Vedtak fattet", "Brev ut"],
    )
    found = flow_check(log, FLOW)
    rows = {row.activity: row for row in found.frame.itertuples()}
    assert list(rows) == [
        *["Søknad mottatt", "Vedtak fattet", "Brev ut", "Notat", "Vedtak", "kartlegging"],
        *["Kartlegging", "Utbetaling"],
    ]
    assert (rows["Søknad mottatt"].found, rows["Søknad mottatt"].events, rows["Søknad mottatt"].cases) == ("step", 2, 2)
    assert (rows["Vedtak fattet"].found, rows["Vedtak fattet"].events, rows["Vedtak fattet"].cases) == ("step", 2, 1)
    assert (rows["Vedtak"].found, rows["Vedtak"].step) == ("alias", "Vedtak fattet")
    assert (rows["Notat"].found, rows["Notat"].step) == ("anytime", "Notat")
    # Only the capital differs, and still nobody decides but the reader.
    assert (rows["kartlegging"].found, rows["kartlegging"].nearest) == ("unmapped", "Kartlegging")
    assert (rows["Kartlegging"].found, rows["Kartlegging"].nearest) == ("never seen", "kartlegging")
    assert (rows["Brev ut"].found, rows["Brev ut"].nearest, rows["Brev ut"].step) == ("unmapped", "", "")
    assert (rows["Utbetaling"].found, rows["Utbetaling"].events) == ("never seen", 0)
    assert (found.unmapped, found.never_seen, found.covered_share) == (2, 2, 6 / 8)
    assert found.frame["share"].sum() == pytest.approx(1)
    assert found.warnings == ()


def test_after_relabelling_the_aliases_are_steps() -> None:
    log = log_of_names(["Søknad mottatt", "Vedtak", "Vedtak fattet"])
    before, after = flow_check(log, FLOW), flow_check(log.relabel(FLOW.relabelling()), FLOW)
    assert before.covered_share == after.covered_share == 1
    assert set(after.frame["found"]) == {"step", "never seen"}
    assert after.frame.set_index("activity").loc["Vedtak fattet", "events"] == 2


def test_a_unit_of_the_calendar_that_no_case_has_is_named() -> None:
    own = {unit: CalendarSettings(closed_days=((7, 1),)) for unit in ("NAV Øst", "Nav Vest", "Elsewhere")}
    flow = Flow("Søknad", parse("Søknad mottatt"), calendar=CalendarSettings(units=own))
    frame = pd.DataFrame(
        {"case_id": ["1", "2"], "activity": "Søknad mottatt", "end_time": START, "unit": ["NAV Øst", "NAV Vest"]}
    )
    assert flow_check(EventLog.from_frame(frame), flow).warnings == (
        "The calendar has hours of its own for 'Nav Vest', which is the unit of no case. Did you mean 'NAV Vest'?",
        "The calendar has hours of its own for 'Elsewhere', which is the unit of no case.",
    )
    no_units = EventLog.from_frame(frame.drop(columns="unit"))
    assert len(flow_check(no_units, flow).warnings) == 3


def test_a_name_in_other_bytes_is_the_same_name_and_it_shows() -> None:
    log = log_of_names(["A\u030arskontroll", "Årskontroll"])
    flow = Flow("Kontroll", parse("Årskontroll"))
    frame = flow_check(log, flow).frame
    assert frame["found"].tolist() == ["alias", "step"]
    assert log.relabel(flow.relabelling(log.activities)).traces() == [("Årskontroll", "Årskontroll")]


@pytest.mark.parametrize("mark", ["?", "*", "+"])
def test_a_mark_that_may_be_part_of_the_name(mark: str) -> None:
    log = log_of_names(["Mottatt", f"Klar{mark}"])
    (warning,) = flow_check(log, Flow("x", parse(f"Mottatt -> (Klar{mark} | Annet)"))).warnings
    assert f'write "Klar{mark}" in quotes' in warning
    assert flow_check(log, Flow("x", parse(f'Mottatt -> ("Klar{mark}" | Annet)'))).warnings == ()
    assert flow_check(log_of_names(["Mottatt", "Klar"]), Flow("x", parse(f"Mottatt -> Klar{mark}"))).warnings == ()


def test_conditions_and_due_dates_that_the_log_cannot_answer() -> None:
    deadlines = (
        Deadline("En", "A", ("B",), Span(1, "months"), where=("typ=x",)),
        Deadline("To", "A", ("B",), DueDate("dye")),
        Deadline("Tre", "A", ("B",), DueDate("due"), where=("activity=A",)),
    )
    log = log_of_names(["A", "B"])
    one, two = flow_check(log, Flow("x", parse("A -> B"), deadlines=deadlines)).warnings
    assert one.startswith("The deadline 'En' cannot be judged here: There is no column 'typ'")
    assert one.endswith("Did you mean type?")
    assert two == "The deadline 'To' asks for 'dye', which no case has. Did you mean 'due'?"


def test_an_empty_log_is_no_answer(log: EventLog) -> None:
    with pytest.raises(EmptyLog):
        flow_check(log.where("case_id=nobody"), FLOW)


def test_every_figure_is_defined(log: EventLog) -> None:
    found = flow_check(log, FLOW)
    named = {*found.frame.columns, "covered_share", "unmapped", "never_seen"}
    assert {f"flow_check.{name}" for name in named} <= set(definitions())


@examples(4, 10)
@given(logs())
def test_sums(log: EventLog) -> None:
    flow = Flow("x", parse("A -> E"), steps={"B": StepSettings(aliases=("C",), anytime=True)})
    found = flow_check(log, flow)
    counts = pd.Series([step for trace in log.traces() for step in trace]).value_counts()
    assert found.frame["events"].sum() == log.event_count
    assert found.covered_share == pytest.approx(counts.reindex(["A", "B", "C"]).sum() / counts.sum())
    assert dict(zip(found.frame["activity"], found.frame["events"], strict=True)) == {
        **counts,
        **{step: 0 for step in ("A", "E", "B") if step not in counts and not (step == "B" and "C" in counts)},
    }


def test_the_template_is_the_flow_of_the_sample(sample: EventLog) -> None:
    """Every event is a step of it, and the closed cases that fit it are those that its pattern matches, most of them."""
    flow = Flow.read("sosialhjelp")
    found = flow_check(sample, flow)
    assert found.covered_share == 1
    assert found.warnings == ()
    variants = conform(sample, flow).variants
    closed = variants[variants["cases"] > variants["open_cases"]]
    for activities, fits in zip(closed["activities"], closed["fits"], strict=True):
        ordered = tuple(step for step in activities if step not in flow.anytime)
        assert accepts(flow.expression, ordered) == fits, ordered
    assert 0.8 < closed.loc[closed["fits"], "cases"].sum() / closed["cases"].sum() < 0.95  # some deviations are planted
