"""KOSTRA 11CF and 11F: the layouts of all years, what is recognised, what becomes of the fields, and the rules."""

import gzip
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from saksflyt.cli.main import main
from saksflyt.connectors.kostra import program as program_form
from saksflyt.connectors.kostra import support as support_form
from saksflyt.connectors.kostra.kostra import KostraReports
from saksflyt.connectors.kostra.layouts import layouts
from saksflyt.connectors.registry import Reading, connector_for, import_log, read
from saksflyt.connectors.tables import Tables
from saksflyt.mining.errors import DataError
from saksflyt.mining.log import EventLog
from saksflyt.mining.quality import quality

from .kostra_lines import FNR, MONTHS, layout_of, line, program, report, support

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SHARED = Path(__file__).parents[3] / "shared" / "knowledge" / "formats" / "kostra_layouts_2022_2026.json"
YEARS = range(2022, 2027)


def imported(tmp_path: Path, *lines: str, name: str = "r.dat", **how) -> Reading:
    return import_log(report(tmp_path / name, *lines), tmp_path / "log", now=NOW, replace=True, **how)


def events(log: EventLog) -> list[tuple[str, str]]:
    rows = log.sql(
        "select activity, strftime(timezone('Europe/Oslo', end_time), '%Y-%m-%d') from events order by case_no, position"
    )
    return list(rows.itertuples(index=False, name=None))


def case(log: EventLog) -> pd.Series:
    return log.sql("select * from cases").iloc[0]


def rules(done: Reading) -> dict[str, int]:
    return done.receipt.sources[0].rules


# Layouts


@pytest.mark.parametrize(
    ("form", "year", "length", "field", "start"),
    [
        ("11CF", 2022, 139, "REG_DATO", 35),
        ("11CF", 2023, 138, "REG_DATO", 35),
        ("11CF", 2024, 136, "REG_DATO", 33),
        ("11CF", 2025, 152, "REG_DATO", 41),
        ("11CF", 2026, 152, "REG_DATO", 41),
        ("11F", 2022, 324, "UTBETDATO", 273),
        ("11F", 2023, 324, "UTBETDATO", 273),
        ("11F", 2024, 324, "UTBETDATO", 271),
        ("11F", 2025, 338, "UTBETDATO", 279),
        ("11F", 2026, 338, "UTBETDATO", 279),
    ],
)
def test_version_and_length_choose_the_layout(form: str, year: int, length: int, field: str, start: int) -> None:
    layout = layouts()[f"{year % 100:02}", length]
    assert (layout.form, layout.year, layout.fields[field].start) == (form, year, start)
    assert layout.fields[field].type == ("ddMMyy" if year < 2025 else "ddMMyyyy")


def test_the_fields_of_a_layout_cover_the_record_without_gaps() -> None:
    assert len(layouts()) == 10
    for layout in layouts().values():
        end = 0
        for field in layout.fields.values():
            assert field.start == end + 1, (layout.form, layout.year, field)
            end = field.start + field.length - 1
        assert end == layout.length


@pytest.mark.parametrize(
    ("form", "count", "places"),
    [
        ("11CF", 53, {"KOMMUNE_NR": (1, 4), "VERSION": (5, 6), "BYDELSNR": (7, 8), "FODSELSDATO": (9, 16),
                      "PERSON_JOURNALNR": (17, 24), "PERSON_FODSELSNR": (25, 35), "KJONN": (36, 36), "EKTSTAT": (37, 37),
                      "BU18": (38, 38), "ANTBU18": (39, 40), "REG_DATO": (41, 48), "VEDTAK_DATO": (49, 56),
                      "BEGYNT_DATO": (57, 64), "KVP_KOMM": (65, 65), "KOMMNR_KVP_KOMM": (66, 69), "STMND_1": (81, 82),
                      "STMND_12": (103, 104), "KVP_STONAD": (105, 111), "STATUS": (112, 112), "AVSL_DATO": (113, 120),
                      "AVSL_VIKTIGSTE_INNTEKT": (141, 142), "SAKSBEHANDLER": (143, 152)}),
        ("11F", 79, {"STMND_1": (58, 59), "STMND_12": (80, 81), "BIDRAG_JAN": (96, 102), "LAAN_DES": (257, 263),
                     "GITT_OKONOMIRAD": (264, 264), "FAAT_INDIVIDUELL_PLAN": (265, 265), "SAKSBEHANDLER": (266, 275),
                     "BOSIT": (276, 276), "VILKARSOSLOV": (277, 277), "UTBETDATO": (279, 286),
                     "UTBETTOMDATO": (287, 294), "VEDTAKDATO": (319, 326), "SANKSJONANDRE": (337, 338)}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("year", [2025, 2026])
def test_positions_are_those_of_the_description(form: str, count: int, places: dict, year: int) -> None:
    fields = layout_of(form, year).fields
    assert len(fields) == count
    assert {name: (fields[name].start, fields[name].start + fields[name].length - 1) for name in places} == places


@pytest.mark.skipif(not SHARED.is_file(), reason="the collected descriptions are not beside this checkout")
def test_the_layouts_are_those_of_the_collected_descriptions() -> None:
    plain = json.loads(SHARED.read_text(encoding="utf-8"))
    for layout in layouts().values():
        described = plain[layout.form][str(layout.year)]
        assert layout.length == described["recordLength"]
        found = [(f.name, f.start, f.length, f.type) for f in layout.fields.values()]
        assert found == [
            (name, start, length, form or type_) for name, start, length, type_, form in described["fields"]
        ]


# Recognition


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("of", [program, support])
def test_every_year_is_recognised_and_read(of, year: int, tmp_path: Path) -> None:
    path = report(tmp_path / "report", of(year, "A1"), of(year, "A2"), end="\r\n" if year % 2 else "\n")
    assert connector_for(path).name == "kostra"
    log = read(path, now=NOW)
    assert log.case_count == 2
    assert {found[:4] for _, found in events(log)} == {str(year)}


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    path = tmp_path / "r.dat"
    path.write_bytes(f"{program(journal='A')}\r\n{program(journal='B')}".encode("latin-1"))
    assert read(path, now=NOW).case_count == 2
    path.write_bytes(program().encode("latin-1"))
    assert read(path, now=NOW).case_count == 1


@pytest.mark.parametrize("content", [b" ", b" \n", b" \r\n"])
def test_a_single_blank_is_nothing_to_report(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "11CF_2025.dat"
    path.write_bytes(content)
    done = import_log(path, tmp_path / "log", now=NOW)
    assert done.log.case_count == 0 and done.receipt.sources[0].records == 0
    assert any("nothing to report" in line for line in done.receipt.lines())


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n", b"  \n", b"Saksnr;Hendelse;Tidspunkt\n1;a;01.01.2025\n",
        b"202501;" + b"x" * 145 + b"\n", b"46012512," + b"x" * 144 + b"\n", b"46012512\tx" + b"x" * 142 + b"\n",
        b"4601;25;" + b"1" * 144 + b"\n", b"<log>\n", b"{}\n", b"20250101 " + b"short\n" * 3,
        ("46012512" + " " * 60 + "\n").encode() * 3,
    ],
)  # fmt: skip
def test_other_files_are_not_claimed(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "r.dat"
    path.write_bytes(content)
    assert not KostraReports().knows(path)


def test_a_report_is_no_table(tmp_path: Path) -> None:
    assert not Tables().knows(report(tmp_path / "r.txt", program()))
    assert not KostraReports().knows(tmp_path / "not there")


def test_zip_and_gzip(tmp_path: Path) -> None:
    one, two = program(journal="A") + "\r\n", program(2024, journal="B") + "\r\n"
    (tmp_path / "r.dat.gz").write_bytes(gzip.compress(one.encode()))
    assert read(tmp_path / "r.dat.gz", now=NOW).case_count == 1
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.writestr("11CF_2025.dat", one)
        archive.writestr("2024/11CF_2024.dat", two)
    log = read(tmp_path / "both.zip", now=NOW)
    assert log.case_count == 2
    assert [source.name for source in log.manifest.sources] == ["both.zip/11CF_2025.dat", "both.zip/2024/11CF_2024.dat"]
    with zipfile.ZipFile(tmp_path / "both.zip", "a") as archive:
        archive.writestr("x.csv", "Saksnr;Hendelse;Tidspunkt\n1;a;01.01.2025\n")
    with pytest.raises(DataError, match="several kinds"):
        read(tmp_path / "both.zip", now=NOW)


def test_letters_are_iso_8859_1(tmp_path: Path) -> None:
    done = imported(tmp_path, program(SAKSBEHANDLER="Bjørnå ÆØ", journal="Å1"), program(journal="Å2"))
    assert done.receipt.sources[0].accepted == 2 and not done.receipt.cells
    assert done.receipt.sources[0].encoding == "iso-8859-1"


# Faults


def test_lines_of_a_wrong_length_are_quarantined_with_line_and_length(tmp_path: Path) -> None:
    lines = [program(journal=f"A{n}") for n in range(6)]
    done = imported(tmp_path, *lines[:2], lines[2] + " ", *lines[3:5], lines[5][:-20])
    (source,) = done.receipt.sources
    assert source.adds_up and source.accepted == 4 and source.quarantined == {"wrong record length": 2}
    said = "\n".join(done.receipt.lines())
    assert "line 3: wrong record length: 153, not 152." in said and "line 6: wrong record length: 132, not 152." in said
    assert done.receipt.quarantine is not None
    assert done.receipt.quarantine.read_text().splitlines()[1:] == [
        "r.dat,3,,no,\"wrong record length: 153, not 152\",", "r.dat,6,,no,\"wrong record length: 132, not 152\","
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["460121" + " " * 134] * 3, "line 1: a record of the year 21 with 140 characters is of no layout"),
        ([program(), *["460125" + " 1" * 70] * 3], "line 2: a record of the year 25 with 146 characters"),
        (["460131  " + program()[8:]] * 2, "line 1: a record of the year 31 with 152 characters"),
    ],
    ids=["a year before the first", "most lines too short", "a year after the last"],
)
def test_a_file_that_fits_no_layout_is_refused_with_line_and_known_lengths(
    lines: list[str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as refused:
        read(report(tmp_path / "r.dat", *lines), now=NOW)
    assert said in str(refused.value) and "11CF of 2022 (139), 2023 (138), 2024 (136), 2025 and 2026 (152)" in str(
        refused.value
    )
    assert "11F of 2022 and 2023 and 2024 (324), 2025 and 2026 (338)" in str(refused.value)


@pytest.mark.parametrize(
    ("bad", "reason", "place"),
    [
        (program(KOMMUNE_NR="46 1"), "no municipality number", "KOMMUNE_NR (positions 1-4)"),
        (program(journal=" "), "no journal number", "PERSON_JOURNALNR (positions 17-24)"),
        (program(journal="00000000"), "no journal number", "PERSON_JOURNALNR (positions 17-24)"),
        (program(VERSION="99"), "unknown year", "VERSION (positions 5-6)"),
        (support(), "record of another form", "VERSION (positions 5-6)"),
    ],
)
def test_records_that_cannot_be_used_are_quarantined(bad: str, reason: str, place: str, tmp_path: Path) -> None:
    done = imported(tmp_path, *(program(journal=f"A{n}") for n in range(3)), bad)
    (source,) = done.receipt.sources
    assert source.adds_up and source.quarantined == {reason: 1} and source.accepted == 3
    assert done.receipt.quarantine is not None
    assert done.receipt.quarantine.read_text().splitlines()[1:] == [f"r.dat,4,{place},no,{reason},"]


def test_a_date_that_is_none_is_named_by_line_field_and_position(tmp_path: Path) -> None:
    texts = ["31022025", "99999999", "1 012025", "abcdefgh", "01011800"]
    done = imported(tmp_path, program(), *(program(journal=text, VEDTAK_DATO=text) for text in texts))
    said = [f"r.dat: line {n}, field VEDTAK_DATO (positions 49-56): no date." for n in range(2, 7)]
    assert [line for line in done.receipt.lines() if "positions" in line and "field" in line] == said
    assert done.receipt.cells == {"VEDTAK_DATO (positions 49-56): no date": 5}
    assert done.receipt.sources[0].accepted == 6 and done.log.event_count == 3 + 5 * 2
    listed = (tmp_path / "log.quarantine.csv").read_text()
    assert len(listed.splitlines()) == 6 and not any(text in listed for text in texts)


@pytest.mark.parametrize("text", ["00000000", " ", "0"])
def test_zeros_and_blanks_are_no_dates_and_no_faults(text: str, tmp_path: Path) -> None:
    done = imported(tmp_path, program(AVSL_DATO=text))
    assert not done.receipt.cells and done.receipt.quarantine is None
    assert case(done.log)["closed"] is pd.NaT


def test_more_than_five_faults_are_counted_and_not_listed(tmp_path: Path) -> None:
    done = imported(tmp_path, *(program(journal=f"A{n}", REG_DATO="99999999") for n in range(8)))
    lines = [line for line in done.receipt.lines() if "REG_DATO" in line and "no date" in line and "field" in line]
    assert len(lines) == 5 and "r.dat: and 3 more: no date." in done.receipt.lines()


def test_a_line_without_an_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.dat"
    path.write_bytes((program() + "\n").encode() + b"0" * (2 << 20))
    with pytest.raises(DataError, match="has a line without an end"):
        read(path, now=NOW)


def test_more_lines_than_any_report_has_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.dat.gz"
    path.write_bytes(gzip.compress((program() + "\n").encode() * 20_000 + b"1\n" * 500_000))
    with pytest.raises(DataError, match="more than 500000 lines, which no report has"):
        read(path, now=NOW)


def test_a_very_long_line_is_quarantined_with_its_length(tmp_path: Path) -> None:
    done = imported(tmp_path, program(journal="A"), program(journal="B") * 1000, program(journal="C"))
    assert "r.dat: line 2: wrong record length: 152000, not 152." in done.receipt.lines()


# 11CF


def test_four_milestones_in_the_words_of_the_template(tmp_path: Path) -> None:
    done = imported(tmp_path, program(STATUS="3", AVSL_DATO=date(2025, 11, 28)))
    assert events(done.log) == [
        ("Søknad registrert", "2025-01-08"),
        ("Vedtak om program og stønad", "2025-02-05"),
        ("Program startet", "2025-03-03"),
        ("Program avsluttet", "2025-11-28"),
    ]
    assert done.log.sql("select distinct precision from events")["precision"].tolist() == ["day"]
    assert done.log.manifest.closed == "day" and case(done.log)["closed"] is not pd.NaT


def test_milestones_of_one_day_stand_in_the_order_of_the_form(tmp_path: Path) -> None:
    day = date(2025, 4, 1)
    line = program(REG_DATO=day, VEDTAK_DATO=day, BEGYNT_DATO=day, AVSL_DATO=day, STATUS="4")
    found = [step for step, _ in events(imported(tmp_path, line).log)]
    assert found == ["Søknad registrert", "Vedtak om program og stønad", "Program startet", "Program avsluttet"]


STATUSES = {
    "1": "fortsatt i program", "2": "permisjon", "3": "fullført", "4": "varig avbrutt", "5": "flyttet til annen kommune",
    "6": "flyttet til annen bydel", "7": "avsluttet etter avbrudd",
}  # fmt: skip


def test_status_in_words_and_which_of_them_end(tmp_path: Path) -> None:
    ended: dict[str, Any] = {"KOMMUNE_NR": "0301", "BYDELSNR": "05", "AVSL_DATO": date(2025, 9, 1)}
    log = imported(tmp_path, *(program(journal=f"A{code}", STATUS=code, **ended) for code in STATUSES)).log
    found = log.sql('select "Status", closed is not null as over, events from cases').itertuples(index=False, name=None)
    assert set(found) == {(words, code > "2", 3 + (code > "2")) for code, words in STATUSES.items()}


def test_the_unit_is_the_municipality_and_in_oslo_the_district(tmp_path: Path) -> None:
    places = [("4601", "  "), ("4602", "03"), ("0301", "05"), ("0301", "00")]
    log = imported(tmp_path, *(program(KOMMUNE_NR=number, BYDELSNR=district) for number, district in places)).log
    assert set(log.sql("select unit from cases")["unit"]) == {
        "Kommune 4601", "Kommune 4602", "Kommune 0301, bydel 05", "Kommune 0301",
    }  # fmt: skip


def test_a_birth_date_becomes_an_age_group(tmp_path: Path) -> None:
    groups = {
        (2001, 12, 31): "under 25 år", (2000, 1, 1): "25–29 år", (1995, 1, 1): "30–39 år", (1976, 1, 1): "40–49 år",
        (1975, 1, 1): "50–59 år", (1965, 1, 1): "60 år og over",
    }  # fmt: skip
    log = imported(tmp_path, *(program(journal=f"A{n}", FODSELSDATO=date(*born)) for n, born in enumerate(groups))).log
    found = log.sql(
        'select "Aldersgruppe" as age from cases join events using (case_no) where "position" = 1 order by source_row'
    )
    assert found["age"].tolist() == list(groups.values())


def test_attributes_are_words_and_unknown_codes_are_empty(tmp_path: Path) -> None:
    said: dict[str, Any] = {
        "EKTSTAT": "4",
        "BU18": "9",
        "STATUS": "3",
        "AVSL_VIKTIGSTE_INNTEKT": "1 ",
        "AVSL_DATO": date(2025, 9, 1),
    }
    found = case(imported(tmp_path, program(**said)).log)
    assert (found["Kjønn"], found["Sivilstand"], found["Inntekt etter programmet"], found["Rapporteringsår"]) == (
        "kvinne", "skilt eller separert", "ordinært arbeid", "2025",
    )  # fmt: skip
    assert pd.isna(found["Barn under 18 år"])


def test_a_case_is_a_journal_number_and_a_start(tmp_path: Path) -> None:
    """The same person may take part twice; two districts may use one number."""
    lines = [
        program(journal="A"), program(journal="A", BEGYNT_DATO=date(2025, 9, 1)), program(journal="B"),
        program(journal="A", KOMMUNE_NR="0301", BYDELSNR="01"), program(journal="A", KOMMUNE_NR="0301", BYDELSNR="02"),
    ]  # fmt: skip
    assert imported(tmp_path, *lines).log.case_count == 5


def test_people_are_ordinals_and_stand_ins_are_nobody(tmp_path: Path) -> None:
    lines = [
        program(journal="A", PERSON_FODSELSNR=FNR), program(journal="B", PERSON_FODSELSNR=FNR),
        program(journal="C", PERSON_FODSELSNR="17059000100"), program(journal="D", PERSON_FODSELSNR="17059000200"),
        program(journal="E", PERSON_FODSELSNR="17059055555"), program(journal="F", PERSON_FODSELSNR="17059099999"),
        program(journal="G", PERSON_FODSELSNR="00000000000"),
    ]  # fmt: skip
    log = imported(tmp_path, *lines).log
    assert (log.manifest.applicants, log.manifest.resources, log.manifest.people) == (1, 1, "ordinals")
    assert sorted(log.sql("select case_id from cases")["case_id"]) == [f"C{n}" for n in range(1, 8)]


def test_the_window_ends_with_the_reporting_year_once_it_is_over(tmp_path: Path) -> None:
    assert imported(tmp_path, program()).log.manifest.observed_to == datetime(2025, 12, 31, 22, 59, 59, 999999, UTC)
    early = import_log(tmp_path / "r.dat", tmp_path / "early", now=datetime(2025, 6, 1, tzinfo=UTC))
    assert early.log.manifest.observed_to == datetime(2025, 3, 3, 22, 59, 59, 999999, UTC)
    given = imported(tmp_path, program(), as_of="2025-02-28")
    assert given.log.manifest.observed_to == datetime(2025, 2, 28, 22, 59, 59, 999999, UTC)


def test_a_report_at_once(tmp_path: Path) -> None:
    lines = [
        program(journal=f"A{n}", REG_DATO=date(2025, 1, 2 + n), AVSL_DATO=date(2025, 12, 1), STATUS="3")
        for n in range(9)
    ]
    path = report(tmp_path / "11CF_2025.dat", *lines)
    target = tmp_path / "report.html"
    done = CliRunner().invoke(main, ["report", str(path), "--flow", "kvp", "-o", str(target), "--now", "2026-11-22"])
    assert done.exit_code == 0, done.stderr
    page = target.read_text(encoding="utf-8")
    assert "9 av 9 saker går som tiltenkt" in page
    assert "Vedtak om program og stønad" in page


# 11F


def test_months_of_support_with_their_amounts(tmp_path: Path) -> None:
    line = support(months={1: 8000, 12: 900}, LAAN_DES="150", STMND_3="03", LAAN="150")
    done = imported(tmp_path, line)
    assert events(done.log) == [
        ("Stønad utbetalt", "2025-01-01"), ("Stønad utbetalt", "2025-03-01"), ("Stønad utbetalt", "2025-12-01"),
    ]  # fmt: skip
    amounts = done.log.sql('select "Bidrag", "Lån" from events order by "position"')
    assert amounts["Bidrag"].fillna(-1).tolist() == [8000, -1, 900] and amounts["Lån"].fillna(-1).tolist() == [
        -1,
        -1,
        150,
    ]
    assert any("only the month is known" in line for line in done.receipt.lines())


@pytest.mark.parametrize("year", YEARS)
def test_every_month_of_every_year_finds_its_amount(year: int, tmp_path: Path) -> None:
    months = {month: 100 * month for month in range(1, 13)}
    line = support(year, months=months, **{f"LAAN_{name}": "7" for name in MONTHS})
    log = imported(tmp_path, line, as_of=f"{year}-12-31").log
    found = log.sql('select "Bidrag", "Lån" from events order by end_time')
    assert found["Bidrag"].tolist() == [100 * month for month in range(1, 13)] and found["Lån"].tolist() == [7] * 12


def test_decisions_by_their_day(tmp_path: Path) -> None:
    line = support(months={2: 1}, UTBETDATO=date(2025, 2, 1), VEDTAKDATO=date(2025, 1, 20), VILKARSOSLOV="1")
    log = imported(tmp_path, line).log
    assert events(log) == [
        ("Vedtak om unntak fra aktivitetsplikt", "2025-01-20"),
        ("Vedtak med vilkår", "2025-02-01"),
        ("Stønad utbetalt", "2025-02-01"),
    ]
    assert log.sql('select count("Bidrag") as n from events')["n"].tolist() == [1]


def test_a_month_is_marked_by_its_number(tmp_path: Path) -> None:
    marks = {"02": 1, "2 ": 1, " 2": 1, "00": 0, "  ": 0}
    log = imported(
        tmp_path, *(support(journal=f"S{n}", months={1: 1}, STMND_2=mark) for n, mark in enumerate(marks))
    ).log
    found = log.sql("select count(*) as n from events group by source_row order by source_row")["n"]
    assert found.tolist() == [1 + paid for paid in marks.values()]


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"STMND_2": "03"}, "STMND_2 (positions 60-61): no code of this month"),
        ({"BIDRAG_JAN": "12x"}, "BIDRAG_JAN (positions 96-102): no number"),
        ({"UTBETDATO": "32012025"}, "UTBETDATO (positions 279-286): no date"),
    ],
)
def test_cells_of_11f_that_cannot_be_read_are_named(said: dict, fault: str, tmp_path: Path) -> None:
    done = imported(tmp_path, support(**said))
    assert done.receipt.cells == {fault: 1} and done.receipt.sources[0].accepted == 1


def test_somebody_without_a_national_id_is_known_by_the_duf_number(tmp_path: Path) -> None:
    lines = [support(journal=f"S{n}", PERSON_DUF="202012345600") for n in range(2)]
    assert imported(tmp_path, *lines).log.manifest.applicants == 1


def test_a_record_without_any_month_is_set_aside(tmp_path: Path) -> None:
    (source,) = imported(tmp_path, support(months={}), support(journal="S2")).receipt.sources
    assert source.adds_up and source.set_aside == {"no milestone has a date": 1}


# Rules: one test case each

OSLO: dict[str, Any] = {"KOMMUNE_NR": "0301", "BYDELSNR": "01"}
OVER: dict[str, Any] = {"STATUS": "3", "AVSL_DATO": date(2025, 12, 1)}
BROKEN: dict[str, tuple[Any, dict[str, Any]]] = {
    "REG_DATO missing": (program, {"REG_DATO": None}),
    "VEDTAK_DATO missing": (program, {"VEDTAK_DATO": None}),
    "BEGYNT_DATO missing": (program, {"BEGYNT_DATO": None}),
    "REG_DATO old": (program, {"REG_DATO": date(2020, 12, 31)}),
    "VEDTAK_DATO old": (program, {"REG_DATO": date(2021, 1, 1), "VEDTAK_DATO": date(2020, 12, 31)}),
    "BEGYNT_DATO old": (program, {"BEGYNT_DATO": date(2020, 12, 31)}),
    "REG_DATO late": (program, {"REG_DATO": date(2026, 1, 1)}),
    "VEDTAK_DATO late": (program, {"VEDTAK_DATO": date(2026, 1, 1)}),
    "BEGYNT_DATO late": (program, {"BEGYNT_DATO": date(2026, 1, 1)}),
    "AVSL_DATO missing": (program, {"STATUS": "3"}),
    "AVSL_DATO outside the year": (program, OVER | {"AVSL_DATO": date(2026, 1, 1)}),
    "AVSL_DATO of a running program": (program, {"STATUS": "2", "AVSL_DATO": date(2025, 12, 1)}),
    "STATUS unknown": (program, {"STATUS": "8"}),
    "moved within Oslo": (program, OVER | {"STATUS": "6"}),
    "decision before application": (program, {"VEDTAK_DATO": date(2025, 1, 7)}),
    "start before decision": (program, {"BEGYNT_DATO": date(2025, 2, 4)}),
    "end before start": (program, OVER | {"AVSL_DATO": date(2025, 3, 2)}),
    "age": (program, {"FODSELSDATO": date(1956, 1, 1)}),
    "no month": (support, {"months": {}, "UTBETDATO": date(2025, 1, 1)}),
    "amount without its month": (support, {"BIDRAG_MAI": "1", "BIDRAG": "17001"}),
    "BIDRAG is not the sum": (support, {"BIDRAG": "17001"}),
    "LAAN is not the sum": (support, {"LAAN_JAN": "5"}),
    "UTBETDATO missing": (support, {"VILKARSOSLOV": "1"}),
    "UTBETDATO old": (support, {"UTBETDATO": date(2020, 12, 31)}),
    "conditions end before the decision": (support, {"UTBETDATO": date(2025, 3, 1), "UTBETTOMDATO": date(2025, 2, 1)}),
    "exemption of age": (support, {"VEDTAKDATO": date(2025, 1, 1)}),
}
KEPT: dict[str, tuple[Any, list[dict[str, Any]]]] = {
    "REG_DATO old": (program, [{"REG_DATO": date(2021, 1, 1)}, OSLO | {"REG_DATO": date(2020, 12, 31)}]),
    "VEDTAK_DATO old": (program, [{"VEDTAK_DATO": date(2021, 1, 1)}, OSLO | {"VEDTAK_DATO": date(2020, 1, 1)}]),
    "BEGYNT_DATO old": (program, [{"BEGYNT_DATO": date(2021, 1, 1)}, OSLO | {"BEGYNT_DATO": date(2020, 1, 1)}]),
    "BEGYNT_DATO late": (program, [{"BEGYNT_DATO": date(2025, 12, 31)}]),
    "AVSL_DATO missing": (program, [{"STATUS": "1"}, {"STATUS": "2"}, OSLO | {"STATUS": "6"}]),
    "AVSL_DATO outside the year": (program, [OVER, OVER | {"AVSL_DATO": date(2025, 12, 31)}]),
    "moved within Oslo": (program, [OSLO | OVER | {"STATUS": "6"}]),
    "decision before application": (program, [{"VEDTAK_DATO": date(2025, 1, 8)}]),
    "start before decision": (program, [{"BEGYNT_DATO": date(2025, 2, 5)}]),
    "end before start": (program, [OVER | {"AVSL_DATO": date(2025, 3, 3)}]),
    "age": (program, [{"FODSELSDATO": date(2007, 1, 1)}, {"FODSELSDATO": date(1957, 1, 1)}, {"FODSELSDATO": None}]),
    "BIDRAG is not the sum": (support, [{}, {"months": {5: 7}}]),
    "exemption of age": (support, [{"VEDTAKDATO": date(2025, 1, 1), "FODSELSDATO": date(1995, 1, 1)}]),
}  # fmt: skip


def test_every_rule_has_a_case() -> None:
    named = {rule.name for form in (program_form.FORM, support_form.FORM) for rule in form.rules}
    assert named == set(BROKEN)


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_counted_with_its_line_and_the_record_kept(rule: str, tmp_path: Path) -> None:
    of, said = BROKEN[rule]
    done = imported(tmp_path, of(journal="A1"), of(journal="A2", **said), of(journal="A3"))
    assert rules(done)[rule] == 1
    assert any(line.endswith(": line 2.") for line in done.receipt.lines())
    assert done.receipt.sources[0].accepted == 3


@pytest.mark.parametrize("of", [program, support], ids=["11CF", "11F"])
def test_a_kept_rule_says_nothing(of: Any, tmp_path: Path) -> None:
    """Records at the very edge of each rule; what another rule says of them is not asked here."""
    lines, edges = [], {}
    for rule, (form, sayings) in KEPT.items():
        for said in sayings if form is of else []:
            lines.append(of(journal=f"A{len(lines)}", **said))
            edges.setdefault(rule, set()).add(str(len(lines)))
    done = imported(tmp_path, *lines)
    says = {rule.name: rule.says for rule in (*program_form.FORM.rules, *support_form.FORM.rules)}
    for rule, own in edges.items():
        named = [line.rsplit("line", 1)[1] for line in done.receipt.lines() if f": {says[rule]}:" in line]
        assert not own & set("".join(named).strip("s .").replace(",", "").split()), rule
    assert edges


def test_usual_records_break_no_rule(tmp_path: Path) -> None:
    assert rules(imported(tmp_path, program(), program(journal="K2", **OVER))) == {}
    assert rules(imported(tmp_path, support())) == {}


def test_the_end_is_needed_for_status_3_4_5_and_7(tmp_path: Path) -> None:
    done = imported(tmp_path, *(program(journal=f"A{status}", STATUS=status, **OSLO) for status in "1234567"))
    assert rules(done) == {"AVSL_DATO missing": 4}
    assert any(line.endswith("3, 4, 5 or 7: lines 3, 4, 5, 7.") for line in done.receipt.lines())


def test_national_ids_and_journal_numbers_that_come_twice_are_counted(tmp_path: Path) -> None:
    lines = [
        program(journal="A", PERSON_FODSELSNR=FNR), program(journal="B", PERSON_FODSELSNR=FNR),
        program(journal="C"), program(journal="C", BEGYNT_DATO=date(2025, 5, 1)), program(journal="D"),
        program(journal="C", KOMMUNE_NR="0301"), program(journal="E", PERSON_FODSELSNR="17059000100"),
        program(journal="F", PERSON_FODSELSNR="17059000100"),
    ]  # fmt: skip
    done = imported(tmp_path, *lines)
    assert rules(done) == {"PERSON_FODSELSNR twice": 2, "PERSON_JOURNALNR twice": 2}
    said = "\n".join(done.receipt.lines())
    assert "PERSON_FODSELSNR is that of several records: lines 1, 2." in said
    assert "PERSON_JOURNALNR is that of several records: lines 3, 4." in said


def test_at_most_five_lines_are_named(tmp_path: Path) -> None:
    done = imported(tmp_path, *(program(journal=f"A{n}", STATUS="9") for n in range(8)))
    assert "r.dat: STATUS is none of 1 to 7: lines 1, 2, 3, 4, 5 and 3 more." in done.receipt.lines()


def test_broken_rules_are_findings_of_quality(tmp_path: Path) -> None:
    done = imported(tmp_path, *(program(journal=f"A{n}", STATUS="9" if n < 3 else "1") for n in range(10)))
    found = {each.id: each for each in quality(done.log).findings}
    each = found["quality.format_rules:status-unknown"]
    assert (each.count, each.of, each.severity) == (3, 10, "warn")


def test_a_mapping_leaves_out_the_caseworker_and_renames_a_step(tmp_path: Path) -> None:
    said = {"columns": {"SAKSBEHANDLER": "drop"}, "activities": {"Program startet": "I gang"}}
    log = imported(tmp_path, program(), mapping=said).log
    assert log.manifest.resources == 0 and ("I gang", "2025-03-03") in events(log)


def test_bytes_of_a_line_do_not_depend_on_what_stands_before_it(tmp_path: Path) -> None:
    """A mark of UTF-8 before the first record is none of it."""
    path = tmp_path / "r.dat"
    path.write_bytes(b"\xef\xbb\xbf" + (program(journal="A") + "\n" + program(journal="B") + "\n").encode())
    assert read(path, now=NOW).case_count == 2


def test_a_line_says_what_it_was_asked_to() -> None:
    assert line("11CF", 2025, {"KOMMUNE_NR": "4601"})[:6] == "460125" and len(support(2022)) == 324
