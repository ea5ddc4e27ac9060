"""How is a workbook opened without danger? In a process of its own that may take so much memory and time, no more.

The reader of workbooks is fast native code; what it cannot stand ends its process, without an exception that could be
caught. Here that end becomes a sentence.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..mining.errors import DataError, StorageError, UsageError

_MEMORY = 2 << 30  # bytes
_SECONDS = 20  # for a file of ten megabytes or less
_SECONDS_PER_MEGABYTE = 3
_CSV = "save the sheet as CSV and import that file"


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, written as text.

    rows : how many, 0 for an empty sheet; top : empty rows above the first; file : one line per row, tabs between
    long, typed : by column, numbers of more than fifteen digits, and dates typed as text among real dates
    merged : the last row of every merged area, in order
    errors, unsolved : cells that show an error, formulas without a stored result
    """

    name: str
    hidden: bool
    rows: int
    top: int = 0
    file: Path = Path()
    long: dict[int, int] = field(default_factory=dict)
    typed: dict[int, int] = field(default_factory=dict)
    merged: tuple[int, ...] = ()
    errors: int = 0
    unsolved: int = 0
    hidden_rows: int = 0
    hidden_columns: int = 0


@dataclass(frozen=True)
class Workbook:
    """What a workbook holds."""

    form: str
    macros: bool
    from_1904: bool
    sheets: list[Sheet]


def open_workbook(path: Path, folder: Path, wanted: tuple[str, ...]) -> Workbook:
    """Have the sheets (those that are wanted, or all) written to `folder`.

    Raises DataError if the workbook cannot be read, UsageError if it lacks a sheet that is wanted, StorageError if
    the disk fails.
    """
    megabytes = path.stat().st_size >> 20
    seconds = _SECONDS + _SECONDS_PER_MEGABYTE * max(0, megabytes - 10)
    asked = {
        "path": str(path.absolute()), "folder": str(folder), "sheets": list(wanted), "memory": _MEMORY,
        "seconds": seconds,
    }  # fmt: skip
    answer = _ask(path.name, asked, seconds)
    if sentence := answer.get("fault"):
        raise DataError(sentence)
    if sentence := answer.get("usage"):
        raise UsageError(sentence)
    if reason := answer.get("disk"):
        raise StorageError(f"The scratch file could not be written: {reason}. Set TMPDIR to a folder with more room.")
    if "sheets" not in answer:
        raise _too_much(path.name)
    sheets = [_sheet(each) for each in answer["sheets"]]
    return Workbook(answer["form"], answer["macros"], answer["from_1904"], sheets)


def _ask(name: str, asked: dict[str, Any], seconds: int) -> dict[str, Any]:
    command = [sys.executable, "-P", "-m", f"{__package__}.spreadsheet_child"]
    # The child finds the same packages as we do, and never one that lies in the folder where it is started.
    places = os.pathsep.join(place for place in sys.path if place)
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what it says when it dies may show what stands in the cells
        env={**os.environ, "PYTHONPATH": places, "PYTHONUTF8": "1"},
    )
    try:
        answer, _ = process.communicate(json.dumps(asked).encode(), timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise DataError(f"{name} could not be read in {seconds} seconds; {_CSV}.") from error
    finally:
        process.kill()
        process.wait()
    try:
        return json.loads(answer)
    except ValueError as error:
        raise _too_much(name) from error


def _too_much(name: str) -> DataError:
    return DataError(
        f"{name} could not be read: it is damaged, or it takes more than {_MEMORY >> 30} GB of memory; {_CSV}."
    )


def _sheet(plain: dict[str, Any]) -> Sheet:
    counts = {key: {int(n): count for n, count in plain.get(key, {}).items()} for key in ("long", "typed")}
    places = {"file": Path(plain.get("file", "")), "merged": tuple(plain.get("merged", ()))}
    return Sheet(**{**plain, **counts, **places})
