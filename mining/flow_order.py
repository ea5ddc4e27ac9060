"""What does the order of a flow's steps say about two of them, and about one?

Read off the flow's expression: which steps every case has, and which may come in either order because they stand side by
side (``&``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from .expression import Choice, Expression, Parallel, Repeat, Step, steps


@dataclass(frozen=True)
class FlowOrder:
    """place : every step known to the flow, those of its order first, each with its place in reading order
    required : the steps that every way through the flow has
    beside : pairs of steps, both ways round, that stand side by side
    """

    place: dict[str, int]
    required: frozenset[str]
    beside: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, expression: Expression, others: Iterable[str] = ()) -> FlowOrder:
        """others : steps that are known and stand outside the order"""
        names = dict.fromkeys((*steps(expression), *others))
        return cls(
            {step: place for place, step in enumerate(names)}, required(expression), frozenset(beside(expression))
        )

    def neighbours(self, step: str, between: Iterable[str]) -> list[str]:
        """Of the steps in between those that the step can be said to be before or after, best first.

        Steps that are in every way come first, so that the same is called the same whether or not a case has what may be
        left out.
        """
        others = [other for other in between if other != step]
        apart = [other for other in others if (step, other) not in self.beside] or others
        return sorted(apart, key=lambda other: other not in self.required)


def required(expression: Expression) -> frozenset[str]:
    """The steps that every way through it has."""
    if isinstance(expression, Step):
        return frozenset([expression.name])
    if isinstance(expression, Repeat):
        return required(expression.part) if expression.least else frozenset()
    parts = [required(part) for part in expression.parts]
    return frozenset.intersection(*parts) if isinstance(expression, Choice) else frozenset[str]().union(*parts)


def beside(expression: Expression) -> Iterator[tuple[str, str]]:
    """The pairs of steps that may come in either order."""
    if isinstance(expression, Repeat):
        yield from beside(expression.part)
    elif not isinstance(expression, Step):
        for part in expression.parts:
            yield from beside(part)
        if isinstance(expression, Parallel):
            for one, other in combinations([set(steps(part)) for part in expression.parts], 2):
                yield from ((a, b) for a in one for b in other)
                yield from ((b, a) for a in one for b in other)
