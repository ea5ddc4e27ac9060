"""A workbook says what a CSV of the same table says, and everything that a sheet does to data is undone or told."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from workbooks import HEAD, ROWS, TEN, Rows, raw_row, write_book, write_raw_ods, write_raw_xlsx, write_xlsx

from saksflyt.connectors.mapping import Mapping
from saksflyt.connectors.registry import Reading, connector_for, import_log, inspect, read
from saksflyt.mining.errors import DataError, UsageError

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SAMPLE = Path(__file__).parents[2] / "sample_logs" / "soknader.csv"
KINDS = (".xlsx", ".xls", ".ods")
BOTH = "from events e join cases c using (case_no)"
EVENTS = f"select case_id, activity, end_time, precision {BOTH} order by all"


def made(folder: Path, path: Path, **how: Any) -> Reading:
    return import_log(path, folder / "log", now=NOW, replace=True, **how)


def said(reading: Reading, words: str) -> bool:
    return any(words in note for note in reading.receipt.notes)


def sample_rows() -> list[list[Any]]:
    """The sample as a spreadsheet program holds it: times are times, numbers are numbers."""
    with SAMPLE.open(encoding="utf-8-sig" if SAMPLE.read_bytes()[:1] == b"\xef" else "cp1252", newline="") as file:
        head, *rows = csv.reader(file, delimiter=";")
    moments = [n for n, name in enumerate(head) if name in ("Tidspunkt", "Avsluttet")]
    amount = head.index("Beløp")
    for row in rows:
        for n in moments:
            if row[n]:
                form = "%d.%m.%Y %H:%M" if ":" in row[n] else "%d.%m.%Y"
                moment = datetime.strptime(row[n], form)
                row[n] = moment if ":" in row[n] else moment.date()  # type: ignore[call-overload]
        if row[amount]:
            row[amount] = float(row[amount].replace(" ", "").replace("\xa0", "").replace(",", "."))  # type: ignore[call-overload]
    return [head, *rows]


@pytest.mark.parametrize("kind", KINDS)
def test_the_sample_gives_the_same_log_as_its_csv(kind: str, tmp_path: Path) -> None:
    mapping = {"columns": {"Søker": "applicant"}}
    path = write_book(tmp_path / f"sample{kind}", {"Hendelser": sample_rows()})
    ours, theirs = made(tmp_path, path, mapping=mapping), read(SAMPLE, mapping=mapping, now=NOW)
    for query in (
        f"select case_id, activity, end_time, precision, e.unit, resource, Beløp {BOTH} order by all",
        "select case_id, type, applicant, closed from cases order by all",
        "select variant_key, cases from variants order by all",
    ):
        assert ours.log.sql(query).equals(theirs.sql(query)), query
    source = ours.receipt.sources[0]
    assert source.name == f"sample{kind}/Hendelser" and source.adds_up
    assert source.accepted == theirs.manifest.sources[0].accepted


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_that_starts_somewhere_and_ends_in_a_sum(kind: str, tmp_path: Path) -> None:
    rows: list[list[Any]] = [[], [], ["", "", "Saksliste, uttrekk 01.07.2026"], [], ["", "", *HEAD, "", "Beløp"]]
    rows += [["", "", f"{n:04}", "a", TEN, "", 1.5 * n] for n in range(1, 6)]
    rows += [
        ["", "", "0006", "a", "i går", "", 9.5],
        [],
        ["", "", "0007", "b", TEN, "", 2],
        ["", "", "Sum", "", "", "", 7.5],
    ]
    done = made(tmp_path, write_book(tmp_path / f"saker{kind}", {"Ark1": rows}))
    source = done.receipt.sources[0]
    assert source.set_aside == {"title row": 2, "sum row": 1, "empty row": 1}
    assert source.quarantined == {"unreadable time": 1}
    assert (source.records, source.accepted, source.adds_up) == (11, 6, True)
    assert done.receipt.quarantine is not None
    assert f"saker{kind}/Ark1,11,Tidspunkt,no,unreadable time," in done.receipt.quarantine.read_text(encoding="utf-8")
    assert done.log.sql("select case_id from cases order by 1")["case_id"].tolist()[0] == "0001"
    assert done.log.sql(f"select sum(Beløp) as s {BOTH}")["s"].iloc[0] == 24.5
    assert inspect(tmp_path / f"saker{kind}").layout["header"] == "row 5"


@pytest.mark.parametrize("kind", KINDS)
def test_cells_become_what_a_person_reads(kind: str, tmp_path: Path) -> None:
    head = [*HEAD, "Tall", "Ja", "Klokke", "Varighet", "Id", "Etikett"]
    last = [
        "12345678",
        "a",
        TEN,
        0.1 + 0.2,
        True,
        time(9, 5),
        timedelta(hours=30, minutes=5),
        2.0**40,
        'en "to"\ntre\t4',
    ]
    row = [12345678.0, *last[1:]]
    log = made(tmp_path, write_book(tmp_path / f"x{kind}", {"A": [head, row, last]})).log
    found = log.sql(f"select case_id, Tall, Ja, Klokke, Varighet, Id, Etikett {BOTH}")
    assert [str(value) for value in found.iloc[0]] == [
        "12345678", "0.3", "true", "09:05", "30:05:00", "1099511627776", 'en "to" tre 4',
    ]  # fmt: skip
    assert log.case_count == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_minute_of_a_day_comes_back_as_itself(kind: str, tmp_path: Path) -> None:
    moments = [datetime(2025, 6, 11, 0, 1) + timedelta(minutes=n) for n in range(24 * 60 - 1)]
    path = write_book(tmp_path / f"x{kind}", {"A": [HEAD, *([n, "a", moment] for n, moment in enumerate(moments))]})
    found = made(tmp_path, path).log.sql("select end_time as t, precision as p from events order by 1")
    local = found["t"].dt.tz_convert("Europe/Oslo").dt.tz_localize(None)
    assert local.tolist() == moments and set(found["p"]) == {"minute"}


@pytest.mark.parametrize("kind", KINDS)
def test_days_seconds_and_midnight(kind: str, tmp_path: Path) -> None:
    rows = [HEAD, [1, "a", date(2024, 2, 1)], [1, "b", datetime(2024, 2, 2, 10, 0, 7)], [1, "c", datetime(2024, 2, 3)]]
    found = made(tmp_path, write_book(tmp_path / f"x{kind}", {"A": rows})).log.sql(EVENTS)
    assert found["precision"].tolist() == ["day", "second", "day"]
    assert found["end_time"].dt.second.tolist() == [0, 7, 0]


def test_days_are_counted_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", {"A": ROWS})
    write_xlsx(tmp_path / "b.xlsx", {"A": ROWS}, date_1904=True)
    assert read(tmp_path / "a.xlsx", now=NOW).sql(EVENTS).equals(read(tmp_path / "b.xlsx", now=NOW).sql(EVENTS))


@pytest.mark.parametrize(("settings", "year"), [("", 2020), ('<workbookPr date1904="1"/>', 2024)])
def test_plain_numbers_as_dates_know_where_their_count_begins(settings: str, year: int, tmp_path: Path) -> None:
    rows = [raw_row(1, dict(zip("ABC", HEAD, strict=True)))]
    rows += [raw_row(n, {"A": str(n), "B": "a", "C": f'<c r="C{n}"><v>{43_860 + n}.25</v></c>'}) for n in range(2, 5)]
    log = made(tmp_path, write_raw_xlsx(tmp_path / "a.xlsx", rows, settings=settings)).log
    assert log.manifest.first_time is not None and log.manifest.first_time.year == year


@pytest.mark.parametrize("kind", KINDS)
def test_dates_typed_as_text_among_real_ones_are_read_and_told(kind: str, tmp_path: Path) -> None:
    rows = [HEAD, *ROWS[1:], [3, "a", "03.02.2024 kl. 11.15"], [4, "a", "2024-02-04T12:30"], [5, "a", "05.02.2024"]]
    done = made(tmp_path, write_book(tmp_path / f"x{kind}", {"A": rows}))
    assert done.receipt.sources[0].accepted == 6
    assert said(done, "column 'Tidspunkt': 3 dates are typed as text")
    assert done.log.sql(EVENTS)["precision"].tolist()[-3:] == ["minute", "minute", "day"]


def test_slashed_text_among_real_dates_is_never_guessed(tmp_path: Path) -> None:
    rows = [HEAD, *ROWS[1:], [3, "a", "13/02/2024"], [4, "a", "14/02/2024"]]
    with pytest.raises(DataError, match="x.xlsx/A, column 'Tidspunkt': .* in another way, first in line 5"):
        made(tmp_path, write_book(tmp_path / "x.xlsx", {"A": rows}))


def test_rounded_numbers_are_told(tmp_path: Path) -> None:
    rows = [HEAD, [1234567890123456, "a", TEN], [1234567890123457, "b", TEN], [123456789012345, "c", TEN]]
    done = made(tmp_path, write_book(tmp_path / "x.xlsx", {"A": rows}))
    assert said(done, "x.xlsx/A: column 'Saksnr': 2 numbers have more than 15 digits")


def test_what_a_sheet_hides_merges_and_fails_to_work_out_is_told(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "x.xlsx"))
    sheet, form = book.add_worksheet("A"), book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
    sheet.merge_range(0, 0, 0, 3, "Saksliste")
    sheet.write_row(1, 0, [*HEAD, "Enhet", "Sum"])
    for n in range(2, 8):
        sheet.write_row(n, 0, [n, "a"])
        sheet.write_datetime(n, 2, TEN, form)
        result: Any = "#DIV/0!" if n < 4 else 7.5
        sheet.write_formula(n, 4, "=1/0", value=result)
    sheet.merge_range(2, 3, 4, 3, "Nord")
    sheet.set_row(5, None, None, {"hidden": True})
    sheet.set_column(3, 3, None, None, {"hidden": True})
    book.close()
    done = made(tmp_path, tmp_path / "x.xlsx")
    assert said(done, "1 hidden rows and 1 hidden columns were read")
    assert said(done, "1 merged areas lie in the table")
    assert said(done, "2 cells show an error")
    assert done.receipt.sources[0].accepted == 6
    assert done.log.sql(f"select count(Sum) as n, max(Sum) as m {BOTH}").iloc[0].tolist() == [4, 7.5]


def test_the_same_is_told_of_an_open_document(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="string"%s><text:p>%s</text:p></table:table-cell>'
    when = '<table:table-cell office:value-type="date" office:date-value="2024-02-01T10:00:00"/>'
    error = ' calcext:value-type="error"'
    rows = [f"<table:table-row>{''.join(cell % ('', name) for name in [*HEAD, 'Enhet', 'Sum'])}</table:table-row>"]
    one = cell % ("", "1") + cell % ("", "a") + when
    spanned = ' table:number-rows-spanned="2"'
    rows.append(f"<table:table-row>{one}{cell % (spanned, 'Nord')}{cell % (error, '#REF!')}</table:table-row>")
    rows.append(f'<table:table-row table:visibility="filter" table:number-rows-repeated="3">{one}</table:table-row>')
    rows.append('<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>')
    columns = '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
    write_raw_ods(tmp_path / "x.ods", [f'<table:table table:name="A">{columns}{"".join(rows)}</table:table>'])
    done = made(tmp_path, tmp_path / "x.ods")
    assert said(done, "3 hidden rows and 1 hidden columns") and said(done, "1 merged areas")
    assert said(done, "1 cells show an error") and done.receipt.sources[0].accepted == 4


def test_formulas_that_nobody_worked_out_are_told(tmp_path: Path) -> None:
    rows = [raw_row(1, dict(zip("ABCD", [*HEAD, "Dager"], strict=True)))]
    for n in range(2, 5):
        when, days = f'<c r="C{n}"><v>45320.25</v></c>', f'<c r="D{n}"><f>TODAY()</f>{"<v></v>" if n == 2 else ""}</c>'
        rows.append(raw_row(n, {"A": "1", "B": "a", "C": when, "D": days}))
    assert said(made(tmp_path, write_raw_xlsx(tmp_path / "x.xlsx", rows)), "3 formulas have no stored result")


NOTES: Rows = [["Uttrekk fra fagsystemet"], ["Laget av", "Nav Nord"]]
CODES: Rows = [["Kode", "Navn"], ["A", "Avslag"], ["I", "Innvilget"]]
OTHER: Rows = [[*HEAD, "Enhet"], *([*row, "Nord"] for row in ROWS[1:])]
CASES: Rows = [["Saksnr", "Sakstype"], [1, "x"], [2, "y"]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_sheet_with_the_log_is_found_among_others(kind: str, tmp_path: Path) -> None:
    sheets = {"Forside": NOTES, "Koder": CODES, "Hendelser": ROWS, "Tomt": []}
    done = made(tmp_path, write_book(tmp_path / f"x{kind}", sheets))
    assert [source.name for source in done.receipt.sources] == [f"x{kind}/Hendelser"]
    for name, why in (("Koder", "its header names"), ("Tomt", "it is empty")):
        assert said(done, f"sheet '{name}' was set aside, because {why}")
    assert said(done, "sheet 'Forside' was set aside")


@pytest.mark.parametrize("kind", KINDS)
def test_sheets_with_the_same_columns_are_all_read(kind: str, tmp_path: Path) -> None:
    later = [HEAD, *([n, "c", moment + timedelta(days=30)] for n, _, moment in ROWS[1:])]
    path = write_book(tmp_path / f"x{kind}", {"Januar": ROWS, "Februar": later, "Koder": CODES})
    done = made(tmp_path, path)
    assert [source.accepted for source in done.receipt.sources] == [3, 3]
    assert done.log.traces() == [("a", "b", "c", "c"), ("a", "c")]
    assert len({source.sha256 for source in done.receipt.sources}) == 2


def test_a_copy_of_a_sheet_adds_nothing(tmp_path: Path) -> None:
    done = made(tmp_path, write_book(tmp_path / "x.xlsx", {"A": ROWS, "A (2)": ROWS}))
    assert done.receipt.sources[1].duplicates == {"overlapping file": 3} and done.log.event_count == 3


def test_different_tables_are_not_guessed_between(tmp_path: Path) -> None:
    path = write_book(tmp_path / "x.xlsx", {"A": ROWS, "B": OTHER})
    with pytest.raises(UsageError, match=r"x.xlsx has several sheets with different tables \('A', 'B'\)"):
        read(path, now=NOW)
    assert read(path, mapping={"sheet": "b"}, now=NOW).event_count == 3
    assert len(made(tmp_path, path, sheets=["A", "B"]).receipt.sources) == 2
    with pytest.raises(UsageError, match="x.xlsx has no sheet 'C'; it has 'A', 'B'"):
        made(tmp_path, path, sheets=["C"])


def test_a_hidden_sheet_is_read_only_where_no_other_will_do(tmp_path: Path) -> None:
    for hidden, names in (("A", ["B"]), ("B", ["A"])):
        book = xlsxwriter.Workbook(str(tmp_path / "x.xlsx"), {"default_date_format": "dd.mm.yyyy hh:mm"})
        for name, rows in (("Forside", NOTES), ("A", ROWS), ("B", OTHER)):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            sheet.hide() if name == hidden else None
        book.close()
        assert [source.name[-1] for source in made(tmp_path, tmp_path / "x.xlsx").receipt.sources] == names
    book = xlsxwriter.Workbook(str(tmp_path / "x.xlsx"), {"default_date_format": "dd.mm.yyyy hh:mm"})
    book.add_worksheet("Forside")
    sheet = book.add_worksheet("A")
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    sheet.hide()
    book.close()
    assert said(made(tmp_path, tmp_path / "x.xlsx"), "x.xlsx/A: the sheet is hidden")


def test_a_sheet_is_asked_only_of_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Saksnr;Hendelse;Tidspunkt\n1;a;01.02.2024\n")
    with pytest.raises(UsageError, match="x.csv is no workbook"):
        made(tmp_path, path, sheets=["A"])
    assert read(path, mapping={"sheet": "A"}, now=NOW).event_count == 1


@pytest.mark.parametrize("names", [("A",), ("A", 'B "x"')])
def test_the_mapping_keeps_the_sheet(names: tuple[str, ...], tmp_path: Path) -> None:
    mapping = Mapping(sheets=names)
    (tmp_path / "m.toml").write_text(mapping.toml(), encoding="utf-8")
    assert Mapping.load(tmp_path / "m.toml") == mapping
    with pytest.raises(UsageError, match="'sheet' must be one name or several"):
        Mapping.from_dict({"sheet": 3})


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    for kind in KINDS:
        path = write_book(tmp_path / f"x{kind}", {"A": ROWS})
        assert connector_for(path.rename(tmp_path / f"{kind[1:]}.csv")).name == "spreadsheet"
    (tmp_path / "tekst.xls").write_text("Saksnr\tHendelse\tTidspunkt\n1\ta\t01.02.2024\n")
    assert connector_for(tmp_path / "tekst.xls").name == "tables"
