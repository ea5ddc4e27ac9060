"""The whole content of the report on a small log, held still.

After a change that is meant: ``SAKSFLYT_GOLD=write pytest tests/reports/test_gold.py``, and read the difference.
"""

import json
import os
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from report_logs import findings_of, small

from saksflyt.reports.page import sections as sections_of
from saksflyt.reports.words import LOCALES, Words

GOLD = Path(__file__).parents[1] / "gold" / "reports"


@pytest.mark.parametrize("lang", LOCALES)
def test_section_data(lang: str) -> None:
    findings = findings_of(small(closed=True))
    findings = replace(findings, manifest=replace(findings.manifest, program="saksflyt"))
    sections = [asdict(section) for section in sections_of(findings, Words(lang))]
    made = json.dumps(sections, ensure_ascii=False, indent=1) + "\n"
    path = GOLD / f"small_{lang}.json"
    if os.environ.get("SAKSFLYT_GOLD") == "write":
        path.write_text(made, encoding="utf-8")
    assert json.loads(made) == json.loads(path.read_text(encoding="utf-8"))
