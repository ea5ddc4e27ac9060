"""What a connector is: it knows a kind of file, and gives the file's records as text in a DuckDB table.

A connector decides nothing about events. It reads; :mod:`.intake` finds the roles of the columns, the date formats
and the personal data, in the same way for every file, and makes the log.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol, runtime_checkable

import duckdb

from ..mining.errors import DataError
from .key_file import Key
from .mapping import Mapping
from .personal import Personal

MOST_COLUMNS = 2000


@dataclass(frozen=True)
class Desk:
    """Where a connector works: the database to put records in, a folder for scratch files, the user's mapping and key."""

    database: duckdb.DuckDBPyConnection
    scratch: Path
    mapping: Mapping
    key: Key | None = None


@dataclass(frozen=True)
class Refusal:
    """A record or a cell that cannot be used; `content` is raw and masked when it is written."""

    source: int
    line: int
    column: str
    reason: str
    content: str
    cell: bool = False  # only the cell was left out, the record was kept


@dataclass
class Records:
    """The records of one source as a connector found them.

    table : a table with the columns c0, c1, … (VARCHAR, or the type that the file declares)
    line : SQL for the record's first physical line (or element number)
    headers : the name of each column as the file gives it
    count : records in the source, those not in the table included
    set_aside, quarantined, duplicates : records that never reached the table, by reason
    refused : SQL for further refusals (line, column, reason, content), where they may be many; read at the very end
    rules : rules of the format that records break although they are kept: how many records, by rule
    layout : what was found about the form, in words, for ``inspect``
    notes : sentences for the receipt
    roles : the roles that the format itself gives, by column; None where roles are to be guessed. Milestones among them
        make the table one with a row per case
    of_case : the columns that hold one value per case, because the format says so
    of_step : attributes of one milestone's events only: the milestone, by attribute
    personal : what is to be done with columns that hold personal data, as the format itself says
    names : what an attribute, or the step of a milestone, is called in the log, where that is not the column's header
    day_zero : the day from which plain numbers in a column of dates are counted
    further : rows beyond the first of a record, where one record belongs to several cases
    known_to : the day up to which the file tells, where the format says it
    passing : cases that are named by their place in the file, so that their names hold in one import only
    flow : the template of an intended flow with the steps of the format, where there is one
    """

    name: str
    sha256: str
    bytes: int
    table: str
    line: str
    headers: list[str]
    count: int
    connector: str = ""
    types: list[str] = field(default_factory=list)
    set_aside: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    refused: str = ""
    layout: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    roles: dict[int, str] | None = None
    of_case: frozenset[int] = frozenset()
    of_step: dict[int, int] = field(default_factory=dict)
    personal: dict[int, Personal] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    day_zero: str = "1899-12-30"
    further: int = 0
    known_to: date | None = None
    passing: int = 0
    flow: str = ""


def require_width(name: str, columns: int) -> None:
    """Raise DataError for a table of more columns than can be looked at one by one in half a minute."""
    if columns > MOST_COLUMNS:
        raise DataError(
            f"{name} has {columns} columns, more than {MOST_COLUMNS}; leave out those that say nothing about the cases."
        )


@runtime_checkable
class Connector(Protocol):
    """One kind of file. `name` is short and unique, `reads` a sentence, `guide` the page that documents it."""

    name: str
    reads: str
    guide: str

    def knows(self, path: Path) -> bool:
        """Is this file of my kind? Decided by content; never raises for a file of another kind."""
        ...

    def records(self, path: Path, desk: Desk, first: int) -> list[Records]:
        """Read the file (an archive may hold several sources, numbered from `first`) into tables of `desk`.

        Raises DataError if the file cannot be used.
        """
        ...


@runtime_checkable
class Settling(Protocol):
    """A connector whose files may tell of the same case, such as the reports of several years."""

    def settle(self, found: dict[int, Records], desk: Desk) -> None:
        """Say whose word holds: called once, with all its sources by number, before their columns are looked at."""
        ...
