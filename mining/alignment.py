"""How far is each variant from what a model allows, and which steps make the difference?

An optimal alignment (Adriansyah, van Dongen and van der Aalst, 2011) holds a variant against the way through the model
that it is nearest to. A step of the log alone costs 1, a visible step of the model alone costs 1, both together and
silent ones nothing; the cost is the least there is. The fitness is 1 - cost / (the variant's steps + the steps of the
model's shortest way).

An open case is held against the ways' beginnings: what is still to come costs nothing (prefix alignment).

All variants are worked out together (:mod:`.alignment_costs`); of several cheapest ways one is told by a fixed rule
(:mod:`.alignment_moves`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .alignment_costs import WIDTHS, CostTable, Model, distances
from .alignment_moves import LOG, Moves
from .automaton import Automaton
from .beginnings import Numbers, beginnings, in_order
from .errors import TooBig

Move = tuple[str | None, str | None]  # a step of the log, a step of the model, or both together

MOST_WORK = 200_000_000_000  # comparisons; about a minute
_MOST_BYTES = 64 << 20  # of costs in memory at a time


@dataclass(frozen=True, eq=False)
class Alignments:
    """One entry per variant, in the order given.

    cost : of the whole variant; prefix_cost : of the variant as the beginning of something; fitness : 0 to 1
    moves : in order, each with the step of the log and the step of the model, None where the other is alone
    prefix_moves : the same for the variant as the beginning of something; None where it was not asked for
    shortest : the visible steps of the model's shortest way
    """

    cost: NDArray[np.int64]
    prefix_cost: NDArray[np.int64]
    fitness: NDArray[np.float64]
    moves: list[tuple[Move, ...]]
    prefix_moves: list[tuple[Move, ...] | None]
    shortest: int


def align(automaton: Automaton, variants: Sequence[Sequence[str]], *, open: Sequence[bool] | None = None) -> Alignments:
    """Hold every variant against the model.

    open : for every variant, has it open cases, so that its moves as a beginning are wanted as well?

    A step that the model does not know is one of the log alone. Raises TooBig if it would take too long.
    """
    log = _Encoded(automaton.labels, variants)
    wanted = np.zeros(len(variants), bool) if open is None else np.array(open, bool)
    distance = distances(automaton)
    shortest = int(distance[automaton.start][automaton.final].min())
    result = Alignments(
        np.zeros(len(variants), np.int64),
        np.zeros(len(variants), np.int64),
        np.ones(len(variants)),
        [()] * len(variants),
        [None] * len(variants),
        shortest,
    )
    furthest = log.lengths + int(distance[automaton.start].max())
    narrowest = np.searchsorted([far for _, far in WIDTHS], np.maximum(furthest, _diameter(distance)) + 1)
    for width in np.unique(narrowest).tolist():
        model = Model(automaton, distance, width)
        log.check(model, np.flatnonzero(narrowest == width))
        for chunk in log.chunks(np.flatnonzero(narrowest == width), model.start.nbytes):
            _align(model, log, chunk, wanted, result)
    most = log.lengths + shortest
    result.fitness[most > 0] = 1 - result.cost[most > 0] / most[most > 0]
    return result


def _diameter(distance: NDArray[np.uint16]) -> int:
    return int(distance[distance < WIDTHS[1][1]].max())


def _align(model: Model, log: _Encoded, chunk: Numbers, wanted: NDArray[np.bool_], result: Alignments) -> None:
    tree = beginnings(log.known, log.offsets[chunk], log.lengths[chunk])
    table = CostTable(model, tree, _MOST_BYTES)
    result.cost[chunk], result.prefix_cost[chunk] = table.ends, table.any_state
    for variant, moves in zip(chunk.tolist(), log.moves(chunk, Moves(table, to_the_end=True)), strict=True):
        result.moves[variant] = moves
    if wanted[chunk].any():
        for variant, moves in zip(chunk.tolist(), log.moves(chunk, Moves(table, to_the_end=False)), strict=True):
            if wanted[variant]:
                result.prefix_moves[variant] = moves


class _Encoded:
    """The variants as numbers, end to end: first the model's labels, then the steps that it does not know."""

    def __init__(self, labels: tuple[str, ...], variants: Sequence[Sequence[str]]) -> None:
        unknown = sorted({step for variant in variants for step in variant} - set(labels))
        self.names = [*labels, *unknown]
        place = {name: number for number, name in enumerate(self.names)}
        self.lengths = np.array([len(variant) for variant in variants], np.int64)
        self.offsets = np.r_[0, np.cumsum(self.lengths)].astype(np.int64)
        self.steps = np.array([place[step] for variant in variants for step in variant], np.int64)
        self.known = np.where(self.steps < len(labels), self.steps, -1)
        self._order = in_order(self.known, self.offsets)
        self._moves = np.empty(3 * len(self.names), object)
        for number, name in enumerate(self.names):
            self._moves[3 * number] = (name, name)
            self._moves[3 * number + 1] = (name, None)
            self._moves[3 * number + 2] = (None, name)

    def check(self, model: Model, chosen: Numbers) -> None:
        """Is it a matter of a minute? Counted, not timed, so that the answer is the same everywhere."""
        steps = np.repeat(np.isin(np.arange(len(self.lengths)), chosen), self.lengths)
        if int(model.work[self.known[steps]].sum()) > MOST_WORK:
            raise TooBig(
                "The model can be in so many states, and the log has so many variants, that they cannot be held against "
                "each other in a minute: put fewer steps in any order, or choose fewer cases."
            )

    def chunks(self, chosen: Numbers, bytes_per_step: int) -> list[Numbers]:
        """The chosen variants in order, cut so that the costs of each part are in memory together."""
        ordered = self._order[np.isin(self._order, chosen)]
        filled = np.cumsum(self.lengths[ordered] + 1) * bytes_per_step
        cuts = np.flatnonzero(np.diff(filled // _MOST_BYTES)) + 1
        return [part for part in np.split(ordered, cuts) if len(part)]

    def moves(self, chunk: Numbers, found: Moves) -> list[tuple[Move, ...]]:
        """The moves of each variant: its steps, those of the log alone marked, and between them those of the model."""
        lengths = self.lengths[chunk]
        starts = np.cumsum(lengths) - lengths
        item = np.repeat(np.arange(len(chunk)), lengths)
        position = np.arange(len(item)) - starts[item]
        code = 3 * self.steps[self.offsets[chunk][item] + position]
        alone = found.move == LOG
        code[starts[found.item[alone]] + found.length[alone] - 1] += 1
        # Told from the end, so of those after the same step the last told comes first.
        model_item, model_length = found.item[~alone][::-1], found.length[~alone][::-1]
        order = np.lexsort((np.r_[position + 1, model_length], np.r_[item, model_item]))
        codes = np.r_[code, 3 * found.move[~alone][::-1] + 2][order]
        flat = self._moves[codes].tolist()
        ends = np.cumsum(lengths + np.bincount(model_item, minlength=len(chunk))).tolist()
        return [tuple(flat[start:stop]) for start, stop in zip([0, *ends], ends, strict=False)]
