"""Noark 5 extractions (versions 3.1, 4.0, 5.0): arkivstruktur.xml, with endringslogg.xml where it is there.

A file, a zip or a folder that holds them. What is read, and what is made of it, is written in ``docs/formats/noark5.md``.
"""

from __future__ import annotations

import re
from pathlib import Path

from ...mining.errors import DataError
from ..connector import Desk, Records
from ..encoding import Digest, opening
from ..tables import require_unchanged
from ..unpack import Stream, reading, streams
from ..xml_stream import PROLOG, feed
from .changes import Changes
from .elements import Structure
from .events import Joined, events_of
from .join import add_changes, join_changes
from .records import Maker
from .store import Store
from .titles import Titles

STRUCTURE, CHANGES = "arkiv", "endringslogg"
_OTHERS = {"loependejournal": "the running journal", "offentligjournal": "the public journal"}
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z]+)(?=[\s/>])")
_FOLDERS = (".", "content", "innhold")  # of an extraction, where the files lie
_UNKNOWN = "Values of {name} that are in no code list of the standard: {number}."


class NoarkExtractions:
    """The connector for Noark 5 extractions."""

    name = "noark5"
    reads = "Noark 5 extractions: arkivstruktur.xml, with endringslogg.xml in one folder or .zip"
    guide = "docs/formats/noark5.md"

    def knows(self, path: Path) -> bool:
        """By the first element of a file: <arkiv>, <endringslogg> or one of the journals."""
        try:
            return any(_kind(stream) for stream in _streams(path))
        except (DataError, OSError):
            return False

    def records(self, path: Path, desk: Desk, first: int) -> list[Records]:
        """Read every arkivstruktur, then every endringslogg. Raises DataError if there is none to read."""
        found = [(kind, stream) for stream in _streams(path) if (kind := _kind(stream))]
        wanted = [stream for wanted in (STRUCTURE, CHANGES) for kind, stream in found if kind == wanted]
        if not wanted:
            raise DataError(
                f"{path.name} is {_OTHERS[found[0][0]]} of a Noark 5 extraction, which repeats a part of it; "
                "give the arkivstruktur.xml."
            )
        made = []
        for number, stream in enumerate(wanted, first):
            read = _structure if _kind(stream) == STRUCTURE else _changes
            made.append(read(stream, desk, number))
        others = sorted(_OTHERS[kind] for kind, _ in found if kind in _OTHERS)
        made[0].notes += (
            [f"Not read, because it repeats a part of the extraction: {', '.join(others)}."] if others else []
        )
        return made


def _streams(path: Path) -> list[Stream]:
    if not path.is_dir():
        return streams(path)
    with reading(path):
        files = [file for folder in _FOLDERS if (path / folder).is_dir() for file in sorted((path / folder).iterdir())]
    return [Stream(file, plain=file) for file in files if file.suffix.lower() == ".xml" and file.is_file()]


def _kind(stream: Stream) -> str:
    """What the first element says that the file is; empty for all that is no part of an extraction."""
    text = opening(stream.head())
    root = _ROOT.match(text, PROLOG.match(text).end())  # type: ignore[union-attr]
    name = root[1].lower() if root else ""
    return name if name in (STRUCTURE, CHANGES, *_OTHERS) else ""


def _structure(stream: Stream, desk: Desk, number: int) -> Records:
    before, digest = stream.path.stat(), Digest()
    store, maker = Store(desk.database, number), Maker(Titles(desk.mapping.titles))
    structure = Structure(stream.name, maker, store.add)
    feed(stream, digest, structure)
    structure.deliver()
    require_unchanged(stream.path, before)
    placed, shared = store.name_cases()
    joined = Joined(stream.name, digest, number, structure.records)
    records = events_of(joined, store.records, str(number), desk)
    records.layout = {
        "format": "Noark 5 arkivstruktur", "folders": str(structure.folders), "documents": str(structure.documents)
    }  # fmt: skip
    records.notes, records.passing = records.notes + _notes(maker, structure, placed, shared), placed
    return records


def _notes(maker: Maker, structure: Structure, placed: int, shared: int) -> list[str]:
    unknown = {
        "journalposttype": maker.journal_types.unknown, "avskrivningsmaate": maker.write_offs.unknown,
        "flytStatus": maker.flow_statuses.unknown,
    }  # fmt: skip
    notes = [_UNKNOWN.format(name=name, number=number) for name, number in unknown.items() if number]
    if maker.titles:
        notes.append(f"Documents whose title says what they are: {maker.titles.named} of {structure.documents}.")
    if placed:
        notes.append(f"Folders without an id that can be used: {placed}; they are named by their place in the file.")
    if shared:
        notes.append(f"Folders with the ids of another: {shared}; folders of one id are one case.")
    return notes


def _changes(stream: Stream, desk: Desk, number: int) -> Records:
    if not desk.database.execute(
        "select 1 from duckdb_tables() where schema_name = 'main' and table_name = 'noark_units'"
    ).fetchall():
        raise DataError(
            f"{stream.name} is a change log, which says nothing without its archive; give the folder or the .zip in which "
            "it lies beside its arkivstruktur.xml."
        )
    before, digest = stream.path.stat(), Digest()
    changes = Changes(stream.name, lambda rows: add_changes(desk.database, number, rows))
    add_changes(desk.database, number, [])
    feed(stream, digest, changes)
    changes.deliver()
    require_unchanged(stream.path, before)
    joined = Joined(stream.name, digest, number, changes.records)
    join_changes(desk, number)
    records = events_of(joined, f"noark_records_{number}", "r.source", desk)
    records.layout = {"format": "Noark 5 endringslogg", "changes": str(changes.records)}
    for name, codes in (("saksstatus", changes.case_statuses), ("journalstatus", changes.journal_statuses)):
        if codes.unknown:
            records.notes.append(_UNKNOWN.format(name=name, number=codes.unknown))
    return records
