"""How far over a deadline open cases are: by hand, and counted again from the list of cases."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saksflyt.mining.deadline_ageing import AGES
from saksflyt.mining.deadlines import Deadlines, deadlines
from saksflyt.mining.definitions import definitions
from saksflyt.mining.flow import Flow
from saksflyt.mining.log import EventLog

SEEN = date(2025, 6, 30)
FLOW = Flow.from_toml(
    """
    name = "F"
    flow = "S -> E?"
    [steps.P]
    anytime = true
    [steps.Q]
    anytime = true
    [[deadlines]]
    name = "Ti dager"
    from = "S"
    to = ["E"]
    within = "10 days"
    pauses = [["P", "Q"]]
    [[deadlines]]
    name = "Aldri"
    from = "P"
    to = ["E"]
    within = "1 day"
    valid_from = 2030-01-01
    """
)


def judged(cases: list[list[tuple[str, int]]]) -> Deadlines:
    """Each case: its steps, with how many days before the last day of the window they were done."""
    rows = [
        (f"{number}", step, pd.Timestamp(SEEN - timedelta(days=before)))
        for number, steps in enumerate(cases)
        for step, before in steps
    ]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time"]).assign(precision="day")
    return deadlines(EventLog.from_frame(frame, as_of="2025-06-30"), FLOW)


def counted(found: Deadlines, name: str = "Ti dager") -> dict[str, int]:
    rows = found.ageing()
    rows = rows[rows["name"] == name]
    return dict(zip(rows["age"].tolist(), rows["open"].tolist(), strict=True))


@pytest.mark.parametrize(
    ("since", "age"),
    [
        (200, "late_over_30"),
        (41, "late_over_30"),
        (40, "late_8_to_30"),
        (18, "late_8_to_30"),
        (17, "late_1_to_7"),
        (11, "late_1_to_7"),
        (10, "due_in_0_to_7"),  # the last day in time
        (3, "due_in_0_to_7"),
        (2, "due_in_8_to_14"),
        (0, "due_in_8_to_14"),
    ],
)
def test_by_hand(since: int, age: str) -> None:
    assert counted(judged([[("S", since)]])) == {each: int(each == age) for each in AGES}


def test_a_pause_moves_the_day_and_a_clock_that_stands_has_no_day() -> None:
    moved = judged([[("S", 30), ("P", 29), ("Q", 5)]])  # 24 days left out: due in 4
    assert counted(moved)["due_in_0_to_7"] == 1
    later = judged([[("S", 22), ("P", 21), ("Q", 0)]])  # 21 left out: due in 9
    assert counted(later)["due_in_8_to_14"] == 1
    standing = judged([[("S", 30), ("P", 29)], [("S", 30), ("P", 15)]])  # the second one's time had run out before
    assert (counted(standing)["paused"], counted(standing)["late_8_to_30"]) == (1, 1)


def test_more_than_two_weeks_left() -> None:
    found = judged([[("S", 0), ("P", 0)], [("S", 1)]])
    assert counted(found) == {each: {"paused": 1, "due_in_8_to_14": 1}.get(each, 0) for each in AGES}
    flow = Flow.from_toml(
        'name = "F"\nflow = "S -> E?"\n[[deadlines]]\nname = "N"\nfrom = "S"\nto = ["E"]\nwithin = "15 days"'
    )
    assert counted(deadlines(found.log, flow), "N")["due_later"] == 1


def test_what_is_over_is_in_no_age() -> None:
    found = judged([[("S", 50), ("E", 5)], [("S", 5), ("E", 4)]])
    assert found.ageing()["open"].sum() == 0
    assert list(found.ageing()["name"]) == ["Ti dager"] * len(AGES) + ["Aldri"] * len(AGES)


steps = st.lists(st.tuples(st.sampled_from("SSPQE"), st.integers(0, 90)), min_size=1, max_size=6)


@settings(max_examples=10, deadline=None)
@given(st.lists(steps, min_size=1, max_size=30))
def test_counted_again_from_the_list_of_cases(cases: list[list[tuple[str, int]]]) -> None:
    found = judged([sorted(case, key=lambda each: -each[1]) for case in cases])
    again = dict.fromkeys(AGES, 0)
    listed = found.case_list("Ti dager", ["running", "overdue", "paused"])
    days = (pd.to_datetime(listed["due"]) - pd.Timestamp(SEEN)).dt.days
    for state, left in zip(listed["state"], days, strict=True):
        ages = [left < -30, -30 <= left <= -8, -7 <= left <= -1, 0 <= left <= 7, 8 <= left <= 14, left > 14]
        again["paused" if state == "paused" else AGES[ages.index(True)]] += 1
    assert counted(found) == again
    assert sum(again.values()) == found.frame[["running", "overdue", "paused"]].iloc[0].sum()


def test_every_column_is_defined() -> None:
    assert {f"deadlines.{name}" for name in judged([[("S", 1)]]).ageing().columns} <= set(definitions())
