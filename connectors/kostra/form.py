"""What a form says: which fields are read as what, which columns come of them, and which rules are worth checking."""

from __future__ import annotations

from dataclasses import dataclass

from .cells import age_sql, code_sql, date_sql, filled, number_sql, person_sql, text_sql, unit_sql
from .codes import codes


@dataclass(frozen=True)
class Column:
    """A column of the records. header : the field's name; name : in the log; step : the milestone that it belongs to"""

    header: str
    sql: str
    role: str
    type: str = "VARCHAR"
    name: str = ""
    step: str = ""


@dataclass(frozen=True)
class Rule:
    """A rule of the form. name : in the log's manifest; says : for people; broken : SQL over the facts"""

    name: str
    says: str
    broken: str


@dataclass(frozen=True)
class Form:
    """One of the forms.

    fields : those that are cut out of a record; no others are ever read
    facts : what is made of them, SQL by name; a fact is named as the field that it reads, with ``_`` in front
    bad : SQL for a field that says something that cannot be read, with the reason, by field
    flow : the template of an intended flow with its steps, where there is one
    """

    name: str
    title: str
    fields: tuple[str, ...]
    facts: dict[str, str]
    bad: dict[str, tuple[str, str]]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    notes: tuple[str, ...] = ()
    flow: str = ""

    def place(self, header: str) -> int:
        """The number of a column."""
        return next(n for n, column in enumerate(self.columns) if column.header == header)

    def having(self, role: str) -> list[int]:
        """The numbers of the columns with a role."""
        return [n for n, column in enumerate(self.columns) if column.role == role]


PERSON = ("KOMMUNE_NR", "BYDELSNR", "FODSELSDATO", "PERSON_JOURNALNR", "PERSON_FODSELSNR", "SAKSBEHANDLER")


def dates(*fields: str) -> dict[str, str]:
    """Facts of fields that hold days."""
    return {f"_{field}": date_sql(field) for field in fields}


def numbers(*fields: str) -> dict[str, str]:
    """Facts of fields that hold whole numbers."""
    return {f"_{field}": number_sql(field) for field in fields}


def unreadable(reason: str, *fields: str) -> dict[str, tuple[str, str]]:
    """Fields whose content is filled in and gave no fact."""
    return {field: (reason, f"{filled(field)} and _{field} is null") for field in fields}


def coded(*fields: str) -> tuple[Column, ...]:
    """Attributes in words for fields of codes."""
    found = codes()
    return tuple(
        Column(field, code_sql(field, found[field].words), "attribute", name=found[field].name) for field in fields
    )


def of_person(case: str, person: str = person_sql("PERSON_FODSELSNR")) -> tuple[Column, ...]:
    """The columns that every form has. case : SQL for what tells cases apart"""
    return (
        Column("PERSON_JOURNALNR", case, "case"),
        Column("KOMMUNE_NR", unit_sql(), "case unit"),
        Column("PERSON_FODSELSNR", person, "applicant"),
        Column("SAKSBEHANDLER", text_sql("SAKSBEHANDLER"), "resource"),
        Column("FODSELSDATO", age_sql("_FODSELSDATO"), "attribute", name="Aldersgruppe"),
    )
