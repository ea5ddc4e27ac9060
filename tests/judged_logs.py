"""Small logs whose flows have deadlines and rules, so that every sentence about them is said."""

import json
from collections.abc import Callable
from collections.abc import Sequence as Many
from dataclasses import replace

import pandas as pd

from saksflyt.mining.findings import Findings, mine
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_parts import Rule
from saksflyt.mining.log import EventLog

STEPS = ("Mottatt", "Kartlegging", "Etterspurt", "Levert", "Vurdert", "Vedtak", "Utbetaling", "Klage")
ORDER = "Mottatt -> Kartlegging -> Vurdert -> Vedtak -> Utbetaling?"

# Two rules of every kind: with a step that some cases lack, and with one that some have.
PAIRS = ("precedence", "response", "succession", "not_succession")
PAIRS += tuple(f"{how}_{kind}" for how in ("alternate", "chain") for kind in ("precedence", "response", "succession"))
RULES: tuple[dict[str, object], ...] = (
    *({"kind": kind, "step": "Vurdert"} for kind in ("existence", "absence", "starts", "ends")),
    {"kind": "exactly", "step": "Kartlegging", "times": 1},
    {"kind": "at_least", "step": "Kartlegging", "times": 2},
    {"kind": "at_most", "step": "Kartlegging", "times": 1},
    {"kind": "between", "step": "Kartlegging", "least": 0, "most": 1},
    *({"kind": kind, "before": "Kartlegging", "after": "Vedtak"} for kind in PAIRS),
    {"kind": "responded_existence", "if": "Kartlegging", "then": "Vurdert"},
    {"kind": "both_or_none", "steps": ["Kartlegging", "Vurdert"]},
    {"kind": "not_both", "steps": ["Kartlegging", "Vurdert"]},
    {"kind": "apart", "before": "Kartlegging", "after": "Vedtak", "least": "5 working days"},
    {"kind": "apart", "before": "Kartlegging", "after": "Kartlegging", "least": "1 week"},
    {"kind": "four_eyes", "steps": ["Kartlegging", "Vedtak"]},
    {"kind": "only_by_unit", "step": "Vedtak", "unit": "Nord"},
)
AWAKE = [rule | {"law": "loven § 1 (må kontrolleres)", "name": f"Regel {number}"} for number, rule in enumerate(RULES)]
ONCE_EACH = Rule("four_eyes", {"steps": ("Kartlegging", "Kartlegging")})  # a flow file has no way to say it
ASLEEP = {"kind": "response", "before": "Klage", "after": "Vedtak", "severity": "info"}

INTERIM = {"name": "Svar innen to uker", "from": "Mottatt", "to": ["Vedtak", "Klage"], "within": "2 weeks"}
INTERIM |= {"severity": "high", "law": "loven § 2 (må kontrolleres)"}
PAUSED = {"name": "Eget mål", "from": "Mottatt", "to": ["Vedtak"], "within": "1 month", "roll": "next_working_day"}
PAUSED |= {"pauses": [["Etterspurt", "Levert"]], "severity": "info", "valid_from": "2020-01-01"}
OF_DATA = {"name": "Avtalt dag", "from": "Mottatt", "to": ["Vedtak"], "within": {"attribute": "avtalt"}}
EACH = {"name": "Hver kartlegging", "from": "Kartlegging", "to": ["Vedtak"], "within": "3 days", "occurrence": "each"}
LAST = {"name": "Siste kartlegging", "from": "Kartlegging", "to": ["Vedtak"], "within": "1 year", "occurrence": "last"}
SOME = {"name": "Noen", "from": "Mottatt", "to": ["Vedtak"], "within": "9 working days"}
SOME |= {"where": ["activity=Kartlegging", "activity!=Klage", "activity~Kart*", "type=A", "type!=B", "type~?"]}
NEVER = {"name": "Aldri", "from": "Klage", "to": ["Vedtak"], "within": "1 day"}


def flow_with(
    deadlines: Many[dict] = (), rules: Many[dict] = (), steps: Many[str] = STEPS, closed_by: str = ""
) -> Flow:
    """A flow in which every step may come; those outside the order at any time."""
    lines = ['name = "Søknad, med frister"', f"flow = '{ORDER}'"]
    for step in STEPS:
        if step not in ORDER:
            lines += [f"[steps.{json.dumps(step)}]", "anytime = true"]
    for kind, tables in (("deadlines", deadlines), ("rules", rules)):
        for table in tables:
            lines += [f"[[{kind}]]", *(f"{key} = {_toml(key, value)}" for key, value in table.items())]
    return Flow.from_toml("\n".join(lines))


def _toml(key: str, value: object) -> str:
    if isinstance(value, dict):
        return f"{{ attribute = {json.dumps(value['attribute'])} }}"
    return str(value) if key == "valid_from" else json.dumps(value)


def judged_log(ways: Many[tuple[Many[str], float]], *, as_of: str = "2025-03-01", closing: bool = True) -> EventLog:
    """One case for each of the ways, received day after day. Each way: its steps, and the days from one to the next.

    A way that ends with "." is of a closed case; closing : does the export say so?
    """
    rows, first = [], pd.Timestamp("2025-01-06 09:00")
    for number, (steps, days) in enumerate(ways):
        done = [step for step in steps if step != "."]
        times = [first + pd.Timedelta(days=number % 28 + days * place) for place in range(len(done))]
        over = times[-1] if steps[-1] == "." else pd.NaT
        agreed = "" if number % 5 == 4 else f"{times[0] + pd.Timedelta(days=20):%Y-%m-%d}"
        about = ("Nord" if number % 3 else "Sør", over, agreed, "A" if number % 2 else "B")
        people = [None if (number + place) % 7 == 0 else f"Person {number % 4}" for place in range(len(done))]
        rows += [
            (f"SAK-{number}", step, time, who, *about) for step, time, who in zip(done, times, people, strict=True)
        ]
    columns = ["case_id", "activity", "end_time", "resource", "unit", "closed", "avtalt", "type"]
    frame = pd.DataFrame(rows, columns=pd.Index(columns))
    frame["closed"] = pd.to_datetime(frame["closed"])
    return EventLog.from_frame(frame if closing else frame.drop(columns="closed"), name="saker", as_of=as_of)


RIGHT = ["Mottatt", "Kartlegging", "Vurdert", "Vedtak", "Utbetaling"]
AGAIN = ["Mottatt", "Kartlegging", "Kartlegging", "Vurdert", "Vedtak"]
WAYS: list[tuple[list[str], float]] = [
    *[([*RIGHT, "."], 2.0)] * 20,
    *[([*AGAIN, "."], 5.0)] * 4,
    (["Mottatt", "Vedtak", "Kartlegging", "."], 3.0),
    (["Mottatt", "Kartlegging", "Vurdert", "."], 3.0),
    (["Mottatt", "Vurdert", "Utbetaling", "."], 4.0),
    (["Mottatt", "Vedtak", "."], 4.0),
    *[(["Mottatt", "Kartlegging"], 2.0)] * 3,
    (["Mottatt", "Kartlegging", "Etterspurt"], 2.0),
    (["Mottatt", "."], 1.0),
]


def judged(
    deadlines: Many[dict] = (), rules: Many[dict] = (), ways: Many = WAYS, *, and_rules: Many[Rule] = (), **options
) -> Findings:
    """The findings of :func:`judged_log` with a flow of these deadlines and rules."""
    flow = flow_with(deadlines, rules)
    return mine(judged_log(ways, **options), replace(flow, rules=(*flow.rules, *and_rules)))


def hostile_rules(names: Many[str]) -> Findings:
    """Every name as that of a deadline, of a rule, of a law, and of a value that cases are chosen by."""
    names = [name for name in names if name.strip("\u200b")]
    deadlines = [INTERIM | {"name": name, "law": name, "where": [f"type!={name}"]} for name in names]
    rules = [ASLEEP | {"name": name, "law": name, "before": "Mottatt", "where": [f"type!={name}"]} for name in names]
    rules += [{"kind": "only_by_unit", "step": "Vedtak", "unit": names[0]}]
    return judged(deadlines, rules)


JUDGED: dict[str, Callable[[], Findings]] = {
    "deadlines and rules": lambda: judged([INTERIM, PAUSED, OF_DATA, EACH, LAST, SOME, NEVER], AWAKE[:12]),
    "more rules": lambda: judged([], AWAKE[12:23]),
    "still more rules": lambda: judged(
        [INTERIM | {"where": ["case_id!=SAK-1"]}], [*AWAKE[23:], ASLEEP], and_rules=[ONCE_EACH]
    ),
    "too many deadlines and rules": lambda: judged(
        [SOME | {"name": f"Frist {number}"} for number in range(15)], [*AWAKE[:15], ASLEEP]
    ),
    "deadlines and rules kept": lambda: judged([INTERIM, LAST], [RULES[0], RULES[8]], WAYS[:20]),
    "one deadline, met in its one case": lambda: judged([INTERIM], [RULES[0]], WAYS[:1]),
    "deadlines that run": lambda: judged(
        [INTERIM, PAUSED], [ASLEEP], [(["Mottatt", "Kartlegging"], 1.0)] * 3, as_of="2025-01-15"
    ),
    "deadlines and rules of no case": lambda: judged([NEVER], [ASLEEP]),
    "few cases, and nobody says which are closed": lambda: judged([INTERIM], [RULES[0]], WAYS[20:26], closing=False),
    "a rule broken far into a case": lambda: judged(
        [], [RULES[6]], [(["Mottatt", *["Vurdert", "Vedtak"] * 14, "Kartlegging", "Kartlegging", "."], 0.5)]
    ),
}
