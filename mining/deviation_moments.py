"""At which step of a case is a deviation first to be seen, without looking ahead?

Whoever knows how a case ends can call its first step a deviation. To compare times fairly, the moment of a deviation is
the first at which the steps done so far show it:

- *skipped* and *replaced*: when the case reaches the next step that the flow has there. A step that came too late was
  skipped so far, whatever happened later; so it is both.
- *repeated*, *went_back*: when the step is done for the second time. Whether more steps will come again is not known then,
  so a step done again after another one is both.
- the other ones: when the step is done that makes it so.

Nor is anything seen before the case has left every way that the flow allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .alignment import Move
from .deviations import Deviation, What
from .ways import Ways

ARRIVING = frozenset({"skipped", "replaced"})  # seen at the next step, not at a step of their own


class Moment(NamedTuple):
    """place : of the step, from 0, among those that may not come at any time"""

    what: What
    place: int


class Misfits:
    """Where do cases first leave every way of the flow? Each beginning is looked at once."""

    def __init__(self, ways: Ways | None) -> None:
        self._ways = ways
        self._states: dict[tuple[str, ...], int] = {}

    def first(self, order: tuple[str, ...]) -> int:
        """The place of the step; 0 where the flow is too large to tell, the number of steps where none is."""
        if self._ways is None:
            return 0
        states = self._ways.start
        for place in range(len(order)):
            beginning = order[: place + 1]
            after = self._states.get(beginning)
            if after is None:
                label = self._ways.number.get(order[place])
                after = self._states[beginning] = 0 if label is None else self._ways.after(states, label)
            if not after:
                return place
            states = after
        return len(order)


def moments(
    order: tuple[str, ...],
    moves: Sequence[Move],
    deviations: Sequence[Deviation],
    at_most: dict[str, int],
    misfits: Misfits,
) -> dict[What, int]:
    """The first place at which each deviation is to be seen; those that only the end of the case shows are left out.

    order : the steps of the case; moves, deviations : how it is told; at_most : of the steps that have one
    """
    case = _Case(order, moves)
    found: dict[What, int] = {}
    since = misfits.first(order) if deviations else 0
    for deviation in deviations:
        for what, place in case.seen(deviation, at_most):
            place = place if deviation.kind == "too_often" else max(place, since)
            if place < len(order):
                found[what] = min(place, found.get(what, place))
    return found


class _Case:
    """The steps of a case beside the way through the flow that is told."""

    def __init__(self, order: tuple[str, ...], moves: Sequence[Move]) -> None:
        self.order, self.moves = order, moves
        self.place = []  # of each move: the next step of the case, or its own
        done = 0
        for log, _ in moves:
            self.place.append(done)
            done += log is not None

    def seen(self, deviation: Deviation, at_most: dict[str, int]) -> Iterator[Moment]:
        kind, what = deviation.kind, deviation.what
        own = [self.place[move] for move in deviation.moves if self.moves[move][0] is not None]
        if kind in ARRIVING:
            yield Moment(what, self._next_matched(deviation.moves[-1]))
        elif kind == "too_often":
            yield Moment(what, self._time(deviation.steps[0], at_most[deviation.steps[0]] + 1))
        elif kind == "repeated":
            yield from self._repeated(what, self._again(own[0]))
        elif kind == "went_back":
            yield Moment(("repeated", (self.order[own[0]],), ()), self._again(own[0]))
            yield Moment(what, max(own[0], self._time(what[1][1], 2)))
        elif kind == "out_of_order":
            yield from self._out_of_order(deviation, own[0])
        elif kind != "other_unit":
            others = [self.order.index(step) for step in deviation.alternatives if step in self.order]
            yield Moment(what, max([own[0], *others]))

    def _repeated(self, what: What, place: int) -> Iterator[Moment]:
        """Done again after another step, it cannot be told from going back, which is more steps again."""
        yield Moment(what, place)
        before, again = self.order[place - 1 : place + 1] if 0 < place < len(self.order) else ("", "")
        if before != again:
            yield Moment(("went_back", (before, again), ()), place)

    def _out_of_order(self, deviation: Deviation, own: int) -> Iterator[Moment]:
        meant = [move for move in deviation.moves if self.moves[move][0] is None]
        if not meant:
            yield Moment(deviation.what, own)
            return
        before = self.place[meant[0]] - 1  # the last step before where it is meant
        yield Moment(deviation.what, max(own, before))
        late = deviation.steps[0]  # so it was skipped until it came
        since = self._next_matched(meant[0]) if before < own else own
        if late not in self.order[:since]:
            yield Moment(("skipped", (late,), ()), since)

    def _next_matched(self, move: int) -> int:
        """The place of the next step that the case and the flow both have."""
        rest = range(move + 1, len(self.moves))
        return next((self.place[each] for each in rest if None not in self.moves[each]), len(self.order))

    def _again(self, place: int) -> int:
        """Where the step at the place has been done twice, the place itself or later."""
        return max(place, self._time(self.order[place], 2))

    def _time(self, step: str, times: int) -> int:
        """Where the step is done for that time."""
        places = [place for place, done in enumerate(self.order) if done == step]
        return places[times - 1] if len(places) >= times else len(self.order)
