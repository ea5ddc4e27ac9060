"""A log taken back to an earlier day knows nothing of what came after: every measure says the same, whatever the future."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import START, day_frames, frames, poisoned_after

from saksflyt.mining.findings import Findings, mine
from saksflyt.mining.flow import Flow
from saksflyt.mining.log import EventLog

FLOW = Flow.from_toml(
    """
name = "f"
flow = "A -> (B -> C)* -> D?"
closed_by = ["C", "D"]
[clock]
from = "A"
to = ["B"]
[[deadlines]]
name = "B in a week"
from = "A"
to = ["B", "D"]
within = "7 days"
pauses = [["B", "C"]]
occurrence = "each"
[[rules]]
kind = "response"
before = "A"
after = "B"
[[rules]]
kind = "apart"
before = "A"
after = "C"
least = "2 days"
"""
)


def said(part: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every table and number of a result, with its place in it; not the log that it was made of."""
    if isinstance(part, pd.DataFrame):
        yield path, part.to_dict("list")
    elif isinstance(part, EventLog | Flow):
        return
    elif is_dataclass(part) and not isinstance(part, type):
        for field in fields(part):
            if not field.name.startswith("_") and field.name != "manifest":
                yield from said(getattr(part, field.name), f"{path}.{field.name}")
    elif isinstance(part, str | int | float | None):
        yield path, part


@examples(5, 12)
@given(st.one_of(frames(), day_frames()), st.integers(0, 90), st.integers(1, 400), st.booleans())
def test_nothing_after_as_of_is_used(frame: pd.DataFrame, day: int, later: int, with_flow: bool) -> None:
    moment = max(START + timedelta(days=day), frame["end_time"].min().to_pydatetime()) + timedelta(days=1)
    one, two = (EventLog.from_frame(each).as_of(moment) for each in poisoned_after(frame, moment, later))
    flow = FLOW if with_flow and "A" in one.activities else None
    first, second = dict(said(mine(one, flow))), dict(said(mine(two, flow)))
    assert len(first) > 60 and first.keys() == second.keys()
    for place, value in first.items():
        np.testing.assert_equal(second[place], value, err_msg=place)


def test_the_walk_sees_what_it_is_meant_to_see() -> None:
    """A case that closes later is another answer when the closing lies before the day."""
    frame = pd.DataFrame(
        {"case_id": ["1", "1"], "activity": ["A", "B"], "end_time": [START, START + timedelta(days=1)]}
    )
    closed = [frame.assign(closed=START + timedelta(days=days)) for days in (2, 3)]
    found: list[Findings] = [mine(EventLog.from_frame(each, as_of=START + timedelta(days=9)), FLOW) for each in closed]
    first, second = (dict(said(each)) for each in found)
    different = {place for place in first if repr(first[place]) != repr(second[place])}
    assert any("backlog" in place for place in different) and any("variants" in place for place in different)
