"""How do the cases go beside how they were meant to go? What a picture of both needs.

The order is looked at without the steps that may come at any time. A move from one step to the next is *intended* when
the flow allows the second directly after the first in some case; so is a first step with which the flow may begin, and a
last one with which it may end. An open case has no last step yet.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .conform import Conformance
from .errors import UsageError
from .flow import Flow
from .graph import Graph, graph
from .log import EventLog
from .transition_system import SILENT, TransitionSystem
from .variants import Variants, variants

Move = tuple[str | None, str | None]  # None before the first step and after the last


@dataclass(frozen=True)
class Intended:
    """The cases of a log and an intended flow.

    graph, variants, cases : of the log without the steps that may come at any time; a case of nothing else is left out
    ends : activity, cases; the last steps of closed cases, or of all where closing is unknown
    allowed : the moves that the flow allows
    way, way_cases : the flow's way that most of the closed cases go exactly, each step once, and how many do; where none
        goes any, the flow's shortest way
    closed_cases : how many cases count as closed
    anytime : activity, cases; the steps that may come at any time, also those that no case has
    never : the steps of the flow's order that no case has
    foreign : the activities that are no step of the flow
    """

    flow: Flow
    conformance: Conformance
    graph: Graph
    variants: Variants
    cases: int
    ends: pd.DataFrame
    allowed: frozenset[Move]
    way: tuple[str, ...]
    way_cases: int
    closed_cases: int
    anytime: pd.DataFrame
    never: tuple[str, ...]
    foreign: frozenset[str]

    @property
    def closed_by_flow(self) -> bool:
        """Is it the flow, and not the export, that says which cases are over?"""
        return self.conformance.closing_known and not self.conformance.log.closing_known

    def knows(self, activity: str) -> bool:
        """Is the activity a step of the flow?"""
        return activity not in self.foreign


def intended(log: EventLog, flow: Flow, conformance: Conformance) -> Intended:
    """Put the log beside the flow; its activities bear the flow's names. Raises UsageError if none of its steps is in order."""
    order = log.without(flow.anytime) if set(flow.anytime) & set(log.activities) else log
    if not order.case_count:
        raise UsageError(
            f"No step of {log.name} is part of the order of {flow.name}: every one may come at any time, so there is no way "
            "to show. Put some of them in the order."
        )
    ways = variants(order)
    automaton = flow.automaton()
    closed = _closed(conformance, flow)
    way, way_cases = _way(automaton, closed, _fitting(conformance, flow))
    drawn = graph(order)
    known = set(drawn.steps["activity"])
    return Intended(
        flow=flow,
        conformance=conformance,
        graph=drawn,
        variants=ways,
        cases=order.case_count,
        ends=_ends(closed),
        allowed=allowed_moves(automaton),
        way=tuple(dict.fromkeys(way)),
        way_cases=way_cases,
        closed_cases=sum(closed.values()),
        anytime=_anytime(log, flow),
        never=tuple(step for step in flow.ordered if step not in known),
        foreign=frozenset(known - set(flow.ordered)),
    )


def allowed_moves(automaton: TransitionSystem) -> frozenset[Move]:
    """Every pair of steps of which the second may come directly after the first."""
    leads = _silently(automaton)
    next_steps = defaultdict(set)
    for source, label, _ in automaton.visible.tolist():
        next_steps[source].add(automaton.labels[label])

    def after(step: str | None, state: int) -> set[Move]:
        reached = leads[state]
        moves: set[Move] = {(step, other) for place in reached for other in next_steps[place]}
        return moves | ({(step, None)} if automaton.final[list(reached)].any() else set())

    found = after(None, automaton.start)
    for label, target in {(label, target) for _, label, target in automaton.visible.tolist()}:
        found |= after(automaton.labels[label], target)
    return frozenset(found)


def _silently(automaton: TransitionSystem) -> list[set[int]]:
    """For every state those that silent edges lead to from it, itself among them."""
    beyond: dict[int, list[int]] = defaultdict(list)
    for source, label, target in automaton.edges.tolist():
        if label == SILENT:
            beyond[source].append(target)
    found = []
    for state in range(automaton.states):
        reached, waiting = {state}, [state]
        while waiting:
            fresh = set(beyond[waiting.pop()]) - reached
            reached |= fresh
            waiting.extend(fresh)
        found.append(reached)
    return found


def _fitting(conformance: Conformance, flow: Flow) -> set[tuple[str, ...]]:
    """The orders of steps that the flow allows as they are."""
    rows = conformance.variants
    return {
        tuple(step for step in activities if step not in flow.anytime)
        for activities, fits in zip(rows["activities"], rows["fits"], strict=True)
        if fits
    }


def _closed(conformance: Conformance, flow: Flow) -> Counter[tuple[str, ...]]:
    """The orders of steps of the cases that are over, as the export or the flow says, most common variants first."""
    rows = conformance.variants
    found: Counter[tuple[str, ...]] = Counter()
    for activities, cases, still_open in zip(rows["activities"], rows["cases"], rows["open_cases"], strict=True):
        order = tuple(step for step in activities if step not in flow.anytime)
        if order and cases > still_open:
            found[order] += int(cases - still_open)
    return found


def _way(
    automaton: TransitionSystem, closed: Counter[tuple[str, ...]], fitting: set[tuple[str, ...]]
) -> tuple[tuple[str, ...], int]:
    counted = [(cases, order) for order, cases in closed.items() if order in fitting]
    if counted:
        cases, way = max(counted, key=lambda each: each[0])  # of equally common ways the first of the variants
        return way, cases
    return shortest_way(automaton), 0


def shortest_way(automaton: TransitionSystem) -> tuple[str, ...]:
    """The shortest sequence that the flow allows; of several the one whose steps stand first in the flow."""
    leads = _silently(automaton)
    found: dict[int, tuple[int, ...]] = dict.fromkeys(leads[automaton.start], ())  # after so many steps
    while not any(automaton.final[state] for state in found):
        further: dict[int, tuple[int, ...]] = {}
        for source, label, target in automaton.visible.tolist():
            if source in found:
                word = (*found[source], label)
                for state in leads[target]:
                    further[state] = min(word, further.get(state, word))
        found = further
    word = min(found[state] for state in found if automaton.final[state])
    return tuple(automaton.labels[label] for label in word)


def _ends(closed: Counter[tuple[str, ...]]) -> pd.DataFrame:
    counted: Counter[str] = Counter()
    for order, cases in closed.items():
        counted[order[-1]] += cases
    return pd.DataFrame({"activity": list(counted), "cases": np.array(list(counted.values()), np.int64)})


def _anytime(log: EventLog, flow: Flow) -> pd.DataFrame:
    counted = log.sql("select activity, count(distinct case_no)::bigint as cases from events group by 1")
    cases = dict(zip(counted["activity"], counted["cases"].tolist(), strict=True))
    return pd.DataFrame({"activity": list(flow.anytime), "cases": [cases.get(step, 0) for step in flow.anytime]})
