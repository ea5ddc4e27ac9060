"""The same answers as pm4py, the field's standard: variants, directly-follows, starts, ends, rework, durations."""

import numpy as np
import pandas as pd
import pm4py
import pytest
from pm4py.statistics.rework.cases.pandas import get as rework_of_cases

from saksflyt.mining.graph import graph
from saksflyt.mining.log import EventLog
from saksflyt.mining.rework import rework, rework_by_case
from saksflyt.mining.throughput import throughput
from saksflyt.mining.variants import variants


def assert_equals_pm4py(log: EventLog) -> None:
    # Given starts, pm4py orders events by them; ours is the order of completion.
    frame = log.to_pm4py().drop(columns="start_timestamp", errors="ignore")
    assert pd.api.types.is_datetime64_any_dtype(frame["time:timestamp"])

    ours = variants(log).frame
    assert {tuple(a): n for a, n in zip(ours["activities"], ours["cases"], strict=True)} == pm4py.get_variants(frame)

    arrows, starts, ends = pm4py.discover_dfg(frame)
    ours = graph(log)
    pairs = zip(ours.frame["source"], ours.frame["target"], ours.frame["occurrences"], strict=True)
    assert {(a, b): n for a, b, n in pairs} == dict(arrows)
    assert dict(ours.starts.itertuples(index=False)) == dict(starts)
    assert dict(ours.ends.itertuples(index=False)) == dict(ends)

    steps = dict(zip(ours.steps["activity"], ours.steps["occurrences"], strict=True))
    assert steps == pm4py.get_event_attribute_values(frame, "concept:name")
    in_cases = pm4py.get_event_attribute_values(frame, "concept:name", count_once_per_case=True)
    assert dict(zip(ours.steps["activity"], ours.steps["cases"], strict=True)) == in_cases

    performance, _, _ = pm4py.discover_performance_dfg(frame)
    for row in ours.frame.itertuples():
        theirs = performance[row.source, row.target]
        assert row.mean_seconds == pytest.approx(theirs["mean"])
        assert row.median_seconds == pytest.approx(theirs["median"])

    ours = rework(log).frame
    repeated = pm4py.get_rework_cases_per_activity(frame)
    for row in ours.to_dict("records"):
        # pm4py counts the cases in which the activity occurs twice or more, whichever way.
        theirs = repeated.get(row["activity"], 0)
        assert max(row["cases_with_self_loop"], row["cases_with_repetition"]) <= theirs
        assert sum(trace.count(row["activity"]) > 1 for trace in log.traces()) == theirs

    # pm4py's rework of a case: its events less its distinct activities.
    per_case = rework_by_case(log).set_index("case_id")["extra_times"]
    assert per_case.to_dict() == {case: facts["rework"] for case, facts in rework_of_cases.apply(frame).items()}

    durations = pm4py.get_all_case_durations(frame)
    lower = np.percentile(durations, 50, method="inverted_cdf")
    assert throughput(log).median_days * 86_400 == pytest.approx(lower)
