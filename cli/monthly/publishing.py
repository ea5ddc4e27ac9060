"""How do the pages of a month reach their folder whole, or not at all?

Written beside, every file and the folder made to last, renamed, and only then recorded in the history. A folder that the history does not know
is of a run that was stopped between the two: the next run takes it away and makes it anew.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from ...mining.errors import StorageError
from ...reports.output import settle, told, write_through

RUNS = "runs"
_BUILDING = ".new-"
_OURS = re.compile(rf"({re.escape(_BUILDING)})?\d{{4}}-\d\d-r\d+")


def clear(history: Path, known: Iterable[str]) -> None:
    """Take away what a run that was stopped has left: what it was building, and at most one month that it did not record.

    Raises StorageError where the history does not know several months: then it is the history that is lost, not they. What
    somebody else has put there stays.
    """
    left = leftovers(history, known)
    if len(months := [name for name in left if not name.startswith(_BUILDING)]) > 1:
        raise StorageError(
            f"{history / RUNS} holds {len(months)} months that the history does not know, {months[0]} among them, as if the history "
            "were lost or an older copy. Put back the right copy of it, or move these folders away to have them judged anew."
        )
    for name in left:
        shutil.rmtree(history / RUNS / name, ignore_errors=True)


def leftovers(history: Path, known: Iterable[str]) -> list[str]:
    """The folders of months, whole or not, that the history does not know, in order. One that is only linked to is not ours."""
    runs, kept = history / RUNS, set(known)
    if not runs.is_dir():
        return []
    there = (each.name for each in runs.iterdir() if each.is_dir() and not each.is_symlink())
    return sorted(name for name in there if _OURS.fullmatch(name) and name not in kept)


def publish(history: Path, name: str, files: Mapping[str, bytes]) -> str:
    """Put the files of a month into the folder `name`, which is not there yet; gives their digest.

    Raises UsageError if the place cannot be written to, StorageError if the disk fails. Nothing is then left.
    """
    runs = history / RUNS
    building = runs / f"{_BUILDING}{name}"
    try:
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        for file, content in files.items():
            (building / file).parent.mkdir(parents=True, exist_ok=True)
            write_through(building / file, content)
        settle(building)
        building.rename(runs / name)
        settle(runs)
    except OSError as error:
        shutil.rmtree(building, ignore_errors=True)
        raise told(runs / name, error) from error
    return digest_of(files)


def digest_of(files: Mapping[str, bytes]) -> str:
    """One digest of some files, their names among it."""
    found = hashlib.sha256()
    for name in sorted(files):
        found.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return found.hexdigest()


def read(history: Path, name: str) -> dict[str, bytes]:
    """The files of a month that was published."""
    folder = history / RUNS / name
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
