"""A broken export is told from a quiet month."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from saksflyt.mining.flow import Flow
from saksflyt.mining.judgement.doubt import in_doubt
from saksflyt.mining.judgement.fault import Fault
from saksflyt.mining.judgement.fitness import Bounds, faults
from saksflyt.mining.judgement.month import Month
from saksflyt.mining.judgement.still_open import still_open
from saksflyt.mining.judgement.verdicts import Finding
from saksflyt.mining.judgement.whole_export import Counts, counted, lost, of_receipt
from saksflyt.mining.log import EventLog, Source

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
    assert found(frame[~in_july(frame) | (frame.index // 3 % 5 != 0)]) == {}
    assert found(frame, counted(EventLog.from_frame(frame[~in_july(frame)]))) == {}


BROKEN = {
    "half a file": (lambda f: f[~in_july(f) | (f.index % 5 < 2)], {"few": True, "unit": False, "torn": True}),
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
    "days missing": (lambda f: f[~in_july(f) | ~f["end_time"].dt.day.between(6, 17)], {"gap": True, "unit": False}),
    "no times of day": (
        lambda f: f.assign(end_time=f["end_time"].mask(in_july(f), f["end_time"].dt.normalize() - timedelta(hours=2))),
        {"no times": False},
    ),
    "made too early": (lambda f: f[~in_july(f) | (f["end_time"].dt.day < 23)], {}),
    "case numbers used again": (
        lambda f: f.assign(case_id=f["case_id"].str.replace("7-", "6-")), {"few cases": True},
    ),
    "case numbers in another form": (
        lambda f: f.assign(case_id=f["case_id"].mask(in_july(f) & (f["activity"] == "Vedtak"), "x" + f["case_id"])), {"torn": True},
    ),
    "an office that nobody knows": (
        lambda f: f.assign(unit=f["unit"].mask(in_july(f) & (f.index % 9 == 0), "Test")), {"new units": False},
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


def test_a_busy_office_is_held_to_its_days():
    frame = pd.concat([events().assign(case_id=lambda f, n=n: f"{n}/" + f["case_id"]) for n in range(3)])
    assert found(frame[~in_july(frame) | (frame["end_time"].dt.day < 26)]) == {"early": False}
    # The days that may be months lie under these.
    assert found(frame[~in_july(frame) | ~frame["end_time"].dt.day.isin((1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12))]) == {
        "days": True,
        "unit": True,
    }


def test_cases_that_have_become_one_are_missed():
    frame = events()
    known = counted(EventLog.from_frame(frame))
    assert found(frame.assign(case_id=frame["case_id"].str[:3]), known).get("lost")


def receipt(records: int, quarantined: int = 0, after: int = 0) -> dict[str, bool]:
    manifest = EventLog.from_frame(events()).manifest
    left = {"no time": quarantined} if quarantined else {}
    source = Source(
        "a.csv", "", 0, records, accepted=records - quarantined, events=records - quarantined, quarantined=left
    )
    told = replace(manifest, sources=[source], after_window=after)
    return {fault.kind: fault.refuses for fault in of_receipt(told, 0.02)}


@pytest.mark.parametrize("records", [1000, 65_535, 65_536, 99_999, 1_048_576, 500_000])
def test_a_file_that_ends_where_a_program_stops_is_said(records: int) -> None:
    assert receipt(records) == {"row limit": False}


def test_what_the_receipt_says():
    assert receipt(999 - 1) == receipt(65_537) == receipt(3_000) == {}
    assert receipt(3_000, quarantined=60, after=4) == {} and receipt(3_000, quarantined=61) == {"quarantine": True}
    assert receipt(3_000, after=9) == {"future": False}


def test_nothing_is_gone_or_better_for_an_odd_export():
    before = [Finding("a", "a", "", "high", 1.0), Finding("b", "b", "", "warn", 1.0)]
    now = [
        Finding("b", "b", "", "info", 2.0, "better"),
        Finding("c", "c", "", "warn", 1.0),
        Finding("a", "a", "", "info", 3.0, "gone"),
    ]
    assert in_doubt(now, before, []) == now
    kept = in_doubt(now, before, [Fault("early", "", refuses=False)])
    assert [(each.id, each.severity, each.status) for each in kept] == [
        ("a", "high", "still"), ("b", "warn", "still"), ("c", "warn", "new"),
    ]  # fmt: skip


def test_open_cases_that_have_vanished_are_missed():
    """Every third case of a month is open at its end, until an export has none that are open."""
    flow = Flow.from_toml('name = "f"\nflow = "Mottatt -> Kartlegging -> Vedtak"\nclosed_by = ["Vedtak"]')
    rows = []
    for month in range(1, 8):
        for n in range(60):
            begins = datetime(2026, month, 1 + n % 28, 9, tzinfo=UTC)
            rows += [
                (f"{month}-{n}", "Mottatt", begins),
                (f"{month}-{n}", "Vedtak", begins + timedelta(days=60 if n % 3 else 0)),
            ]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time"])

    def said(frame: pd.DataFrame) -> dict[str, bool]:
        log = EventLog.from_frame(frame, as_of=JULY.closes(5))
        return {fault.kind: fault.refuses for fault in still_open(log, flow, JULY, 5)}

    closed = frame.loc[(frame["activity"] == "Vedtak") & (frame["end_time"] < pd.Timestamp(JULY.ends)), "case_id"]
    half = [case for case in frame["case_id"].unique() if case.startswith("7-") and int(case[2:]) % 5 < 2]
    assert said(frame) == {} and said(frame[frame["case_id"].isin(closed)]) == {"open": True}
    assert said(frame[frame["case_id"].isin([*closed, *half])]) == {"open": False}
