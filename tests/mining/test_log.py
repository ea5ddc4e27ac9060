"""Making, opening, narrowing and taking back a log."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from examples import examples
from hypothesis import given
from strategies import START, frame_of, frames, log_of

from saksflyt.mining.errors import DataError, EmptyLog, StorageError, UsageError
from saksflyt.mining.framing import staged_frame
from saksflyt.mining.log import EventLog, publish
from saksflyt.mining.variants import variants


def published(folder: Path, frame: pd.DataFrame, **kwargs) -> EventLog:
    return publish(staged_frame(frame, zone="Europe/Oslo", name="x", as_of=None), folder / "x.saksflyt", **kwargs)


def test_the_three_tables_have_the_columns_of_the_house(log):
    assert log.columns("events") == [
        *("case_no", "position", "activity", "end_time", "start_time", "precision", "rank", "resource", "unit"),
        *("previous_activity", "micros_since_previous", "source", "source_row"),
    ]
    assert log.columns("cases") == [
        *("case_no", "case_id", "variant_no", "first_time", "last_time", "events", "unit", "applicant", "type"),
        *("closed", "due"),
    ]
    assert log.columns("variants") == ["variant_no", "variant_key", "activities", "cases"]


def test_variant_key_is_the_documented_hash(log):
    import hashlib

    rows = log.sql("select variant_key, activities from variants")
    for key, activities in zip(rows["variant_key"], rows["activities"], strict=True):
        assert key == hashlib.sha256("\x1f".join(activities).encode()).hexdigest()[:12]


def test_an_empty_log_saves_opens_and_has_nothing_to_measure(tmp_path):
    published(tmp_path, frame_of())
    log = EventLog.open(tmp_path / "x.saksflyt")
    assert (log.case_count, log.event_count, log.traces()) == (0, 0, [])
    with pytest.raises(EmptyLog):
        variants(log)


def test_a_log_of_one_event():
    log = log_of("A")
    assert log.traces() == [("A",)]
    assert variants(log).frame["median_days"].tolist() == [0]


def test_more_activities_than_sixteen_bits_hold():
    count = 66_000
    frame = pd.DataFrame({"case_id": "1", "activity": [f"step {n:05d}" for n in range(count)]})
    frame["end_time"] = START + pd.to_timedelta(range(count), unit="s")
    log = EventLog.from_frame(frame)
    assert log.activity_count == count
    assert log.traces()[0][-1] == "step 65999"


def test_a_case_with_a_hundred_thousand_events():
    frame = pd.DataFrame({"case_id": "1", "activity": ["A", "B"] * 50_000})
    frame["end_time"] = START + pd.to_timedelta(range(100_000), unit="s")
    log = EventLog.from_frame(frame)
    assert log.sql("select max(position) as last from events")["last"].item() == 100_000


def test_a_thousand_attributes_and_where_they_belong():
    frame = frame_of("A B", "A B C")
    extra = {f"x{n}": ["p", "p", "q", "q", "q"] for n in range(998)}
    extra["changing"] = ["1", "2", "3", "3", "3"]
    extra["closed_2"] = ["1", "1", "2", "2", "2"]
    log = EventLog.from_frame(pd.concat([frame, pd.DataFrame(extra)], axis=1))
    assert "x997" in log.columns("cases")
    assert "changing" in log.columns("events")
    assert log.where("x5=q").case_count == 1


def test_attributes_that_clash_get_a_suffix():
    frame = frame_of("A B").assign(position=[7, 8], Position=[9, 10])
    log = EventLog.from_frame(frame)
    assert log.sql("select position_2, Position_3 from events order by position").to_numpy().tolist() == [
        [7, 9],
        [8, 10],
    ]


def test_people_become_ordinals_in_order_of_appearance():
    frame = frame_of("A B", "A").assign(resource=["Kari", "Ola", "Kari"], applicant=["01819000049", "01819000049", "x"])
    log = EventLog.from_frame(frame)
    assert log.sql("select resource from events order by case_no, position")["resource"].tolist() == ["R1", "R2", "R1"]
    assert log.sql("select applicant from cases order by case_no")["applicant"].tolist() == ["A1", "A2"]
    stored = b"".join(path.read_bytes() for path in log.path.iterdir())
    assert b"Kari" not in stored
    assert b"01819000049" not in stored


def test_a_log_is_never_overwritten_in_place(tmp_path):
    published(tmp_path, frame_of("A B"))
    with pytest.raises(UsageError, match="--replace"):
        published(tmp_path, frame_of("A"))
    assert EventLog.open(tmp_path / "x.saksflyt").traces() == [("A", "B")]
    assert published(tmp_path, frame_of("A"), replace=True).traces() == [("A",)]
    assert [path.name for path in tmp_path.iterdir()] == ["x.saksflyt"]


def test_the_old_log_is_found_after_a_crash(tmp_path):
    published(tmp_path, frame_of("A B"))
    (tmp_path / "x.saksflyt").rename(tmp_path / "x.saksflyt.old")
    log = EventLog.open(tmp_path / "x.saksflyt")
    assert log.traces() == [("A", "B")]
    assert "was being replaced" in log.manifest.notes[0]


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        (lambda folder: (folder / "log.json").write_text("{"), StorageError),
        (lambda folder: (folder / "cases.parquet").write_bytes(b"PAR1 nothing"), StorageError),
        (lambda folder: (folder / "variants.parquet").unlink(), UsageError),
        (lambda folder: (folder / "log.json").write_text(json.dumps({"schema": 99})), StorageError),
    ],
)
def test_a_damaged_log_is_said_in_one_sentence(tmp_path, damage, error):
    published(tmp_path, frame_of("A B"))
    damage(tmp_path / "x.saksflyt")
    with pytest.raises(error) as raised:
        EventLog.open(tmp_path / "x.saksflyt").traces()
    assert "\n" not in str(raised.value)


def test_an_unwritable_place_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="Cannot write"):
        published(tmp_path / "file", frame_of("A"))


@pytest.mark.parametrize(
    "query",
    ["select * from read_csv('/etc/passwd')", "copy cases to '/tmp/x.csv'", "install httpfs", "set memory_limit='1TB'"],
)
def test_sql_cannot_leave_the_log(log, query):
    with pytest.raises(UsageError):
        log.sql(query)


def test_missing_columns_and_empty_values_are_said():
    with pytest.raises(DataError, match="activity"):
        EventLog.from_frame(pd.DataFrame({"case_id": ["1"], "end_time": [START]}))
    frame = frame_of("A B")
    frame.loc[1, "activity"] = None
    with pytest.raises(DataError, match="row 2"):
        EventLog.from_frame(frame)
    with pytest.raises(DataError, match="does not hold times"):
        EventLog.from_frame(pd.DataFrame({"case_id": ["1"], "activity": ["a"], "end_time": ["03.04.2026"]}))


def test_the_input_is_never_changed():
    frame = frame_of("A B").assign(resource=["Kari", "Ola"])
    before = frame.copy()
    EventLog.from_frame(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_ids_that_a_missing_value_made_floats_stay_whole():
    frame = frame_of("A", "B").assign(case_id=[1.0, 2.0])
    assert EventLog.from_frame(frame).sql("select case_id from cases")["case_id"].tolist() == ["1", "2"]


# Narrowing


def wide() -> EventLog:
    frame = frame_of("A B C", "A C", "A B", "A B C")
    frame["unit"] = frame["case_id"].map({"case 0": "North", "case 1": "South", "case 2": "North", "case 3": "Sør-Øst"})
    frame["channel"] = frame["activity"].map({"A": "web", "B": "phone", "C": "letter"})
    return EventLog.from_frame(frame)


@pytest.mark.parametrize(
    ("conditions", "cases"),
    [
        (["unit=North"], ["case 0", "case 2"]),
        (["unit!=North"], ["case 1", "case 3"]),
        (["unit~S*"], ["case 1", "case 3"]),
        (["activity=B"], ["case 0", "case 2", "case 3"]),
        (["activity!=C"], ["case 2"]),
        (["channel=letter", "unit=North"], ["case 0"]),
        (["case_id=case 1"], ["case 1"]),
        (["event_unit=South"], ["case 1"]),
        (["unit='; drop table cases; --"], []),
    ],
)
def test_where_keeps_whole_cases(conditions, cases):
    chosen = wide().where(*conditions)
    assert chosen.sql("select case_id from cases order by case_id")["case_id"].tolist() == cases
    assert chosen.case_count == len(cases)
    assert chosen.event_count == len(chosen.sql("select 1 from events"))
    assert sum(chosen.sql("select cases from variants")["cases"]) == len(cases)
    assert [trace for trace in chosen.traces() if len(trace) < 2] == []


def test_an_empty_selection_is_named():
    with pytest.raises(EmptyLog, match="unit=Nowhere"):
        variants(wide().where("unit=Nowhere"))


@pytest.mark.parametrize(
    ("text", "message"),
    [("unitNorth", "not a condition"), ("unti=North", "Did you mean unit"), ("resource=R1", "people")],
)
def test_conditions_that_cannot_be_followed(text, message):
    with pytest.raises(UsageError, match=message):
        wide().where(text)


def test_narrowed_variants_are_numbered_anew():
    chosen = wide().where("unit~S*")
    frame = chosen.sql("select variant_no, cases from variants order by variant_no")
    assert frame.to_numpy().tolist() == [[1, 1], [2, 1]]
    numbers = chosen.sql("select variant_no from cases")["variant_no"]
    assert sorted(numbers) == [1, 2]


def test_period_counts_local_days():
    times = ["2025-05-31 23:30", "2025-06-01 00:30", "2025-06-30 23:59", "2025-07-01 00:00"]
    frame = pd.DataFrame({"case_id": list("abcd"), "activity": "A", "end_time": pd.to_datetime(times)})
    log = EventLog.from_frame(frame)
    assert log.period("2025-06").sql("select case_id from cases")["case_id"].tolist() == ["b", "c"]
    assert log.period("2025-06..").case_count == 3
    assert log.period("..2025-05").case_count == 1
    assert log.period("2025").case_count == 4
    for text in ("June", "2025-13", "2025-02-30", "..", "2025-06..2025-05"):
        with pytest.raises(UsageError):
            log.period(text)


def test_period_by_closing_needs_times_of_closing():
    frame = frame_of("A B", "A B")
    frame["closed"] = [datetime(2025, 4, 2, tzinfo=UTC)] * 2 + [None] * 2
    log = EventLog.from_frame(frame, as_of="2025-04-30")
    assert log.period("2025-04", by="closed").case_count == 1
    assert log.period("2025-04", by="active").case_count == 1
    with pytest.raises(UsageError, match="no times of closing"):
        log_of("A").period("2025-04", by="closed")


# The window, and going back


@examples(10, 30)
@given(frames())
def test_as_of_equals_importing_the_earlier_export(frame):
    moment = frame["end_time"].sort_values().iloc[len(frame) // 2]
    earlier = frame[frame["end_time"] <= moment]
    back = EventLog.from_frame(frame).as_of(moment)
    assert back.traces() == EventLog.from_frame(earlier.reset_index(drop=True)).traces()
    assert back.observed_to == moment


def test_as_of_empties_later_closings():
    frame = frame_of("A B")
    frame["closed"] = [START + timedelta(days=2)] * 2
    log = EventLog.from_frame(frame, as_of="2025-03-31")
    assert log.sql("select closed from cases")["closed"].notna().all()
    assert log.as_of(START + timedelta(days=1)).sql("select closed from cases")["closed"].isna().all()


def test_closing_as_yes_or_no_has_no_history():
    frame = frame_of("A B")
    frame["closed"] = [True, True]
    log = EventLog.from_frame(frame)
    assert log.closing_known
    back = log.as_of(START)
    assert not back.closing_known
    assert "without a time" in back.manifest.notes[0]


def test_events_after_the_window_stay_and_are_not_read():
    frame = frame_of("A B C", "A")
    log = EventLog.from_frame(frame, as_of=START + timedelta(hours=1, minutes=30))
    assert log.manifest.after_window == 2
    assert log.traces() == [("A", "B")]
    assert len(log.sql("select 1 from events")) == 2
    assert log.as_of(START + timedelta(days=9)).traces() == [("A", "B", "C"), ("A",)]


def test_a_day_counts_as_over_only_when_it_is():
    frame = pd.DataFrame(
        {
            "case_id": "1",
            "activity": ["a", "b"],
            "end_time": pd.to_datetime(["2025-03-03 10:00", "2025-03-04 00:00"]),
            "precision": ["minute", "day"],
        }
    )
    log = EventLog.from_frame(frame)
    assert log.as_of("2025-03-04T15:00").traces() == [("a",)]
    assert log.as_of("2025-03-04").traces() == [("a", "b")]


def test_relabel_joins_steps():
    log = log_of("A B C", "A C C")
    assert log.relabel({"B": "C"}).traces() == [("A", "C", "C"), ("A", "C", "C")]
    assert len(log.where("case_id=case 0").relabel({"A": "Å"}).traces()) == 1


def test_repr_is_short():
    log = wide()
    assert repr(log) == "<EventLog log: 4 cases, 10 events>"
    assert "<table>" in log._repr_html_()


def test_answers_show_their_table():
    answer = variants(log_of("A B", "A C"))
    assert "variant_key" in repr(answer)
    assert "<th>variant_key</th>" in answer._repr_html_()
    assert "<script>" not in variants(log_of("<script>"))._repr_html_()


def test_a_chosen_case_id_is_not_repeated():
    chosen = log_of("A", "B").where("case_id=case 1")
    assert "case 1" not in repr(chosen)
    assert [selection.what for selection in chosen.selections] == ["case_id=…"]
