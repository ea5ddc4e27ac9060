"""Can the history be kept where it is? SQLite rests on locks of files, which some network drives promise and do not keep.

The journal of the history (``delete``, ``synchronous = full``) is the one that works on network drives where locks do; whether they do is tried
with two connections, once for each new history and whenever it lies on such a drive.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from ...mining.errors import UsageError

_PROBE = ".locks.sqlite"


def require_locks(folder: Path) -> None:
    """Raise UsageError where the second of two connections may write while the first does. folder : which is there"""
    probe = folder / f"{_PROBE}-{os.getpid()}"
    try:
        kept = _kept(probe)
    except sqlite3.OperationalError as error:
        kept = "lock" not in str(error)  # another fault is told where it matters, by the history itself
    finally:
        for left in (probe, probe.with_name(f"{probe.name}-journal")):
            with suppress(OSError):
                left.unlink()
    if not kept:
        raise UsageError(
            f"{folder} is on a drive where locks do not hold, so two runs could damage the history; "
            "put the history on a disk of this machine (history in saksflyt.toml, or SAKSFLYT_HISTORY)."
        )


def _kept(probe: Path) -> bool:
    """Is the second of two writers refused?"""
    with closing(_connected(probe)) as first, closing(_connected(probe)) as second:
        first.execute("begin exclusive")
        try:
            second.execute("begin immediate")
        except sqlite3.OperationalError:
            return True
        return False


def _connected(probe: Path) -> sqlite3.Connection:
    return sqlite3.connect(probe, isolation_level=None, timeout=0)
