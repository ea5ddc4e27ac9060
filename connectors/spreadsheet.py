"""Excel and OpenDocument workbooks: a sheet becomes the same records as a CSV of it would.

The workbook is opened in a process of its own (:mod:`.spreadsheet_process`), which writes the sheets as text. From
there on there is one reader for tables, :mod:`.tables`. The number of a record is that of its row in the sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..mining.errors import DataError
from .connector import Desk, Records
from .encoding import Digest, TextFile
from .spreadsheet_choice import Table, chosen
from .spreadsheet_process import Workbook, open_workbook
from .tables import records_of, require_unchanged
from .unpack import CHUNK, is_office, reading

_OLD_NAMES = (".xls", ".xlsx", ".xlsm", ".ods")
_DAY_ZERO_1904 = "1904-01-01"


class Spreadsheets:
    """The connector for workbooks."""

    name = "spreadsheet"
    reads = "Excel (.xlsx, .xlsm, .xls) and OpenDocument (.ods) workbooks; one event per row"
    guide = "docs/formats/excel.md"

    def knows(self, path: Path) -> bool:
        """By the marks of office files; and a web page that is only named like a workbook is ours to refuse."""
        return is_office(path) or _is_web_page(path)

    def records(self, path: Path, desk: Desk, first: int) -> list[Records]:
        """Read the sheets that hold the log. Raises DataError if the workbook cannot be used."""
        if not is_office(path):
            raise DataError(
                f"{path.name} is a web page that is only named like a workbook; open it in Excel and save it as .xlsx."
            )
        with reading(path):
            before = path.stat()
        scratch = desk.scratch / f"workbook_{first}"
        scratch.mkdir()
        workbook = open_workbook(path, scratch, desk.mapping.sheets)
        require_unchanged(path, before)
        tables, aside = chosen(path.name, workbook, desk.mapping.sheets)
        taken = {table.sheet.file for table in tables}
        for sheet in workbook.sheets:
            if sheet.rows and sheet.file not in taken:
                sheet.file.unlink()
        found = [_read(path, table, desk, first + n, scratch) for n, table in enumerate(tables)]
        for table, records in zip(tables, found, strict=True):
            records.layout = _layout(workbook, table, aside)
            records.notes += _of_sheet(table, records)
            records.day_zero = _DAY_ZERO_1904 if workbook.from_1904 else records.day_zero
        found[0].notes[:0] = list(_of_workbook(workbook, aside))
        return found


def _is_web_page(path: Path) -> bool:
    if path.suffix.lower() not in _OLD_NAMES:
        return False
    try:
        with path.open("rb") as file:
            head = file.read(512).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    except OSError:
        return False
    return (
        head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<?xml")) and b"<log" not in head
    )


def _read(path: Path, table: Table, desk: Desk, number: int, scratch: Path) -> Records:
    sheet = table.sheet
    text = _text(sheet.file, sheet.rows)
    result = records_of(f"{path.name}/{sheet.name}", text, table.layout, desk, number, scratch)
    if sheet.top:
        result.line = f"({result.line} + {sheet.top})"
        result.refusals = [replace(refusal, line=refusal.line + sheet.top) for refusal in result.refusals]
    return result


def _text(file: Path, lines: int) -> TextFile:
    """The rows of a sheet as a text file; its fingerprint is that of the rows, for a workbook saved twice differs."""
    digest = Digest()
    with file.open("rb") as content:
        for _ in digest.passing(iter(lambda: content.read(CHUNK), b"")):
            pass
    return TextFile(file, "utf-8", digest, digest.bytes, lines, scratch=True)


def _layout(workbook: Workbook, table: Table, aside: dict[str, str]) -> dict[str, str]:
    sheet, words = table.sheet, table.layout.words
    found = {
        "format": workbook.form,
        "sheet": repr(sheet.name) + (" (hidden)" if sheet.hidden else ""),
        "header": f"row {table.layout.header_line + sheet.top}",
        "rows before the header": words["rows before the header"],
        "rows after the table": words["rows after the table"],
    }
    if aside:
        found["other sheets"] = "; ".join(f"{name!r}: {why}" for name, why in aside.items())
    return found


def _of_workbook(workbook: Workbook, aside: dict[str, str]) -> Iterator[str]:
    for name, why in aside.items():
        yield f"sheet {name!r} was set aside, because {why}."
    if workbook.macros:
        yield "the workbook holds macros; they were not run."


def _of_sheet(table: Table, records: Records) -> Iterator[str]:
    """What a person who sees the sheet should know about how it was read."""
    sheet, headers = table.sheet, records.headers
    if sheet.hidden:
        yield "the sheet is hidden; it was read like a visible one."
    if sheet.hidden_rows or sheet.hidden_columns:
        yield (
            f"{sheet.hidden_rows} hidden rows and {sheet.hidden_columns} hidden columns were read like the others; "
            "what a filter hides is still there."
        )
    header = table.layout.header_line + sheet.top
    if merged := sum(row > header for row in sheet.merged):
        yield f"{merged} merged areas lie in the table; only the first cell of each has the value, the others are empty."
    if sheet.errors:
        yield f"{sheet.errors} cells show an error such as #N/A; they were taken as empty."
    if sheet.unsolved:
        yield (
            f"{sheet.unsolved} formulas have no stored result and were taken as empty; open the workbook in Excel, "
            "save it, and import it again."
        )
    for column, count in sheet.long.items():
        yield (
            f"column {headers[column]!r}: {count} numbers have more than 15 digits, and a spreadsheet keeps no more, so "
            "different ones may have become the same; export them as text."
        )
    for column, count in sheet.typed.items():
        yield (
            f"column {headers[column]!r}: {count} dates are typed as text among real dates; dotted ones were read day first."
        )
