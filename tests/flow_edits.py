"""Conforming traces with one edit, and the words that the edit asks for, told without any of the program's own code.

``python tests/flow_edits.py > tests/cases/ambiguous.toml`` writes down anew which edits of :func:`branched` flows are told
as something else that is as cheap.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from saksflyt.mining.alignment import align
from saksflyt.mining.automaton import of_expression
from saksflyt.mining.canonical import canonical
from saksflyt.mining.deviation_choice import Told, told
from saksflyt.mining.expression import Choice, Expression, Parallel, Repeat, Sequence, Step, steps
from saksflyt.mining.flow_order import FlowOrder
from saksflyt.mining.flow_text import written_flow
from saksflyt.mining.ways import MOST_STATES, Ways

Trace = tuple[str, ...]

EDITS = ("skip", "swap", "again", "unknown", "elsewhere")
ANOTHER_ROUND = 0.3  # how often a loop is gone round once more
UNKNOWN = "?"


@dataclass(frozen=True)
class Edit:
    """trace : conforming; edited : with the edit; kind, steps : the words for it"""

    flow: Expression
    trace: Trace
    edit: str
    edited: Trace
    kind: str
    steps: Trace


# Flows


def sequence(rng: random.Random) -> Expression:
    return canonical(Sequence(tuple(map(Step, string.ascii_lowercase[: rng.randint(3, 12)]))))


def branched(rng: random.Random) -> Expression:
    """Three to eight parts after each other, nearly half of them a choice, a loop or steps side by side; every step once."""
    while True:
        names = iter(string.ascii_letters)
        parts = tuple(_part(rng, names) for _ in range(rng.randint(3, 8)))
        if not all(isinstance(part, Step) for part in parts):
            return canonical(Sequence(parts))


def _part(rng: random.Random, names: Iterator[str]) -> Expression:
    if rng.random() < 0.55:
        return Step(next(names))
    kind = rng.choice((Choice, Parallel, Repeat, Repeat))
    if kind is Repeat:
        return Repeat(_branch(rng, names), *rng.choice(((0, False), (0, False), (0, True), (1, True))))
    parts = tuple(_branch(rng, names) for _ in range(rng.choice((2, 2, 3))))
    group = Choice(parts) if kind is Choice else Parallel(parts)
    return Repeat(group, 0, False) if rng.random() < 0.1 else group


def _branch(rng: random.Random, names: Iterator[str]) -> Expression:
    found = tuple(Step(next(names)) for _ in range(rng.choice((1, 1, 2))))
    return found[0] if len(found) == 1 else Sequence(found)


def walk(rng: random.Random, flow: Expression) -> list[str]:
    """A trace that the flow allows."""
    if isinstance(flow, Step):
        return [flow.name]
    if isinstance(flow, Sequence):
        return [step for part in flow.parts for step in walk(rng, part)]
    if isinstance(flow, Choice):
        return walk(rng, rng.choice(flow.parts))
    if isinstance(flow, Repeat):
        rounds = flow.least if flow.many else rng.randint(0, 1)
        while flow.many and rng.random() < ANOTHER_ROUND:
            rounds += 1
        return [step for _ in range(rounds) for step in walk(rng, flow.part)]
    walks = [walk(rng, part) for part in flow.parts]
    turns = [number for number, steps in enumerate(walks) for _ in steps]
    rng.shuffle(turns)
    left = [iter(steps) for steps in walks]
    return [next(left[turn]) for turn in turns]


@cache
def allows(flow: Expression, trace: Trace) -> bool:
    """By the definitions of a flow's parts; right where no step stands in two of them."""
    if isinstance(flow, Step):
        return trace == (flow.name,)
    if isinstance(flow, Choice):
        return any(allows(part, trace) for part in flow.parts)
    if isinstance(flow, Repeat):
        if not trace:
            return flow.least == 0 or allows(flow.part, trace)
        cuts = range(1, len(trace)) if flow.many else ()
        return allows(flow.part, trace) or any(
            allows(flow.part, trace[:at]) and allows(flow, trace[at:]) for at in cuts
        )
    if isinstance(flow, Sequence):
        first, rest = flow.parts[0], flow.parts[1:]
        if not rest:
            return allows(first, trace)
        cuts = range(len(trace) + 1)
        return any(allows(first, trace[:at]) and allows(Sequence(rest), trace[at:]) for at in cuts)
    own = [frozenset(steps(part)) for part in flow.parts]
    if not set(trace) <= frozenset().union(*own):
        return False
    return all(
        allows(part, tuple(step for step in trace if step in mine)) for part, mine in zip(flow.parts, own, strict=True)
    )


# Edits


def edits(rng: random.Random, flow: Expression, count: int) -> Iterator[Edit]:
    """So many edits of traces that the flow allows, each of which makes one that it does not allow."""
    while count:
        trace = walk(rng, flow)
        found = _edit(rng, flow, trace) if trace else None
        if found and not allows(flow, found.edited):
            count -= 1
            yield found


def edited_often(rng: random.Random, flow: Expression, times: int) -> Trace:
    """A trace that the flow allows, with so many edits on top of each other."""
    trace = walk(rng, flow)
    for _ in range(times):
        found = _edit(rng, flow, trace) if trace else None
        trace = list(found.edited) if found else trace
    return tuple(trace)


def _edit(rng: random.Random, flow: Expression, trace: list[str]) -> Edit | None:
    edit, other = rng.choice(EDITS), list(trace)
    at = rng.randrange(len(trace))
    if edit == "skip":
        kind, about = "skipped", (other.pop(at),)
    elif edit == "swap":
        places = [place for place in range(len(trace) - 1) if trace[place] != trace[place + 1]]
        if not places:
            return None
        at = rng.choice(places)
        kind, about = "out_of_order", (trace[at], trace[at + 1])
        other[at : at + 2] = reversed(about)
    elif edit == "again":
        kind, about = "repeated", (trace[at],)
        other.insert(at, trace[at])
    elif edit == "unknown":
        kind, about = "unknown", (UNKNOWN,)
        other.insert(at, UNKNOWN)
    else:
        at = rng.randrange(len(trace) + 1)
        step = rng.choice(sorted(set(steps(flow))))
        kind, about = _inserted(flow, tuple(trace), step, at)
        other.insert(at, step)
    return Edit(flow, tuple(trace), f"{edit} {' '.join(about)} at {at}", tuple(other), kind, about)


def _inserted(flow: Expression, trace: Trace, step: str, at: int) -> tuple[str, Trace]:
    """A step that may be put elsewhere is out of order; another is done again, or not intended."""
    places = [place for place in range(len(trace) + 1) if allows(flow, (*trace[:place], step, *trace[place:]))]
    if places and at not in places:
        place = min(places, key=lambda place: (abs(place - at), place))
        between = trace[place:at] if place < at else trace[at:place][::-1]
        other = min((each for each in between if each != step), key=lambda each: not _in_every_way(flow, each))
        return "out_of_order", ((step, other) if place < at else (other, step))
    return ("repeated" if step in trace else "not_intended"), (step,)


def _in_every_way(flow: Expression, step: str) -> bool:
    if isinstance(flow, Step):
        return flow.name == step
    if isinstance(flow, Repeat):
        return flow.least > 0 and _in_every_way(flow.part, step)
    return (all if isinstance(flow, Choice) else any)(_in_every_way(part, step) for part in flow.parts)


# Words


def tell(flow: Expression, traces: list[Trace], *, open: bool = False) -> list[Told]:
    """The program's words for traces that do not conform."""
    automaton = of_expression(flow)
    ways = Ways(automaton) if automaton.states <= MOST_STATES else None
    found = align(automaton, traces, open=[open] * len(traces))
    moves = [way or () for way in (found.prefix_moves if open else found.moves)]
    return list(told(ways, FlowOrder.of(flow), traces, moves, to_the_end=not open))


def rightly(edit: Edit, words: Told) -> bool:
    """One deviation, of the kind and about the steps; where a branch of a choice is meant, it is among those named."""
    if len(words.deviations) != 1:
        return False
    deviation = words.deviations[0]
    ends = (deviation.steps[-1], *deviation.alternatives)
    return (deviation.kind, deviation.steps[:-1]) == (edit.kind, edit.steps[:-1]) and edit.steps[-1] in ends


def ambiguous(count: int = 5_000) -> Iterator[tuple[Edit, Told]]:
    """Of so many edits of branched flows those that are told as something else."""
    rng = random.Random(11)
    for _ in range(count // 20):
        some = list(edits(rng, branched(rng), 20))
        for edit, words in zip(some, tell(some[0].flow, [edit.edited for edit in some]), strict=True):
            if not rightly(edit, words):
                yield edit, words


def _entry(edit: Edit, words: Told) -> str:
    said = "; ".join(" ".join([each.kind, *each.steps, *each.alternatives]) for each in words.deviations)
    lines = {
        "flow": written_flow(edit.flow),
        "trace": " ".join(edit.trace),
        "edit": edit.edit,
        "seen": " ".join(edit.edited),
        "meant": " ".join([edit.kind, *edit.steps]),
        "told": said,
    }
    return "[[edit]]\n" + "".join(f"{key} = {value!r}\n" for key, value in lines.items())


if __name__ == "__main__":
    print(
        "# Edits that are told as something else that is as cheap: what is seen has two readings, and nobody can say which"
    )
    print("# of them happened. Of 5 000 edits of flows with choices, loops and steps side by side.")
    print("# Made by: python tests/flow_edits.py > tests/cases/ambiguous.toml")
    for found in ambiguous():
        print("\n" + _entry(*found), end="")
