"""The view ``staged``: the accepted records of every source, with the house's names and types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from ..mining.errors import DataError
from ..mining.log import STAGED, text_literal
from .attributes import Attribute, attribute_sql, attributes_of, of_step
from .columns import Source
from .connector import Desk, Refusal
from .intake import Understood
from .lifecycle import BEGUN
from .shape_wide import columns_of as milestones_of
from .shape_wide import key, ranks, step_name
from .times import UNREADABLE
from .truths import boolean_sql

_TEXTS = {
    "resource": "resource",
    "unit": "unit",
    "applicant": "applicant",
    "type": "case type",
    "case_unit": "case unit",
}
_OF_CASES = ("applicant", "type", "case_unit", "closed", "due")
_OF_EVENTS = frozenset(STAGED) - {"case_id", *_OF_CASES}
_START_AFTER_END = "start after the end"


@dataclass(frozen=True)
class Cell:
    """A column whose cells can fail on their own: SQL for the raw text, the value, and the reason without one."""

    column: int
    raw: str
    reason: str


def stage_events(found: list[Understood], desk: Desk) -> tuple[list[Attribute], str | None, list[tuple[int, Cell]]]:
    """Make the view ``staged``; gives its attributes, the kind of `closed`, and the cells that can fail."""
    readable = [u for u in found if not u.copy_of and u.source.in_table]
    closed = _closed_kind(readable)
    attributes = attributes_of(readable)
    _lookups(desk)
    cells: list[tuple[int, Cell]] = []
    parts: list[str] = []
    tables: list[str] = []
    for understood in readable:
        columns, failing = _columns(understood, desk, closed)
        for number, attribute in enumerate(attributes):
            column = attribute.columns.get(understood.source.number)
            value = "null" if column is None else attribute_sql(understood, column, attribute.type)
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
        if understood.shape.kind == "cases":
            tables.append(_select(understood, {name: sql for name, sql in columns.items() if name not in _OF_EVENTS}))
        else:
            parts += [_select(understood, row, moment) for row, moment in _rows(understood, columns, attributes, desk)]
    events = " union all ".join(parts) or _nothing(closed, attributes)
    if tables:
        # A table and no view: there are few cases, and every reader of the events asks for them.
        desk.database.execute(f"create table case_rows as {' union all '.join(tables)}")
        events = _joined(events, readable, attributes)
    desk.database.execute(f"create view staged as {events}")
    return attributes, closed, cells


def _joined(events: str, readable: list[Understood], attributes: list[Attribute]) -> str:
    """SQL for the events with what the case tables know; what they say of a case goes before what its events say."""
    numbers = {u.source.number for u in readable if u.shape.kind == "cases"}
    given = {f"a_{n}" for n, attribute in enumerate(attributes) if numbers & set(attribute.columns)}
    names = [*STAGED, *(f"a_{n}" for n in range(len(attributes)))]
    named = ", ".join(f"coalesce(k.{n}, e.{n}) as {n}" if n in given | set(_OF_CASES) else f"e.{n}" for n in names)
    return f"select {named} from ({events}) e left join case_rows k on k.case_id = e.case_id"


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
    columns = dict.fromkeys(STAGED, "null") | {"case_id": understood.cell("case") or "null"}
    if end := times.get("time"):
        activity = _activity(understood.cell("activity") or "null", desk)
        rank = (
            f"coalesce(try_cast({cell} as smallint), 0)" if (cell := understood.cell("rank")) else _rank(activity, desk)
        )
        columns |= {"activity": activity, "end_time": end.value, "precision": end.precision, "rank": rank}
    if end and (cell := understood.cell("precision")):
        columns |= _known_to(cell, end.value, end.precision, desk.mapping.zone)
    for name, role in _TEXTS.items():
        columns[name] = understood.cell(role) or "null"
    cells = []
    for name in ("start", "due", "closed"):
        if name not in times:
            continue
        columns["start_time" if name == "start" else name] = times[name].value
        if (column := understood.column(name)) is not None:  # a milestone that closes the case is listed as such
            reason = _faults(source, column) if times[name].unusable else ""
            if name == "start":
                columns["start_time"], reason = _start(understood, reason)
            cells += [Cell(column, source.cell(column), reason)] if reason else []
    for column in milestones_of(understood.roles):
        if key(column) in times and times[key(column)].unusable:
            cells.append(Cell(column, source.cell(column), _faults(source, column)))
    if understood.lives is not None:
        given = columns["start_time"]
        columns["start_time"] = BEGUN if given == "null" else f"coalesce({BEGUN}, {given})"
    if closed == "boolean" and (cell := understood.cell("closed")):
        columns["closed"] = boolean_sql(cell)
    columns |= {"source": str(source.number), "source_row": source.line}
    types = {**STAGED, "closed": "BOOLEAN" if closed == "boolean" else "TIMESTAMPTZ"}
    return {name: f"({sql})::{types[name]}" for name, sql in columns.items()}, cells


def _faults(source: Source, column: int) -> str:
    """SQL for the reason why a filled cell of times has none."""
    return f"(select reason from faults_{source.number} where c = {column} and row = {source.table}.rowid)"


def _rows(
    understood: Understood, columns: dict[str, str], attributes: list[Attribute], desk: Desk
) -> Iterator[tuple[dict[str, str], str]]:
    """What one record makes: an event, or one for each milestone with a date. Each with the SQL of its moment."""
    source, times = understood.source, understood.times
    if understood.shape.kind != "wide":
        yield columns, ""
        return
    for column, place in ranks(source, understood.roles, times).items():
        time, activity = times[key(column)], _activity(text_literal(step_name(source, column)), desk)
        row = {"activity": activity, "end_time": time.value, "precision": time.precision}
        row["rank"] = _rank(activity, desk, place)
        row = {name: f"({sql})::{STAGED[name]}" for name, sql in row.items()}
        own = ((f"a_{n}", of_step(understood, attribute, column)) for n, attribute in enumerate(attributes))
        yield columns | row | {name: sql for name, sql in own if sql}, time.value


def _activity(name: str, desk: Desk) -> str:
    return f"coalesce((select v from renames where k = {name}), {name})" if desk.mapping.activities else name


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


def _rank(activity: str, desk: Desk, usual: int = 0) -> str:
    return f"coalesce((select v from ranks where k = {activity}), {usual})" if desk.mapping.ranks else str(usual)


def _select(understood: Understood, columns: dict[str, str], moment: str = "") -> str:
    source = understood.source
    table = f"refused_{source.number}"
    gone = source.row(f"select count(*) from {table}")[0]
    tests = [f"rowid not in (select row from {table})"] if gone else []
    tests += [f"{moment} is not null"] if moment else []
    where = f" where {' and '.join(tests)}" if tests else ""
    named = ", ".join(f'{sql} as "{name}"' for name, sql in columns.items())
    return f"select {named} from {source.table}{where}"


def let_go_of_unused(found: list[Understood]) -> None:
    """Free the columns that ``staged`` does not show, when their last reader is done: the texts of times above all."""
    for understood in found:
        source, roles = understood.source, understood.roles
        (view,) = source.row("select sql from duckdb_views() where schema_name = 'main' and view_name = 'staged'")
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
