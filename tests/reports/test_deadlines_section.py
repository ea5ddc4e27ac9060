"""What the report says about the deadlines, as data."""

from dataclasses import replace
from html import escape

import pytest
from judged_logs import EACH, INTERIM, NEVER, OF_DATA, PAUSED, RIGHT, SOME, WAYS, judged
from report_logs import HOSTILE, made

from saksflyt.mining.findings import Findings
from saksflyt.reports import figures
from saksflyt.reports.page import report
from saksflyt.reports.section import Section, Table
from saksflyt.reports.sections import deadlines, method
from saksflyt.reports.words import LOCALES, Words

NB, EN = Words("nb"), Words("en")


def section_of(findings: Findings, words: Words = NB) -> Section:
    section = deadlines.section(findings, words)
    assert section is not None
    return section


def table(findings: Findings, number: int, words: Words = NB) -> list[dict[str, str]]:
    """A table of the section, each row by the titles of its columns."""
    block = section_of(findings, words).blocks[number]
    assert isinstance(block, Table)
    titles = [column.title.replace("\u00a0", " ") for column in block.columns]
    return [
        {title: cell.text.replace("\u00a0", " ") for title, cell in zip(titles, row.cells, strict=True)}
        for row in block.rows
    ]


def late(days: float, times: int) -> list[tuple[list[str], float]]:
    """Closed cases in which the answer took so many days."""
    return [(["Mottatt", "Vedtak", "."], days)] * times


def test_without_a_flow_or_its_deadlines_there_is_no_such_part() -> None:
    assert deadlines.section(made("small"), NB) is None and deadlines.card(made("small"), NB) is None
    assert deadlines.section(made("with a flow"), NB) is None


def test_the_title_is_the_worst_of_the_most_severe_that_are_missed() -> None:
    worse = INTERIM | {"name": "Kortere", "within": "3 days"}
    worst = PAUSED | {"name": "Bare til info", "within": "1 day"}
    found = judged([worst, INTERIM, worse], [], late(2, 30) + late(5, 9) + late(20, 1))
    assert section_of(found).title.replace("\u00a0", " ") == "75 % holder fristen «Kortere»"
    assert [row["Frist"] for row in table(found, 0)] == ["Svar innen to uker", "Kortere", "Bare til info"]


def test_a_deadline_that_is_kept_does_not_hide_a_less_severe_one_that_is_not() -> None:
    found = judged([INTERIM, PAUSED | {"within": "1 day", "roll": "none"}], [], late(2, 25))
    assert section_of(found).title.replace("\u00a0", " ") == "0 % holder fristen «Eget mål»"


def test_a_share_of_few_cases_is_no_title_where_another_is_of_many() -> None:
    few = INTERIM | {"name": "Få", "from": "Kartlegging"}
    found = judged([few, INTERIM], [], late(2, 25) + late(20, 2) + [(["Kartlegging", "Vedtak", "."], 20)] * 3)
    assert "«Svar innen to uker»" in section_of(found).title
    rows = table(found, 0)
    assert rows[0]["Antall"] == "0 av 3 (få saker)" and rows[1]["Antall"] == "25 av 27"
    assert section_of(judged([few], [], late(2, 3) + [(RIGHT[1:], 20)])).title == "0 av 1 holder fristen «Få»"


def test_an_open_case_that_is_overdue_counts_at_once() -> None:
    found = judged([INTERIM], [], late(2, 20) + [(["Mottatt"], 1)] * 5, as_of="2025-06-01")
    (row,) = table(found, 0)
    assert (row["I tide"], row["Antall"], row["For sene"], row["Åpne, over fristen"]) == ("80 %", "20 av 25", "0", "5")
    lead = " ".join(section_of(found).lead)
    assert "20 av 25 er i tide. 0 ble for sene, og 5 er fortsatt åpne og over fristen." in lead
    assert "teller med en gang som ikke holdt" in lead


def test_every_figure_of_a_deadline() -> None:
    ways = [*WAYS, *[(["Mottatt"], 1.0)] * 22]
    found = judged([PAUSED | {"law": "loven § 3 (må kontrolleres)"}], [], ways, as_of="2025-02-20")
    assert found.deadlines is not None
    figures_ = found.deadlines.frame.iloc[0]
    (row,) = table(found, 0)
    assert int(row["Løper"]) == figures_["running"] > 0
    assert int(row["Klokken står"]) == figures_["paused"] > 0
    assert int(row["Avsluttet uten"]) == figures_["withdrawn"] > 0
    assert row["Trolig mellom"] == NB.say(
        "deadlines.interval",
        low=NB.percent(figures_["met_share_low"]),
        high=NB.percent(figures_["met_share_high"]),
    ).replace("\u00a0", " ")
    (terms,) = table(found, 2)
    assert terms["Hjemmel ifølge flyten"] == "loven § 3 (må kontrolleres)" and terms["Betydning"] == "til info"
    assert terms["Hva den sier"] == (
        "Fra «Mottatt» til «Vedtak» innen 1 måned. Klokken står fra «Etterspurt» til «Levert». "
        "Slutter den på en fridag, gjelder neste arbeidsdag. Gjelder når den starter 1. januar 2020 eller senere."
    )


def test_a_column_of_nothing_is_left_out() -> None:
    (row,) = table(judged([INTERIM], [], late(2, 3)), 0)
    assert not {"Klokken står", "Avsluttet uten", "Uten dato"} & set(row)
    (row,) = table(judged([OF_DATA], [], WAYS), 0)
    assert row["Uten dato"] == "6"  # every fifth of 33


def test_the_open_ones_by_how_late_they_are_and_how_long_they_have_left() -> None:
    ways = [(["Mottatt"], 1)] * 28  # on 28 days in a row, from 6 January on
    found = judged([INTERIM], [], ways, as_of="2025-02-10")
    (row,) = table(found, 1)
    # Due from 20 January to 16 February, seen on 10 February: 21 days late to 6 days left.
    expected = {"Åpne": 28, "8–30 dager for sent": 14, "1–7 dager for sent": 7, "0–7 dager igjen": 7}
    assert {title: int(text) for title, text in row.items() if title != "Frist" and text != "0"} == expected
    block = section_of(found).blocks[1]
    assert (
        isinstance(block, Table)
        and block.caption.replace("\u00a0", " ") == "De åpne sakene ved slutten av 10. februar 2025"
    )


def test_without_open_cases_there_is_nothing_to_age() -> None:
    assert len(section_of(judged([INTERIM], [], late(2, 3))).blocks) == 2


def test_late_days_are_whole_days_though_the_log_has_times() -> None:
    (row,) = table(judged([INTERIM], [], late(20, 3)), 0)
    assert row["For sent, median"] == "6 dager"


def test_nothing_judged_is_no_share() -> None:
    found = made("deadlines that run")
    assert section_of(found).title == "Ingen frist er nådd eller gått ut ennå"
    assert [row["Antall"] for row in table(found, 0)] == ["ingen ennå", "ingen ennå"]
    assert deadlines.card(found, NB) is None
    assert section_of(judged([NEVER])).title == "Ingen sak har en frist vi kan regne ut"


def test_conditions_and_starts_are_said() -> None:
    terms = {row["Frist"]: row["Hva den sier"] for row in table(made("deadlines and rules"), -1)}
    assert terms["Noen"].endswith(
        "Gjelder bare når saken har «Kartlegging» og saken ikke har «Klage» og saken har et steg som ligner på «Kart*» og "
        "type er «A» og type ikke er «B» og type ligner på «?»."
    )
    assert "innen datoen i «avtalt»" in terms["Avtalt dag"] and "Regnes fra hver gang" in terms["Hver kartlegging"]
    assert "En frist kan starte flere ganger i en sak." in " ".join(section_of(judged([EACH])).lead)


def test_no_case_is_named() -> None:
    found = judged([SOME | {"where": ["case_id!=SAK-7"]}])
    assert "SAK-" not in report(found, lite=True)


@pytest.mark.parametrize("lang", LOCALES)
def test_the_card_says_what_stands_in_the_section(lang: str) -> None:
    words, findings = Words(lang), made("deadlines and rules")
    card, section = deadlines.card(findings, words), section_of(findings, words)
    assert card is not None and card.link == section.id and card.bar.tone == "warn"
    assert section.title == f"{card.number} {card.title}" and card.evidence == section.lead[0]
    kept = deadlines.card(made("deadlines and rules kept"), words)
    assert kept is not None and kept.bar.tone == "main" and kept.bar.share == 1


def test_the_figure_is_explained_only_where_there_are_deadlines() -> None:
    def explained(findings: Findings) -> set[str]:
        return {entry.id for entry in method.section(findings, NB).blocks[-1].entries}  # type: ignore[attr-defined]

    assert {"deadlines.met_share", "rules.broken_share"} <= explained(made("deadlines and rules"))
    assert not {"deadlines.met_share", "rules.broken_share"} & explained(made("with a flow"))
    assert "rules.broken_share" not in explained(judged([INTERIM]))
    assert "deadlines.met_share" not in explained(replace(made("deadlines and rules"), deadlines=None))


@pytest.mark.parametrize("lang", LOCALES)
def test_hostile_names_of_deadlines_rules_and_laws_are_text(lang: str) -> None:
    page = report(made("hostile deadlines and rules"), lang=lang, lite=True).replace(figures.library(), "")
    assert "<img" not in page and "<script" not in page and "<style>*" not in page
    assert escape(HOSTILE[1], quote=False) in page.replace("&#34;", '"').replace("&#39;", "'")
    assert not set(page) & set("\u202e\u200f\x00")
    assert HOSTILE[2] in page and "x" * 200 not in page
