"""Which of the cheapest ways to hold a case against a model is told?

There are often several. The rule, reading from the end of the case: a step of the log alone if that is no dearer; else a
step of the model alone, of several the one that stands first among the model's labels; else both together. So what is in
order is matched as early as can be. The rule speaks of steps, not of states, so equal models give equal moves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .alignment_costs import Costs, CostTable
from .state_space import SILENT

Numbers = NDArray[np.int64]

LOG = -1  # a step of the log alone; a step of the model alone is its label


class _Lists:
    """A list of numbers for every key, end to end."""

    def __init__(self, keys: Numbers, values: Numbers, count: int) -> None:
        order = np.lexsort((values, keys))
        self.values = values[order]
        self.cuts = np.searchsorted(keys[order], np.arange(count + 1))

    def of(self, keys: Numbers) -> tuple[Numbers, Numbers]:
        """All values of the keys, and for each the place of its key."""
        counts = self.cuts[keys + 1] - self.cuts[keys]
        place = np.repeat(np.arange(len(keys)), counts)
        within = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
        return place, self.values[self.cuts[keys][place] + within]


class Moves:
    """The moves that are not both together, for every sequence, found from the end backwards.

    item, move, length : the sequence, LOG or the model's label, and how much of the sequence came before or with it
    """

    def __init__(self, table: CostTable, *, to_the_end: bool) -> None:
        self.table, automaton = table, table.model.automaton
        self.labels, self.states = len(automaton.labels), automaton.states
        visible = automaton.visible
        self._into = _Lists(visible[:, 2], visible[:, 0] * self.labels + visible[:, 1], self.states)
        self._by = _Lists(visible[:, 1] * self.states + visible[:, 2], visible[:, 0], self.labels * self.states)
        self._silent = None
        if (automaton.edges[:, 1] == SILENT).any():
            source, target = np.nonzero(table.model.distance == 0)
            self._silent = _Lists(target, source, self.states)
        self.depth = np.repeat(np.arange(table.tree.longest + 1), np.diff(table.tree.first))
        self.node = table.tree.end.copy()
        self.left = (table.ends if to_the_end else table.any_state).copy()
        self.ends = automaton.final if to_the_end else np.ones(self.states, bool)
        self._told: list[tuple[Numbers, Numbers, Numbers]] = []
        self._walk()
        none = np.zeros(0, np.int64)
        parts = zip(*self._told, strict=True) if self._told else ([none], [none], [none])
        self.item, self.move, self.length = map(np.concatenate, parts)

    def _walk(self) -> None:
        table = self.table
        who, where = np.zeros(0, np.int64), np.zeros(0, np.int64)
        for number in reversed(range(len(table.stretches))):
            if number < len(table.stretches) - 1:
                table.load(number)
            fresh = self._ending_here(number)
            row, state = np.nonzero((self._rows(self.node[fresh]) == self.left[fresh, None]) & self.ends)
            who, where = self._sorted(np.r_[who, fresh[row]], np.r_[where, state])
            resting: list[tuple[Numbers, Numbers]] = []
            while len(who):
                # With no cost left, all that came before went together.
                rests = (self.depth[self.node[who]] <= table.low) & (table.low > 0)
                resting.append((who[rests], where[rests]))
                goes = ~rests & (self.left[who] > 0)
                who, where = self._back(who[goes], where[goes])
            if resting:
                who, where = self._sorted(*map(np.concatenate, zip(*resting, strict=True)))

    def _ending_here(self, number: int) -> Numbers:
        depth = self.depth[self.table.tree.end]
        low, last = self.table.stretches[number]
        return np.flatnonzero((depth > low if number else depth >= low) & (depth <= last))

    def _rows(self, node: Numbers) -> Costs:
        return self.table.rows[node - self.table.offset]

    def _cost(self, node: Numbers, state: Numbers) -> Costs:
        return self.table.rows[node - self.table.offset, state]

    def _sorted(self, who: Numbers, where: Numbers) -> tuple[Numbers, Numbers]:
        keys = np.unique(who * self.states + where)
        return keys // self.states, keys % self.states

    def _back(self, who: Numbers, where: Numbers) -> tuple[Numbers, Numbers]:
        """One move back for each sequence: the states in which the way to here can have been, the move being what it is."""
        if not len(who):
            return who, where
        who, where = self._silently(who, where)
        found = []
        for rule in (self._alone_in_log, self._alone_in_model, self._together):
            before_who, before_where, taken = rule(who, where)
            found.append((before_who, before_where))
            who, where = who[~taken], where[~taken]
            if not len(who):
                break
        who, where = (np.concatenate(part) for part in zip(*found, strict=True))
        return self._sorted(who, where)

    def _silently(self, who: Numbers, where: Numbers) -> tuple[Numbers, Numbers]:
        if self._silent is None:
            return who, where
        place, state = self._silent.of(where)
        who = who[place]
        same = self._cost(self.node[who], state) == self.left[who]
        return self._sorted(who[same], state[same])

    def _alone_in_log(self, who: Numbers, where: Numbers) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
        node = self.node[who]
        began = node > 0
        before = np.where(began, self.table.tree.parent[node], node)
        hit = began & (self._cost(before, where) + 1 == self.left[who])
        movers, taken = self._movers(who[hit])
        self._tell(movers, np.full(len(movers), LOG))
        self.node[movers] = self.table.tree.parent[self.node[movers]]
        self.left[movers] -= 1
        return who[hit], where[hit], taken[who]

    def _alone_in_model(self, who: Numbers, where: Numbers) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
        place, edge = self._into.of(where)
        source, label = np.divmod(edge, self.labels)
        origin = who[place]
        hit = self._cost(self.node[origin], source) + 1 == self.left[origin]
        origin, source, label = origin[hit], source[hit], label[hit]
        least = np.full(len(self.node), self.labels)
        np.minimum.at(least, origin, label)
        chosen = label == least[origin]
        origin, source = origin[chosen], source[chosen]
        movers, taken = self._movers(origin)
        self._tell(movers, least[movers])
        self.left[movers] -= 1
        return origin, source, taken[who]

    def _together(self, who: Numbers, where: Numbers) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
        node = self.node[who]
        place, source = self._by.of(self.table.tree.step[node] * self.states + where)
        origin = who[place]
        hit = self._cost(self.table.tree.parent[self.node[origin]], source) == self.left[origin]
        movers, taken = self._movers(origin[hit])
        self.node[movers] = self.table.tree.parent[self.node[movers]]
        return origin[hit], source[hit], taken[who]

    def _movers(self, who: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
        """Each sequence of the list once, and for every sequence, is it in the list?"""
        taken = np.zeros(len(self.node), bool)
        taken[who] = True
        return np.flatnonzero(taken), taken

    def _tell(self, who: Numbers, move: Numbers) -> None:
        if len(who):
            self._told.append((who, move, self.depth[self.node[who]]))
