"""Small logs for the report's tests: what a case system might hand over, and what it should not."""

from collections.abc import Callable, Iterable
from collections.abc import Sequence as Many
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

import pandas as pd
from judged_logs import JUDGED, hostile_rules

from saksflyt.mining.expression import Choice, Sequence, Step
from saksflyt.mining.findings import Findings, mine
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_parts import Clock, Deadline, StepSettings
from saksflyt.mining.flow_text import parse
from saksflyt.mining.log import EventLog
from saksflyt.mining.manifest import Source
from saksflyt.mining.quality import judged
from saksflyt.mining.quality_kinds import kinds
from saksflyt.mining.quality_profile import Found
from saksflyt.mining.quality_ties import TieSensitivity
from saksflyt.mining.span import Span

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
    cases: Iterable[tuple[str, Many[str]]],
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


@cache
def small(**options) -> EventLog:
    """Six cases, three routes, one loop."""
    usual = ["Søknad mottatt", "Kartlegging", "Vedtak fattet"]
    loop = ["Søknad mottatt", "Kartlegging", "Dokumentasjon etterspurt", "Kartlegging", "Vedtak fattet"]
    days = ["2025-01-06", "2025-01-20", "2025-02-03", "2025-02-10", "2025-03-03"]
    return log_of(
        [(day, usual if n % 2 else loop) for n, day in enumerate(days)] + [("2025-03-10", usual[:1])], **options
    )


@cache
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


@cache
def hostile() -> EventLog:
    """Every hostile name as an activity, twice in a row and between others."""
    ways = [["Start", name, name, HOSTILE[0]] for name in HOSTILE] + [list(HOSTILE)]
    return log_of([("", way) for way in ways], name=HOSTILE[0] + HOSTILE[4])


def findings_of(log: EventLog, flow: Flow | None = None) -> Findings:
    return mine(log, flow) if flow else _found_in(log)


@cache
def _found_in(log: EventLog) -> Findings:
    """The same log is asked for with other manifests and data."""
    return mine(log)


def flow_of(text: str, **said) -> Flow:
    return Flow(name="Søknad, slik den var ment", order=parse(text), **said)


# Fork, loop and a step that nobody takes; the answer may come at any time, and papers are asked for once.
MEANT = flow_of(
    "Mottatt -> Kartlegging -> (Etterspurt -> Levert)* -> Vurdert -> Godkjent? -> Vedtak -> (Utbetaling | Avslag | Klage)",
    closed_by=("Utbetaling", "Avslag", "Klage"),
    clock=Clock("Mottatt", ("Vedtak",)),
    steps={
        "Etterspurt": StepSettings(at_most=1),
        "Svar": StepSettings(anytime=True),
        "Purring": StepSettings(anytime=True),
        "Vedtak": StepSettings(unit="Nord"),
    },
)
_RIGHT = ["Mottatt", "Kartlegging", "Vurdert", "Vedtak", "Utbetaling"]
_WAYS = (
    (8, _RIGHT),
    (6, ["Mottatt", "Svar", "Kartlegging", "Etterspurt", "Levert", "Vurdert", "Vedtak", "Avslag"]),
    (5, ["Mottatt", "Vurdert", "Vedtak", "Utbetaling"]),  # a step skipped
    (5, ["Mottatt", "Kartlegging", "Vedtak", "Vurdert", "Utbetaling"]),  # out of order
    (4, ["Mottatt", "Kartlegging", "Vurdert", "Vedtak", "Kartlegging", "Vurdert", "Vedtak", "Utbetaling"]),  # went back
    (3, ["Mottatt", "Mottatt", *_RIGHT[1:]]),  # done again
    (3, ["Mottatt", "Telefon", *_RIGHT[1:]]),  # unknown
    (7, ["Mottatt", "Kartlegging", "Etterspurt", "Levert", "Etterspurt", "Levert", "Vurdert", "Vedtak", "Utbetaling"]),
    (2, ["Mottatt", "Utbetaling"]),  # a run of steps skipped
    (2, ["Mottatt", "Kartlegging", "Vurdert", "Vedtak", "Telefon"]),  # another step in place of one of three
    (2, ["Mottatt", "Kartlegging", "Vurdert", "Avslag", "Vedtak", "Utbetaling"]),  # not intended here
    (3, ["Mottatt", "Kartlegging"]),
)


def meant_log(*, closed: str = "time", units: bool = True) -> EventLog:
    """Cases of every deviation. closed : "time", "none" (all open), or "" (nobody says)"""
    rows, number = [], 0
    for times, steps in _WAYS:
        for _ in range(times):
            number += 1
            first = pd.Timestamp("2025-01-06 09:00") + pd.Timedelta(days=3 * number)
            done = [(step, first + pd.Timedelta(days=place)) for place, step in enumerate(steps)]
            over = done[-1][1] if closed == "time" and len(steps) > 2 else pd.NaT
            unit = "Sør" if number % 10 == 0 else "Nord"
            rows += [(f"{number}", step, when, unit, over) for step, when in done]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time", "unit", "closed"])
    frame["closed"] = pd.to_datetime(frame["closed"])
    left_out = [*([] if closed else ["closed"]), *([] if units else ["unit"])]
    return EventLog.from_frame(frame.drop(columns=left_out), name="saker")


# Each step leaves the case with another.
PILED = flow_of(
    "Mottatt -> Etterspurt -> Sendt ut -> Oversendt -> Vurdert -> Vedtak",
    closed_by=("Vedtak",),
    steps={
        "Etterspurt": StepSettings(waits_for="applicant"),
        "Sendt ut": StepSettings(waits_for="third_party"),
        "Oversendt": StepSettings(waits_for="statsforvalteren"),
        "Vurdert": StepSettings(waits_for="office"),
    },
)


def pile(
    weeks: int,
    days: Callable[[int], float],
    *,
    each_week: int = 3,
    stuck: Callable[[int], bool] = lambda number: False,
    end: float = 0,
) -> EventLog:
    """Cases that come in from Monday on, one a day, as they lie `end` days into the week after.

    days : from a case's first step to its last, by its number; stuck : does it stay at one of the steps before?
    """
    steps = ["Mottatt", "Etterspurt", "Sendt ut", "Oversendt", "Vurdert", "Vedtak"]
    rows, first = [], pd.Timestamp("2023-01-02 09:00")
    for number in range(weeks * each_week):
        came = first + pd.Timedelta(days=7 * (number // each_week) + number % each_week)
        done = steps[: 1 + number % 5] if stuck(number) else steps
        rows += [(f"{number}", step, came + pd.Timedelta(days=days(number) * n / 5)) for n, step in enumerate(done)]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time"])
    as_of = (first + pd.Timedelta(days=7 * weeks + end)).tz_localize("Europe/Oslo")
    return EventLog.from_frame(frame, name="bunken", as_of=as_of.to_pydatetime())


CALLED = flow_of("Mottatt -> Vurdert -> Vedtak", closed_by=("Vedtak",))


def after_a_call(days: float) -> EventLog:
    """In every third case somebody calls, after which it takes so many days more; in every fourth a copy is made; one case
    skips a step."""
    rows = []
    for number in range(240):
        assessed = 4 + number % 7 / 4 + (days if number % 3 == 0 else 0)
        done = [("Mottatt", 0.0), ("Vurdert", assessed), ("Vedtak", assessed + 6 + number % 5 / 3)]
        done += [("Telefon", 1.5)] if number % 3 == 0 else []
        done += [("Kopi", assessed + 1)] if number % 4 == 0 else []
        came = pd.Timestamp("2025-01-06 09:00") + pd.Timedelta(days=number // 2)
        done = done if number else [done[0], done[2]]
        rows += [(f"{number}", step, came + pd.Timedelta(days=day)) for step, day in done]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "end_time"])
    return EventLog.from_frame(frame, name="saker", as_of="2025-08-31")


def hostile_flow() -> Flow:
    """Every hostile name is a step, an alternative, or a step that may come at any time."""
    names = [name for name in HOSTILE if name.strip("\u200b")]
    steps = Sequence((Step("Start"), Choice(tuple(Step(name) for name in names[:4])), *map(Step, names[4:6])))
    return Flow(name=HOSTILE[0] + HOSTILE[4], order=steps, steps={names[6]: StepSettings(anytime=True)})


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


# What the sentences on imperfections name, whatever their kind.
_NAMED = {
    "column": "felt",
    "reason": "no case id",
    "label": HOSTILE[0],
    "other": "Vedtak",
    "step": "Purring",
    "day": date(2025, 3, 1),
    "first": date(2025, 1, 1),
    "last": date(2025, 2, 1),
    "days": 300,
    "usual": 12,
    "weeks": 2,
    "least": 10,
    "seconds": 10,
    "gap": 40,
    "part": 12,
    "median": 5,
}


def with_faults(findings: Findings, *, chosen: Many[str] = tuple(kinds()), tied: int = 0) -> Findings:
    """As if the data had such faults."""
    found = [Found(kind, 60, 100, names=tuple(_NAMED.items())) for kind in chosen]
    return replace(findings, quality=judged(small(), found, TieSensitivity(tied, 1, 9, 9 - min(tied, 4), 3, 2)))


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
    "with a flow": lambda: findings_of(meant_log(), MEANT),
    "with a flow, closed by a step": lambda: findings_of(meant_log(closed=""), MEANT),
    "with a flow, nobody says what is closed": lambda: findings_of(
        meant_log(closed="", units=False), flow_of("Mottatt -> Kartlegging -> Vurdert -> Vedtak -> Utbetaling")
    ),
    "with a flow, all open": lambda: findings_of(meant_log(closed="none"), MEANT),
    "with a flow, none fits": lambda: findings_of(meant_log(), flow_of("Mottatt -> Arkivert -> Vedtak")),
    "with a flow, all fit": lambda: findings_of(log_of([("", USUAL)] * 3), flow_of("Søknad mottatt -> Vedtak fattet")),
    "with a flow, some not computed": lambda: not_computed(findings_of(meant_log(), MEANT)),
    "with a flow, rare steps": lambda: findings_of(log_of(ways_with_rare_steps()), flow_of("A -> B -> C -> D")),
    "a clock that some never start, observed late": lambda: findings_of(
        observed_from(meant_log(), "2025-02-10"), replace(MEANT, clock=Clock("Kartlegging", ("Vedtak", "Avslag")))
    ),
    "a clock and a deadline": lambda: findings_of(
        meant_log(), replace(MEANT, deadlines=(Deadline("Svar", "Mottatt", ("Vedtak",), Span(1, "months")),))
    ),
    "one in five never closed": lambda: findings_of(half_open()),
    "slower after a deviation": lambda: findings_of(after_a_call(9), CALLED),
    "quicker after a deviation": lambda: findings_of(after_a_call(-2), CALLED),
    "with a hostile flow": lambda: findings_of(hostile(), hostile_flow()),
    "a pile that grows": lambda: findings_of(pile(120, lambda n: 8 + n % 5, stuck=lambda n: n % 6 == 0), PILED),
    "a pile that shrinks": lambda: findings_of(pile(60, lambda n: 60 if n < 90 else 8 + n % 5), PILED),
    "a pile that stays": lambda: findings_of(pile(40, lambda n: 2.5, each_week=7, end=-0.5), PILED),
    "half of the cases stuck": lambda: findings_of(pile(30, lambda n: 8 + n % 5, stuck=lambda n: n % 40 < 18), PILED),
    "most cases stuck": lambda: findings_of(pile(14, lambda n: 8 + n % 5, stuck=lambda n: n % 4 < 3), PILED),
    "one of many late": lambda: findings_of(
        pile(80, lambda n: 200 if n == 5 else 8 + n % 5, each_week=7, stuck=lambda n: n == 555), PILED
    ),
    "open at many steps": lambda: findings_of(log_of([("", [f"Steg {n}"]) for n in range(15)], closed=False)),
    "no usual route, closed": lambda: findings_of(log_of([("", [f"{n}", "z"]) for n in range(40)], closed=True)),
    **{
        f"faults from {kind} on": lambda first=first: with_faults(made("small"), chosen=[*kinds()][first : first + 3])
        for first, kind in list(enumerate(kinds()))[::3]
    },
    "every fault": lambda: with_faults(findings_of(small()), tied=4),
    "one fault": lambda: with_faults(findings_of(small()), chosen=["misspelt_label"]),
    "a few faults": lambda: with_faults(findings_of(small()), chosen=["tied", "silent_cases", "collateral"]),
    **JUDGED,
    "hostile deadlines and rules": lambda: hostile_rules(HOSTILE),
}


def observed_from(log: EventLog, day: str) -> EventLog:
    """The log as if nothing had been known of it before that day."""
    since = pd.Timestamp(day, tz="Europe/Oslo").to_pydatetime()
    return EventLog(log.path, replace(log.manifest, observed_from=since), log.selections, log._home)


def half_open() -> EventLog:
    """Forty cases over within eight days, and ten that were begun as early and never end."""
    frame = pd.DataFrame({"case_id": [f"{n}" for n in range(50)], "activity": "A"})
    frame["end_time"] = pd.Timestamp("2025-01-06 09:00")
    days = [pd.Timedelta(days=1 + n % 8) if n < 40 else pd.NaT for n in range(50)]
    return EventLog.from_frame(
        frame.assign(closed=frame["end_time"] + pd.Series(days)), as_of="2025-03-01", name="saker"
    )


def ways_with_rare_steps() -> list[tuple[str, list[str]]]:
    """Most cases go one way; 50 steps are in one case each, some cases go back, and one skips nearly all."""
    ways = [["A", "B", "C", "D"]] * 400 + [["A", "C", "D"]] * 60 + [["A", "B", "C", "B", "C", "D"]] * 20 + [["A", "D"]]
    rare = [["A", "B", *(f"rare {n}" for n in range(first, first + 10)), "C", "D"] for first in range(0, 50, 10)]
    return [("", way) for way in [*ways, *rare]]


def not_computed(findings: Findings) -> Findings:
    """As if the flow allowed too many orders for the most common way and two others."""
    meant = findings.intended
    assert meant is not None
    found = meant.conformance
    empty = replace(found._held[1], deviations=None, open_deviations=None, moves=(), open_moves=())
    some = {number: empty if number in (1, 2, 3) else row for number, row in found._held.items()}
    few = found.frame.assign(timed_cases=5, cases=found.frame["cases"] + 5)
    partly = replace(found, not_computed=11, _held=some, frame=few)
    return replace(findings, intended=replace(meant, conformance=partly))


def mixed() -> Findings:
    """Rework in open cases only."""
    findings = findings_of(log_of([("", ["A", "B", "A"])], closed=False))
    return replace(findings, rework=replace(findings.rework, right_first_time=1.0, closed_cases=4))


@cache
def made(name: str) -> Findings:
    return KINDS[name]()
