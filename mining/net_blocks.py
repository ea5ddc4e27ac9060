"""Is a Petri net made of blocks, and if so, which expression means the same?

The net is made smaller step by step, until one transition is left, which holds the expression, or nothing more can be
done. Every step takes a pattern with one way in and one way out, and changes neither what the net allows nor whether it
is sound (the patterns are those of Murata, 1989, and of van Zelst and Leemans, 2020, who get process trees):

* *either*: transitions that take and give the same become a choice;
* *then*: two around a place that nothing else uses become a sequence; a silent one melts into its neighbour;
* *all*: branches that are begun together and waited for together become one (also when nobody waits for them);
* *again*: a way from a place to the next and a way back become a loop; a way from a place to itself may be taken any
  number of times.

What is left of a net that is not made of blocks is smaller, and can be looked at in its place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .block_algebra import NOTHING, Block, again, in_turn, loop, one_of, side_by_side, step
from .petri_net import PetriNet, Transition

_MOST_PASSES = 400

Places = tuple[int, ...]


@dataclass(frozen=True)
class Blocks:
    """What is left of a net: a single transition when it is made of blocks.

    net : what is left; its labels mean nothing
    blocks : what each of its transitions stands for
    origins : for each of them, one of the transitions of the given net that it was made of, to name it by
    """

    net: PetriNet
    blocks: tuple[Block, ...]
    origins: tuple[int, ...]

    @property
    def whole(self) -> Block | None:
        """The block that the whole net is, or None if it is not made of blocks."""
        ends = [(each.takes, each.gives) for each in self.net.transitions]
        return self.blocks[0] if ends == [(self.net.initial, self.net.final)] else None

    def drained(self) -> Blocks:
        """Made smaller once more, where tokens vanish that come to the end: then ways may end apart."""
        (end,) = self.net.final
        transitions = tuple(
            Transition(None, each.takes, tuple(place for place in each.gives if place != end))
            for each in self.net.transitions
        )
        net = PetriNet(self.net.places, transitions, self.net.initial, ())
        return _smaller(_Work(net, self.blocks, self.origins))


def blocks_of(net: PetriNet) -> Blocks:
    """The net made as small as it goes.

    net : has one initial token, in a place that nothing fills, and one final token, in a place that nothing empties

    Raises TooLarge if the expression would be too large.
    """
    blocks = [NOTHING if each.label is None else step(each.label) for each in net.transitions]
    return _smaller(_Work(net, blocks, range(len(blocks))))


def between_its_ends(net: PetriNet) -> PetriNet:
    """The net as :func:`blocks_of` wants it; transitions that are added stand last. The final marking is not empty."""
    filled = {place for each in net.transitions for place in each.gives}
    emptied = {place for each in net.transitions for place in each.takes}
    places, transitions = net.places, list(net.transitions)
    initial, final = net.initial, net.final
    if len(initial) != 1 or initial[0] in filled:
        initial, places = (places,), places + 1
        transitions.append(Transition(None, initial, tuple(sorted(net.initial))))
    if len(final) != 1 or final[0] in emptied or final == net.initial:
        final, places = (places,), places + 1
        transitions.append(Transition(None, tuple(sorted(net.final)), final))
    return PetriNet(places, tuple(transitions), initial, final)


def _smaller(work: _Work) -> Blocks:
    # What goes in a circle comes last: several ways may lead back, and together they are one choice.
    kinds = ((work.merge_choices, work.merge_sequences, work.merge_branches), (work.close_loops,), (work.fold_loops,))
    sides = [side for each in work.source.transitions for side in (each.takes, each.gives)]
    if all(len(set(side)) == len(side) for side in sides):  # else there are arcs of weight 2, which no block has
        for _ in range(_MOST_PASSES):
            if not any(work.changed_by(*rules) for rules in kinds):
                break
    return work.rest()


class _Work:
    """The net as sets that change. A transition keeps its number: in a choice the lowest, in a sequence the first."""

    def __init__(self, net: PetriNet, blocks: Sequence[Block], origins: Sequence[int]) -> None:
        self.source = net
        (self.start,) = net.initial
        self.origins = dict(enumerate(origins))
        self.blocks = dict(enumerate(blocks))
        numbered = list(enumerate(net.transitions))
        self.takes = {n: tuple(sorted(each.takes)) for n, each in numbered}
        self.gives = {n: tuple(sorted(each.gives)) for n, each in numbered}
        self.takers: dict[int, set[int]] = {place: set() for place in range(net.places)}
        self.givers: dict[int, set[int]] = {place: set() for place in range(net.places)}
        for n in self.takes:
            self._link(n)
        self.next_place = net.places
        self.folded = 0  # how many ways from a place to itself were done away with

    def changed_by(self, *rules: Callable[[], None]) -> bool:
        """Follow the rules, one after the other; did that change anything?"""
        before = len(self.takes), len(self.takers), self.folded
        for rule in rules:
            rule()
        return before != (len(self.takes), len(self.takers), self.folded)

    def merge_choices(self) -> None:
        alike: dict[tuple[Places, Places], list[int]] = defaultdict(list)
        for n in sorted(self.takes):
            alike[self.takes[n], self.gives[n]].append(n)
        for first, *others in alike.values():
            if others:
                self.blocks[first] = one_of(self.blocks[n] for n in (first, *others))
                for n in others:
                    self._drop(n)

    def merge_sequences(self) -> None:
        for place in sorted(self.takers):
            if place != self.start and len(self.takers[place]) == 1 and self._vanishes(*self.takers[place], place):
                self._drop(*self.takers[place])
                self._remove(place)
            elif place != self.start and len(self.givers[place]) == len(self.takers[place]) == 1:
                (first,), (second,) = self.givers[place], self.takers[place]
                if first != second and self._may_follow(first, second):
                    self._put_together(first, second, place)

    def _vanishes(self, n: int, place: int) -> bool:
        """Does nothing come of a token in the place?"""
        return self.takes[n] == (place,) and not self.gives[n] and self.blocks[n] == NOTHING and bool(self.givers[place])

    def _may_follow(self, first: int, second: int) -> bool:
        """Can the two be one transition?"""
        alone = len(self.gives[first]) == len(self.takes[second]) == 1
        if alone:
            return True
        if len(self.takes[second]) == 1 and self.blocks[second] == NOTHING:
            return not set(self.gives[first]) & set(self.gives[second])
        if len(self.gives[first]) == 1 and self.blocks[first] == NOTHING:
            # If others could take what `first` takes, taking it would be a choice that is made too late.
            free = all(self.takers[place] == {first} and place != self.start for place in self.takes[first])
            return free and not set(self.takes[first]) & set(self.takes[second])
        return False

    def _put_together(self, first: int, second: int, place: int) -> None:
        takes = {*self.takes[first], *self.takes[second]} - {place}
        gives = {*self.gives[first], *self.gives[second]} - {place}
        block = in_turn(self.blocks[first], self.blocks[second])
        # What waits for several is what a fault is about, and else what does something.
        waits, does = len(self.takes[first]) > 1, self.blocks[first] != NOTHING
        if not waits and (len(self.takes[second]) > 1 or (not does and self.blocks[second] != NOTHING)):
            self.origins[first] = self.origins[second]
        self._drop(second)
        self._set(first, tuple(sorted(takes)), tuple(sorted(gives)))
        self.blocks[first] = block
        del self.takers[place], self.givers[place]

    def close_loops(self) -> None:
        for n in sorted(self.takes):
            if n in self.takes and self.takes[n] != self.gives[n] and len(self.takes[n]) == len(self.gives[n]) == 1:
                (before,), (after,) = self.takes[n], self.gives[n]
                if self.takers[before] == {n} and self.givers[after] == {n}:
                    self._close(n, before, after)

    def fold_loops(self) -> None:
        for n in sorted(self.takes):
            if self.takes[n] == self.gives[n] and len(self.takes[n]) == 1:
                self._fold(n, self.takes[n][0])

    def _close(self, do: int, before: int, after: int) -> None:
        """do leads from `before` to `after` and is the only one that does either; is there a way straight back?"""
        back = [n for n in self.takers[after] if self.takes[n] == (after,) and self.gives[n] == (before,)]
        if len(back) == 1 and len(self.takers[after]) > 1 and len(self.givers[before]) > 1:
            self.blocks[do] = loop(self.blocks[do], self.blocks[back[0]])
            self._drop(back[0])

    def _fold(self, n: int, place: int) -> None:
        """A way from a place to itself: the place becomes two, with the way, any number of times, between them."""
        if len(self.takers[place]) < 2 or (len(self.givers[place]) < 2 and place != self.start):
            return
        self.folded += 1
        if self.blocks[n] == NOTHING:
            self._drop(n)
            return
        second, self.next_place = self.next_place, self.next_place + 1
        self.takers[second], self.givers[second] = set(), set()
        for taker in sorted(self.takers[place] - {n}):
            takes = tuple(sorted({*self.takes[taker], second} - {place}))
            self._set(taker, takes, self.gives[taker])
        self._set(n, (place,), (second,))
        self.blocks[n] = again(self.blocks[n])

    def merge_branches(self) -> None:
        """A branch: a place, one transition, and the place behind it or none; or just a place."""
        begun: dict[tuple[frozenset[int], frozenset[int]], list[tuple[int, int | None]]] = defaultdict(list)
        for place in sorted(self.takers):
            if not self.givers[place] or not self.takers[place]:
                continue
            begun[frozenset(self.givers[place]), frozenset(self.takers[place])].append((place, None))
            if len(self.takers[place]) == 1 and self._is_branch(n := next(iter(self.takers[place])), place):
                ends = frozenset(self.takers[self.gives[n][0]]) if self.gives[n] else frozenset()
                begun[frozenset(self.givers[place]), ends].append((place, n))
        for branches in begun.values():
            if len(branches) > 1:
                self._join(branches)

    def _is_branch(self, n: int, place: int) -> bool:
        if self.takes[n] != (place,) or len(self.gives[n]) > 1:
            return False
        if not self.gives[n]:
            return True
        (after,) = self.gives[n]
        return after != place and self.givers[after] == {n} and bool(self.takers[after])

    def _join(self, branches: list[tuple[int, int | None]]) -> None:
        """They are begun by the same and waited for by the same."""
        work = sorted(n for _, n in branches if n is not None)
        # A place beside a branch, or beside another place, adds nothing: it is filled and emptied together with it.
        bare = [place for place, n in branches if n is None][0 if work else 1 :]
        for place in bare:
            self._remove(place)
        if len(work) < 2:
            return
        first, *others = work
        for n in others:
            self.blocks[first] = side_by_side(self.blocks[first], self.blocks[n])
            places = [*self.takes[n], *self.gives[n]]
            self._drop(n)
            for place in places:
                self._remove(place)

    def _remove(self, place: int) -> None:
        for n in sorted(self.givers[place] | self.takers[place]):
            takes = tuple(each for each in self.takes[n] if each != place)
            gives = tuple(each for each in self.gives[n] if each != place)
            self._set(n, takes, gives)
        del self.takers[place], self.givers[place]

    def _set(self, n: int, takes: Places, gives: Places) -> None:
        self._unlink(n)
        self.takes[n], self.gives[n] = takes, gives
        self._link(n)

    def _drop(self, n: int) -> None:
        self._unlink(n)
        del self.takes[n], self.gives[n], self.blocks[n]

    def _link(self, n: int) -> None:
        for place in self.takes[n]:
            self.takers[place].add(n)
        for place in self.gives[n]:
            self.givers[place].add(n)

    def _unlink(self, n: int) -> None:
        for place in self.takes[n]:
            self.takers[place].discard(n)
        for place in self.gives[n]:
            self.givers[place].discard(n)

    def rest(self) -> Blocks:
        order = sorted(self.takes)
        numbers = {place: number for number, place in enumerate(sorted(self.takers))}
        transitions = [
            Transition(
                None,
                tuple(numbers[place] for place in self.takes[n]),
                tuple(numbers[place] for place in self.gives[n]),
            )
            for n in order
        ]
        final = tuple(numbers[place] for place in self.source.final)
        net = PetriNet(len(numbers), tuple(transitions), (numbers[self.start],), final)
        return Blocks(net, tuple(self.blocks[n] for n in order), tuple(self.origins[n] for n in order))
