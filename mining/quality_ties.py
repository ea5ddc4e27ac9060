"""How much of what we see rests on the order of events of the same time?

Events of a case at the same time stand in the order of the file, which may be chance. Here tied neighbours are exchanged
until each pair stands in the order that is the more common for the two steps in the whole log, and variants and
repetitions are counted anew: what is gone then was there because of the order of the file alone.

More common: where times tell which of two steps directly follows the other, four times as often as the other way round (else
both orders are ways of working, and the pair is left as it is); where times never tell, more often in the file. Neighbours are
exchanged in rounds, as in a bubble sort.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .log import EventLog
from .quality_profile import Found, Profile

_FEW = 0.01  # of the events, or repetitions, or variants
_FEWEST = 5
_CLEARLY = 4
_ROUNDS = 200  # a longer group of ties is a load of data, and its order is told by nothing

# Events of one case that nothing but the file puts in order: the same time, and for days the same rank.
_DAY_RANK = """case when "precision" = 'day' then rank end"""

_TIED = f"""
select case_no, end_time, {_DAY_RANK} as day_rank, count(*) as size, min("position") as place
from events group by all having count(*) > 1
"""
# With a time of day on every event the log has counted already.
_TIED_TO_THE_SECOND = """
select case_no, end_time, null::smallint as day_rank, count(*) + 1 as size, min("position") - 1 as place
from events where micros_since_previous = 0 group by all
"""

_EVENTS = f"""
select case_no, "position", enum_code(activity::activity)::integer as step, epoch_us(end_time) as moment,
       coalesce({_DAY_RANK}, -32768)::smallint as day_rank
from events
"""


@dataclass(frozen=True)
class TieSensitivity:
    """tied_events : events whose place rests on the order of the file; tied_cases : cases with any
    variants, repetitions : as they are (a repetition: a case comes back to a step); ordered_… : with events of the same
    time in the most common order
    """

    tied_events: int
    tied_cases: int
    variants: int
    ordered_variants: int
    repetitions: int
    ordered_repetitions: int


@dataclass(frozen=True)
class _Traces:
    """All events in order. same_case : is the event before of the same case? tied : is it at the same time, too?"""

    case: np.ndarray
    step: np.ndarray
    same_case: np.ndarray
    tied: np.ndarray

    @classmethod
    def of(cls, log: EventLog) -> _Traces:
        frame = log.sql(_EVENTS)
        case, place, step, moment, rank = (frame[name].to_numpy() for name in frame.columns)
        if ((case[1:] < case[:-1]) | ((case[1:] == case[:-1]) & (place[1:] < place[:-1]))).any():
            order = np.lexsort((place, case))
            case, step, moment, rank = case[order], step[order], moment[order], rank[order]
        same = np.r_[False, case[1:] == case[:-1]]
        tied = same & np.r_[False, (moment[1:] == moment[:-1]) & (rank[1:] == rank[:-1])]
        return cls(case, step, same, tied)

    def variants(self, step: np.ndarray) -> int:
        """Distinct sequences, with these steps in place of the log's."""
        ends = np.r_[np.flatnonzero(~self.same_case), len(step)] * step.itemsize
        text = step.tobytes()
        return len({text[start:stop] for start, stop in zip(ends.tolist(), ends[1:].tolist(), strict=False)})

    def repetitions(self, step: np.ndarray) -> int:
        """Cases and steps with two runs of the step or more."""
        starts = ~self.same_case | np.r_[True, step[1:] != step[:-1]]
        wide = int(step.max()) + 1
        runs = np.sort(self.case[starts].astype(np.int64) * wide + step[starts])
        again = runs[1:] == runs[:-1]
        return int((again & ~np.r_[False, again[:-1]]).sum())


def tie_sensitivity(log: EventLog) -> TieSensitivity:
    """Count variants and repetitions as they are, and with events of the same time in the most common order."""
    traces = _Traces.of(log)
    variants, repetitions = traces.variants(traces.step), traces.repetitions(traces.step)
    ordered = _in_common_order(traces) if traces.tied.any() else traces.step
    return TieSensitivity(
        tied_events=int(traces.tied.sum()),
        tied_cases=len(np.unique(traces.case[traces.tied])),
        variants=variants,
        ordered_variants=traces.variants(ordered) if traces.tied.any() else variants,
        repetitions=repetitions,
        ordered_repetitions=traces.repetitions(ordered) if traces.tied.any() else repetitions,
    )


def _in_common_order(traces: _Traces) -> np.ndarray:
    """The steps, tied neighbours exchanged. A group of n has n rounds: first its first and second, third and fourth …, then
    its second and third …; that sorts whatever can be sorted, and ends where three steps each usually come before the next.
    """
    step = traces.step.copy()
    wanted = _wanted(traces)
    seconds = np.flatnonzero(traces.tied)
    group = np.cumsum(~traces.tied) - 1
    begins = np.flatnonzero(~traces.tied)
    sizes = np.minimum(np.bincount(group), _ROUNDS)[group[seconds]]
    odd = (seconds - begins[group[seconds]]) % 2 == 1
    for number in range(int(sizes.max())):
        exchanged = False
        for half in (odd, ~odd):
            places = seconds[half & (sizes > number)]
            chosen = places[wanted(step[places], step[places - 1])]
            step[chosen], step[chosen - 1] = step[chosen - 1], step[chosen].copy()
            exchanged |= bool(len(chosen))
        if not exchanged:
            break
    return step


def _wanted(traces: _Traces):
    """A function of two arrays of steps: does the first usually come before the second?"""
    told = _counted(traces, traces.same_case & ~traces.tied)
    anyway = _counted(traces, traces.same_case)

    def wanted(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        right, wrong = told(first, second), told(second, first)
        clearly = (right > 0) & (right >= _CLEARLY * wrong)
        return np.where(right + wrong > 0, clearly, anyway(first, second) > anyway(second, first))

    return wanted


def _counted(traces: _Traces, follows: np.ndarray):
    """A function of two arrays of steps: how often does the second directly follow the first?"""
    places = np.flatnonzero(follows)
    wide = int(traces.step.max()) + 1
    pairs, times = np.unique(traces.step[places - 1].astype(np.int64) * wide + traces.step[places], return_counts=True)

    def counted(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        asked = first.astype(np.int64) * wide + second
        at = np.minimum(np.searchsorted(pairs, asked), max(len(pairs) - 1, 0))
        return np.where(pairs[at] == asked, times[at], 0) if len(pairs) else np.zeros(len(asked), np.int64)

    return counted


def ties(profile: Profile, found: TieSensitivity) -> Iterator[Found]:
    """Events that the file puts in order, and what rests on that."""
    if found.tied_events < max(_FEWEST, _FEW * profile.events):
        return
    later = f'select source, source_row from ({in_ties(profile.log)}) where "position" > place'
    yield Found("tied", found.tied_events, profile.events, rows=profile.rows_of(later))
    for kind, plain, ordered in (
        ("tie_variants", found.variants, found.ordered_variants),
        ("tie_loops", found.repetitions, found.ordered_repetitions),
    ):
        if (gone := plain - ordered) >= max(1, _FEW * plain):
            yield Found(kind, gone, plain)


def in_ties(log: EventLog, least: int = 2) -> str:
    """SQL: the events that stand at one time with others of the case, so many in all; ``place`` is that of the first."""
    tied = _TIED if log.date_only else _TIED_TO_THE_SECOND
    return f"""select events.*, tied.place from events join (select * from ({tied}) where size >= {int(least)}) as tied
               on events.case_no = tied.case_no and events.end_time = tied.end_time
               and ({_DAY_RANK}) is not distinct from tied.day_rank"""
