"""The page of a month: everything that it can say, in both languages, and nothing that it should not."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest
from judged_months import ALL, DAYS, EARLIER, SHARE, judged, row

from saksflyt.mining.judgement.fitness import Fault
from saksflyt.mining.judgement.verdicts import Finding
from saksflyt.reports.month_page import MonthSaid, month_page
from saksflyt.reports.words import Words, catalogue

FOUND = [
    Finding(f"limit:{SHARE}", SHARE, "", "high", 0.5, "new"),
    Finding(f"limit:{DAYS}@Nord", DAYS, "Nord", "warn", 20.0, "worse"),
    Finding(f"alarm:{DAYS}@Nord", DAYS, "Nord", "warn", 20.0, "still"),
    Finding("alarm:backlog.open_cases", "backlog.open_cases", "", "info", 12.0, "better"),
    Finding("limit:conform.conforming_share", "conform.conforming_share", "", "info", 0.5, "gone"),
]


@dataclass(frozen=True)
class Change:
    """Something that was changed on purpose."""

    month: str
    what: str
    unit: str


FULL = MonthSaid(
    "2026-03",
    "Nordvik </script>",
    ALL,
    EARLIER,
    FOUND,
    [Fault("shifted", "Things happen 60 minutes later.", False)],
    [Change("2025-10", "Lean <i>", ""), Change("2019-01", "long ago", "")],
    "report.html",
    "../../index.html",
)
BETTER = MonthSaid("2026-03", "Nordvik", ALL, EARLIER, [Finding(f"better:{SHARE}@Nord", SHARE, "Nord", "info", 0.7)])
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
    for month in (FULL, BETTER, QUIET, EARLY):
        text = month_page(month, lang)
        assert "<script" not in text and "<b>" not in text and "nan" not in re.findall(r">([^<]*)<", text)
    assert {key for key in catalogue(lang) if key.startswith("month.")} - said == set()


def test_usual_variation_is_said_only_where_all_agree() -> None:
    usual = catalogue("en")["month.usual"]
    assert str(usual) in month_page(QUIET, "en")
    assert str(usual) not in month_page(FULL, "en") and str(usual) not in month_page(EARLY, "en")
    one = MonthSaid("2026-03", "Nordvik", pd.concat([ALL[:9], ALL[9:10]]), EARLIER, [])
    assert str(usual) not in month_page(one, "en")


def test_an_improvement_is_no_thing_to_look_at_and_is_said() -> None:
    page = month_page(BETTER, "en")
    assert str(catalogue("en")["month.quiet"]) in page and "One figure has moved to a better level." in page
    gone = replace(BETTER, found=[replace(BETTER.found[0], status="gone")])
    assert "has moved to a better level" not in month_page(gone, "en")


def test_the_same_month_gives_the_same_bytes_and_needs_nothing_else(tmp_path: Path) -> None:
    text = month_page(FULL)
    assert text == month_page(FULL) and not re.search(r"(src|href)=\"(?!#|report\.html|\.\./\.\./index\.html)", text)
