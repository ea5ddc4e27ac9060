"""One run at a time: a lock in the history's folder that the system lets go of when a run is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...mining.errors import Busy
from ...reports.output import told

FILE = ".lock"
PATIENCE = 5  # seconds


@contextmanager
def alone(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock of a folder, which is made where it is missing. Raises Busy where another run does not let go."""
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / FILE, timeout=patience)
        lock.acquire()
    except Timeout as error:
        raise Busy(f"Another run is at work in {folder}; nothing was done.") from error
    except OSError as error:
        raise told(folder, error) from error
    try:
        yield
    finally:
        lock.release()
