"""Which silent transitions of a net could go without changing what it allows?

One that is alone in using its only input place, or alone in filling its only output place, merely leads on: the places
on its two sides become one (fusion of series places, Murata, 1989). The net is smaller, and has far fewer states where
things happen side by side.
"""

from __future__ import annotations

from .petri_net import PetriNet, Transition


def reduced(net: PetriNet) -> PetriNet:
    """The net without them. The initial and final places stay; the net must be sound, as that of a tree is."""
    sides = _Sides(net)
    waiting = [number for number, each in enumerate(net.transitions) if each.label is None]
    while waiting:
        gone = [number for number in waiting if sides.merge(number)]
        waiting = [number for number in waiting if number not in set(gone)] if gone else []
    return sides.net()


class _Sides:
    """The net as sets: what each transition takes and gives, and who takes from and gives to each place."""

    def __init__(self, net: PetriNet) -> None:
        self.source = net
        self.takes = {number: set(each.takes) for number, each in enumerate(net.transitions)}
        self.gives = {number: set(each.gives) for number, each in enumerate(net.transitions)}
        self.takers: dict[int, set[int]] = {place: set() for place in range(net.places)}
        self.givers: dict[int, set[int]] = {place: set() for place in range(net.places)}
        for number, each in enumerate(net.transitions):
            for place in each.takes:
                self.takers[place].add(number)
            for place in each.gives:
                self.givers[place].add(number)

    def merge(self, silent: int) -> bool:
        """Leave the transition out if it merely leads on; did it?"""
        takes, gives = self.takes[silent], self.gives[silent]
        if takes & gives or not takes or not gives:
            return False
        if len(takes) == 1:
            (place,) = takes
            if self.takers[place] == {silent} and place not in self.source.initial and self.givers[place]:
                self._replace(place, gives, self.givers, self.gives)
                return self._drop(silent, place)
        if len(gives) == 1:
            (place,) = gives
            if self.givers[place] == {silent} and place not in self.source.final and self.takers[place]:
                self._replace(place, takes, self.takers, self.takes)
                return self._drop(silent, place)
        return False

    def _replace(self, place: int, by: set[int], users: dict[int, set[int]], side: dict[int, set[int]]) -> None:
        for number in users[place]:
            side[number] = side[number] - {place} | by
        for other in by:
            users[other] |= users[place]

    def _drop(self, silent: int, place: int) -> bool:
        for other in self.takes.pop(silent):
            self.takers[other].discard(silent)
        for other in self.gives.pop(silent):
            self.givers[other].discard(silent)
        del self.takers[place], self.givers[place]
        return True

    def net(self) -> PetriNet:
        numbers = {place: number for number, place in enumerate(sorted(self.takers))}
        transitions = [
            Transition(
                self.source.transitions[number].label,
                tuple(sorted(numbers[place] for place in self.takes[number])),
                tuple(sorted(numbers[place] for place in self.gives[number])),
            )
            for number in sorted(self.takes)
        ]
        return PetriNet(
            len(numbers),
            tuple(transitions),
            tuple(numbers[place] for place in self.source.initial),
            tuple(numbers[place] for place in self.source.final),
        )
