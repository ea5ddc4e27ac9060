"""What is a model, once only its states and the steps between them count?

Every model comes to this: a flow by what is left of it after each step (:mod:`.derivatives`), a Petri net by its markings
(:mod:`.state_space`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SILENT = -1

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TransitionSystem:
    """States, numbered from 0, and edges between them that take a step or are silent.

    labels : the steps; those of a flow in reading order, those of a net sorted
    start : where it starts; final : for every state, may it end here?
    edges : one row per edge, sorted: source, label (a place among `labels`, or SILENT), target
    """

    labels: tuple[str, ...]
    start: int
    final: NDArray[np.bool_]
    edges: Numbers

    @property
    def states(self) -> int:
        return len(self.final)

    @property
    def visible(self) -> Numbers:
        return self.edges[self.edges[:, 1] != SILENT]

    @property
    def silent(self) -> Numbers:
        return self.edges[self.edges[:, 1] == SILENT]
