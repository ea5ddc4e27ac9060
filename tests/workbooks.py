"""Workbooks for tests: the same rows as .xlsx, .xls or .ods, and .xlsx files made by hand, for what no program writes."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from html import escape
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt  # pyright: ignore[reportMissingTypeStubs]

Rows = Sequence[Sequence[Any]]
HEAD = ["Saksnr", "Hendelse", "Tidspunkt"]
TEN = datetime(2024, 2, 1, 10)
ROWS: Rows = [HEAD, [1, "a", TEN], [1, "b", TEN + timedelta(days=1)], [2, "a", TEN + timedelta(days=2)]]
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_ODS_HEAD = (
    f'<?xml version="1.0"?><office:document-content xmlns:office="{_OFFICE}:office:1.0" '
    f'xmlns:table="{_OFFICE}:table:1.0" xmlns:text="{_OFFICE}:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    "<office:body><office:spreadsheet>"
)
_ODS_MANIFEST = f'<?xml version="1.0"?><m:manifest xmlns:m="{_OFFICE}:manifest:1.0">%s</m:manifest>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def write_book(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """A workbook of the kind that the name ends in. Cells: text, numbers, truths, dates, times of day, durations."""
    {".xlsx": write_xlsx, ".xls": write_xls, ".ods": write_ods}[path.suffix](path, sheets)
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Rows], **options: bool) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, **options})
    formats = {
        datetime: book.add_format({"num_format": "dd.mm.yyyy hh:mm"}),
        date: book.add_format({"num_format": "dd.mm.yyyy"}),
        time: book.add_format({"num_format": "hh:mm"}),
        timedelta: book.add_format({"num_format": "[h]:mm:ss"}),
    }
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if type(cell) in formats:
                    sheet.write_datetime(r, c, cell, formats[type(cell)])
                elif isinstance(cell, str):
                    sheet.write_string(r, c, cell) if cell else None
                elif cell is not None:
                    sheet.write(r, c, cell)
    book.close()


def write_xls(path: Path, sheets: Mapping[str, Rows]) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    texts = {datetime: "dd.mm.yyyy hh:mm", date: "dd.mm.yyyy", time: "hh:mm", timedelta: "[h]:mm:ss"}
    formats = {kind: xlwt.easyxf(num_format_str=text) for kind, text in texts.items()}
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, timedelta):
                    sheet.write(r, c, cell / timedelta(days=1), formats[timedelta])
                elif type(cell) in formats:
                    sheet.write(r, c, cell, formats[type(cell)])
                elif cell is not None and cell != "":
                    sheet.write(r, c, cell)
    book.save(str(path))


def write_ods(path: Path, sheets: Mapping[str, Rows], manifest: str = "") -> None:
    tables = (
        f'<table:table table:name="{escape(name)}">{"".join(map(_ods_row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    write_raw_ods(path, tables, manifest)


def write_raw_ods(path: Path, tables: Iterable[str], manifest: str = "") -> None:
    """An .ods with the XML of its tables as it is given."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", _ODS_MANIFEST % manifest)
        end = "</office:spreadsheet></office:body></office:document-content>"
        archive.writestr("content.xml", _ODS_HEAD + "".join(tables) + end)


def _ods_row(row: Sequence[Any]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(cell: Any) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    kind, attribute, value = _ods_value(cell)
    said = f' office:{attribute}="{value}"' if attribute else ""
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(cell).split("\n"))
    return f'<table:table-cell office:value-type="{kind}"{said}>{lines}</table:table-cell>'


def _ods_value(cell: Any) -> tuple[str, str, str]:
    if isinstance(cell, bool):
        return "boolean", "boolean-value", str(cell).lower()
    if isinstance(cell, int | float):
        return "float", "value", repr(cell)
    if isinstance(cell, datetime | date):
        return "date", "date-value", cell.isoformat()
    if isinstance(cell, time | timedelta):
        seconds = (
            cell.hour * 3600 + cell.minute * 60 + cell.second if isinstance(cell, time) else int(cell.total_seconds())
        )
        return "time", "time-value", f"PT{seconds // 3600:02}H{seconds % 3600 // 60:02}M{seconds % 60:02}S"
    return "string", "", ""


def write_raw_xlsx(
    path: Path, rows: Iterable[bytes], prolog: bytes = b"", settings: str = "", after: bytes = b""
) -> Path:
    """An .xlsx with one sheet `Ark1` whose XML is given: `rows` inside sheetData, `after` behind it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types"/>')
        relation = f'<Relationship Id="r1" Type="{_RELATIONS}/%s" Target="%s"/>'
        for name, kind, target in (
            ("_rels/.rels", "officeDocument", "xl/workbook.xml"),
            ("xl/_rels/workbook.xml.rels", "worksheet", "worksheets/sheet1.xml"),
        ):
            content = f'<Relationships xmlns="{_PACKAGE}/relationships">{relation % (kind, target)}</Relationships>'
            archive.writestr(name, content)
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">{settings}'
            '<sheets><sheet name="Ark1" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        with archive.open("xl/worksheets/sheet1.xml", "w") as file:
            file.write(prolog + f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for row in rows:
                file.write(row)
            file.write(b"</sheetData>" + after + b"</worksheet>")
    return path


def raw_row(number: int, cells: dict[str, str], attributes: str = "") -> bytes:
    """A row of text cells by their column's letter; a cell that begins with ``<`` is taken as it is."""
    made = "".join(
        text if text.startswith("<") else f'<c r="{letter}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        for letter, text in cells.items()
    )
    return f'<row r="{number}"{attributes}>{made}</row>'.encode()
