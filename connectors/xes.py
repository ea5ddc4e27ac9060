"""XES, the standard for event logs (IEEE 1849), plain, gzipped or in a zip: one event per <event>.

The keys of the standard have known roles, so nothing is guessed. What is read, and what is made of it, is written in
``docs/formats/xes.md``.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..mining.errors import DataError
from .connector import Desk, Records
from .encoding import Digest, opening
from .unpack import Stream, streams
from .xes_batch import CASE
from .xes_columns import Columns
from .xes_elements import NAME, Elements, Found
from .xml_stream import PROLOG, feed

OURS = "saksflyt"  # the prefix of our extension
CLOSED = f"{OURS}:closed"
ROLES = {
    CASE + NAME: "case",
    NAME: "activity",
    "time:timestamp": "time",
    "start_timestamp": "start",  # as pm4py writes intervals
    "lifecycle:transition": "lifecycle",
    "concept:instance": "instance",
    "org:resource": "resource",
    "org:group": "unit",
    "identity:id": "event id",
    CASE + "org:group": "case unit",
    f"{CASE}{OURS}:applicant": "applicant",
    f"{CASE}{OURS}:type": "case type",
    CASE + CLOSED: "closed",
    f"{CASE}{OURS}:due": "due",
    f"{OURS}:precision": "precision",
    f"{OURS}:rank": "rank",
}
_CORE = (CASE + NAME, NAME, "time:timestamp")
_TIMED = ("time", "start", "closed", "due")
_ROOT = re.compile(r"<(?:[\w.-]+:)?log(?=[\s>/])([^>]*)>?(.*)", re.DOTALL)
# Possessive (++, *+) and atomic (?>): what is no log must not be tried in all ways to cut up its blanks and comments.
_CHILD = re.compile(r"(?:\s++|(?><!--.*?-->))*+<(?:[\w.-]+:)?(extension|global|classifier|trace|event|string|date|int|float|"
                    r"boolean|id|list|container)\b", re.DOTALL)  # fmt: skip


class XesLogs:
    """The connector for XES files."""

    name = "xes"
    reads = "XES event logs, plain, .gz or .zip; start and completion are put together"
    guide = "docs/formats/xes.md"

    def knows(self, path: Path) -> bool:
        """By the first element: a <log> that says xes, or holds what a log of the standard holds."""
        try:
            return any(_is_xes(stream.head()) for stream in streams(path))
        except (DataError, OSError):
            return False

    def records(self, path: Path, desk: Desk, first: int) -> list[Records]:
        """Read every XES file in it. Raises DataError, with the line where there is one, if it is not well formed."""
        found = [stream for stream in streams(path) if _is_xes(stream.head())]
        return [_read(stream, desk, first + number) for number, stream in enumerate(found)]


def _is_xes(head: bytes) -> bool:
    text = opening(head)
    root = _ROOT.match(text, PROLOG.match(text).end())  # type: ignore[union-attr]
    return bool(root and ("xes" in root[1].lower() or _CHILD.match(root[2])))


def _read(stream: Stream, desk: Desk, number: int) -> Records:
    before = stream.path.stat()
    digest = Digest()
    columns = Columns(desk.database, f"raw_{number}", stream.name, list(_CORE))
    found = _parse(stream, digest, columns)
    for first, last, attributes in found.late:
        columns.correct(first, last, attributes)
    if CLOSED in found.required.get("trace", ()):
        columns.require(CASE + CLOSED)  # known, also where no case is closed yet
    after = stream.path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise DataError(f"{stream.path.name} was changed while it was read; run the command again.")
    columns.types |= {CASE + key: types for key, types in found.types.items()}
    records = Records(stream.name, digest.hex(), digest.bytes, columns.table, "(rowid + 1)", columns.headers, 0)
    records.count = found.events
    records.roles = {n: ROLES[header] for n, header in enumerate(columns.headers) if header in ROLES}
    if ours := OURS in found.prefixes:  # what should be left out was left out when the log was made
        records.roles = dict.fromkeys(range(len(columns.headers)), "attribute") | records.roles
    of_case = {CASE + key for key in found.types}
    records.of_case = frozenset(n for n, header in enumerate(columns.headers) if header in of_case)
    records.names = _names(columns.headers)
    records.types, local = _types(columns, records.roles, desk.mapping.zone, days=not ours)
    records.layout = _layout(found)
    records.notes, records.passing = _notes(found, columns, local), found.nameless
    return records


def _parse(stream: Stream, digest: Digest, columns: Columns) -> Found:
    elements = Elements(stream.name, columns.add)
    feed(stream, digest, elements)
    return elements.finish()


def _names(headers: list[str]) -> dict[int, str]:
    """An attribute of the trace goes by its own key, unless an attribute of the events has that key, too."""
    known = set(headers)
    return {
        n: key
        for n, header in enumerate(headers)
        if header.startswith(CASE) and (key := header.removeprefix(CASE)) not in known
    }


def _types(columns: Columns, roles: dict[int, str], zone: str, days: bool) -> tuple[list[str], int]:
    types, local = [], 0
    for place in range(len(columns.headers)):
        kind, plain = "VARCHAR", 0
        role = roles.get(place, "attribute")
        if role == "attribute" or columns.may_be_time(place, or_truth=role == "closed") and role in _TIMED:
            kind, plain = columns.typed(place, zone, days and role in _TIMED)
        types.append(kind)
        local += plain
    return types, local


def _layout(found: Found) -> dict[str, str]:
    layout = {"format": "XES", "traces": str(found.traces)}
    if found.classifiers:
        layout["classifiers"] = ", ".join(found.classifiers)
    if found.prefixes:
        layout["extensions"] = ", ".join(found.prefixes)
    return layout


def _notes(found: Found, columns: Columns, local: int) -> list[str]:
    notes = []
    traces, names = columns.different_names(0)
    for fact, number, remark in (
        ("Traces without events", found.empty_traces, "they make no case"),
        ("Traces without a name", found.nameless, "they are named by their number in the file"),
        ("Traces with the name of another", traces - names, "traces of one name are one case"),
        ("Times without an offset among others that have one", local, "they are taken as local time"),
    ):
        notes += [f"{fact}: {number}; {remark}."] if number else []
    return notes + _missing(found, columns)


def _missing(found: Found, columns: Columns) -> list[str]:
    """Attributes that a scope is said to have always: what the file gives for one that is missing is a placeholder."""
    of_events, of_traces = (found.required.get(scope, {}) for scope in ("event", "trace"))
    promised = {*of_events, *(CASE + key for key in of_traces)} - {CLOSED, CASE + CLOSED}
    headers = [header for header in columns.headers if header in promised]
    counts = columns.missing([n for n, header in enumerate(columns.headers) if header in promised])
    lacking = [f"{header} ({count} events)" for header, count in zip(headers, counts, strict=True) if count]
    if not lacking:
        return []
    return [f"Promised by the file for all, but missing and left empty: {', '.join(lacking)}."]
