"""Which of the cheapest ways to hold a case against a model is told?

There are often several. The rule, reading from the end of the case, is to tell the first of these that is no dearer:

1. the step of the log alone;
2. a step of the model alone that does not stand before it among the labels (of several, the first among the labels);
3. both together;
4. a step of the model alone that stands before it (again the first).

So what is in order is matched as early as can be, and a step that is left out where steps may come in any order is told
before those that are written after it. The rule speaks of steps, not of states, so equal models give equal moves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .alignment_costs import Costs, CostTable
from .transition_system import Numbers

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
        self.table, self.tree, graph = table, table.tree, table.model.graph
        self.labels, self.states = len(graph.labels), graph.states
        visible = graph.visible
        self._into = _Lists(visible[:, 2], visible[:, 0] * self.labels + visible[:, 1], self.states)
        self._by = _Lists(visible[:, 1] * self.states + visible[:, 2], visible[:, 0], self.labels * self.states)
        self._silent = None
        if len(graph.silent):
            source, target = np.nonzero(table.model.distance == 0)
            self._silent = _Lists(target, source, self.states)
        self.depth = np.repeat(np.arange(self.tree.longest + 1), np.diff(self.tree.first))
        self.node = self.tree.end.copy()
        self.left = (table.ends if to_the_end else table.any_state).copy()
        none = np.zeros(0, np.int64)
        self._told = [(none, none, none)]
        self._walk(graph.final if to_the_end else np.ones(self.states, bool))
        self.item, self.move, self.length = map(np.concatenate, zip(*self._told, strict=True))

    def _walk(self, ends: NDArray[np.bool_]) -> None:
        who, where = np.nonzero((self.table.rows[self.node] == self.left[:, None]) & ends)
        while True:
            goes = self.left[who] > 0  # with no cost left, all that came before went together
            who, where = who[goes], where[goes]
            if not len(who):
                return
            who, where = self._silently(who, where)
            alone, before, rest = self._alone_in_log(who, where)
            others, sources = self._by_the_model(who[rest], where[rest])
            who, where = self._sorted(np.r_[alone, others], np.r_[before, sources])

    def _cost(self, node: Numbers, state: Numbers) -> Costs:
        return self.table.rows[node, state]

    def _sorted(self, who: Numbers, where: Numbers) -> tuple[Numbers, Numbers]:
        keys = np.unique(who * self.states + where)
        return keys // self.states, keys % self.states

    def _silently(self, who: Numbers, where: Numbers) -> tuple[Numbers, Numbers]:
        if self._silent is None:
            return who, where
        place, state = self._silent.of(where)
        who = who[place]
        same = self._cost(self.node[who], state) == self.left[who]
        return self._sorted(who[same], state[same])

    def _alone_in_log(self, who: Numbers, where: Numbers) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
        """The sequences whose move it is and their states before it; and which of the pairs are of others."""
        node = self.node[who]
        before = np.maximum(self.tree.parent[node], 0)
        hit = (node > 0) & (self._cost(before, where) + 1 == self.left[who])
        movers, taken = self._movers(who[hit])
        self._tell(movers, np.full(len(movers), LOG))
        self.node[movers] = self.tree.parent[self.node[movers]]
        self.left[movers] -= 1
        return who[hit], where[hit], ~taken[who]

    def _by_the_model(self, who: Numbers, where: Numbers) -> tuple[Numbers, Numbers]:
        """Alone in the model, or both together: the move that comes first in the rule, and the states before it."""
        alone_who, alone_where, label = self._alone_in_model(who, where)
        both_who, both_where = self._together(who, where)
        step = self.tree.step[self.node[alone_who]]
        place = np.r_[np.where(label >= step, label, label + self.labels + 1), np.full(len(both_who), self.labels)]
        who, where = np.r_[alone_who, both_who], np.r_[alone_where, both_where]
        first = np.full(len(self.node), 2 * self.labels + 1)
        np.minimum.at(first, who, place)
        chosen = place == first[who]
        movers, _ = self._movers(who)
        both = movers[first[movers] == self.labels]
        alone = movers[first[movers] != self.labels]
        self._tell(alone, first[alone] % (self.labels + 1))
        self.left[alone] -= 1
        self.node[both] = self.tree.parent[self.node[both]]
        return who[chosen], where[chosen]

    def _alone_in_model(self, who: Numbers, where: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        place, edge = self._into.of(where)
        source, label = np.divmod(edge, self.labels)
        who = who[place]
        hit = self._cost(self.node[who], source) + 1 == self.left[who]
        return who[hit], source[hit], label[hit]

    def _together(self, who: Numbers, where: Numbers) -> tuple[Numbers, Numbers]:
        known = self.tree.step[self.node[who]] >= 0
        who, where = who[known], where[known]
        place, source = self._by.of(self.tree.step[self.node[who]] * self.states + where)
        who = who[place]
        hit = self._cost(self.tree.parent[self.node[who]], source) == self.left[who]
        return who[hit], source[hit]

    def _movers(self, who: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
        """Each sequence of the list once, and for every sequence, is it in the list?"""
        taken = np.zeros(len(self.node), bool)
        taken[who] = True
        return np.flatnonzero(taken), taken

    def _tell(self, who: Numbers, move: Numbers) -> None:
        if len(who):
            self._told.append((who, move, self.depth[self.node[who]]))
