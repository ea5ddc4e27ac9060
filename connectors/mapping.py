"""What the user has decided about an export: which column is what, kept as TOML beside the data.

::

    zone = "Europe/Oslo"
    as_of = 2026-06-30                    # the day the export was made; events after it lie outside the window

    [columns]
    "Saksnr" = "case"
    "Tidspunkt" = { role = "time", format = "%d.%m.%Y %H:%M" }
    "Beløp" = { role = "attribute", type = "number" }
    "Fnr" = "applicant"
    "Notat" = "drop"
    "Klientref" = { role = "attribute", personal = "pseudonymise" }    # see personal.py

    [activities]                          # old name = new name
    "Vedtak fatta" = "Vedtak fattet"

    [ranks]                               # order of steps that are known to the day only
    "Søknad mottatt" = -1

    [titles]                              # what a document's title tells of = step; of formats that have titles
    "U: *foreløpig svar*" = "Foreløpig svar"

    [table]
    shape = "wide"                        # events, wide, audit, intervals or joined
    fields = ["status"]                   # of an audit: the fields whose new values are steps
    cases = "saker.csv"                   # of joined tables: the one with a row per case

Everything is optional: what is not said is guessed, and the guess is shown by ``saksflyt inspect``.
"""

from __future__ import annotations

import codecs
import difflib
import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ..mining.errors import UsageError
from ..mining.log import moment_of
from .personal import Personal, declared_in

ROLES = (
    "case", "activity", "time", "start", "resource", "unit", "applicant", "case type", "case unit", "closed", "due",
    "event id", "rank", "precision", "lifecycle", "instance", "milestone", "field", "old", "attribute", "free text",
    "drop",
)  # fmt: skip
SINGLE = frozenset(ROLES) - {"milestone", "attribute", "free text", "drop"}
SHAPES = ("events", "wide", "audit", "intervals", "joined")
_TYPES = ("number", "text", "boolean", "date")
_LARGEST = 10 << 20  # bytes of a mapping file
_PRECISIONS = ("day", "minute", "second")
_TOP = {
    "zone", "as_of", "from", "case_notion", "delimiter", "encoding", "sheet", "columns", "activities", "ranks",
    "titles", "table",
}  # fmt: skip
_TABLE = {"shape", "fields", "cases"}
_KEYS = ("role", "name", "format", "precision", "type", "of", "personal", "reason")
_COLUMN: set[str] = set(_KEYS)


@dataclass(frozen=True)
class Column:
    """What is said about one column of the source."""

    role: str
    format: str | None = None
    precision: str | None = None
    type: str | None = None
    of: str | None = None  # "case" or "event"
    name: str | None = None  # the attribute's name in the log
    personal: str | None = None  # "pseudonymise", "drop" or "keep"
    reason: str | None = None

    @property
    def declared(self) -> Personal | None:
        """What is to be done with the personal data in it, where that is said."""
        return Personal(self.personal, self.reason or "") if self.personal else None


@dataclass(frozen=True)
class Mapping:
    """The user's decisions; an empty one leaves everything to be guessed."""

    zone: str = "Europe/Oslo"
    as_of: date | datetime | None = None
    given_from: date | datetime | None = None
    case_notion: str = "case"
    delimiter: str | None = None
    encoding: str | None = None
    sheets: tuple[str, ...] = ()
    columns: dict[str, Column] = field(default_factory=dict)
    activities: dict[str, str] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)  # patterns of titles and their steps, see noark/titles.py
    shape: str | None = None
    fields: tuple[str, ...] = ()
    cases: str | None = None

    @classmethod
    def load(cls, path: str | Path) -> Mapping:
        """Read a mapping file. Raises UsageError if it cannot be read or holds something unknown."""
        path = Path(path)
        try:
            with path.open("rb") as file:
                content = file.read(_LARGEST)
            plain = tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise UsageError(f"Cannot read the mapping {path}: {reason}.") from error
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"The mapping {path} is not valid TOML: {error}.") from error
        except RecursionError as error:
            raise UsageError(f"The mapping {path} is nested too deeply to be one.") from error
        return cls.from_dict(plain, where=str(path))

    @classmethod
    def from_dict(cls, plain: AnyMapping[str, Any], where: str = "the mapping") -> Mapping:
        """Check and take over a mapping given as plain data."""
        _known(plain, _TOP, where, "key")
        columns = {name: _column(name, said, where) for name, said in _table(plain, "columns", where).items()}
        _one_column_per_role(columns, where)
        table = _table(plain, "table", where)
        _known(table, _TABLE, f"{where}, [table]", "key")
        mapping = cls(
            zone=_text(plain, "zone", where) or "Europe/Oslo",
            as_of=_day(plain, "as_of", where),
            given_from=_day(plain, "from", where),
            case_notion=_text(plain, "case_notion", where) or "case",
            delimiter=_delimiter(_text(plain, "delimiter", where), where),
            encoding=_encoding(_text(plain, "encoding", where), where),
            sheets=_names(plain.get("sheet", []), "sheet", where),
            columns=columns,
            activities=_renames(_table(plain, "activities", where), where),
            titles=_renames(_table(plain, "titles", where), where, "step of the title"),
            ranks=_ranks(_table(plain, "ranks", where), where),
            shape=_shape(_text(table, "shape", where), where),
            fields=_names(table.get("fields", []), "fields", where),
            cases=_text(table, "cases", where),
        )
        moment_of(date(2000, 1, 1), mapping.zone)  # raises UsageError for a zone that does not exist
        return mapping

    def to_dict(self) -> dict[str, Any]:
        """As plain data that ``from_dict`` and TOML understand; what is not said is left out."""
        plain: dict[str, Any] = {"zone": self.zone}
        for key, value in (("as_of", self.as_of), ("from", self.given_from)):
            if value is not None:
                plain[key] = value.isoformat()
        if self.case_notion != "case":
            plain["case_notion"] = self.case_notion
        plain |= {key: value for key in ("delimiter", "encoding") if (value := getattr(self, key))}
        plain |= {"sheet": list(self.sheets)} if self.sheets else {}
        plain["columns"] = {name: _plain_column(column) for name, column in self.columns.items()}
        plain |= {key: dict(value) for key in ("activities", "ranks", "titles") if (value := getattr(self, key))}
        table = {key: value for key in ("shape", "fields", "cases") if (value := getattr(self, key))}
        plain |= {"table": table | ({"fields": list(self.fields)} if self.fields else {})} if table else {}
        return plain

    def toml(self) -> str:
        """As the text of a mapping file."""
        plain = self.to_dict()
        lines = [f"{key} = {_value(value)}" for key, value in plain.items() if not isinstance(value, dict)]
        for key, table in plain.items():
            if isinstance(table, dict) and table:
                lines += ["", f"[{key}]"]
                lines += [
                    f"{name if key == 'table' else _quoted(name)} = {_value(said)}" for name, said in table.items()
                ]
        return "\n".join(lines) + "\n"


def _plain_column(column: Column) -> str | dict[str, str]:
    said = {key: value for key in _KEYS if (value := getattr(column, key))}
    if set(said) == {"role"}:
        return column.role
    return said


def _value(said: object) -> str:
    if isinstance(said, dict):
        return "{ " + ", ".join(f"{key} = {_quoted(value)}" for key, value in said.items()) + " }"
    if isinstance(said, list):
        return f"[{', '.join(map(_quoted, said))}]"
    return str(said) if isinstance(said, int) else _quoted(str(said))


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in plain) + '"'


def _known(said: AnyMapping[str, Any], known: set[str], where: str, what: str) -> None:
    for key in said:
        if key not in known:
            raise UsageError(f"{where}: unknown {what} {key!r}.{_meant(key, known)}")


def _meant(word: str, known: set[str] | tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word.casefold(), known, n=1, cutoff=0.5)
    return f" Did you mean {close[0]!r}?" if close else f" Known: {', '.join(sorted(known))}."


def _table(plain: AnyMapping[str, Any], key: str, where: str) -> dict[str, Any]:
    table = plain.get(key, {})
    if not isinstance(table, dict):
        raise UsageError(f"{where}: {key!r} must be a table, written [{key}].")
    return table


def _text(plain: AnyMapping[str, Any], key: str, where: str) -> str | None:
    value = plain.get(key)
    if value is not None and not isinstance(value, str):
        raise UsageError(f"{where}: {key!r} must be text in quotes.")
    return value


def _day(plain: AnyMapping[str, Any], key: str, where: str) -> date | datetime | None:
    value = plain.get(key)
    if isinstance(value, str):
        moment_of(value, "UTC")
        value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    if value is not None and not isinstance(value, date):
        raise UsageError(f"{where}: {key!r} must be a date such as 2026-06-30.")
    return value


def _column(name: str, said: Any, where: str) -> Column:
    said = {"role": said} if isinstance(said, str) else said
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise UsageError(f'{where}: column {name!r} must be a role, or a table such as {{ role = "time" }}.')
    _known(said, _COLUMN, f"{where}, column {name!r}", "key")
    column = Column(**{"role": "attribute", **declared_in(said, f"{where}, column {name!r}")})
    for key, known in (("role", ROLES), ("precision", _PRECISIONS), ("type", _TYPES), ("of", ("case", "event"))):
        value = getattr(column, key)
        if value is not None and value not in known:
            raise UsageError(f"{where}: column {name!r} has the unknown {key} {value!r}.{_meant(value, known)}")
    return column


def _one_column_per_role(columns: dict[str, Column], where: str) -> None:
    seen: dict[str, str] = {}
    for name, column in columns.items():
        if column.role in SINGLE and column.role in seen:
            raise UsageError(
                f"{where}: {seen[column.role]!r} and {name!r} both have the role {column.role!r}; give one of them "
                "another role, such as attribute."
            )
        seen[column.role] = name


def _shape(text: str | None, where: str) -> str | None:
    if text is not None and text not in SHAPES:
        raise UsageError(f"{where}: there is no shape {text!r} of tables.{_meant(text, SHAPES)}")
    return text


def _names(said: Any, key: str, where: str) -> tuple[str, ...]:
    said = [said] if isinstance(said, str) else said
    if not isinstance(said, list) or not all(isinstance(name, str) and name.strip() for name in said):
        raise UsageError(f'{where}: {key!r} must be one name or several, written ["…", "…"].')
    return tuple(name.strip() for name in said)


def _delimiter(text: str | None, where: str) -> str | None:
    if text is not None and (len(text) != 1 or text in '"\r\n' or ord(text) > 127):
        raise UsageError(f'{where}: \'delimiter\' must be one character such as ";" or "\\t".')
    return text


def _encoding(text: str | None, where: str) -> str | None:
    try:
        if text is not None:
            "".encode(codecs.lookup(text).name)
    except (LookupError, ValueError) as error:
        raise UsageError(f"{where}: there is no text encoding {text!r}. Write utf-8, cp1252 or another one.") from error
    return text


def _renames(table: dict[str, Any], where: str, what: str = "new name of the activity") -> dict[str, str]:
    for old, new in table.items():
        if not isinstance(new, str) or not new.strip():
            raise UsageError(f"{where}: the {what} {old!r} must be text in quotes.")
    return {old: new.strip() for old, new in table.items()}


def _ranks(table: dict[str, Any], where: str) -> dict[str, int]:
    for activity, rank in table.items():
        if isinstance(rank, bool) or not isinstance(rank, int) or not -32000 <= rank <= 32000:
            raise UsageError(f"{where}: the rank of {activity!r} must be a whole number between -32000 and 32000.")
    return dict(table)
