"""Which sheets of a workbook hold the log?

The one whose header names case, activity and time; else the one that holds a table at all. Sheets with the same
columns belong together (a sheet per month, say) and are all read. Hidden sheets are read only where no visible one
will do. Two different tables that would both do are not guessed between.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..mining.errors import DataError, UsageError
from .headers import core_roles_in
from .layout import Layout, find_layout
from .spreadsheet_process import Sheet, Workbook

_CORE = 3  # case, activity and time


@dataclass(frozen=True)
class Table:
    """A sheet with a table in it."""

    sheet: Sheet
    layout: Layout

    @property
    def named(self) -> int:
        """How many of case, activity and time the header names."""
        return len(core_roles_in(self.layout.headers))

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(self.layout.headers)


def chosen(book: str, workbook: Workbook, wanted: tuple[str, ...]) -> tuple[list[Table], dict[str, str]]:
    """The tables to read, and the other sheets with the reason why they are set aside.

    Raises DataError if there is no table, or several that are not alike; and for a wanted sheet without a table.
    """
    tables, aside, faults = [], {}, []
    for sheet in workbook.sheets:
        if not sheet.rows:
            aside[sheet.name] = "it is empty"
            continue
        try:
            tables.append(Table(sheet, find_layout(f"{book}/{sheet.name}", sheet.file, "\t")))
        except DataError as error:
            aside[sheet.name] = "it holds no table"
            faults.append(error)
    if wanted and aside:
        name, why = next(iter(aside.items()))
        raise faults[0] if faults else DataError(f"{book}: sheet {name!r} cannot be read: {why}.")
    if not tables:
        raise faults[0] if len(faults) == 1 else DataError(f"{book} holds no table: no sheet has a header row.")
    best = tables if wanted else _best(tables)
    _require_alike(book, [] if wanted else best)
    taken = {table.sheet.name for table in best}
    aside |= {table.sheet.name: _why(table) for table in tables if table.sheet.name not in taken}
    return best, aside


def _best(tables: list[Table]) -> list[Table]:
    for enough in (_CORE, 1, 0):
        found = [table for table in tables if table.named >= enough]
        if found:
            return [table for table in found if not table.sheet.hidden] or found
    return tables


def _why(table: Table) -> str:
    return "it is hidden" if table.sheet.hidden else "its header names the case, the activity and the time less well"


def _require_alike(book: str, tables: list[Table]) -> None:
    if len({table.columns for table in tables}) > 1:
        names = ", ".join(repr(table.sheet.name) for table in tables)
        raise UsageError(
            f"{book} has several sheets with different tables ({names}); say which one to read in the mapping, "
            f"sheet = {_quoted(tables[0].sheet.name)}, or with --sheet when you import or inspect."
        )


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
