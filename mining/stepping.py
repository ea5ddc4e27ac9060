"""How are many beginnings of cases led through the states of a model at once?

The states are columns, the beginnings rows. A row of truths says in which states the model may be after exactly that
beginning; a row of costs says how far the beginning is, at least, from a way that leads to each state.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .state_space import SILENT, StateSpace, TooManyStates

MOST_STATES = 2_500
LONGEST = 10_000  # steps of a case and states together; costs have to fit into small numbers

FAR = np.int16(15_000)  # two of them are still a number
_AT_ONCE = 2_000_000  # numbers in memory at a time

Rows = NDArray[np.bool_]
Costs = NDArray[np.int16]
Numbers = NDArray[np.int64]


class Stepping:
    """The states of a model as tables. Raises TooManyStates where the tables would be too large."""

    def __init__(self, space: StateSpace) -> None:
        if len(space.final) > MOST_STATES:
            raise TooManyStates
        self.start, self.final, self.activities = space.start, space.final, space.activities
        count, silent = len(space.final), space.edges[:, 1] == SILENT
        visible = space.edges[~silent]
        self.ways = [visible[visible[:, 1] == label] for label in range(len(space.activities))]
        self.offers = np.zeros((count, len(space.activities)), np.float32)
        self.offers[visible[:, 0], visible[:, 1]] = 1
        self.free = np.eye(count, dtype=bool)  # where silent steps lead
        self.free[space.edges[silent, 0], space.edges[silent, 2]] = True
        while True:
            further = _through(self.free, self.free)
            if (further == self.free).all():
                break
            self.free = further

    @property
    def states(self) -> int:
        return len(self.final)

    def allowed(self, before: Rows, activity: Numbers) -> Rows:
        """Where the model may be after one more step of each beginning; nowhere if it does not allow it."""
        after = np.zeros_like(before)
        for rows, ways in self._by_label(activity):
            after[rows] = _through(before[np.ix_(rows, ways[:, 0])], self.free[ways[:, 2]])
        return after

    def offered(self, rows: Rows) -> Rows:
        """The steps that the model allows next."""
        return (rows.astype(np.float32) @ self.offers) > 0

    def costs(self, before: Costs, activity: Numbers) -> Costs:
        """The costs after one more step: 1 if it is not allowed there, or along a way that the model has."""
        after = before + np.int16(1)
        for rows, ways in self._by_label(activity):
            onwards = self.distance[ways[:, 2]]
            size = max(1, _AT_ONCE // max(1, onwards.size))
            for some in np.split(rows, range(size, len(rows), size)):
                along = before[np.ix_(some, ways[:, 0])][:, :, None] + onwards
                after[some] = np.minimum(after[some], along.min(axis=1))
        return np.minimum(after, FAR)

    def work(self, activity: Numbers) -> int:
        """How many comparisons :meth:`costs` makes."""
        ways = np.array([*(len(each) for each in self.ways), 0])
        return (int(ways[activity].sum()) + len(activity)) * self.states

    @cached_property
    def shortest(self) -> int | None:
        """The steps of the model's shortest way to its end; None if there is none."""
        reached, steps = self.free[[self.start]], 0
        while not (reached & self.final).any():
            further = reached | _through(reached, self._one)
            if (further == reached).all():
                return None
            reached, steps = further, steps + 1
        return steps

    @cached_property
    def distance(self) -> Costs:
        """From each state to each, the least number of steps that the model takes."""
        distance = np.where(self.free, np.int16(0), FAR)
        reached, steps = self.free, 0
        while True:
            steps += 1
            further = reached | _through(reached, self._one)
            fresh = further & ~reached
            if not fresh.any():
                return distance
            distance[fresh] = steps
            reached = further

    @cached_property
    def _one(self) -> Rows:
        """Where one step leads, and silent ones after it."""
        step = np.zeros_like(self.free)
        for ways in self.ways:
            step[ways[:, 0], ways[:, 2]] = True
        return _through(step, self.free)

    def _by_label(self, activity: Numbers) -> list[tuple[Numbers, Numbers]]:
        """The rows of each label that the model can reach, and its ways."""
        labels = [int(label) for label in np.unique(activity[activity >= 0]) if len(self.ways[label])]
        return [(np.flatnonzero(activity == label), self.ways[label]) for label in labels]


def _through(first: Rows, second: Rows) -> Rows:
    return (first.astype(np.float32) @ second.astype(np.float32)) > 0
