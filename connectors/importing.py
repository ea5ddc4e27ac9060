"""One import from beginning to end: read, understand, leave out what cannot be used, make the log, write the receipt."""

from __future__ import annotations

import itertools
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb

from ..mining.errors import DataError, StorageError
from ..mining.log import SUFFIX, Source, Staged, moment_of, publish, scratch_database
from . import shape_intervals, shape_joined, shape_wide
from .columns import Source as Columns
from .connector import Connector, Desk, Refusal
from .events import Attribute, Cell, cell_refusals, let_go_of_unused, stage_events
from .intake import EMPTY_ROW, Understood, count_accepted, refuse_duplicates, refuse_rows, row_refusals, take_in
from .lifecycle import pair_lives
from .mapping import Column, Mapping
from .quarantine import QuarantineFile, quarantine_path
from .receipt import Receipt
from .roles import Roles
from .transitions import Lives


@contextmanager
def desk_for(mapping: Mapping) -> Iterator[Desk]:
    """A place to work, gone when the work is done."""
    try:
        with tempfile.TemporaryDirectory(prefix="saksflyt-", ignore_cleanup_errors=True) as folder:
            scratch = Path(folder)
            (scratch / "spill").mkdir()
            database = scratch_database(scratch / "spill")
            try:
                yield Desk(database, scratch, mapping)
            finally:
                database.close()
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        way_out = "Set TMPDIR to a folder with more room."
        if isinstance(error, duckdb.OutOfMemoryException):
            way_out = "Give more memory with SAKSFLYT_MEMORY (for example 2GB), or more room with TMPDIR."
        raise StorageError(f"There is not enough room to work: {reason}. {way_out}") from error


_CLOCK = re.compile(r"(kl\.? ?)?([01]?\d|2[0-3])[:.][0-5]\d([:.][0-5]\d)?")


def make_log(
    paths: list[tuple[Path, Connector]],
    target: Path,
    mapping: Mapping,
    now: datetime,
    as_of: date | datetime | str | None = None,
    over: bool = False,
    keep_quarantine: bool = False,
) -> Receipt:
    """Make the log at `target` of some files, each with the connector that knows it."""
    with desk_for(mapping) as desk:
        found, conflicts = _sorted_out(paths, desk)
        attributes, closed, cells = stage_events(found, desk)
        quarantine = QuarantineFile(quarantine_path(target))
        counts: Counter[str] = Counter()
        try:
            kept = _quarantine(found, cells, quarantine, counts, keep_quarantine)
            let_go_of_unused(found)
            given = as_of or mapping.as_of
            staged = _staged(found, desk, target, attributes, closed, now, given)
            log = publish(staged, target, replace=over)
            if keep_quarantine:
                quarantine.settle()
        finally:
            quarantine.forget()
        return Receipt(
            manifest=log.manifest,
            quarantine=quarantine.path if kept and keep_quarantine else None,
            cells=dict(counts),
            dropped={header: why for u in found for header, why in u.roles.dropped().items()},
            notes=tuple(_notes(found, conflicts, mapping)),
        )


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
    every = itertools.chain(refusals, _counted(cell_refusals(found, cells), counts))
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
    )


def _notes(found: list[Understood], conflicts: int, mapping: Mapping) -> list[str]:
    notes = [f"{u.source.name}: {note}" for u in found for note in u.source.records.notes]
    notes += [
        f"{u.source.name} has the same content as {u.copy_of}; all its records are duplicates."
        for u in found
        if u.copy_of
    ]
    if conflicts:
        notes.append(f"{conflicts} event ids occur with different content; all those records are kept.")
    notes += [
        f"{u.source.name}: the column for closing is empty, so every case is open."
        for u in found
        if u.closed == "empty"
    ]
    notes += [note for u in found for note in _clocks_apart(u)]
    used = dict.fromkeys((time.shown, time.proof) for u in found for time in u.event_times)
    notes += [f"The time of the event is read as {shown}: {proof}." for shown, proof in used][:3]
    if not mapping.as_of:
        notes.append("The window ends with the day of the newest event; give --as-of if the export was made later.")
    return notes


def _clocks_apart(understood: Understood) -> list[str]:
    """A date in one column and the time of day in another are not put together here; it must not pass unseen."""
    source, time = understood.source, understood.times.get("time")
    if time is None or not time.only_days:
        return []
    clocks = [
        source.headers[column]
        for column in understood.roles.attributes
        if (sample := source.sample(column)) and all(_CLOCK.fullmatch(text.strip()) for text in sample)
    ]
    return [
        f"{source.name}: column {header!r} holds times of day, but the time of the event has only dates, so the clock "
        "is not used; put date and clock in one column of the export."
        for header in clocks
    ]
