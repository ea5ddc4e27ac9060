"""Small logs for the report's tests: what a case system might hand over, and what it should not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pandas as pd

from saksflyt.mining.findings import Findings, mine
from saksflyt.mining.log import EventLog
from saksflyt.mining.manifest import Source

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

HOSTILE = (
    "</script><script>window.PWNED=1</script>",
    '<img src=x onerror="window.PWNED=1">',
    "{{7*7}}{% raw %}",
    "\" onmouseover='window.PWNED=1' x=\"",
    "\u202egnp.exe\u202c og \u200fmer",
    "=cmd|' /C calc'!A0",
    "</style><style>*{display:none}</style>",
    "שלום עולם",
    "x" * 10_000,
    "\u200b",
)


def log_of(
    cases: Iterable[tuple[str, Sequence[str]]],
    *,
    start: str = "2025-01-06 09:00",
    between: str = "1D",
    closed: bool | None = None,
    name: str = "små saker",
) -> EventLog:
    """A log from (first day or "", steps) pairs; ``closed``: all cases, none, or unknown."""
    rows = []
    for number, (day, steps) in enumerate(cases):
        time = pd.Timestamp(day or start)
        for step in steps:
            rows.append([f"HEMMELIG-{number}", step, time, "Kari Nordmann"])
            time += pd.Timedelta(between)
        for row in rows[len(rows) - len(steps) :]:
            row.append(time - pd.Timedelta(between) if closed else pd.NaT)
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time", "resource", "closed"])
    frame["closed"] = pd.to_datetime(frame["closed"])
    return EventLog.from_frame(frame if closed is not None else frame.drop(columns="closed"), name=name)


def small(**options) -> EventLog:
    """Six cases, three routes, one loop."""
    usual = ["Søknad mottatt", "Kartlegging", "Vedtak fattet"]
    loop = ["Søknad mottatt", "Kartlegging", "Dokumentasjon etterspurt", "Kartlegging", "Vedtak fattet"]
    days = ["2025-01-06", "2025-01-20", "2025-02-03", "2025-02-10", "2025-03-03"]
    return log_of(
        [(day, usual if n % 2 else loop) for n, day in enumerate(days)] + [("2025-03-10", usual[:1])], **options
    )


def two_years(*, slow: int = 6, quick: int = 4, open_since: str = "2026-05") -> EventLog:
    """25 cases a month from January 2025 to June 2026; from 2026 quicker; open from `open_since` on."""
    rows = []
    for number, month in enumerate(pd.period_range("2025-01", "2026-06", freq="M")):
        for case in range(25):
            first = month.start_time + pd.Timedelta(days=case % 25, hours=9)
            days = (slow if month.year == 2025 else quick) + case % 3 + number % 2
            last = first + pd.Timedelta(days=days)
            is_open = str(month) >= open_since and case % 4 == 0
            rows.append([f"{number}-{case}", "Søknad mottatt", first, pd.NaT if is_open else last])
            if not is_open:
                rows.append([f"{number}-{case}", "Vedtak fattet", last, last])
    return EventLog.from_frame(
        pd.DataFrame(rows, columns=["case_id", "activity", "end_time", "closed"]), name="søknader"
    )


def hostile() -> EventLog:
    """Every hostile name as an activity, twice in a row and between others."""
    ways = [["Start", name, name, HOSTILE[0]] for name in HOSTILE] + [list(HOSTILE)]
    return log_of([("", way) for way in ways], name=HOSTILE[0] + HOSTILE[4])


def findings_of(log: EventLog) -> Findings:
    return mine(log)


def with_sources(findings: Findings) -> Findings:
    source = Source(
        "C:\\eksport\\mai.csv", "0" * 64, 1, 12, 8, 8, {"same event id": 1}, {"<b>odd</b>": 2}, {"sum row": 1}
    )
    whole = Source("juni.csv", "1" * 64, 1, 3, 3, 3)
    manifest = replace(
        findings.manifest,
        sources=[source, whole],
        date_only_events=2,
        tied_events=2,
        tied_cases=1,
        identical_rows=1,
        cases_with_several_units=3,
        after_window=1,
        ambiguous_times=1,
        missing_times=2,
        resources=4,
        case_notion="Søknad",
        notes=["A boolean closed column has no history."],
    )
    return replace(findings, manifest=manifest, selection=(("condition", "unit=Nordvik"),))


def as_waiting(findings: Findings) -> Findings:
    return replace(findings, waiting=replace(findings.waiting, kind="waiting"))


USUAL = ["Søknad mottatt", "Vedtak fattet"]

KINDS: dict[str, Callable[[], Findings]] = {
    "small": lambda: findings_of(small()),
    "small closed": lambda: findings_of(small(closed=True)),
    "with sources": lambda: with_sources(findings_of(small(closed=True))),
    "one source too many": lambda: replace(
        findings_of(small()),
        manifest=replace(
            findings_of(small()).manifest,
            people="key 1",
            applicants=1,
            sources=[Source(f"{n}.csv", "", 1, 2, 1, 1, {f"reason {n}": 1}) for n in range(25)],
        ),
    ),
    "all records used": lambda: replace(
        findings_of(small()), manifest=replace(findings_of(small()).manifest, sources=[Source("a.csv", "", 1, 3, 3, 3)])
    ),
    "three ways": lambda: findings_of(
        log_of([("", ["A", "B", "C", "D"])] * 5 + [("", ["A", "C", "B", "D"]), ("", ["A", "X", "Y", "D"])])
    ),
    "waiting": lambda: as_waiting(findings_of(small())),
    "waiting no time": lambda: as_waiting(findings_of(log_of([("", USUAL)], between="0s"))),
    "two years": lambda: findings_of(two_years()),
    "chosen by closing": lambda: findings_of(two_years().period("2025-01..2026-06", by="closed")),
    "one month compared": lambda: findings_of(two_years(open_since="2026-02")),
    "no finished month": lambda: findings_of(log_of([("", USUAL)] * 3, closed=False)),
    "no finished month, rework": lambda: findings_of(log_of([("", ["A", "B", "A", "A"])], closed=False)),
    "no rework, closed": lambda: findings_of(log_of([("", USUAL)] * 3, closed=True)),
    "one case": lambda: findings_of(log_of([("", USUAL)])),
    "one event": lambda: findings_of(log_of([("", ["Søknad mottatt"])])),
    "one route": lambda: findings_of(log_of([("", USUAL)] * 3)),
    "every case its own route": lambda: findings_of(log_of([("", [f"{n}", "z", f"{n}b"]) for n in range(40)])),
    "no usual route": lambda: findings_of(log_of([("", [f"{n % 8}", "z"]) for n in range(40)])),
    "no time passes": lambda: findings_of(log_of([("", USUAL)] * 3, between="0s")),
    "long case": lambda: findings_of(log_of([("", ["A", "B"] * 400), ("", ["A", "B"] * 400), ("", ["A"])])),
    "many steps redone": lambda: findings_of(log_of([("", [f"{n}" for n in range(20)] * 2)])),
    "ten years": lambda: findings_of(log_of([(f"{2015 + n // 12}-{n % 12 + 1:02}-03", USUAL) for n in range(120)])),
    "hostile": lambda: findings_of(hostile()),
    "one slow case": lambda: findings_of(log_of([("", USUAL)] * 40 + [("", ["A"] * 80)])),
    "within the hour": lambda: findings_of(log_of([("", ["A"] * (n % 9 + 1)) for n in range(40)], between="3min")),
    "open and closed rework": lambda: mixed(),
    "many rare steps": lambda: findings_of(log_of(ways_with_rare_steps())),
    "no usual route, closed": lambda: findings_of(log_of([("", [f"{n}", "z"]) for n in range(40)], closed=True)),
}


def ways_with_rare_steps() -> list[tuple[str, list[str]]]:
    """Most cases go one way; 50 steps are in one case each, some cases go back, and one skips nearly all."""
    ways = [["A", "B", "C", "D"]] * 400 + [["A", "C", "D"]] * 60 + [["A", "B", "C", "B", "C", "D"]] * 20 + [["A", "D"]]
    rare = [["A", "B", *(f"rare {n}" for n in range(first, first + 10)), "C", "D"] for first in range(0, 50, 10)]
    return [("", way) for way in [*ways, *rare]]


def mixed() -> Findings:
    """Rework in open cases only."""
    findings = findings_of(log_of([("", ["A", "B", "A"])], closed=False))
    return replace(findings, rework=replace(findings.rework, right_first_time=1.0, closed_cases=4))


@cache
def made(name: str) -> Findings:
    return KINDS[name]()
