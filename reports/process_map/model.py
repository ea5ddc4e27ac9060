"""What is on the map, and from which level of detail on?

Three levels, each with all of the one before:

1. *Main flow*: the steps of the line, the arrows along it, and those between its steps that many cases take.
2. *Usual deviations*: also the other steps and the arrows that some cases take.
3. *More*: also those that few take. Steps beyond the most common are one box, "other steps"; it is there from the
   second level on where many cases have them.

How many is many is said by ``LEVELS``. What is left out is counted: ``Level.hidden`` is its share of all moves, where a
move is one passing of an arrow, the way in from the start and out to the end included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from ...mining.findings import Findings
from .merging import merged
from .seen import Seen, Way, seen

if TYPE_CHECKING:
    from ...mining.intended import Intended

# Of each level: the part of the cases that an arrow must have, and the most arrows beside the line.
LEVELS = ((0.10, 12), (0.02, 24), (0.005, 45))
# Steps beside the line: so many have a box of their own, unless the rest are one or two.
_SIDE_STEPS = 9


@dataclass(frozen=True)
class Node:
    """A box. ``kind``: "start", "end", "line", "side" or "others"; ``steps``: the activities that it stands for.

    meant : with an intended flow, is it a step of it? None without one, and for the start, the end and other steps
    """

    kind: str
    steps: tuple[str, ...]
    cases: int
    occurrences: int
    level: int
    meant: bool | None = None


@dataclass(frozen=True)
class Arrow:
    """A line between two boxes, by their places in ``ProcessMap.nodes``. Times are nan where there are none.

    along : part of the straight line
    meant : with an intended flow, does it allow the move? None without one, and at the box of other steps
    """

    source: int
    target: int
    cases: int
    occurrences: int
    median_seconds: float
    p90_seconds: float
    total_days: float
    level: int
    along: bool
    meant: bool | None = None


@dataclass(frozen=True)
class Level:
    """cases : every arrow between the boxes shown that at least so many cases take is there; hidden : share of moves."""

    number: int
    cases: int
    hidden: float


@dataclass(frozen=True)
class ProcessMap:
    """nodes : the start, the steps of the line in order, the end, then the others, most cases first

    moves_meant : the moves that the intended flow allows; None without one
    """

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    levels: tuple[Level, ...]
    way: Way
    cases: int
    moves: int
    moves_along: int
    moves_meant: int | None = None

    @property
    def end(self) -> int:
        return len(self.way.steps) + 1


def process_map(findings: Findings) -> ProcessMap:
    """What the map of the log shows. The log has at least one case."""
    drawn, meant = seen(findings), findings.intended
    nodes = _nodes(drawn, meant)
    end = len(drawn.way.steps) + 1
    found = merged(drawn, {step: i for i, node in enumerate(nodes) for step in node.steps}, end)
    nodes = tuple(_counted(node, found.cases.get(i), drawn.cases) for i, node in enumerate(nodes))
    arrows, levels = _leveled(nodes, found.arrows, end, drawn.cases)
    if meant is not None:
        arrows = [replace(arrow, meant=_allowed(arrow, nodes, meant)) for arrow in arrows]
    moves = int(found.arrows["occurrences"].sum())
    return ProcessMap(
        nodes=nodes,
        arrows=tuple(arrow for arrow in arrows if arrow.level <= len(LEVELS)),
        levels=tuple(
            Level(number, cases, 1 - sum(a.occurrences for a in arrows if a.level <= number) / moves)
            for number, cases in levels
        ),
        way=drawn.way,
        cases=drawn.cases,
        moves=moves,
        moves_along=sum(arrow.occurrences for arrow in arrows if arrow.along),
        moves_meant=None if meant is None else sum(arrow.occurrences for arrow in arrows if arrow.meant),
    )


def _allowed(arrow: Arrow, nodes: Sequence[Node], meant: Intended) -> bool | None:
    ends = [nodes[arrow.source], nodes[arrow.target]]
    if any(node.kind == "others" for node in ends):
        return None
    source, target = (node.steps[0] if node.steps else None for node in ends)
    return (source, target) in meant.allowed


def _nodes(drawn: Seen, meant: Intended | None) -> tuple[Node, ...]:
    """The boxes. Beside the line the intended steps come first, so that they have boxes of their own."""
    steps = drawn.graph.steps
    counts = {row[0]: (row[1], row[2]) for row in steps.itertuples(index=False)}
    many = LEVELS[1][0] * drawn.cases

    def node(kind: str, name: str, level: int) -> Node:
        occurrences, cases = counts.get(name, (0, 0))
        return Node(kind, (name,), int(cases), int(occurrences), level, None if meant is None else meant.knows(name))

    ends = [
        Node(kind, (), cases, cases, 1)
        for kind, cases in (("start", drawn.cases), ("end", int(drawn.ends["cases"].sum())))
    ]
    line = [node("line", name, 1) for name in drawn.way.steps]
    beside = [name for name in steps["activity"] if name not in set(drawn.way.steps)]
    if meant is not None:
        beside.sort(key=lambda name: not meant.knows(name))
    own = beside
    if len(beside) > _SIDE_STEPS + 1:
        own = [name for name in beside[:_SIDE_STEPS] if counts[name][1] >= LEVELS[-1][0] * drawn.cases]
    side = [node("side", name, 2 if counts[name][1] >= many else 3) for name in own]
    rest = tuple(beside[len(own) :])
    others = [Node("others", rest, 0, sum(int(counts[name][0]) for name in rest), 3)] if rest else []
    return (ends[0], *line, ends[1], *side, *others)


def _counted(node: Node, cases: int | None, all_cases: int) -> Node:
    """The box of other steps with its cases; where many have them, the second level would hide too much without it."""
    if cases is None:
        return node
    return replace(node, cases=cases, level=2 if cases >= LEVELS[0][0] * all_cases else 3)


def _leveled(
    nodes: Sequence[Node], frame: pd.DataFrame, end: int, cases: int
) -> tuple[list[Arrow], list[tuple[int, int]]]:
    """All arrows with the level at which they appear (4: never), and for each level from how many cases on."""
    arrows = [
        Arrow(*(int(value) for value in row[:4]), *(float(value) for value in row[4:]), level=0, along=False)
        for row in frame.itertuples(index=False)
    ]
    arrows = [replace(a, along=a.target == a.source + 1 and a.target <= end) for a in arrows]
    level_of = {number: 1 for number, arrow in enumerate(arrows) if arrow.along}
    levels = []
    for number, (share, most) in enumerate(LEVELS, start=1):
        beside = [
            i
            for i, a in enumerate(arrows)
            if not a.along and max(nodes[a.source].level, nodes[a.target].level) <= number
        ]
        least = _least([arrows[i].cases for i in beside], share * cases, most)
        levels.append((number, least))
        for i in [*(i for i in beside if arrows[i].cases >= least), *_ways_in_and_out(nodes, arrows, beside)]:
            level_of.setdefault(i, number)
    return [replace(a, level=level_of.get(i, len(LEVELS) + 1)) for i, a in enumerate(arrows)], levels


def _least(counts: Sequence[int], wanted: float, most: int) -> int:
    """From how many cases on an arrow is shown, so that at most `most` are."""
    ranked = sorted(counts, reverse=True)
    least = max(1, -int(-wanted // 1))
    return least if len(ranked) <= most else max(least, ranked[most] + 1)


def _ways_in_and_out(nodes: Sequence[Node], arrows: Sequence[Arrow], among: Sequence[int]) -> list[int]:
    """The most used arrow into and out of each box beside the line: no box stands alone."""
    found = []
    for number, node in enumerate(nodes):
        if node.kind in ("side", "others"):
            for this, other in (("source", "target"), ("target", "source")):
                own = [i for i in among if getattr(arrows[i], this) == number != getattr(arrows[i], other)]
                found += sorted(own, key=lambda i: (-arrows[i].cases, i))[:1]
    return found
