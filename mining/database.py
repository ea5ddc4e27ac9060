"""DuckDB as the house uses it: one database to make a log in, and a locked one to read it from.

Both keep all work in memory up to a limit and spill to a folder beyond it. Two environment variables set the
size: ``SAKSFLYT_MEMORY`` (such as ``2GB``, the default) and ``SAKSFLYT_THREADS`` (default: all processors).
Neither changes a result.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from .errors import StorageError, UsageError

_DEFAULT_MEMORY = "2GB"

# The place is wrong, as opposed to the disk: another place helps.
_REFUSED = (
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.ENOENT,
    errno.EEXIST,
    errno.EISDIR,
    errno.ENAMETOOLONG,
)


def _setting(name: str, default: str, pattern: str, example: str) -> str:
    value = os.environ.get(name, "") or default
    if not re.fullmatch(pattern, value):
        raise UsageError(f"{name} is {value!r}; write it like {example}.")
    return value


def _connect(spill: Path | None) -> duckdb.DuckDBPyConnection:
    memory = _setting("SAKSFLYT_MEMORY", _DEFAULT_MEMORY, r"\d{1,6} ?[KMGT]i?B", "2GB")
    threads = _setting("SAKSFLYT_THREADS", str(os.cpu_count() or 1), r"[1-9]\d{0,2}", "2")
    connection = duckdb.connect(":memory:")
    connection.execute(f"set memory_limit = '{memory}'")
    connection.execute(f"set threads = {threads}")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set preserve_insertion_order = true")
    connection.execute("set autoinstall_known_extensions = false")
    connection.execute("set autoload_known_extensions = false")
    connection.execute("set enable_progress_bar = false")
    if spill is not None:
        connection.execute(f"set temp_directory = {text_literal(str(spill))}")
    return connection


def scratch_database(folder: Path) -> duckdb.DuckDBPyConnection:
    """A database for making a log; what does not fit in memory is spilled to `folder`."""
    return _connect(folder)


def reading_database(folder: Path) -> duckdb.DuckDBPyConnection:
    """A database that can read the files in `folder` and nothing else on the machine.

    The caller makes its views first and then calls :func:`lock`.
    """
    connection = _connect(None)
    connection.execute(f"set allowed_directories = [{text_literal(str(folder))}]")
    return connection


def lock(connection: duckdb.DuckDBPyConnection) -> None:
    """Shut every way out of the database: files outside the log, the network, extensions, settings."""
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def text_literal(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def writing(where: Path) -> Iterator[None]:
    """Turn a disk that fails or an unwritable folder into one sentence about `where`."""
    try:
        yield
    except OSError as error:
        if error.errno in _REFUSED:
            raise UsageError(f"Cannot write {where}: {error.strerror}. Choose another place with -o.") from error
        raise StorageError(f"Writing {where} failed: {error.strerror}. Nothing was left half-written.") from error
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise StorageError(f"Writing {where} failed: {_reason(error)}. Nothing was left half-written.") from error


def _reason(error: duckdb.Error) -> str:
    """What the disk said, where DuckDB wraps it; else DuckDB's own first line."""
    number = re.search(r'"errno":"(\d+)"', str(error))
    return os.strerror(int(number[1])) if number else str(error).splitlines()[0].rstrip(".")
