"""CSV and TSV, plain, gzipped or in a zip: rows of text, whatever a row stands for.

DuckDB's strict parser reads a file that has no surprises; then the number of a row is the number of its line.
Anything else goes through the patient reader of :mod:`.lines`, which says line by line what is wrong.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

from ..mining.errors import DataError
from ..mining.log import text_literal
from .connector import Desk, Records, Refusal, require_width
from .encoding import TextFile, as_text, opening
from .kostra.recognition import is_kostra
from .layout import Layout, find_layout
from .lines import Line, physical_lines, records
from .unpack import Stream, TooManyFiles, is_office, streams
from .writing import copy_head

_BATCH = 50_000
_BUFFER = 32 << 20  # DuckDB takes sixteen times the longest line, too few pieces for two threads to share
_NOT_TABLES = ("PAR1", "ARROW1", "FEA1", "<", "{", "[", "SQLite format 3")
_TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".dat", ".skv", ".asc")


class Tables:
    """The connector for text tables."""

    name = "tables"
    reads = "CSV, TSV and other delimited text, plain, .gz or .zip; event lists and other shapes"
    guide = "docs/formats/tables.md"

    def knows(self, path: Path) -> bool:
        """Text whose first bytes belong to no other format; whether it holds a table is found when it is read."""
        if is_office(path):
            return False
        try:
            found = _tables_in(path)
            # An archive without tables is ours to refuse, unless it holds something that others read.
            heads = [_head(stream) for stream in found or streams(path)]
            return not any(opening(head[:256]).startswith(_NOT_TABLES) for head in heads) and not all(
                is_kostra(head) for head in heads
            )
        except TooManyFiles as error:
            return not opening(_head(error.first)[:256]).startswith(_NOT_TABLES)
        except (DataError, OSError):
            return path.is_file()  # ours to refuse with a sentence

    def records(self, path: Path, desk: Desk, first: int) -> list[Records]:
        """Read every table in the file. Raises DataError if one of them cannot be used."""
        found = _tables_in(path)
        if not found:
            raise DataError(f"{path.name} holds no table: none of its files ends in .csv, .tsv or .txt.")
        return [_read(stream, desk, first + number) for number, stream in enumerate(found)]


def _head(stream: Stream) -> bytes:
    """The first bytes; of a damaged stream nothing, which says nothing of the others beside it."""
    try:
        return stream.head()
    except DataError:
        return b""


def _tables_in(path: Path) -> list[Stream]:
    found = streams(path)
    if len(found) == 1:
        return found
    return [stream for stream in found if (stream.member or "").lower().endswith(_TABLE_SUFFIXES)]


def _read(stream: Stream, desk: Desk, number: int) -> Records:
    scratch = desk.scratch / f"source_{number}"
    scratch.mkdir()
    before = stream.path.stat()
    text = as_text(stream, scratch, desk.mapping.encoding)
    layout = find_layout(stream.name, text.path, desk.mapping.delimiter)
    result = records_of(stream.name, text, layout, desk, number, scratch)
    require_unchanged(stream.path, before)
    result.layout = {"encoding": text.encoding, **layout.words}
    return result


def records_of(name: str, text: TextFile, layout: Layout, desk: Desk, number: int, scratch: Path) -> Records:
    """The records of a table whose text and form are known; the text goes if it is ours."""
    require_width(name, len(layout.headers))
    if layout.end is not None:
        text = _without_footer(text, layout, scratch)
    table = f"raw_{number}"
    found = _fast(desk.database, table, text, layout) or _slow(desk, number, text, layout)
    if text.scratch:
        text.path.unlink()
    result = replace(found, name=name, sha256=text.sha256(), bytes=text.bytes, headers=layout.headers)
    result.set_aside.update({k: n for k, n in (("title row", layout.titles), ("sum row", layout.footers)) if n})
    result.count += layout.titles + layout.footers
    return result


def require_unchanged(path: Path, before: os.stat_result) -> None:
    """Raise DataError if somebody wrote to the file while it was read."""
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise DataError(f"{path.name} was changed while it was read; run the command again.")


def _without_footer(text: TextFile, layout: Layout, scratch: Path) -> TextFile:
    """The file without its sum rows and the blank lines at the end."""
    end = layout.end or 0
    path = text.path if text.scratch else scratch / "text"
    copy_head(text.path, path, end)
    return replace(text, path=path, scratch=True, lines=text.lines - layout.footer_lines)


def _columns(width: int) -> list[str]:
    return [f"c{n}" for n in range(width)]


def _fast(database: duckdb.DuckDBPyConnection, table: str, text: TextFile, layout: Layout) -> Records | None:
    """Read with DuckDB; None if a row has another number of fields than the header, or a line is no row."""
    if layout.first_line != layout.header_line + 1 or layout.quoted_head:
        return None
    names = _columns(len(layout.headers))
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    query = (
        f"create table {table} as select * from read_csv({text_literal(str(text.path))}, "
        f"delim = {text_literal(layout.delimiter)}, quote = '\"', escape = '\"', header = false, "
        f"skip = {layout.header_line}, auto_detect = false, all_varchar = true, nullstr = '', comment = '', "
        f"strict_mode = true, null_padding = false, max_line_size = 20000000, buffer_size = {_BUFFER}, "
        f"columns = {{{types}}})"
    )
    try:
        database.execute(query)
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        database.execute(f"drop table if exists {table}")
        return None
    (count,) = database.execute(f"select count(*) from {table}").fetchall()[0]
    if count != text.lines - layout.header_line:
        database.execute(f"drop table {table}")
        return None
    return Records("", "", 0, table, f"(rowid + {layout.first_line})", layout.headers, count)


def _slow(desk: Desk, number: int, text: TextFile, layout: Layout) -> Records:
    """Read line by line; records that cannot be split into their columns are quarantined."""
    table, width = f"raw_{number}", len(layout.headers)
    names = _columns(width)
    desk.database.execute(f"create table {table} (line bigint, {', '.join(f'{name} varchar' for name in names)})")
    result = Records("", "", 0, table, "line", layout.headers, 0)
    lines = _body(text.path, layout.first_line)
    rows = _rows(records(lines, layout.delimiter, width), width, number, result)
    schema = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in names)])
    while batch := list(islice(rows, _BATCH)):
        arrays = [pa.array(column, field.type) for column, field in zip(zip(*batch, strict=True), schema, strict=True)]
        desk.database.register("batch", pa.Table.from_arrays(arrays, schema=schema))
        desk.database.execute(f"insert into {table} select * from batch")
        desk.database.unregister("batch")
    return result


def _body(path: Path, first_line: int) -> Iterator[Line]:
    return islice(physical_lines(path), first_line - 1, None)


def _rows(
    found: Iterator[tuple[int, str, list[str] | None, str]], width: int, source: int, result: Records
) -> Iterator[tuple[int | str | None, ...]]:
    short = 0
    for line, text, fields, reason in found:
        result.count += 1
        if fields and len(fields) > width:
            reason = "" if not any(field.strip() for field in fields[width:]) else "too many fields"
            fields = fields[:width]
        if not fields or reason:
            result.quarantined[reason] += 1
            result.refusals.append(Refusal(source, line, "", reason, text[:200]))
            continue
        if len(fields) < width:
            # Spreadsheets leave out empty cells at the end of a row. What is missing here is empty; a record whose
            # case, activity or time is among it will be quarantined for that.
            short += 1
            fields = fields + [""] * (width - len(fields))
        yield (line, *(field or None for field in fields))
    if short:
        result.notes.append(f"{short} rows ended early; their last columns are taken as empty.")
