"""A broken export is told from a quiet month."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from saksflyt.mining.judgement.fitness import Bounds, Counts, counted, faults, lost
from saksflyt.mining.judgement.month import Month
from saksflyt.mining.log import EventLog

JULY = Month("2026-07", "Europe/Oslo")
STEPS = ("Mottatt", "Kartlegging", "Vedtak")


def events(months: int = 7) -> pd.DataFrame:
    """Sixty events a month, a third of each step, a little more than half of them of Nord; from January on."""
    rows = []
    for month in range(1, months + 1):
        for n in range(60):
            at = datetime(2026, month, 1 + n % 28, 9, n, tzinfo=UTC)
            rows.append((f"{month}-{n // 3}", STEPS[n % 3], at, "Nord" if n % 9 < 5 else "Sør"))
    return pd.DataFrame(rows, columns=["case_id", "activity", "end_time", "unit"])


def found(frame: pd.DataFrame, known: Counts | None = None, bounds: Bounds | None = None) -> dict[str, bool]:
    log = EventLog.from_frame(frame, as_of=JULY.closes(5))
    said = [*lost(log, known or {}), *faults(log, JULY, bounds or Bounds())]
    return {fault.kind: fault.refuses for fault in said}


def in_july(frame: pd.DataFrame) -> pd.Series:
    return frame["end_time"] >= pd.Timestamp(JULY.begins)


def test_a_usual_month_is_fit_and_so_is_a_quiet_one():
    frame = events()
    assert found(frame) == {}
    assert found(frame[~in_july(frame) | (frame.index % 3 != 0) | (frame.index % 2 == 0)]) == {}
    assert found(frame, counted(EventLog.from_frame(frame[~in_july(frame)]))) == {}


BROKEN = {
    "half a file": (lambda f: f[~in_july(f) | (f.index % 5 < 2)], {"few": True, "unit": False}),
    "last month's file again": (lambda f: f[~in_july(f)], {"stale": True, "few": True, "unit": True, "gone steps": True}),
    "one office missing": (lambda f: f[~in_july(f) | (f["unit"] == "Nord")], {"unit": True}),
    "a renamed activity": (
        lambda f: f.assign(activity=f["activity"].mask(in_july(f) & (f["activity"] == "Vedtak"), "Vedtak fattet")),
        {"new steps": True, "gone steps": True},
    ),
    "a new system's names": (
        lambda f: f.assign(activity=f["activity"].mask(in_july(f), "Step " + f["activity"])), {"new steps": True, "gone steps": True},
    ),
    "repeated rows": (lambda f: pd.concat([f, f[in_july(f)]]), {"repeated": True}),
    "the zone shifted": (
        lambda f: f.assign(end_time=f["end_time"].mask(in_july(f), f["end_time"] + timedelta(hours=2))), {"shifted": False},
    ),
    "cut off at the beginning": (lambda f: f[f["end_time"] >= "2026-02-15"], {"lost": True}),
    "everything renamed": (lambda f: f.assign(activity="Step " + f["activity"]), {"lost": True}),
    "the offices renamed": (lambda f: f.assign(unit="Nav " + f["unit"]), {"lost": True}),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_export_is_not_judged_or_said_to_be_odd(name: str) -> None:
    broken, said = BROKEN[name]
    frame = events()
    known = counted(EventLog.from_frame(frame[~in_july(frame)]))
    assert found(broken(frame), known) == said


def test_the_bounds_decide():
    frame = events()
    half = frame[~in_july(frame) | (frame.index % 5 < 2)]
    assert "few" not in found(half, bounds=Bounds(least_share_of_usual=0.3))
    renamed = frame.assign(activity=frame["activity"].mask(in_july(frame) & (frame.index % 20 == 0), "Ny"))
    assert found(renamed) == {} or set(found(renamed)) == {"new steps"}
    assert "new steps" not in found(renamed, bounds=Bounds(unmapped_share=0.2))
    assert "new steps" in found(renamed, bounds=Bounds(unmapped_share=0.01))


def test_with_little_to_hold_it_against_nothing_is_said():
    frame = events()
    assert found(frame[frame["end_time"] >= "2026-06-01"]) == {}
