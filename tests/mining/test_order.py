"""The order of events within a case: the rule, and that nothing but ties depends on the order in the file."""

import random
from datetime import timedelta
from typing import Any

import pandas as pd
from examples import examples
from hypothesis import given
from strategies import START, day_frames, frames

from saksflyt.mining.log import EventLog


def sequences(frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    log = EventLog.from_frame(frame)
    ids = log.sql("select case_id from cases order by case_no")["case_id"]
    return dict(zip(ids, log.traces(), strict=True))


def by_the_rule(frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """The rule of the house, said once more in plain Python: day, early day-only, precise by time, late day-only."""

    def place(row: Any) -> tuple:
        day = row.local.date()
        if row.precision == "day":
            return (day, 0, row.rank) if row.rank < 0 else (day, 2, row.rank)
        return (day, 1, row.local)

    rows = frame.reset_index(names="row")
    rows["local"] = rows["end_time"].dt.tz_convert("Europe/Oslo")
    result = {}
    for case_id, events in rows.groupby("case_id"):
        ordered = sorted(events.itertuples(), key=lambda row: (place(row), row.row))
        result[case_id] = tuple(row.activity for row in ordered)
    return result


@examples(15, 60)
@given(day_frames())
def test_order_follows_the_rule(frame):
    assert sequences(frame) == by_the_rule(frame)


@examples(10, 40)
@given(frames(ties=False))
def test_without_ties_the_order_in_the_file_does_not_matter(frame):
    shuffled = frame.sample(frac=1, random_state=1).reset_index(drop=True)
    assert EventLog.from_frame(frame).manifest.tied_events == 0
    assert sequences(shuffled) == sequences(frame)


@examples(10, 40)
@given(frames(ties=True))
def test_ties_change_no_more_cases_than_the_manifest_admits(frame):
    manifest = EventLog.from_frame(frame).manifest
    shuffled = frame.sample(frac=1, random_state=random.Random(2).randint(0, 99)).reset_index(drop=True)
    before, after = sequences(frame), sequences(shuffled)
    assert sum(before[case] != after[case] for case in before) <= manifest.tied_cases
    tied = frame.duplicated(["case_id", "end_time"]).sum()
    assert manifest.tied_events == tied


def test_identical_rows_are_kept_and_counted():
    row = {"case_id": "1", "activity": "Phone", "end_time": START, "unit": "North"}
    other = row | {"activity": "Letter"}
    log = EventLog.from_frame(pd.DataFrame([row, other, row, row | {"end_time": START + timedelta(hours=1)}]))
    assert log.manifest.identical_rows == 1
    assert log.traces() == [("Phone", "Letter", "Phone", "Phone")]
    assert (log.manifest.tied_events, log.manifest.tied_cases) == (2, 1)


def test_micros_are_null_where_an_end_is_known_to_the_day():
    frame = pd.DataFrame(
        {
            "case_id": "1",
            "activity": ["a", "b", "c"],
            "end_time": pd.to_datetime(["2025-03-03 10:00", "2025-03-04 00:00", "2025-03-05 09:00"]),
            "precision": ["minute", "day", "minute"],
        }
    )
    log = EventLog.from_frame(frame)
    assert log.sql("select micros_since_previous as m from events order by position")["m"].isna().all()
    assert log.date_only


def test_both_clock_changes():
    times = ["2025-10-26 02:30", "2025-03-30 02:30", "2025-03-30 03:15"]
    frame = pd.DataFrame({"case_id": "1", "activity": ["twice", "gone", "after"], "end_time": pd.to_datetime(times)})
    log = EventLog.from_frame(frame)
    assert (log.manifest.ambiguous_times, log.manifest.missing_times) == (1, 1)
    utc = log.sql("select activity, end_time from events").set_index("activity")["end_time"]
    assert utc["twice"].isoformat() == "2025-10-26T00:30:00+00:00"  # the first of the two: summer time
    assert utc["gone"].isoformat() == "2025-03-30T01:00:00+00:00"  # moved to the end of the gap
