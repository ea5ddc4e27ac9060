"""How was it meant to go?

:class:`Flow` is the intended flow: the order of the steps, when a case is over, which time counts, what is said about
single steps, deadlines and rules. It is read from a TOML file that a lead can edit (``docs/intended-flow.md`` teaches
it), from a template, or from a model: BPMN 2.0 or PNML.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from .canonical import canonical
from .errors import UsageError
from .expression import Expression, steps
from .flow_file import Format, flow_parts, toml_parts
from .flow_names import check_names
from .flow_parts import CalendarSettings, Clock, Deadline, Rule, StepSettings
from .flow_writing import flow_toml
from .net_order import NetOrder
from .toml_file import located
from .toml_table import Misplaced, Path

if TYPE_CHECKING:
    from .log import EventLog
    from .transition_system import TransitionSystem


@dataclass(frozen=True)
class Flow:
    """An intended flow. However it is made, every step that it names is known to it, or UsageError is raised.

    order : the order of the steps: its canonical tree; of a model that is not made of blocks, its Petri net
    closed_by : a case is over at the first of these after which nothing but them, `anytime` and `after_closing` comes
    clock : the time that counts
    steps : what is said about single steps, by their names
    warnings : what in a model was read as something a little different, or left out; no part of what the flow says
    """

    name: str
    order: Expression | NetOrder
    closed_by: tuple[str, ...] = ()
    clock: Clock | None = None
    steps: Mapping[str, StepSettings] = field(default_factory=dict)
    deadlines: tuple[Deadline, ...] = ()
    rules: tuple[Rule, ...] = ()
    calendar: CalendarSettings | None = None
    warnings: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.order, NetOrder):
            object.__setattr__(self, "order", canonical(self.order))
        check_names(self.ordered, self.steps, self._mentions())
        _named_once("deadlines", [deadline.name for deadline in self.deadlines])
        _named_once("rules", [rule.name for rule in self.rules])

    @classmethod
    def read(cls, place: str | FilePath, *, pool: str | None = None) -> Flow:
        """The flow in a file, or the template of that name where there is no such file.

        The content says what it is: TOML, BPMN 2.0 or PNML.
        pool : which one of several pools in a BPMN file, by its name or id

        Raises UsageError: one sentence with file and line; for the expression, its note shows the place with a caret.
        """
        return cls._of(flow_parts(place, pool=pool))

    @classmethod
    def from_bpmn(cls, place: str | FilePath, *, pool: str | None = None) -> Flow:
        """The flow in a BPMN 2.0 file. Raises UsageError: one sentence with file, line and element."""
        return cls._of(flow_parts(place, pool=pool, wanted=Format.BPMN))

    @classmethod
    def from_pnml(cls, place: str | FilePath) -> Flow:
        """The flow in a PNML file. Raises UsageError: one sentence with file, line and element."""
        return cls._of(flow_parts(place, wanted=Format.PNML))

    @classmethod
    def from_toml(cls, text: str, where: str = "The text") -> Flow:
        """The flow in the text of a TOML file. where : how messages name it. Raises UsageError as `read` does."""
        return cls._of(toml_parts(text.encode("utf-8"), where))

    @classmethod
    def _of(cls, said: dict) -> Flow:
        text, where = said.pop("origin")
        try:
            return cls(**said)
        except Misplaced as error:
            raise located(error, text, where) from error

    def to_toml(self) -> str:
        """The flow as the text of a file; read again, it is the same flow.

        Raises UsageError if its order cannot be written as an expression.
        """
        return flow_toml(
            name=self.name,
            expression=self.expression,
            closed_by=self.closed_by,
            clock=self.clock,
            steps=self.steps,
            deadlines=self.deadlines,
            rules=self.rules,
            calendar=self.calendar,
        )

    @property
    def expression(self) -> Expression:
        """The order as an expression. Raises UsageError if it cannot be written as one: a model not made of blocks."""
        if isinstance(self.order, NetOrder):
            raise UsageError(self.order.unwritable)
        return self.order

    def automaton(self) -> TransitionSystem:
        """What the flow allows, step by step; made once. Raises TooBig when it has too many states."""
        return self._automaton

    @cached_property
    def _automaton(self) -> TransitionSystem:
        from .automaton import of_expression, of_net

        return of_net(self.order.net) if isinstance(self.order, NetOrder) else of_expression(self.order)

    @property
    def ordered(self) -> tuple[str, ...]:
        """The steps of the order in reading order, each once."""
        if isinstance(self.order, NetOrder):
            return self.order.steps
        return tuple(dict.fromkeys(steps(self.order)))

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

    def named(self, log: EventLog) -> EventLog:
        """The log with the names that the flow has for its activities."""
        there = log.activities
        names = {old: new for old, new in self.relabelling(there).items() if old in set(there)}
        return log.relabel(names) if names else log

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
