"""Which patterns of a Petri net can be made smaller, and how? (:mod:`.net_blocks` says what for)

Every rule takes a pattern with one way in and one way out, and changes neither what the net allows nor whether it is sound
(the patterns are those of Murata, 1989, and of van Zelst and Leemans, 2020, who get process trees):

* *either*: transitions that take and give the same become a choice;
* *then*: two around a place that nothing else uses become a sequence; a silent one melts into its neighbour;
* *all*: branches that are begun together and waited for together become one (also when nobody waits for them);
* *one place*: a place that only leads on, by a silent way, is the place that it leads to;
* *again*: a way from a place to the next and a way back become a loop; a way from a place to itself may be taken any
  number of times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from .block_algebra import NOTHING, Block, again, in_turn, loop, one_of, side_by_side
from .petri_net import PetriNet

Places = tuple[int, ...]


class Patterns:
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
        self.rank = {place: place for place in range(net.places)}  # the order of branches that are begun together
        # What a choice or a parallel block is made of so far, in the order of the model, though not all is ready at once.
        self.chosen: dict[int, list[tuple[int, Block]]] = {}
        self.beside: dict[int, list[tuple[tuple[int, int], Block]]] = {}
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
                parts = sorted(
                    (part for n in (first, *others) for part in self.chosen.pop(n, [(n, self.blocks[n])])),
                    key=lambda part: part[0],
                )
                self.blocks[first] = one_of(block for _, block in parts)
                self.chosen[first] = parts
                self.beside.pop(first, None)
                for n in others:
                    self._drop(n)

    def merge_sequences(self) -> None:
        for place in sorted(self.takers):
            if place != self.start and len(self.takers[place]) == 1 and self._vanishes(place):
                self._drop(*self.takers[place])
                self._remove(place)
            elif place != self.start and len(self.givers[place]) == len(self.takers[place]) == 1:
                (first,), (second,) = self.givers[place], self.takers[place]
                if first != second and self._may_follow(first, second):
                    self._put_together(first, second, place)

    def _vanishes(self, place: int) -> bool:
        """Does nothing come of a token in the place?"""
        (n,) = self.takers[place]
        return (
            self.takes[n] == (place,) and not self.gives[n] and self.blocks[n] == NOTHING and bool(self.givers[place])
        )

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
        if len(self.gives[first]) > 1:
            # A branch stays in its place among the others when what begins it melts away.
            for after in self.gives[second]:
                self.rank[after] = min(self.rank[after], self.rank[place])
        # What a fault is about is what brings ways together or parts them, and else what does something.
        if self._weight(second) > self._weight(first):
            self.origins[first] = self.origins[second]
        self._drop(second)
        self._set(first, tuple(sorted(takes)), tuple(sorted(gives)))
        self._become(first, block)
        del self.takers[place], self.givers[place]

    def _become(self, n: int, block: Block) -> None:
        """What the transition stands for has a shape of its own now, which nothing is added to."""
        self.blocks[n] = block
        self.chosen.pop(n, None)
        self.beside.pop(n, None)

    def _weight(self, n: int) -> int:
        return 2 if len(self.takes[n]) > 1 or len(self.gives[n]) > 1 else int(self.blocks[n] != NOTHING)

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
            self._become(do, loop(self.blocks[do], self.blocks[back[0]]))
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
        self.takers[second], self.givers[second], self.rank[second] = set(), set(), self.rank[place]
        for taker in sorted(self.takers[place] - {n}):
            takes = tuple(sorted({*self.takes[taker], second} - {place}))
            self._set(taker, takes, self.gives[taker])
        self._set(n, (place,), (second,))
        self._become(n, again(self.blocks[n]))

    def merge_places(self) -> None:
        """A place that only leads on to the next by a silent way, or is only come to from the one before by such a way."""
        for n in sorted(self.takes):
            if n not in self.takes or self.blocks[n] != NOTHING or len(self.takes[n]) != 1 or len(self.gives[n]) != 1:
                continue
            (before,), (after,) = self.takes[n], self.gives[n]
            if before in (after, self.start) or not self.givers[before]:
                continue
            together = any({before, after} <= {*self.takes[each]} for each in self.takers[before] | self.takers[after])
            together |= any({before, after} <= {*self.gives[each]} for each in self.givers[before] | self.givers[after])
            leads = self.takers[before] == {n}
            comes = self.givers[after] == {n} and all(self.takes[each] == (after,) for each in self.takers[after])
            if not together and (leads or (comes and self.takers[after])):
                self._drop(n)
                self._move(before, after)

    def _move(self, place: int, to: int) -> None:
        for n in sorted(self.givers[place] | self.takers[place]):
            takes, gives = ({to if each == place else each for each in side} for side in (self.takes[n], self.gives[n]))
            self._set(n, tuple(sorted(takes)), tuple(sorted(gives)))
        del self.takers[place], self.givers[place]

    def merge_branches(self) -> None:
        """A branch: a place, one transition, and the place behind it or none; or just a place."""
        begun: dict[tuple[frozenset[int], frozenset[int]], list[tuple[int, int | None]]] = defaultdict(list)
        for place in sorted(self.takers):
            if not self.givers[place] or not self.takers[place]:
                continue
            if len(self.gives[next(iter(self.givers[place]))]) < 2:  # nothing is begun together with it
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
        work = [n for _, n in branches if n is not None]
        # A place beside a branch, or beside another place, adds nothing: it is filled and emptied together with it.
        bare = [place for place, n in branches if n is None][0 if work else 1 :]
        for place in bare:
            self._remove(place)
        if len(work) < 2:
            return
        first, *others = work
        ranks = {n: (self.rank[place], place) for place, n in branches if n is not None}
        parts = sorted(
            (part for n in work for part in self.beside.pop(n, [(ranks[n], self.blocks[n])])), key=lambda part: part[0]
        )
        self.blocks[first] = side_by_side(block for _, block in parts)
        self.beside[first] = parts
        self.chosen.pop(first, None)
        for n in others:
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
        self.chosen.pop(n, None)
        self.beside.pop(n, None)

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
