"""What do many sequences begin with in common?

The sequences as a tree of their beginnings (a prefix trie), kept as arrays, level by level, so that what is shared is
worked out once and everything of one length is worked out together.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Beginnings:
    """The beginnings of some sequences, numbered by length; 0 is the empty one.

    first : the first number of every length, and one past the last
    parent, step : for every beginning, the one that it continues, and by which step (-1 and -1 for the empty one)
    end : for every sequence, the beginning that it is
    """

    first: Numbers
    parent: Numbers
    step: Numbers
    end: Numbers

    @property
    def longest(self) -> int:
        return len(self.first) - 2


def in_order(steps: Numbers, offsets: Numbers) -> Numbers:
    """The sequences in such an order that those with a common beginning stand together.

    steps : all sequences, one after the other; offsets : where each one starts, and the end of the last
    """
    raw = steps.astype(">i4").tobytes()
    cuts = (offsets * 4).tolist()
    keys = [raw[start:stop] for start, stop in itertools.pairwise(cuts)]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)


def beginnings(steps: Numbers, starts: Numbers, lengths: Numbers) -> Beginnings:
    """The beginnings of sequences that are in order (see `in_order`); each is given by where it starts in `steps`."""
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
