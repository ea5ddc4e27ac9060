"""The page of a month: everything that it can say, in both languages, and nothing that it should not."""

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from judged_months import ALL, DAYS, EARLIER, LONG_WAY, SHARE, WAYS, judged, row

from saksflyt.mining.accepted_toml import Acceptance
from saksflyt.mining.judgement.fault import Fault
from saksflyt.mining.judgement.verdicts import Finding
from saksflyt.reports.month_page import MonthSaid, month_page
from saksflyt.reports.words import catalogue

FOUND = [
    Finding(f"limit:{SHARE}", SHARE, "", "high", 0.5, "new"),
    Finding(f"limit:{DAYS}@Nord", DAYS, "Nord", "warn", 20.0, "worse"),
    Finding(f"alarm:{DAYS}@Nord", DAYS, "Nord", "warn", 20.0, "still"),
    Finding("alarm:backlog.open_cases", "backlog.open_cases", "", "info", 12.0, "better"),
    Finding("limit:conform.conforming_share", "conform.conforming_share", "", "info", 0.5, "gone"),
    Finding("limit:backlog.open_cases@Nord", "backlog.open_cases", "Nord", "high", 30.0, "accepted"),
    Finding("drift:mix", "drift.mix", "", "info", 0.3, "new"),
    Finding("drift:pair:a0>b", "drift.pair:a0>b", "", "info", 0.2, "accepted"),
    Finding("drift:mix@Nord", "drift.mix", "Nord", "info", 0.02, "gone"),
    Finding("drift:pair:x>y", "drift.pair:x>y", "", "info", 0.0, "gone"),
]
ACCEPTED = {
    each.id: Acceptance(each.id, "The <b>reason", date(2026, 6, 30)) for each in FOUND if each.status == "accepted"
}


@dataclass(frozen=True)
class Change:
    """Something that was changed on purpose."""

    month: str
    what: str
    unit: str


PAST = ["2026-02", "drift.pair:x>y", "", LONG_WAY, *WAYS.iloc[4, 4:]]
FULL = MonthSaid(
    "2026-03",
    "Nordvik </script>",
    pd.concat([ALL, WAYS], ignore_index=True),
    pd.concat([EARLIER, judged(PAST)], ignore_index=True),
    FOUND,
    [Fault("shifted", "Things happen 60 minutes later.", False)],
    [Change("2025-10", "Lean <i>", ""), Change("2019-01", "long ago", "")],
    "report.html",
    "../../index.html",
    ACCEPTED,
)
HINTS = MonthSaid("2026-03", "Nordvik", pd.concat([ALL[:9], WAYS]), EARLIER, [FOUND[6]])
ALIKE = MonthSaid("2026-03", "Nordvik", WAYS[-2:], EARLIER[:0], [])
UNKNOWN = MonthSaid("2026-03", "Nordvik", WAYS[-1:], EARLIER[:0], [])
BETTER = MonthSaid("2026-03", "Nordvik", ALL, EARLIER, [Finding(f"better:{SHARE}@Nord", SHARE, "Nord", "info", 0.7)])
ODD = MonthSaid("2026-03", "Nordvik", ALL[:10], EARLIER, [])
QUIET = MonthSaid("2026-03", "Nordvik", ALL[:9], EARLIER, [])
EARLY = MonthSaid("2026-03", "Nordvik", judged(row("2026-03", DAYS, 12.0, "")), EARLIER[:0], [])


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_every_sentence_is_said(lang: str, said_keys: set[str]) -> None:
    for month in (FULL, BETTER, QUIET, ODD, EARLY, HINTS, ALIKE, UNKNOWN):
        text = month_page(month, lang)
        assert "<script" not in text and "<b>" not in text and "nan" not in re.findall(r">([^<]*)<", text)
    assert {key for key in catalogue(lang) if key.startswith("month.")} - said_keys == set()


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


def test_what_is_accepted_stands_apart_with_its_reason() -> None:
    text = month_page(FULL, "en")
    attention = text[text.index('id="attention"') : text.index('id="ways"')]
    assert "The &lt;b&gt;reason" in attention and "30 June 2026" in attention.replace("\xa0", " ")
    assert "3 things to look at" in text, "what is accepted is not counted"


def test_the_ways_are_told_in_sentences_and_small_shares_are_not() -> None:
    text = month_page(FULL, "en")
    ways = text[text.index('id="ways"') :].partition("</section>")[0]
    assert "20%" in ways and "under five of the cases" in ways and "a → b → c" not in ways and ">nan<" not in ways
    assert "new this month" in ways.casefold()
