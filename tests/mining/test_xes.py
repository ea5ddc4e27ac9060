"""The log written as XES: read back it is the same, and pm4py reads the same out of it."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pm4py
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]
from strategies import day_frames, frame_of, frames

from saksflyt.connectors.registry import import_log, read
from saksflyt.mining.errors import StorageError, UsageError
from saksflyt.mining.log import CORE_COLUMNS, EventLog

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CONTENT = (
    (
        "select case_id, e.* exclude (case_no, source, source_row) from events e join cases using (case_no) "
        "order by case_id, position"
    ),
    "select * exclude (case_no) from cases order by case_id",
    "select * from variants order by variant_no",
)


def content(log: EventLog) -> list[pd.DataFrame]:
    # An attribute that says nothing anywhere leaves no trace in the file.
    core = {column.lower() for column in CORE_COLUMNS}
    frames = [log.sql(query) for query in CONTENT]
    frames = [frame[[c for c in frame if c in core or frame[c].notna().any()]] for frame in frames]
    return [frame[sorted(frame)] for frame in frames]


def there_and_back(log: EventLog, folder: Path, name: str = "ut.xes") -> EventLog:
    log.to_xes(folder / name)
    return read(folder / name, mapping={"zone": log.zone}, now=NOW)


def assert_same(one: EventLog, other: EventLog) -> None:
    for ours, theirs in zip(content(one), content(other), strict=True):
        pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)
    assert (one.closing_known, one.start_times) == (other.closing_known, other.start_times)


@st.composite
def rich_frames(draw: st.DrawFn) -> pd.DataFrame:
    """Logs with everything that a log can have: starts, people, attributes of every type, closing, odd names."""
    frame = draw(st.one_of(frames(), day_frames()))
    cases = sorted(frame["case_id"].unique())
    odd = draw(st.sampled_from(["", "æøå ", '<&">', "a\nb\tc", "   x", "NA", "💾"]))
    frame["case_id"] = frame["case_id"].map({case: f"{odd}{case}" for case in cases})
    frame["activity"] = frame["activity"] + draw(st.sampled_from(["", " & <b>", "\n", "é"])) + "."
    some = st.lists(st.booleans(), min_size=len(frame), max_size=len(frame))
    if draw(st.booleans()):
        minutes = draw(st.lists(st.integers(0, 300), min_size=len(frame), max_size=len(frame)))
        frame["start_time"] = frame["end_time"] - pd.to_timedelta(minutes, unit="min")
        frame.loc[draw(some), "start_time"] = pd.NaT
    for name, values in (
        ("resource", ["Kari", "Ola"]),
        ("beløp", [1.5, -2e30]),
        ("antall", [3, 4]),
        ("ja", [True, False]),
    ):
        if draw(st.booleans()):
            frame[name] = [draw(st.sampled_from([*values, None])) for _ in range(len(frame))]
    if draw(st.booleans()):
        frame["frist"] = frame["end_time"] + pd.Timedelta("1D")
    for name in ("applicant", "type", "sted"):
        if draw(st.booleans()):
            frame[name] = frame["case_id"].map(dict(zip(frame["case_id"].unique(), "xyzxyzxyz", strict=False)))
    match draw(st.sampled_from(["", "time", "boolean", "none"])):
        case "time":
            frame["closed"] = pd.to_datetime(frame.groupby("case_id")["end_time"].transform("max"), utc=True)
            frame.loc[frame["case_id"] == frame["case_id"].iloc[0], "closed"] = pd.NaT
        case "boolean":
            frame["closed"] = frame["case_id"] == frame["case_id"].iloc[0]
        case "none":
            frame["closed"] = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us, UTC]")
    if draw(st.booleans()):
        frame["due"] = pd.to_datetime(frame.groupby("case_id")["end_time"].transform("max"), utc=True)
    return frame


@examples(8, 25)
@given(rich_frames())
def test_there_and_back(frame: pd.DataFrame) -> None:
    log = EventLog.from_frame(frame, as_of="2030-01-01")
    with TemporaryDirectory() as folder:
        assert_same(log, there_and_back(log, Path(folder)))


@examples(4, 12)
@given(frames(ties=False))
def test_pm4py_reads_the_same_cases_events_and_variants(frame: pd.DataFrame) -> None:
    log = EventLog.from_frame(frame)
    with TemporaryDirectory() as folder:
        log.to_xes(Path(folder) / "ut.xes")
        read_back: Any = pm4py.read_xes(str(Path(folder) / "ut.xes"), variant="iterparse")
        theirs = pm4py.convert_to_dataframe(read_back)
    assert theirs["case:concept:name"].nunique() == log.case_count and len(theirs) == log.event_count
    variants = log.sql("select activities, cases from variants")
    ours = {tuple(a): n for a, n in zip(variants["activities"], variants["cases"], strict=True)}
    assert pm4py.get_variants(theirs) == ours
    assert sorted(theirs["time:timestamp"]) == sorted(log.sql("select end_time from events")["end_time"])


def test_starts_are_records_of_their_own_and_pm4py_pairs_them_as_we_do(tmp_path: Path) -> None:
    frame = frame_of("A B A", "A A")
    frame["start_time"] = frame["end_time"] - pd.Timedelta("90min")
    log = EventLog.from_frame(frame)
    assert_same(log, there_and_back(log, tmp_path))
    file = pm4py.read_xes(str(tmp_path / "ut.xes"), variant="iterparse")
    found: Any = pm4py.objects.log.util.interval_lifecycle.to_interval(pm4py.convert_to_event_log(file))
    times = sorted((event["start_timestamp"], event["time:timestamp"]) for trace in found for event in trace)
    ours = log.sql("select start_time, end_time from events")
    assert times == sorted(ours.itertuples(index=False, name=None))


def test_a_selection_is_written_alone(tmp_path: Path) -> None:
    log = EventLog.from_frame(frame_of("A B", "A C", "A B"))
    assert sorted(there_and_back(log.where("activity=B"), tmp_path).traces()) == [("A", "B"), ("A", "B")]


def test_names_that_mean_something_in_xes_are_kept_apart(tmp_path: Path) -> None:
    frame = frame_of("A B A")
    for number, key in enumerate(("concept:name", "time:timestamp", "identity:id", "org:group", "saksflyt:rank")):
        frame[key] = [f"{number}{letter}" for letter in "xyz"]
    frame["saksflyt:closed"] = "sted"
    found = there_and_back(EventLog.from_frame(frame), tmp_path)
    assert found.traces() == [("A", "B", "A")]
    assert {"concept:name_2", "time:timestamp_2", "identity:id_2", "org:group_2", "saksflyt:rank_2"} <= set(
        found.columns("events")
    )
    assert found.sql('select "saksflyt:closed_2" as s from cases')["s"].tolist() == ["sted"] and not found.closing_known


def test_keys_of_events_that_a_reader_takes_for_those_of_traces(tmp_path: Path) -> None:
    frame = frame_of("A B A")
    frame["x"] = "of the case"
    frame["case:x"], frame["case:concept:name"] = ["1", "2", "3"], ["4", "5", "6"]
    found = there_and_back(EventLog.from_frame(frame), tmp_path)
    assert found.traces() == [("A", "B", "A")] and found.sql("select x from cases")["x"].tolist() == ["of the case"]
    rows = found.sql('select case_x, "case_concept:name" as y from events order by position').to_numpy().tolist()
    assert rows == [["1", "4"], ["2", "5"], ["3", "6"]]


@pytest.mark.parametrize(
    "said", [["start", "complete", "complete"], ["complete", "schedule", "assign"], ["START", "x", "y"]]
)
def test_transitions_that_would_be_paired_or_set_aside_are_kept_apart(said: list[str], tmp_path: Path) -> None:
    frame = frame_of("A B A")
    frame["lifecycle:transition"] = said
    log = EventLog.from_frame(frame)
    found = there_and_back(log, tmp_path)
    assert found.sql('select "lifecycle:transition_2" as t from events order by position')["t"].tolist() == said
    query = "select activity, start_time, end_time from events order by position"
    assert found.sql(query).equals(log.sql(query))


def test_what_xml_cannot_hold_becomes_a_sign(tmp_path: Path) -> None:
    frame = frame_of("A")
    frame["activity"] = "a\x00\x1b\uffffb"
    assert there_and_back(EventLog.from_frame(frame), tmp_path).activities == ["a␀␛�b"]


def test_a_status_instead_of_a_lifecycle_comes_back(tmp_path: Path) -> None:
    frame = frame_of("A B A")
    frame["lifecycle:transition"] = ["Venter", None, "I arbeid"]
    frame["start_time"] = frame["end_time"] - pd.Timedelta("5min")
    log = EventLog.from_frame(frame)
    assert_same(log, there_and_back(log, tmp_path))


def test_work_that_is_going_on_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "inn.csv"
    rows = (
        "1,A,08,start,1",
        "1,A,09,complete,1",
        "1,A,10,start,2",
        "1,B,11,complete,",
        "1,A,12,complete,3",
        "1,C,13,ate_abort,4",
    )
    lines = [f"{a},{b},2025-03-03 {c}:00:00,{d},{e}" for a, b, c, d, e in (row.split(",") for row in rows)]
    path.write_text("Saksnr,Aktivitet,Tidspunkt,lifecycle:transition,concept:instance\n" + "\n".join(lines))
    roles = {"lifecycle:transition": "lifecycle", "concept:instance": "instance"}
    done = import_log(path, tmp_path / "log", mapping={"columns": roles}, now=NOW)
    assert done.receipt.sources[0].unpaired == {"end without a start": 3, "start without an end": 1}
    assert_same(done.log, there_and_back(done.log, tmp_path))


def test_it_is_valid_xml_in_the_order_of_the_log_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    log = EventLog.from_frame(frame_of("A B", "B A"))
    for name in ("a.xes", "b.xes", "a.xes.gz", "b.xes.gz"):
        log.to_xes(tmp_path / name)
    plain = (tmp_path / "a.xes").read_bytes()
    assert plain == (tmp_path / "b.xes").read_bytes() == gzip.decompress((tmp_path / "a.xes.gz").read_bytes())
    assert (tmp_path / "a.xes.gz").read_bytes() == (tmp_path / "b.xes.gz").read_bytes()
    names = [element.get("value") for element in etree.fromstring(plain).iterfind("{*}trace/{*}event/{*}string[2]")]
    assert names == ["A", "B", "B", "A"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xes", "a.xes.gz", "b.xes", "b.xes.gz"]


def test_an_empty_log_is_a_log(tmp_path: Path) -> None:
    assert there_and_back(EventLog.from_frame(frame_of("A")).where("activity=nothing"), tmp_path).case_count == 0


def test_a_place_that_cannot_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    log = EventLog.from_frame(frame_of("A"))
    with pytest.raises(UsageError, match="is a folder"):
        log.to_xes(tmp_path)
    with pytest.raises(UsageError, match="Cannot write"):
        log.to_xes(tmp_path / "none" / "ut.xes")


def test_a_disk_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = EventLog.from_frame(frame_of("A"))
    path = tmp_path / "ut.xes"
    path.write_text("before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        log.to_xes(path)
    assert [file.name for file in tmp_path.iterdir()] == ["ut.xes"] and path.read_text() == "before"
