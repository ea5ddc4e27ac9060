"""What does the file of accepted deviations say?

Strict, as the intended flow is: a key that nobody reads is an error with the nearest key, a date that is none is an error,
and both come with the line in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from .acceptable import named, same_id
from .errors import UsageError
from .toml_file import located, parsed_toml
from .toml_table import Misplaced, Table

# In the order in which they are written.
KEYS = ("id", "sentence", "reason", "until", "accepted_on", "accepted_by", "cases", "severity")
_SEVERITIES = ("info", "warn", "high")
LONGEST = 2000  # characters of a text
_MOST_CASES = 10**9


@dataclass(frozen=True)
class Acceptance:
    """One finding that is accepted.

    id : with @GROUP for one group only, else for all; reason : on one line; until : the last day on which it holds
    sentence : what the finding said; accepted_on : the day of the decision; accepted_by : who decided
    cases : with the finding at the time; severity : up to which a finding of the monthly check is accepted, "" for any
    What is not said is "" or None.
    """

    id: str
    reason: str
    until: date
    sentence: str = ""
    accepted_on: date | None = None
    accepted_by: str = ""
    cases: int | None = None
    severity: str = ""

    def holds(self, day: date) -> bool:
        """The last day belongs to it."""
        return day <= self.until

    @property
    def group(self) -> str | None:
        """What stands after the @."""
        return self.id.partition("@")[2] or None

    @property
    def returns(self) -> date | None:
        """The first day on which the finding counts again; None for the calendar's last day."""
        return None if self.until == date.max else self.until + timedelta(days=1)


class _File(Table):
    """The file as a whole, which is no flow."""

    @property
    def title(self) -> str:
        return "The file " if not self.path else super().title

    def wrong(self, key: str, sentence: str) -> Misplaced:
        """At the first of several tables of that name, or at the key."""
        return Misplaced((*self.path, key, 0), sentence)


def entries_of(content: bytes, where: str) -> list[Acceptance]:
    """The acceptances in the order of the file. where : how messages name it. Raises UsageError with file and line."""
    text, plain = parsed_toml(content, where, "list of accepted deviations")
    try:
        return _entries(_File(plain, known=("accepted",)))
    except Misplaced as error:
        raise located(error, text, where) from error


def _entries(top: Table) -> list[Acceptance]:
    first: dict[str, int] = {}
    found = []
    for place, table in enumerate(top.tables("accepted", KEYS), start=1):
        entry = _entry(table)
        if entry.id in first:
            raise table.wrong(
                "id", f"{table.title}accepts {entry.id!r} a second time; number {first[entry.id]} does too."
            )
        first[entry.id] = place
        found.append(entry)
    return found


def _entry(table: Table) -> Acceptance:
    table.need("id", "reason", "until")
    return Acceptance(
        id=_id(table),
        reason=_line(table, "reason"),
        until=cast(date, table.day("until")),
        sentence=_line(table, "sentence"),
        accepted_on=table.day("accepted_on"),
        accepted_by=_line(table, "accepted_by"),
        cases=table.whole("cases", 0, _MOST_CASES),
        severity=table.choice("severity", ("", *_SEVERITIES), ""),
    )


def _id(table: Table) -> str:
    text = cast(str, table.text("id"))
    try:
        named(text)
    except UsageError as error:
        raise table.wrong("id", str(error)) from error
    return same_id(text)


def _line(table: Table, key: str) -> str:
    """A text on one line, however it is broken in the file."""
    text = " ".join((table.text(key) or "").split())
    if len(text) > LONGEST:
        raise table.wrong(key, f"{table.title}has more than {LONGEST} characters as {key!r}.")
    return text
