"""Is a net sound, and if not, where does it go wrong?

Sound (van der Aalst, 1998): from every state the end can be reached, nothing is left over when it is, and every
transition can happen. All states are looked at, so there is a limit to them.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

from .petri_net import PetriNet, Transition

MOST_MARKINGS = 30_000

Marking = tuple[int, ...]
Kind = Literal["too many states", "unbounded", "stuck", "left over", "endless", "dead"]


@dataclass(frozen=True)
class Fault:
    """What is wrong first, and which transition it is about (None: the end itself)."""

    kind: Kind
    transition: int | None = None


def fault_of(net: PetriNet) -> Fault | None:
    """The first fault of the net, or None if it is sound.

    too many states: they cannot be listed, so nobody knows; unbounded: tokens pile up when the transition happens;
    stuck: the transition waits for tokens that never come; left over: the transition, or what leads to it, is still to
    come when the end is reached; endless: from before the transition there is no way to the end; dead: it never happens
    """
    walk = _Walk(net)
    found = walk.explored()
    if found:
        return found
    return walk.not_ending() or walk.never()


class _Walk:
    def __init__(self, net: PetriNet) -> None:
        self.net = net
        self.first = tuple(sorted(net.initial))
        self.end = tuple(sorted(net.final))
        self.users: dict[int, list[int]] = {}
        for number, each in enumerate(net.transitions):
            self.users.setdefault(each.takes[0] if each.takes else -1, []).append(number)
        self.before: dict[Marking, tuple[Marking, int]] = {self.first: (self.first, -1)}
        self.into: dict[Marking, list[Marking]] = {self.first: []}
        self.fired: set[int] = set()

    def explored(self) -> Fault | None:
        waiting = deque([self.first])
        while waiting:
            marking = waiting.popleft()
            moved = False
            for number, after in self._ways(marking):
                moved = True
                self.fired.add(number)
                if after not in self.before:
                    self.before[after] = (marking, number)
                    self.into[after] = []
                    if self._grows(after):
                        return Fault("unbounded", number)
                    waiting.append(after)
                self.into[after].append(marking)
            if marking != self.end and (not moved or self._holds_end(marking)):
                return self._blocked(marking)
            if len(self.before) > MOST_MARKINGS:
                return Fault("too many states")
        return None

    def _ways(self, marking: Marking) -> list[tuple[int, Marking]]:
        return [
            (number, after)
            for place in dict.fromkeys((-1, *marking))
            for number in self.users.get(place, ())
            if (after := _fired(marking, self.net.transitions[number])) is not None
        ]

    def _holds_end(self, marking: Marking) -> bool:
        return len(marking) > len(self.end) and _less(marking, self.end) is not None

    def _grows(self, marking: Marking) -> bool:
        """Does it hold an earlier marking on its way, and more? Then it can be grown for ever (Karp and Miller, 1969)."""
        if len(set(marking)) == len(marking):  # growth would in the end put two tokens in one place
            return False
        parent, _ = self.before[marking]
        while True:
            if len(parent) < len(marking) and _less(marking, parent) is not None:
                return True
            above, _ = self.before[parent]
            if above == parent:
                return False
            parent = above

    def _blocked(self, marking: Marking) -> Fault:
        rest = _less(marking, self.end) if self._holds_end(marking) else None
        places = set(marking if rest is None else rest)
        waits = [n for n, each in enumerate(self.net.transitions) if places & set(each.takes)]
        return Fault("stuck" if rest is None else "left over", waits[0] if waits else None)

    def not_ending(self) -> Fault | None:
        """Is there a marking from which the end cannot be reached?"""
        reached, waiting = {self.end}, [self.end]
        while waiting:
            for marking in self.into.get(waiting.pop(), ()):
                if marking not in reached:
                    reached.add(marking)
                    waiting.append(marking)
        for marking in self.before:
            if marking not in reached:
                ways = self._ways(marking)
                return Fault("endless", ways[0][0] if ways else None)
        return None

    def never(self) -> Fault | None:
        dead = [number for number in range(len(self.net.transitions)) if number not in self.fired]
        return Fault("dead", dead[0]) if dead else None


def _fired(marking: Marking, transition: Transition) -> Marking | None:
    rest = _less(marking, transition.takes)
    return None if rest is None else tuple(sorted([*rest, *transition.gives]))


def _less(marking: Marking, tokens: tuple[int, ...]) -> list[int] | None:
    """The marking without the tokens, or None if it does not hold them."""
    rest = list(marking)
    for place in tokens:
        if place not in rest:
            return None
        rest.remove(place)
    return rest
