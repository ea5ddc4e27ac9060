"""The page of a month: everything that it can say, in both languages, and nothing that it should not."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from saksflyt.mining.judgement.fitness import Fault
from saksflyt.mining.judgement.verdicts import FIGURES, JUDGED, Finding
from saksflyt.reports.month_page import MonthSaid, month_page
from saksflyt.reports.words import Words, catalogue

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
FOUND = [
    Finding(f"limit:{SHARE}", SHARE, "", "high", 0.5, "new"),
    Finding(f"limit:{DAYS}@Nord", DAYS, "Nord", "warn", 20.0, "worse"),
    Finding(f"alarm:{DAYS}@Nord", DAYS, "Nord", "warn", 20.0, "still"),
    Finding("alarm:backlog.open_cases", "backlog.open_cases", "", "info", 12.0, "better"),
    Finding("limit:conform.conforming_share", "conform.conforming_share", "", "info", 0.5, "gone"),
]
FULL = MonthSaid(
    "2026-03",
    "Nordvik </script>",
    ALL,
    EARLIER,
    FOUND,
    [Fault("shifted", "Things happen 60 minutes later.", False)],
    "report.html",
)
QUIET = MonthSaid("2026-03", "Nordvik", ALL[:9], EARLIER, [])
EARLY = MonthSaid("2026-03", "Nordvik", judged(row("2026-03", DAYS, 12.0, "")), EARLIER[:0], [])


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_every_sentence_is_said(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said: set[str] = set()
    say = Words.say

    def noted(self: Words, key: str, count: int | None = None, **values: str | int) -> str:
        said.add(key)
        return say(self, key, count, **values)

    monkeypatch.setattr(Words, "say", noted)
    for month in (FULL, QUIET, EARLY):
        text = month_page(month, lang)
        assert "<script" not in text and "<b>" not in text and "nan" not in re.findall(r">([^<]*)<", text)
    assert {key for key in catalogue(lang) if key.startswith("month.")} - said == set()


def test_usual_variation_is_said_only_where_all_agree() -> None:
    usual = catalogue("en")["month.usual"]
    assert str(usual) in month_page(QUIET, "en")
    assert str(usual) not in month_page(FULL, "en") and str(usual) not in month_page(EARLY, "en")
    one = MonthSaid("2026-03", "Nordvik", pd.concat([ALL[:9], ALL[9:10]]), EARLIER, [])
    assert str(usual) not in month_page(one, "en")


def test_the_same_month_gives_the_same_bytes_and_needs_nothing_else(tmp_path: Path) -> None:
    text = month_page(FULL)
    assert text == month_page(FULL) and not re.search(r"(src|href)=\"(?!#|report\.html)", text)
