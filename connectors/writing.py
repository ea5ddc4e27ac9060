"""Files that are being written: scratch files while an import runs, and results that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..mining.errors import StorageError


@contextmanager
def scratch_writing(path: Path) -> Iterator[BinaryIO]:
    """Write a scratch file; a full disk is one sentence."""
    with path.open("wb") as file:
        try:
            yield _Guarded(file)  # type: ignore[misc]
        finally:
            _close(file)


def copy_head(source: Path, target: Path, size: int) -> None:
    """Make `target` the first `size` bytes of `source`; the two may be the same file."""
    if source == target:
        os.truncate(target, size)
        return
    with source.open("rb") as file, scratch_writing(target) as copy:
        while size and (chunk := file.read(min(size, 4 << 20))):
            copy.write(chunk)
            size -= len(chunk)


def _close(file: BinaryIO) -> None:
    try:
        file.close()
    except OSError as error:
        raise _failed(error) from error


class _Guarded:
    """A file whose failures to write are not taken for failures to read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            raise _failed(error) from error

    def writelines(self, chunks: Iterator[bytes]) -> None:
        for chunk in chunks:
            self.write(chunk)


def _failed(error: OSError) -> StorageError:
    return StorageError(
        f"The scratch file could not be written: {error.strerror}. Set TMPDIR to a folder with more room."
    )


def fsync_folder(folder: Path) -> None:
    """Make a rename in `folder` last. Some systems cannot; the rename still holds there."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
