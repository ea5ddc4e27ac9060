"""What is an intended flow made of?

An expression is a tree: steps, put in sequence, in choice or in any interleaving, left out or repeated. The text form
is written in the flow's TOML file (:mod:`.flow_text` reads and prints it); everything else works on the tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One activity, by its name in the log."""

    name: str


@dataclass(frozen=True)
class Sequence:
    """One part after the other: ``A -> B``."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Choice:
    """Exactly one of the parts: ``A | B``."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Parallel:
    """All parts, their steps interleaved in any order: ``A & B``."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Repeat:
    """The part `least` times or more: ``?`` (none or once), ``*`` (any number of times), ``+`` (once or more).

    least : 0 or 1; many : may it come more than once?
    """

    part: Expression
    least: int
    many: bool


Expression = Step | Sequence | Choice | Parallel | Repeat


def steps(expression: Expression) -> Iterator[str]:
    """The names of the steps in reading order; a step that stands in several places comes several times."""
    if isinstance(expression, Step):
        yield expression.name
    elif isinstance(expression, Repeat):
        yield from steps(expression.part)
    else:
        for part in expression.parts:
            yield from steps(part)
