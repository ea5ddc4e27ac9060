"""Which deviations are the moves of an alignment that do not match?

The kinds are taken in the order of :func:`named`, what says most first; each takes moves that are left, so that every move
that does not match is used up by exactly one deviation.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from .alignment import Move
from .deviations import Deviation, Kind
from .flow_order import FlowOrder
from .ways import Ways


def named(
    moves: Sequence[Move], order: FlowOrder, ways: Ways | None = None, *, to_the_end: bool = True
) -> tuple[Deviation, ...]:
    """The deviations of one case, in the order of their first moves.

    ways : the flow itself; without it, a step of the case alone that is optional elsewhere is not seen to be out of order
    to_the_end : is the case held against the whole flow, or only against its beginnings (an open case)?
    """
    naming = _Naming(moves, order)
    naming.out_of_order()
    naming.unknown()
    naming.went_back()
    naming.replaced()
    if ways is not None:
        naming.out_of_place(ways, to_the_end)
    naming.repeated_or_not_intended()
    naming.skipped()
    return naming.all()


class _Naming:
    """Moves on their way to words. Each method takes moves out of `left`, and none twice."""

    def __init__(self, moves: Sequence[Move], order: FlowOrder) -> None:
        self.moves, self.order, self.known = moves, order, order.place
        self.left = {place for place, (log, model) in enumerate(moves) if log is None or model is None}
        self.matched = {log for log, model in moves if log is not None and model is not None}
        self.gap = []  # how many matched steps came before the move
        for log, model in moves:
            self.gap.append((self.gap[-1] if self.gap else 0) + (log is not None and model is not None))
        self.found: list[Deviation] = []

    def all(self) -> tuple[Deviation, ...]:
        if self.left:
            raise AssertionError(f"{len(self.left)} moves are in no deviation")
        return tuple(sorted(self.found, key=lambda deviation: deviation.moves))

    def out_of_order(self) -> None:
        """A step of the log alone and the same step of the model alone, the nearest of them together."""
        done = self._places(alone_in_log=True)
        meant = self._places(alone_in_log=False)
        pairs = [(abs(i - j), i, j) for step, places in done.items() for i in places for j in meant.get(step, ())]
        for _, log, model in sorted(pairs):
            if {log, model} <= self.left and (steps := self._pair(log, model)):
                self._take("out_of_order", steps, log, model)

    def unknown(self) -> None:
        for place in sorted(self.left):
            step = self.moves[place][0]
            if step is not None and step not in self.known:
                self._take("unknown", (step,), place)

    def went_back(self) -> None:
        """Steps in a row that were all done at another time too, more than one of them."""
        again: dict[int, list[int]] = defaultdict(list)
        for place in sorted(self.left):
            if self.moves[place][0] in self.matched:
                again[self.gap[place]].append(place)
        for places in again.values():
            for round_ in self._rounds(places):
                if len({self.moves[place][0] for place in round_}) > 1 and (steps := self._return(round_)):
                    self._take("went_back", steps, *round_)

    def replaced(self) -> None:
        """A step that the case does not have otherwise, where the flow has another one."""
        meant: dict[int, list[int]] = defaultdict(list)
        for place in sorted(self.left):
            if self.moves[place][0] is None:
                meant[self.gap[place]].append(place)
        for log in sorted(self.left):
            step = self.moves[log][0]
            if step is not None and step not in self.matched and (there := meant.get(self.gap[log])):
                model = min(there, key=lambda place: abs(place - log))
                there.remove(model)
                self._take("replaced", (step, str(self.moves[model][1])), log, model)

    def out_of_place(self, ways: Ways, to_the_end: bool) -> None:
        """What the flow lets one leave out, done where it may not and meant elsewhere: steps in a row, else single ones."""
        alone = [place for place in sorted(self.left) if self.moves[place][0] is not None]
        if not alone:
            return
        word = _Word(self.moves, self.order, ways, to_the_end)
        for places in (*self._in_a_row(alone), *([place] for place in alone)):
            if self.left.issuperset(places):
                steps = tuple(str(self.moves[place][0]) for place in places)
                if pair := word.elsewhere(places[0], steps):
                    self._take("out_of_order", pair, *places)

    def _in_a_row(self, alone: list[int]) -> list[list[int]]:
        """Those that follow each other, more than one, the first of them a step that was done at no other time."""
        rows: list[list[int]] = []
        for place in alone:
            if rows and rows[-1][-1] == place - 1:
                rows[-1].append(place)
            else:
                rows.append([place])
        return [row for row in rows if len(row) > 1 and self.moves[row[0]][0] not in self.matched]

    def repeated_or_not_intended(self) -> None:
        for place in sorted(self.left):
            step = self.moves[place][0]
            if step is not None:
                self._take("repeated" if step in self.matched else "not_intended", (step,), place)

    def skipped(self) -> None:
        """Steps of the model that follow each other, with nothing that was done between them."""
        run: list[int] = []
        for place, (log, model) in enumerate(self.moves):
            if place in self.left:
                run.append(place)
            elif run and model is not None:
                self._skip(run)
                run = []
            elif log is not None and model is not None:
                run = []
        self._skip(run)

    def _skip(self, run: list[int]) -> None:
        if run:
            first, last = self.moves[run[0]][1], self.moves[run[-1]][1]
            self._take("skipped", (str(first), str(last)) if len(run) > 1 else (str(first),), *run)

    def _take(self, kind: Kind, steps: tuple[str, ...], *moves: int) -> None:
        self.left -= set(moves)
        self.found.append(Deviation(kind, steps, moves=tuple(sorted(moves))))

    def _places(self, *, alone_in_log: bool) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for place in sorted(self.left):
            log, model = self.moves[place]
            step = log if alone_in_log else model
            if step is not None:
                found[step].append(place)
        return found

    def _pair(self, log: int, model: int) -> tuple[str, str] | None:
        """(X, Y) for X done after Y and intended before: the step itself is one of them."""
        between = self.moves[model + 1 : log] if model < log else self.moves[model - 1 : log : -1]
        done = [meant for done, meant in between if done is not None and meant is not None]
        return _pair(str(self.moves[log][0]), done, self.order, late=model < log)

    def _rounds(self, places: list[int]) -> list[list[int]]:
        """A new round begins where a step comes again that is in the round and not the last one."""
        rounds: list[list[int]] = []
        seen: set[str | None] = set()
        last = None
        for place in places:
            step = self.moves[place][0]
            if not rounds or (step in seen and step != last):
                rounds.append([])
                seen = set()
            rounds[-1].append(place)
            seen.add(step)
            last = step
        return rounds

    def _return(self, round_: list[int]) -> tuple[str, str] | None:
        """(Y, X): where in the round, or right after it, does a step X come that was done before, and after which Y?"""
        places, done, since = self._done
        first, last = bisect_left(places, round_[0]), bisect_left(places, round_[-1])
        for at in range(first, min(last + 2, len(done))):
            if since[done[at]] < at:
                return (done[at - 1], done[at]) if done[at - 1] != done[at] else None
        # The round comes before the steps that it is the same as; the case goes back to what comes next.
        if last + 1 < len(done) and done[last + 1] != done[last]:
            return done[last], done[last + 1]
        return None

    @cached_property
    def _done(self) -> tuple[list[int], list[str], dict[str, int]]:
        """The known steps of the case: their places among the moves, their names, and where each name comes first."""
        steps = [(place, log) for place, (log, _) in enumerate(self.moves) if log is not None and log in self.known]
        since: dict[str, int] = {}
        for at, (_, step) in enumerate(steps):
            since.setdefault(step, at)
        return [place for place, _ in steps], [step for _, step in steps], since


class _Word:
    """The way through the flow that the moves take: where else in it may a step be put?"""

    def __init__(self, moves: Sequence[Move], order: FlowOrder, ways: Ways, to_the_end: bool) -> None:
        self.order, self.ways = order, ways
        self.last = ways.final if to_the_end else ways.every
        # Each step of the way with its place among the moves, and whether it was done.
        self.steps = [(place, model, log is not None) for place, (log, model) in enumerate(moves) if model is not None]
        self._room: dict[tuple[str, ...], list[int]] = {}
        self._sets = self._found_sets()

    def elsewhere(self, place: int, steps: tuple[str, ...]) -> tuple[str, str] | None:
        """(X, Y), where X is done after Y and intended before: one of them is the first step. None: nowhere else."""
        if steps not in self._room:
            self._room[steps] = self._places_for(steps)
        here = bisect_left(self.steps, place, key=lambda each: each[0])
        for at in sorted(self._room[steps], key=lambda at: (abs(at - here), at)):
            between = self.steps[at:here] if at < here else self.steps[here:at][::-1]
            done = [other for _, other, done in between if done]
            if pair := _pair(steps[0], done, self.order, late=at < here):
                # The next ones find them there.
                near = self.steps[at - 1][0] if at else -1
                self.steps[at:at] = [(near, step, False) for step in steps]
                self._room, self._sets = {}, self._found_sets()
                return pair
        return None

    def _places_for(self, steps: tuple[str, ...]) -> list[int]:
        labels = [self.ways.number.get(step) for step in steps]
        ahead, behind = self._sets
        found = []
        for at, states in enumerate(ahead):
            for label in labels:
                states = 0 if label is None else self.ways.after(states, label)
            if states & behind[at]:
                found.append(at)
        return found

    def _found_sets(self) -> tuple[list[int], list[int]]:
        """For each place in the way, the states that lead from the start to there, and from there to the end."""
        labels = [self.ways.number[step] for _, step, _ in self.steps]
        ahead, behind = [self.ways.start], [self.last]
        for label in labels:
            ahead.append(self.ways.after(ahead[-1], label))
        for label in reversed(labels):
            behind.append(self.ways.before(behind[-1], label))
        return ahead, behind[::-1]


def _pair(step: str, between: Sequence[str], order: FlowOrder, *, late: bool) -> tuple[str, str] | None:
    """(X, Y) for X done after Y and intended before; the step itself is one of them.

    between : what was done between where the step was done and where it is meant, from the latter on
    """
    others = order.neighbours(step, between)
    if not others:
        return None
    return (step, others[0]) if late else (others[0], step)
