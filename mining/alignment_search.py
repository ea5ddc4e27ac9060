"""How far is each variant from what a model allows, when that is too much to be worked out for all?

First the exact way for all variants together (:mod:`.alignment`). What is too big for it is searched for variant by
variant, with a limit on the time; what is not found by then stays open, and is said to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .alignment import Alignments, Move, align_some, nothing
from .automaton import of_expression, of_net
from .errors import TooBig
from .expression import Expression
from .expression_tree import tree_of
from .net_reduction import reduced
from .nets import aligned_by_pm4py
from .petri_net import PetriNet, net_of, stopping_anywhere

SECONDS = 20.0
_MOST_TRANSITIONS = 2_000  # of a model that is searched: beyond, a search finds nothing in time and fills the memory


def align_in_time(
    model: Expression | PetriNet,
    variants: Sequence[Sequence[str]],
    *,
    open: Sequence[bool] | None = None,
    seconds: float = SECONDS,
) -> Alignments:
    """Hold every variant against the model, the first ones first when time is short: put the most common ones there.

    open : for every variant, has it open cases, so that its cost and moves as a beginning are wanted as well?
    seconds : for the search; what it finds depends on the machine, and of several cheapest ways it tells any

    `computed` says of each variant whether everything that was wanted is known; `shortest` is -1 when that is unknown.
    Raises UsageError where no case can be held against the model: no step, no end, tokens that pile up.
    """
    wanted = [False] * len(variants) if open is None else list(open)
    try:
        automaton = of_net(model) if isinstance(model, PetriNet) else of_expression(model)
        found = align_some(automaton, variants, open=wanted)
    except TooBig:
        found = nothing(len(variants))
    if found.computed.all():
        return found
    net = model if isinstance(model, PetriNet) else reduced(net_of(tree_of(model)))
    if len(net.transitions) > _MOST_TRANSITIONS:
        return found
    return _searched(found, net, variants, wanted, seconds / 2 if any(wanted) else seconds)


def _searched(
    found: Alignments, net: PetriNet, variants: Sequence[Sequence[str]], wanted: list[bool], seconds: float
) -> Alignments:
    """What is known, and what the search adds; as much time again for the beginnings."""
    left = np.flatnonzero(~found.computed).tolist()
    shortest, *whole = aligned_by_pm4py(net, [(), *(variants[number] for number in left)], seconds)
    asked = [number for number in left if wanted[number]]
    begun = aligned_by_pm4py(stopping_anywhere(net), [variants[n] for n in asked], seconds) if asked else []
    for number, moves in zip(left, whole, strict=True):
        if moves is not None:
            found.moves[number], found.cost[number] = moves, cost_of(moves)
    for number, moves in zip(asked, begun, strict=True):
        if moves is not None:
            found.prefix_moves[number], found.prefix_cost[number] = moves, cost_of(moves)
    found = found if shortest is None else replace(found, shortest=cost_of(shortest))
    known = found.cost >= 0 if found.shortest >= 0 else found.computed
    most = np.maximum(np.array([len(variant) for variant in variants]) + found.shortest, 1)
    computed = known & (~np.array(wanted, bool) | (found.prefix_cost >= 0))
    return replace(found, fitness=np.where(known, 1 - found.cost / most, np.nan), computed=computed)


def cost_of(moves: Sequence[Move]) -> int:
    """The steps of the log alone and those of the model alone."""
    return sum(step is None or of_model is None for step, of_model in moves)
