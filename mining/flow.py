"""How was it meant to go?

:class:`Flow` is the intended flow: the order of the steps, when a case is over, which time counts, what is said about
single steps, deadlines and rules. It is read from a TOML file that a lead can edit (``docs/intended-flow.md`` teaches
it), or from a template.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path as FilePath

from .canonical import canonical
from .expression import Expression, steps
from .flow_file import flow_parts
from .flow_names import check_names
from .flow_parts import CalendarSettings, Clock, Deadline, Rule, StepSettings
from .flow_toml import located
from .flow_writing import flow_toml
from .toml_table import Misplaced, Path


@dataclass(frozen=True)
class Flow:
    """An intended flow. However it is made, every step that it names is known to it, or UsageError is raised.

    expression : the order of the steps, as its canonical tree
    closed_by : a case is over at the first of these after which nothing but them, `anytime` and `after_closing` comes
    clock : the time that counts
    steps : what is said about single steps, by their names
    """

    name: str
    expression: Expression
    closed_by: tuple[str, ...] = ()
    clock: Clock | None = None
    steps: Mapping[str, StepSettings] = field(default_factory=dict)
    deadlines: tuple[Deadline, ...] = ()
    rules: tuple[Rule, ...] = ()
    calendar: CalendarSettings | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", canonical(self.expression))
        check_names(self.expression, self.steps, self._mentions())
        _named_once("deadlines", [deadline.name for deadline in self.deadlines])
        _named_once("rules", [rule.name for rule in self.rules])

    @classmethod
    def read(cls, place: str | FilePath) -> Flow:
        """The flow in a file, or the template of that name where there is no such file.

        Raises UsageError: one sentence with file and line; for the expression, its note shows the place with a caret.
        """
        said = flow_parts(place)
        text, where = said.pop("origin")
        try:
            return cls(**said)
        except Misplaced as error:
            raise located(error, text, where) from error

    def to_toml(self) -> str:
        """The flow as the text of a file; read again, it is the same flow."""
        return flow_toml(**{each.name: getattr(self, each.name) for each in fields(self)})

    @property
    def ordered(self) -> tuple[str, ...]:
        """The steps of the expression in reading order, each once."""
        return tuple(dict.fromkeys(steps(self.expression)))

    @property
    def anytime(self) -> tuple[str, ...]:
        """The steps that may come at any point."""
        return tuple(step for step, said in self.steps.items() if said.anytime)

    def settings(self, step: str) -> StepSettings:
        """What is said about a step, or what holds when nothing is."""
        return self.steps.get(step, StepSettings())

    def relabelling(self, activities: Iterable[str] = ()) -> dict[str, str]:
        """Old name to new name, for ``log.relabel``: every alias becomes its step.

        activities : the names in the log; one that is a step or an alias in other bytes (an å as one character or as
            two, which nobody can see) becomes that step as well
        """
        names = {alias: step for step, said in self.steps.items() for alias in said.aliases}
        known = names | {step: step for step in (*self.ordered, *self.steps)}
        for name in activities:
            composed = unicodedata.normalize("NFC", name)
            if name not in known and composed in known:
                names[name] = known[composed]
        return names

    def _mentions(self) -> Iterator[tuple[Path, str]]:
        yield from ((("closed_by",), step) for step in self.closed_by)
        if self.clock:
            yield ("clock", "from"), self.clock.start
            yield from ((("clock", "to"), step) for step in self.clock.end)
        for place, deadline in enumerate(self.deadlines):
            yield from ((("deadlines", place, key), step) for key, step in deadline.steps_named())
        for place, rule in enumerate(self.rules):
            yield from ((("rules", place, key), step) for key, step in rule.steps_named())


def _named_once(key: str, names: list[str | None]) -> None:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            raise Misplaced((key, place, "name"), f"Two of [[{key}]] have the name {name!r}; give each its own.")
        if name is not None:
            seen.add(name)
