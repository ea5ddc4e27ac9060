"""The gate: an import stops when a column holds personal data and nobody has said what to do with it.

Tried are all columns that would be stored as they are: case, activity, unit, type and attributes. Resources and
applicants become pseudonyms, and what is dropped is never stored, so they pass; so does a column of which the mapping
or the format says what to do with it (:mod:`.personal`). The names of all columns are tried, too: they stand in
messages, and in a wide table they are the steps. The message names columns and counts, never a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..mining.errors import PersonalData
from ..mining.identifiers import DUF_NUMBER, NATIONAL_ID, email_in, identifier_kind
from .columns import Source
from .content import TIMES
from .roles import Roles, is_prose

EMAIL = "e-mail"
_SHARE = 0.3
# These stand in reports as they are, so that one number in them is one too many.
_SHOWN = ("activity", "unit", "case type", "case unit")
_SAFE = {*TIMES, "resource", "applicant", "drop", "free text", "rank", "field", "old", "event id", "precision"}
# What could be a number of 10 to 12 digits that identifies somebody, alone or inside a longer text; judged in Python.
_SUSPECT = r"(^|[^0-9])([0-9]{6}[ -]?[0-9]{4,6}|[0-9]{4}[. ][0-9]{2}[. ][0-9]{5})([^0-9]|$)"
_MOST_VALUES = 50_000
_NUMBERS = ("BIGINT", "INTEGER", "UBIGINT", "UINTEGER", "HUGEINT", "DOUBLE", "FLOAT")
_CHANCE = 0.2  # of the numbers of that length; among random ones, one in eleven is a valid account number


@dataclass(frozen=True)
class Suspicion:
    """Personal data found in a column: what kind, in how many of the filled cells; a `hint` where that is too few."""

    header: str
    role: str
    kind: str
    count: int
    filled: int
    hint: bool = False

    @property
    def sentence(self) -> str:
        return f"column {self.header!r} holds {_plural(self.kind)} ({self.count} of {self.filled} values)"


@dataclass(frozen=True)
class _Counts:
    """What the values of a column are: filled ones, numbers that could identify, and those that do, by kind."""

    filled: int
    numbers: int
    kinds: Counter[str]


def suspicions(roles: Roles) -> list[Suspicion]:
    """The columns of a source that the gate stops."""
    return [found for found in findings(roles) if not found.hint]


def findings(roles: Roles) -> list[Suspicion]:
    """All personal data in columns of which nobody has said what to do with them."""
    source = roles.source
    tried = [
        column
        for column, role in sorted(roles.role.items())
        if role not in _SAFE
        and (source.types[column] in ("VARCHAR", *_NUMBERS))
        and source.declared(column) is None
        and source.in_table
    ]
    return [found for column in tried for found in _judged(roles, column)]


def refuse_personal_data(roles: Roles) -> list[str]:
    """Raise PersonalData if a column holds national ids, DUF or account numbers, or e-mail addresses.

    Returns a sentence for each column that holds too few of them to stop.
    """
    found = findings(roles)
    if stopping := [suspicion for suspicion in found if not suspicion.hint]:
        raise PersonalData(_refusal(roles.source.name, stopping))
    return [
        f"{suspicion.sentence}; they stay in the log unless the mapping says drop or pseudonymise."
        for suspicion in found
    ]


def refuse_personal_headers(sources: Iterable[Source]) -> None:
    """Raise PersonalData if the name of a column holds such a number or address. The name itself is never said."""
    for source in sources:
        for place, header in enumerate(source.headers, 1):
            if kind := (EMAIL if email_in(header) else identifier_kind(header)):
                raise PersonalData(
                    f"{source.name}: the name of column {place} holds {_one(kind)}. Nothing was imported. Give the columns "
                    "names in the export that hold no personal data; if the names are missing there, add a row of them."
                )


def _refusal(name: str, found: list[Suspicion]) -> str:
    headers = list(dict.fromkeys(s.header for s in found))
    lines = "\n".join(f'    "{header}" = {_way_out(found, header)}' for header in headers)
    ways = {
        "case": "A case cannot be dropped: pseudonymise it, keep it with a reason, or map another column as the case.",
        "activity": "Steps cannot be dropped: rename those that hold numbers, under [activities].",
    }
    told = [way for role, way in ways.items() if any(suspicion.role == role for suspicion in found)]
    return (
        f"{name}: {'; '.join(s.sentence for s in found)}. Nothing was imported. Say in a mapping what to "
        f"do with {'it' if len(found) == 1 else 'them'} (drop leaves out, pseudonymise puts codes in the place of the "
        'values, so do applicant and resource for people, and personal = "keep" needs a reason):\n'
        f"[columns]\n{lines}" + "".join(f"\n{way}" for way in told)
    )


def _way_out(found: list[Suspicion], header: str) -> str:
    if any(s.header == header and s.role == "case" for s in found):
        return '{ role = "case", personal = "pseudonymise" }'
    if any(s.header == header and s.role == "activity" for s in found):
        return '{ role = "activity", personal = "keep", reason = "…" }'
    return '"drop"'


def _judged(roles: Roles, column: int) -> list[Suspicion]:
    source, role = roles.source, roles.role[column]
    values = source.values(column) if source.types[column] == "VARCHAR" else None
    counted = _of_few(roles, column, values) if values is not None else _of_many(source, column)
    addresses, kinds = counted.kinds.pop(EMAIL, 0), counted.kinds
    found = [(EMAIL, addresses, False)] if addresses else []
    least = _SHARE * counted.filled
    certain = {NATIONAL_ID, DUF_NUMBER} if is_prose(source, column) else set(kinds) if role in _SHOWN else set()
    for kind, count in sorted(kinds.items()):
        stops = kinds.total() >= least or kind in certain
        if stops or count >= _CHANCE * counted.numbers:
            found.append((kind, count, not stops))
    header = source.headers[column]
    return [Suspicion(header, role, kind, count, counted.filled, hint) for kind, count, hint in sorted(found)]


def _of_few(roles: Roles, column: int, values: dict[str, int]) -> _Counts:
    """For a column whose few values are all at hand."""
    kinds: Counter[str] = Counter()
    numbers = 0
    for text, count in values.items():
        kind = identifier_kind(text)
        if kind and not roles.source.renamed(roles.role[column], text):
            kinds[kind] += count
        numbers += count if kind or _is_number(text) else 0
        if email_in(text):
            kinds[EMAIL] += count
    return _Counts(sum(values.values()), numbers, kinds)


def _is_number(text: str) -> bool:
    digits = sum(c.isdigit() for c in text)
    return 10 <= digits <= 12


def _of_many(source: Source, column: int) -> _Counts:
    table, text, weight = _tested(source, column)
    suspect = f"length({text}) >= 10 and regexp_matches({text}, '{_SUSPECT}')"
    filled, numbers, addresses = source.row(
        f"select coalesce(sum({weight}) filter ({text} is not null), 0)::bigint, "
        f"coalesce(sum({weight}) filter ({suspect}), 0)::bigint, count(*) filter (contains({text}, '@')) from {table}"
    )
    kinds: Counter[str] = Counter()
    if addresses:
        rows = source.rows(f"select {text}, sum({weight})::bigint from {table} where contains({text}, '@') group by 1")
        kinds[EMAIL] = sum(count for value, count in rows if email_in(value))
    if numbers:
        rows = source.rows(
            f"select {text}, sum({weight})::bigint from {table} where {suspect} "
            f"group by 1 order by hash({text}), 1 limit {_MOST_VALUES}"
        )
        judged = sum(count for _, count in rows)
        for value, count in rows:
            if kind := identifier_kind(value):
                kinds[kind] += count
        for kind in set(kinds) - {EMAIL}:  # where not all were looked at
            kinds[kind] = round(kinds[kind] * numbers / judged)
    return _Counts(filled, numbers, +kinds)


def _tested(source: Source, column: int) -> tuple[str, str, str]:
    """Where to ask about the texts of a column; numbers as the log would write them."""
    if source.types[column] == "VARCHAR":
        return source.tested(column)
    return f"(select {source.cell(column)} as text, count(*) as n from {source.table} group by 1)", "text", "n"


def _plural(kind: str) -> str:
    return {EMAIL: "e-mail addresses"}.get(kind, kind + "s")


def _one(kind: str) -> str:
    return {EMAIL: "an e-mail address", "account number": "an account number"}.get(kind, f"a {kind}")
