"""Which cases are looked at: conditions on a case (``--where``) and the period it belongs to (``--period``).

A condition is ``NAME=VALUE``, ``NAME!=VALUE`` or ``NAME~PATTERN`` (``*`` any text, ``?`` one letter). NAME is a column
of the cases (unit, type, an attribute) or of the events; ``activity=X`` means that the case has the step X. Whole
cases are chosen, never single events, so every time within a case stays what it was.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

from .database import identifier
from .errors import UsageError
from .local_time import period_between
from .staging import PEOPLE

PeriodBy = Literal["received", "closed", "active"]

_CONDITION = re.compile(r"\s*(?P<name>[^=!~]+?)\s*(?P<operator>!=|=|~)\s*(?P<value>.*?)\s*", re.DOTALL)

# Not chosen by: numbers that hold inside one log only, and people.
_HIDDEN = {"case_no", "variant_no", "position", "source", "source_row", "micros_since_previous", "previous_activity"}


@dataclass(frozen=True)
class Selection:
    """An SQL condition on the cases, with the values it is asked with.

    kind, what : "condition" and the condition, or how the period chooses ("received", "closed", "active") and the
        period; what a condition on the case id compares with is not repeated, because reports say what was chosen
    """

    sql: str
    values: tuple[object, ...]
    kind: Literal["condition", "received", "closed", "active"]
    what: str

    @property
    def text(self) -> str:
        return self.what if self.kind == "condition" else f"{self.kind} {self.what}"

    @property
    def sentence(self) -> str:
        """To stand after "no case"."""
        return f"has {self.what}" if self.kind == "condition" else f"was {self.kind} in {self.what}"

    @property
    def by_outcome(self) -> bool:
        """Were cases chosen by how they went on? Then the months they were received in are not whole."""
        return self.kind in ("closed", "active")


def parsed(text: str) -> tuple[str, str, str]:
    """The name, operator and value of a condition. Raises UsageError if it is malformed or chooses people."""
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is not a condition. Write NAME=VALUE, NAME!=VALUE or NAME~PATTERN.")
    if match["name"] in PEOPLE:
        raise UsageError(f"Cases are not chosen by {match['name']}: people are not looked at one by one.")
    return match["name"], match["operator"], match["value"]


def condition(text: str, case_columns: list[str], event_columns: list[str]) -> Selection:
    """Read one condition. Raises UsageError if it is malformed, names no column, or chooses people."""
    name, operator, value = parsed(text)
    of_case = [column for column in case_columns if column not in _HIDDEN | PEOPLE]
    of_event = [column for column in event_columns if column not in _HIDDEN | PEOPLE]
    test = "glob" if operator == "~" else "="
    # `unit` is a column of both; the case's own unit is the one that is meant.
    if name in of_case:
        sql = f"coalesce({identifier(name)}::varchar {test} ?, false)"
    elif name in of_event or name == "event_unit":
        column = identifier("unit" if name == "event_unit" else name)
        sql = f"case_no in (select case_no from events where {column}::varchar {test} ?)"
    else:
        raise UsageError(f"There is no column {name!r} to choose cases by.{_hint(name, of_case + of_event)}")
    what = f"{name}{operator}…" if name == "case_id" else text
    return Selection(f"not {sql}" if operator == "!=" else sql, (value,), "condition", what)


def _hint(name: str, columns: list[str]) -> str:
    near = difflib.get_close_matches(name, columns, n=1)
    return f" Did you mean {near[0]}?" if near else f" There are: {', '.join(sorted(set(columns)))}."


def period(text: str, zone: str, by: PeriodBy, closing_known: bool) -> Selection:
    """The cases received (first event), closed or active in a period. Raises UsageError if it cannot be judged."""
    first, last = period_between(text, zone)
    if by not in ("received", "closed", "active"):
        raise UsageError(f"--period-by is {by!r}; it can be received, closed or active.")
    if by == "closed" and not closing_known:
        raise UsageError("The log has no times of closing, so a period of closed cases cannot be chosen.")
    ended = "coalesce(closed, last_time)" if closing_known else "last_time"
    begins, ends = {
        "received": ("first_time >= ?", "first_time <= ?"),
        "closed": ("closed >= ?", "closed <= ?"),
        "active": (f"{ended} >= ?", "first_time <= ?"),
    }[by]
    tests = [(begins, first), (ends, last)]
    used = [(sql, value) for sql, value in tests if value is not None]
    return Selection(" and ".join(sql for sql, _ in used), tuple(value for _, value in used), by, text)
