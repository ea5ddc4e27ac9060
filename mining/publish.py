"""A log is made beside its place and renamed into it: a reader sees the whole log or none.

Killed at any moment, the old log is still there, under its own name or as ``NAME.old``; :func:`settled` finds it.
"""

from __future__ import annotations

import os
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import duckdb

from .assemble import Assembled, assemble
from .database import writing
from .errors import UsageError
from .local_time import from_micros
from .manifest import Manifest
from .staging import Staged
from .tables import write_tables

SUFFIX = ".saksflyt"
FILES = ("events.parquet", "cases.parquet", "variants.parquet", "log.json")

# Asked of the cases where the cases know, for there are fewer of them.
_OF_CASES = """
select count(*) as cases, coalesce(sum(events), 0)::bigint as events, epoch_us(min(first_time)) as first_time,
       epoch_us(max(last_time)) as last_time, count(*) filter (several_units) as several_units,
       coalesce(sum(tied), 0)::bigint as tied_events, count(*) filter (tied > 0) as tied_cases,
       (select count(*) from variant_numbers) as variants, (select count(*) from sorted) as all_events,
       (select count(distinct activity) from (select unnest(sequence) as activity from variant_numbers)) as activities
from sequences
"""

# A capture that writes start and completion at the same moment has no start times, whatever its columns say; an
# event without a start is taken to start when it ends.
_STARTS = """
select count(start_time) as started, count(*) as happened,
       count(*) filter (end_time - coalesce(start_time, end_time) < interval 1 minute) as instant
from ordered where {inside}
"""

# Two equal rows have the same case and time, so only events with a tied neighbour need to be compared.
_IDENTICAL = """
select coalesce(sum(times - 1), 0)::bigint from (
    select count(*) as times
    from ordered semi join (select distinct case_no, end_time from ordered where tied) using (case_no, end_time)
    group by {columns} having count(*) > 1
)
"""


def publish_folder(staged: Staged, target: Path, *, over: bool = False, instead_of: Manifest | None = None) -> Manifest:
    """Make the log of the staged records and put it at `target`; returns what the log says about itself.

    instead_of : what the log at `target` must still say about itself when the new one takes its place
    Raises UsageError when `target` exists and `over` is false, or cannot be written; StorageError when the disk
    fails. Nothing is then left at `target` that was not there before.
    """
    if target.exists() and not over:
        raise UsageError(f"{target} exists already. Add --replace to make it anew, or choose another name with -o.")
    building = target.with_name(f".{target.name}.new-{os.getpid()}")
    try:
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(building, ignore_errors=True)
            building.mkdir(parents=True)
            manifest = _build(staged, building)
            _settle_on_disk(building)
            if instead_of is not None:
                _require_unchanged(target, instead_of)
            _rename_into_place(building, target, over=over)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return manifest


def _build(staged: Staged, folder: Path) -> Manifest:
    assembled = assemble(staged)
    write_tables(staged, assembled, folder)
    manifest = _manifest(staged, assembled)
    staged.connection.close()
    (folder / "log.json").write_text(manifest.to_json(), encoding="utf-8")
    return manifest


def _settle_on_disk(folder: Path) -> None:
    for path in [*folder.iterdir(), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _require_unchanged(target: Path, manifest: Manifest) -> None:
    """What another run has added meanwhile must not be lost."""
    folder, _ = settled(target)
    if Manifest.from_json((folder / "log.json").read_text(encoding="utf-8")) != manifest:
        raise UsageError(f"{target} was changed by another run meanwhile and is left alone; append once more.")


def _rename_into_place(building: Path, target: Path, *, over: bool) -> None:
    old = target.with_name(target.name + ".old")
    if target.exists():
        if not over:  # another run was quicker
            raise UsageError(f"{target} was made by another run meanwhile and is left alone.")
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
    building.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settled(folder: Path) -> tuple[Path, str]:
    """The folder that holds the log, and a sentence when a crash has left it under its old name.

    Raises UsageError when there is no log there.
    """
    if all((folder / name).is_file() for name in FILES):
        return folder, ""
    old = folder.with_name(folder.name + ".old")
    if not folder.exists() and all((old / name).is_file() for name in FILES):
        return old, f"{folder} was being replaced when the machine stopped; the log before it, {old}, is used."
    raise UsageError(f"{folder} is not a Saksflyt log: it lacks {' or '.join(FILES)}. Make one with saksflyt import.")


def _manifest(staged: Staged, assembled: Assembled) -> Manifest:
    con, window = staged.connection, assembled.window
    counts = _counts(con, _OF_CASES)
    start_note = _start_note(con, assembled, window.inside(staged.zone))
    return Manifest(
        name=staged.name,
        zone=staged.zone,
        observed_from=window.observed_from,
        observed_to=window.observed_to,
        cases=counts["cases"],
        events=counts["events"],
        activities=counts["activities"],
        variants=counts["variants"],
        first_time=from_micros(counts["first_time"]) if counts["cases"] else None,
        last_time=from_micros(counts["last_time"]) if counts["cases"] else None,
        sources=staged.sources,
        mapping=staged.mapping,
        case_notion=staged.case_notion,
        start_times=not start_note,
        start_note=start_note,
        date_only_events=window.date_only,
        closed=staged.closed,
        people="ordinals" if staged.people == "raw" else staged.people,
        resources=_different(con, assembled, "resource"),
        applicants=_different(con, assembled, "applicant"),
        units=_different(con, assembled, "unit"),
        tied_events=counts["tied_events"],
        tied_cases=counts["tied_cases"],
        identical_rows=_identical_rows(con, assembled) if counts["tied_events"] else 0,
        cases_with_several_units=counts["several_units"],
        after_window=counts["all_events"] - counts["events"],
        ambiguous_times=staged.ambiguous_times,
        missing_times=staged.missing_times,
        program=program(),
        notes=staged.notes,
        declared=staged.declared,
        appended=staged.appended,
        drift=staged.drift,
    )


def _counts(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    result = con.execute(query)
    names = [column[0] for column in result.description or []]
    return dict(zip(names, result.fetchall()[0], strict=True))


def _different(con: duckdb.DuckDBPyConnection, assembled: Assembled, name: str) -> int:
    """How many values a column has: as many as its enumeration."""
    if name in assembled.constants:
        return 0
    return con.execute(f"select len(enum_range(null::{name}_values))").fetchall()[0][0]


def _start_note(con: duckdb.DuckDBPyConnection, assembled: Assembled, inside: str) -> str:
    """Why start times cannot be used; empty when they are there and real. Thresholds: docs/methods.md."""
    counts = {} if "start_time" in assembled.constants else _counts(con, _STARTS.format(inside=inside))
    if not counts.get("started"):
        return "the export has no start times"
    if counts["instant"] * 2 > counts["happened"]:
        share = f"{counts['instant']} of {counts['happened']} events"
        return f"{share} start and end within the same minute: starts are not recorded"
    return ""


def _identical_rows(con: duckdb.DuckDBPyConnection, assembled: Assembled) -> int:
    core = ("case_no", "activity", "end_time", "start_time", "rank", "resource", "unit", "applicant", "type", "due")
    columns = [*core, "closed", "case_unit", *(c for c, _ in assembled.event_attributes + assembled.case_attributes)]
    (count,) = con.execute(_IDENTICAL.format(columns=", ".join(columns))).fetchone() or (0,)
    return count


def program() -> str:
    """The name and version that made a log."""
    try:
        return f"saksflyt {version('saksflyt')}"
    except PackageNotFoundError:
        return "saksflyt"
