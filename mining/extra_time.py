"""Do cases take longer after a deviation, beside cases that stood there for as long and did not have it?

A case that takes long has more chances to deviate, so whole times must not be compared: a deviation that does nothing would
look slow (*immortal time*). What is compared is the time that was left, from the moment at which the deviation was to be
seen (:mod:`.deviation_moments`), until the case was over:

- Something done that is not intended: beside cases that stood at the same step as the case did before it, for the same
  time as the case had stood there then, and had not had the deviation by then.
- Something skipped, or another step in its place: beside cases that reached the same step, with it done.

Same step means as often as well (first, second, later time). A case that deviates later is still compared, with all of its
time; to leave it out would be to know what came. But where the next step of more than half of the others is the deviation,
nothing is said: who stands there so long is waiting for it. All must still be open at the moment, and have come to the step within the
window: of what stood there before, only the slow is known. Cases are compared within type and
half-year received as far as most find enough others; ``compared_within`` says so. Open cases count for as long as they were
followed, and all times until `within_days` at most (:mod:`.matched_means`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .case_rows import CaseRows
from .clock import DAY
from .deviating_cases import Seen
from .deviation_moments import ARRIVING
from .deviations import What
from .kaplan_meier import kaplan_meier
from .matched_means import UNSAID, Difference, Followed, difference, false_discoveries

if TYPE_CHECKING:
    import pandas as pd

Numbers = NDArray[np.int64]

COLUMNS = ("extra_days", "extra_low", "extra_high", "extra_q", "compared_cases", "compared_with", "compared_within")

_CLEAR = 0.05  # of the differences that are called clear, the share that may be none
_OTHERS = 5  # cases that a case needs to be compared with
_MOST_WITHOUT = 0.5  # of the others, the part whose next step may be the deviation
_MOST_FIND = 0.8  # of the cases, for comparing within types and half-years
# Of more, every so many are taken: enough for any interval.
_MOST_CASES, _MOST_AT_A_STEP, _PICKED = 2_000, 5_000, 10_000


@dataclass(frozen=True)
class Compared:
    """What is said of one deviation. within : what the cases compared have in common, besides the step"""

    found: Difference
    cases: int
    others: int
    within: str


_NOT = Compared(UNSAID, 0, 0, "")
_NOBODY = (np.empty(0, np.int64), np.empty(0, np.int64))


class ExtraTime:
    """The rows of a log's cases, ready for the comparison of any deviation.

    within_days : until when times count: the time by which 90 of 100 cases are over, or else the longest
    """

    def __init__(self, rows: CaseRows) -> None:
        self.rows = rows
        self.within_days = _within(rows)
        self._pools: dict[int, Numbers] = {}
        self._deviates = np.full(len(rows.end), np.iinfo(np.int64).max)  # at which place of the case

    def of(self, what: What, cases: Numbers, places: Numbers) -> Compared:
        """Compare cases that have the deviation, each with the place (from 0) at which it is first to be seen."""
        rows = self.rows
        at = rows.first[cases] + 1 + places
        stood = at - (what[0] not in ARRIVING)
        seen = rows.known[cases] & (rows.end[cases] > rows.time[at]) & (rows.time[stood] >= rows.since)
        cases, places, at = cases[seen], places[seen], at[seen]
        if not len(cases):
            return _NOT
        self._deviates[cases] = places
        some = np.linspace(0, len(cases) - 1, min(len(cases), _MOST_CASES)).astype(np.int64)
        found = self._compared(what, at[some])
        self._deviates[cases] = np.iinfo(np.int64).max
        return found

    def _compared(self, what: What, at: Numbers) -> Compared:
        rows = self.rows
        stood = at if what[0] in ARRIVING else at - 1
        others = {place: self._others(what, place) for place in np.unique(rows.place[stood]).tolist()}
        picked, having, within = self._matched(stood, rows.time[at] - rows.time[stood], others)
        if not len(having):
            return _NOT
        # Where most of the others are on their way to the deviation too, it is held against itself.
        if (self._deviates[rows.case[picked]] == rows.number[picked] + 1).mean() > _MOST_WITHOUT:
            return _NOT
        at, stood = at[having], stood[having]
        one = self._followed(at, rows.time[at])
        moments = rows.time[picked] + (rows.time[at] - rows.time[stood])[:, None]
        found = difference(one, self._followed(picked, moments), self.within_days)
        return Compared(found, len(at), len(np.unique(rows.case[picked])), within)

    def _matched(
        self, stood: Numbers, waited: Numbers, others: dict[int, tuple[Numbers, Numbers]]
    ) -> tuple[Numbers, Numbers, str]:
        """As :meth:`_picked`, within as much as most cases have in common with enough others; and within what."""
        *narrow, (_, whole) = self.rows.strata
        for within, strata in narrow:
            picked, having = self._picked(stood, waited, others, strata)
            if len(having) >= _MOST_FIND * len(stood):
                return picked, having, within
        return *self._picked(stood, waited, others, whole), ""

    def _others(self, what: What, place: int) -> tuple[Numbers, Numbers]:
        """The rows at a place that cases may be compared with, and for how long each stood there."""
        rows = self.rows
        pool = self._pool(place)
        deviates, here = self._deviates[rows.case[pool]], rows.number[pool]
        free = deviates > here
        if what[0] in ARRIVING:
            missing = what[1][1:] if what[0] == "replaced" else what[1]
            free &= rows.first_done((*missing, *what[2]))[rows.case[pool]] < here
        pool, free_deviates = pool[free], deviates[free]
        # One that leaves the place for the deviation stood there shorter by next to nothing.
        return pool, rows.stay[pool] - (free_deviates == rows.number[pool] + 1)

    def _pool(self, place: int) -> Numbers:
        if place not in self._pools:
            there = self.rows.at_place(place)
            seen = self.rows.known[self.rows.case[there]] & (self.rows.time[there] >= self.rows.since)
            there = there[seen & (self.rows.stay[there] >= 0)]
            some = np.linspace(0, len(there) - 1, min(len(there), _MOST_AT_A_STEP)).astype(np.int64)
            self._pools[place] = there[some]
        return self._pools[place]

    def _picked(
        self, stood: Numbers, waited: Numbers, others: dict[int, tuple[Numbers, Numbers]], strata: Numbers
    ) -> tuple[Numbers, Numbers]:
        """For the cases that find enough others, as many of these, one row each; and which cases they are.

        Of those that stood at the place as long, every so many are picked, beginning elsewhere for each case.
        """
        rows, parts, having = self.rows, [], []
        count = int(np.clip(_PICKED // len(stood), 5, 200))
        for place, (pool, stay) in others.items():
            mine = np.flatnonzero(rows.place[stood] == place)
            ordered, start, stop = _as_long(
                pool, stay, strata[rows.case[pool]], strata[rows.case[stood[mine]]], waited[mine]
            )
            enough = stop - start >= _OTHERS
            mine, start, size = mine[enough], start[enough], (stop - start)[enough]
            shift = (mine * 0.6180339887498949) % 1
            chosen = (np.arange(count) + shift[:, None]) / count * size[:, None]
            parts.append(ordered[start[:, None] + np.minimum(chosen.astype(np.int64), size[:, None] - 1)])
            having.append(mine)
        return np.concatenate(parts), np.concatenate(having)

    def _followed(self, at: Numbers, moment: Numbers) -> Followed:
        rows = self.rows
        case = rows.case[at]
        return Followed(
            times=(rows.end[case] - moment) / DAY,
            ended=rows.ended[case],
            ages=(rows.until - moment) / DAY,
            case=case,
            cluster=rows.cluster[case],
        )


def _as_long(
    pool: Numbers, stay: Numbers, strata: Numbers, mine: Numbers, waited: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """The pool in order, and for each of mine where those of its stratum begin and end that stayed as long as it waited."""
    known, number = np.unique(strata, return_inverse=True)
    wanted = np.searchsorted(known, mine)
    there = np.isin(mine, known)
    longest = int(max(stay.max(initial=0), waited.max(initial=0))) + 2
    key = number * longest + (longest - 1 - stay)
    order = np.argsort(key, kind="stable")
    start = np.searchsorted(key[order], wanted * longest, side="left")
    stop = np.searchsorted(key[order], wanted * longest + (longest - 1 - waited), side="right")
    return pool[order], start, np.where(there, stop, start)


def _within(rows: CaseRows) -> float:
    begun = rows.time[rows.first]
    entries, ages = np.maximum(rows.since - begun, 0), rows.until - begun
    times, known = rows.end - begun, rows.known
    if not known.any():
        return nan
    curve = kaplan_meier(times[known] / DAY, rows.ended[known], entries[known] / DAY, ages[known] / DAY)
    p90 = curve.percentile(0.9).value
    return curve.longest if np.isnan(p90) else p90


def compared(
    rows: CaseRows, seen: Seen, wanted: list[tuple[What, NDArray[np.bool_], int]]
) -> tuple[pd.DataFrame, float]:
    """One row of ``COLUMNS`` per deviation that is wanted; and `within_days`.

    wanted : the deviation, which cases to look at, and how many of them have it in the end. Where most of those that show
        it come to another one (what seems skipped comes too late), nothing is said of it
    """
    time = ExtraTime(rows)
    found = []
    for what, chosen, count in wanted:
        cases, places = seen.get(what, _NOBODY)
        some = chosen[cases]
        found.append(time.of(what, cases[some], places[some]) if 2 * count >= int(some.sum()) else _NOT)
    return _table(found), time.within_days


def clear(q: float) -> bool:
    """Is the difference clear, when all deviations are looked at together?"""
    return q <= _CLEAR


def _table(compared: list[Compared]) -> pd.DataFrame:
    """``COLUMNS``, one row per deviation."""
    import pandas as pd

    chances = np.array([each.found.p for each in compared], dtype=np.float64)
    return pd.DataFrame(
        {
            "extra_days": [each.found.days for each in compared],
            "extra_low": [each.found.low for each in compared],
            "extra_high": [each.found.high for each in compared],
            "extra_q": false_discoveries(chances),
            "compared_cases": [each.cases for each in compared],
            "compared_with": [each.others for each in compared],
            "compared_within": [each.within for each in compared],
        },
        columns=list(COLUMNS),
    )
