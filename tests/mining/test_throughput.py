"""Durations and months: hand-worked cases, and agreement with plain pandas on random logs."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from strategies import START, frame_of, frames, log_of

from saksflyt.mining.errors import EmptyLog, UsageError
from saksflyt.mining.log import EventLog
from saksflyt.mining.throughput import throughput


def test_month_is_the_local_month_of_the_first_event():
    frame = pd.DataFrame({"case_id": ["1", "2"], "activity": "A"})
    frame["end_time"] = [datetime(2025, 5, 31, 22, 30, tzinfo=UTC), datetime(2025, 5, 31, 21, 30, tzinfo=UTC)]
    assert throughput(EventLog.from_frame(frame)).frame["month"].tolist() == ["2025-05", "2025-06"]


def test_without_closing_nothing_is_marked():
    result = throughput(log_of("A B", "A"))
    assert not result.closing_known
    assert result.frame["closed_share"].isna().all()
    assert result.frame["finished"].all()
    assert result.closed == result.cases == 2


def test_the_clock_stops_at_closing_not_at_a_later_payment():
    frame = frame_of("A B C", hours=24)
    frame["closed"] = START + timedelta(hours=36)
    result = throughput(EventLog.from_frame(frame))
    assert result.median_days == 1.5


def test_a_month_with_open_cases_is_not_finished():
    frame = frame_of(*["A B"] * 20)
    frame["closed"] = frame.groupby("case_id")["end_time"].transform("max")
    nineteen = EventLog.from_frame(frame.assign(closed=frame["closed"].where(frame["case_id"] != "case 3")))
    eighteen = frame["closed"].where(~frame["case_id"].isin(["case 3", "case 4"]))
    assert throughput(nineteen).frame[["closed_share", "finished"]].to_numpy().tolist() == [[0.95, True]]
    result = throughput(EventLog.from_frame(frame.assign(closed=eighteen)))
    assert result.frame[["closed_share", "finished"]].to_numpy().tolist() == [[0.9, False]]
    assert (result.cases, result.closed) == (20, 18)


def test_closing_as_yes_or_no_stops_at_the_last_event():
    frame = frame_of("A B", "A B C", hours=24).assign(closed=[True, True, False, False, False])
    result = throughput(EventLog.from_frame(frame))
    assert (result.closed, result.median_days) == (1, 1.0)


def test_milestones_run_to_the_first_end_after_the_first_start():
    log = log_of("A B C B", "B A", "A C B", "C", hours=24)
    assert throughput(log, "A", "B").frame[["cases", "closed_share", "median_days"]].to_numpy().tolist() == [
        [3, pytest.approx(2 / 3), 1.5]
    ]
    assert throughput(log, "A", ["B", "C"]).median_days == 1.0
    assert throughput(log, end="C").median_days == 1.5
    assert throughput(log, "B").frame["cases"].tolist() == [3]
    with pytest.raises(UsageError, match="no step 'X'"):
        throughput(log, "X")


def test_a_case_closed_without_the_end_is_over_and_has_no_duration():
    frame = frame_of("A B", "A C", "A C", hours=24)
    frame["closed"] = frame["case_id"].map({"case 0": None, "case 1": START + timedelta(days=1), "case 2": None})
    result = throughput(EventLog.from_frame(frame), "A", "B")
    assert (result.cases, result.closed, result.median_days) == (3, 2, 1.0)


def test_from_a_step_to_closing_an_open_case_has_no_duration():
    frame = frame_of("A B C C C C C", "A B", "A B", hours=24)
    closed = {"case 0": START + timedelta(days=5), "case 1": None, "case 2": START + timedelta(days=5)}
    frame["closed"] = frame["case_id"].map(closed)
    result = throughput(EventLog.from_frame(frame), "B")
    assert (result.cases, result.closed, result.median_days) == (3, 2, 3.0)  # four days and two


def test_days_are_local_days_where_an_end_is_known_to_the_day():
    frame = pd.DataFrame(
        {
            "case_id": "1",
            "activity": ["a", "b"],
            "end_time": pd.to_datetime(["2025-03-29 23:00", "2025-03-31 00:00"]),
            "precision": ["minute", "day"],
        }
    )
    assert throughput(EventLog.from_frame(frame)).median_days == 2.0
    assert throughput(EventLog.from_frame(frame), "a", "b").median_days == 2.0


def test_elapsed_time_over_the_clock_change_is_true_time():
    frame = pd.DataFrame({"case_id": "1", "activity": ["a", "b"]})
    frame["end_time"] = pd.to_datetime(["2025-03-29 12:00", "2025-03-30 12:00"])
    assert throughput(EventLog.from_frame(frame)).median_days == pytest.approx(23 / 24)


@settings(max_examples=40)
@given(frames())
def test_equals_plain_pandas(frame):
    log = EventLog.from_frame(frame)
    spans = frame.groupby("case_id")["end_time"].agg(["min", "max"])
    days = (spans["max"] - spans["min"]).dt.total_seconds() / 86_400
    months = spans["min"].dt.tz_convert("Europe/Oslo").dt.strftime("%Y-%m")
    result = {row["month"]: row for row in throughput(log).frame.to_dict("records")}
    for month, values in days.groupby(months):
        assert result[month]["cases"] == len(values)
        assert result[month]["median_days"] == pytest.approx(np.percentile(values, 50))
        assert result[month]["p90_days"] == pytest.approx(np.percentile(values, 90))


def test_an_empty_log_raises():
    with pytest.raises(EmptyLog):
        throughput(log_of())


def test_cases_chosen_by_their_outcome_make_no_months_to_compare():
    frame = frame_of(*["A B"] * 4)
    frame["closed"] = frame.groupby("case_id")["end_time"].transform("max")
    log = EventLog.from_frame(frame)
    assert throughput(log.period("2025-03")).frame["finished"].all()
    for by in ("closed", "active"):
        chosen = throughput(log.period("2025-03", by=by))
        assert chosen.chosen_by_outcome
        assert not chosen.frame["finished"].any()
