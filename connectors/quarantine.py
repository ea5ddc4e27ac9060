"""The quarantine: which records and cells could not be used, and why, in a file beside the log.

The file is CSV with the columns ``source, row, column, kept, reason, form``. `form` shows what the content looked like
(``99.99.9999``), never what it was.
"""

from __future__ import annotations

import csv
import errno
import io
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..mining.errors import StorageError, UsageError
from ..mining.identifiers import mask
from .connector import Refusal
from .writing import fsync_folder

# The disk failed; every other fault is about where the user asked the file to be.
_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG})
QUARANTINE = ".quarantine.csv"  # how its name ends
_HEAD = ("source", "row", "column", "kept", "reason", "form")


def quarantine_path(log: Path) -> Path:
    """``Saker.saksflyt`` has its quarantine in ``Saker.quarantine.csv``."""
    return log.with_name(log.name.removesuffix(".saksflyt") + QUARANTINE)


class QuarantineFile:
    """A quarantine that appears beside the log when the log does, or not at all."""

    def __init__(self, path: Path, grows: bool = False) -> None:
        """grows : what the file holds already is kept, for its records still belong to the log"""
        self.path = path
        self._before = path if grows and path.is_file() else None
        self._building = path.with_name(f".{path.name}.new-{os.getpid()}")

    def write(self, refusals: Iterable[Refusal], names: list[str]) -> None:
        """Write the file under a passing name."""
        try:
            with storing(self.path):
                self._building.parent.mkdir(parents=True, exist_ok=True)
                with self._building.open("w", encoding="utf-8", newline="") as file:
                    _write(file, refusals, names, self._before)
                    file.flush()
                    os.fsync(file.fileno())
        except BaseException:
            self.forget()
            raise

    def settle(self) -> None:
        """Give the file its name; an older one of that name goes, also when there is nothing to quarantine now."""
        if self._building.exists():
            self._building.replace(self.path)
        elif self._before is None:
            self.path.unlink(missing_ok=True)
        fsync_folder(self.path.parent)

    def forget(self) -> None:
        """Remove what was written."""
        with suppress(OSError):
            self._building.unlink(missing_ok=True)


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turn a disk that fails or a place that cannot be written to into one sentence about `path`."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK:
            raise UsageError(f"Cannot write {path}: {error.strerror}. Choose another place with -o.") from error
        raise StorageError(f"Writing {path} failed: {error.strerror}. Nothing was left half-written.") from error


def _write(file: io.TextIOBase, refusals: Iterable[Refusal], names: list[str], before: Path | None) -> None:
    writer = csv.writer(file, lineterminator="\n")
    if before is None:
        writer.writerow(_HEAD)
    else:
        with before.open(encoding="utf-8", newline="") as old:
            shutil.copyfileobj(old, file)
    for refusal in refusals:
        kept = "yes" if refusal.cell else "no"
        form = harmless(mask(refusal.content))
        writer.writerow(
            (harmless(names[refusal.source]), refusal.line, harmless(refusal.column), kept, refusal.reason, form)
        )


def harmless(text: str) -> str:
    """A cell that a spreadsheet would take for a formula is marked as text."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
