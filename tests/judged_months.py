"""Figures of some months as they are judged, for the pages of the monthly check."""

import numpy as np
import pandas as pd

from saksflyt.mining.judgement.verdicts import FIGURES, JUDGED

COLUMNS = [*FIGURES, "plotted", *JUDGED]
DAYS, SHARE = "throughput.median_days", "deadlines.met_share:svar"
IDS = {
    "conform.conforming_share": "share", "rework.right_first_time": "share", "rules.broken_share:b": "share", SHARE: "share",
    DAYS: "measured", "throughput.p90_days": "measured", "waiting.median_days:a>b": "measured", "backlog.open_cases": "measured",
    "backlog.median_age_days": "measured",
}  # fmt: skip


def row(month: str, id_: str, value: float, meaning: str = "usual", unit: str = "", provisional: bool = False) -> list:
    known = meaning != ""
    edges = [value, value * 0.8, value * 1.2] if known else [np.nan] * 3
    name = "«<b>svar</b>»" if ":" in id_ else ""
    rule = "" if meaning in ("", "usual") else "outside"
    kind = IDS[id_]
    return [month, id_, unit, name, kind, "lower", value, 40, value, *edges, provisional, rule, meaning, "ok", False]


def judged(*rows: list) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


ALL = judged(
    *(row("2026-03", id_, 0.5 if kind == "share" else 12.0) for id_, kind in IDS.items()),
    row("2026-03", DAYS, 20.0, "worse", "Nord", provisional=True),
    row("2026-03", SHARE, 0.7, "better", "Nord"),
    row("2026-03", "backlog.open_cases", 30.0, "different", "Nord"),
    row("2026-03", "backlog.open_cases", np.nan, "", "Sør"),
)
EARLIER = judged(
    *(row(f"2025-{month:02}", DAYS, 10.0 + month, unit="Nord") for month in range(1, 13)),
    row("2025-12", SHARE, 0.8),
    row("2025-11", SHARE, 0.8),
    *(row(f"2025-{month:02}", "backlog.open_cases", 20.0) for month in range(10, 13)),
)


def _drift(id_: str, rule: str, now: float, before: float, unit: str = "", name: str = "") -> list:
    """A row on the ways that cases go, as :mod:`saksflyt.mining.judgement.ways` makes it."""
    edges = [before, np.nan, np.nan]
    meaning = "different" if rule else "usual"
    return [
        "2026-03",
        id_,
        unit,
        name,
        "share",
        "neither",
        now * 40,
        40,
        now,
        *edges,
        False,
        rule,
        meaning,
        "ok",
        False,
    ]


def _mix(unit: str, distance: float, rule: str = "") -> list:
    edges = [np.nan, np.nan, 0.08]
    meaning = "" if np.isnan(distance) else "different" if rule else "usual"
    return ["2026-03", "drift.mix", unit, "", "measured", "neither", distance, 40, distance, *edges, False, rule, meaning, "ok", False]  # fmt: skip


LONG_WAY = " → ".join("<b>abcdefghij")
PAIR = "a → <b>b"
WAYS = judged(
    _mix("", 0.3, "mix"),
    *(_drift(f"drift.way:{n}", rule, now, before, name=name) for n, (rule, now, before, name) in enumerate(
        [("new", 0.2, 0, PAIR), ("gone", 0, 0.3, LONG_WAY), ("more", 0.5, np.nan, PAIR)])),
    *(_drift(f"drift.pair:a{n}>b", rule, now, before, name=PAIR) for n, (rule, now, before) in enumerate(
        [("new", 0.2, 0), ("gone", 0, 0.3), ("less", np.nan, 0.6), *[("more", 0.5, 0.2)] * 4])),
    _mix("Nord", 0.02),
    _mix("Sør", np.nan),
)  # fmt: skip
