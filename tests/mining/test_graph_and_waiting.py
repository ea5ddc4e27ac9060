"""Pairs of steps: counts and times against plain pandas, kinds of time, days, groups."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given
from strategies import START, day_frames, frame_of, frames, log_of

from saksflyt.mining.errors import UsageError
from saksflyt.mining.graph import graph
from saksflyt.mining.log import EventLog
from saksflyt.mining.rework import rework
from saksflyt.mining.throughput import throughput
from saksflyt.mining.variants import variants
from saksflyt.mining.waiting import waiting

DAY = 86_400


def pairs_by_hand(log: EventLog) -> pd.DataFrame:
    events = log.sql("select case_no, activity, end_time, unit, precision from events order by case_no, position")
    shifted = events.groupby("case_no").shift()
    pairs = events.assign(source=shifted["activity"], before=shifted["end_time"], precise=shifted["precision"])
    pairs = pairs.dropna(subset=["source"])
    exact = (pairs["end_time"] - pairs["before"]).dt.total_seconds()
    local = [pairs[c].dt.tz_convert("Europe/Oslo").dt.tz_localize(None).dt.normalize() for c in ("end_time", "before")]
    by_day = (pairs["precision"] == "day") | (pairs["precise"] == "day")
    pairs["seconds"] = np.where(by_day, (local[0] - local[1]).dt.total_seconds(), exact)
    return pairs


@examples(12, 40)
@given(day_frames())
def test_times_equal_plain_pandas(frame):
    log = EventLog.from_frame(frame)
    expected = pairs_by_hand(log)
    arrows: dict = {(row["source"], row["target"]): row for row in graph(log).frame.to_dict("records")}
    between: dict = {(row["source"], row["target"]): row for row in waiting(log).frame.to_dict("records")}
    assert len(arrows) == expected[["source", "activity"]].drop_duplicates().shape[0]
    for key, rows in expected.groupby(["source", "activity"]):
        arrow, pair = arrows[tuple(key)], between[tuple(key)]
        assert (arrow["occurrences"], arrow["cases"]) == (len(rows), rows["case_no"].nunique())
        assert arrow["mean_seconds"] == pytest.approx(rows["seconds"].mean())
        assert arrow["p90_seconds"] == pytest.approx(np.percentile(rows["seconds"], 90))
        assert arrow["total_days"] == pytest.approx(rows["seconds"].sum() / DAY)
        assert pair["total_days"] == pytest.approx(rows["seconds"].sum() / DAY)
        assert pair["median_days"] == pytest.approx(rows["seconds"].median() / DAY)


@examples(10, 30)
@given(frames())
def test_groups_add_up_to_the_whole(frame):
    log = EventLog.from_frame(frame)
    for by in ("unit", "event_unit"):
        whole, split = graph(log).frame, graph(log, by=by).frame
        assert split.groupby(["source", "target"])["occurrences"].sum().sum() == whole["occurrences"].sum()
        assert waiting(log, by=by).total_days == pytest.approx(waiting(log).total_days)
    assert variants(log, by="unit").frame.groupby("unit")["share"].sum().to_numpy() == pytest.approx(1)
    assert graph(log, by="unit").starts["cases"].sum() == log.case_count


@examples(10, 30)
@given(frames())
def test_steps_equal_plain_pandas(frame):
    log = EventLog.from_frame(frame)
    by_hand = frame.groupby("activity")["case_id"].agg(["size", "nunique"])
    steps = graph(log).steps.set_index("activity")
    assert steps["occurrences"].to_dict() == by_hand["size"].to_dict()
    assert steps["cases"].to_dict() == by_hand["nunique"].to_dict()
    assert graph(log).steps["cases"].is_monotonic_decreasing
    split = graph(log, by="unit").steps
    assert split.groupby("activity")["occurrences"].sum().to_dict() == by_hand["size"].to_dict()


def with_starts(*waits: int) -> EventLog:
    """Steps of 30 minutes, each starting so many minutes after the one before."""
    rows, moment = [], START
    for place, wait in enumerate(waits):
        begin = moment + timedelta(minutes=wait)
        moment = begin + timedelta(minutes=30)
        rows.append(("1", "ABCD"[place], begin, moment))
    return EventLog.from_frame(pd.DataFrame(rows, columns=["case_id", "activity", "start_time", "end_time"]))


def test_waiting_is_completion_to_start_where_starts_are_real():
    result = waiting(with_starts(0, 60, 0))
    assert result.kind == "waiting"
    assert result.frame[["source", "target", "total_days"]].to_numpy().tolist() == [
        ["A", "B", pytest.approx(60 / 1440)],
        ["B", "C", 0],
    ]
    assert graph(with_starts(0, 60, 0)).frame["mean_seconds"].tolist() == [5400, 1800]


def test_work_that_overlaps_is_no_negative_waiting():
    assert waiting(with_starts(0, -20)).frame["total_days"].tolist() == [0]


def test_completions_alone_are_never_called_waiting():
    assert waiting(log_of("A B")).kind == "between"


def test_starts_that_are_not_real_are_not_used():
    frame = frame_of("A B C").assign(start_time=lambda f: f["end_time"])
    log = EventLog.from_frame(frame)
    assert not log.start_times
    assert "3 of 3 events" in log.manifest.start_note
    assert waiting(log).kind == "between"


def test_nothing_is_measured_by_person(log):
    for measure in (graph, waiting, variants):
        for person in ("resource", "applicant"):
            with pytest.raises(UsageError, match="people"):
                measure(log, by=person)
    with pytest.raises(UsageError, match="Did you mean unit"):
        graph(log, by="unti")
    with pytest.raises(UsageError, match="event_unit"):
        variants(log, by="event_unit")


def test_closed_cases_are_counted_by_way():
    frame = frame_of("A B", "A B", "A B", "A")
    frame["closed"] = frame["case_id"].isin(["case 0", "case 1"])
    found = variants(EventLog.from_frame(frame)).frame
    assert found[["cases", "closed_cases"]].to_numpy().tolist() == [[3, 2], [1, 0]]
    assert variants(log_of("A B", "A")).frame["closed_cases"].tolist() == [1, 1]


def test_a_log_of_single_events_has_no_pairs():
    log = log_of("A", "A", "B")
    assert graph(log).frame.empty
    assert waiting(log).frame.empty
    assert waiting(log).total_days == 0
    assert graph(log).starts.to_numpy().tolist() == [["A", 2], ["B", 1]]


def test_variants_are_ranked_and_cumulated():
    frame = variants(log_of("A B", "A C", "A C", "B", "A B", "A B")).frame
    assert frame["cases"].tolist() == [3, 2, 1]
    assert frame["activities"].tolist() == [["A", "B"], ["A", "C"], ["B"]]
    assert frame["cumulative_share"].tolist() == [pytest.approx(0.5), pytest.approx(5 / 6), 1]


@pytest.mark.parametrize("name", ["share", "month", "Cases", "micros", 'a "quoted" name; --'])
def test_a_group_may_have_any_name(name):
    log = EventLog.from_frame(frame_of("A B", "A").assign(**{name: ["x", "x", "y"]}))
    for measure in (variants, graph, waiting, throughput, rework):
        frame = measure(log, by=name).frame
        assert frame.columns[0] in (name, f"{name}_2")
        assert set(frame.iloc[:, 0]) <= {"x", "y"}
