"""The part on data quality: the title goes by the worst verdict, the reasons by weight, and no row is shown."""

from dataclasses import fields, is_dataclass

import pytest
from quality_logs import log_of, planted
from report_logs import made, with_faults

from saksflyt.mining.findings import mine
from saksflyt.mining.quality_kinds import QUESTIONS
from saksflyt.reports.section import Section, Table
from saksflyt.reports.sections import quality
from saksflyt.reports.words import Words

NB, EN = Words("nb"), Words("en")


def texts(part: object) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, tuple):
        return " ".join(map(texts, part))
    if is_dataclass(part):
        return " ".join(texts(getattr(part, entry.name)) for entry in fields(part))
    return ""


def tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def shown(*kinds: str, words: Words = NB) -> Section:
    return quality.section(with_faults(made("small"), chosen=kinds), words)


def test_a_log_without_faults_says_so() -> None:
    section = shown()
    assert section.title == "Dataene kan brukes til alle spørsmålene" and section.nav == "Datakvalitet"
    (questions,) = tables(section)
    assert [row.cells[1].text for row in questions.rows] == ["✓ Ja"] * len(QUESTIONS)
    assert "ikke funnet noen" in " ".join(section.lead)


@pytest.mark.parametrize(
    ("kinds", "title"),
    [
        (["misspelt_label"], "4 av spørsmålene må leses med forbehold"),
        (["night"], "2 av spørsmålene må leses med forbehold"),
        (["silent_cases"], "Ett av spørsmålene kan dataene ikke svare på"),
        (["silent_cases", "split_ids"], "2 av spørsmålene kan dataene ikke svare på"),
        (["homonymous_label"], "Dataene kan brukes til alle spørsmålene"),
    ],
)
def test_the_title_is_the_worst_verdict(kinds: list[str], title: str) -> None:
    assert shown(*kinds).title == title


def test_a_reason_has_its_share_and_a_finding_what_to_do() -> None:
    questions, findings = tables(shown("silent_cases"))
    reasons = {row.cells[0].text: row.cells[2].text for row in questions.rows}
    assert reasons["Åpne saker"].replace("\u00a0", " ") == "åpne saker uten hendelser på et halvt år (60 %)"
    assert reasons["Hvilke veier sakene går"] == ""
    (row,) = findings.rows
    assert row.cells[0].text == "60 av 100 åpne saker har ikke hatt noen hendelse på 300 dager eller mer."
    assert row.cells[2].text == "alvorlig" and row.cells[3].text.startswith("Spør om")


def test_many_findings_are_folded() -> None:
    _, findings = tables(quality.section(made("every fault"), NB))
    assert len(findings.rows) == 11 and findings.rows[-1].tone == "rest" or len(findings.rows) == 13


def test_what_rests_on_the_order_of_the_file_is_said() -> None:
    section = quality.section(with_faults(made("small"), chosen=["tie_variants"], tied=4), EN)
    assert "4 events have the same time" in texts(section) and "5 routes, not 9" in texts(section)


@pytest.mark.parametrize("words", [NB, EN], ids=["nb", "en"])
def test_no_row_no_case_and_no_command_line_option_is_shown(words: Words) -> None:
    text = texts(quality.section(mine(log_of(planted("two_numbers", 0).frame)), words))
    assert "row " not in text and "2024/" not in text and "--" not in text
