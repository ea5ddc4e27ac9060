"""The classes of the times: their width by the stated rule, their counts as numpy counts them."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given
from strategies import START, frame_of, frames, log_of

from saksflyt.mining.distribution import CLASSES, distribution
from saksflyt.mining.errors import EmptyLog, UsageError
from saksflyt.mining.flow import Flow
from saksflyt.mining.log import EventLog
from saksflyt.mining.throughput import throughput


def lasting(*days: float, **columns: object) -> EventLog:
    """A log of cases of two events, so many days apart."""
    rows = [
        (str(n), step, START + pd.Timedelta(days=d)) for n, day in enumerate(days) for step, d in (("A", 0), ("B", day))
    ]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time"])
    return EventLog.from_frame(frame.assign(**columns))  # pyright: ignore[reportArgumentType]


@examples(12, 40)
@given(frames())
def test_equals_numpy(frame):
    times = frame.groupby("case_id")["end_time"].agg(["min", "max"])
    micros = (times["max"] - times["min"]) // pd.Timedelta(microseconds=1)
    result = distribution(EventLog.from_frame(frame))
    width = round(result.width_days * 86_400_000_000)
    edges = [*(width * n for n in range(CLASSES + 1)), np.inf]
    counts = np.histogram(micros, edges)[0]
    assert result.frame["cases"].tolist() == counts[: len(result.frame)].tolist()
    assert counts[len(result.frame) :].sum() == 0
    assert result.cases == len(times) and result.frame["share"].sum() == pytest.approx(1)
    assert np.quantile(micros, 0.95) < CLASSES * width


@pytest.mark.parametrize(
    ("days", "width"),
    [([1 / 1_440], 1 / 1_440), ([23.9] * 20, 1), ([24], 2), ([100] * 19 + [9_000], 30), ([20_000], 1_095)],
)
def test_the_narrowest_round_width(days: list[float], width: float) -> None:
    assert distribution(lasting(*days)).width_days == pytest.approx(width)


def test_a_class_holds_its_lower_end_and_not_its_upper():
    frame = distribution(lasting(0, 1, 1.5, 2, 20)).frame
    assert frame["cases"].tolist() == [1, 2, 1, *[0] * 17, 1]
    assert frame["to_days"].tolist() == list(range(1, 22))


def test_what_lies_beyond_is_one_open_class():
    frame = distribution(lasting(*[10] * 97, 30, 300, 3_000)).frame
    assert frame[["from_days", "cases"]].iloc[-1].tolist() == [24 * 0.5, 3] and np.isnan(frame["to_days"].iloc[-1])


def test_open_cases_have_no_time_yet():
    frame = frame_of("A B", "A B", "A", hours=24)
    frame["closed"] = frame["end_time"].where(frame["case_id"] == "case 0").groupby(frame["case_id"]).transform("max")
    result = distribution(EventLog.from_frame(frame))
    assert (result.cases, result.frame["cases"].sum(), result.closing_known) == (1, 1, True)
    none = distribution(
        EventLog.from_frame(frame.assign(closed=pd.Series(pd.NaT, frame.index)).astype({"closed": "datetime64[us]"}))
    )
    assert (len(none.frame), none.cases, none.width_days) == (0, 0, 0)


def test_known_to_the_day_is_counted_in_days():
    assert distribution(lasting(0, 0, 1, precision="day")).width_days == 1


def test_groups_share_their_classes():
    log = EventLog.from_frame(frame_of("A B", "A B C", "A", hours=24).assign(unit=list("nnnnne")))
    frame = distribution(log, by="unit").frame
    assert frame.groupby("unit")["share"].sum().tolist() == pytest.approx([1, 1])
    assert frame[frame["unit"] == "e"]["from_days"].tolist() == frame[frame["unit"] == "n"]["from_days"].tolist()
    with pytest.raises(UsageError):
        distribution(log, by="resource")


def test_it_counts_the_cases_whose_clock_has_ended_as_throughput_does():
    flow = Flow.from_toml('name = "f"\nflow = "A -> B -> C"\nclosed_by = ["C"]\n[clock]\nfrom = "A"\nto = ["B"]\n')
    frame = frame_of("A B C", "A B", "A X C", "X A", "X C", hours=24)
    log = EventLog.from_frame(frame, as_of=START + timedelta(days=10))
    # Reached B: closed or not. Closed without it: withdrawn. Neither: open. Never A: off the clock.
    assert distribution(log, flow).cases == throughput(log, flow).closed == 2
    assert (
        distribution(log, flow).frame["to_days"].iloc[-1] > 1 and distribution(log, flow).frame["cases"].iloc[-1] == 2
    )
    assert distribution(log).cases == throughput(log).closed


def test_an_empty_log_raises():
    with pytest.raises(EmptyLog):
        distribution(log_of())
