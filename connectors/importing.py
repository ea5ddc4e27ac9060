"""One import from beginning to end: read, understand, leave out what cannot be used, make the log, write the receipt."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb

from ..mining.errors import DataError, SaksflytError, StorageError
from ..mining.identifiers import without_identifiers
from ..mining.log import SUFFIX, EventLog, Source, Staged, moment_of, publish, scratch_database
from . import shape_intervals, shape_joined, shape_wide
from .appending import Appended, Onto, append, require_lasting, settle_changes
from .columns import Source as Columns
from .connector import Connector, Desk, Refusal
from .drift import drift_of
from .events import Attribute, Cell, cell_refusals, let_go_of_unused, stage_events
from .import_notes import notes, of_key
from .intake import (
    EMPTY_ROW,
    Understood,
    count_accepted,
    known_to,
    refuse_duplicates,
    refuse_rows,
    row_refusals,
    take_in,
)
from .key_file import Key
from .lifecycle import pair_lives
from .mapping import Column, Mapping
from .quarantine import QuarantineFile, quarantine_path
from .receipt import Receipt
from .roles import Roles
from .transitions import Lives


@contextmanager
def desk_for(mapping: Mapping, key: Key | None = None) -> Iterator[Desk]:
    """A place to work, gone when the work is done."""
    try:
        with tempfile.TemporaryDirectory(prefix="saksflyt-", ignore_cleanup_errors=True) as folder:
            scratch = Path(folder)
            (scratch / "spill").mkdir()
            database = scratch_database(scratch / "spill")
            try:
                yield Desk(database, scratch, mapping, key)
            finally:
                database.close()
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        way_out = "Set TMPDIR to a folder with more room."
        if isinstance(error, duckdb.OutOfMemoryException):
            way_out = "Give more memory with SAKSFLYT_MEMORY (for example 2GB), or more room with TMPDIR."
        raise StorageError(f"There is not enough room to work: {reason}. {way_out}") from error


def make_log(
    paths: list[tuple[Path, Connector]],
    target: Path,
    mapping: Mapping,
    now: datetime,
    as_of: date | datetime | str | None = None,
    over: bool = False,
    keep_quarantine: bool = False,
    key: Key | None = None,
    onto: Onto | None = None,
) -> Receipt:
    """Make the log at `target` of some files, each with the connector that knows it; or add them to the one there."""
    with desk_for(mapping, key) as desk:
        found, conflicts = _sorted_out(paths, desk)
        if onto:
            require_lasting((understood.source.records for understood in found), onto)
        attributes, closed, cells = stage_events(found, desk)
        quarantine = QuarantineFile(quarantine_path(target), grows=onto is not None)
        counts: Counter[str] = Counter()
        try:
            kept = _quarantine(found, cells, quarantine, counts, keep_quarantine)
            let_go_of_unused(found)
            given = as_of or mapping.as_of or known_to(found, now, mapping.zone)
            staged = _staged(found, desk, target, attributes, closed, now, given)
            staged = replace(staged, drift=drift_of(staged, onto.log if onto else _before(target)))
            added = append(staged, onto) if onto else Appended(staged)
            log = publish(added.staged, target, replace=over, instead_of=onto and onto.log.manifest)
            settle_changes(added, target)
            if keep_quarantine:
                quarantine.settle()
        finally:
            quarantine.forget()
        return Receipt(
            manifest=log.manifest,
            quarantine=quarantine.path if kept and keep_quarantine else None,
            cells=dict(counts),
            dropped={header: why for u in found for header, why in u.roles.dropped().items()},
            changes=added.changes,
            notes=(
                *added.notes,
                *notes(found, conflicts, mapping),
                *of_key(key, {target, *(path for path, _ in paths)}),
            ),
            flow=_flow_of(found),
        )


def _flow_of(found: list[Understood]) -> str:
    """The template with the steps of the files; none where they are of several forms."""
    flows = {understood.source.records.flow for understood in found}
    return flows.pop() if len(flows) == 1 else ""


def _before(target: Path) -> EventLog | None:
    """The log that is replaced, if it can be read."""
    try:
        return EventLog.open(target)
    except (SaksflytError, OSError):
        return None


def _sorted_out(paths: list[tuple[Path, Connector]], desk: Desk) -> tuple[list[Understood], int]:
    """The sources, with every record accepted, a duplicate, quarantined or set aside; and disputed event ids."""
    found = take_in(paths, desk)
    originals = [understood for understood in found if not understood.copy_of]
    events = [understood for understood in originals if understood.shape.kind != "cases"]
    for understood in events:
        if understood.shape.kind == "wide":
            _take_over(understood, shape_wide.refuse_rows(understood.source, understood.roles, understood.times))
        else:
            refuse_rows(understood, desk)
        if understood.shape.kind == "intervals":
            understood.unpaired = shape_intervals.halves(understood.source, understood.roles, understood.times)
    conflicts = refuse_duplicates(events, desk)
    pair_lives(events, desk.database)
    cases = [understood for understood in originals if understood.shape.kind == "cases"]
    for understood, outcome in zip(cases, shape_joined.refuse_rows(_told(cases), _told(events)), strict=True):
        _take_over(understood, outcome)
    if without := shape_joined.cases_without_row(_told(cases)):
        cases[0].source.records.notes.append(
            f"{without} cases with events have no row in the case table; they are kept."
        )
    for understood in found:
        count_accepted(understood)
    _require_some(found)
    return found, conflicts


def _told(found: list[Understood]) -> list[tuple[Columns, Roles]]:
    return [(understood.source, understood.roles) for understood in found]


def _take_over(understood: Understood, outcome: shape_wide.Outcome) -> None:
    """What became of the rows of a table that has one per case."""
    understood.refused += outcome.refused
    understood.aside += outcome.aside
    understood.duplicates += outcome.duplicates
    understood.further = outcome.further
    if empty := understood.refused.pop(EMPTY_ROW, 0):
        understood.source.records.set_aside[EMPTY_ROW] += empty


def _require_some(found: list[Understood]) -> None:
    """An import in which nothing can be used is refused; an export without records makes an empty log."""
    if any(u.accepted for u in found) or not any(u.source.records.count for u in found):
        return
    reasons: Counter[str] = Counter()
    for understood in found:
        reasons += understood.refused
    if reasons:
        said = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
        names = ", ".join(dict.fromkeys(u.source.name for u in found))
        raise DataError(f"No record of {names} can be used ({said}); see with inspect how the columns were read.")


def _quarantine(
    found: list[Understood], cells: list[tuple[int, Cell]], file: QuarantineFile, counts: Counter[str], write: bool
) -> bool:
    """Write the quarantine file if there is something for it; counts the cells that were left empty."""
    names = [u.source.name for u in found]
    refusals = itertools.chain.from_iterable(row_refusals(u) for u in found)
    every = _counted(itertools.chain(refusals, cell_refusals(found, cells)), counts)
    first = next(every, None)
    if first is None:
        return False
    rest = itertools.chain([first], every)
    if write:
        file.write(rest, names)
    else:
        for _ in rest:
            pass
    return True


def _counted(refusals: Iterator[Refusal], counts: Counter[str]) -> Iterator[Refusal]:
    for refusal in refusals:
        if refusal.cell:
            counts[f"{refusal.column}: {refusal.reason}"] += 1
        yield refusal


def _staged(
    found: list[Understood],
    desk: Desk,
    target: Path,
    attributes: list[Attribute],
    closed: str | None,
    now: datetime,
    as_of: date | datetime | str | None,
) -> Staged:
    mapping = desk.mapping
    times = [time for u in found for time in u.event_times]
    return Staged(
        connection=desk.database,
        name=target.name.removesuffix(SUFFIX),
        zone=mapping.zone,
        sources=[_source(u) for u in found],
        mapping=_effective(found, mapping).to_dict(),
        attributes=[attribute.name for attribute in attributes],
        given_as_of=moment_of(as_of, mapping.zone) if as_of else None,
        given_from=_beginning(mapping),
        now=now,
        case_notion=mapping.case_notion,
        closed=closed,
        ambiguous_times=sum(time.repeated for time in times),
        missing_times=sum(time.skipped for time in times),
        case_attributes={attribute.name: attribute.of for attribute in attributes if attribute.of is not None},
        people=desk.key.id if desk.key else "raw",
        declared=[each.to_dict() for each in (found[0].declared if found else [])],
    )


def _effective(found: list[Understood], mapping: Mapping) -> Mapping:
    """The mapping with every guess in it, so that the log says how it was read."""
    columns: dict[str, Column] = {}
    for understood in found:
        for column, header in enumerate(understood.source.headers):
            role = understood.roles.role[column]
            said = understood.source.said(column) or Column(role)
            time = understood.times.get(role) or understood.times.get(shape_wide.key(column))
            if time and said.format is None and time.text:
                said = replace(said, format=time.text)
            columns.setdefault(header, said)
    kinds = {understood.shape.kind for understood in found}
    kind = "joined" if "cases" in kinds else kinds.pop() if len(kinds) == 1 else "events"
    return replace(
        mapping,
        columns=columns,
        activities={without_identifiers(old): new for old, new in mapping.activities.items()},
        ranks={without_identifiers(name): rank for name, rank in mapping.ranks.items()},
        titles={without_identifiers(pattern): step for pattern, step in mapping.titles.items()},
        shape=kind if kind != "events" else mapping.shape,
        fields=next((u.shape.fields for u in found if u.shape.fields), mapping.fields),
    )


def _beginning(mapping: Mapping) -> datetime | None:
    """The window opens when the given day begins."""
    given = mapping.given_from
    if given is None:
        return None
    if not isinstance(given, datetime):
        given = datetime(given.year, given.month, given.day)
    return moment_of(given, mapping.zone)


def _source(understood: Understood) -> Source:
    records = understood.source.records
    set_aside = {reason: count for reason, count in records.set_aside.items() if count}
    duplicates = dict(understood.duplicates)
    quarantined = dict(understood.refused)
    lives = understood.lives or Lives()
    if understood.shape.kind == "intervals":
        lives = Lives(unpaired=understood.unpaired)
    if understood.shape.kind == "cases" and understood.accepted:
        lives = Lives(paired={shape_joined.ROW: understood.accepted})
    if understood.copy_of:
        duplicates = {"overlapping file": records.count - sum(set_aside.values())}
        quarantined = {}
    return Source(
        name=records.name,
        sha256=records.sha256,
        bytes=records.bytes,
        records=records.count,
        accepted=understood.accepted,
        events=understood.accepted - sum(lives.paired.values()) + understood.further,
        further=understood.further,
        duplicates=duplicates,
        quarantined=quarantined,
        set_aside=set_aside,
        paired=lives.paired,
        unpaired=lives.unpaired,
        encoding=records.layout.get("encoding", ""),
        rules=dict(records.rules),
    )
