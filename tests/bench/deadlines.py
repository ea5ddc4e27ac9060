"""How long do three deadlines take on a million events? Run: python tests/bench/deadlines.py"""

from time import perf_counter

import numpy as np
import pandas as pd

from saksflyt.mining.deadlines import deadlines
from saksflyt.mining.flow import Flow
from saksflyt.mining.log import EventLog

FLOW = """name = "F"
flow = "S -> (P -> L)* -> X* -> E -> C"
closed_by = ["C"]
[[deadlines]]
name = "One"
from = "S"
to = ["E"]
within = "3 weeks"
pauses = [["P", "L"]]
[[deadlines]]
name = "Two"
from = "S"
to = ["X", "E"]
within = "1 month"
roll = "next_working_day"
[[deadlines]]
name = "Three"
from = "P"
to = ["L"]
within = "10 working days"
pauses = [["X", "E"]]
occurrence = "each"
"""


def main(events: int = 1_000_000, per_case: int = 10) -> None:
    chance = np.random.default_rng(1)
    names = np.array(["S", "P", "L", "X", "P", "L", "X", "X", "E", "C"])
    gaps = chance.exponential(3 * 86_400, (events // per_case, per_case)).cumsum(axis=1)
    begins = 1_672_531_200 + chance.integers(0, 86_400 * 900, (events // per_case, 1))
    frame = pd.DataFrame(
        {
            "case_id": np.repeat(np.arange(events // per_case), per_case).astype(str),
            "activity": np.tile(names, events // per_case),
            "end_time": pd.to_datetime((begins + gaps).astype(np.int64).ravel(), unit="s", utc=True),
        }
    )
    log = EventLog.from_frame(frame, as_of="2025-06-01")
    flow = Flow.from_toml(FLOW)
    begun = perf_counter()
    found = deadlines(log, flow)
    print(found)
    print(f"{events:,} events, {len(flow.deadlines)} deadlines: {perf_counter() - begun:.2f} s")


if __name__ == "__main__":
    main()
