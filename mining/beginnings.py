"""What do many sequences begin with in common?

The sequences as numbers, and as a tree of their beginnings (a prefix trie), kept as arrays, level by level, so that what
is shared is worked out once and everything of one length is worked out together.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .transition_system import Numbers

UNKNOWN = -1


class Sequences:
    """Sequences of names as numbers, end to end.

    names : the known ones, then the others, sorted
    steps, known : of all sequences, the place of each step among the names; the same with UNKNOWN for the others
    lengths, offsets : of each sequence, and where it starts in them
    order : the sequences in such an order that those with a common beginning stand together
    """

    def __init__(self, known: Sequence[str], sequences: Sequence[Sequence[str]]) -> None:
        others = sorted({step for sequence in sequences for step in sequence} - set(known))
        self.names = [*known, *others]
        place = {name: number for number, name in enumerate(self.names)}
        self.lengths = np.array([len(sequence) for sequence in sequences], np.int64)
        self.offsets = np.cumsum(self.lengths) - self.lengths
        self.steps = np.array([place[step] for sequence in sequences for step in sequence], np.int64)
        self.known = np.where(self.steps < len(known), self.steps, UNKNOWN)
        raw = self.known.astype(">i4").tobytes()
        cuts = zip((4 * self.offsets).tolist(), (4 * (self.offsets + self.lengths)).tolist(), strict=True)
        keys = [raw[start:stop] for start, stop in cuts]
        self.order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)

    def beginnings(self, chosen: Numbers) -> Beginnings:
        """The beginnings of the chosen sequences, which must be in order."""
        return _beginnings(self.known, self.offsets[chosen], self.lengths[chosen])


@dataclass(frozen=True, eq=False)
class Beginnings:
    """The beginnings of some sequences, numbered by length; 0 is the empty one.

    first : the first number of every length, and one past the last
    parent, step : for every beginning, the one that it continues, and by which known step (-1 and -1 for the empty one)
    end : for every sequence, the beginning that it is
    """

    first: Numbers
    parent: Numbers
    step: Numbers
    end: Numbers

    @property
    def longest(self) -> int:
        return len(self.first) - 2

    @property
    def levels(self) -> list[slice]:
        """The numbers of the beginnings of each length."""
        return [slice(*each) for each in itertools.pairwise(self.first.tolist())]


def _beginnings(steps: Numbers, starts: Numbers, lengths: Numbers) -> Beginnings:
    end = np.zeros(len(lengths), np.int64)
    going = np.flatnonzero(lengths > 0)
    node = np.zeros(len(going), np.int64)
    first, parents, taken = [0, 1], [np.array([-1])], [np.array([-1])]
    length = 0
    while len(going):
        step = steps[starts[going] + length]
        fresh = np.ones(len(going), bool)
        fresh[1:] = (node[1:] != node[:-1]) | (step[1:] != step[:-1])
        parents.append(node[fresh])
        taken.append(step[fresh])
        node = first[-1] + np.cumsum(fresh) - 1
        first.append(int(node[-1]) + 1)
        length += 1
        over = lengths[going] == length
        if over.any():
            end[going[over]] = node[over]
            going, node = going[~over], node[~over]
    return Beginnings(np.array(first), np.concatenate(parents), np.concatenate(taken), end)
