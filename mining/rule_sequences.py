"""Where does each step stand in the sequences of a log, and what comes next to it?

All variants lie behind one another in one long line of events, so that a rule is judged on all of them at once. An event
is a number: its place in the line, from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_NOTHING: Numbers = np.empty(0, np.int64)
NOWHERE = -1


@dataclass(frozen=True)
class Sequences:
    """The sequences, one behind the other. variant : of each event, the number of its sequence, from 0; starts, lengths :
    of each sequence; events_of : the events of each step, in their order."""

    variant: Numbers
    starts: Numbers
    lengths: Numbers
    events_of: dict[str, Numbers]

    @classmethod
    def of(cls, sequences: Iterable[Sequence[str]]) -> Sequences:
        """No sequence is empty."""
        each = [np.asarray(sequence, dtype=object) for sequence in sequences]
        lengths = np.array([len(sequence) for sequence in each], np.int64)
        codes, names = pd.factorize(np.concatenate(each)) if each else (_NOTHING, [])
        order = np.argsort(codes, kind="stable")
        bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
        return cls(
            variant=np.repeat(np.arange(len(each)), lengths),
            starts=np.cumsum(lengths) - lengths,
            lengths=lengths,
            events_of={name: order[bounds[at] : bounds[at + 1]] for at, name in enumerate(names)},
        )

    def __len__(self) -> int:
        return len(self.lengths)

    def events(self, step: str) -> Numbers:
        return self.events_of.get(step, _NOTHING)

    def having(self, events: Numbers) -> Flags:
        """For each sequence: is one of the events in it?"""
        found = np.zeros(len(self), bool)
        found[self.variant[events]] = True
        return found

    def times(self, events: Numbers) -> Numbers:
        """For each sequence: how many of the events are in it?"""
        return np.bincount(self.variant[events], minlength=len(self))

    def rank(self, events: Numbers) -> Numbers:
        """For each of the events of one step: which one in its sequence is it, from 1?"""
        return np.arange(1, len(events) + 1) - np.searchsorted(events, self.starts[self.variant[events]])

    def following(self, events: Numbers, others: Numbers) -> Numbers:
        """For each event the next of the others in its sequence, or NOWHERE."""
        return self._beside(events, others, np.searchsorted(others, events, side="right"))

    def preceding(self, events: Numbers, others: Numbers) -> Numbers:
        """For each event the last of the others before it in its sequence, or NOWHERE."""
        return self._beside(events, others, np.searchsorted(others, events, side="left") - 1)

    @property
    def last(self) -> Numbers:
        """The last event of each sequence."""
        return self.starts + self.lengths - 1

    def place(self, events: Numbers) -> Numbers:
        """The place of each event in its sequence, from 1."""
        return events - self.starts[self.variant[events]] + 1

    def _beside(self, events: Numbers, others: Numbers, at: Numbers) -> Numbers:
        there = (at >= 0) & (at < len(others))
        beside = np.full(len(events), NOWHERE)
        beside[there] = others[at[there]]
        same = there & (self.variant[beside] == self.variant[events]) if len(self.variant) else there
        return np.where(same, beside, NOWHERE)
