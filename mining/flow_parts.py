"""What does an intended flow say beside the order of its steps?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, time
from typing import Literal

from .selection import parsed
from .span import DueDate, Span

Severity = Literal["info", "warn", "high"]
Occurrence = Literal["first", "last", "each"]
Roll = Literal["none", "next_working_day"]
Term = str | int | tuple[str, ...] | Span

SEVERITIES = ("info", "warn", "high")
OCCURRENCES = ("first", "last", "each")
ROLLS = ("none", "next_working_day")

# Every kind of rule with its keys and what each of them is: a step, two steps, a count, a length of time, an office.
# Names are those of Declare (Pesic 2008), and of the four-eyes principle; `before` and `after` say the intended order.
_ORDER = {"before": "step", "after": "step"}
RULE_KINDS: dict[str, dict[str, str]] = {
    "existence": {"step": "step"},
    "absence": {"step": "step"},
    "exactly": {"step": "step", "times": "count"},
    "at_least": {"step": "step", "times": "count"},
    "at_most": {"step": "step", "times": "count"},
    "between": {"step": "step", "least": "count", "most": "count"},
    "starts": {"step": "step"},
    "ends": {"step": "step"},
    "precedence": _ORDER,
    "alternate_precedence": _ORDER,
    "chain_precedence": _ORDER,
    "response": _ORDER,
    "alternate_response": _ORDER,
    "chain_response": _ORDER,
    "succession": _ORDER,
    "alternate_succession": _ORDER,
    "chain_succession": _ORDER,
    "not_succession": _ORDER,
    "responded_existence": {"if": "step", "then": "step"},
    "both_or_none": {"steps": "two steps"},
    "not_both": {"steps": "two steps"},
    "apart": {"before": "step", "after": "step", "least": "span"},
    "four_eyes": {"steps": "two steps"},
    "only_by_unit": {"step": "step", "unit": "text"},
}


@dataclass(frozen=True)
class StepSettings:
    """What is said about one step.

    aliases : other names of the step in the data
    unit : the office or department that does it
    waits_for : who holds the case after this step
    at_most : how often it may come in one case
    rank : its order among steps of the same day that have no time
    anytime : it may come at any point and is no part of the order
    after_closing : it does not reopen a closed case
    """

    aliases: tuple[str, ...] = ()
    unit: str | None = None
    waits_for: str | None = None
    at_most: int | None = None
    rank: int | None = None
    anytime: bool = False
    after_closing: bool = False


@dataclass(frozen=True)
class Clock:
    """The time that counts: from the first `start` to the first of `end` that follows."""

    start: str
    end: tuple[str, ...]


@dataclass(frozen=True)
class Deadline:
    """From a step, one of other steps must come within a time.

    pauses : pairs of steps between which the clock stands
    roll : what happens when it ends on a day off
    valid_from : it holds for what starts on this day or later
    occurrence : which of several `start` counts
    where : conditions on the case, as ``--where``
    """

    name: str
    start: str
    end: tuple[str, ...]
    within: Span | DueDate
    pauses: tuple[tuple[str, str], ...] = ()
    roll: Roll = "none"
    valid_from: date | None = None
    occurrence: Occurrence = "first"
    where: tuple[str, ...] = ()
    law: str | None = None
    severity: Severity = "warn"

    def steps_named(self) -> Iterator[tuple[str, str]]:
        """Each key that names steps, with the steps."""
        yield "from", self.start
        yield from (("to", step) for step in self.end)
        yield from (("pauses", step) for pair in self.pauses for step in pair)
        yield from _steps_of_conditions(self.where)


@dataclass(frozen=True)
class Rule:
    """One rule on every case. terms : the keys of its kind (:data:`RULE_KINDS`) with their values"""

    kind: str
    terms: Mapping[str, Term] = field(default_factory=dict)
    name: str | None = None
    where: tuple[str, ...] = ()
    law: str | None = None
    severity: Severity = "warn"

    def steps_named(self) -> Iterator[tuple[str, str]]:
        """Each key that names steps, with the steps."""
        for key, kind in RULE_KINDS[self.kind].items():
            term = self.terms[key]
            if kind == "step":
                yield key, str(term)
            elif kind == "two steps" and isinstance(term, tuple):
                yield from ((key, step) for step in term)
        yield from _steps_of_conditions(self.where)

    @property
    def named_twice(self) -> tuple[str, str] | None:
        """The step that a rule on two different steps names twice, after the key that does so second; None where it is right."""
        named = [(key, step) for key, step in self.steps_named() if key in RULE_KINDS[self.kind]]
        if len(named) < 2 or self.kind in _MAY_NAME_ONE_TWICE or named[0][1] != named[1][1]:
            return None
        return named[1]


# So long between two payments; no two payments by the same person.
_MAY_NAME_ONE_TWICE = ("apart", "four_eyes")

Days = tuple[tuple[int, int] | date, ...]


@dataclass(frozen=True)
class CalendarSettings:
    """When the office works. What is None is not said.

    hours : opens and closes; holidays : whose; half_days, closed_days : month and day of every year, or a date;
    half_day_ends : when a half day ends; units : what is different in some units, which keep the rest
    """

    hours: tuple[time, time] | None = None
    holidays: str | None = None
    half_days: Days | None = None
    closed_days: Days | None = None
    half_day_ends: time | None = None
    units: Mapping[str, CalendarSettings] = field(default_factory=dict)

    def of_unit(self, unit: str) -> CalendarSettings:
        """What holds in a unit: what it says itself, and otherwise what all do."""
        own = self.units.get(unit, CalendarSettings())
        said = {each.name: getattr(own, each.name) for each in fields(own) if each.name != "units"}
        return replace(self, units={}, **{key: value for key, value in said.items() if value is not None})


def _steps_of_conditions(where: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The steps of conditions such as ``activity=Vedtak fattet``."""
    for name, operator, value in map(parsed, where):
        if name == "activity" and operator != "~":
            yield "where", value
