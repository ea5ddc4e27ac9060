"""In which order, and how high, do the items of each layer stand, so that few ties cross and most are straight?

Order: sweeps to and fro put every item where the items it is tied to have their middle (barycentre heuristic). Height:
every item goes as near to the items it is tied to as the order and the room between items allow (least squares with the
order kept, by pooling adjacent violators).
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

_SWEEPS = 12

Way = tuple[int, int]
Ties = Mapping[int, Sequence[int]]


def ordered(layer: Sequence[int], ways: Iterable[Way]) -> list[list[int]]:
    """The items of each layer from top to bottom; `ways` tie items of neighbouring layers."""
    ties = _ties(ways)
    columns: list[list[int]] = [[] for _ in range(max(layer, default=-1) + 1)]
    for item, number in enumerate(layer):
        columns[number].append(item)
    best, fewest = [list(column) for column in columns], _crossings(columns, layer, ties)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for number in range(len(columns)) if forth else reversed(range(len(columns))):
            place = {item: spot / len(column) for column in columns for spot, item in enumerate(column)}
            towards = {item: [place[other] for other in ties.get(item, ())] for item in columns[number]}
            columns[number].sort(
                key=lambda item: sum(towards[item]) / len(towards[item]) if towards[item] else place[item]
            )
        crossings = _crossings(columns, layer, ties)
        if crossings < fewest:
            best, fewest = [list(column) for column in columns], crossings
    return best


def settled(columns: list[list[int]], heights: Sequence[float], ways: Iterable[Way], between: float) -> list[float]:
    """The height of every item's middle."""
    ties = _ties(ways)
    middles = [0.0] * len(heights)
    for column in columns:
        for item, middle in zip(column, _stacked(column, [0.0] * len(column), heights, between), strict=True):
            middles[item] = middle
    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wished = [_median([middles[other] for other in ties.get(item, ())], middles[item]) for item in column]
            for item, middle in zip(column, _stacked(column, wished, heights, between), strict=True):
                middles[item] = middle
    return [float(round(middle)) for middle in middles]


def _ties(ways: Iterable[Way]) -> Ties:
    found: dict[int, list[int]] = defaultdict(list)
    for one, other in ways:
        found[one].append(other)
        found[other].append(one)
    return found


def _crossings(columns: list[list[int]], layer: Sequence[int], ties: Ties) -> int:
    place = {item: spot for column in columns for spot, item in enumerate(column)}
    total = 0
    for column in columns:
        lines = sorted((place[a], place[b]) for a in column for b in ties.get(a, ()) if layer[b] == layer[a] + 1)
        total += sum(
            one[0] < other[0] and one[1] > other[1] for number, one in enumerate(lines) for other in lines[number + 1 :]
        )
    return total


def _median(values: list[float], otherwise: float) -> float:
    if not values:
        return otherwise
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


def _stacked(column: list[int], wished: list[float], heights: Sequence[float], between: float) -> list[float]:
    """The middles nearest to what is wished that keep the order and the room between items."""
    offsets = [0.0]
    for above, below in itertools.pairwise(column):
        offsets.append(offsets[-1] + (heights[above] + heights[below]) / 2 + between)
    pools: list[tuple[float, int]] = []  # sum and count of items that move together
    for wish, offset in zip(wished, offsets, strict=True):
        pools.append((wish - offset, 1))
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1] = (pools[-1][0] + total, pools[-1][1] + count)
    moved = [total / count for total, count in pools for _ in range(count)]
    return [move + offset for move, offset in zip(moved, offsets, strict=True)]
