"""Which of the equally cheap ways to hold a case against a flow is told?

The one that needs the fewest deviations; of those, the one whose deviations say most (a step out of order says more than
one too many); of those, the one that follows the flow as long as it can. Where only the branch of a choice differs, the
branches are named together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .alignment import Move
from .deviation_naming import named
from .deviations import Deviation, Kind, What
from .flow_order import FlowOrder
from .readings import Readings
from .ways import Ways

# The more it says the lower. A step too many and a step too few say as much: what counts is where the case leaves the flow.
# Where that is the same, it is a step too many: of "A A B" in a loop of A and B, A was done again.
_SAYS: dict[Kind, int] = {
    "out_of_order": 0,
    "went_back": 1,
    "repeated": 2,
    "skipped": 2,
    "replaced": 3,
    "unknown": 4,
    "not_intended": 5,
}
_FIRST = {kind: place for place, kind in enumerate(_SAYS)}
_OF_A_CHOICE: frozenset[Kind] = frozenset({"skipped", "not_intended", "replaced"})


@dataclass(frozen=True)
class Told:
    """A case in words. moves : the way that is told; deviations : each move of it that does not match is in one"""

    moves: tuple[Move, ...]
    deviations: tuple[Deviation, ...]


def told(
    ways: Ways | None,
    order: FlowOrder,
    traces: Sequence[tuple[str, ...]],
    moves: Sequence[tuple[Move, ...]],
    *,
    to_the_end: bool = True,
) -> Iterator[Told]:
    """Each case in words, in the order given.

    ways : what the flow allows; None where it has too many states for looking at all ways
    moves : an optimal alignment of each case, told where not all are looked at
    """
    if ways is None:
        yield from (Told(way, named(way, order, to_the_end=to_the_end)) for way in moves)
        return
    for fixed, readings in zip(moves, Readings(ways, traces, to_the_end=to_the_end), strict=True):
        if readings:
            yield _best([Told(way, named(way, order, ways, to_the_end=to_the_end)) for way in readings], order)
        else:
            yield Told(fixed, named(fixed, order, to_the_end=to_the_end))


def _best(tries: Sequence[Told], order: FlowOrder) -> Told:
    best = min(tries, key=_weight)
    says = _says(best)
    near = [each for each in tries if _says(each) == says]
    return Told(best.moves, _with_choices(best, near, order)) if len(near) > 1 else best


def _says(each: Told) -> tuple[int, int]:
    return len(each.deviations), sum(_SAYS[deviation.kind] for deviation in each.deviations)


def _weight(each: Told) -> tuple[int, int, int, int, int]:
    apart = sum(d.moves[-1] - d.moves[0] for d in each.deviations if d.kind == "out_of_order")
    first = sum(_FIRST[deviation.kind] for deviation in each.deviations)
    return *_says(each), apart, -_lateness(each), first


def _lateness(each: Told) -> int:
    """How much of the case comes before the moves that do not match, all together."""
    late, before = 0, 0
    for log, model in each.moves:
        late += before if log is None or model is None else 0
        before += log is not None
    return late


def _with_choices(best: Told, near: Sequence[Told], order: FlowOrder) -> tuple[Deviation, ...]:
    """Name the branches together: in another way as good, all but one deviation is the same, and that one differs in its
    last step alone."""
    mine = Counter(deviation.what for deviation in best.deviations)
    others: dict[What, set[str]] = {}
    for each in near:
        theirs = Counter(deviation.what for deviation in each.deviations)
        here, there = list((mine - theirs).elements()), list((theirs - mine).elements())
        if len(here) == len(there) == 1 and _differ_in_last_step(here[0], there[0]):
            others.setdefault(here[0], set()).add(there[0][1][-1])
    return tuple(
        deviation.of_any(sorted({deviation.steps[-1], *others[deviation.what]}, key=order.place.__getitem__))
        if deviation.what in others
        else deviation
        for deviation in best.deviations
    )


def _differ_in_last_step(one: What, other: What) -> bool:
    (kind, steps, _), (other_kind, other_steps, _) = one, other
    return kind == other_kind and kind in _OF_A_CHOICE and steps[:-1] == other_steps[:-1]
