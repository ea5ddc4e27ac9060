"""Durations and months: hand-worked cases, agreement with plain pandas and scipy on random logs, no peeking ahead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isnan, nan

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf
from strategies import START, day_frames, frame_of, frames, log_of, poisoned_after

from saksflyt.mining.errors import EmptyLog, UsageError
from saksflyt.mining.flow import Flow
from saksflyt.mining.log import EventLog
from saksflyt.mining.throughput import throughput

FLOW = Flow.from_toml(
    """
name = "f"
flow = "A -> B -> C"
closed_by = ["C"]
[clock]
from = "A"
to = ["B"]
"""
)


def seen_by(log: EventLog, since: datetime) -> EventLog:
    """The log as if it had been observed from a given moment on."""
    return EventLog(log.path, replace(log.manifest, observed_from=since), log.selections, log._home)


def closing(frame: pd.DataFrame, days: dict[str, float | None]) -> pd.DataFrame:
    """The frame with each case closed so many days after START."""
    times = {case: None if day is None else START + timedelta(days=day) for case, day in days.items()}
    return frame.assign(closed=pd.to_datetime(frame["case_id"].map(times), utc=True))


def test_month_is_the_local_month_of_the_first_event():
    frame = pd.DataFrame({"case_id": ["1", "2"], "activity": "A"})
    frame["end_time"] = [datetime(2025, 5, 31, 22, 30, tzinfo=UTC), datetime(2025, 5, 31, 21, 30, tzinfo=UTC)]
    assert throughput(EventLog.from_frame(frame)).frame["month"].tolist() == ["2025-05", "2025-06"]


def test_without_closing_nothing_is_marked():
    result = throughput(log_of("A B", "A"))
    assert not result.closing_known
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
    assert throughput(nineteen).frame[["closed", "open_cases", "finished"]].to_numpy().tolist() == [[19, 1, True]]
    result = throughput(EventLog.from_frame(frame.assign(closed=eighteen)))
    assert result.frame[["closed", "open_cases", "finished"]].to_numpy().tolist() == [[18, 2, False]]
    assert (result.cases, result.closed) == (20, 18)


def test_closing_as_yes_or_no_stops_at_the_last_event():
    frame = frame_of("A B", "A B C", hours=24).assign(closed=[True, True, False, False, False])
    result = throughput(EventLog.from_frame(frame))
    assert (result.closed, result.median_days) == (1, 1.0)


def test_milestones_run_to_the_first_end_after_the_first_start():
    log = log_of("A B C B", "B A", "A C B", "C", hours=24)
    found = throughput(log, start="A", end="B")
    # Nobody says what is closed, so the case that has not come to B is open.
    assert (found.cases, found.closed, found.withdrawn, found.open_cases, found.off_clock) == (3, 2, 0, 1, 1)
    assert found.curves[["days", "at_risk", "ended"]].to_numpy().tolist() == [[1.0, 3, 1], [2.0, 2, 1]]
    assert throughput(log, start="A", end=["B", "C"]).median_days == 1.0
    assert throughput(log, end="C").median_days == 2.0
    assert throughput(log, start="B").frame["cases"].tolist() == [3]
    with pytest.raises(UsageError, match="no step 'X'"):
        throughput(log, start="X")
    with pytest.raises(UsageError, match="no step 'Y'"):
        throughput(log, FLOW, end="Y")


def test_a_case_closed_without_the_end_is_withdrawn():
    frame = frame_of("A B", "A C", "A C", hours=24)
    frame["closed"] = frame["case_id"].map({"case 0": None, "case 1": START + timedelta(days=1), "case 2": None})
    result = throughput(EventLog.from_frame(frame), start="A", end="B")
    assert (result.cases, result.closed, result.withdrawn, result.open_cases, result.median_days) == (3, 1, 1, 1, 1.0)


def test_from_a_step_to_closing_an_open_case_counts_as_long_as_it_was_followed():
    frame = frame_of("A B C C C C C", "A B", "A B", hours=24)
    closed = {"case 0": START + timedelta(days=5), "case 1": None, "case 2": START + timedelta(days=5)}
    frame["closed"] = frame["case_id"].map(closed)
    result = throughput(EventLog.from_frame(frame, as_of=START + timedelta(days=6)), start="B")
    assert (result.cases, result.closed, result.open_cases) == (3, 2, 1)
    assert result.curves[["days", "at_risk", "ended"]].to_numpy().tolist() == [[2.0, 3, 1], [4.0, 2, 1]]


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
    assert throughput(EventLog.from_frame(frame), start="a", end="b").median_days == 2.0


def test_elapsed_time_over_the_clock_change_is_true_time():
    frame = pd.DataFrame({"case_id": "1", "activity": ["a", "b"]})
    frame["end_time"] = pd.to_datetime(["2025-03-29 12:00", "2025-03-30 12:00"])
    assert throughput(EventLog.from_frame(frame)).median_days == pytest.approx(23 / 24)


@examples(12, 40)
@given(frames())
def test_equals_plain_pandas(frame):
    log = EventLog.from_frame(frame)
    spans = frame.groupby("case_id")["end_time"].agg(["min", "max"])
    days = (spans["max"] - spans["min"]).dt.total_seconds() / 86_400
    months = spans["min"].dt.tz_convert("Europe/Oslo").dt.strftime("%Y-%m")
    result = {row["month"]: row for row in throughput(log).frame.to_dict("records")}
    for month, values in days.groupby(months):
        assert result[month]["cases"] == len(values)
        assert result[month]["median_days"] == pytest.approx(np.percentile(values, 50, method="inverted_cdf"))
        assert result[month]["p90_days"] == pytest.approx(np.percentile(values, 90, method="inverted_cdf"))


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


def test_the_simulated_case_of_the_methods_page():
    """Exponential times of median 13.9 days with four of ten still open: the closed alone say about nine."""
    rng = np.random.default_rng(11)
    seen_for, days = 80 * rng.uniform(0, 1, 2000) ** 1.75, rng.exponential(20, 2000)  # more come in than before
    begun = [START + timedelta(days=80 - float(day)) for day in seen_for]
    over = [time + timedelta(days=float(d)) for time, d in zip(begun, days, strict=True)]
    frame = pd.DataFrame({"case_id": np.arange(2000).astype(str), "activity": "A", "end_time": begun, "closed": over})
    log = EventLog.from_frame(frame, as_of=START + timedelta(days=80))
    found = throughput(log)
    assert 0.37 < found.open_cases / found.cases < 0.43
    closed = days[days <= seen_for]
    assert np.median(closed) == pytest.approx(9.0, abs=0.6)
    assert found.low < 13.86 < found.high and found.median_days == pytest.approx(13.86, abs=1)


def test_by_month_and_by_group():
    frame = pd.concat([frame_of("A B", "A B", "A"), frame_of("A B").assign(case_id="later")])
    frame.loc[frame["case_id"] == "later", "end_time"] += timedelta(days=40)
    days = {"case 0": 2, "case 1": 4, "case 2": None, "later": 41}
    frame = closing(frame, days).assign(unit=frame["case_id"].map(lambda case: "N" if case < "case 2" else "S"))
    log = EventLog.from_frame(frame, as_of=START + timedelta(days=45))
    found = throughput(log)
    assert found.frame[["month", "cases", "closed", "open_cases", "median_days", "finished"]].to_numpy().tolist() == [
        ["2025-03", 3, 2, 1, 3.0, False],
        ["2025-04", 1, 1, 0, 1.0, True],
    ]
    by = throughput(log, by="unit")
    assert by.frame[["unit", "month", "cases"]].to_numpy().tolist() == [
        ["N", "2025-03", 2],
        ["S", "2025-03", 1],
        ["S", "2025-04", 1],
    ]
    assert by.groups[["unit", "cases", "median_days"]].to_numpy().tolist() == [["N", 2, 2.0], ["S", 2, 1.0]]
    assert by.within_days == found.within_days
    assert set(by.curves["unit"]) == {"N", "S"} and by.curves["ended"].sum() == 3


def test_an_attribute_with_the_name_of_a_column():
    for name in ("outcome", "days", "survival", "low", "withdrawn", "begun", "entry_micros", "is_closed"):
        found = throughput(EventLog.from_frame(frame_of("A B", "A B").assign(**{name: "x"})), by=name)
        assert found.frame.columns[0] == found.curves.columns[0] == f"{name}_2" and found.groups["cases"].tolist() == [
            2
        ]
        assert not found.frame.columns.duplicated().any()


def test_intervals_stand_only_where_they_hold():
    few = closing(frame_of(*["A"] * 29), {f"case {n}": n + 3 for n in range(29)})
    assert throughput(EventLog.from_frame(few)).groups[["low", "high", "mean_low"]].isna().all(axis=None)
    more = closing(frame_of(*["A"] * 99), {f"case {n}": n + 1 + n % 7 for n in range(99)})
    row = throughput(EventLog.from_frame(more, as_of=START + timedelta(days=200))).groups.iloc[0]
    assert row[["low", "high", "mean_low", "mean_high"]].notna().all() and isnan(row["p90_high"])
    hundred = closing(frame_of(*["A"] * 100), {f"case {n}": n + 1 + n % 7 for n in range(100)})
    row = throughput(EventLog.from_frame(hundred, as_of=START + timedelta(days=200))).groups.iloc[0]
    assert row["p90_low"] <= row["p90_days"] <= row["p90_high"]


def test_the_flows_clock_ends_withdraws_and_leaves_open():
    frame = frame_of("A B C", "A B", "A X C", "X A", "X C", hours=24)
    log = EventLog.from_frame(frame, as_of=START + timedelta(days=10))
    found = throughput(log, FLOW)
    # case 0 and 1 reach B (1 is still open, but its clock has ended), case 2 is withdrawn, case 3 open, case 4 off.
    assert (found.cases, found.closed, found.withdrawn, found.open_cases, found.off_clock) == (4, 2, 1, 1, 1)
    assert found.curves[["days", "at_risk", "ended"]].to_numpy().tolist() == [[1.0, 4, 2]]
    # The withdrawn case was followed for two days and the open one for six.
    assert throughput(log, FLOW, within_days=6).groups["restricted_mean_days"][0] == pytest.approx(1 + 5 / 2)
    assert isnan(throughput(log, FLOW, within_days=6.01).groups["restricted_mean_days"][0])


def test_a_clock_that_no_case_starts_is_one_sentence():
    with pytest.raises(UsageError, match="No case has 'A'"):
        throughput(EventLog.from_frame(frame_of("B C")), FLOW)


def test_cases_that_began_before_the_window_count_from_its_start():
    frame = closing(frame_of("A", "A", "A"), {"case 0": 1, "case 1": 5, "case 2": None})
    log = EventLog.from_frame(frame, as_of=START + timedelta(days=12))
    found = throughput(seen_by(log, START + timedelta(days=3)))
    # Case 0 was over before; case 1 (from day 1) is known from its age 2 and ends at 4; case 2 from 1 on.
    assert (found.cases, found.late_entries, found.not_followed) == (2, 2, 1)
    assert found.curves[["days", "at_risk", "ended", "survival"]].to_numpy().tolist() == [[4.0, 2, 1, 0.5]]
    with pytest.raises(EmptyLog, match="no case lasts into the window"):
        throughput(seen_by(EventLog.from_frame(frame[frame["case_id"] == "case 0"]), START + timedelta(days=3)))


def dated(*days: list[str], as_of: str) -> EventLog:
    rows = [(f"c{n}", "AB"[m], day) for n, case in enumerate(days) for m, day in enumerate(case)]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time"]).assign(precision="day")
    frame["end_time"] = pd.to_datetime(frame["end_time"])
    over = frame[frame["activity"] == "B"].set_index("case_id")["end_time"]
    return EventLog.from_frame(frame.assign(closed=frame["case_id"].map(over)), as_of=as_of)


def test_days_without_times_are_whole_days():
    # The clocks change on 30 March: five days are five days.
    log = dated(["2025-03-28", "2025-04-02"], ["2025-03-28"], ["2025-03-28", "2025-03-28"], as_of="2025-04-04")
    assert throughput(log).curves["days"].tolist() == [0.0, 5.0]
    assert throughput(log, within_days=7).groups["restricted_mean_days"].notna().all()
    assert isnan(throughput(log, within_days=7.5).groups["restricted_mean_days"][0])


def test_a_day_that_is_not_over_is_not_followed():
    log = dated(["2025-03-03"], ["2025-03-03", "2025-03-04"], as_of="2025-03-06T12:00")
    assert throughput(log, within_days=2).groups["restricted_mean_days"].notna().all()
    assert isnan(throughput(log, within_days=2.1).groups["restricted_mean_days"][0])


def test_without_closing_every_case_is_over():
    found = throughput(EventLog.from_frame(frame_of("A B", "A")))
    assert (found.closing_known, found.closed, found.open_cases) == (False, 2, 0)


def test_cases_chosen_by_outcome_make_no_finished_month():
    frame = closing(frame_of(*["A"] * 3), {f"case {n}": n + 1 for n in range(3)})
    assert not throughput(EventLog.from_frame(frame).period("2025", by="closed")).frame["finished"].any()


@pytest.mark.parametrize("within", [0, -1, nan, float("inf")])
def test_within_must_be_a_time(within):
    with pytest.raises(UsageError, match="within_days"):
        throughput(EventLog.from_frame(frame_of("A")), within_days=within)


@examples(5, 12)
@given(frames(), st.integers(0, 100))
def test_equals_scipy_on_random_logs(frame, day):
    """Cases that close at their last event, seen as of a day in the middle."""
    frame["closed"] = frame.groupby("case_id")["end_time"].transform("max")
    as_of = max(START + timedelta(days=day), frame["end_time"].min())
    log = EventLog.from_frame(frame).as_of(as_of)
    spans = frame.groupby("case_id")["end_time"].agg(["min", "max"])
    spans = spans[spans["min"] <= as_of]
    over = spans["max"] <= as_of
    days = (spans["max"].clip(upper=as_of) - spans["min"]).dt.total_seconds() / 86_400
    found = throughput(log)
    assert (found.cases, found.closed) == (len(spans), int(over.sum()))
    if over.any():
        theirs = ecdf(CensoredData(uncensored=days[over].to_numpy(), right=days[~over].to_numpy())).sf
        np.testing.assert_allclose(
            found.curves["survival"], theirs.evaluate(found.curves["days"].to_numpy()), atol=1e-9
        )


@examples(4, 10)
@given(st.one_of(frames(), day_frames()), st.integers(0, 90), st.integers(1, 400))
def test_nothing_after_as_of_is_used(frame, day, later):
    moment = max(START + timedelta(days=day), frame["end_time"].min().to_pydatetime()) + timedelta(days=1)
    one, two = (EventLog.from_frame(each).as_of(moment) for each in poisoned_after(frame, moment, later))
    for flow in (None, FLOW) if "A" in one.activities else (None,):
        first, second = throughput(one, flow), throughput(two, flow)
        pd.testing.assert_frame_equal(first.frame, second.frame)
        pd.testing.assert_frame_equal(first.curves, second.curves)
