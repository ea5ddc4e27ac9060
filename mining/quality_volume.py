"""Are all days in the log, and are the last weeks as full as those before?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from .local_time import local_day
from .quality_profile import Found, Profile
from .working_days import WorkingDays

if TYPE_CHECKING:
    import pandas as pd

_AROUND = 40  # working days on each side tell what is usual
_FEWEST_DAYS = 5  # Christmas and Easter leave at most four working days between holidays
_EXPECTED = 30  # events that the gap lacks: with so many, chance leaves none in e^30
_USUAL = 2.0  # events a working day; below that nothing is missing
_FULL, _LOW = 0.5, 0.35  # a drop below the second, where the quarter before never fell below the first
_WEEKS, _BEFORE = 2, 13
_WEEKLY = 20  # events


def volume(profile: Profile) -> Iterator[Found]:
    """Runs of working days without events, and a drop at the end."""
    log = profile.log
    if log.observed_to is None:
        return
    last = _number(local_day(log.observed_to + timedelta(microseconds=1), log.zone)) - 1  # the last day that is over
    days = profile.days
    first = int(
        days.index.to_numpy()[np.searchsorted(days.to_numpy().cumsum(), 0.01 * days.sum())]
    )  # a stray date is no beginning
    if last - first < 14 or last - first > 40_000:
        return
    counts = days.reindex(range(first, last + 1), fill_value=0)
    yield from _silent(counts)
    yield from _drop(counts)


def _silent(counts: pd.Series) -> Iterator[Found]:
    numbers = counts.index.to_numpy()
    open_days = WorkingDays("NO").are(numbers.astype("datetime64[D]"))
    worked, events = numbers[open_days], counts.to_numpy()[open_days]
    for start, stop in _runs(events == 0):
        sides = events[max(0, start - _AROUND) : start], events[stop : stop + _AROUND]
        if min(map(len, sides)) < _FEWEST_DAYS:  # the log begins or ends there
            continue
        usual = min(float(np.median(side)) for side in sides)
        if stop - start >= _FEWEST_DAYS and usual >= _USUAL and usual * (stop - start) >= _EXPECTED:
            days = (_day(int(worked[start])), _day(int(worked[stop - 1])))
            names = (("first", days[0]), ("last", days[1]), ("usual", round(usual)))
            yield Found("silent_days", stop - start, len(events), about=days[0].isoformat(), names=names)


def _runs(empty: np.ndarray) -> Iterator[tuple[int, int]]:
    """Begin and end of every run of true."""
    edges = np.flatnonzero(np.diff(np.r_[0, empty.astype(int), 0]))
    yield from ((int(start), int(stop)) for start, stop in edges.reshape(-1, 2))


def _drop(counts: pd.Series) -> Iterator[Found]:
    """The last two whole weeks beside the quarter before. Holidays make weeks low, too, so the drop must be deep."""
    values = counts.to_numpy()
    weeks = values[len(values) % 7 :].reshape(-1, 7).sum(axis=1)
    if len(weeks) < _WEEKS + _BEFORE:
        return
    before, late = weeks[-_WEEKS - _BEFORE : -_WEEKS], weeks[-_WEEKS:]
    usual = float(np.median(before))
    pairs = before[: len(before) // 2 * 2].reshape(-1, 2).sum(axis=1)
    if usual >= _WEEKLY and late.sum() < _LOW * _WEEKS * usual and pairs.min() >= _FULL * _WEEKS * usual:
        part = round(100 * late.sum() / (_WEEKS * usual))
        expected = round(_WEEKS * usual)
        names = (("weeks", _WEEKS), ("part", part))
        yield Found("volume_drop", expected - int(late.sum()), expected, names=names)


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)
