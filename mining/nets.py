"""The one door to pm4py: which model do its miners find in the counted variants?

pm4py is the field's standard for discovery. It is imported late (it takes 1.8 s), its licence banner is kept off stdout,
and it is given the variants with their cases, never a table of events, so no time of day passes through it.
"""

from __future__ import annotations

import contextlib
import io
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from .petri_net import PetriNet, Transition
from .process_tree import Operator, ProcessTree

Counted = Mapping[tuple[str, ...], int]  # cases by sequence of activities
Moves = tuple[tuple[str | None, str | None], ...]  # a step of the log, a step of the model, or both together

_DEEP = 20_000  # pm4py walks trees and nets recursively


def inductive_tree(counted: Counted, noise: float) -> ProcessTree:
    """The process tree that the inductive miner finds (IMf with the noise threshold; IM when it is 0).

    The tree is the one that ``pm4py.discover_process_tree_inductive`` finds on the log that the counts are of.
    """
    with _pm4py():
        from pm4py.algo.discovery.inductive.dtypes.im_ds import IMDataStructureUVCL
        from pm4py.algo.discovery.inductive.variants.imf import IMFUVCL
        from pm4py.objects.process_tree.utils.generic import fold, tree_sort

        # `inductive.algorithm.apply` does not know a Counter (its test of the type never holds), so it is passed by.
        parameters = {"noise_threshold": noise}
        found = IMFUVCL(parameters).apply(IMDataStructureUVCL(_counter(counted)), parameters)
        folded = fold(found)
        tree_sort(folded)
        return _tree(folded)


def heuristics_net(counted: Counted, dependency: float) -> PetriNet:
    """The Petri net of the heuristics net that the heuristics miner finds (dependency threshold; else pm4py's defaults).

    It is the net that ``pm4py.discover_petri_net_heuristics`` finds on the log that the counts are of. The miner needs
    more than the directly-follows graph: which step comes two places later, and which three follow each other.
    """
    counts = _counter(counted)
    starts: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    steps: Counter[str] = Counter()
    windows: tuple[Counter[tuple[str, ...]], ...] = (Counter(), Counter(), Counter())
    for sequence, cases in counts.items():
        starts[sequence[0]] += cases
        ends[sequence[-1]] += cases
        for step in sequence:
            steps[step] += cases
        for counter, found in zip(windows, (_pairs(sequence, 1), _pairs(sequence, 2), _triples(sequence)), strict=True):
            for each in found:
                counter[each] += cases
    with _pm4py():
        from pm4py.algo.discovery.heuristics.variants.classic import apply_heu_dfg
        from pm4py.objects.conversion.heuristics_net.variants.to_petri_net import apply as to_petri_net

        follows, second, triples = map(_ordered, windows)
        heuristics = apply_heu_dfg(
            follows,
            activities=sorted(steps),
            activities_occurrences=_ordered(steps),
            start_activities=_ordered(starts),
            end_activities=_ordered(ends),
            dfg_window_2=second,
            freq_triples=triples,
            parameters={"dependency_thresh": dependency},
        )
        return _net(*to_petri_net(heuristics))


def aligned_by_pm4py(net: PetriNet, variants: Sequence[Sequence[str]], seconds: float) -> list[Moves | None]:
    """The moves of an optimal alignment of each variant, where :mod:`.alignment` finds the model too big; None where none
    was found in time.

    pm4py's A* search with the marking equation (van Dongen, 2018), variant by variant in the order given; none takes more
    than a tenth of the time that is left of `seconds`. What is found in time depends on the machine. The memory-saving
    search (``dijkstra_less_memory``) is not used: it gives up some of the cheapest ways too early, so that its costs are
    now and then too high. The net must be able to come to its end.
    """
    names = list(dict.fromkeys([*net.activities, *(step for variant in variants for step in variant)]))
    numbers = {name: str(number) for number, name in enumerate(names)}  # a step may be called what means "none" there
    steps = [replace(each, label=each.label and numbers[each.label]) for each in net.transitions]
    found: dict[tuple[str, ...], Moves | None] = {}
    with _pm4py():
        from pm4py.algo.conformance.alignments.petri_net.variants import state_equation_a_star as search

        model, until = _theirs(replace(net, transitions=tuple(steps))), time.monotonic() + seconds
        for variant in dict.fromkeys(map(tuple, variants)):
            left = until - time.monotonic()
            limit = {search.Parameters.PARAM_MAX_ALIGN_TIME_TRACE: left / 10}
            coded = tuple(numbers[step] for step in variant)
            answer: Any = search.apply_from_variant(coded, *model, parameters=limit) if left > seconds / 100 else None
            found[variant] = None if answer is None else _moves(answer["alignment"], names)
    return [found[tuple(variant)] for variant in variants]


def _moves(theirs: list[tuple[str, str | None]], names: list[str]) -> Moves:
    """Without the silent ones, and with names in place of numbers."""

    def name(number: str | None) -> str | None:
        return None if number in (">>", None) else names[int(number)]

    return tuple((name(step), name(of_model)) for step, of_model in theirs if of_model is not None)


@contextlib.contextmanager
def _pm4py() -> Iterator[None]:
    """Room for pm4py: no banner on stdout, and a stack deep enough for a tree of a thousand activities."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEP))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        sys.setrecursionlimit(before)


def _counter(counted: Counted) -> Counter[Any]:
    """A counter of its own, in an order that does not depend on the caller's."""
    return Counter(dict(sorted(counted.items(), key=lambda each: (-each[1], each[0]))))


def _ordered(counts: Mapping[Any, int]) -> dict[Any, int]:
    return dict(sorted(counts.items()))


def _pairs(sequence: tuple[str, ...], apart: int) -> list[tuple[str, ...]]:
    return list(zip(sequence, sequence[apart:], strict=False))


def _triples(sequence: tuple[str, ...]) -> list[tuple[str, ...]]:
    return list(zip(sequence, sequence[1:], sequence[2:], strict=False))


def _tree(theirs: Any) -> ProcessTree:
    operator = cast("Operator | None", theirs.operator and theirs.operator.value)
    return ProcessTree(operator, tuple(map(_tree, theirs.children or ())), theirs.label)


def _theirs(net: PetriNet) -> tuple[Any, Any, Any]:
    from pm4py.objects.petri_net.obj import Marking
    from pm4py.objects.petri_net.obj import PetriNet as Theirs
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    theirs = Theirs("model")
    places = [Theirs.Place(str(number)) for number in range(net.places)]
    theirs.places.update(places)
    for number, each in enumerate(net.transitions):
        transition = Theirs.Transition(str(number), each.label)
        theirs.transitions.add(transition)
        for place, weight in sorted(Counter(each.takes).items()):
            add_arc_from_to(places[place], transition, theirs, weight)
        for place, weight in sorted(Counter(each.gives).items()):
            add_arc_from_to(transition, places[place], theirs, weight)
    return theirs, Marking(Counter(places[n] for n in net.initial)), Marking(Counter(places[n] for n in net.final))


def _net(net: Any, initial: Any, final: Any) -> PetriNet:
    """Their net with numbers in place of names, in the order of the names: their sets have none."""
    numbers = {place: number for number, place in enumerate(sorted(net.places, key=lambda place: place.name))}
    transitions = [
        Transition(
            each.label,
            tuple(sorted(numbers[arc.source] for arc in each.in_arcs)),
            tuple(sorted(numbers[arc.target] for arc in each.out_arcs)),
        )
        for each in net.transitions
    ]
    # A transition that equals another adds nothing that the model could do.
    ordered = sorted(set(transitions), key=lambda each: (each.label or "", each.takes, each.gives))
    return PetriNet(
        len(numbers),
        tuple(ordered),
        tuple(sorted(numbers[place] for place in initial)),
        tuple(sorted(numbers[place] for place in final)),
    )
