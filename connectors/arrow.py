"""Parquet and Feather/Arrow files: the same roles as a CSV, with types that the file declares."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow import feather

from ..mining.errors import DataError
from ..mining.log import text_literal
from .connector import Desk, Records
from .unpack import CHUNK, reading

_PARQUET, _FEATHER, _OLD_FEATHER = b"PAR1", b"ARROW1", b"FEA1"
_KEPT = ("VARCHAR", "DOUBLE", "FLOAT", "BOOLEAN", "DATE")


class ArrowTables:
    """The connector for Parquet and Feather/Arrow files."""

    name = "arrow"
    reads = "Parquet, Feather and Arrow files; one event per row"
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
        table = f"raw_{first}"
        with reading(path), path.open("rb") as file:
            head = file.read(8)
            file.seek(0)
            digest = hashlib.sha256()
            while chunk := file.read(CHUNK):
                digest.update(chunk)
        try:
            source, batch = self._relation(path, head, desk.database)
            described = desk.database.execute(f"describe select * from {source}").fetchall()
            headers, kinds = [row[0] for row in described], [_kind(row[1]) for row in described]
            columns = ", ".join(
                f'{_cast(name, kind, declared[1])} as c{n}'
                for n, (name, kind, declared) in enumerate(zip(headers, kinds, described, strict=True))
            )
            if not headers:
                raise DataError(f"{path.name} has no columns.")
            desk.database.execute(f"create table {table} as select {columns} from {source}")
            if batch:
                desk.database.unregister(batch)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            if isinstance(error, duckdb.OutOfMemoryException):
                raise
            raise DataError(f"{path.name} is damaged or not a table; write the file again.") from error
        (count,) = desk.database.execute(f"select count(*) from {table}").fetchall()[0]
        return [
            Records(
                name=path.name,
                sha256=digest.hexdigest(),
                bytes=path.stat().st_size,
                table=table,
                line="(rowid + 1)",
                headers=headers,
                count=count,
                types=kinds,
                layout={"format": "Parquet" if head.startswith(_PARQUET) else "Feather or Arrow"},
            )
        ]

    def _relation(self, path: Path, head: bytes, database: duckdb.DuckDBPyConnection) -> tuple[str, str]:
        if head.startswith(_PARQUET):
            return f"read_parquet({text_literal(_escaped(path))})", ""
        database.register("arrow_file", feather.read_table(path, memory_map=True))
        return "arrow_file", "arrow_file"


def _escaped(path: Path) -> str:
    """A path whose ``*`` and ``?`` are no wildcards."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in str(path))


def _kind(declared: str) -> str:
    """The type that a column is kept in; everything without a use for its type becomes text."""
    if declared.startswith("TIMESTAMP"):
        return "TIMESTAMP WITH TIME ZONE" if "ZONE" in declared else "TIMESTAMP"
    if declared.startswith("DECIMAL"):
        return "DOUBLE"
    return declared if declared in _KEPT else "VARCHAR"


def _cast(name: str, kind: str, declared: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    if kind == "VARCHAR":
        # A number that pandas had to make a float because of gaps is still the id that it was.
        return f"nullif({column}::varchar, '')"
    return f"{column}::{kind}"


