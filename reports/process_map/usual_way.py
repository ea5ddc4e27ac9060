"""Which way is the straight line of the map?

Without an intended flow it is the most common complete way: of the closed cases where the log knows which they are,
else of all. Among equally common ways the one with the most common steps is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...mining.findings import Findings

# A line of more steps than this cannot be read: its rarest steps stand beside it.
LONGEST = 30


@dataclass(frozen=True)
class UsualWay:
    """The most common way.

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


def usual_way(findings: Findings) -> UsualWay:
    """The most common complete way of the log."""
    ways = findings.variants.frame
    of_closed = findings.variants.closing_known and int(ways["closed_cases"].sum()) > 0
    counts = ways["closed_cases" if of_closed else "cases"]
    most = ways[counts == counts.max()]["activities"]
    in_cases = dict(zip(findings.graph.steps["activity"], findings.graph.steps["cases"], strict=True))
    way = max(most, key=lambda way: sum(in_cases[step] for step in set(way)))
    first = list(dict.fromkeys(way))
    kept = set(sorted(first, key=lambda step: (-in_cases[step], first.index(step)))[:LONGEST])
    return UsualWay(
        steps=tuple(step for step in first if step in kept),
        repeats=len(first) < len(way),
        cases=int(counts.max()),
        counted=int(counts.sum()),
        of_closed=of_closed,
    )
