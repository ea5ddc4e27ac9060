"""What each part says of each kind of log, as data: no page is needed to check a sentence."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest
from report_logs import HOSTILE, KINDS, made

from saksflyt.connectors.registry import read
from saksflyt.mining.findings import Findings, mine
from saksflyt.reports.page import sections as sections_of
from saksflyt.reports.section import Bar, Cards, Chart, Figures, Section, Strips, Table, number_shown
from saksflyt.reports.sections import between, brief, deadlines, method, rework, routes, throughput
from saksflyt.reports.words import LOCALES, Words, catalogue

NB = Words("nb")
KOSTRA = Path(__file__).parents[2] / "sample_logs" / "11CF_2025.dat"


def texts(part: object) -> Iterator[str]:
    """Every string of a section that a reader sees, in order."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from texts(item)
    elif is_dataclass(part):
        for entry in fields(part):
            if entry.name not in {"id", "link", "state", "tone", "role", "mark", "command", "how"}:
                yield from texts(getattr(part, entry.name))


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d[\d\u00a0,.]*\d|\d", text))


@pytest.fixture(scope="module", params=list(KINDS))
def findings(request: pytest.FixtureRequest) -> Findings:
    return made(request.param)


@pytest.mark.parametrize("lang", LOCALES)
def test_every_number_of_the_brief_stands_in_a_section_below(findings: Findings, lang: str) -> None:
    words = Words(lang)
    first, *others = [*sections_of(findings, words)]
    below = numbers(" ".join(" ".join(texts(section)) for section in others))
    names = " ".join(words.name(a) for a in findings.graph.starts["activity"])
    said = numbers(" ".join(texts(first))) - numbers(names)
    assert said <= below, said - below


@pytest.mark.parametrize("lang", LOCALES)
def test_every_section_is_whole(findings: Findings, lang: str) -> None:
    words = Words(lang)
    sections = [*sections_of(findings, words)]
    assert len({section.id for section in sections}) == len(sections)
    anchors = {section.id for section in sections} | {*method.FIGURES, *method.WITHOUT_FLOW, *method.WITH_FLOW}
    anchors |= {*method.WITH_DEADLINES, *method.WITH_RULES}
    for section in sections:
        assert section.title and section.nav and section.blocks or section.lead
        assert {id for id, _ in section.how} <= anchors
        assert not any("nan" in text.split() or "None" in text.split() for text in texts(section))
        for block in section.blocks:
            if isinstance(block, Table):
                assert all(len(row.cells) == len(block.columns) for row in block.rows)
            if isinstance(block, Cards):
                assert len(block.cards) == 4 and {card.link for card in block.cards} <= anchors
            if isinstance(block, Figures):
                assert len(block.figures) == 4


def with_broken_rules(folder: Path) -> Path:
    """A report to KOSTRA in which every decision came before its application."""
    lines = KOSTRA.read_text("iso-8859-1").splitlines()
    path = folder / KOSTRA.name
    path.write_text("\n".join(line[:40] + line[48:56] + line[40:48] + line[56:] for line in lines), "iso-8859-1")
    return path


def test_every_sentence_of_the_catalogue_is_said(said_keys: set[str]) -> None:
    for name in KINDS:
        findings = made(name)
        for closed in ("time", "day", "boolean"):
            method.notes(replace(findings, manifest=replace(findings.manifest, closed=closed, start_times=True)), NB)
        sections_of(findings, NB)
        deadlines.card(findings, NB)
    sections_of(mine(read(KOSTRA)), NB)  # records that break rules of their format
    elsewhere = ("message.", "month.", "months.", "page.", "reasons.", "words.")
    silent = {key for key in set(catalogue("nb")) - said_keys if not key.startswith(elsewhere)}
    assert not silent, sorted(silent)


def months(findings: Findings) -> Table:
    """The table of the months, which may lie in a chart."""
    last = throughput.section(findings, NB).blocks[-1]
    return last.table if isinstance(last, Chart) else last  # type: ignore[return-value]


def section_of(part, name: str) -> Section:
    return part.section(made(name), NB)


def said(section: Section) -> str:
    return " ".join(texts(section)).replace("\u00a0", " ")


def cards(name: str) -> list[str]:
    blocks = section_of(brief, name).blocks
    assert isinstance(blocks[0], Cards)
    return [" ".join(texts(card)).replace("\u00a0", " ") for card in blocks[0].cards]


@pytest.mark.parametrize("name", [name for name in KINDS if not name.startswith("waiting")])
def test_time_between_steps_is_never_called_waiting(name: str) -> None:
    findings = made(name)
    assert findings.waiting.kind == "between"
    text = " ".join(map(said, sections_of(findings, NB))).lower()
    # The two sentences that say why it cannot be called so.
    for sentence in ("method.no_start_times", "between.meaning"):
        text = text.replace(NB.say(sentence).lower(), "")
    assert not re.search(r"\bvent", text)


def test_real_waiting_is_called_waiting() -> None:
    assert section_of(between, "waiting").nav == "Venting"
    assert "mellom steg" not in said(section_of(between, "waiting"))


def test_newest_finished_months_are_set_beside_the_same_months_a_year_before() -> None:
    findings = made("two years")
    found = throughput.comparison(findings)
    assert found is not None
    assert found.months == ("2026-02", "2026-03", "2026-04")
    assert found.months_before == ("2025-02", "2025-03", "2025-04")
    assert throughput.compared(findings, NB).replace("\u00a0", " ") == (
        "Medianen per måned var 5,0 til 6,0 dager for saker mottatt i februar–april 2026. "
        "I februar–april 2025 var den 7,0 til 8,0 dager."
    )


def test_an_unfinished_month_is_marked_and_not_compared() -> None:
    section, table = section_of(throughput, "two years"), months(made("two years"))
    may = next(row for row in table.rows if row.cells[0].text == "mai 2026")
    assert may.cells[-1].text == "◌ Ikke ferdig"
    assert [cell.bar.tone for cell in may.cells if cell.bar] == ["open"]
    assert "2 måneder er ikke ferdige" in said(section)


@pytest.mark.parametrize("name", ["small", "no finished month", "one case", "small closed"])
def test_without_two_finished_years_nothing_is_compared(name: str) -> None:
    assert throughput.comparison(made(name)) is None


def test_closing_unknown_is_said_and_no_month_is_marked() -> None:
    section = section_of(throughput, "small")
    assert "Eksporten sier ikke hvilke saker som er avsluttet" in said(section)
    table = months(made("small"))
    assert "Status" not in [column.title for column in table.columns]
    assert {cell.bar.tone for row in table.rows for cell in row.cells if cell.bar} == {"main"}


def test_the_most_common_route_is_called_that_and_repeats_have_sign_and_word() -> None:
    section = section_of(routes, "small")
    (strips,) = section.blocks
    assert isinstance(strips, Strips)
    assert strips.strips[0].about[0] == "Den vanligste veien"
    marked = [step for strip in strips.strips for step in strip.steps if step.state != "plain"]
    assert marked and all(step.sign and step.word for step in marked)
    assert {entry.state for entry in strips.legend} == {step.state for step in marked}


def test_a_rare_most_common_route_is_no_yardstick() -> None:
    (strips,) = section_of(routes, "no usual route").blocks
    assert isinstance(strips, Strips)
    assert {step.state for strip in strips.strips for step in strip.steps} == {"plain"}


def test_a_long_tail_and_a_long_case_are_folded() -> None:
    section = section_of(routes, "every case its own route")
    assert "I tillegg kommer 32 andre veier (32 saker)." in said(section)
    (strips,) = section_of(routes, "long case").blocks
    assert isinstance(strips, Strips)
    assert len(strips.strips[0].steps) == 24 and strips.strips[0].more.replace("\u00a0", " ") == "… og 776 steg til"


@pytest.mark.parametrize(("rows", "shown"), [(1, 1), (12, 12), (13, 10), (5_000, 10)])
def test_folding_one_or_two_rows_hides_more_than_it_saves(rows: int, shown: int) -> None:
    assert number_shown(rows) == shown


def test_log_without_rework() -> None:
    section = section_of(rework, "one route")
    assert section.title == "Ingen steg gjøres om igjen" and section.blocks == ()
    assert cards("one route")[1].startswith("0 % av sakene har steg som gjøres om igjen")


def test_no_case_closed() -> None:
    assert "færre enn halvparten av sakene er ferdige" in cards("no finished month")[3].lower()
    assert "ingen saker er avsluttet" in cards("no finished month, rework")[1].lower()


def test_no_time_and_no_steps() -> None:
    assert cards("no time passes")[2].startswith("0 sekunder går med mellom stegene")
    assert "Ingen sak har mer enn én hendelse" in section_of(between, "one event").title


def test_records_not_used_are_counted_by_reason() -> None:
    section = section_of(method, "with sources")
    assert section.title.replace("\u00a0", " ") == "4 av 15 poster er ikke brukt"
    assert "mai.csv" in said(section) and "C:" not in said(section)
    assert "<b>odd</b>" in said(section) and "Satt til side sumrad 1" in said(section)
    assert "Rapporten gjelder et utvalg" in said(section)


def test_counts_of_the_method_add_up() -> None:
    tables = [b for b in section_of(method, "one source too many").blocks if isinstance(b, Table)]
    sources, reasons = tables[1:3]
    assert sources.rows[-1].tone == "total" and [cell.text for cell in sources.rows[-1].cells[1:]] == [
        "50",
        "25",
        "25",
        "0",
        "0",
        "25",
    ]
    assert sum(int(row.cells[-1].text) for row in reasons.rows) == 25


def test_bars_stay_within_their_cell() -> None:
    assert [Bar(share).width for share in (-1, 0, 1e-9, 0.5, 1, 7, float("nan"))] == [
        "0",
        "0",
        "0.8",
        "50.0",
        "100.0",
        "100.0",
        "0",
    ]


def test_hostile_names_are_data() -> None:
    text = said(section_of(routes, "hostile"))
    assert HOSTILE[2] in text and "\u202e" not in text
