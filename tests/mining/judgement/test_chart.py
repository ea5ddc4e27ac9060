"""A month is judged by the months before it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saksflyt.mining.judgement.chart import HIGHER, KINDS, LOWER, NEITHER, Series, control_chart


def months(count: int) -> list[str]:
    return [str(month) for month in pd.period_range("2023-01", periods=count, freq="M")]


def series(values, **how) -> Series:
    return Series(months(len(values)), values, **how)


def test_no_month_is_judged_before_twelve_and_limits_are_provisional_before_twenty_four():
    frame = control_chart(series([10, 12] * 15)).frame
    assert np.isnan(frame["centre"][:12]).all() and frame["meaning"][:12].eq("").all()
    assert frame["centre"][12:].notna().all() and frame["meaning"][12:].eq("usual").all()
    assert frame["provisional"].tolist() == [False] * 12 + [True] * 12 + [False] * 6


def test_what_comes_after_the_baseline_moves_no_limit():
    frame = control_chart(series([10, 12] * 12 + [99] * 6, better=LOWER)).frame
    assert frame["centre"][24:].tolist() == [11] * 6
    assert frame["state"][24:].tolist() == ["watch", *["alarm"] * 5]
    assert frame["onset"].tolist().count(True) == 1 and frame["onset"][25]


@pytest.mark.parametrize(
    ("better", "meaning", "state"),
    [(LOWER, "worse", "watch"), (HIGHER, "better", "ok"), (NEITHER, "different", "watch")],
)
def test_the_side_of_concern(better: str, meaning: str, state: str) -> None:
    last = control_chart(series([10, 12] * 12 + [99], better=better)).frame.iloc[-1]
    assert (last["rule"], last["meaning"], last["state"]) == ("outside", meaning, state)


@pytest.mark.parametrize(("better", "state"), [(LOWER, "improved"), (HIGHER, "alarm"), (NEITHER, "alarm")])
def test_a_level_that_lasts_is_an_alarm_or_an_improvement(better: str, state: str) -> None:
    frame = control_chart(series([10, 12] * 12 + [5] * 4, better=better)).frame
    assert frame["state"][25:].tolist() == [state] * 3
    assert frame["onset"].any() == (state == "alarm")


def test_an_improvement_is_over_after_three_quiet_months() -> None:
    states = control_chart(series([10, 12] * 12 + [5, 5] + [11, 12] * 3, better=LOWER)).frame["state"]
    assert states[25:].tolist() == ["improved"] * 3 + ["ok"] * 4


def test_a_change_begins_a_phase_once_it_has_its_months():
    values = [10, 12] * 12 + [1, 3] * 12
    frame = control_chart(series(values, better=LOWER, changes=[months(25)[-1]])).frame
    # The months after the change are held against those before, then against each other.
    assert frame["centre"][24:36].tolist() == [11] * 12 and set(frame["meaning"][24:36]) == {"better"}
    assert np.abs(frame["centre"][36:] - 2).max() < 0.1 and frame["meaning"][36:].eq("usual").all()


def test_months_without_cases_are_no_months():
    shares = Series(months(20), [5] * 19 + [0], [10] * 19 + [0], "share")
    last = control_chart(shares).frame.iloc[-1]
    assert np.isnan(last["value"]) and last["meaning"] == "" and last["state"] == "ok"
    with pytest.raises(ValueError, match="one length"):
        control_chart(Series(["2026-01"], [1, 2]))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.lists(st.integers(0, 30), min_size=1, max_size=40),
    st.sampled_from([LOWER, HIGHER, NEITHER]),
    st.data(),
)
def test_no_month_knows_of_a_later_one(kind: str, counts: list[int], better: str, data: st.DataObject) -> None:
    until = data.draw(st.integers(1, len(counts)))
    changes = data.draw(st.lists(st.sampled_from(months(len(counts))), max_size=2))
    totals = [] if kind == "measured" else [30 + n % 3 for n in range(len(counts))]
    whole = control_chart(Series(months(len(counts)), counts, totals, kind, better, changes)).frame
    part = control_chart(Series(months(until), counts[:until], totals[:until], kind, better, changes)).frame
    pd.testing.assert_frame_equal(whole[:until], part)
