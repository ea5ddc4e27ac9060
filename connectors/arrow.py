"""Parquet and Feather/Arrow files: the same roles as a CSV, with types that the file declares."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow import feather

from ..mining.errors import DataError
from ..mining.log import identifier, text_literal
from .connector import Desk, Records, require_width
from .unpack import reading

_PARQUET, _FEATHER, _OLD_FEATHER = b"PAR1", b"ARROW1", b"FEA1"
_KEPT = ("VARCHAR", "DOUBLE", "FLOAT", "BOOLEAN", "DATE")


class ArrowTables:
    """The connector for Parquet and Feather/Arrow files."""

    name = "arrow"
    reads = "Parquet, Feather and Arrow files; event lists and other shapes"
    guide = "docs/formats/tables.md"

    def knows(self, path: Path) -> bool:
        """By the mark that these files start with."""
        try:
            with path.open("rb") as file:
                head = file.read(8)
        except OSError:
            return False
        return head.startswith((_PARQUET, _FEATHER, _OLD_FEATHER))

    def records(self, path: Path, desk: Desk, first: int) -> list[Records]:
        """Read the table. Raises DataError if the file is damaged or holds no table."""
        with reading(path), path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            head = file.read(8)
        try:
            made = self._table(path, head, desk, f"raw_{first}")
        except duckdb.OutOfMemoryException:
            raise
        except (duckdb.Error, pa.ArrowException, UnicodeError, OSError) as error:
            raise DataError(f"{path.name} is damaged or not a table; write the file again.") from error
        made.name, made.sha256, made.bytes = path.name, digest, path.stat().st_size
        made.layout = {"format": "Parquet" if head.startswith(_PARQUET) else "Feather or Arrow"}
        return [made]

    def _table(self, path: Path, head: bytes, desk: Desk, table: str) -> Records:
        """The file as a table of the desk, with the types that a log has a use for."""
        source, batch = self._relation(path, head, desk.database)
        described = desk.database.execute(f"describe select * from {source}").fetchall()
        if not described:
            raise DataError(f"{path.name} has no columns.")
        require_width(path.name, len(described))
        headers, kinds = [row[0] for row in described], [_kind(row[1]) for row in described]
        columns = ", ".join(f"{_cast(*pair)} as c{n}" for n, pair in enumerate(zip(headers, kinds, strict=True)))
        desk.database.execute(f"create table {table} as select {columns} from {source}").fetchall()
        if batch:
            desk.database.unregister(batch)
        (count,) = desk.database.execute(f"select count(*) from {table}").fetchall()[0]
        return Records("", "", 0, table, "(rowid + 1)", headers, count, types=kinds)

    def _relation(self, path: Path, head: bytes, database: duckdb.DuckDBPyConnection) -> tuple[str, str]:
        if head.startswith(_PARQUET):
            return f"read_parquet({text_literal(_escaped(path))})", ""
        table = feather.read_table(path, memory_map=True)
        table.validate(full=True)  # an offset that points outside its buffer would end the process
        database.register("arrow_file", table)
        return "arrow_file", "arrow_file"


def _escaped(path: Path) -> str:
    """A path whose ``*`` and ``?`` are no wildcards."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in str(path))


def _kind(declared: str) -> str:
    """The type that a column is kept in; everything without a use for its type becomes text."""
    if declared.startswith("TIMESTAMP"):
        zoned = "ZONE" in declared or declared.startswith("TIMESTAMPTZ")
        return "TIMESTAMP WITH TIME ZONE" if zoned else "TIMESTAMP"
    if declared.startswith("DECIMAL"):
        return "DOUBLE"
    return declared if declared in _KEPT else "VARCHAR"


def _cast(name: str, kind: str) -> str:
    column = identifier(name)
    if kind in ("DOUBLE", "FLOAT"):
        return f"case when not isnan({column}::{kind}) then {column}::{kind} end"
    return f"nullif({column}::varchar, '')" if kind == "VARCHAR" else f"{column}::{kind}"
