"""How do the pages of a month reach their folder whole, or not at all?

Written beside, every file and the folder made to last, renamed, and only then recorded in the history. A folder that the history does not know
is of a run that was stopped between the two: the next run takes it away and makes it anew.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from ...reports.output import settle, told, write_through

RUNS = "runs"
_BUILDING = ".new-"


def clear(history: Path, known: Iterable[str]) -> None:
    """Take away what a run that was stopped has left."""
    runs, kept = history / RUNS, set(known)
    if runs.is_dir():
        for each in runs.iterdir():
            if each.name not in kept:
                shutil.rmtree(each, ignore_errors=True)


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
