"""How do the files of a path become records? File by file, with what Fiks knows of each application beside it.

A folder is gone through twice where it holds files without a wrapper: the wrappers come first, because they may lie
anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ...mining.errors import DataError
from ..connector import Desk, Refusal
from ..encoding import Digest
from ..unpack import Stream
from .application import Application, Wrapper, system_of, wrapper_of
from .bundle import LARGEST, MAGIC, Bundle, lines, unpacked
from .complaint_rows import put_complaints
from .complaints import Complaint, complaint_of, complaints_in
from .history import told_by
from .identity import case_id
from .recognition import is_complaint, is_unread, parsed, parts_of
from .rows import Rows, Sending, as_records
from .schema import Fault, check
from .sendings import DigisosRecords, settle
from .wrappers import Wrappers

NOT_OURS, UNREAD = "no Digisos file", "the application itself, which is not read"
PACKED, ODD = "packed file in a folder or zip; unpack it first", "a link or a pipe, which is not followed"
BROKEN, NOT_JSON, UNREADABLE = "breaks the schema", "not JSON", "too large or damaged"
_LINES = (".ndjson", ".jsonl")


@dataclass
class _Counts:
    """For the notes of the receipt."""

    nameless: int = 0
    silent: int = 0
    unreceived: int = 0
    unknown: int = 0

    def notes(self) -> list[str]:
        facts = (
            ("Events of a type that is not known", self.unknown, "they are kept as 'Annen hendelse'"),
            (
                "Applications of which only Fiks tells",
                self.silent,
                "their case system has sent nothing, or it is not here",
            ),
            ("Files without the status MOTTATT", self.unreceived, "their applications begin with another step"),
            (
                "Applications without an id of their own",
                self.nameless,
                "they are numbered in the order of the files, which holds in this import only",
            ),
        )
        return [f"{fact}: {number}; {remark}." for fact, number, remark in facts if number]


class Reader:
    """Reads one path."""

    def __init__(self, name: str, desk: Desk, number: int, by_matter: bool) -> None:
        self.name, self.number, self.zone = name, number, desk.mapping.zone
        self.rows = Rows(desk.database, number, by_matter)
        self.records = DigisosRecords("", "", 0, "", "", [], 0)
        self.in_bundle = False
        self.alone = False  # one file: what is wrong with it stops the import
        self._files = 0
        self._where = "file 1"  # for whoever looks for what was refused
        self._counts = _Counts()
        desk.database.execute("create table if not exists digisos_nameless (applications bigint)")
        # Those of the paths before: no two applications may have one name.
        (self._nameless,) = desk.database.execute(
            "select coalesce(sum(applications), 0) from digisos_nameless"
        ).fetchall()[0]
        self._complaints: list[tuple[int, Complaint]] = []  # each with the number of its file
        self._decisions: dict[str, dict[str, int]] = {}
        self._waiting: tuple[int, Wrapper] | None = None  # the text before, if it was a wrapper, with its number

    # A folder or a zip

    def read_bundle(self, bundle: Bundle) -> None:
        """Read every file of a folder or zip, in the order of their names."""
        wrappers, self.in_bundle = Wrappers(), True
        places = {name: f"file {number}" for number, name in enumerate(bundle.names, 1)}
        later = []
        for name, self._where in places.items():
            later += [] if self._first_look(bundle, name, wrappers) else [name]
        for name in later:
            self._where = places[name]
            text = bundle.read(name)
            if text is not None:
                self._text(text, name, wrappers)
        for wrapper in wrappers.left():
            self._files += 1
            self._application(wrapper, None, None, self._files)
        for _ in range(bundle.odd):
            self._aside(ODD)

    def _first_look(self, bundle: Bundle, name: str, wrappers: Wrappers) -> bool:
        """Is the file done with? Those with a wrapper are, and those that are none of ours."""
        if is_unread(name):
            return self._aside(UNREAD)
        text = bundle.read(name)
        if text is None:
            return self._unusable(UNREADABLE)
        if text.startswith(MAGIC):
            return self._aside(PACKED)
        if text.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
            return self._unusable(NOT_JSON) if name.lower().endswith(".json") else self._aside(NOT_OURS)
        if b'"fiksDigisosId"' not in text and not _holds_lines(name, text):
            return False
        self._text(text, name, wrappers)
        return True

    # A single file

    def read_stream(self, stream: Stream) -> tuple[str, int]:
        """Read one file: one JSON text, or one on each line. Gives its fingerprint and its bytes."""
        digest = Digest()
        chunks = digest.passing(unpacked(stream))
        head = b""
        for chunk in chunks:
            head += chunk
            if len(head) > LARGEST:
                break
        if _holds_lines(stream.name.removesuffix(".gz"), head):
            self._lines(lines(chain([head], chunks), stream.name))
        elif len(head) > LARGEST:
            raise DataError(
                f"{stream.name} is larger than {LARGEST >> 20} MB and has not one application on each line."
            )
        else:
            self.alone = True
            self._text(head, stream.member or stream.path.name, None)
            self._flush_waiting()
        for _ in chunks:
            pass
        return digest.hex(), digest.bytes

    # One JSON text

    def _lines(self, found: Iterator[bytes]) -> None:
        outer = self._where if self.in_bundle else ""
        for number, line in enumerate(found, 1):
            self._where = f"{outer}, line {number}".removeprefix(", ")
            if line.strip():
                self._text(line, None, None)
        self._flush_waiting()

    def _text(self, text: bytes, name: str | None, wrappers: Wrappers | None) -> None:
        if self.in_bundle and name and _holds_lines(name, text):
            return self._lines(iter(text.splitlines()))
        try:
            content = parsed(text)
        except Fault as fault:
            self._files += 1
            return self._broken(NOT_JSON, fault)
        if not isinstance(content, list):
            return self._content(content, name, wrappers)
        self.alone = False
        outer = self._where if self.in_bundle else ""
        for number, each in enumerate(content, 1):
            self._where = f"{outer}, element {number}".removeprefix(", ")
            self._content(each, None, None)
        return self._flush_waiting()

    def _content(self, content: Any, name: str | None, wrappers: Wrappers | None) -> None:
        self._files += 1
        try:
            if is_complaint(content):
                self._complaints.append((self._files, complaint_of(content)))
                return
            wrapped, file = parts_of(content)
            if wrapped is None and file is None:
                if self.alone:
                    raise Fault("hendelser", "is missing")
                self._aside(NOT_OURS)
                return
            wrapper = wrapper_of(wrapped) if wrapped is not None else None
            if file is not None:
                check(file)
        except Fault as fault:
            return self._broken(BROKEN, fault)
        if file is None and wrapper is not None:
            if wrappers is not None:
                wrappers.add(wrapper, name or "")
            else:
                self._flush_waiting()
                self._waiting = self._files, wrapper
            return None
        if wrapper is None and wrappers is not None:
            wrapper = wrappers.of(name or "")
        elif wrapper is None and self._waiting is not None and self._waiting[0] == self._files - 1:
            (_, wrapper), self._waiting = self._waiting, None
        self._flush_waiting()
        return self._application(wrapper, file, name, self._files)

    def _flush_waiting(self) -> None:
        """A wrapper that no file followed: the case system has told nothing yet."""
        if self._waiting is not None:
            (number, wrapper), self._waiting = self._waiting, None
            self._application(wrapper, None, None, number)

    def _application(self, wrapper: Wrapper | None, file: dict[str, Any] | None, name: str | None, number: int) -> None:
        application = Application(wrapper or Wrapper(), wrapper is not None)
        if file is not None:
            application.events = file["hendelser"]
            application.system = system_of(file["avsender"]["systemnavn"])
        told = told_by(application)
        case = case_id(application.wrapper.id, name) or self._ordinal()
        latest = max((step.when.timestamp() for step in told.steps), default=0.0)
        sending = Sending(case, number, (application.wrapper.stamp, latest, len(application.events)))
        self.rows.add(sending, application, told)
        self.records.sendings.append(sending)
        for reason, count in told.refused.items():
            self._refuse(reason, f"{self._where}: {reason}", count)
        self._decisions.setdefault(case, {}).update(told.decisions)
        self._complaints += [(number, each) for each in complaints_in(file or {}, case, self.zone)]
        self._counts.unknown += told.unknown
        self._counts.silent += file is None
        received = any(step.activity == "Søknad mottatt" for step in told.steps)
        self._counts.unreceived += file is not None and not received

    def _ordinal(self) -> str:
        self._counts.nameless += 1
        return f"Søknad {self._nameless + self._counts.nameless}"

    # What cannot be used

    def _broken(self, kind: str, fault: Fault) -> None:
        if self.alone:
            colon = ":" if fault.place else ""
            raise DataError(f"{self.name}{colon} {fault}. It is no valid Digisos file; fetch it again, or mend it.")
        self.rows.line += 1
        self._refuse(kind, f"{self._where}: {fault}", place=fault.place)

    def _unusable(self, kind: str) -> bool:
        self._files += 1
        self.rows.line += 1
        self._refuse(kind, f"{self._where}: {kind}")
        return True

    def _refuse(self, kind: str, reason: str, count: int = 1, place: str = "") -> None:
        self.records.quarantined[kind] += count
        self.records.refusals += [Refusal(self.number, self.rows.line, place, reason, "")] * count

    def _aside(self, reason: str) -> bool:
        self.rows.line += 1
        self.records.set_aside[reason] += 1
        return True

    # The end

    def finish(self, sha256: str, size: int) -> DigisosRecords:
        """The records, when everything is read."""
        records = self.records
        self.rows.flush()
        records.table, records.further = self.rows.table, self.rows.further
        for sending in records.sendings:
            records.set_aside.update(sending.aside)
        settle([records], self.rows.database)
        self.rows.further = records.further
        put_complaints(self._complaints, self._decisions, self.rows, records)
        as_records(records, self.rows, self.name, sha256, size)
        records.layout = {"format": "Digisos", "applications": str(len(records.sendings))}
        records.notes, records.flow = self._counts.notes(), "digisos"
        records.passing = self._counts.nameless
        self.rows.database.execute("insert into digisos_nameless values (?)", [self._counts.nameless])
        return records


def _holds_lines(name: str, head: bytes) -> bool:
    """Is there a JSON text on each line: by the name, or a whole object on the first line and more on others?"""
    if name.lower().endswith(_LINES):
        return True
    first, _, rest = head.lstrip().partition(b"\n")
    if not rest.strip():
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False
