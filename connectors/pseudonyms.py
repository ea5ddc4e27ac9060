"""What is said of columns with personal data is carried out here, before anything else reads them.

With a key, a pseudonym is HMAC-SHA-256 of the value, cut to 96 bits and written as 20 letters and digits (base32). Each
domain (resource, applicant, case, unit, type, and every attribute by its name) has pseudonyms of its own, so that they
cannot be laid beside each other. Without a key a value becomes an ordinal, in the order of the files: C1 for a case,
V1 for the rest; resources and applicants get theirs when the log is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

import pyarrow as pa

from ..mining.errors import UsageError
from ..mining.identifiers import email_in, identifier_kind, national_id, without_identifiers
from .columns import Source
from .key_file import Key
from .personal import DROP, KEEP, PSEUDONYMISE
from .roles import PEOPLE, Roles

_DOMAINS = {"case unit": "unit"}  # a unit is the same whether a case or one of its steps has it
_MASKED = "kept, numbers and addresses inside it masked"


@dataclass(frozen=True)
class Declared:
    """What was done with a column that holds personal data, and why."""

    column: str
    done: str
    reason: str = ""

    @property
    def sentence(self) -> str:
        return f"Column {self.column!r} {self.done}" + (f": {self.reason}." if self.reason else ".")

    def to_dict(self) -> dict[str, str]:
        return asdict(self)


def carry_out(found: list[Roles], key: Key | None) -> list[Declared]:
    """Put pseudonyms into the columns that get them, and masks into free text that is kept.

    found : the tables of one import; their cases belong together, so those are pseudonymised in all or in none
    """
    cases = any(_asks(roles, column) for roles in found for column, role in roles.role.items() if role == "case")
    done = list(dict.fromkeys(each for roles in found for each in _declared(roles, key, cases)))
    groups: dict[str, list[tuple[Source, int]]] = {}
    for roles, column, domain in _pseudonymised(found, key, cases):
        groups.setdefault(domain, []).append((roles.source, column))
    for domain, columns in groups.items():
        _replace(columns, domain, key)
    for roles in found:
        for column in range(len(roles.source.headers)):
            if _is_masked(roles.source, column):
                _mask(roles.source, column)
    return done


def _declared(roles: Roles, key: Key | None, cases: bool) -> Iterator[Declared]:
    source = roles.source
    pseudonymised = f"pseudonymised with the key {key.id}" if key else "replaced by ordinals"
    for column, header in enumerate(source.headers):
        said, way = source.said(column), source.declared(column)
        role = roles.role[column]
        reason = (way and way.reason) or (said.reason if said and said.reason else "")
        if role == DROP and said is not None and said.role == DROP:
            yield Declared(header, "dropped", reason)
        elif role == "case" and cases and way is None:
            yield Declared(header, pseudonymised, "its ids are those of another file")
        elif way is None or role == DROP:
            continue
        elif way.way == PSEUDONYMISE or role in PEOPLE:
            yield Declared(header, pseudonymised, reason)
        elif way.way == KEEP:
            if not reason:
                raise UsageError(f"{source.name}: column {header!r} is kept without a reason; add one.")
            yield Declared(header, _MASKED if _is_masked(source, column) else "kept as it is", reason)


def _pseudonymised(found: list[Roles], key: Key | None, cases: bool) -> Iterator[tuple[Roles, int, str]]:
    """The columns whose values are replaced, each with the domain of its pseudonyms."""
    for roles in found:
        source = roles.source
        for column, role in sorted(roles.role.items()):
            said = source.said(column)
            if role == "attribute" and _asks(roles, column):
                name = (said and said.name) or source.records.names.get(column) or source.headers[column]
                yield roles, column, f"attribute {name}"
            elif role in PEOPLE:
                if key is not None:
                    yield roles, column, role
            elif cases if role == "case" else role != DROP and _asks(roles, column):
                yield roles, column, _DOMAINS.get(role, role)


def _asks(roles: Roles, column: int) -> bool:
    way = roles.source.declared(column)
    return way is not None and way.way == PSEUDONYMISE


def _is_masked(source: Source, column: int) -> bool:
    said = source.said(column)
    return said is not None and said.role == "free text" and said.personal == KEEP


def _replace(columns: list[tuple[Source, int]], domain: str, key: Key | None) -> None:
    """Put the pseudonyms of one domain into its columns."""
    ordinals: dict[str, str] = {}
    letter = "C" if domain == "case" else "V"
    for source, column in columns:
        texts = [text for text, _ in _different(source, column)]
        if key is not None:
            new = [key.pseudonym(domain, canonical(text, domain)) for text in texts]
        else:
            new = [ordinals.setdefault(text, f"{letter}{len(ordinals) + 1}") for text in texts]
        _rewrite(source, column, texts, new)


def canonical(text: str, domain: str) -> str:
    """The value as it is hashed: a national id is the same person with a blank in it and without its leading zero.

    Case ids are taken as they are, so that no two of them can become one.
    """
    plain = text.strip()
    if domain == "case":
        return plain
    digits = plain.replace(" ", "").replace("-", "")
    digits = "0" + digits if len(digits) == 10 else digits
    return digits if national_id(digits) else plain


def _mask(source: Source, column: int) -> None:
    texts = [text for text, _ in _different(source, column) if identifier_kind(text) or email_in(text)]
    _rewrite(source, column, texts, [without_identifiers(text) for text in texts])


def _different(source: Source, column: int) -> Iterable[tuple[str, int]]:
    """The different texts of a column, in the order in which they first stand there."""
    cell = source.cell(column)
    return source.rows(f"select {cell}, min(rowid) from {source.table} where {cell} is not null group by 1 order by 2")


def _rewrite(source: Source, column: int, old: list[str], new: list[str]) -> None:
    if old:
        source.rewrite(column, pa.table({"old": pa.array(old, pa.string()), "new": pa.array(new, pa.string())}))
