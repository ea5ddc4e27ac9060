"""What would an import make of this file, and why? Plain data for the command ``inspect``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..mining.errors import DataError
from ..mining.identifiers import email_in, identifier_kind, mask
from .columns import Source
from .connector import Connector
from .content import TIMES
from .dates import looks_like_time
from .gate import findings, refuse_personal_headers
from .gathering import gathered
from .hints import hints, looks
from .importing import desk_for
from .mapping import Column, Mapping
from .roles import PEOPLE, Roles, check_names
from .shapes import Shape, roles_in, shapes_of
from .times import time_column
from .truths import is_boolean

_ROWS = 5


@dataclass(frozen=True)
class InspectedColumn:
    """One column: its header, the role it gets and why, for times the format and its proof, and some values."""

    header: str
    role: str
    why: str
    format: str = ""
    proof: str = ""
    fault: str = ""
    filled: int = 0
    suspected: str = ""


@dataclass(frozen=True)
class Inspection:
    """One source. `rows` are its first records, masked where a column is personal; `mapping` keeps every guess."""

    name: str
    connector: str
    layout: dict[str, str]
    records: int
    columns: list[InspectedColumn]
    rows: list[list[str]]
    mapping: str
    shape: str = "events"
    why: str = ""
    fault: str = ""
    hints: tuple[str, ...] = ()
    others: list[Inspection] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For people, one fact per line."""
        lines = [f"{self.name}: read by {self.connector}, {self.records} records"]
        lines += [f"  {what}: {found}" for what, found in self.layout.items()]
        lines += [f"  shape: {Shape(self.shape, self.why).words}"]
        for column in self.columns:
            how = f"; {column.format}, {column.proof}" if column.format else ""
            lines.append(f"  {column.header!r} is {column.role}: {column.why}{how}")
            lines += [f"    ! {text}" for text in (column.fault, column.suspected) if text]
        lines += [f"  ! {self.fault}"] if self.fault else []
        lines += [f"  {hint}" for hint in self.hints]
        return lines + [line for other in self.others for line in other.lines()]


def inspect_files(paths: list[tuple[Path, Connector]], mapping: Mapping) -> Inspection:
    """Look at the files without importing them. Raises DataError only if a file cannot be read at all."""
    with desk_for(mapping) as desk:
        sources = gathered(paths, desk)
        refuse_personal_headers(sources)
        check_names(mapping, sources)
        shapes = shapes_of(sources, mapping)
        found = [_inspected(source, shape, mapping) for source, shape in zip(sources, shapes, strict=True)]
    return replace(found[0], others=found[1:])


def _inspected(source: Source, shape: Shape, mapping: Mapping) -> Inspection:
    fault, roles = "", Roles(source)
    try:
        roles, shape = roles_in(source, shape, mapping)
    except DataError as error:
        fault = str(error)
    for column in roles.free:
        roles.give(column, "attribute", "no role was found")
    found = findings(roles)
    suspected = {s.header: s.sentence for s in found if not s.hint}
    columns, kept = [], {}
    for column in range(len(source.headers)):
        inspected, said = _column(source, roles, column, suspected)
        columns.append(inspected)
        kept[inspected.header] = said
    return Inspection(
        name=source.name,
        connector=source.records.connector,
        layout=source.records.layout,
        shape=shape.kind,
        why=shape.why,
        records=source.records.count,
        columns=columns,
        rows=_first_rows(source, roles, suspected),
        mapping=replace(mapping, columns={**kept}, **_said_of(shape)).toml(),
        fault=fault,
        hints=(*(f"{s.sentence}, too few to stop an import." for s in found if s.hint), *hints(roles)),
    )


def _said_of(shape: Shape) -> dict[str, Any]:
    """The shape as a mapping says it; an event list goes without saying."""
    kind = {"events": None, "cases": "joined"}.get(shape.kind, shape.kind)
    return ({"shape": kind} if kind else {}) | ({"fields": shape.fields} if shape.fields else {})


def _column(source: Source, roles: Roles, column: int, suspected: dict[str, str]) -> tuple[InspectedColumn, Column]:
    header, role = source.headers[column], roles.role[column]
    inspected = InspectedColumn(
        header, role, roles.why[column], filled=source.sample(column).total(), suspected=suspected.get(header, "")
    )
    said = source.said(column) or Column(role)
    if header in suspected and said.role not in PEOPLE:
        # A case cannot be dropped.
        said = replace(said, personal="pseudonymise") if role == "case" else replace(said, role="drop")
    if role not in TIMES or (role == "closed" and is_boolean(source, column)) or not source.sample(column):
        return inspected, said
    try:
        time = time_column(source, column, role=role)
    except DataError as error:
        return replace(inspected, fault=str(error)), said
    precision = "day" if time.only_days and "%H" in time.text else None
    said = replace(said, format=said.format or time.text or None, precision=said.precision or precision)
    values = "1 value" if time.unusable == 1 else f"{time.unusable} values"
    fault = f"{values} cannot be read as times" if time.unusable else ""
    return replace(inspected, format=time.shown, proof=time.proof, fault=fault), said


def _first_rows(source: Source, roles: Roles, suspected: dict[str, str]) -> list[list[str]]:
    """The first records as the export has them, with everything masked that may name or describe a person."""
    hidden = {
        column
        for column, role in roles.role.items()
        if role in (*PEOPLE, "drop", "free text")
        or source.declared(column)
        or source.headers[column] in suspected
        or looks(source, column)
    }
    names = ", ".join(f"c{n}::varchar" for n in range(len(source.headers)))
    rows = source.rows(f"select {names} from {source.table} order by rowid limit {_ROWS}")
    times = {c for c, role in roles.role.items() if role in TIMES and not (role == "closed" and is_boolean(source, c))}
    return [
        [_shown(text or "", n in hidden or (n in times and not _is_moment(text or ""))) for n, text in enumerate(row)]
        for row in rows
    ]


def _is_moment(text: str) -> bool:
    """A date or a number: what else stands in a column of times may be anything."""
    return looks_like_time(text) or not any(c.isalpha() for c in text)


def _shown(value: str, hidden: bool) -> str:
    return mask(value) if hidden or identifier_kind(value) or email_in(value) else value[:80]
