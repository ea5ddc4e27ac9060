"""The rows of the cases, against a walk over their events."""

import numpy as np
import pandas as pd
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import START, day_frames, frames

from saksflyt.mining.case_rows import CaseRows, case_rows
from saksflyt.mining.clock import DAY
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_parts import StepSettings
from saksflyt.mining.flow_text import parse
from saksflyt.mining.log import EventLog

FLOW = Flow("Flow", parse("A -> B -> C"), steps={"D": StepSettings(anytime=True), "B": StepSettings(unit="North")})


def rows_of_log(log: EventLog) -> tuple[CaseRows, list[tuple[str, ...]]]:
    variants = log.sql("select variant_no, activities from variants order by variant_no")
    orders = [tuple(step for step in steps if step != "D") for steps in variants["activities"]]
    numbers = {number: place for place, number in enumerate(variants["variant_no"])}
    variant = log.sql("select variant_no from cases order by case_no")["variant_no"]
    variant = np.array([numbers[each] for each in variant], np.int64)
    known, group = np.ones(len(variant), bool), np.zeros(len(variant), np.int64)
    return case_rows(log, FLOW, orders, variant, known, group), [orders[each] for each in variant]


@examples(8, 25)
@given(st.one_of(frames(), day_frames()), st.integers(0, 90))
def test_rows_equal_walking(frame: pd.DataFrame, day: int) -> None:
    frame["closed"] = frame.groupby("case_id")["end_time"].transform("max")
    frame.loc[frame["case_id"] == "c0", "closed"] = pd.NaT
    log = EventLog.from_frame(
        frame, as_of=max(START + pd.Timedelta(days=day), frame["end_time"].min()) + pd.Timedelta(days=1)
    )
    found, orders = rows_of_log(log)
    events = log.sql('select case_no, activity, end_time, unit from events order by case_no, "position"')
    cases = log.sql("select case_no, closed from cases order by case_no")

    def moment(time: pd.Timestamp) -> int:
        day = time.tz_convert("Europe/Oslo").date().toordinal()
        return day * DAY if log.date_only else time.value // 1000

    zero = pd.Timestamp("1970-01-01", tz="UTC").date().toordinal() * DAY if log.date_only else 0
    for number, (case_no, closed) in enumerate(cases.itertuples(index=False)):
        mine = events[(events["case_no"] == case_no) & (events["activity"] != "D")]
        at = np.arange(found.first[number], found.first[number] + len(mine) + 1)
        assert (found.case[at] == number).all()
        assert found.number[at].tolist() == list(range(-1, len(mine)))
        assert tuple(mine["activity"]) == orders[number]
        assert [found.code(step) for step in mine["activity"]] == found.step(at[1:]).tolist()
        assert found.elsewhere[at[1:]].tolist() == [
            step == "B" and unit != "North" for step, unit in zip(mine["activity"], mine["unit"], strict=True)
        ]
        times = [pd.Timestamp(time) for time in mine["end_time"]]
        assert [time + zero for time in found.time[at[1:]].tolist()] == [moment(time) for time in times]
        assert bool(found.ended[number]) == pd.notna(closed)
        stays = np.diff(found.time[at[1:]]).tolist()
        assert [stay for stay in found.stay[at[1:-1]].tolist()] == [
            min(stay, found.end[number] - time - 1) for stay, time in zip(stays, found.time[at[1:-1]], strict=True)
        ]


def test_the_first_time_and_later_ones_are_different_places() -> None:
    frame = pd.DataFrame({"case_id": "1", "activity": list("ABABAA")})
    frame["end_time"] = [START + pd.Timedelta(days=day) for day in range(6)]
    found, _ = rows_of_log(EventLog.from_frame(frame))
    a = found.place[1:][found.step(np.arange(1, 7)) == found.code("A")].tolist()
    assert len(set(a)) == 3 and a[2] == a[3]  # the third time and later ones are alike
    assert found.at_place(a[2]).tolist() == [5, 6]
    assert found.first_done(("B",)).tolist() == [1]
    assert found.first_done(("Z",))[0] > 100
