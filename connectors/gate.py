"""The gate: an import stops when a column holds personal data and nobody has said what to do with it.

Tried are all columns that would be stored as they are: case, activity, unit, type and attributes. Resources and
applicants become ordinals, and what is dropped is never stored, so they pass. The message names columns and counts,
never a value.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ..mining.errors import PersonalData
from ..mining.identifiers import email_in, identifier_kind
from .content import TIMES
from .roles import Roles

_SHARE = 0.3
# These stand in reports as they are, so that one number in them is one too many.
_SHOWN = ("activity", "unit", "case type", "case unit")
_SAFE = {*TIMES, "resource", "applicant", "drop", "free text", "rank", "field", "old"}
# What could be a number of 10 to 12 digits that identifies somebody, alone or inside a longer text; judged in Python.
_SUSPECT = r"(^|[^0-9])([0-9]{6}[ -]?[0-9]{4,6}|[0-9]{4}[. ][0-9]{2}[. ][0-9]{5})([^0-9]|$)"
_MOST_VALUES = 50_000


@dataclass(frozen=True)
class Suspicion:
    """Personal data found in a column: what kind, in how many of the filled cells."""

    header: str
    role: str
    kind: str
    count: int
    filled: int

    @property
    def sentence(self) -> str:
        return f"column {self.header!r} holds {_plural(self.kind)} ({self.count} of {self.filled} values)"


def suspicions(roles: Roles) -> list[Suspicion]:
    """The columns of a source that the gate stops."""
    columns = [c for c, role in sorted(roles.role.items()) if role not in _SAFE and roles.source.types[c] == "VARCHAR"]
    return [found for column in columns for found in _in_column(roles, column)]


def refuse_personal_data(roles: Roles) -> None:
    """Raise PersonalData if a column holds national ids, DUF or account numbers, or e-mail addresses."""
    found = suspicions(roles)
    if not found:
        return
    lines = "\n".join(
        f'    "{header}" = "{_way_out(found, header)}"' for header in dict.fromkeys(s.header for s in found)
    )
    ways = {
        "case": "A case cannot be dropped: map another column as the case.",
        "activity": "Steps cannot be dropped: rename those that hold numbers, under [activities].",
    }
    told = [way for role, way in ways.items() if any(suspicion.role == role for suspicion in found)]
    raise PersonalData(
        f"{roles.source.name}: {'; '.join(s.sentence for s in found)}. Nothing was imported. Say in a mapping what to "
        f"do with {'it' if len(found) == 1 else 'them'} (applicant and resource become ordinals, drop leaves out):\n"
        f"[columns]\n{lines}" + "".join(f"\n{way}" for way in told)
    )


def _way_out(found: list[Suspicion], header: str) -> str:
    return "applicant" if any(s.header == header and s.role == "case" for s in found) else "drop"


def _in_column(roles: Roles, column: int) -> list[Suspicion]:
    source = roles.source
    if (values := source.values(column)) is not None:
        return _judged(roles, column, values)
    table, text, weight = source.tested(column)
    suspect = f"length({text}) >= 10 and regexp_matches({text}, '{_SUSPECT}')"
    filled, numbers, addresses = source.row(
        f"select coalesce(sum({weight}) filter ({text} is not null), 0)::bigint, "
        f"coalesce(sum({weight}) filter ({suspect}), 0)::bigint, count(*) filter (contains({text}, '@')) from {table}"
    )
    counts: dict[str, int] = {}
    if addresses:
        rows = source.rows(f"select {text}, sum({weight})::bigint from {table} where contains({text}, '@') group by 1")
        counts["e-mail"] = sum(count for value, count in rows if email_in(value))
    least = 0 if roles.role[column] in _SHOWN else _SHARE * filled
    if numbers and numbers >= least:
        rows = source.rows(
            f"select {text}, sum({weight})::bigint from {table} where {suspect} "
            f"group by 1 order by hash({text}), 1 limit {_MOST_VALUES}"
        )
        judged = sum(count for _, count in rows)
        for value, count in rows:
            if kind := identifier_kind(value):
                counts[kind] = counts.get(kind, 0) + count
        together = sum(count for kind, count in counts.items() if kind != "e-mail") * numbers / judged
        if together < least:
            counts = {kind: count for kind, count in counts.items() if kind == "e-mail"}
    return _found(roles, column, counts, filled)


def _judged(roles: Roles, column: int, values: dict[str, int]) -> list[Suspicion]:
    """The same for a column whose few values are all at hand."""
    filled = sum(values.values())
    counts: Counter[str] = Counter()
    for text, count in values.items():
        if kind := identifier_kind(text):
            counts[kind] += 0 if roles.source.renamed(roles.role[column], text) else count
    if counts.total() < _SHARE * filled and roles.role[column] not in _SHOWN:
        counts.clear()
    counts["e-mail"] = sum(count for text, count in values.items() if email_in(text))
    return _found(roles, column, counts, filled)


def _found(roles: Roles, column: int, counts: dict[str, int], filled: int) -> list[Suspicion]:
    header, role = roles.source.headers[column], roles.role[column]
    return [Suspicion(header, role, kind, count, filled) for kind, count in sorted(counts.items()) if count]


def _plural(kind: str) -> str:
    return {"e-mail": "e-mail addresses"}.get(kind, kind + "s")
