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


_Side = dict[int, set[int]]


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
        before = self.takes, self.takers, self.source.initial
        after = self.gives, self.givers, self.source.final
        return self._fuse(silent, *before, *after[:2]) or self._fuse(silent, *after, *before[:2])

    def _fuse(
        self, silent: int, near: _Side, near_users: _Side, kept: tuple[int, ...], far: _Side, users: _Side
    ) -> bool:
        """Put the places on the far side of it in the place of the only one on its near side."""
        by = far[silent]
        if len(near[silent]) != 1 or not by or near[silent] & by:
            return False
        (place,) = near[silent]
        if near_users[place] != {silent} or place in kept or not users[place]:
            return False
        if any(far[number] & by for number in users[place]):  # an arc would come twice
            return False
        for number in users[place]:
            far[number] = far[number] - {place} | by
        for other in by:
            users[other] = users[other] - {silent} | users[place]
        del near[silent], far[silent], near_users[place], users[place]
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
