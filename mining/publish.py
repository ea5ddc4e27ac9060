"""A log is made beside its place and renamed into it: a reader sees the whole log or none.

Killed at any moment, the old log is still there, under its own name or as ``NAME.old``; :func:`settled` finds it.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import duckdb

from .assemble import Assembled, assemble
from .database import text_literal, writing
from .errors import UsageError
from .local_time import from_micros
from .manifest import Manifest
from .staging import Staged
from .tables import write_tables

SUFFIX = ".saksflyt"
FILES = ("events.parquet", "cases.parquet", "variants.parquet", "log.json")

# A capture that writes start and completion at the same moment has no start times, whatever its columns say. An
# event without a start is taken to start when it ends.
_STARTS = """
select count(*) filter (start_time is not null),
       count(*) filter (end_time - coalesce(start_time, end_time) < interval 1 minute), count(*)
from ordered where {inside}
"""

_TIES = "select count(*) filter (tied), count(distinct case_no) filter (tied) from ordered"

# Two equal rows have the same case and time, so only events with a tied neighbour need to be compared.
_IDENTICAL = """
select coalesce(sum(times - 1), 0)::bigint from (
    select count(*) as times
    from ordered semi join (select distinct case_no, end_time from ordered where tied) using (case_no, end_time)
    group by {columns} having count(*) > 1
)
"""

_PARTS = """
select (select count(*) from sequences), (select coalesce(sum(events), 0)::bigint from sequences),
       (select count(distinct activity) from ordered where {inside}),
       (select count(*) from variant_numbers),
       (select epoch_us(min(first_time)) from sequences), (select epoch_us(max(last_time)) from sequences),
       (select count(*) from ordered where not ({inside})),
       (select count(distinct resource) from ordered), (select count(distinct applicant) from ordered),
       (select count(distinct unit) from ordered),
       (select count(*) from (select 1 from ordered group by case_no having min(unit) <> max(unit)))
"""


def publish_folder(staged: Staged, target: Path, *, over: bool = False) -> Manifest:
    """Make the log of the staged records and put it at `target`; returns what the log says about itself.

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
            (building / "spill").mkdir(parents=True)
            manifest = _build(staged, building)
            shutil.rmtree(building / "spill")
            _settle_on_disk(building)
            _rename_into_place(building, target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return manifest


def _build(staged: Staged, folder: Path) -> Manifest:
    staged.connection.execute(f"set temp_directory = {text_literal(str(folder / 'spill'))}")
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


def _rename_into_place(building: Path, target: Path) -> None:
    old = target.with_name(target.name + ".old")
    if target.exists():
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
    inside = window.inside(staged.zone)
    parts = con.execute(_PARTS.format(inside=inside)).fetchall()[0]
    cases, events, activities, variants, first, last, after, resources, applicants, units, several = parts
    tied_events, tied_cases = con.execute(_TIES).fetchone() or (0, 0)
    start_times, start_note = _start_times(con, inside)
    return Manifest(
        name=staged.name,
        zone=staged.zone,
        observed_from=window.observed_from,
        observed_to=window.observed_to,
        cases=cases,
        events=events,
        activities=activities,
        variants=variants,
        first_time=None if first is None else from_micros(first),
        last_time=None if last is None else from_micros(last),
        sources=[source if source.events else replace(source, events=source.accepted) for source in staged.sources],
        mapping=staged.mapping,
        case_notion=staged.case_notion,
        start_times=start_times,
        start_note=start_note,
        date_only_events=window.date_only,
        closed=staged.closed,
        people="ordinals" if staged.people == "raw" else staged.people,
        resources=resources,
        applicants=applicants,
        units=units,
        tied_events=tied_events,
        tied_cases=tied_cases,
        identical_rows=_identical_rows(con, assembled),
        cases_with_several_units=several,
        after_window=after,
        ambiguous_times=staged.ambiguous_times,
        missing_times=staged.missing_times,
        program=program(),
        notes=staged.notes,
    )


def _start_times(con: duckdb.DuckDBPyConnection, inside: str) -> tuple[bool, str]:
    """Are start times there and real? Knowledge: methods §2.1."""
    started, instant, events = con.execute(_STARTS.format(inside=inside)).fetchone() or (0, 0, 0)
    if not started:
        return False, "the export has no start times"
    if instant * 2 > events:
        return False, f"{instant} of {events} events start and end within the same minute: starts are not recorded"
    return True, ""


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
