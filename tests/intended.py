"""Intended flows for tests: random ones, and as trees of pm4py."""

from __future__ import annotations

import random
from itertools import pairwise

from saksflyt.mining.expression import Choice, Expression, Parallel, Repeat, Sequence, Step

Word = tuple[str, ...]

REPEATS = ((0, False), (0, True), (1, True))


def random_flow(rng: random.Random, leaves: int, alphabet: str = "abcdef") -> Expression:
    """A flow of so many steps; a step may stand in several places."""
    flow: Expression
    if leaves == 1:
        flow = Step(rng.choice(alphabet))
    else:
        cuts = sorted(rng.sample(range(1, leaves), rng.randint(1, min(leaves - 1, 2))))
        parts = [random_flow(rng, stop - start, alphabet) for start, stop in pairwise([0, *cuts, leaves])]
        flow = rng.choice((Sequence, Sequence, Choice, Parallel))(tuple(parts))
    return Repeat(flow, *rng.choice(REPEATS)) if rng.random() < 0.25 else flow


def random_trace(rng: random.Random, most: int = 8, alphabet: str = "abcdefx") -> Word:
    return tuple(rng.choices(alphabet, k=rng.randint(0, most)))


def as_tree_text(flow: Expression) -> str:
    """The flow as pm4py writes a process tree."""
    if isinstance(flow, Step):
        return f"'{flow.name}'"
    if isinstance(flow, Repeat):
        part = as_tree_text(flow.part)
        if not flow.many:
            return f"X( {part}, tau )" if flow.least == 0 else part
        return f"*( tau, {part} )" if flow.least == 0 else f"*( {part}, tau )"
    sign = {Sequence: "->", Choice: "X", Parallel: "+"}[type(flow)]
    return f"{sign}( {', '.join(map(as_tree_text, flow.parts))} )"
