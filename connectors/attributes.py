"""The attributes of a log: which columns are they, of what type, and what is the value of a cell?"""

from __future__ import annotations

from dataclasses import dataclass

from ..mining.log import attribute_names
from .intake import Understood
from .numbers import number_sql, reads_as_numbers
from .times import time_column
from .truths import boolean_sql


@dataclass(frozen=True)
class Attribute:
    """An attribute of the log: its name, its SQL type, and in which column each source has it."""

    name: str
    type: str
    columns: dict[int, int]
    of: bool | None = None  # True: of the case, False: of the event, None: to be found out


def attributes_of(staged: list[Understood]) -> list[Attribute]:
    """The attributes of all sources; those with the same header are one, save that a case's is not its events'."""
    of_events = {u.source.headers[c] for u in staged if u.shape.kind != "cases" for c in u.attributes}
    places: dict[str, dict[int, int]] = {}
    of: dict[str, bool | None] = {}
    types: dict[str, set[str]] = {}
    for understood in staged:
        for column in understood.attributes:
            said, records = understood.source.said(column), understood.source.records
            header = name_of(understood, column)
            if (of_cases := understood.shape.kind == "cases") and header in of_events:
                header = f"case {header}"
            places.setdefault(header, {})[understood.source.number] = column
            types.setdefault(header, set()).add(_type(understood, column))
            by_format = True if of_cases or column in records.of_case else False if column in records.of_step else None
            of.setdefault(header, by_format if said is None or said.of is None else said.of == "case")
    names = attribute_names(list(places))
    return [
        Attribute(name, types[header].pop() if len(types[header]) == 1 else "VARCHAR", places[header], of[header])
        for name, header in zip(names, places, strict=True)
    ]


def name_of(understood: Understood, column: int) -> str:
    """What an attribute is called."""
    source = understood.source
    said = source.said(column)
    return (said and said.name) or source.records.names.get(column) or source.headers[column]


def of_step(understood: Understood, attribute: Attribute, step: int) -> str | None:
    """SQL for an attribute of one milestone's events; None where it is one of all events of the record."""
    places = understood.source.records.of_step
    column = attribute.columns.get(understood.source.number)
    if column not in places:
        return None
    name = name_of(understood, column)
    own = next((c for c, place in places.items() if place == step and name_of(understood, c) == name), None)
    return f"{'null' if own is None else attribute_sql(understood, own, attribute.type)}::{attribute.type}"


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


def attribute_sql(understood: Understood, column: int, type_: str) -> str:
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
    key = f"attribute {column}"
    if key not in understood.times:
        understood.times[key] = time_column(understood.source, column)
    return understood.times[key].value
