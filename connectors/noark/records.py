"""Which records do a folder, a document and a change make: which step, when, by whom, in which unit?

Times stay text here; :mod:`.times` reads them all at once. What belongs to the folder alone (its unit, who is
responsible, whether it is closed) comes after the documents in the file and is joined in :mod:`.store`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from ...mining.identifiers import email_in, identifier_kind, without_identifiers
from .codes import FLOW_STATUSES, JOURNAL_TYPES, VOID, WRITE_OFFS, CodeList
from .titles import Titles

OUTSIDE = "outside a case folder"
MEETING = "of a meeting folder"
VOIDED = "voided (utgår)"
_INNER = "a folder within a case folder"
_BINDER = "a folder that holds case folders"
_INTERNAL = frozenset({"im", "ia", "intern mottaker", "intern avsender"})
_INCOMING, _OUTGOING, _FOLLOWED, _NOTED, _PROPOSED = JOURNAL_TYPES.values()
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+")
_LONGEST_UNIT = 200
OPENED, CLOSED = "opened", "closed"

Fields = dict[str, str]


class Row(NamedTuple):
    """One record. kind : what closes a folder is told from all else; rank : its place among steps known to the day."""

    number: int
    folder: int
    aside: str | None
    kind: str
    step: str
    field: str
    time: str | None
    resource: str | None
    unit: str | None
    journal_type: str | None
    id: str | None
    rank: int


@dataclass
class Folder:
    """A folder while it is open. case : the number of the folder that is its case; inner : the case is another one"""

    number: int
    type: str
    case: int = 0
    inner: bool = False
    binder: bool = False
    aside: str | None = None
    fields: Fields = field(default_factory=dict)


@dataclass
class Document:
    """A document while it is open, with its parts: kind, number and fields."""

    number: int
    type: str
    folder: int
    aside: str | None
    fields: Fields = field(default_factory=dict)
    parts: list[tuple[str, int, Fields]] = field(default_factory=list)


class _Rule(NamedTuple):
    """The step, the fields that may date it, its rank, and whether it is known to be written in the office."""

    step: str
    times: tuple[str, ...]
    rank: int = 1
    inside: bool = False


_RULES = {
    _INCOMING: _Rule("Inngående dokument", ("mottattDato", "journaldato"), -2),
    _OUTGOING: _Rule("Utgående dokument", ("sendtDato", "journaldato")),
    _FOLLOWED: _Rule("Notat", ("journaldato",), inside=True),
    _NOTED: _Rule("Notat", ("journaldato",), inside=True),
    _PROPOSED: _Rule("Saksframlegg", ("journaldato",), inside=True),
}
_JOURNALED = _Rule("Journalpost", ("journaldato", "opprettetDato"))
_NOTE = _Rule("Notat", ("dokumentetsDato", "opprettetDato"), inside=True)
_REGISTERED = _Rule("Registrering", ("opprettetDato",))


class Maker:
    """Makes the rows of folders and documents."""

    def __init__(self, titles: Titles) -> None:
        self.titles = titles
        self.journal_types = CodeList(JOURNAL_TYPES)
        self.write_offs = CodeList(WRITE_OFFS)
        self.flow_statuses = CodeList(FLOW_STATUSES)

    def of_folder(self, folder: Folder, closing: int) -> list[Row]:
        """Its opening, and its closing (the record `closing`) where it was closed."""
        fields, own = folder.fields, folder.fields.get("systemID")
        aside = folder.aside or (_INNER if folder.inner else _BINDER if folder.binder else None)
        name, time = _first(fields, ("opprettetDato", "saksdato"))
        rows = [
            Row(
                folder.number, folder.case, aside, OPENED, "Sak opprettet", f"mappe.{name}", time,
                fields.get("opprettetAv"), None, None, own and f"mappe {own} opprettet", -3,
            )
        ]  # fmt: skip
        if ended := closed_at(fields):
            rows.append(
                Row(
                    closing, folder.case, aside, CLOSED, "Sak avsluttet", "mappe.avsluttetDato", ended,
                    fields.get("avsluttetAv"), None, None, own and f"mappe {own} avsluttet", 9,
                )
            )  # fmt: skip
        return rows

    def of_document(self, document: Document) -> list[Row]:
        """The document, and each of its parts that is a step."""
        fields = document.fields
        aside = document.aside or (VOIDED if is_void(fields.get("journalstatus")) else None)
        handler, unit = _handler(document)
        journal_type, rule = self._rule(document)
        name, time = _first(fields, rule.times)
        if rule.inside:
            time = _to_the_second(time, fields.get("opprettetDato"))
        step = rule.step
        if self.titles and not aside and (title := fields.get("tittel")):
            step = self.titles.step(title, journal_type or "") or step
        own = fields.get("systemID")
        rows = [
            Row(
                document.number, document.folder, aside, "", step, f"registrering.{name}", time, handler, unit,
                journal_type, own and f"registrering {own}", rule.rank,
            )
        ]  # fmt: skip
        for kind, number, part in document.parts:
            if kind != "korrespondansepart":
                rows.append(self._of_part(kind, number, part, document.folder, aside, unit))
        return rows

    def _rule(self, document: Document) -> tuple[str | None, _Rule]:
        if value := document.fields.get("journalposttype"):
            words = self.journal_types.words(value)
            return words, _RULES.get(words, _JOURNALED)
        if document.type == "journalpost":
            return None, _JOURNALED
        return None, _NOTE if document.type == "arkivnotat" else _REGISTERED

    def _of_part(self, kind: str, number: int, part: Fields, folder: int, aside: str | None, unit: str | None) -> Row:
        if kind == "avskrivning":
            how = self.write_offs.words(part.get("avskrivningsmaate", ""))
            step, rank, who, times = f"Avskrevet: {how}", 3, "avskrevetAv", ("avskrivningsdato",)
        else:
            status = self.flow_statuses.words(part.get("flytStatus", ""))
            step, rank, who, times = f"Dokumentflyt: {status}", 2, "flytFra", ("flytSendtDato", "flytMottattDato")
        name, time = _first(part, times)
        return Row(number, folder, aside, "", step, f"{kind}.{name}", time, part.get(who), unit, None, None, rank)


def is_void(status: str | None) -> bool:
    """Does a status say that the entry or case was made in error?"""
    return status is not None and status.lower() in ("u", VOID.lower())


def closed_at(fields: Fields) -> str | None:
    """When a folder was closed; a year that never comes is how some systems write that it is open."""
    ended = fields.get("avsluttetDato")
    return None if ended and ended.startswith("9999") else ended


def _first(fields: Fields, names: tuple[str, ...]) -> tuple[str, str | None]:
    """The first of these fields that is filled, with its name; else the name of the first."""
    return next(((name, fields[name]) for name in names if name in fields), (names[0], None))


def _to_the_second(time: str | None, created: str | None) -> str | None:
    """What was written in the office: where its day is the day on which it was registered, the clock is known, too."""
    if time and created and len(time) == 10 and created[:10] == time and _LOCAL.fullmatch(created):
        return created
    return time


def _handler(document: Document) -> tuple[str | None, str | None]:
    """Who handled the document, and in which unit: the internal sender or receiver, else any who has one."""
    parts = [part for kind, _, part in document.parts if kind == "korrespondansepart"]
    parts.sort(key=lambda part: part.get("korrespondanseparttype", "").lower() not in _INTERNAL)
    handler = next((part["saksbehandler"] for part in parts if "saksbehandler" in part), None)
    unit = next((part["administrativEnhet"] for part in parts if "administrativEnhet" in part), None)
    return handler, unit and unit_name(unit)


@lru_cache(maxsize=10_000)
def unit_name(text: str) -> str:
    """A unit as it may stand in a report: without numbers that stand for persons."""
    return without_identifiers(text[:_LONGEST_UNIT])


def harmless_id(text: str | None) -> str | None:
    """The id of a folder, unless it is the number or the address of a person."""
    if text is None or (len(text) >= 10 and (identifier_kind(text) or email_in(text))):
        return None
    return text
