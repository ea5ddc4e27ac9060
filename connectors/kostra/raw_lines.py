"""The lines of a report as a table: nothing is cut yet, so that a wrong line can be told from a right one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from ...mining.errors import DataError
from ..connector import Desk
from ..encoding import Digest
from ..unpack import Stream
from .recognition import MARK

LONGEST = 1 << 20


def read_lines(stream: Stream, desk: Desk, table: str) -> Digest:
    """Make `table` (line, text) of a report in ISO-8859-1; lines without a character are none.

    Raises DataError for a line that never ends.
    """
    digest = Digest()
    desk.database.execute(f"create table {table} (line bigint, text varchar)")
    first = 1
    for lines in _pieces(stream, digest.passing(stream.chunks())):
        texts = pa.array([line.removesuffix("\r") for line in lines], pa.string())
        numbers = pa.array(range(first, first + len(lines)), pa.int64())
        desk.database.register("batch", pa.table({"line": numbers, "text": texts}))
        desk.database.execute(f"insert into {table} select line, text from batch where text <> ''")
        desk.database.unregister("batch")
        first += len(lines)
    return digest


def _pieces(stream: Stream, chunks: Iterable[bytes]) -> Iterator[list[str]]:
    """The lines, so many at a time as stand in one piece of the file."""
    held, begun = "", False
    for chunk in chunks:
        *lines, held = (held + (chunk if begun else chunk.removeprefix(MARK)).decode("latin-1")).split("\n")
        begun = True
        if len(held) > LONGEST:
            raise DataError(f"{stream.name} has a line without an end; a report has one record per line.")
        yield lines
    yield [held]
