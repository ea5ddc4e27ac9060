"""What may a flow begin with, and what is left of it after each step?

What is left is again a flow (a *partial derivative*: Brzozowski, 1964; Antimirov, 1996), so the flows that can be left
over are the states of an automaton without silent edges. In ``A & B`` either part may take the next step.
"""

from __future__ import annotations

from .errors import TooBig
from .expression import Expression, Parallel, Repeat, Sequence, Step, steps

MOST_RESTS = 30_000
MOST_WAYS = 200_000

Way = tuple[int, int]  # by a step (its place among the flow's steps) to what is left then

_NOTHING = 0  # the rest that holds no step any more


class Derivatives:
    """The flow's rests, numbered as they are met: 0 is the empty one, `start` the flow itself.

    labels : the steps in reading order; ways : for every rest that can be reached, what it may go on with;
    ends : the rests after which nothing more has to come
    """

    def __init__(self, flow: Expression) -> None:
        self.labels = tuple(dict.fromkeys(steps(flow)))
        self.ways: dict[int, list[Way]] = {}
        self._places = {name: place for place, name in enumerate(self.labels)}
        self._numbers: dict[tuple[object, ...], int] = {("nothing",): _NOTHING}
        self._terms: list[tuple[object, ...]] = [("nothing",)]
        self._may_end = [True]
        self._known: dict[int, list[Way]] = {_NOTHING: []}
        self.start = self._number_of(flow)
        self._explore()
        self.ends = {rest for rest in self.ways if self._may_end[rest]}

    def _explore(self) -> None:
        waiting, count = [self.start], 0
        self.ways[self.start] = []
        while waiting:
            rest = waiting.pop()
            self.ways[rest] = self._next(rest)
            count += len(self.ways[rest])
            for _, left in self.ways[rest]:
                if left not in self.ways:
                    self.ways[left] = []
                    waiting.append(left)
            if len(self.ways) > MOST_RESTS or count > MOST_WAYS:
                raise TooBig(
                    "The flow allows so many orders that cases cannot be held against it: put fewer steps in any order (&) "
                    "or fewer optional steps in a row."
                )

    def _number_of(self, flow: Expression) -> int:
        if isinstance(flow, Step):
            return self._number("step", self._places[flow.name])
        if isinstance(flow, Repeat):
            part = self._number_of(flow.part)
            again = self._number("again", part) if flow.many else part
            if flow.least == 0:
                return self._number("maybe", again)
            return again
        parts = [self._number_of(part) for part in flow.parts]
        if isinstance(flow, Sequence):
            rest = _NOTHING
            for part in reversed(parts):
                rest = self._then(part, rest)
            return rest
        return self._all(parts) if isinstance(flow, Parallel) else self._number("either", *parts)

    def _number(self, *term: object) -> int:
        """The number of a rest: equal ones have the same."""
        found = self._numbers.setdefault(term, len(self._terms))
        if found == len(self._terms):
            self._terms.append(term)
            self._may_end.append(self._ends(term))
        return found

    def _ends(self, term: tuple[object, ...]) -> bool:
        kind, *parts = term
        if kind in ("step", "maybe"):
            return kind == "maybe"
        ends = [self._may_end[part] for part in parts if isinstance(part, int)]
        return any(ends) if kind == "either" else all(ends)

    def _then(self, first: int, second: int) -> int:
        return second if first == _NOTHING else first if second == _NOTHING else self._number("then", first, second)

    def _all(self, parts: list[int]) -> int:
        left = sorted(part for part in parts if part != _NOTHING)
        return self._number("all", *left) if len(left) > 1 else left[0] if left else _NOTHING

    def _next(self, rest: int) -> list[Way]:
        if rest not in self._known:
            self._known[rest] = sorted(set(self._found(rest)))
        return self._known[rest]

    def _found(self, rest: int) -> list[Way]:
        kind, *parts = self._terms[rest]
        numbers = [part for part in parts if isinstance(part, int)]
        if kind == "step":
            return [(numbers[0], _NOTHING)]
        if kind == "maybe":
            return self._next(numbers[0])
        if kind == "either":
            return [way for part in numbers for way in self._next(part)]
        if kind == "again":
            again = self._number("maybe", rest)
            return [(label, self._then(left, again)) for label, left in self._next(numbers[0])]
        if kind == "all":
            return [
                (label, self._all([*numbers[:place], left, *numbers[place + 1 :]]))
                for place, part in enumerate(numbers)
                for label, left in self._next(part)
            ]
        return self._in_turn(rest)

    def _in_turn(self, rest: int) -> list[Way]:
        """First, then second; along a long chain without going deeper for every part that may be left out."""
        found: list[Way] = []
        while self._terms[rest][0] == "then":
            _, first, second = self._terms[rest]
            assert isinstance(first, int) and isinstance(second, int)
            found += [(label, self._then(left, second)) for label, left in self._next(first)]
            if not self._may_end[first]:
                return found
            rest = second
        return found + self._next(rest)
