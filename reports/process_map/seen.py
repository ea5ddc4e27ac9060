"""Which cases does the map show, and which way is its straight line?

Without an intended flow the line is the most common complete way: of the closed cases where the log knows which they
are, else of all. Among equally common ways the one with the most common steps is taken.

With a flow the line is the flow's way that most of the closed cases go exactly, and the steps that may come at any time
are no part of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ...mining.findings import Findings
from ...mining.graph import Graph
from ...mining.variants import Variants

# A line of more steps than this cannot be read: its rarest steps stand beside it.
LONGEST = 30


@dataclass(frozen=True)
class Way:
    """The straight line.

    steps : in order, each at its first place in the way
    repeats : does the way itself do a step twice?
    cases, counted : that go exactly this way, of how many
    of_closed : are only closed cases counted?
    """

    steps: tuple[str, ...]
    repeats: bool
    cases: int
    counted: int
    of_closed: bool


@dataclass(frozen=True)
class Seen:
    """What is drawn: the cases' moves, and the line. ends : activity, cases; the steps after which a case is over"""

    graph: Graph
    variants: Variants
    cases: int
    ends: pd.DataFrame
    way: Way

    def in_cases(self) -> dict[str, int]:
        """In how many cases each step is."""
        return dict(zip(self.graph.steps["activity"], self.graph.steps["cases"].tolist(), strict=True))


def seen(findings: Findings) -> Seen:
    """The cases as the map shows them."""
    meant = findings.intended
    if meant is None:
        way = _most_common(findings)
        return Seen(findings.graph, findings.variants, findings.cases, findings.graph.ends, way)
    of_closed = meant.conformance.closing_known
    way = Way(_cut(meant.way, meant.graph), False, meant.way_cases, meant.closed_cases, of_closed)
    return Seen(meant.graph, meant.variants, meant.cases, meant.ends, way)


def _most_common(findings: Findings) -> Way:
    ways = findings.variants.frame
    of_closed = findings.variants.closing_known and int(ways["closed_cases"].sum()) > 0
    counts = ways["closed_cases" if of_closed else "cases"]
    most = ways[counts == counts.max()]["activities"]
    in_cases = dict(zip(findings.graph.steps["activity"], findings.graph.steps["cases"], strict=True))
    way = max(most, key=lambda way: sum(in_cases[step] for step in set(way)))
    first = tuple(dict.fromkeys(way))
    return Way(
        steps=_cut(first, findings.graph),
        repeats=len(first) < len(way),
        cases=int(counts.max()),
        counted=int(counts.sum()),
        of_closed=of_closed,
    )


def _cut(steps: tuple[str, ...], graph: Graph) -> tuple[str, ...]:
    """The line without its rarest steps where it is too long to be read."""
    in_cases = dict(zip(graph.steps["activity"], graph.steps["cases"], strict=True))
    kept = set(sorted(steps, key=lambda step: (-in_cases.get(step, 0), steps.index(step)))[:LONGEST])
    return tuple(step for step in steps if step in kept)
