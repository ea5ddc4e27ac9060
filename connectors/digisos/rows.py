"""The table of records: one row per event of the log, or one per event and matter where a matter is the case."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from ..connector import Records
from ..personal import KEEP, Personal
from .application import NO_MATTER, Application, Matter, Step, Told

_MANY = 50_000
_MOMENT, _TEXT, _NUMBER = ("TIMESTAMP WITH TIME ZONE", "VARCHAR", "DOUBLE")
_TYPES = {_MOMENT: pa.timestamp("us", "UTC"), _TEXT: pa.string(), _NUMBER: pa.float64()}
# header: its type, its role, and whether it is the same for all events of a case
COLUMNS = {
    "fiksDigisosId": (_TEXT, "case", False),
    "hendelse": (_TEXT, "activity", False),
    "hendelsestidspunkt": (_MOMENT, "time", False),
    "navKontor": (_TEXT, "unit", False),
    "sokerFnr": (_TEXT, "applicant", False),
    "ferdig": (_MOMENT, "closed", False),
    "utfall": (_TEXT, "attribute", False),
    "siste utfall": (_TEXT, "attribute", True),
    "sak": (_TEXT, "attribute", False),
    "beløp": (_NUMBER, "attribute", False),
    "utbetalt": (_NUMBER, "attribute", True),
    "forfall": (_TEXT, "attribute", False),
    "frist": (_MOMENT, "attribute", False),
    "dokumenter": (_NUMBER, "attribute", False),
    "kanal": (_TEXT, "attribute", True),
    "system": (_TEXT, "attribute", True),
}
_KEPT = Personal(KEEP, "an id that Fiks made, or a plain number: it names nobody")
WITHOUT_MATTER, OF_NO_MATTER = "application without a matter", "nothing says of which matter it is"


@dataclass
class Sending:
    """An application as one file tells it; a newer file of the same application takes its place.

    newest : to be compared with that of another; aside : what of it was set aside; accepted, further : its events
    """

    case: str
    document: int
    newest: tuple[int, float, int]
    accepted: int = 0
    further: int = 0
    aside: Counter[str] = field(default_factory=Counter)


@dataclass
class Rows:
    """Rows on their way into the table. line : how many records there were so far"""

    database: duckdb.DuckDBPyConnection
    number: int
    by_matter: bool
    line: int = 0
    further: int = 0
    _waiting: list[tuple[Any, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.table = f"raw_{self.number}"
        names = ", ".join(f"c{n} {kind}" for n, (kind, _, _) in enumerate(COLUMNS.values()))
        self.database.execute(f"create table {self.table} (line bigint, document integer, {names})")

    def add(self, sending: Sending, application: Application, told: Told) -> None:
        """Put the events of an application into the table; what has no matter is set aside where matters are cases."""
        wrapper = application.wrapper
        kanal = ("papir" if wrapper.on_paper else "digital") if application.known else None
        common = (wrapper.applicant, kanal, application.system)
        sending.aside += told.aside
        for step in told.steps:
            self.line += 1
            cases = self._cases(step, sending, told)
            for matter in cases:
                self._waiting.append(self._row(step, sending, matter, told, common))
            sending.accepted += bool(cases)
            sending.further += max(0, len(cases) - 1)
        self.further += sending.further
        self.line += told.aside.total() + told.refused.total()
        if len(self._waiting) >= _MANY:
            self.flush()

    def _cases(self, step: Step, sending: Sending, told: Told) -> list[Matter | None]:
        """The cases that an event belongs to: its application (None), its matter, or all matters of the application."""
        if not self.by_matter:
            return [None]
        if step.matter > 0:
            return [matter for matter in told.matters if matter.number == step.matter]
        if not told.matters:
            sending.aside[WITHOUT_MATTER] += 1
            return []
        if step.matter == NO_MATTER and len(told.matters) > 1:
            sending.aside[OF_NO_MATTER] += 1
            return []
        return [*told.matters]

    def _row(
        self, step: Step, sending: Sending, matter: Matter | None, told: Told, common: tuple[str | None, ...]
    ) -> tuple[Any, ...]:
        applicant, kanal, system = common
        number = matter.number if matter else 0
        paid = told.paid.get(number) if matter else sum(told.paid.values()) if told.paid else None
        return (
            self.line,
            sending.document,
            f"{sending.case}/{number}" if matter else sending.case,
            step.activity,
            step.when,
            step.unit,
            applicant,
            told.closed_of(matter) if matter else told.closed,
            step.outcome,
            told.outcome(number),
            f"Sak {number or step.matter}" if number or step.matter > 0 else None,
            step.amount,
            paid,
            step.pay_by,
            step.due,
            step.documents,
            kanal,
            system,
        )

    def add_complaint(self, case: str, document: int, steps: list[Step]) -> None:
        """Put the events of a complaint into the table, each a record of its own."""
        empty = [None] * (len(COLUMNS) - 3)
        for step in steps:
            self.line += 1
            values = [case, step.activity, step.when, *empty]
            values[6] = step.outcome
            self._waiting.append((self.line, document, *values))

    def flush(self) -> None:
        """Put what waits into the table."""
        if not self._waiting:
            return
        types = [pa.int64(), pa.int32(), *(_TYPES[kind] for kind, _, _ in COLUMNS.values())]
        names = ["line", "document", *(f"c{n}" for n in range(len(COLUMNS)))]
        columns = zip(*self._waiting, strict=True)
        arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
        self.database.register("batch", pa.Table.from_arrays(arrays, names=names))
        self.database.execute(f"insert into {self.table} select * from batch")
        self.database.unregister("batch")
        self._waiting.clear()


def as_records(records: Records, rows: Rows, name: str, sha256: str, size: int) -> None:
    """Tell of the finished table: the columns that hold something, and their roles."""
    rows.flush()
    database, table = rows.database, rows.table
    counts = database.execute(f"select {', '.join(f'count(c{n})' for n in range(len(COLUMNS)))} from {table}")
    filled = counts.fetchall()[0]
    kept = [n for n, (_, role, _) in enumerate(COLUMNS.values()) if role != "attribute" or filled[n]]
    for n in set(range(len(COLUMNS))) - set(kept):
        database.execute(f"alter table {table} drop column c{n}")
    for place, n in enumerate(kept):
        if place != n:
            database.execute(f"alter table {table} rename column c{n} to c{place}")
    records.name, records.sha256, records.bytes = name, sha256, size
    records.table, records.line, records.count, records.further = table, "line", rows.line, rows.further
    records.headers = [list(COLUMNS)[n] for n in kept]
    said = [COLUMNS[header] for header in records.headers]
    records.types = [kind for kind, _, _ in said]
    records.roles = {place: role for place, (_, role, _) in enumerate(said)}
    records.of_case = frozenset(place for place, (_, _, of_case) in enumerate(said) if of_case)
    records.personal = {0: _KEPT}
