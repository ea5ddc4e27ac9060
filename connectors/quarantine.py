"""The quarantine: which records and cells could not be used, and why, in a file beside the log.

The file is CSV with the columns ``source, row, column, kept, reason, form``. `form` shows what the content looked like
(``99.99.9999``), never what it was.
"""

from __future__ import annotations

import csv
import errno
import io
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ..mining.errors import StorageError, UsageError
from ..mining.identifiers import mask
from .connector import Refusal
from .writing import fsync_folder

# The disk failed; every other fault is about where the user asked the file to be.
_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG})
_HEAD = ("source", "row", "column", "kept", "reason", "form")


def quarantine_path(log: Path) -> Path:
    """``Saker.saksflyt`` has its quarantine in ``Saker.quarantine.csv``."""
    return log.with_name(log.name.removesuffix(".saksflyt") + ".quarantine.csv")


class QuarantineFile:
    """A quarantine that appears beside the log when the log does, or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._building = path.with_name(f".{path.name}.new-{os.getpid()}")

    def write(self, refusals: Iterable[Refusal], names: list[str]) -> None:
        """Write the file under a passing name."""
        try:
            self._building.parent.mkdir(parents=True, exist_ok=True)
            with self._building.open("w", encoding="utf-8", newline="") as file:
                _write(file, refusals, names)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self.forget()
            if error.errno not in _DISK:
                raise UsageError(
                    f"Cannot write {self.path}: {error.strerror}. Choose another place with -o."
                ) from error
            raise StorageError(
                f"Writing {self.path} failed: {error.strerror}. Nothing was left half-written."
            ) from error

    def settle(self) -> None:
        """Give the file its name; an older one of that name goes, also when there is nothing to quarantine now."""
        if self._building.exists():
            self._building.replace(self.path)
        else:
            self.path.unlink(missing_ok=True)
        fsync_folder(self.path.parent)

    def forget(self) -> None:
        """Remove what was written."""
        with suppress(OSError):
            self._building.unlink(missing_ok=True)


def _write(file: io.TextIOBase, refusals: Iterable[Refusal], names: list[str]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_HEAD)
    for refusal in refusals:
        kept = "yes" if refusal.cell else "no"
        form = _harmless(mask(refusal.content))
        writer.writerow(
            (_harmless(names[refusal.source]), refusal.line, _harmless(refusal.column), kept, refusal.reason, form)
        )


def _harmless(text: str) -> str:
    """A cell that a spreadsheet would take for a formula is marked as text."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
