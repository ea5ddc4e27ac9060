"""A later export becomes part of a log: what must fit, which cases have another history, what is said of it.

House rule: late data is a revision that somebody has accepted, never an overwrite. Cases whose history differs are
listed in ``NAME.changes.csv`` beside the log; without ``--accept-changes`` nothing else is written.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ..mining.errors import DataError, UsageError
from ..mining.log import SUFFIX, Appending, EventLog, Staged, local_day
from .connector import Records
from .quarantine import harmless, storing
from .writing import fsync_folder

_HEAD = ("case_id", "change", "activity_before", "time_before", "activity_after", "time_after")
_WORDS = {
    "missing": "events gone",
    "new": "new events",
    "time": "another time",
    "activity": "another step",
    "details": "other details of an event",
    "closing": "another closing",
}


@dataclass(frozen=True)
class Onto:
    """The log that an export is added to, and whether another history of its cases is accepted."""

    log: EventLog
    target: Path
    accept_changes: bool = False


@dataclass(frozen=True)
class Appended:
    """A log and an export as one, ready to be published; `changes` is None when no case has another history."""

    staged: Staged
    changes: Path | None = None
    notes: tuple[str, ...] = ()


def opened(target: Path, accept_changes: bool) -> Onto:
    """The log to append to. Raises UsageError if it is not there."""
    old = target.with_name(target.name + ".old")
    if not target.exists() and not old.exists():
        raise UsageError(f"{target} is not there, so nothing can be appended to it; leave out --append.")
    log = EventLog.open(target)
    if log.path != target:
        log.manifest.notes.pop()  # a crash left it under its old name; the new log has its own
    return Onto(log, target, accept_changes)


def require_lasting(found: Iterable[Records], onto: Onto) -> None:
    """Raise UsageError if the export has cases of which nobody could say whether the log has them already."""
    for records in found:
        if records.passing:
            raise UsageError(
                f"{records.name} has cases without an id of their own ({records.passing}), which cannot be told from those "
                f"of {onto.target.name}; import all files together with --replace."
            )


def changes_path(log: Path) -> Path:
    """``Saker.saksflyt`` has its list of changed cases in ``Saker.changes.csv``."""
    return log.with_name(log.name.removesuffix(SUFFIX) + ".changes.csv")


def append(staged: Staged, onto: Onto) -> Appended:
    """Put an export and a log together.

    Raises UsageError if they do not fit, and DataError, with the list written, if the export tells another history of
    some case and that is not accepted.
    """
    _require_fit(staged, onto)
    beside = onto.log.beside(staged)
    found, path = beside.overlap, changes_path(onto.target)
    if not found.cases:
        return Appended(beside.together(), None, _said(beside))
    _list(beside.changes(), path, onto.log.zone)
    if not onto.accept_changes:
        kinds = ", ".join(f"{_WORDS[kind]}: {found.changes[kind]}" for kind in _WORDS if kind in found.changes)
        raise DataError(
            f"The export tells another history of {_cases(found.cases)} than {onto.target.name} ({kinds}); they are "
            f"listed in {path.name} and the log is left as it was. Add --accept-changes to take the export's history."
        )
    return Appended(beside.together(), path, _said(beside))


def _require_fit(staged: Staged, onto: Onto) -> None:
    """Times in one zone, people and cases that can be told to be the same, and an export that is not the older one."""
    manifest, name = onto.log.manifest, onto.target.name
    if staged.zone != manifest.zone:
        raise UsageError(
            f"{name} counts days in {manifest.zone}, the mapping in {staged.zone}; give them the same zone."
        )
    before, after = (
        "matter" if each == "matter" else "application" for each in (manifest.case_notion, staged.case_notion)
    )
    if before != after:
        raise UsageError(
            f"A case of {name} is one {before}, and one of the export would be one {after}; append with --case {before}, or "
            "import all files together with --replace."
        )
    if staged.given_as_of and manifest.observed_to and staged.given_as_of < manifest.observed_to:
        known = local_day(manifest.observed_to, manifest.zone)
        raise UsageError(
            f"{name} is known up to {known}, later than this export tells or than the time given with --as-of or in the "
            "mapping; import all files together with --replace."
        )
    _require_same_people(staged, onto)
    before, after = (_pseudonyms(each) for each in (manifest.declared, staged.declared))
    columns = staged.mapping.get("columns", {})
    apart = [c for c, done in before.items() if c in columns and after.get(c) != done]
    apart += [c for c in after if c in manifest.mapping.get("columns", {}) and c not in before]
    apart += [c for c, done in before.items() if c in columns and "ordinals" in done and c not in apart]
    if apart:
        raise UsageError(
            f"Column {apart[0]!r} does not have the same pseudonyms in {name} as in the export; append with the mapping "
            "and the key that the log was made with, or import all files together with --replace."
        )


def _require_same_people(staged: Staged, onto: Onto) -> None:
    manifest = onto.log.manifest
    people = ("resource", "applicant")
    counts = ", ".join(f"count({column}) > 0" for column in people)
    in_export = staged.connection.execute(f"select {counts} from staged").fetchall()[0]
    if not any(in_export) or not (manifest.resources or manifest.applicants):
        return
    if staged.people != manifest.people or staged.people == "raw":
        made = "are ordinals, which hold in one import only" if manifest.people == "ordinals" else "have another key"
        made = "have the key " + manifest.people if staged.people == "raw" and manifest.people != "ordinals" else made
        raise UsageError(
            f"The people in {onto.target.name} {made}, so they cannot be found again in the export; use one --key for "
            "every import of a log that grows, or import all files together with --replace."
        )


def _pseudonyms(declared: list[dict[str, str]]) -> dict[str, str]:
    """Columns with pseudonyms or ordinals other than those of people, and how they were made."""
    return {
        each["column"]: each["done"] for each in declared if each["done"].startswith(("pseudonymised", "replaced by"))
    }


def _said(beside: Appending) -> tuple[str, ...]:
    """What the receipt says of the overlap."""
    found, zone = beside.overlap, beside.log.manifest.zone
    if found.begins is None or found.ends is None:
        lines = ["The export and the log have no time in common; no event is in both."]
    else:
        days = " to ".join(str(local_day(moment, zone)) for moment in (found.begins, found.ends))
        lines = [f"The export and the log both cover {days}; events that are in both: {found.same}."]
    if found.finished:
        lines.append(f"Work that had begun when the log was made and is finished now: {_events(found.finished)}.")
    if found.late_cases:
        lines.append(f"{_cases(found.late_cases)} that the log did not have began before the log's last event.")
    if found.cases:
        lines.append(f"{_cases(found.cases)} had another history in the export, and it was accepted.")
    return tuple(lines)


def _cases(count: int) -> str:
    return f"{count} case{'' if count == 1 else 's'}"


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"


def _list(changes: Iterable[tuple[Any, ...]], path: Path, zone: str) -> None:
    """Write the differences beside the log, for the people who know the cases; times are local."""
    building = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        with storing(path), building.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_HEAD)
            for case, kind, before, time_before, after, time_after in changes:
                cells = (case, _WORDS[kind], before, _local(time_before, zone), after, _local(time_after, zone))
                writer.writerow([harmless(cell or "") for cell in cells])
            file.flush()
            os.fsync(file.fileno())
        building.replace(path)
        fsync_folder(path.parent)
    finally:
        with suppress(OSError):
            building.unlink(missing_ok=True)


def _local(micros: int | None, zone: str) -> str:
    if micros is None:
        return ""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    return moment.astimezone(ZoneInfo(zone)).isoformat(sep=" ", timespec="seconds")[: len("2026-01-01 10:00:00")]


def settle_changes(added: Appended, target: Path) -> None:
    """The list tells of the last import; one of an earlier import goes."""
    if added.changes is None:
        with suppress(OSError):
            changes_path(target).unlink(missing_ok=True)
