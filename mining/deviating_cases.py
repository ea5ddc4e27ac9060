"""Which cases have each deviation, and at which of their steps is it first to be seen?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .deviation_moments import Misfits, moments
from .deviations import What
from .held import ways_of

if TYPE_CHECKING:
    from .case_rows import CaseRows
    from .conform_counts import Situations
    from .flow import Flow
    from .held import Held

Numbers = NDArray[np.int64]
Seen = dict[What, tuple[Numbers, Numbers]]


def deviating(
    situations: Situations, held: Sequence[Held], orders: Sequence[tuple[str, ...]], flow: Flow, rows: CaseRows
) -> Seen:
    """For each deviation the cases (places by case_no) and, for each, the place of the step (from 0, those at any time left
    out). A case in which only its end shows the deviation is not there."""
    at_most = {step: said.at_most for step, said in flow.steps.items() if said.at_most is not None}
    misfits = Misfits(ways_of(flow))
    told: dict[tuple[int, bool], dict[What, int]] = {}
    parts: dict[What, list[tuple[int, int]]] = defaultdict(list)
    for situation, key in enumerate(zip(situations.variant, situations.closed, strict=True)):
        if key not in told:
            variant, closed = key
            row = held[variant]
            moves, deviations = (row.moves, row.deviations) if closed else (row.open_moves, row.open_deviations)
            told[key] = moments(orders[variant], moves, deviations or (), at_most, misfits)
        for what, place in told[key].items():
            parts[what].append((situation, place))
    found = _by_case(parts, situations.cases["situation"].to_numpy(np.int64), len(situations.variant))
    return found | _elsewhere(flow, rows)


def _by_case(parts: dict[What, list[tuple[int, int]]], situation: Numbers, count: int) -> Seen:
    order = np.argsort(situation, kind="stable")
    bounds = np.searchsorted(situation[order], np.arange(count + 1))
    found: Seen = {}
    for what, seen in parts.items():
        cases = [order[bounds[each] : bounds[each + 1]] for each, _ in seen]
        places = np.repeat([place for _, place in seen], [len(some) for some in cases])
        together = np.concatenate(cases)
        by_number = np.argsort(together, kind="stable")
        found[what] = together[by_number], places[by_number]
    return found


def _elsewhere(flow: Flow, rows: CaseRows) -> Seen:
    """The first time in each case that another unit did a step."""
    found: Seen = {}
    at = np.flatnonzero(rows.elsewhere)
    steps = rows.step(at)
    for step, said in flow.steps.items():
        mine = at[steps == rows.code(step)] if said.unit is not None else at[:0]
        if len(mine):
            cases, first = np.unique(rows.case[mine], return_index=True)
            found["other_unit", (step,), ()] = cases, rows.number[mine[first]]
    return found
