"""The parser's target for endringslogg.xml: who changed the status, the person responsible or the unit of what, and when?"""

from __future__ import annotations

from collections.abc import Callable

from ...mining.errors import DataError
from .codes import CASE_STATUSES, JOURNAL_STATUSES, CodeList
from .elements import local_name
from .records import Fields

_DEEPEST = 100
_LONGEST = 4000
_READ = {
    name.lower(): name
    for name in ("referanseArkivenhet", "referanseMetadata", "endretDato", "endretAv", "tidligereVerdi", "nyVerdi")
}
# By name, or by the number that the metadata catalogue gives it.
_METADATA = {"m052": "saksstatus", "m053": "journalstatus", "m306": "saksansvarlig", "m305": "administrativenhet"}
OTHER_FIELD = "change of another field"
NO_CHANGE = "change that changes nothing"
_ENOUGH, _ENOUGH_BYTES = 50_000, 32 << 20

Change = tuple[object, ...]


class Changes:
    """What to do with each element of endringslogg.xml. rows : changes that were not yet delivered; records : all"""

    def __init__(self, name: str, deliver: Callable[[list[Change]], None]) -> None:
        self.records = 0
        self.case_statuses = CodeList(CASE_STATUSES)
        self.journal_statuses = CodeList(JOURNAL_STATUSES)
        self._name, self._deliver = name, deliver
        self._rows: list[Change] = []
        self._bytes = 0
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
        self._bytes += size
        if len(self._rows) >= _ENOUGH or self._bytes >= _ENOUGH_BYTES:
            self.deliver()

    def deliver(self) -> None:
        self._deliver(self._rows)
        self._rows, self._bytes = [], 0

    def _calls(self) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None], Callable[[str], None]]:
        depth = inside = length = 0  # inside : the depth of the change that is open
        wanted = ""
        texts: list[str] = []
        fields: Fields = {}

        def start(tag: str, _: dict[str, str]) -> None:
            nonlocal depth, inside, wanted
            depth += 1
            if depth > _DEEPEST:
                raise DataError(f"{self._name} is nested more than {_DEEPEST} deep after record {self.records}.")
            if inside:
                wanted = _READ.get(local_name(tag), "") if depth == inside + 1 else wanted
            elif local_name(tag) == "endring":
                self.records += 1
                inside = depth

        def end(_: str) -> None:
            nonlocal depth, inside, wanted, length
            depth -= 1
            if inside and depth == inside:
                text = " ".join("".join(texts).split())
                if wanted and text and text.upper() != "NULL" and wanted not in fields:
                    fields[wanted] = text
                wanted, length = "", 0
                texts.clear()
            elif inside and depth < inside:
                inside = 0
                self._rows.append(self._change(fields))
                fields.clear()

        def data(text: str) -> None:
            nonlocal length
            if wanted and length < _LONGEST:
                texts.append(text[:_LONGEST])
                length += len(text)

        return start, end, data

    def _change(self, fields: Fields) -> Change:
        step, aside = self._step(fields), None
        if step is None:
            aside = OTHER_FIELD
        elif (new := fields.get("nyVerdi")) is None or new == fields.get("tidligereVerdi"):
            aside = NO_CHANGE
        return (
            self.records, fields.get("referanseArkivenhet"), aside, step or "", fields.get("endretDato"),
            fields.get("endretAv"),
        )  # fmt: skip

    def _step(self, fields: Fields) -> str | None:
        """The step that a change is; persons and units are never named."""
        name = fields.get("referanseMetadata", "").lower()
        for mark in ("/", ":", ".", "#"):
            name = name.rpartition(mark)[2]
        name, new = _METADATA.get(name, name), fields.get("nyVerdi", "")
        if name == "saksstatus":
            return f"Saksstatus: {self.case_statuses.words(new)}" if new else ""
        if name == "journalstatus":
            return f"Journalstatus: {self.journal_statuses.words(new)}" if new else ""
        return {"saksansvarlig": "Ansvarlig endret", "administrativenhet": "Enhet endret"}.get(name)
