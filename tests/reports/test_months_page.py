"""The page of all months: every month with its pages, the newest first, in both languages."""

import re

import pandas as pd
import pytest
from judged_months import ALL, EARLIER

from saksflyt.reports.months_page import Entry, months_page
from saksflyt.reports.words import catalogue


def entry(month: str, severity: str = "", findings: int = 0, revision: int = 1) -> Entry:
    folder = f"runs/{month}-r{revision}"
    return Entry(month, severity, findings, findings, revision, f"{folder}/index.html", f"{folder}/report.html")


ENTRIES = [entry("2026-01"), entry("2026-02", "warn", 2, revision=3), entry("2026-03", "high", 1)]
FIGURES = pd.concat([EARLIER, ALL], ignore_index=True)


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_every_sentence_is_said(lang: str, said_keys: set[str]) -> None:
    texts = [months_page("Nord <b>", ENTRIES, FIGURES, lang), months_page("Nord", [entry("2026-03")], FIGURES, lang)]
    assert not any("<b>" in text or "<script" in text for text in texts)
    assert {key for key in catalogue(lang) if key.startswith("months.")} - said_keys == set()


def test_the_months_lead_to_their_pages_newest_first() -> None:
    text = months_page("Nord", ENTRIES, FIGURES, "en")
    assert re.findall(r'href="([^"#]+)"', text) == [
        "runs/2026-03-r1/index.html", "runs/2026-03-r1/report.html", "runs/2026-02-r3/index.html",
        "runs/2026-02-r3/report.html", "runs/2026-01-r1/index.html", "runs/2026-01-r1/report.html",
    ]  # fmt: skip
    assert "March 2026: one thing to look at" in text and "Judged again" in text and "2 times" in text
    once = months_page("Nord", [entry("2026-03")], FIGURES, "en")
    assert "March 2026: nothing stands out" in once and "Judged again" not in once
    assert text == months_page("Nord", ENTRIES, FIGURES, "en")
