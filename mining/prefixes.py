"""How do the cases begin, and what comes next after each beginning?

The sequences as a tree of their common beginnings (a trie): what is the same in many variants is worked out once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Level:
    """The beginnings of one length.

    parent : which beginning of the level above each one continues; activity : by what (a place in the list of names)
    ended : the cases that end here; passed : the cases that begin so and go on
    whole : the sequences that end here, by the number of their beginning
    """

    parent: Numbers
    activity: Numbers
    ended: Numbers
    passed: Numbers
    whole: dict[int, tuple[str, ...]]


def prefix_levels(counted: Mapping[tuple[str, ...], int], names: list[str]) -> list[Level]:
    """The levels, from the empty beginning on. An activity that is not among `names` is -1."""
    place = {name: number for number, name in enumerate(names)}
    current = [(tuple(sequence), cases) for sequence, cases in sorted(counted.items())]
    spot = [0] * len(current)  # the beginning that each sequence has on the level above
    parents, activities, width, levels, depth = [-1], [-1], 1, [], 0
    while True:
        ended, passed = np.zeros(width, np.int64), np.zeros(width, np.int64)
        for (sequence, cases), node in zip(current, spot, strict=True):
            (ended if len(sequence) == depth else passed)[node] += cases
        whole = {node: each[0] for each, node in zip(current, spot, strict=True) if len(each[0]) == depth}
        levels.append(Level(np.array(parents), np.array(activities), ended, passed, whole))
        going = [(each, node) for each, node in zip(current, spot, strict=True) if len(each[0]) > depth]
        if not going:
            return levels
        numbers: dict[tuple[int, str], int] = {}
        spot = [numbers.setdefault((node, each[0][depth]), len(numbers)) for each, node in going]
        current = [each for each, _ in going]
        parents = [parent for parent, _ in numbers]
        activities = [place.get(name, -1) for _, name in numbers]
        width, depth = len(numbers), depth + 1
