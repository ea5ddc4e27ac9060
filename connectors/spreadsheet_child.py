"""The program that opens a workbook: it writes each sheet as text, and ends. A file that kills it kills only it.

It is run as a process of its own, with less memory and time than a machine has (:mod:`.spreadsheet_process`). What
it is asked comes in as JSON, what it found goes out as JSON; the rows go to files in a folder that the caller owns:
one line per row of the sheet, tabs between the cells, UTF-8.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from ..mining.errors import DataError, SaksflytError, UsageError
from .spreadsheet_cells import Facts, look, text_of
from .spreadsheet_package import Book, open_book
from .spreadsheet_scan import LAST_ROW, MOST_CELLS, Extent

_MOST_WRITTEN = 4 << 30  # bytes


def main() -> None:
    """Answer one question."""
    asked = json.load(sys.stdin)
    _limit(asked["memory"], asked["seconds"])
    try:
        answer = _answer(Path(asked["path"]), Path(asked["folder"]), asked["sheets"])
    except (DataError, UsageError) as error:
        answer = {"usage" if isinstance(error, UsageError) else "fault": str(error)}
    except MemoryError:
        answer = {"ended": "memory"}
    except OSError as error:
        answer = {"disk": error.strerror or "the disk failed"}  # the workbook itself was opened by the caller before
    sys.stdout.write(json.dumps(answer))


def _limit(memory: int, seconds: int) -> None:
    """No more memory and time than this, and no picture of the memory on the disk when it ends badly."""
    with suppress(ImportError):
        import resource

        for what, most in (
            (resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_FSIZE, _MOST_WRITTEN),
        ):  # fmt: skip
            _, hard = resource.getrlimit(what)
            with suppress(ValueError, OSError):
                resource.setrlimit(what, (most, hard) if hard == resource.RLIM_INFINITY else (min(most, hard), hard))


def _answer(path: Path, folder: Path, wanted: list[str]) -> dict[str, Any]:
    import python_calamine as calamine

    book = open_book(path)
    # Before anything is opened: a reader of .ods makes room for all sheets at once.
    extents = book.extents(_chosen(list(book.parts), wanted, path.name) if book.parts else [])
    with _damage(path.name), calamine.CalamineWorkbook.from_path(_well_named(book, folder)) as workbook:
        kind = calamine.SheetTypeEnum.WorkSheet
        known = [(n, each) for n, each in enumerate(workbook.sheets_metadata) if each.typ == kind]
        names = _chosen([each.name for _, each in known], wanted, path.name)
        _require_few([extent for name, extent in extents.items() if name in names], path.name)
        sheets = []
        for number, each in known:
            if each.name in names:
                sheet = workbook.get_sheet_by_index(number)
                found = _written(sheet, extents.get(each.name), folder / str(number), path.name)
                hidden = each.visible != calamine.SheetVisibleEnum.Visible
                sheets.append({"name": each.name, "hidden": hidden, **found})
    return {"form": book.form, "macros": book.macros, "from_1904": book.from_1904, "sheets": sheets}


def _well_named(book: Book, folder: Path) -> Path:
    """The reader goes by a file's ending; where that says something else than the content, a copy gets the right one."""
    if book.path.suffix.lower() in book.endings:
        return book.path
    return Path(shutil.copyfile(book.path, folder / f"workbook{book.endings[0]}"))


@contextmanager
def _damage(name: str) -> Iterator[None]:
    """Whatever the reader of workbooks trips over is a damaged file; what we say ourselves passes."""
    try:
        yield
    except (SaksflytError, OSError, MemoryError):
        raise
    except BaseException as error:  # a fault deep in the reader is no Exception
        if type(error).__name__ == "PasswordError":
            raise DataError(f"{name} is locked with a password; save it without one.") from error
        raise DataError(
            f"{name} is damaged, or no workbook that can be read; save it again as .xlsx, or the sheet as CSV."
        ) from error


def _chosen(names: list[str], wanted: list[str], book: str) -> list[str]:
    """The sheets with the wanted names, whatever the case of their letters; all of them if none is named."""
    found = []
    for name in wanted:
        alike = [each for each in names if each.strip().casefold() == name.strip().casefold()]
        exact = [each for each in names if each == name]
        if not alike:
            raise UsageError(f"{book} has no sheet {name!r}; it has {', '.join(map(repr, names)) or 'none'}.")
        found += exact or alike
    return found if wanted else names


def _require_few(extents: list[Extent], book: str) -> None:
    if (total := sum(extent.box for extent in extents)) > MOST_CELLS:
        raise DataError(
            f"{book}: the sheets span {total} cells together, more than {MOST_CELLS}; name the one to read with "
            '--sheet, or in the mapping: sheet = "…".'
        )


def _written(sheet: Any, extent: Extent | None, target: Path, book: str) -> dict[str, Any]:
    """Write one sheet; what is known of it. Columns that hold nothing from top to bottom are left out."""
    if sheet.start is None:
        return {"rows": 0}
    top, left = sheet.start
    if top >= LAST_ROW:
        raise DataError(f"{book}: sheet {sheet.name!r} is damaged: it has cells beyond row {LAST_ROW}.")
    facts = look(_rows(sheet), sheet.width)
    kept = [n for n, column in enumerate(facts) if column.filled]
    rows = sheet.height if kept else 0
    if rows:
        _write(_rows(sheet), facts, kept, target)
    ranges = sheet.merged_cell_ranges
    merged = extent.merged if extent else [last + 1 for _, (last, _) in ranges or []]
    return {
        "rows": rows,
        "top": top,
        "file": str(target),
        "long": {place: facts[n].long for place, n in enumerate(kept) if facts[n].long},
        "typed": {place: facts[n].texts for place, n in enumerate(kept) if facts[n].dates and facts[n].texts},
        "merged": sorted(merged),
        "errors": (extent.errors if extent else 0) or sum(column.errors for column in facts),
        "unsolved": extent.unsolved if extent else 0,
        "hidden_rows": extent.hidden_rows if extent else 0,
        "hidden_columns": _hidden(extent, left, kept) if extent else 0,
    }


def _hidden(extent: Extent, left: int, kept: list[int]) -> int:
    places = [left + n + 1 for n in kept]
    return sum(any(first <= place <= last for first, last in extent.hidden_columns) for place in places)


def _rows(sheet: Any) -> Iterator[list[Any]]:
    """The rows from the first filled one on."""
    return islice(sheet.iter_rows(), sheet.start[0], None)


def _write(rows: Iterator[list[Any]], facts: list[Facts], kept: list[int], target: Path) -> None:
    columns = [(n, facts[n]) for n in kept]
    with target.open("w", encoding="utf-8", newline="") as file:
        for row in rows:
            texts = [text_of(row[n], column) if row[n] != "" else "" for n, column in columns]
            line = "\t".join(texts)
            if '"' in line:
                line = "\t".join('"' + text.replace('"', '""') + '"' if '"' in text else text for text in texts)
            file.write(line + "\n")


if __name__ == "__main__":
    main()
