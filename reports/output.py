"""How does a report reach the disk whole, or not at all?"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path

from ..mining.errors import SaksflytError, StorageError, UsageError

# The disk failed; every other fault is about where the user asked the file to be.
_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG})


def write_whole(path: Path, text: str) -> None:
    """Write `text` to `path`: beside it first, then renamed into place. What stood there stands until then.

    Raises UsageError if the place cannot be written to, StorageError if the disk fails while writing.
    """
    if path.is_dir():
        raise told(path, IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)))
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write_through(beside, text.encode("utf-8"))
        if path.exists():
            shutil.copymode(path, beside)  # who may read it stays as it was
        beside.replace(path)
        settle(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise told(path, error) from error
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def write_through(path: Path, content: bytes) -> None:
    """A new file, on the disk and not only on its way there."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def settle(folder: Path) -> None:
    """Make the rename last through a power cut, where the system can (Windows cannot open a folder)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def told(path: Path, error: OSError) -> SaksflytError:
    """The fault as a sentence about the place that was asked for."""
    reason = error.strerror or type(error).__name__
    if error.errno in _DISK:
        return StorageError(f"The disk failed while {path} was written ({reason}); nothing was left there. Make room.")
    return UsageError(f"Cannot write {path}: {reason}. Choose another place.")
