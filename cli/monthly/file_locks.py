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

_NETWORK = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "glusterfs", "lustre", "davfs"),
    *("fuse.sshfs", "fuse.glusterfs", "fuse.davfs2", "fuse.rclone", "fuse.s3fs"),
}
_MOUNTS = Path("/proc/self/mountinfo")
_REMOTE = 4  # of GetDriveTypeW
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


def on_network(folder: Path, mounts: Path = _MOUNTS) -> bool:
    """Does a folder lie on a network drive? Where nobody can tell, it does not."""
    place = folder.resolve()
    if os.name == "nt":
        return str(place).startswith("\\\\") or _drive_type(place) == _REMOTE
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return _kind_at(place, lines) in _NETWORK


def _drive_type(place: Path) -> int:
    import ctypes

    return int(ctypes.windll.kernel32.GetDriveTypeW(place.anchor))  # type: ignore[attr-defined]


def _kind_at(place: Path, lines: list[str]) -> str:
    """The kind of file system of the longest mount point that a place lies under; of two in one place the later."""
    found, longest = "", -1
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(), after.split()
        if len(fields) < 5 or not kinds:
            continue
        point = Path(fields[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        if place.is_relative_to(point) and len(point.parts) >= longest:
            found, longest = kinds[0], len(point.parts)
    return found
