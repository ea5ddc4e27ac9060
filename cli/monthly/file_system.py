"""On what kind of file system does a folder lie, and is it a network drive?"""

from __future__ import annotations

import os
import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\w*|ncpfs|9p|afs|ceph|glusterfs|lustre|gfs2|ocfs2|davfs|fuse\.(sshfs|rclone|glusterfs|davfs2?|smbnetfs|s3fs)"
)
_REMOTE = 4  # of GetDriveTypeW


def file_system(folder: Path) -> str:
    """The kind of file system that a folder lies on, such as "ext4" or "cifs"; "" where nobody can tell."""
    place = folder.resolve()
    if os.name == "nt":
        return "smb" if str(place).startswith("\\\\") or _drive_type(place) == _REMOTE else ""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return _kind_at(place, lines)


def is_network(kind: str) -> bool:
    """Is this kind of file system one of a network?"""
    return bool(_NETWORK.fullmatch(kind))


def _drive_type(place: Path) -> int:
    import ctypes

    return int(ctypes.windll.kernel32.GetDriveTypeW(place.anchor))  # type: ignore[attr-defined]


def _kind_at(place: Path, lines: list[str]) -> str:
    """The kind of the longest mount point that a place lies under; of two in one place the later."""
    found, longest = "", -1
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(), after.split()
        if len(fields) < 5 or not kinds:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4]))
        if place.is_relative_to(point) and len(point.parts) >= longest:
            found, longest = kinds[0], len(point.parts)
    return found
