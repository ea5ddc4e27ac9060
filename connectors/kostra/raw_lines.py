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
_KEPT = 400  # characters of a line, more than any record has
_MOST = 500_000  # lines; the whole country has fewer recipients in a year


def read_lines(stream: Stream, desk: Desk, table: str) -> Digest:
    """Make `table` (line, length, text) of a report in ISO-8859-1; lines without a character are none.

    Raises DataError for a line that never ends, and for more lines than any report has.
    """
    digest = Digest()
    desk.database.execute(f"create table {table} (line bigint, length bigint, text varchar)")
    first = 1
    for lines in _pieces(stream, digest.passing(stream.chunks())):
        whole = [line.removesuffix("\r") for line in lines]
        batch = {
            "line": pa.array(range(first, first + len(lines)), pa.int64()),
            "length": pa.array(map(len, whole), pa.int64()),
            "text": pa.array([line[:_KEPT] for line in whole], pa.string()),
        }
        desk.database.register("batch", pa.table(batch))
        desk.database.execute(f"insert into {table} select * from batch where length > 0")
        desk.database.unregister("batch")
        first += len(lines)
        if first > _MOST:
            raise DataError(
                f"{stream.name} has more than {_MOST} lines, which no report has; split it by municipality."
            )
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
