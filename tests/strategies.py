"""Logs for tests: written as sequences, or drawn at random (with ties, days without a time, open cases)."""

from datetime import UTC, datetime, timedelta

import pandas as pd
from hypothesis import strategies as st

from saksflyt.mining.log import EventLog

START = datetime(2025, 3, 3, 8, tzinfo=UTC)


def frame_of(*sequences: str, hours: float = 1) -> pd.DataFrame:
    """One case per sequence ("A B A"), one event every `hours` hours."""
    rows = [
        (f"case {number}", activity, START + timedelta(days=number, hours=hours * place))
        for number, sequence in enumerate(sequences)
        for place, activity in enumerate(sequence.split())
    ]
    return pd.DataFrame(rows, columns=["case_id", "activity", "end_time"])


def log_of(*sequences: str, hours: float = 1) -> EventLog:
    return EventLog.from_frame(frame_of(*sequences, hours=hours))


@st.composite
def frames(draw: st.DrawFn, ties: bool = True, max_cases: int = 6) -> pd.DataFrame:
    """A random log: up to `max_cases` cases over four activities and two units; time steps of 0 (a tie) to 40 hours."""
    rows = []
    for case in range(draw(st.integers(1, max_cases))):
        moment = START + timedelta(minutes=draw(st.integers(0, 60 * 24 * 90)))
        for _ in range(draw(st.integers(1, 7))):
            rows.append((f"c{case}", draw(st.sampled_from("ABCD")), moment, draw(st.sampled_from(["North", "South"]))))
            moment += timedelta(minutes=draw(st.integers(0 if ties else 1, 60 * 40)))
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time", "unit"])
    return frame.iloc[draw(st.permutations(range(len(frame))))].reset_index(drop=True)


@st.composite
def logs(draw: st.DrawFn, ties: bool = True, max_cases: int = 6) -> EventLog:
    return EventLog.from_frame(draw(frames(ties=ties, max_cases=max_cases)))


@st.composite
def day_frames(draw: st.DrawFn) -> pd.DataFrame:
    """A random log in which some events are known to the day only, with ranks."""
    frame = draw(frames())
    precisions = [draw(st.sampled_from(["day", "second"])) for _ in range(len(frame))]
    local = frame["end_time"].dt.tz_convert("Europe/Oslo")
    midnight = local.dt.normalize()
    frame["precision"] = precisions
    frame["end_time"] = local.where(frame["precision"] != "day", midnight)
    frame["rank"] = [draw(st.integers(-2, 2)) for _ in range(len(frame))]
    return frame


def poisoned_after(frame: pd.DataFrame, moment: datetime, later: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The frame with every case closed at its last event, and the same up to `moment` with another future: steps renamed,
    events and closings put off by so many days."""
    closed = frame.assign(closed=frame.groupby("case_id")["end_time"].transform("max"))
    poisoned = closed.copy()
    future = pd.to_datetime(poisoned["end_time"], utc=True) > moment
    poisoned.loc[future, "activity"] = "B"
    poisoned.loc[future, "end_time"] += timedelta(days=later)
    poisoned.loc[pd.to_datetime(poisoned["closed"], utc=True) > moment, "closed"] += timedelta(days=later)
    return closed, poisoned
