"""Open cases: worked examples, work in progress against counting, Little's law where it is exact, no peeking."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from math import isnan
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import START, day_frames, frame_of, frames, poisoned_after

from saksflyt.mining.backlog import backlog
from saksflyt.mining.errors import EmptyLog, UsageError
from saksflyt.mining.flow import Flow
from saksflyt.mining.kaplan_meier import kaplan_meier
from saksflyt.mining.log import EventLog
from saksflyt.mining.remaining import remaining_median

OSLO = ZoneInfo("Europe/Oslo")
FLOW = Flow.from_toml(
    """
name = "f"
flow = "A -> B -> C"
closed_by = ["C"]
[steps.A]
waits_for = "applicant"
[steps.N]
anytime = true
[steps.B]
aliases = ["b"]
"""
)


def as_of(frame: pd.DataFrame, days: float) -> EventLog:
    return EventLog.from_frame(frame, as_of=START + timedelta(days=days))


def test_open_cases_by_step_against_closed_ones():
    # One event a day; case n begins n days after START. Twenty closed cases stood at A for a day and at B for a day.
    log = as_of(frame_of(*["A B C"] * 20, "A", "A N", "A b", hours=24), 30)
    found = backlog(log, FLOW)
    assert (found.cases, found.open_cases, found.older_cases, found.closing_known) == (23, 3, 3, True)
    expected = [
        ["A", "applicant", 2, 9.5, 10.0, 9.5, 10.0, 20, 1.0, 1.0, 2],
        ["B", "", 1, 8.0, 8.0, 7.0, 7.0, 20, 1.0, 1.0, 1],
    ]
    assert found.frame.to_numpy().tolist() == expected
    assert found.oldest[["step", "waits_for", "age_days", "here_days", "older"]].to_numpy().tolist() == [
        ["A", "applicant", 10.0, 10.0, True],
        ["A", "applicant", 9.0, 9.0, True],
        ["B", "", 8.0, 7.0, True],
    ]
    assert "case_id" not in found.oldest and "case_id" not in repr(found)
    assert found.case_list()["case_id"].tolist() == ["case 20", "case 21", "case 22"]


def test_without_the_flow_a_step_at_any_time_is_a_step():
    frame = frame_of("A B", "A N", hours=24)
    frame["closed"] = [START + timedelta(days=3)] * 2 + [None] * 2
    found = backlog(as_of(frame, 10))
    assert found.frame[["step", "open_cases", "closed_stays"]].to_numpy().tolist() == [["N", 1, 0]]
    assert isnan(found.frame["closed_p85_days"][0]) and found.frame["older"].isna().all()


def test_the_last_step_before_a_closing_time_is_a_stay_and_what_follows_is_not():
    frame = frame_of("A B P", "A B", hours=24)  # P is paid after the closing on day 1.5
    frame["closed"] = [START + timedelta(days=1.5)] * 3 + [None] * 2
    found = backlog(as_of(frame, 10))
    assert found.frame[["step", "closed_stays", "closed_median_days"]].to_numpy().tolist() == [["B", 1, 0.5]]


def test_a_reopened_case_is_open_again():
    found = backlog(as_of(frame_of("A B C B", "A B C N"), 3), FLOW)
    assert found.oldest["step"].tolist() == ["B"]


def test_by_group():
    frame = frame_of(*["A B C"] * 20, "A", "B", hours=24)
    frame["unit"] = ["North"] * 61 + ["South"]
    found = backlog(as_of(frame, 30), FLOW, "unit")
    assert found.frame[["unit", "step", "open_cases", "closed_stays"]].to_numpy().tolist() == [
        ["North", "A", 1, 20],
        ["South", "B", 1, 0],
    ]
    last = found.over_time.groupby("unit").last()
    assert last["in_progress"].to_dict() == {"North": 1, "South": 1}
    assert found.oldest.columns[0] == "unit"


def test_an_attribute_with_the_name_of_a_column():
    for name in ("step", "day", "age_days", "open_cases", "closing_time", "precision_2", "older"):
        found = backlog(as_of(frame_of("A", "A B C").assign(**{name: "x"}), 5), FLOW, name)
        assert found.open_cases == 1 and found.frame.iloc[0, 0] == "x", name


def test_days_without_times():
    frame = frame_of("A B C", "A", hours=24).assign(precision="day")
    frame["end_time"] = frame["end_time"].dt.tz_convert(OSLO).dt.normalize()
    found = backlog(EventLog.from_frame(frame, as_of="2025-03-09"), FLOW)
    assert found.oldest[["age_days", "here_days"]].to_numpy().tolist() == [[5.0, 5.0]]
    half = backlog(EventLog.from_frame(frame, as_of="2025-03-09T12:00"), FLOW)
    assert half.oldest["age_days"].tolist() == [4.0]


def test_nothing_is_open_where_nobody_says():
    found = backlog(as_of(frame_of("A", "A B"), 5))
    assert (found.open_cases, found.closing_known, found.little_holds) == (0, False, None)
    assert found.frame.empty and found.oldest.empty and found.case_list().empty
    assert {"step", "open_cases", "older"} <= set(found.frame.columns)
    with pytest.raises(EmptyLog):
        backlog(EventLog.from_frame(frame_of()))
    with pytest.raises(UsageError, match="every is 'month'"):
        backlog(as_of(frame_of("A"), 1), every="month")  # type: ignore[arg-type]


@examples(5, 12)
@given(st.one_of(frames(), day_frames()), st.integers(0, 95), st.sampled_from(["day", "week"]))
def test_work_in_progress_equals_counting(frame, day, every):
    frame["closed"] = frame.groupby("case_id")["end_time"].transform("max")
    moment = max(START + timedelta(days=day), frame["end_time"].min().to_pydatetime()) + timedelta(days=1)
    log = EventLog.from_frame(frame).as_of(moment)
    series = backlog(log, every=every).over_time
    cases = log.sql("select first_time, closed from cases")
    begun = [time.tz_convert(OSLO).date() for time in cases["first_time"]]
    over = [None if pd.isna(time) else time.tz_convert(OSLO).date() for time in cases["closed"]]
    length = timedelta(days=7 if every == "week" else 1)
    assert pd.Series(series["day"]).is_monotonic_increasing
    for row in series.to_dict("records"):
        start = date.fromisoformat(row["day"])
        assert every == "day" or start.weekday() == 0
        assert row["received"] == sum(start <= day < start + length for day in begun)
        assert row["closed"] == sum(day is not None and start <= day < start + length for day in over)
        still = [end is None or end >= start + length for end in over]
        assert row["in_progress"] == sum(b < start + length and s for b, s in zip(begun, still, strict=True))
    assert series["in_progress"].iloc[-1] == backlog(log).open_cases
    assert series["received"].sum() == len(cases)


def test_whole_weeks():
    series = backlog(as_of(frame_of("A C", "A", hours=24 * 9), 20.5), FLOW).over_time
    assert series.to_numpy().tolist() == [
        ["2025-03-03", 2, 0, 2, True],
        ["2025-03-10", 0, 1, 1, True],
        ["2025-03-17", 0, 0, 1, False],
    ]


def test_a_case_closed_before_it_began_lies_no_day():
    frame = frame_of("A", "A")
    frame["closed"] = [START - timedelta(days=3), None]
    assert backlog(as_of(frame, 3), every="day").over_time["in_progress"].tolist() == [0, 1, 1, 1]


def steady(days: int, each: float, closed: bool = True) -> EventLog:
    """A case a day, open for so many days each."""
    begun = [START + timedelta(days=day) for day in range(days)]
    frame = pd.DataFrame({"case_id": [str(n) for n in range(days)], "activity": "A", "end_time": begun})
    frame["closed"] = [time + timedelta(days=each) if closed or n % 3 else None for n, time in enumerate(begun)]
    return EventLog.from_frame(frame, as_of=begun[-1] + timedelta(days=each))


def test_littles_law_is_exact_where_every_case_begins_and_ends():
    found = backlog(steady(300, 10))
    assert found.little_gap == pytest.approx(0, abs=1e-9) and found.little_holds
    window = (found._log.observed_to - found._log.observed_from) / timedelta(days=1)  # type: ignore[operator]
    assert found.mean_in_progress == pytest.approx(3000 / window)
    assert found.received_per_day == pytest.approx(300 / window) and found.mean_days == 10.0


def test_missing_closings_break_littles_law():
    found = backlog(steady(300, 10, closed=False))
    assert found.little_gap < -0.5 and found.little_holds is False
    assert backlog(steady(150, 10, closed=False)).little_holds is None  # too short to judge


def test_weeks_of_work():
    found = backlog(steady(300, 10))
    assert found.weeks_of_work == 0.0  # the last case closes as the window ends
    log = steady(300, 10)
    earlier = log.as_of(START + timedelta(days=280, hours=12))
    assert backlog(earlier).weeks_of_work == pytest.approx(10 / 7)
    assert isnan(backlog(log.as_of(START + timedelta(days=60))).weeks_of_work)


@examples(5, 12)
@given(frames())
def test_the_mean_in_progress_equals_the_time_that_cases_lay(frame):
    frame["closed"] = frame.groupby("case_id")["end_time"].transform("max")
    log = EventLog.from_frame(frame)
    spans = frame.groupby("case_id")["end_time"].agg(["min", "max"])
    lain = (spans["max"] - spans["min"]).dt.total_seconds().sum()
    assert log.observed_from and log.observed_to
    window = (log.observed_to - log.observed_from).total_seconds()
    assert backlog(log).mean_in_progress == pytest.approx(lain / window)


@examples(4, 10)
@given(frames(), st.integers(0, 90), st.integers(1, 400))
def test_nothing_after_as_of_is_used(frame, day, later):
    moment = max(START + timedelta(days=day), frame["end_time"].min().to_pydatetime()) + timedelta(days=1)
    one, two = (EventLog.from_frame(each).as_of(moment) for each in poisoned_after(frame, moment, later))
    for flow in (None, FLOW):
        first, second = backlog(one, flow), backlog(two, flow)
        for table in ("frame", "oldest", "over_time"):
            pd.testing.assert_frame_equal(getattr(first, table), getattr(second, table))
        assert np.array_equal(first.little_gap, second.little_gap, equal_nan=True)


@examples(4, 10)
@given(frames(ties=False))
def test_stays_equal_counting(frame):
    """Of closed cases, from each step to the next; the last step of a case is where it closes."""
    frame["closed"] = frame.groupby("case_id")["end_time"].transform("max")
    lying = [(f"open {step}", step, START + timedelta(days=200), "North", None) for step in "ABCD"]
    frame = pd.concat([frame, pd.DataFrame(lying, columns=frame.columns)])
    stays: dict[str, list[float]] = {step: [] for step in "ABCD"}
    for _, events in frame[frame["closed"].notna()].sort_values("end_time").groupby("case_id"):
        rows = list(zip(events["activity"], events["end_time"], strict=True))
        for (step, time), (_, following) in pairwise(rows):
            stays[step].append((following - time) / timedelta(days=1))
    found = backlog(EventLog.from_frame(frame)).frame.set_index("step")
    for step, days in stays.items():
        assert found.loc[step, "closed_stays"] == len(days)
        if days:
            assert found.loc[step, "closed_median_days"] == pytest.approx(np.median(days))


def test_the_window_starts_where_it_was_observed_from():
    frame = frame_of("A", "A").assign(closed=None)
    frame["end_time"] = [datetime(2025, 3, 3, 12, tzinfo=OSLO), datetime(2025, 3, 5, 12, tzinfo=OSLO)]
    frame["closed"] = [datetime(2025, 3, 6, 12, tzinfo=OSLO), None]
    assert backlog(EventLog.from_frame(frame, as_of="2025-03-06"), every="day").over_time["in_progress"].tolist() == [
        *(1, 1, 2, 1),
    ]


def test_what_remains_is_the_median_of_those_that_came_so_far():
    # Forty cases closed after 1 to 40 days; two open ones, 10 and 35 days old, are followed as well.
    rows = [(f"{n}", START, START + timedelta(days=n)) for n in range(1, 41)]
    rows += [("ten", START + timedelta(days=50), None), ("thirty-five", START + timedelta(days=25), None)]
    frame = pd.DataFrame(rows, columns=["case_id", "end_time", "closed"]).assign(activity="A")
    found = backlog(as_of(frame, 60)).oldest
    assert found["age_days"].tolist() == [35.0, 10.0]
    # Of those that were open after ten days half were over by day 25; to 35 days too few were followed.
    assert found["remaining_median_days"].tolist()[1] == pytest.approx(15, abs=1)
    assert isnan(found["remaining_median_days"].tolist()[0])


def test_what_remains_by_group_and_where_nobody_has_closed():
    frame = frame_of(*["A B C"] * 30, *["A"] * 30, hours=48).assign(type=["x"] * 90 + ["y"] * 30)
    frame.loc[len(frame)] = ["late", "A", START + timedelta(days=58), "x"]
    found = backlog(as_of(frame, 60), FLOW, "type").oldest.set_index("type")["remaining_median_days"]
    assert found["x"] == pytest.approx(2)  # all of x take four days; it is two days old
    assert found["y"].isna().all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=40),
    st.lists(st.integers(0, 30), min_size=1, max_size=5),
)
def test_what_remains_equals_its_definition(cases, ages):
    """inf{u: S(age + u) <= S(age) / 2}, looked for at every whole day."""
    curve = kaplan_meier([float(time) for time, _ in cases], [ended for _, ended in cases])

    def part(time: float) -> float:
        return float(np.prod(1 - curve.ended[curve.times <= time] / curve.at_risk[curve.times <= time]))

    for age, found in zip(ages, remaining_median(curve, np.array(ages, float)), strict=True):
        hits = [day - age for day in range(age, 32) if part(day) <= part(age) / 2 + 1e-9]
        assert (isnan(found) and (not hits or part(age) == 0)) or found == hits[0]
