"""How well does a model describe what happened: how much of it does it allow, and how much more does it allow?

*Fitness*: every case is compared with the way through the model that it is nearest to (:mod:`.alignment`). The fitness of
a case is 1 - cost / (its steps + the steps of the shortest way).

*Precision* (escaping edges: Muñoz-Gama and Carmona, 2010; on alignments: Adriansyah et al., 2015): after every beginning
of a case that the model allows and that goes on, the share of the steps that the model allows next which also came next
in some case with that beginning, all beginnings weighted by their cases.

Both come out of the costs after every beginning: where a cost is 0, the model allows it. A model may come in parts that
share no activity and go on side by side: a step moves the costs of its own part only, and the costs of the parts add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, nan

import numpy as np
from numpy.typing import NDArray

from .alignment_costs import FAR, MOST_WORK, Costs, Model, Stepping
from .automaton import small
from .beginnings import UNKNOWN, Beginnings, Sequences
from .errors import TooBig
from .state_space import StateSpace
from .transition_system import Numbers

Counted = Mapping[tuple[str, ...], int]


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
    """Compare the cases with the model. Raises TooBig if it would take too long, NoWayOut if it has no end."""
    models = [Model(small(part.graph)) for part in parts]
    if any(model.shortest == FAR for model in models):
        raise NoWayOut
    log = Sequences([label for model in models for label in model.graph.labels], list(counted))
    replaying = _Replaying(models, log.beginnings(log.order), np.array(list(counted.values()))[log.order])
    for depth in range(len(replaying.tree.levels)):
        replaying.go_on(depth)
    return replaying.found()


class _Part:
    """A part of the model. labels : its first label's place among the labels of all parts, and one past its last's"""

    def __init__(self, model: Model, before: int, longest: int) -> None:
        self.labels = before, before + len(model.graph.labels)
        self.stepping = Stepping(model, int(model.width(np.array([longest]))[0]))
        self.final = model.graph.final
        self._offers = np.zeros((model.graph.states, len(model.graph.labels)), np.float32)
        self._offers[model.graph.visible[:, 0], model.graph.visible[:, 1]] = 1

    def mine(self, steps: Numbers) -> Numbers:
        return np.flatnonzero((steps >= self.labels[0]) & (steps < self.labels[1]))

    def step(self, costs: Costs, steps: Numbers) -> Costs:
        """The costs after one more step; one that is not of this part changes nothing."""
        mine = self.mine(steps)
        if len(mine):
            costs[mine] = self.stepping.step(costs[mine], steps[mine] - self.labels[0])
        return costs

    def offered(self, costs: Costs) -> NDArray[np.bool_]:
        """The steps that the model allows next."""
        return ((costs == 0).astype(np.float32) @ self._offers) > 0


class _Replaying:
    """The cases on their way through the parts of the model, all beginnings of one length at a time."""

    def __init__(self, models: list[Model], tree: Beginnings, cases: Numbers) -> None:
        before = np.cumsum([0, *(len(model.graph.labels) for model in models)]).tolist()
        self.parts = [_Part(*each, tree.longest) for each in zip(models, before, strict=False)]
        work = (
            model.work(tree.step[part.mine(tree.step)] - part.labels[0]).sum()
            for model, part in zip(models, self.parts, strict=True)
        )
        if sum(map(int, work)) > MOST_WORK:
            raise TooBig("The model has too many states, or the cases too many steps, for all ways to be compared.")
        self.tree, self.shortest = tree, sum(model.shortest for model in models)
        self.ended = np.zeros(len(tree.parent), np.int64)
        np.add.at(self.ended, tree.end, cases)  # those that differ in unknown steps only are alike here
        self.passed = np.zeros(len(tree.parent), np.int64)
        for here in reversed(tree.levels[1:]):
            np.add.at(self.passed, tree.parent[here], self.passed[here] + self.ended[here])
        self._costs = [part.stepping.start[None] for part in self.parts]
        self._unknown = np.zeros(1, np.int64)
        self._fitting = self._offers = self._escapes = 0
        self._shares: list[float] = []

    def go_on(self, depth: int) -> None:
        """One step further, and what is known then."""
        here = self.tree.levels[depth]
        if depth:
            parent, step = self.tree.parent[here] - self.tree.first[depth - 1], self.tree.step[here]
            self._unknown = self._unknown[parent] + (step == UNKNOWN)
            self._costs = [part.step(costs[parent], step) for part, costs in zip(self.parts, self._costs, strict=True)]
        self._compare(depth, np.flatnonzero(self.ended[here]), self.ended[here])
        self._look_ahead(depth, self.passed[here])

    def _compare(self, depth: int, done: Numbers, ended: Numbers) -> None:
        cost = self._unknown[done]
        for part, costs in zip(self.parts, self._costs, strict=True):
            cost = cost + costs[np.ix_(done, part.final)].min(axis=1)
        self._fitting += int(ended[done[cost == 0]].sum())
        self._shares += (ended[done] * (1 - cost / max(depth + self.shortest, 1))).tolist()

    def _look_ahead(self, depth: int, passed: Numbers) -> None:
        allowed = np.all([(costs == 0).any(axis=1) for costs in self._costs], axis=0) & (self._unknown == 0)
        on = [part.offered(costs) for part, costs in zip(self.parts, self._costs, strict=True)]
        offered = np.concatenate(on, axis=1)
        weights = passed * allowed
        self._offers += int(weights @ offered.sum(axis=1))
        self._escapes += int(weights @ (offered & ~self._taken(depth, offered.shape)).sum(axis=1))

    def _taken(self, depth: int, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Which step came next after which beginning."""
        taken = np.zeros(shape, dtype=bool)
        for after in self.tree.levels[depth + 1 : depth + 2]:
            known = self.tree.step[after] != UNKNOWN
            taken[self.tree.parent[after][known] - self.tree.first[depth], self.tree.step[after][known]] = True
        return taken

    def found(self) -> Replay:
        precision = 1 - self._escapes / self._offers if self._offers else nan
        return Replay(self._fitting, fsum(self._shares) / int(self.ended.sum()), precision)  # exact, whatever the order
