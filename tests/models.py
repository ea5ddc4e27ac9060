"""Models for tests: random process trees, and whether two Petri nets of pm4py allow the same sequences."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pm4py
import pytest
from hypothesis import strategies as st
from pm4py.objects.petri_net.obj import Marking
from strategies import frame_of

from saksflyt.mining.log import EventLog
from saksflyt.mining.petri_net import PetriNet, Transition
from saksflyt.mining.process_tree import Operator, ProcessTree

LOGS = Path(__file__).parents[1].parent / "shared" / "logs" / "restricted"
REAL = {"Receipt": "municipal/Receipt_WABO_CoSeLoG.xes.gz", "Sepsis": "real/Sepsis.xes.gz"}
on_real_logs = pytest.mark.skipif(not LOGS.is_dir(), reason="the shared logs are not beside this checkout")


def real_log(name: str) -> EventLog:
    return EventLog.from_frame(_real_frame(name), name=name)


@cache
def _real_frame(name: str) -> pd.DataFrame:
    theirs = pm4py.read_xes(str(LOGS / REAL[name]))
    columns = {"case:concept:name": "case_id", "concept:name": "activity", "time:timestamp": "end_time"}
    return theirs[list(columns)].rename(columns=columns)


TheirNet = tuple[Any, Any, Any]  # net, initial and final marking

# What a name may do to a file: end an element, steer a terminal, be no character of XML, run the other way.
HOSTILE = [
    "</bpmn:task>",
    "\"><script>alert('x')</script>",
    "a & b &amp; c",
    "NUL \x00 in the middle",
    "bell \x07 escape \x1b[31m",
    "\u202eright to left\u202c",
    "]]>",
    "=cmd|' /C calc'!A0",
    "{{7*7}}",
    "\uffff",
    "e\u0301 😀 ÆØÅ",
]


@st.composite
def trees(draw: st.DrawFn, most: int = 7, repeated: bool = False) -> ProcessTree:
    """A random tree of up to `most` leaves, every activity once unless `repeated`."""
    numbers = count()

    def grown(leaves: int) -> ProcessTree:
        if leaves == 1:
            label = draw(st.sampled_from("ABC")) if repeated else f"step {next(numbers)}"
            return ProcessTree(label=label)
        operator: Operator = draw(st.sampled_from(get_args(Operator)))
        parts = 2 if operator == "*" else draw(st.integers(2, min(leaves, 3)))
        sizes = [leaves // parts + (place < leaves % parts) for place in range(parts)]
        children = [grown(size) for size in sizes]
        if operator in ("X", "*") and draw(st.booleans()):
            children[draw(st.integers(0, 1))] = ProcessTree()
        return ProcessTree(operator, tuple(children))

    return grown(draw(st.integers(1, most)))


# Random sequences, for what needs no log.
sequences = st.lists(st.lists(st.sampled_from("ABCD"), min_size=1, max_size=7).map(" ".join), min_size=1, max_size=8)


def counted(drawn: list[str]) -> dict[tuple[str, ...], int]:
    return dict(Counter(tuple(sequence.split()) for sequence in drawn))


def pm4py_frame(drawn: list[str]) -> pd.DataFrame:
    """The sequences as pm4py wants a log."""
    columns = {"case_id": "case:concept:name", "activity": "concept:name", "end_time": "time:timestamp"}
    return frame_of(*drawn).rename(columns=columns)


def their_net(tree: ProcessTree) -> TheirNet:
    """pm4py's net of the tree, through the text."""
    return pm4py.convert_to_petri_net(pm4py.parse_process_tree(str(tree)))


def as_theirs(net: PetriNet) -> TheirNet:
    """Our net as an object of pm4py."""
    from pm4py.objects.petri_net.obj import PetriNet as Theirs
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    theirs = Theirs("ours")
    places = [Theirs.Place(str(number)) for number in range(net.places)]
    theirs.places.update(places)
    for number, each in enumerate(net.transitions):
        transition = Theirs.Transition(f"t{number}", each.label)
        theirs.transitions.add(transition)
        for place in each.takes:
            add_arc_from_to(places[place], transition, theirs)
        for place in each.gives:
            add_arc_from_to(transition, places[place], theirs)
    return theirs, Marking(Counter(places[n] for n in net.initial)), Marking(Counter(places[n] for n in net.final))


def read_bpmn(text: str, folder: Path) -> TheirNet:
    path = folder / "model.bpmn"
    path.write_text(text, encoding="utf-8")
    return pm4py.convert_to_petri_net(pm4py.read_bpmn(str(path)))


def read_pnml(text: str, folder: Path) -> TheirNet:
    path = folder / "model.pnml"
    path.write_text(text, encoding="utf-8")
    return pm4py.read_pnml(str(path))


def same_language(one: TheirNet, other: TheirNet) -> bool:
    """Do they allow the same sequences? Exact: both are made deterministic while walking through them side by side."""
    left, right = Walker(one), Walker(other)
    first = (left.start(), right.start())
    seen, waiting = {first}, [first]
    while waiting:
        a, b = waiting.pop()
        if left.ends(a) != right.ends(b):
            return False
        ways, others = left.steps(a), right.steps(b)
        if ways.keys() != others.keys():
            return False
        for label in ways:
            pair = (ways[label], others[label])
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return True


class Walker:
    """The sets of markings that a net may be in."""

    def __init__(self, model: TheirNet) -> None:
        net, self.initial, self.final = model
        self.transitions = [
            (each.label, Counter(arc.source for arc in each.in_arcs), Counter(arc.target for arc in each.out_arcs))
            for each in net.transitions
        ]
        self._known: dict[frozenset, dict[str, frozenset]] = {}

    def start(self) -> frozenset:
        return self._silently({frozenset(Counter(self.initial).items())})

    def ends(self, states: frozenset) -> bool:
        return frozenset(Counter(self.final).items()) in states

    def steps(self, states: frozenset) -> dict[str, frozenset]:
        if states not in self._known:
            found: dict[str, set] = {}
            for state in states:
                for label, after in self.fired(state):
                    if label is not None:
                        found.setdefault(label, set()).add(after)
            # A way that can never come to the end is no part of the language; sound nets have none.
            self._known[states] = {label: self._silently(after) for label, after in found.items()}
        return self._known[states]

    def _silently(self, states: set) -> frozenset:
        waiting = list(states)
        while waiting:
            for label, after in self.fired(waiting.pop()):
                if label is None and after not in states:
                    states.add(after)
                    waiting.append(after)
        return frozenset(states)

    def fired(self, state: frozenset) -> list[tuple[str | None, frozenset]]:
        tokens = Counter(dict(state))
        return [
            (label, frozenset(((tokens - takes) + gives).items()))
            for label, takes, gives in self.transitions
            if takes <= tokens
        ]


def least_cost(walker: Walker, trace: tuple[str, ...], *, to_the_end: bool = True) -> int:
    """Dijkstra's search through trace and markings, one pair at a time."""
    start = frozenset(Counter(walker.initial).items())
    end = frozenset(Counter(walker.final).items())
    best = {(0, start): 0}
    number = count()
    waiting = [(0, next(number), 0, start)]
    while waiting:
        cost, _, place, marking = heapq.heappop(waiting)
        if cost > best[place, marking]:
            continue
        if place == len(trace) and (marking == end or not to_the_end):
            return cost
        ways = [(1, place + 1, marking)] if place < len(trace) else []
        for label, after in walker.fired(marking):
            ways.append((int(label is not None), place, after))
            if place < len(trace) and label == trace[place]:
                ways.append((0, place + 1, after))
        for more, there, after in ways:
            if cost + more < best.get((there, after), 1_000_000):
                best[there, after] = cost + more
                heapq.heappush(waiting, (cost + more, next(number), there, after))
    raise AssertionError("the end cannot be reached")


def random_net(rng: random.Random) -> PetriNet:
    """A few places and transitions at random, from place 0 to place 1; few of these are sound."""
    places = rng.randint(2, 6)

    def some() -> tuple[int, ...]:
        return tuple(sorted(rng.sample(range(places), rng.choice((1, 1, 1, 2)))))

    steps = [Transition(rng.choice(["A", "B", "C", None]), some(), some()) for _ in range(rng.randint(2, 7))]
    return PetriNet(places, tuple(steps), (0,), (1,))
