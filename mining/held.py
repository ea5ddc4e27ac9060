"""How does each order of steps stand to the flow, as a whole case and as one that is still open?

The steps that may come at any time are taken out first; each order that is left is looked at once, however many variants
have it. A whole case is held against the whole flow, an open one against its beginnings: what is not yet due is no
deviation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .alignment import Alignments, Move
from .alignment_search import align_in_time
from .deviation_choice import Told
from .deviation_choice import told as in_words
from .deviations import Deviation
from .errors import TooBig
from .flow import Flow
from .flow_order import FlowOrder
from .net_order import NetOrder
from .ways import MOST_STATES, Ways


@dataclass(frozen=True)
class Held:
    """One variant against the flow.

    cost, prefix_cost : of the whole variant, and as a beginning; None where they were not computed
    fitness : 0 to 1; worst, prefix_worst : the cost if nothing matched
    deviations : of its closed cases; open_deviations : of its open ones; None where they were not asked for or computed
    moves, open_moves : the ways through the flow that the deviations tell of, without steps that may come at any time
    """

    cost: int | None
    prefix_cost: int | None
    fitness: float
    worst: int
    prefix_worst: int
    deviations: tuple[Deviation, ...] | None
    open_deviations: tuple[Deviation, ...] | None
    moves: tuple[Move, ...] = ()
    open_moves: tuple[Move, ...] = ()


def held(flow: Flow, variants: Sequence[Sequence[str]], closed: Sequence[bool], open: Sequence[bool]) -> list[Held]:
    """Hold every variant against the flow; when time is short, the first ones first.

    closed, open : for every variant, has it such cases, so that their deviations are wanted?
    """
    anytime = set(flow.anytime)
    orders = [tuple(step for step in variant if step not in anytime) for variant in variants]
    number = {order: place for place, order in enumerate(dict.fromkeys(orders))}
    whole = {number[order] for order, wanted in zip(orders, closed, strict=True) if wanted}
    beginning = {number[order] for order, wanted in zip(orders, open, strict=True) if wanted}
    found = _alignments(flow, list(number), beginning)
    words = _words(flow, list(number), found, whole, to_the_end=True)
    open_words = _words(flow, list(number), found, beginning, to_the_end=False)

    def of(variant: Sequence[str], order: tuple[str, ...], is_whole: bool, is_beginning: bool) -> Held:
        place, often = number[order], _too_often(flow, variant)
        told = words.get(place) if is_whole else None
        open_told = open_words.get(place) if is_beginning else None
        return Held(
            cost=_known(found.cost[place]) if found.shortest >= 0 else None,
            prefix_cost=_known(found.prefix_cost[place]),
            fitness=float(found.fitness[place]),
            worst=len(order) + found.shortest,
            prefix_worst=len(order),
            deviations=_with(told, often),
            open_deviations=_with(open_told, often),
            moves=told.moves if told else (),
            open_moves=open_told.moves if open_told else (),
        )

    return [of(*each) for each in zip(variants, orders, closed, open, strict=True)]


def _known(cost: int) -> int | None:
    return int(cost) if cost >= 0 else None


def _alignments(flow: Flow, orders: list[tuple[str, ...]], open: set[int]) -> Alignments:
    """The one place where cases meet the flow."""
    model = flow.order.net if isinstance(flow.order, NetOrder) else flow.order
    return align_in_time(model, orders, open=[place in open for place in range(len(orders))])


def _words(
    flow: Flow, orders: list[tuple[str, ...]], found: Alignments, wanted: set[int], *, to_the_end: bool
) -> dict[int, Told]:
    """The orders that are wanted in words, as far as they are computed."""
    costs = found.cost if to_the_end else found.prefix_cost
    ways = ways_of(flow)
    all_moves = found.moves if to_the_end else found.prefix_moves
    computed = [place for place in sorted(wanted) if costs[place] >= 0]
    places = [place for place in computed if costs[place]]
    moves = [all_moves[place] or () for place in places]
    cases = in_words(ways, _order(flow, ways), [orders[place] for place in places], moves, to_the_end=to_the_end)
    fitting = {place: Told(tuple((step, step) for step in orders[place]), ()) for place in computed}
    return fitting | dict(zip(places, cases, strict=True))


def ways_of(flow: Flow) -> Ways | None:
    """What the flow allows; None where it has too many states to look at them all."""
    try:
        automaton = flow.automaton()
    except TooBig:
        return None
    return Ways(automaton) if automaton.states <= MOST_STATES else None


def _order(flow: Flow, ways: Ways | None) -> FlowOrder:
    if isinstance(flow.order, NetOrder):
        place = {step: number for number, step in enumerate(dict.fromkeys((*flow.ordered, *flow.steps)))}
        return FlowOrder(place, ways.required if ways else frozenset(), frozenset())
    return FlowOrder.of(flow.order, flow.steps)


def _too_often(flow: Flow, variant: Sequence[str]) -> dict[str, int]:
    """The steps that come more often than their `at_most`, and how much."""
    counts = Counter(variant)
    limits = {step: said.at_most for step, said in flow.steps.items() if said.at_most is not None}
    return {step: counts[step] - most for step, most in limits.items() if counts[step] > most}


def _with(told: Told | None, often: dict[str, int]) -> tuple[Deviation, ...] | None:
    """With those that came too often, where no deviation says already that they came again."""
    if told is None:
        return None
    again = Counter(deviation.steps[0] for deviation in told.deviations if deviation.kind == "repeated")
    more = [Deviation("too_often", (step,)) for step, extra in often.items() for _ in range(extra - again[step])]
    return (*told.deviations, *more)
