"""Where did each case stand, from when to when, and when was it over?

One row per case and step (those that may come at any time left out), and one before the first for the case's beginning. A
case stands at a step until the next one, or until it is over. Where some event or closing is known to the day only, all
times are local days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .clock import DAY
from .closing import closing_clock
from .database import text_literal
from .flow import Flow
from .grouping import grouping
from .log import EventLog

if TYPE_CHECKING:
    import pandas as pd

Numbers = NDArray[np.int64]

_VISITS = 3  # the third time at a step and later ones are alike
_MOST_TYPES = 200

_CASES = """
with closing as ({closing})
select is_closed, {closed} as closed, {begun} as begun, coalesce(type, '') as type, applicant,
       strftime(timezone({zone}, cases.first_time), '%Y')::bigint * 2 + (month(timezone({zone}, cases.first_time)) > 6)::bigint
           as half_year,
       {since} as since, {until} as until
from cases join closing using (case_no) order by case_no
"""

_EVENTS = """
select {time} as time, {elsewhere} as elsewhere from events where {moving} order by case_no, "position"
"""


@dataclass(frozen=True)
class CaseRows:
    """Times are microseconds; numbers of cases are their places by case_no, from 0.

    case, number : of each row, whose it is, and its place in the case (-1 for the beginning)
    place : the step, and whether for the first, second or a later time, as one number; time : when; stay : for how long
    elsewhere : of each row, did another unit do it than the flow says?
    first : of each case, its first row; known : was it followed, and held against the flow?
    end, ended : when it was over or last seen; cluster : whose it is: cases of one applicant go together
    since, until : the window
    strata : what cases may have in common, the most first: a name, and a number for each case
    """

    case: Numbers
    number: Numbers
    place: Numbers
    time: Numbers
    stay: Numbers
    elsewhere: NDArray[np.bool_]
    first: Numbers
    known: NDArray[np.bool_]
    end: Numbers
    ended: NDArray[np.bool_]
    cluster: Numbers
    since: int
    until: int
    strata: list[tuple[str, Numbers]]
    _variant: Numbers
    _orders: _Orders
    _by_place: Numbers
    _bounds: Numbers

    def at_place(self, place: int) -> Numbers:
        """The rows of a place, in the order of the cases."""
        return self._by_place[self._bounds[place] : self._bounds[place + 1]]

    def first_done(self, steps: Sequence[str]) -> Numbers:
        """At which place of each case any of the steps comes first; a large number where none does."""
        return self._orders.first_done(steps)[self._variant]

    def code(self, step: str) -> int:
        """The number of a step; -1 where no case has it."""
        return self._orders.codes.get(step, -1)

    def step(self, at: Numbers) -> Numbers:
        """The number of the step of each row."""
        return self.place[at] // (_VISITS + 1)


def case_rows(
    log: EventLog,
    flow: Flow,
    orders: Sequence[tuple[str, ...]],
    variant: Numbers,
    known: NDArray[np.bool_],
    group: Numbers,
) -> CaseRows:
    """orders : the steps of each variant, without those at any time; variant, known, group : of each case by case_no"""
    by_day = log.date_only or log.manifest.closed == "day"
    cases, events = log.sql(_cases(log, flow, by_day)), log.sql(_events(log, flow, by_day))
    return rows_of(orders, variant, known, group, cases, events)


def rows_of(
    orders: Sequence[tuple[str, ...]],
    variant: Numbers,
    known: NDArray[np.bool_],
    group: Numbers,
    cases: pd.DataFrame,
    events: pd.DataFrame,
) -> CaseRows:
    """cases : ``is_closed, closed, begun, type, applicant, half_year, since, until``; events : ``time, elsewhere``, in order"""
    ways = _Orders(orders)
    lengths = ways.lengths[variant] + 1
    first = np.cumsum(lengths) - lengths
    case = np.repeat(np.arange(len(lengths)), lengths)
    number = np.arange(len(case)) - first[case] - 1
    begins = number < 0
    since, until = (int(cases[name].iloc[0]) for name in ("since", "until"))
    ended = cases["is_closed"].to_numpy(bool)
    end = np.where(ended, cases["closed"].fillna(0).to_numpy(np.int64), until)
    time, elsewhere = np.empty(len(case), np.int64), np.zeros(len(case), bool)
    time[~begins], elsewhere[~begins] = events["time"].to_numpy(np.int64), events["elsewhere"].to_numpy(bool)
    some = ways.lengths[variant] > 0
    time[begins] = np.where(some, time[np.minimum(first + 1, len(time) - 1)], cases["begun"].to_numpy(np.int64))
    place = ways.places[ways.first[variant][case] + number + 1]
    # Small numbers are sorted by counting, ten times as fast.
    small = np.uint16 if ways.most_places < 1 << 16 else np.int64
    by_place = np.argsort(place.astype(small), kind="stable")
    return CaseRows(
        case=case,
        number=number,
        place=place,
        time=time,
        stay=_stays(time, case, end),
        elsewhere=elsewhere,
        first=first,
        known=known & (end >= since),
        end=end,
        ended=ended,
        cluster=_clusters(cases["applicant"]),
        since=since,
        until=until,
        strata=_strata(cases, group),
        _variant=variant,
        _orders=ways,
        _by_place=by_place,
        _bounds=np.searchsorted(place[by_place], np.arange(ways.most_places + 1)),
    )


class _Orders:
    """The steps of the variants as numbers, one after the other, each variant with a row before its first step.

    places : step and time as one number; first : the row before each variant's first step
    """

    def __init__(self, orders: Sequence[tuple[str, ...]]) -> None:
        self.codes: dict[str, int] = {}
        places: list[int] = []
        for order in orders:
            places.append(0)
            times: dict[str, int] = {}
            for step in order:
                times[step] = times.get(step, 0) + 1
                code = self.codes.setdefault(step, len(self.codes) + 1)
                places.append(code * (_VISITS + 1) + min(times[step], _VISITS))
        self.places = np.array(places, np.int64)
        self.most_places = (len(self.codes) + 1) * (_VISITS + 1)
        self.lengths = np.array([len(order) for order in orders], np.int64)
        self.first = np.cumsum(self.lengths + 1) - self.lengths - 1
        self._done: dict[tuple[str, ...], Numbers] = {}

    def first_done(self, steps: Sequence[str]) -> Numbers:
        key = tuple(steps)
        if key not in self._done:
            here = np.flatnonzero(np.isin(self.places // (_VISITS + 1), [self.codes.get(step, -1) for step in key]))
            variant = np.searchsorted(self.first, here, side="right") - 1
            found = np.full(len(self.lengths), np.iinfo(np.int64).max)
            np.minimum.at(found, variant, here - self.first[variant] - 1)
            self._done[key] = found
        return self._done[key]


def _stays(time: Numbers, case: Numbers, end: Numbers) -> Numbers:
    """Until the next step; negative where the case was over before. At the moment of its end it is not open any more."""
    left = end[case] - time
    following = np.append(time[1:], 0) - time
    following[np.append(case[1:] != case[:-1], True)] = np.iinfo(np.int64).max
    return np.minimum(following, left - 1)


def _clusters(applicant: pd.Series) -> Numbers:
    """One number per applicant, and per case where none is known."""
    numbers: Numbers = np.array(applicant.astype("category").cat.codes, np.int64)
    unknown = numbers < 0
    numbers[unknown] = numbers.max(initial=-1) + 1 + np.arange(int(unknown.sum()))
    return numbers


def _strata(cases: pd.DataFrame, group: Numbers) -> list[tuple[str, Numbers]]:
    kinds = {"type": cases["type"], "half-year": cases["half_year"]}
    kinds = {name: column for name, column in kinds.items() if 1 < column.nunique() <= _MOST_TYPES}
    wanted = (("type", "half-year"), ("type",), ("half-year",), ())
    found = []
    for names in wanted:
        if set(names) <= set(kinds):
            keys = np.stack([group, *(kinds[name].astype("category").cat.codes.to_numpy(np.int64) for name in names)])
            found.append(
                (" and ".join(names), np.unique(keys, axis=1, return_inverse=True)[1].ravel().astype(np.int64))
            )
    return found


def _cases(log: EventLog, flow: Flow, by_day: bool) -> str:
    end = f"timestamptz {text_literal(str(log.observed_to))}"
    until = _time(log, f"({end} + interval 1 microsecond)", by_day) + f" - {DAY}" if by_day else _time(log, end, by_day)
    return _CASES.format(
        closing=closing_clock(log, flow, grouping(log, None)),
        closed=_time(log, "closing_time", by_day),
        begun=_time(log, "cases.first_time", by_day),
        zone=text_literal(log.zone),
        since=_time(log, f"timestamptz {text_literal(str(log.observed_from))}", by_day),
        until=until,
    )


def _events(log: EventLog, flow: Flow, by_day: bool) -> str:
    said = [(step, settings.unit) for step, settings in flow.steps.items() if settings.unit is not None]
    other = [f"(activity = {text_literal(step)} and unit <> {text_literal(unit)})" for step, unit in said]
    anytime = ", ".join(map(text_literal, flow.anytime))
    return _EVENTS.format(
        time=_time(log, "end_time", by_day),
        elsewhere=f"coalesce({' or '.join(other)}, false)" if other else "false",
        moving=f"activity not in ({anytime})" if anytime else "true",
    )


def _time(log: EventLog, moment: str, by_day: bool) -> str:
    days = f"date_diff('day', date '1970-01-01', timezone({text_literal(log.zone)}, {moment})::date) * {DAY}"
    return days if by_day else f"epoch_us({moment})"
