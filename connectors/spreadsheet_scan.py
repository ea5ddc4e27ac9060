"""How many cells do the sheets of a workbook hold, and how far apart? Asked of the XML before anybody makes room.

A reader of spreadsheets makes room for the whole rectangle between the first and the last cell. A file of one
kilobyte with a cell in each corner of a sheet asks for 549 GB. So cells are counted first, as a stream, and what lies
too far apart is refused. What a person cannot see in the result is counted as well: hidden rows and columns, errors,
and formulas that no program has worked out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from ..mining.errors import DataError

MOST_CELLS = 20_000_000
LAST_ROW, _LAST_COLUMN = 1 << 20, 1 << 14
_SPARSE = 10  # times the cells that are there
_ALWAYS = 1_000_000  # a rectangle that any machine can hold
# No document type, no entities of its own, no network, no values without end.
_HARDENED = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "remove_comments": True,
    "remove_pis": True, "collect_ids": False,
}  # fmt: skip
_ERRORS = etree.XPath("count(*[@t='e'])")
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_VALUE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
_SHOWN = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


@dataclass
class Extent:
    """Where the filled cells of a sheet lie, and what is worth saying about them. Rows and columns count from 1."""

    name: str
    cells: int = 0
    rows: tuple[int, int] = (0, 0)
    columns: tuple[int, int] = (0, 0)
    hidden_rows: int = 0
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    errors: int = 0
    unsolved: int = 0  # formulas without a stored result
    merged: list[int] = field(default_factory=list)  # the last row of each merged area

    @property
    def box(self) -> int:
        """The cells of the rectangle around all that is filled."""
        return (self.rows[1] - self.rows[0] + 1) * (self.columns[1] - self.columns[0] + 1) if self.cells else 0

    def take(self, row: int, times: int, first: int, last: int, cells: int) -> None:
        """Some filled cells from column `first` to `last`, in `row` and the `times` - 1 rows below."""
        self.rows = (min(self.rows[0], row) if self.cells else row, max(self.rows[1], row + times - 1))
        self.columns = (min(self.columns[0], first) if self.cells else first, max(self.columns[1], last))
        self.cells += cells * times

    def require_sense(self, book: str) -> None:
        """Raise DataError for a sheet that is too large, or too far apart, to be read."""
        where = f"{book}: sheet {self.name!r}"
        if self.rows[1] > LAST_ROW or self.columns[1] > _LAST_COLUMN:
            raise DataError(f"{where} is damaged: it has cells beyond row {LAST_ROW} or column {_LAST_COLUMN}.")
        if self.box > MOST_CELLS:
            raise DataError(
                f"{where} spans {self.box} cells from the first to the last ({self.cells} are filled), more than "
                f"{MOST_CELLS}; delete what lies far from the table, or save the sheet as CSV."
            )
        if self.box > _SPARSE * self.cells + _ALWAYS:
            raise DataError(
                f"{where} spans {self.box} cells but only {self.cells} are filled; delete what lies far from the table."
            )


def scan_excel(file: IO[bytes], sheet: str, book: str) -> Extent:
    """The extent of one sheet of an .xlsx. Raises DataError if it is too large or not well formed."""
    extent, number, formulas = Extent(sheet), 0, False
    for element in _elements(file, ("{*}row", "{*}f", "{*}mergeCell", "{*}col"), book):
        kind = etree.QName(element).localname
        if kind == "f":
            formulas = True
        elif kind == "row":
            number = _number(element.get("r")) or number + 1
            _excel_row(element, number, extent)
            extent.unsolved += sum(map(_is_unsolved, element)) if formulas else 0
            formulas = False
            if extent.box > _ALWAYS:
                extent.require_sense(book)
        elif kind == "col" and element.get("hidden") in ("1", "true"):
            extent.hidden_columns.append((_number(element.get("min")), _number(element.get("max"))))
        elif kind == "mergeCell" and (places := _PLACE.findall(element.get("ref") or "")):
            extent.merged.append(int(places[-1][1]))
    extent.require_sense(book)
    return extent


def _excel_row(row: Any, number: int, extent: Extent) -> None:
    """Where the row's first and last values are; a cell at an end may have a format and no value."""
    end = next((n for n in range(len(row) - 1, -1, -1) if len(row[n])), -1)
    if end < 0:
        return
    begin = next(n for n in range(len(row)) if len(row[n]))
    extent.take(number, 1, _column(row, begin), _column(row, end), end - begin + 1)
    extent.hidden_rows += row.get("hidden") in ("1", "true")
    extent.errors += int(_ERRORS(row))


def _is_unsolved(cell: Any) -> bool:
    return len(cell) > 0 and cell[0].tag.endswith("}f") and not (len(cell) > 1 and cell[1].text)


def _column(row: Any, nth: int) -> int:
    """The column of a row's n-th cell: ``C7`` stands in the third; without a place it follows the one before."""
    column = 0
    for letter in row[nth].get("r") or "":
        if letter < "A":
            break
        column = column * 26 + ord(letter) - 64
    return column or nth + 1


def scan_open_document(file: IO[bytes], book: str) -> dict[str, Extent]:
    """The extents of the sheets of an .ods. Raises DataError if one of them is too large."""
    found: dict[str, Extent] = {}
    extent, number, columns = Extent(""), 1, 1
    for event, element in _events(file, (f"{_TABLE}table", f"{_TABLE}table-row", f"{_TABLE}table-column"), book):
        if element.tag == f"{_TABLE}table":
            if event == "start":
                extent, number, columns = Extent(element.get(f"{_TABLE}name") or ""), 1, 1
                found[extent.name] = extent
            else:
                extent.require_sense(book)
        elif event == "end":
            times = _number(element.get(f"{_TABLE}number-{element.tag.rpartition('-')[2]}s-repeated")) or 1
            hidden = element.get(f"{_TABLE}visibility") in ("collapse", "filter")
            if element.tag == f"{_TABLE}table-column":
                extent.hidden_columns += [(columns, columns + times - 1)] if hidden else []
                columns += times
            else:
                _open_document_row(element, number, times, hidden, extent)
                number += times
    return found


def _open_document_row(row: Any, number: int, times: int, hidden: bool, extent: Extent) -> None:
    column, first, last, cells = 1, 0, 0, 0
    for cell in row:
        repeated = _number(cell.get(f"{_TABLE}number-columns-repeated")) or 1
        if cell.get(_VALUE) or len(cell):
            first, last = first or column, column + repeated - 1
            cells += repeated
            extent.errors += times * repeated * (cell.get(_SHOWN) == "error")
            down, right = (_number(cell.get(f"{_TABLE}number-{way}-spanned")) or 1 for way in ("rows", "columns"))
            extent.merged += [number + down - 1] if down * right > 1 else []
        column += repeated
    if cells:
        extent.take(number, times, first, last, cells)
        extent.hidden_rows += times * hidden


def _number(text: str | None) -> int:
    """A count in an attribute; 0 where there is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 12 else 0


def _elements(file: IO[bytes], tags: tuple[str, ...], book: str) -> Iterator[Any]:
    return (element for _, element in _events(file, tags, book, starts=False))


def _events(file: IO[bytes], tags: tuple[str, ...], book: str, starts: bool = True) -> Iterator[tuple[str, Any]]:
    """The elements with these tags as they begin and end; what has ended is let go of."""
    events, first = ("start", "end") if starts else ("end",), True
    try:
        for event, element in etree.iterparse(file, events=events, tag=tags, **_HARDENED):
            if first and element.getroottree().docinfo.doctype:
                raise DataError(f"{book} has a document type in its XML, which no spreadsheet program writes.")
            first = False
            yield event, element
            if event == "end" and not element.tag.endswith("}f"):
                element.clear(keep_tail=False)
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
    except etree.XMLSyntaxError as error:
        raise DataError(f"{book} is damaged: its XML is not well formed; save it again in the program.") from error
