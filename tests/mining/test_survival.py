"""Kaplan and Meier against scipy, lifelines and hand-worked cases; the log's own oddities; no peeking into the future."""

import warnings
from dataclasses import replace
from datetime import datetime, timedelta
from math import isnan, nan

import numpy as np
import pandas as pd
import pytest
from bench.coverage import held
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines_answers import CURVE, CURVE_FROM_ENTRY, ENDED, ENTRIES, MEAN_WITHIN_20, PERCENTILES, TIMES
from scipy.stats import CensoredData, ecdf, t
from strategies import START, day_frames, frame_of, frames, poisoned_after

from saksflyt.mining.errors import EmptyLog, UsageError
from saksflyt.mining.flow import Flow
from saksflyt.mining.kaplan_meier import kaplan_meier
from saksflyt.mining.log import EventLog
from saksflyt.mining.survival import survival
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

followed_cases = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


def seen_by(log: EventLog, since: datetime) -> EventLog:
    """The log as if it had been observed from a given moment on."""
    return EventLog(log.path, replace(log.manifest, observed_from=since), log.selections, log._home)


def closing(frame: pd.DataFrame, days: dict[str, float | None]) -> pd.DataFrame:
    """The frame with each case closed so many days after START."""
    times = {case: None if day is None else START + timedelta(days=day) for case, day in days.items()}
    return frame.assign(closed=pd.to_datetime(frame["case_id"].map(times), utc=True))


# The curve


@settings(max_examples=150)
@given(followed_cases)
def test_equals_scipy(cases):
    times, ended = np.array([time for time, _ in cases]), np.array([over for _, over in cases])
    curve = kaplan_meier(times, ended)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = ecdf(CensoredData(uncensored=times[ended], right=times[~ended])).sf
        interval = theirs.confidence_interval(method="log-log")
    np.testing.assert_allclose(curve.survival, theirs.evaluate(curve.times), atol=1e-12)
    inside = (curve.survival > 0) & (curve.survival < 1)
    np.testing.assert_allclose(curve.low[inside], interval.low.evaluate(curve.times)[inside], atol=1e-9)
    np.testing.assert_allclose(curve.high[inside], interval.high.evaluate(curve.times)[inside], atol=1e-9)
    assert ((curve.low <= curve.survival) & (curve.survival <= curve.high)).all()


@given(followed_cases, st.floats(0.05, 0.95))
def test_a_percentile_is_the_first_time_with_so_many_over(cases, part):
    times, ended = [time for time, _ in cases], [over for _, over in cases]
    curve = kaplan_meier(times, ended)
    found = curve.percentile(part)
    reached = [t for t, s in zip(curve.times, curve.survival, strict=True) if s <= 1 - part + 1e-9]
    assert found.value == reached[0] if reached else isnan(found.value)
    assert isnan(found.value) or found.low <= found.value
    assert isnan(found.high) or found.value <= found.high


@given(followed_cases, st.integers(1, 14))
def test_the_restricted_mean_is_the_area_under_the_curve(cases, within):
    times, ended = np.array([time for time, _ in cases]), np.array([over for _, over in cases])
    curve = kaplan_meier(times, ended)
    found = curve.restricted_mean(within)
    known = within <= times.max() or curve.survival[-1:].sum() == 0 and ended.any()
    assert isnan(found.value) == (not known)
    if not known:
        return
    steps = np.arange(0, within)  # whole days: the curve is flat from each to the next
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sf = ecdf(CensoredData(uncensored=times[ended], right=times[~ended])).sf
    heights = np.array([sf.evaluate(step) for step in steps])
    assert found.value == pytest.approx(heights.sum(), abs=1e-9)
    variance, events = 0.0, 0
    for step in range(within):
        gone, risk = int((ended & (times == step)).sum()), int((times >= step).sum())
        events += gone
        if gone and risk > gone:
            variance += heights[steps >= step].sum() ** 2 * gone / (risk * (risk - gone))
    if events >= 6:
        reach = t.ppf(0.975, events - 1) * np.sqrt(variance * events / (events - 1))
        assert found.high == pytest.approx(min(found.value + reach, within), abs=0.005 * reach + 1e-9)
        assert found.low == pytest.approx(max(found.value - reach, 0), abs=0.005 * reach + 1e-9)
    else:
        assert isnan(found.low) and isnan(found.high)


@given(followed_cases)
def test_without_open_cases_the_mean_is_the_mean(cases):
    times = np.array([time for time, _ in cases])
    assert kaplan_meier(times, times >= 0).restricted_mean(20).value == pytest.approx(times.mean())


def test_left_truncation_worked_by_hand():
    # Known from 0, 4, 0, 3 and 6 on. At 2 two are followed (1 and 3); at 5 four are (1, 2, 3, 4); at 7: 2, 3, 5.
    curve = kaplan_meier([5, 7, 9, 5, 8, 2], [True, True, False, False, True, True], [0, 4, 0, 3, 6, 0])
    assert curve.times.tolist() == [2, 5, 7, 8]
    assert curve.at_risk.tolist() == [3, 4, 3, 2]
    np.testing.assert_allclose(curve.survival, [2 / 3, 2 / 3 * 3 / 4, 2 / 3 * 3 / 4 * 2 / 3, 1 / 6])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()), min_size=1, max_size=25))
def test_left_truncation_equals_counting(cases):
    curve = kaplan_meier(*map(np.array, ([c[0] for c in cases], [c[2] for c in cases], [c[1] for c in cases])))
    seen = [(time, entry, over) for time, entry, over in cases if entry <= time]
    part = 1.0
    for at, found in zip(curve.times, curve.survival, strict=True):
        risk = sum(entry <= at <= time for time, entry, _ in seen)
        part *= 1 - sum(over and time == at for time, _, over in seen) / risk
        assert found == pytest.approx(part, abs=1e-12)


def test_nobody_is_left_at_once():
    curve = kaplan_meier([3] * 10, [True] * 10)
    assert curve.percentile(0.5) == (3, 3, 3)
    assert kaplan_meier([3], [True]).percentile(0.5)[:2] == (3, 3) and isnan(
        kaplan_meier([3], [True]).percentile(0.5).high
    )


def test_all_open_says_nothing_but_the_mean_within_what_was_seen():
    curve = kaplan_meier([5, 6, 7], [False] * 3)
    assert all(isnan(value) for value in curve.percentile(0.5))
    assert curve.restricted_mean(7).value == 7 and isnan(curve.restricted_mean(8).value)


def test_no_cases_at_all():
    curve = kaplan_meier([], [])
    assert isnan(curve.percentile(0.5).value) and isnan(curve.restricted_mean(1).value)


# The log


def test_the_simulated_case_of_the_methods_page():
    """Exponential times of median 13.9 days with four of ten still open: the closed alone say about nine."""
    rng = np.random.default_rng(11)
    seen_for, days = 80 * rng.uniform(0, 1, 2000) ** 1.75, rng.exponential(20, 2000)  # more come in than before
    begun = [START + timedelta(days=80 - float(day)) for day in seen_for]
    over = [time + timedelta(days=float(d)) for time, d in zip(begun, days, strict=True)]
    frame = pd.DataFrame({"case_id": np.arange(2000).astype(str), "activity": "A", "end_time": begun, "closed": over})
    log = EventLog.from_frame(frame, as_of=START + timedelta(days=80))
    found = survival(log)
    assert 0.37 < found.open_cases / found.cases < 0.43
    assert throughput(log).median_days == pytest.approx(9.0, abs=0.6)
    row = found.groups.iloc[0]
    assert row["low"] < 13.86 < row["high"] and row["median_days"] == pytest.approx(13.86, abs=1)


def test_by_month_and_by_group():
    frame = pd.concat([frame_of("A B", "A B", "A"), frame_of("A B").assign(case_id="later")])
    frame.loc[frame["case_id"] == "later", "end_time"] += timedelta(days=40)
    days = {"case 0": 2, "case 1": 4, "case 2": None, "later": 41}
    frame = closing(frame, days).assign(unit=frame["case_id"].map(lambda case: "N" if case < "case 2" else "S"))
    log = EventLog.from_frame(frame, as_of=START + timedelta(days=45))
    found = survival(log)
    assert found.frame[["month", "cases", "closed", "open_cases", "median_days", "finished"]].to_numpy().tolist() == [
        ["2025-03", 3, 2, 1, 3.0, False],
        ["2025-04", 1, 1, 0, 1.0, True],
    ]
    by = survival(log, by="unit")
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
        found = survival(EventLog.from_frame(frame_of("A B", "A B").assign(**{name: "x"})), by=name)
        assert found.frame.columns[0] == found.curves.columns[0] == f"{name}_2" and found.groups["cases"].tolist() == [
            2
        ]
        assert not found.frame.columns.duplicated().any()


def test_intervals_stand_only_where_they_hold():
    few = closing(frame_of(*["A"] * 29), {f"case {n}": n + 3 for n in range(29)})
    assert survival(EventLog.from_frame(few)).groups[["low", "high", "mean_low"]].isna().all(axis=None)
    more = closing(frame_of(*["A"] * 99), {f"case {n}": n + 1 + n % 7 for n in range(99)})
    row = survival(EventLog.from_frame(more, as_of=START + timedelta(days=200))).groups.iloc[0]
    assert row[["low", "high", "mean_low", "mean_high"]].notna().all() and isnan(row["p90_high"])
    hundred = closing(frame_of(*["A"] * 100), {f"case {n}": n + 1 + n % 7 for n in range(100)})
    row = survival(EventLog.from_frame(hundred, as_of=START + timedelta(days=200))).groups.iloc[0]
    assert row["p90_low"] <= row["p90_days"] <= row["p90_high"]


def test_the_flows_clock_ends_withdraws_and_leaves_open():
    frame = frame_of("A B C", "A B", "A X C", "X A", "X C", hours=24)
    log = EventLog.from_frame(frame, as_of=START + timedelta(days=10))
    found = survival(log, FLOW)
    # case 0 and 1 reach B (1 is still open, but its clock has ended), case 2 is withdrawn, case 3 open, case 4 off.
    assert (found.cases, found.closed, found.withdrawn, found.open_cases, found.off_clock) == (4, 2, 1, 1, 1)
    assert found.curves[["days", "at_risk", "ended"]].to_numpy().tolist() == [[1.0, 4, 2]]
    # The withdrawn case was followed for two days and the open one for six.
    assert survival(log, FLOW, within_days=6).groups["restricted_mean_days"][0] == pytest.approx(1 + 5 / 2)
    assert isnan(survival(log, FLOW, within_days=6.01).groups["restricted_mean_days"][0])


def test_a_clock_that_no_case_starts_is_one_sentence():
    with pytest.raises(UsageError, match="No case has 'A'"):
        survival(EventLog.from_frame(frame_of("B C")), FLOW)


def test_cases_that_began_before_the_window_count_from_its_start():
    frame = closing(frame_of("A", "A", "A"), {"case 0": 1, "case 1": 5, "case 2": None})
    log = EventLog.from_frame(frame, as_of=START + timedelta(days=12))
    found = survival(seen_by(log, START + timedelta(days=3)))
    # Case 0 was over before; case 1 (from day 1) is known from its age 2 and ends at 4; case 2 from 1 on.
    assert (found.cases, found.late_entries, found.not_followed) == (2, 2, 1)
    assert found.curves[["days", "at_risk", "ended", "survival"]].to_numpy().tolist() == [[4.0, 2, 1, 0.5]]
    with pytest.raises(EmptyLog, match="every case was over before"):
        survival(seen_by(EventLog.from_frame(frame[frame["case_id"] == "case 0"]), START + timedelta(days=3)))


def dated(*days: list[str], as_of: str) -> EventLog:
    rows = [(f"c{n}", "AB"[m], day) for n, case in enumerate(days) for m, day in enumerate(case)]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time"]).assign(precision="day")
    frame["end_time"] = pd.to_datetime(frame["end_time"])
    over = frame[frame["activity"] == "B"].set_index("case_id")["end_time"]
    return EventLog.from_frame(frame.assign(closed=frame["case_id"].map(over)), as_of=as_of)


def test_days_without_times_are_whole_days():
    # The clocks change on 30 March: five days are five days.
    log = dated(["2025-03-28", "2025-04-02"], ["2025-03-28"], ["2025-03-28", "2025-03-28"], as_of="2025-04-04")
    assert survival(log).curves["days"].tolist() == [0.0, 5.0]
    assert survival(log, within_days=7).groups["restricted_mean_days"].notna().all()
    assert isnan(survival(log, within_days=7.5).groups["restricted_mean_days"][0])


def test_a_day_that_is_not_over_is_not_followed():
    log = dated(["2025-03-03"], ["2025-03-03", "2025-03-04"], as_of="2025-03-06T12:00")
    assert survival(log, within_days=2).groups["restricted_mean_days"].notna().all()
    assert isnan(survival(log, within_days=2.1).groups["restricted_mean_days"][0])


def test_without_closing_every_case_is_over():
    found = survival(EventLog.from_frame(frame_of("A B", "A")))
    assert (found.closing_known, found.closed, found.open_cases) == (False, 2, 0)


def test_cases_chosen_by_outcome_make_no_finished_month():
    frame = closing(frame_of(*["A"] * 3), {f"case {n}": n + 1 for n in range(3)})
    assert not survival(EventLog.from_frame(frame).period("2025", by="closed")).frame["finished"].any()


@pytest.mark.parametrize("within", [0, -1, nan, float("inf")])
def test_within_must_be_a_time(within):
    with pytest.raises(UsageError, match="within_days"):
        survival(EventLog.from_frame(frame_of("A")), within_days=within)


@settings(max_examples=12, deadline=None)
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
    found = survival(log)
    assert (found.cases, found.closed) == (len(spans), int(over.sum()))
    if over.any():
        theirs = ecdf(CensoredData(uncensored=days[over].to_numpy(), right=days[~over].to_numpy())).sf
        np.testing.assert_allclose(
            found.curves["survival"], theirs.evaluate(found.curves["days"].to_numpy()), atol=1e-9
        )


@settings(max_examples=10, deadline=None)
@given(st.one_of(frames(), day_frames()), st.integers(0, 90), st.integers(1, 400))
def test_nothing_after_as_of_is_used(frame, day, later):
    moment = max(START + timedelta(days=day), frame["end_time"].min().to_pydatetime()) + timedelta(days=1)
    one, two = (EventLog.from_frame(each).as_of(moment) for each in poisoned_after(frame, moment, later))
    for flow in (None, FLOW) if "A" in one.activities else (None,):
        first, second = survival(one, flow), survival(two, flow)
        pd.testing.assert_frame_equal(first.frame, second.frame)
        pd.testing.assert_frame_equal(first.curves, second.curves)


def test_figures_of_lifelines():
    curve = kaplan_meier(TIMES, ENDED)
    for part, said in PERCENTILES.items():
        assert curve.percentile(part) == said
    for day, said in CURVE.items():
        at = np.flatnonzero(curve.times <= day)[-1]
        np.testing.assert_allclose((curve.survival[at], curve.low[at], curve.high[at]), said, atol=1e-9)
    assert curve.restricted_mean(20).value == pytest.approx(MEAN_WITHIN_20, rel=1e-9)
    late = kaplan_meier(TIMES, ENDED, ENTRIES + 0.5)  # they say after, where we say from
    for day, said in CURVE_FROM_ENTRY.items():
        assert late.survival[np.flatnonzero(late.times <= day)[-1]] == pytest.approx(said, abs=1e-9)


def test_printed_intervals_hold_the_truth():
    """A small part of the grid in docs/methods.md, with the same seed each time."""
    rng = np.random.default_rng(7)
    for kind, share_open, cases in (("exponential", 0.2, 50), ("long-tailed", 0, 30), ("common pace", 0, 100)):
        shares = [float(text) for text in held(kind, share_open, cases, 1000, rng) if text != "–"]
        assert len(shares) >= 3 and all(93 <= share <= 97 for share in shares), (kind, shares)
