"""The view ``staged``: the accepted records of every source, with the house's names and types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from ..mining.errors import DataError
from ..mining.log import STAGED, attribute_names, text_literal
from .connector import Desk, Refusal
from .intake import Understood
from .lifecycle import BEGUN
from .numbers import number_sql, reads_as_numbers
from .times import UNREADABLE
from .truths import boolean_sql

_TEXTS = {
    "resource": "resource",
    "unit": "unit",
    "applicant": "applicant",
    "type": "case type",
    "case_unit": "case unit",
}
_START_AFTER_END = "start after the end"


@dataclass(frozen=True)
class Attribute:
    """An attribute of the log: its name, its SQL type, and in which column each source has it."""

    name: str
    type: str
    columns: dict[int, int]
    of: bool | None = None  # True: of the case, False: of the event, None: to be found out


@dataclass(frozen=True)
class Cell:
    """A column whose cells can fail on their own: SQL for the raw text, the value, and the reason without one."""

    column: int
    raw: str
    reason: str


def stage_events(found: list[Understood], desk: Desk) -> tuple[list[Attribute], str | None, list[tuple[int, Cell]]]:
    """Make the view ``staged``; gives its attributes, the kind of `closed`, and the cells that can fail."""
    staged = [u for u in found if not u.copy_of and u.source.in_table]
    closed = _closed_kind(staged)
    attributes = _attributes(staged)
    _lookups(desk)
    cells: list[tuple[int, Cell]] = []
    parts = []
    for understood in staged:
        columns, failing = _columns(understood, desk, closed)
        for number, attribute in enumerate(attributes):
            column = attribute.columns.get(understood.source.number)
            value = "null" if column is None else _attribute_sql(understood, column, attribute.type)
            columns[f"a_{number}"] = f"{value}::{attribute.type}"
            if column is not None and attribute.type != "VARCHAR" and understood.source.types[column] == "VARCHAR":
                raw = understood.source.cell(column)
                failing.append(
                    Cell(
                        column,
                        raw,
                        f"case when {raw} is not null and {value} is null then 'not a {_kind(attribute.type)}' end",
                    )
                )
        cells += [(understood.source.number, cell) for cell in failing]
        parts.append(_select(understood, columns, desk))
    desk.database.execute(f"create view staged as {' union all '.join(parts) or _nothing(closed, attributes)}")
    return attributes, closed, cells


def _kind(type_: str) -> str:
    return {"DOUBLE": "number", "BOOLEAN": "yes or no", "TIMESTAMPTZ": "date"}[type_]


def _nothing(closed: str | None, attributes: list[Attribute]) -> str:
    types = {**STAGED, **{f"a_{n}": attribute.type for n, attribute in enumerate(attributes)}}
    types["closed"] = "BOOLEAN" if closed == "boolean" else types["closed"]
    return "select " + ", ".join(f'null::{kind} as "{name}"' for name, kind in types.items()) + " where false"


def _closed_kind(staged: list[Understood]) -> str | None:
    known = {u.closed for u in staged if u.closed}
    kinds = known - {"empty"} or ({"time"} if known else set())
    if len(kinds) > 1 and "boolean" in kinds:
        raise DataError("One file says when cases were closed, another only whether they were; import them one by one.")
    return "time" if len(kinds) > 1 else next(iter(kinds), None)


def _lookups(desk: Desk) -> None:
    """Renames and ranks as tables: no text of the user stands in SQL."""
    for name, table, kind in (
        ("renames", desk.mapping.activities, pa.string()),
        ("ranks", desk.mapping.ranks, pa.int16()),
    ):
        data = pa.table({"k": pa.array(list(table), pa.string()), "v": pa.array(list(table.values()), kind)})
        desk.database.register("lookup", data)
        desk.database.execute(f"create table {name} as select * from lookup")
        desk.database.unregister("lookup")


def _columns(understood: Understood, desk: Desk, closed: str | None) -> tuple[dict[str, str], list[Cell]]:
    """SQL for the core columns of ``staged``."""
    source, times = understood.source, understood.times
    activity = understood.cell("activity") or "null"
    activity = (
        f"coalesce((select v from renames where k = {activity}), {activity})" if desk.mapping.activities else activity
    )
    end = times["time"]
    columns = dict.fromkeys(STAGED, "null")
    columns |= {"case_id": understood.cell("case") or "null", "activity": activity}
    columns |= {"end_time": end.value, "precision": end.precision, "rank": _rank(understood, activity, desk)}
    if cell := understood.cell("precision"):
        columns |= _known_to(cell, end.value, end.precision, desk.mapping.zone)
    for name, role in _TEXTS.items():
        columns[name] = understood.cell(role) or "null"
    cells = []
    for name in ("start", "due", "closed"):
        if name in times and (column := understood.column(name)) is not None:
            columns["start_time" if name == "start" else name] = times[name].value
            faults = f"(select reason from faults_{source.number} where c = {column} and row = {source.table}.rowid)"
            reason = faults if times[name].unusable else ""
            if name == "start":
                columns["start_time"], reason = _start(understood, reason)
            cells += [Cell(column, source.cell(column), reason)] if reason else []
    if understood.lives is not None:
        given = columns["start_time"]
        columns["start_time"] = BEGUN if given == "null" else f"coalesce({BEGUN}, {given})"
    if closed == "boolean" and (cell := understood.cell("closed")):
        columns["closed"] = boolean_sql(cell)
    columns |= {"source": str(source.number), "source_row": source.line}
    types = {**STAGED, "closed": "BOOLEAN" if closed == "boolean" else "TIMESTAMPTZ"}
    return {name: f"({sql})::{types[name]}" for name, sql in columns.items()}, cells


def _known_to(cell: str, time: str, usual: str, zone: str) -> dict[str, str]:
    """SQL for times that each say how precisely they are known; a day begins at its local midnight."""
    said = f"case when lower({cell}) in ('day', 'minute', 'second') then lower({cell}) else {usual} end"
    place = text_literal(zone)
    day = f"timezone({place}, date_trunc('day', timezone({place}, {time})))"
    return {"precision": said, "end_time": f"case when ({said}) = 'day' then {day} else {time} end"}


def _start(understood: Understood, reason: str) -> tuple[str, str]:
    """A start later than its end is no start; an end that is known to the day only lasts until the day is over."""
    source, start, end = understood.source, understood.times["start"].value, understood.times["time"]
    limit = f"case when {end.precision} = 'day' then {end.value} + interval 1 day else {end.value} end"
    limit = end.value if end.precision in ("'second'", "'minute'") else limit
    late = source.row(f"select count(*) filter ({start} > {limit}) from {source.table}")[0]
    if not late:
        value = start if end.precision in ("'second'", "'minute'") else f"least({start}, {end.value})"
        return value, reason
    said = f"when {start} > {limit} then '{_START_AFTER_END}'"
    return (
        f"case when {start} <= {limit} then least({start}, {end.value}) end",
        f"case {said} else {reason or 'null'} end",
    )


def _rank(understood: Understood, activity: str, desk: Desk) -> str:
    if cell := understood.cell("rank"):
        return f"coalesce(try_cast({cell} as smallint), 0)"
    return f"coalesce((select v from ranks where k = {activity}), 0)" if desk.mapping.ranks else "0"


def _select(understood: Understood, columns: dict[str, str], desk: Desk) -> str:
    source = understood.source
    table = f"refused_{source.number}"
    gone = source.row(f"select count(*) from {table}")[0]
    where = f" where rowid not in (select row from {table})" if gone else ""
    named = ", ".join(f'{sql} as "{name}"' for name, sql in columns.items())
    return f"select {named} from {source.table}{where}"


def _attributes(staged: list[Understood]) -> list[Attribute]:
    """The attributes of all sources; those with the same header are one."""
    places: dict[str, dict[int, int]] = {}
    of: dict[str, bool | None] = {}
    types: dict[str, set[str]] = {}
    for understood in staged:
        for column in understood.attributes:
            said, records = understood.source.said(column), understood.source.records
            header = (said and said.name) or records.names.get(column) or understood.source.headers[column]
            places.setdefault(header, {})[understood.source.number] = column
            types.setdefault(header, set()).add(_type(understood, column))
            by_format = True if column in records.of_case else None
            of.setdefault(header, by_format if said is None or said.of is None else said.of == "case")
    names = attribute_names(list(places))
    return [
        Attribute(name, types[header].pop() if len(types[header]) == 1 else "VARCHAR", places[header], of[header])
        for name, header in zip(names, places, strict=True)
    ]


def _type(understood: Understood, column: int) -> str:
    source = understood.source
    said = source.said(column)
    if said and said.type:
        return {"number": "DOUBLE", "text": "VARCHAR", "boolean": "BOOLEAN", "date": "TIMESTAMPTZ"}[said.type]
    kind = source.types[column]
    if kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL"):
        return "DOUBLE"
    if kind == "BOOLEAN":
        return kind
    if kind == "TIMESTAMP WITH TIME ZONE":
        return "TIMESTAMPTZ"
    return "DOUBLE" if kind == "VARCHAR" and reads_as_numbers(source, column) else "VARCHAR"


def _attribute_sql(understood: Understood, column: int, type_: str) -> str:
    source = understood.source
    if source.types[column] != "VARCHAR":
        return f"c{column}" if type_ in ("DOUBLE", "BOOLEAN", "TIMESTAMPTZ") else source.cell(column)
    cell = source.cell(column)
    if type_ == "DOUBLE":
        return number_sql(cell)
    if type_ == "BOOLEAN":
        return f"({boolean_sql(cell)})"
    if type_ == "TIMESTAMPTZ":
        return f"({_time_attribute(understood, column)})"
    return cell


def _time_attribute(understood: Understood, column: int) -> str:
    from .times import time_column

    key = f"attribute {column}"
    if key not in understood.times:
        understood.times[key] = time_column(understood.source, column)
    return understood.times[key].value


def let_go_of_unused(found: list[Understood]) -> None:
    """Free the columns that ``staged`` does not show, when their last reader is done: the texts of times above all."""
    for understood in found:
        source, roles = understood.source, understood.roles
        (view,) = source.row("select sql from duckdb_views() where view_name = 'staged'")
        if understood.copy_of or f" {source.table}" not in view:
            continue
        used = {f"c{roles.column('case')}", *re.findall(r"\bc\d+\b", view)}
        for column in range(len(source.headers)):
            if f"c{column}" not in used:
                source.run(f"alter table {source.table} drop column c{column}")


def cell_refusals(found: list[Understood], cells: list[tuple[int, Cell]]) -> Iterator[Refusal]:
    """Every cell that was left empty although its record was kept, in the order of the files."""
    by_number = {u.source.number: u for u in found}
    for number, cell in cells:
        source = by_number[number].source
        for line, content, reason in source.stream(
            f"select {source.line}, {cell.raw}, {cell.reason} as reason from {source.table} "
            f"where ({cell.reason}) is not null and rowid not in (select row from refused_{number}) order by rowid"
        ):
            yield Refusal(number, line, source.headers[cell.column], reason or UNREADABLE, content, cell=True)
