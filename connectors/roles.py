"""Which column is what? By the mapping first, then by the names of the columns, then by what they hold.

Every column gets exactly one role, and a sentence that says why.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field

from ..mining.errors import DataError, UsageError
from .columns import Source
from .content import fits, time_share
from .headers import NAMES, plain, time_names
from .mapping import SINGLE, Mapping

PEOPLE = ("resource", "applicant")
ORDER = (
    "case", "activity", "start", "time", "event id", "closed", "due", "resource", "unit", "applicant", "case unit",
    "case type", "lifecycle", "instance",
)  # fmt: skip
CORE = ("case", "activity", "time")
_LONG_TEXT = 40
# Words that make a column one of people, unless another word makes it one of offices.
_PEOPLE_WORDS = re.compile(
    r"ansvarlig|behandler|veileder|rådgiver|konsulent|medarbeider|leder\b|kontaktperson|verge|"
    r"responsible|manager|supervisor|advisor|employee|worker|officer\b"
)
_OFFICE_WORDS = re.compile(r"enhet|avdeling|kontor|team|gruppe|seksjon|unit|office\b|department|group")
_PEOPLE_ENDS = (" resource", " resourceid", " resource id", " saksbehandler", " søker")
# Numbers within an event; a case never goes by them.
_NO_CASE = frozenset({"activity instance", "activity instance id", "concept instance", "lifecycle transition"})
_INDEX = re.compile(r"(column \d+|unnamed:? ?\d+(_level_\d+)?)", re.IGNORECASE)


@dataclass
class Roles:
    """The role of every column of a source, and why."""

    source: Source
    role: dict[int, str] = field(default_factory=dict)
    why: dict[int, str] = field(default_factory=dict)

    def give(self, column: int, role: str, why: str) -> None:
        self.role[column] = role
        self.why[column] = why

    def column(self, role: str) -> int | None:
        """The one column with a role, or None."""
        return next((column for column, given in self.role.items() if given == role), None)

    @property
    def free(self) -> list[int]:
        """The columns without a role, in the order of the file."""
        return [column for column in range(len(self.source.headers)) if column not in self.role]

    @property
    def attributes(self) -> list[int]:
        return sorted(column for column, given in self.role.items() if given == "attribute")

    def dropped(self) -> dict[str, str]:
        """The columns that are left out, with the reason."""
        return {
            self.source.headers[column]: self.why[column]
            for column in sorted(self.role)
            if self.role[column] in ("drop", "free text")
        }


def roles_of(
    source: Source,
    mapping: Mapping,
    known: dict[int, tuple[str, str]] | None = None,
    order: tuple[str, ...] = ORDER,
    core: tuple[str, ...] = CORE,
) -> Roles:
    """Give every column a role. Raises DataError when one of the `core` roles cannot be told.

    known : roles that the table's shape gives, each with the reason; the mapping goes before them
    order : the roles that names are tried for
    """
    roles = Roles(source)
    for column, header in enumerate(source.headers):
        if said := mapping.columns.get(header):
            kept = said.role == "free text" and said.personal == "keep"
            why = "given by the mapping" + (f": {said.reason}" if said.reason else "")
            roles.give(column, "attribute" if kept else said.role, why)
    for column, (role, why) in (known or {}).items():
        if column in roles.free and (role not in SINGLE or roles.column(role) is None):
            roles.give(column, role, why)
    _leave_out_indexes(roles)
    given = {said.role for said in mapping.columns.values()} & SINGLE
    if source.records.roles is None:
        for role in order:
            if roles.column(role) is None and role not in given:
                _by_name(roles, role)
    else:
        _by_format(roles, source.records.roles, given)
    if "time" in core and roles.column("time") is None and (start := roles.column("start")) is not None:
        roles.give(start, "time", f"{roles.why[start]}; the only time there is, though it is a start")
    for role, find in (("time", _time_by_content), ("case", _case_by_content), ("activity", _activity_by_content)):
        if role in core and roles.column(role) is None and source.in_table and source.records.roles is None:
            find(roles)
    _require_core(roles, core)
    _the_rest(roles)
    return roles


def check_names(mapping: Mapping, sources: list[Source], where: str = "The mapping") -> None:
    """Raise UsageError if the mapping names a column that no source has."""
    headers = {header for source in sources for header in source.headers}
    for name in mapping.columns:
        if name not in headers:
            close = difflib.get_close_matches(name, headers, n=1, cutoff=0.5)
            meant = f"Did you mean {close[0]!r}?" if close else f"It has: {', '.join(sorted(headers)[:20])}."
            raise UsageError(f"{where} names the column {name!r}, which {sources[0].name} does not have. {meant}")


def _leave_out_indexes(roles: Roles) -> None:
    source = roles.source
    for column in roles.free:
        if _INDEX.fullmatch(source.headers[column]):
            sample = source.sample(column)
            if not sample:
                roles.give(column, "drop", "it has neither a name nor content")
            elif all(text.strip().isdigit() for text in sample) and max(sample.values()) == 1:
                roles.give(column, "drop", "a row number without a name")


def _by_name(roles: Roles, role: str) -> None:
    source = roles.source
    names = time_names(roles.column("start") is not None) if role == "time" else NAMES[role]
    found = sorted(
        (names.index(name), column) for column in roles.free if (name := plain(source.headers[column])) in names
    )
    for _, column in found:
        if fits(source, column, role):
            roles.give(column, role, f"the name is one that stands for the {role}")
            return


def _by_format(roles: Roles, known: dict[int, str], given: set[str]) -> None:
    """The roles that the file's own format gives."""
    for column, role in known.items():
        if column in roles.free and role not in given:
            roles.give(column, role, "the standard says so")


def _time_by_content(roles: Roles) -> None:
    found = [column for column in roles.free if time_share(roles.source, column) > 0.9]
    if len(found) == 1:
        roles.give(found[0], "time", "the only column of dates")
    elif found:
        names = ", ".join(repr(roles.source.headers[column]) for column in found)
        raise DataError(
            f"{roles.source.name} has several columns of dates ({names}); say in the mapping which is the time of the "
            f'event: [columns] "{roles.source.headers[found[0]]}" = "time".'
        )


def _case_by_content(roles: Roles) -> None:
    """A case id comes back on several rows, has digits, and takes many different values."""
    source = roles.source
    found = {}
    for column in _texts(roles):
        sample, distinct = source.sample(column), source.distinct(column)
        digits = sum(any(c.isdigit() for c in text) and " " not in text.strip() for text in sample)
        if digits > 0.9 * len(sample) and 2 <= distinct <= 0.8 * source.in_table:
            found[column] = distinct
    best = max(found, key=lambda column: found[column], default=None)
    if best is not None and sum(distinct > 0.5 * found[best] for distinct in found.values()) == 1:
        roles.give(best, "case", "the only column of numbers or codes that come back on several rows")


def _activity_by_content(roles: Roles) -> None:
    """Steps are words, few of them, and they differ within the case."""
    source, case = roles.source, roles.column("case")
    found = []
    for column in _texts(roles):
        sample = source.sample(column)
        words = sum(any(c.isalpha() for c in text) for text in sample) > 0.9 * len(sample)
        if words and 2 <= source.distinct(column) <= max(3, min(300, 0.3 * source.in_table)) and case is not None:
            changes = source.row(
                f"select count(*) filter (n > 1) > 0.3 * count(*) from (select count(distinct c{column}) as n from "
                f"{source.table} where c{column} is not null group by c{case})"
            )[0]
            found += [column] if changes else []
    if len(found) == 1:
        roles.give(found[0], "activity", "the only column of words that change within the case")


def _texts(roles: Roles) -> list[int]:
    named = {name for role in (*PEOPLE, "unit", "case type", "free text", "drop") for name in NAMES[role]} | _NO_CASE
    source = roles.source
    return [
        column
        for column in roles.free
        if source.sample(column) and plain(source.headers[column]) not in named and time_share(source, column) < 0.5
    ]


def _require_core(roles: Roles, core: tuple[str, ...]) -> None:
    missing = [role for role in core if roles.column(role) is None]
    if not missing:
        return
    headers = roles.source.headers
    shown = ", ".join(repr(header) for header in headers[:30]) + (" …" if len(headers) > 30 else "")
    free = next((header for c, header in enumerate(headers) if c not in roles.role), headers[0])
    raise DataError(
        f"{roles.source.name}: no column can be recognised as the {' or the '.join(missing)} (columns: {shown}); say "
        f'which it is in a mapping file: [columns] "{free}" = "{missing[0]}".'
    )


def _the_rest(roles: Roles) -> None:
    """What has no role of its own is an attribute, unless it repeats another column, names people or is free text."""
    source = roles.source
    for column in roles.free:
        name = plain(source.headers[column]).removeprefix("case ")
        twin = next(
            (c for c, role in roles.role.items() if role not in ("drop", "attribute") and _twins(source, c, column)),
            None,
        )
        sample = source.sample(column)
        if twin is not None:
            roles.give(column, "drop", f"it repeats the column {source.headers[twin]!r}")
        elif name in NAMES["drop"]:
            roles.give(column, "drop", "the name points to names or addresses of people")
        elif any(name in NAMES[role] for role in PEOPLE) or name.endswith(_PEOPLE_ENDS):
            roles.give(column, "drop", "it names people, and another column has that role")
        elif _PEOPLE_WORDS.search(name) and not _OFFICE_WORDS.search(name):
            roles.give(column, "drop", "the name points to people at work; map it as the resource if it is")
        elif _names_the_resources(roles, column):
            roles.give(column, "drop", "it holds the same people as the column of resources")
        elif name in NAMES["free text"]:
            roles.give(column, "free text", "the name points to free text, which is left out unless it is asked for")
        elif is_prose(source, column):
            roles.give(column, "free text", "long and varied texts, which are left out unless they are asked for")
        elif not sample:
            roles.give(column, "drop", "it is empty")
        else:
            roles.give(column, "attribute", "no other role fits")


def _names_the_resources(roles: Roles, column: int) -> bool:
    """Are most of its values values of the column of resources, too?"""
    resource = roles.column("resource")
    sample = roles.source.sample(column)
    if resource is None or len(sample) < 2:
        return False
    people = roles.source.sample(resource)
    return sum(count for text, count in sample.items() if text in people) > 0.5 * sample.total()


def _twins(source: Source, one: int, other: int) -> bool:
    a, b = source.sample(one), source.sample(other)
    return bool(a) and a == b and source.types[one] == source.types[other] and source.same(one, other)


def is_prose(source: Source, column: int) -> bool:
    """Long and varied texts, each of several words?"""
    sample = source.sample(column)
    if sample.total() < 5 or source.types[column] != "VARCHAR":
        return False
    spaced = sum(count for text, count in sample.items() if text.strip().count(" ") >= 3)
    mean = sum(len(text) * count for text, count in sample.items()) / sample.total()
    return mean > _LONG_TEXT and spaced > 0.5 * sample.total() and len(sample) > 0.5 * sample.total()
