"""edeaR's worked cases, then agreement with a slow reference on random logs."""

from itertools import groupby

import pytest
from examples import examples
from hypothesis import given
from scipy.stats import binomtest
from strategies import START, frame_of, log_of, logs

from saksflyt.mining.log import EventLog
from saksflyt.mining.rework import rework, rework_by_case, wilson

CASES = [
    # sequence,  self-loops of A, repetitions of A, extra times of A
    ("A A B A", 1, 1, 2),
    ("A B A B A", 0, 1, 2),
    ("A A A", 1, 0, 2),
    ("A B C", 0, 0, 0),
]


@pytest.mark.parametrize(("sequence", "self_loops", "repetitions", "extra"), CASES)
def test_edear_definitions(sequence, self_loops, repetitions, extra):
    row = rework(log_of(sequence)).frame.set_index("activity").loc["A"]
    assert (row.cases_with_self_loop, row.cases_with_repetition, row.extra_times) == (self_loops, repetitions, extra)


def test_edear_by_case():
    frame = rework_by_case(log_of("A A B A", "A B A B A", "A A A", "A A B A A B B"))
    assert frame["self_loops"].tolist() == [1, 0, 1, 3]  # every run of two or more
    assert frame["repetitions"].tolist() == [1, 2, 0, 2]  # every activity that came back
    assert frame["extra_times"].tolist() == [2, 3, 2, 5]


@examples(15, 50)
@given(logs())
def test_equals_slow_reference(log):
    frame = rework(log).frame.set_index("activity")
    runs = [[(a, len(list(g))) for a, g in groupby(trace)] for trace in log.traces()]
    for activity, row in frame.iterrows():
        lengths = [[n for a, n in case if a == activity] for case in runs if any(a == activity for a, _ in case)]
        assert row.cases == len(lengths)
        assert row.cases_with_self_loop == sum(max(case) > 1 for case in lengths)
        assert row.cases_with_repetition == sum(len(case) > 1 for case in lengths)
        assert row.extra_times == sum(sum(case) - 1 for case in lengths)
    per_case = rework_by_case(log)
    assert per_case["self_loops"].tolist() == [sum(n > 1 for _, n in case) for case in runs]
    counted = [[a for a, _ in case] for case in runs]
    assert per_case["repetitions"].tolist() == [sum(c.count(a) > 1 for a in set(c)) for c in counted]


def test_only_closed_cases_count_for_right_first_time():
    frame = frame_of("A B", "A B A", "A A")
    frame["closed"] = frame["case_id"].map({"case 0": START, "case 1": START, "case 2": None})
    result = rework(EventLog.from_frame(frame))
    assert (result.right_first_time, result.closed_cases, result.closing_known) == (0.5, 2, True)


def test_no_closed_case_gives_no_share():
    frame = frame_of("A B").assign(closed=False)
    result = rework(EventLog.from_frame(frame))
    assert result.closed_cases == 0
    assert result.right_first_time != result.right_first_time


@pytest.mark.parametrize(("hits", "trials"), [(0, 5), (5, 5), (3, 7), (40, 1000)])
def test_wilson_equals_scipy(hits, trials):
    interval = binomtest(hits, trials).proportion_ci(method="wilson")
    assert wilson(hits, trials) == pytest.approx((interval.low, interval.high))


def test_by_unit_counts_within_the_unit():
    frame = frame_of("A A", "A B", "A A")
    frame["unit"] = frame["case_id"].map({"case 0": "North", "case 1": "North", "case 2": "South"})
    split = rework(EventLog.from_frame(frame), by="unit").frame
    rows = split[["unit", "activity", "cases", "extra_times"]].to_numpy().tolist()
    assert rows == [["North", "A", 2, 1], ["North", "B", 1, 0], ["South", "A", 1, 1]]
