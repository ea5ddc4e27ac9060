"""How well does a model describe what happened: how much of it does it allow, and how much more does it allow?

*Fitness*: every case is compared with the way through the model that it is nearest to (an optimal alignment: Adriansyah,
van Dongen and van der Aalst, 2011). A step that the model does not allow there costs 1, a step of the model that did not
happen costs 1, a silent one nothing. The fitness of a case is 1 - cost / (its steps + the steps of the shortest way).
The cost is exact: the least over all ways.

*Precision* (escaping edges: Muñoz-Gama and Carmona, 2010; on alignments: Adriansyah et al., 2015): after every beginning
of a case that the model allows and that goes on, the share of the steps that the model allows next which also came next
in some case with that beginning, all beginnings weighted by their cases.

What is common to the beginnings of many variants is worked out once. First the states that the model may be in after each
beginning, which tells the cases that fit, and the precision; then the costs of the variants that do not fit. A model may
come in parts that share no activity and go on side by side: the parts are looked at one by one, and costs add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, nan
from typing import TypeVar

import numpy as np

from .prefixes import Level, prefix_levels
from .state_space import StateSpace, TooManyStates
from .stepping import FAR, LONGEST, Costs, Numbers, Rows, Stepping

MOST_WORK = 20_000_000_000  # comparisons; some twenty seconds

Counted = Mapping[tuple[str, ...], int]
Kept = TypeVar("Kept", Rows, Costs)


@dataclass(frozen=True)
class Replay:
    """fitting_cases : the cases that the model allows as they are; fitness, precision : as the module says; precision
    is NaN when the model allows nothing at all."""

    fitting_cases: int
    fitness: float
    precision: float


class NoWayOut(Exception):
    """The model cannot end, so no case can be compared with it."""


def replay(parts: Sequence[StateSpace], counted: Counted) -> Replay:
    """Compare the cases with the model. Raises TooManyStates if it would take too long, NoWayOut if it has no end."""
    model = _Model([Stepping(part) for part in parts])
    fitting, precision = model.allowed(counted)
    others = {sequence: cases for sequence, cases in counted.items() if sequence not in fitting}
    similar = sum(counted[sequence] for sequence in fitting) + model.similarity(others)
    return Replay(sum(counted[sequence] for sequence in fitting), similar / sum(counted.values()), precision)


class _Model:
    """The parts of a model, and the activities of them all."""

    def __init__(self, parts: list[Stepping]) -> None:
        self.parts = parts
        self.names = [name for part in parts for name in part.activities]
        lengths = [part.shortest for part in parts]
        if None in lengths:
            raise NoWayOut
        self.shortest = sum(length or 0 for length in lengths)
        # For each activity of the model, and for one that it does not have, the place in each part; -1: not there.
        self.places, before = [], 0
        for part in parts:
            places = np.full(len(self.names) + 1, -1)
            places[before : before + len(part.activities)] = range(len(part.activities))
            before += len(part.activities)
            self.places.append(places)

    def allowed(self, counted: Counted) -> tuple[set[tuple[str, ...]], float]:
        """The sequences that the model allows, and the precision."""
        levels = prefix_levels(counted, self.names)
        rows = [part.free[[part.start]] for part in self.parts]
        fits = np.ones(1, dtype=bool)
        fitting: set[tuple[str, ...]] = set()
        offers = escapes = 0
        for depth, level in enumerate(levels):
            if depth:
                fits = fits[level.parent] & (level.activity >= 0)
                for number, (part, places) in enumerate(zip(self.parts, self.places, strict=True)):
                    rows[number] = _moved(part.allowed, rows[number][level.parent], places[level.activity])
                    fits = fits & rows[number].any(axis=1)
            done = fits & np.all(
                [(each & part.final).any(axis=1) for each, part in zip(rows, self.parts, strict=True)], axis=0
            )
            fitting.update(level.whole[int(node)] for node in np.flatnonzero(done & (level.ended > 0)))
            offered = np.concatenate([part.offered(each) for part, each in zip(self.parts, rows, strict=True)], axis=1)
            weights = level.passed * fits
            offers += int(weights @ offered.sum(axis=1))
            if depth + 1 < len(levels):
                escapes += int(weights @ (offered & ~_taken(levels[depth + 1], offered.shape)).sum(axis=1))
        return fitting, 1 - escapes / offers if offers else nan

    def similarity(self, counted: Counted) -> float:
        """The sum over cases of 1 - cost / (their steps + the shortest way)."""
        if not counted:
            return 0.0
        levels = prefix_levels(counted, self.names)
        self._check(levels)
        rows = [part.distance[[part.start]] for part in self.parts]
        unknown, shares = np.zeros(1, np.int64), []
        for depth, level in enumerate(levels):
            if depth:
                unknown = unknown[level.parent] + (level.activity < 0)
                for number, (part, places) in enumerate(zip(self.parts, self.places, strict=True)):
                    rows[number] = _moved(part.costs, rows[number][level.parent], places[level.activity])
            ends = [each[:, part.final].min(axis=1, initial=FAR) for each, part in zip(rows, self.parts, strict=True)]
            cost = unknown + np.sum(ends, axis=0, dtype=np.int64)
            shares += (level.ended * (1 - cost / max(depth + self.shortest, 1))).tolist()
        return fsum(shares)  # exact, whatever the order and the machine

    def _check(self, levels: list[Level]) -> None:
        """Is it a matter of seconds? Counted, not timed, so that the answer is the same everywhere."""
        if len(levels) + max(part.states for part in self.parts) > LONGEST:
            raise TooManyStates
        pairs = zip(self.parts, self.places, strict=True)
        if sum(part.work(places[level.activity]) for part, places in pairs for level in levels) > MOST_WORK:
            raise TooManyStates


def _moved(move: Callable[[Kept, Numbers], Kept], rows: Kept, activity: Numbers) -> Kept:
    """The rows with the moves of a part; a step that is not of this part leaves its row as it is."""
    mine = np.flatnonzero(activity >= 0)
    if len(mine):
        rows[mine] = move(rows[mine], activity[mine])
    return rows


def _taken(after: Level, shape: tuple[int, ...]) -> Rows:
    """Which step came next after which beginning."""
    taken = np.zeros(shape, dtype=bool)
    known = after.activity >= 0
    taken[after.parent[known], after.activity[known]] = True
    return taken
