"""What is said of the open cases: counts that add up, who has them, and no word on which cases they are."""

from dataclasses import replace

import pytest
from report_logs import KINDS, PILED, findings_of, made, pile

from saksflyt.mining.findings import Findings
from saksflyt.reports.section import Chart, Notes, Section, Table
from saksflyt.reports.sections import backlog, in_progress
from saksflyt.reports.words import LOCALES, Words

NB = Words("nb")
# Written down, for to find them at every collection takes half a minute; the first test holds the list to the logs.
WITH_OPEN = (
    "two years",
    "one month compared",
    "no finished month",
    "no finished month, rework",
    "open and closed rework",
    "with a flow",
    "with a flow, closed by a step",
    "with a flow, all open",
    "with a flow, none fits",
    "with a flow, some not computed",
    "a clock that some never start, observed late",
    "a clock and a deadline",
    "one in five never closed",
    "a pile that grows",
    "a pile that shrinks",
    "a pile that stays",
    "half of the cases stuck",
    "most cases stuck",
    "one of many late",
    "open at many steps",
    "deadlines and rules",
    "more rules",
    "still more rules",
    "too many deadlines and rules",
    "deadlines that run",
    "deadlines and rules of no case",
    "hostile deadlines and rules",
)


def section_of(findings: Findings, words: Words = NB) -> Section:
    section = backlog.section(findings, words)
    assert section is not None
    return section


def tables(section: Section) -> dict[str, Table]:
    return {block.caption: block for block in section.blocks if isinstance(block, Table)}


def column(table: Table, title: str) -> list[str]:
    at = [column.title for column in table.columns].index(title)
    return [row.cells[at].text.replace("\u00a0", " ") for row in table.rows]


def counts(table: Table) -> int:
    return sum(int(cell.replace(" ", "")) for cell in column(table, "Åpne saker"))


@pytest.mark.parametrize("kind", KINDS)
def test_where_nobody_knows_which_are_open_nothing_is_said(kind: str) -> None:
    findings = made(kind)
    assert (backlog.section(findings, NB) is None) == (findings.open_cases is None)
    assert bool(findings.open_cases) == (kind in WITH_OPEN)


def test_no_open_case_is_one_sentence() -> None:
    section = section_of(made("small closed"))
    assert section.title == "Ingen saker er åpne" and section.how == ()
    assert section.lead == ("Alle de 6 sakene i loggen er avsluttet.",) and tables(section) == {}


@pytest.mark.parametrize("kind", WITH_OPEN)
def test_every_table_counts_all_open_cases(kind: str) -> None:
    findings = made(kind)
    found = tables(section_of(findings))
    assert counts(found["Åpne saker etter steget de står på"]) == findings.open_cases
    for caption in ("Åpne saker etter alder", "Åpne saker etter hvem de ligger hos"):
        assert caption not in found or counts(found[caption]) == findings.open_cases
    (oldest,) = [table for caption, table in found.items() if "eldste" in caption]
    assert len(oldest.rows) == min(findings.open_cases or 0, 10)


@pytest.mark.parametrize("lang", LOCALES)
@pytest.mark.parametrize("kind", WITH_OPEN)
def test_no_case_id_is_in_it(kind: str, lang: str) -> None:
    words, findings = Words(lang), made(kind)
    ids = set(findings.backlog.case_list()["case_id"].astype(str))
    for table in tables(section_of(findings, words)).values():
        assert not any(cell.text in ids for row in table.rows for cell in row.cells if not cell.text.isdigit())
        assert "HEMMELIG" not in str(table)


def test_who_has_the_cases_is_said_in_words_of_ours_or_of_the_flow() -> None:
    section = section_of(made("a pile that grows"))
    table = tables(section)["Åpne saker etter hvem de ligger hos"]
    held = [row.cells[0].text for row in table.rows]
    assert set(held) == {"søkeren", "andre utenfor kontoret", "statsforvalteren", "kontoret", "ikke sagt i flyten"}
    english = backlog.section(made("a pile that grows"), Words("en"))
    assert english is not None and "the applicant" in str(english.blocks) and "applicant'" not in str(english.lead)


def test_without_a_flow_nobody_is_said_to_have_them() -> None:
    found = tables(section_of(made("two years")))
    assert "Åpne saker etter hvem de ligger hos" not in found
    assert not any(column.title == "Ligger hos" for table in found.values() for column in table.columns)


def test_a_hostile_holder_is_a_name() -> None:
    findings = made("a pile that grows")
    oldest = findings.backlog.oldest.assign(waits_for="<b>\u202eunsaid</b>")
    hostile = replace(findings, backlog=replace(findings.backlog, oldest=oldest))
    (row,) = tables(section_of(hostile))["Åpne saker etter hvem de ligger hos"].rows
    assert row.cells[0].text == NB.name("<b>\u202eunsaid</b>") and "\u202e" not in row.cells[0].text


def test_ages_worked_by_hand() -> None:
    # Twenty cases stay at one of the first steps; a week apart, and the newest came a week ago.
    section = section_of(findings_of(pile(20, lambda n: 8, each_week=1, stuck=lambda n: True), PILED))
    table = tables(section)["Åpne saker etter alder"]
    assert column(table, "Alder") == ["7 til 30 dager", "30 til 90 dager", "90 til 180 dager"]
    assert column(table, "Åpne saker") == ["4", "8", "8"] and column(table, "Andel") == ["20 %", "40 %", "40 %"]
    (oldest,) = [each for caption, each in tables(section).items() if "eldste" in caption]
    assert column(oldest, "Alder")[:3] == ["140 dager", "133 dager", "126 dager"]


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        (0.4, "under en uke"),
        (1.04, "1 uke "),
        (5.06, "5,1 uker"),
        (2.0, "2 uker"),
        (9.97, "10 uker"),
        (37.4, "37 uker"),
    ],
)
def test_weeks_of_work_in_words(weeks: float, said: str) -> None:
    findings = made("a pile that grows")
    text = section_of(replace(findings, backlog=replace(findings.backlog, weeks_of_work=weeks))).lead[1]
    assert said in text.replace("\u00a0", " ")


def test_that_numbers_and_times_do_not_add_up_is_said_only_when_they_do_not() -> None:
    for kind in WITH_OPEN:
        section = section_of(made(kind))
        failed = made(kind).backlog.little_holds is False
        assert failed == any(isinstance(block, Notes) for block in section.blocks)
        assert failed == ("backlog.little_gap" in [id for id, _ in section.how])


@pytest.mark.parametrize(
    ("kind", "said"),
    [("a pile that grows", "opp fra"), ("a pile that shrinks", "ned fra"), ("a pile that stays", "like mange")],
)
def test_the_pile_grows_or_shrinks(kind: str, said: str) -> None:
    chart = in_progress.chart(made(kind), NB)
    assert chart is not None and said in chart.title


@pytest.mark.parametrize("kind", KINDS)
def test_the_weeks_are_those_of_the_measure(kind: str) -> None:
    weeks = made(kind).backlog.over_time
    chart = in_progress.chart(made(kind), NB)
    if chart is None:
        assert len(weeks) < 3
        return
    for panel, figure in zip(chart.panels, ("in_progress", "received", "closed"), strict=True):
        assert list(panel.series[0].values) == weeks[figure].tail(104).tolist()
    assert chart.panels[1].ticks == chart.panels[2].ticks  # one scale for both
    assert len(chart.table.rows) == len(chart.names) <= 104


def test_the_newest_weeks_are_shown_and_that_is_said() -> None:
    chart = in_progress.chart(made("a pile that grows"), NB)
    assert isinstance(chart, Chart) and "De siste 104 ukene" in chart.below
