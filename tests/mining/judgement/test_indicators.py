"""The figures of a month: by hand, and never moved by what came later."""

from datetime import UTC, datetime, timedelta
from math import isnan

import pandas as pd
import pytest

from saksflyt.mining.errors import EmptyLog
from saksflyt.mining.flow import Flow
from saksflyt.mining.judgement.indicators import COLUMNS, indicators
from saksflyt.mining.judgement.month import Month
from saksflyt.mining.log import EventLog

FLOW = Flow.from_toml(
    """
name = "f"
flow = "A -> B -> C"
closed_by = ["C"]
[clock]
from = "A"
to = ["C"]
[[deadlines]]
name = "C in time"
from = "A"
to = ["C"]
within = "10 days"
[[rules]]
kind = "precedence"
before = "B"
after = "C"
"""
)
MARCH = Month("2026-03", "Europe/Oslo")
START = datetime(2026, 1, 1, 9, tzinfo=UTC)


def log_of(cases: dict[str, list[tuple[str, int]]], units: dict[str, str] | None = None) -> EventLog:
    """A log of cases of steps, each so many days after New Year 2026."""
    rows = [(case, step, START + timedelta(days=day)) for case, steps in cases.items() for step, day in steps]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time"])
    if units:
        frame["unit"] = frame["case_id"].map(units)
    return EventLog.from_frame(frame, as_of=datetime(2026, 5, 31))


CASES = {
    "early": [("A", 0), ("B", 5), ("C", 20)],  # January
    "good": [("A", 59), ("B", 61), ("C", 66)],  # 1 to 8 March
    "late": [("A", 60), ("B", 65), ("B", 70), ("C", 80)],  # 2 to 22 March, B twice
    "odd": [("A", 40), ("C", 62)],  # 10 February to 4 March, B left out
    "open": [("A", 70), ("B", 75), ("C", 110)],  # 12 March to 21 April
    "next": [("A", 95), ("B", 96), ("C", 97)],  # April
}


def figures(log: EventLog, unit: str = "", **how) -> dict[str, tuple[float, int]]:
    frame = indicators(log, FLOW, MARCH, **how)
    assert list(frame.columns) == list(COLUMNS)
    rows = frame[frame["unit"] == unit]
    return {id_: (value, total) for id_, value, total in zip(rows["id"], rows["value"], rows["total"], strict=True)}


def test_by_hand():
    found = figures(log_of(CASES), waits=[("A", "B")])
    assert found["conform.conforming_share"] == (1, 3)  # closed in March: good, late, odd
    assert found["rework.right_first_time"] == (2, 3)
    assert found["rules.broken_share:precedence-b-c"] == (1, 3)
    # Due in March: good (11th, met), late (12th, not), open (22nd, not); that of odd was due in February.
    assert found["deadlines.met_share:c-in-time"] == (1, 3)
    # At risk from 0: good (7 days), late (20), open; odd from its 19th day (22). Over after 7: 1/3 of three, 20: of
    # late, odd (and open, followed 19 days, no more), 22: the last.
    assert found["throughput.median_days"] == (20, 3)
    assert found["throughput.p90_days"] == (22, 3)
    assert found["waiting.median_days:a>b"] == (5, 3)
    assert found["backlog.open_cases"] == (1, 1)
    assert found["backlog.median_age_days"][0] == pytest.approx(19 + 12.999 / 24, abs=0.1)


def test_units_have_their_own_and_together_are_all():
    units = dict(zip(CASES, ["N", "N", "S", "S", "N", "S"], strict=True))
    log = log_of(CASES, units)
    whole = figures(log)
    for id_ in ("conform.conforming_share", "deadlines.met_share:c-in-time", "backlog.open_cases"):
        parts = [figures(log, unit)[id_] for unit in ("N", "S")]
        assert sum(0 if isnan(value) else value for value, _ in parts) == whole[id_][0]
        assert sum(total for _, total in parts) == whole[id_][1]


def test_a_month_without_anything_is_nan_and_no_case_raises():
    found = figures(log_of({"early": CASES["early"]}))
    assert found["conform.conforming_share"][1] == 0 and isnan(found["conform.conforming_share"][0])
    assert found["throughput.median_days"][1] == 0 and found["backlog.open_cases"] == (0, 0)
    with pytest.raises(EmptyLog):
        indicators(log_of(CASES).where("case_id=nobody"), FLOW, MARCH)


def test_nobody_says_which_are_closed():
    flow = Flow.from_toml('name = "f"\nflow = "A -> B -> C"\n')
    ids = set(indicators(log_of(CASES), flow, MARCH)["id"])
    assert "backlog.open_cases" not in ids and "conform.conforming_share" in ids


@pytest.mark.parametrize("days", [0, 40])
def test_what_comes_after_the_month_closed_moves_nothing(days: int) -> None:
    """Poisoned futures: as of the moment of closing, later events are not there."""
    after = (MARCH.closes(5) - START).days + 1 + days
    poisoned = {case: [*steps, ("C", after), ("B", after + 1)] for case, steps in CASES.items()}
    logs = [log_of(cases).as_of(MARCH.closes(5)) for cases in (CASES, {**poisoned, "new": [("A", after)]})]
    one, other = (indicators(log, FLOW, MARCH, [("A", "B")]) for log in logs)
    assert one.equals(other) and len(one)


def test_a_unit_in_which_nothing_began_has_no_time():
    cases = {**CASES, "strange": [("B", 70), ("C", 80)]}
    found = figures(log_of(cases, dict.fromkeys(CASES, "N") | {"strange": "S"}), "S")
    assert isnan(found["throughput.median_days"][0]) and found["conform.conforming_share"] == (0, 1)
