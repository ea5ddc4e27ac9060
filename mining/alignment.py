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
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .alignment_costs import MOST_WORK, WIDTHS, CostTable, Model, Stepping
from .alignment_moves import LOG, Moves
from .beginnings import Sequences
from .errors import TooBig
from .transition_system import Numbers, TransitionSystem

Move = tuple[str | None, str | None]  # a step of the log, a step of the model, or both together

_MOST_BYTES = 64 << 20  # of costs in memory at a time,
_MOST_BYTES_OF_ONE = 512 << 20  # unless a single variant needs more


@dataclass(frozen=True, eq=False)
class Alignments:
    """One entry per variant, in the order given.

    cost : of the whole variant; prefix_cost : of the variant as the beginning of something; fitness : 0 to 1
    moves : in order, each with the step of the log and the step of the model, None where the other is alone
    prefix_moves : the same for the variant as the beginning of something; None where it was not asked for
    shortest : the visible steps of the model's shortest way
    computed : False where it would take too long: a cost is -1 then, and the fitness NaN (:func:`.align` has no such)
    """

    cost: NDArray[np.int64]
    prefix_cost: NDArray[np.int64]
    fitness: NDArray[np.float64]
    moves: list[tuple[Move, ...]]
    prefix_moves: list[tuple[Move, ...] | None]
    shortest: int
    computed: NDArray[np.bool_]


def align(
    automaton: TransitionSystem, variants: Sequence[Sequence[str]], *, open: Sequence[bool] | None = None
) -> Alignments:
    """Hold every variant against the model.

    open : for every variant, has it open cases, so that its moves as a beginning are wanted as well?

    A step that the model does not know is one of the log alone. Raises TooBig if it would take too long.
    """
    model, log = Model(automaton), Sequences(automaton.labels, variants)
    chosen = _affordable(model, log)
    if not chosen.all():
        raise TooBig(
            "The model can be in so many states, and the log has so many or so long variants, that they cannot be held "
            "against each other in a minute: put fewer steps in any order, or choose fewer cases."
        )
    return _aligned(model, log, chosen, open)


def align_some(
    automaton: TransitionSystem, variants: Sequence[Sequence[str]], *, open: Sequence[bool] | None = None
) -> Alignments:
    """As `align`, but where that would take too long, of the first variants only, and of none that is too long."""
    model, log = Model(automaton), Sequences(automaton.labels, variants)
    return _aligned(model, log, _affordable(model, log), open)


def _affordable(model: Model, log: Sequences) -> NDArray[np.bool_]:
    """Which variants, from the first on, can be taken; counted, not timed, so that the answer is the same everywhere."""
    work = np.bincount(_owners(log.lengths), model.work(log.known), minlength=len(log.lengths))
    can = (work <= MOST_WORK) & ((log.lengths + 1) * _bytes_per_step(model, log) <= _MOST_BYTES_OF_ONE)
    return can & (np.cumsum(np.where(can, work, 0)) <= MOST_WORK)


def _owners(lengths: Numbers) -> Numbers:
    """For every step, the number of its sequence."""
    return np.repeat(np.arange(len(lengths)), lengths)


def _bytes_per_step(model: Model, log: Sequences) -> Numbers:
    sizes = np.array([np.dtype(kind).itemsize for kind, _ in WIDTHS])
    return sizes[model.width(log.lengths)] * model.graph.states


def _aligned(model: Model, log: Sequences, chosen: NDArray[np.bool_], open: Sequence[bool] | None) -> Alignments:
    found, names = nothing(len(log.lengths)), _names(log)
    wanted = np.zeros(len(chosen), bool) if open is None else np.array(open, bool)
    for chunk, width in _chunks(model, log, chosen):
        table = CostTable(model, Stepping(model, width), log.beginnings(chunk))
        found.cost[chunk], found.prefix_cost[chunk] = table.ends, table.any_state
        for variant, told in zip(chunk.tolist(), _told(log, names, chunk, Moves(table, to_the_end=True)), strict=True):
            found.moves[variant] = told
        if wanted[chunk].any():
            beginnings = _told(log, names, chunk, Moves(table, to_the_end=False))
            for variant, told in zip(chunk.tolist(), beginnings, strict=True):
                found.prefix_moves[variant] = told if wanted[variant] else None
    fitness = np.where(chosen, 1 - found.cost / np.maximum(log.lengths + model.shortest, 1), np.nan)
    return replace(found, fitness=fitness, shortest=model.shortest, computed=chosen)


def nothing(count: int) -> Alignments:
    """So many variants, and nothing known of them."""
    unknown = np.full(count, -1)
    return Alignments(
        cost=unknown,
        prefix_cost=unknown.copy(),
        fitness=np.full(count, np.nan),
        moves=[()] * count,
        prefix_moves=[None] * count,
        shortest=-1,
        computed=np.zeros(count, bool),
    )


def _chunks(model: Model, log: Sequences, chosen: NDArray[np.bool_]) -> list[tuple[Numbers, int]]:
    """The chosen variants in order, cut so that the costs of each part are in memory together, in numbers of one width."""
    found: list[tuple[Numbers, int]] = []
    widths, sizes = model.width(log.lengths), (log.lengths + 1) * _bytes_per_step(model, log)
    for width in np.unique(widths).tolist():
        ordered = log.order[(chosen & (widths == width))[log.order]]
        cuts = np.flatnonzero(np.diff(np.cumsum(sizes[ordered]) // _MOST_BYTES)) + 1
        found += [(part, width) for part in np.split(ordered, cuts) if len(part)]
    return found


def _names(log: Sequences) -> NDArray[np.object_]:
    """For every name, three moves: both together, the log alone, the model alone."""
    moves = np.empty(3 * len(log.names), object)
    for number, name in enumerate(log.names):
        moves[3 * number] = (name, name)
        moves[3 * number + 1] = (name, None)
        moves[3 * number + 2] = (None, name)
    return moves


def _told(log: Sequences, names: NDArray[np.object_], chunk: Numbers, found: Moves) -> list[tuple[Move, ...]]:
    """The moves of each variant: its steps, those of the log alone marked, and between them those of the model."""
    lengths = log.lengths[chunk]
    starts, item = np.cumsum(lengths) - lengths, _owners(lengths)
    position = np.arange(len(item)) - starts[item]
    code = 3 * log.steps[log.offsets[chunk][item] + position]
    alone = found.move == LOG
    code[starts[found.item[alone]] + found.length[alone] - 1] += 1
    # Told from the end, so of those after the same step the last told comes first.
    model_item, model_length = found.item[~alone][::-1], found.length[~alone][::-1]
    order = np.lexsort((np.r_[position + 1, model_length], np.r_[item, model_item]))
    codes = np.r_[code, 3 * found.move[~alone][::-1] + 2][order]
    flat = names[codes].tolist()
    ends = np.cumsum(lengths + np.bincount(model_item, minlength=len(chunk))).tolist()
    return [tuple(flat[start:stop]) for start, stop in zip([0, *ends], ends, strict=False)]
