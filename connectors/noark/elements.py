"""The parser's target for arkivstruktur.xml: folders and documents, one at a time, wherever they stand in the archive.

Elements are matched by their local names, so versions and namespaces do not matter. What no rule asks for (files,
parties, remarks, classes, titles where there is no lexicon) is passed over unread.
"""

from __future__ import annotations

from collections.abc import Callable

from ...mining.errors import DataError
from .records import MEETING, OUTSIDE, Document, Fields, Folder, Maker
from .store import Batch

_DEEPEST = 100
_MOST_PARTS = 100_000  # of one document
_LONGEST = 4000  # characters of a value; what is longer is none of those that are read
_MOST_TAGS = 10_000
_SKIP, _FIELD, _OPEN = 0, 1, 2

_CONTAINERS = ("arkiv", "arkivdel", "klassifikasjonssystem", "klasse")
# Elements that are folders and documents, and the type that their name says where xsi:type does not.
_FOLDERS = {"mappe": "", "saksmappe": "saksmappe", "basismappe": "", "moetemappe": "moetemappe"}
_DOCUMENTS = {
    "registrering": "", "journalpost": "journalpost", "basisregistrering": "", "arkivnotat": "arkivnotat",
    "moeteregistrering": "moeteregistrering",
}  # fmt: skip
_PARTS = ("korrespondansepart", "avskrivning", "dokumentflyt")
_READ = {
    "folder": (
        "systemID", "mappeID", "opprettetDato", "opprettetAv", "avsluttetDato", "avsluttetAv", "saksdato",
        "administrativEnhet", "saksansvarlig", "saksstatus",
    ),
    "document": (
        "systemID", "opprettetDato", "journalposttype", "journalstatus", "journaldato", "dokumentetsDato",
        "mottattDato", "sendtDato",
    ),
    "korrespondansepart": ("korrespondanseparttype", "administrativEnhet", "saksbehandler"),
    "avskrivning": ("avskrivningsdato", "avskrevetAv", "avskrivningsmaate"),
    "dokumentflyt": ("flytFra", "flytMottattDato", "flytSendtDato", "flytStatus"),
}  # fmt: skip
_INSIDE = {
    "container": (*_CONTAINERS, *_FOLDERS, *_DOCUMENTS),
    "folder": (*_FOLDERS, *_DOCUMENTS),
    "document": _PARTS,
}

Action = tuple[int, str]


class Structure:
    """What to do with each element of arkivstruktur.xml. records : met so far; folders, documents : likewise"""

    def __init__(self, name: str, maker: Maker, deliver: Callable[[Batch], None]) -> None:
        self.records = self.folders = self.documents = 0
        self.batch = Batch()
        self._name, self._maker, self._deliver = name, maker, deliver
        self._rules = {kind: self._rules_of(kind) for kind in (*_READ, "container")}
        self._stack: list[tuple[str, Fields]] = []
        self._folders: list[Folder] = []
        self._document: Document | None = None
        self.start, self.end, self.data = self._calls()

    def doctype(self, *_: str | None) -> None:
        raise DataError(
            f"{self._name} has a document type (<!DOCTYPE …>), which no extraction needs and an attack may hide in; "
            "remove it."
        )

    def close(self) -> None:
        """The parser calls this after a fault, too."""

    def passed(self, size: int) -> None:
        """After each piece of the file: put what was found into the database."""
        self.batch.bytes += size
        if self.batch.full:
            self.deliver()

    def deliver(self) -> None:
        self._deliver(self.batch)
        self.batch = Batch()

    def _rules_of(self, kind: str) -> dict[str, Action]:
        rules = {name.lower(): (_FIELD, name) for name in _READ.get(kind, ())}
        if kind == "document" and self._maker.titles:
            rules["tittel"] = (_FIELD, "tittel")
        return rules | {name: (_OPEN, name) for name in _INSIDE.get(kind, ())}

    def _calls(self) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None], Callable[[str], None]]:
        """What the parser calls for every element. Most of the time goes here, hence closures over plain names."""
        depth = skipped = length = 0
        wanted = ""
        texts: list[str] = []
        tags: dict[str, dict[str, Action]] = {kind: {} for kind in self._rules}
        known: dict[str, Action] = {}
        fields: Fields = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth, skipped, wanted, known, fields
            depth += 1
            if skipped:
                if depth > _DEEPEST:
                    raise self._too_deep()
                return
            if wanted:  # an element within a value
                skipped = depth
                return
            if depth == 1:
                self._require_root(tag)
            action = known.get(tag) or self._action(tag, known)
            if action[0] == _FIELD:
                wanted = action[1]
            elif action[0] == _SKIP:
                skipped = depth
            else:
                if depth > _DEEPEST:
                    raise self._too_deep()
                kind, fields = self._open(action[1], attributes)
                known = tags[kind]

        def end(_: str) -> None:
            nonlocal depth, skipped, wanted, length, known, fields
            depth -= 1
            if skipped:
                if depth < skipped:
                    skipped = 0
            elif wanted:
                text = " ".join("".join(texts).split())
                if text and text.upper() != "NULL" and wanted not in fields:
                    fields[wanted] = text
                wanted, length = "", 0
                texts.clear()
            else:
                kind, fields = self._close()
                known = tags[kind]

        def data(text: str) -> None:
            nonlocal length
            if wanted and not skipped and length < _LONGEST:
                texts.append(text[:_LONGEST])
                length += len(text)

        known = tags["container"]
        return start, end, data

    def _require_root(self, tag: str) -> None:
        if local_name(tag) != "arkiv":
            raise DataError(f"{self._name} begins with another element than <arkiv>, so it is no arkivstruktur.")

    def _action(self, tag: str, known: dict[str, Action]) -> Action:
        kind = self._stack[-1][0] if self._stack else "container"
        action = self._rules[kind].get(local_name(tag), (_SKIP, ""))
        if len(known) < _MOST_TAGS:
            known[tag] = action
        return action

    def _too_deep(self) -> DataError:
        return DataError(
            f"{self._name} is nested more than {_DEEPEST} deep after record {self.records}; mend the file."
        )

    def _open(self, name: str, attributes: dict[str, str]) -> tuple[str, Fields]:
        kind, fields = "container", {}
        if name in _FOLDERS:
            kind, fields = "folder", self._open_folder(_type(attributes) or _FOLDERS[name])
        elif name in _DOCUMENTS:
            kind, fields = "document", self._open_document(_type(attributes) or _DOCUMENTS[name])
        elif name in _PARTS and self._document is not None:
            kind = name
            self._open_part(name, fields)
        self._stack.append((kind, fields))
        return kind, fields

    def _open_folder(self, type_: str) -> Fields:
        self.records += 1
        self.folders += 1
        folder = Folder(self.records, type_)
        above = self._folders[-1] if self._folders else None
        if above and above.aside or type_ == "moetemappe":
            folder.aside = (above and above.aside) or MEETING
        elif type_ == "saksmappe" or above is None:
            folder.case = folder.number
        else:
            folder.case, folder.inner = above.case, True
        if type_ == "saksmappe":
            for outer in self._folders:
                outer.binder = outer.binder or outer.type != "saksmappe"
        self._folders.append(folder)
        return folder.fields

    def _open_document(self, type_: str) -> Fields:
        self.records += 1
        self.documents += 1
        folder = self._folders[-1] if self._folders else None
        aside = OUTSIDE if folder is None else MEETING if type_ == "moeteregistrering" else folder.aside
        self._document = Document(self.records, type_, folder.case if folder else 0, aside)
        return self._document.fields

    def _open_part(self, name: str, fields: Fields) -> None:
        if name != "korrespondansepart":
            self.records += 1
        parts = self._document.parts if self._document else []
        parts.append((name, self.records, fields))
        if len(parts) > _MOST_PARTS:
            raise DataError(f"{self._name}: record {self.records} is one of more than {_MOST_PARTS} of one document.")

    def _close(self) -> tuple[str, Fields]:
        kind, fields = self._stack.pop()
        if kind == "document" and self._document is not None:
            document, self._document = self._document, None
            self.batch.add_document(document, self._maker.of_document(document))
        elif kind == "folder":
            folder = self._folders.pop()
            rows = self._maker.of_folder(folder, self.records + 1)
            self.records += len(rows) - 1
            self.batch.add_folder(folder, rows)
        return self._stack[-1] if self._stack else ("container", fields)


def local_name(tag: str) -> str:
    """A tag without its namespace, in lower case."""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def _type(attributes: dict[str, str]) -> str:
    """What xsi:type says, without its prefix."""
    for key, value in attributes.items():
        if local_name(key) == "type":
            return value.strip().rpartition(":")[2].lower()
    return ""
