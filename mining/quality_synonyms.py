"""Do two names stand for one step, or one name for two?

Names cannot tell; where they stand can. Two names are taken for one step only where something keeps them apart besides the
choice itself: no unit uses both, or one begins when the other ends. Without that, granted and refused would be synonyms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from .database import text_literal
from .local_time import local_day
from .quality_labels import neighbours
from .quality_profile import Found, Profile

if TYPE_CHECKING:
    import pandas as pd

_USED = 20  # events of each name
_MOST = 300  # names: every pair is looked at
_ALIKE = 0.8  # Jaccard of the neighbours
_RARE = 0.05  # neighbours that are rarer are left out
_SWITCH, _SEEN = timedelta(days=60), timedelta(days=30)  # between the last of one and the first of the other; of each
_TWICE, _CASES, _APART = 0.9, 30, 3

_TWO_PLACES = """
with steps as (
    select variant_no, cases, unnest(activities)::varchar as activity, generate_subscripts(activities, 1) as place,
           unnest(list_prepend(null, activities))::varchar as before, unnest(activities[2:])::varchar as after
    from sequences
), placed as (
    select *, count(*) over (partition by variant_no, activity) as times,
           row_number() over (partition by variant_no, activity order by place) as nth,
           place - lag(place) over (partition by variant_no, activity order by place) as apart
    from steps where activity is not null
)
select activity, times, nth, coalesce(before, '') as before, coalesce(after, '') as after, min(apart) as apart,
       sum(cases)::bigint as cases
from placed where times <= 2 or nth = 1 group by all order by all
"""


def synonyms(profile: Profile) -> Iterator[Found]:
    """Two names for one step, by unit or over time; one name for two steps."""
    used = [step for step, events in profile.events_of.items() if events >= _USED]
    if len(used) <= _MOST:
        around = neighbours(profile)
        units = _units(profile)
        for a, b in combinations(used, 2):
            if _alike(around[a], around[b], {a, b}):
                yield from _one_step(profile, a, b, units)
    yield from _homonyms(profile)


def _one_step(profile: Profile, a: str, b: str, units: dict[str, set[str]]) -> Iterator[Found]:
    seen = profile.seen
    early, late = sorted((a, b), key=lambda step: seen[step][1])
    pause = seen[late][0] - seen[early][1]
    shortest = min(last - first for first, last in (seen[a], seen[b]))
    rare, usual = sorted((a, b), key=lambda step: (profile.events_of[step], step))
    if timedelta(0) <= pause <= _SWITCH and shortest >= _SEEN:
        day = local_day(seen[late][0], profile.log.zone)
        yield _pair(profile, "renamed_label", early, late, (("day", day),))
    elif units[a] and units[b] and not units[a] & units[b] and not _together(profile, a, b):
        yield _pair(profile, "synonymous_labels", rare, usual)


def _pair(profile: Profile, kind: str, label: str, other: str, more: tuple[tuple[str, object], ...] = ()) -> Found:
    events = profile.events_of
    names = (("label", label), ("other", other), *more)
    rows = profile.rows(f"activity = {text_literal(label)}")
    of = events[label] + events[other]
    return Found(kind, events[label], of, steps=(label, other), names=names, rows=rows)


def _units(profile: Profile) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {step: set() for step in profile.events_of}
    for step, unit in zip(profile.steps["activity"], profile.steps["unit"], strict=True):
        if isinstance(unit, str):
            found[step].add(unit)
    return found


def _alike(one: tuple[Counter[str], Counter[str]], other: tuple[Counter[str], Counter[str]], both: set[str]) -> bool:
    """Have the two nearly the same steps before and after them?"""
    return all(_jaccard(_usual(a) - both, _usual(b) - both) >= _ALIKE for a, b in zip(one, other, strict=True))


def _usual(around: Counter[str]) -> set[str]:
    return {step for step, times in around.items() if times >= _RARE * around.total()}


def _jaccard(a: set[str], b: set[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 0.0


def _together(profile: Profile, a: str, b: str) -> bool:
    both = f"list_contains(names, {text_literal(a)}) and list_contains(names, {text_literal(b)})"
    found = profile.log.sql(
        f"select count(*) as n from (select activities::varchar[] as names from sequences) where {both}"
    )
    return bool(found["n"].iloc[0])


def _homonyms(profile: Profile) -> Iterator[Found]:
    frame = profile.log.sql(_TWO_PLACES)
    firsts = frame[frame["nth"] == 1]
    cases = firsts.groupby("activity")["cases"].sum()
    twice = firsts[firsts["times"] == 2].groupby("activity")["cases"].sum()
    often = twice[(twice >= _CASES) & (twice >= _TWICE * cases.reindex(twice.index))]
    for step, count in often.items():
        rows = frame[(frame["activity"] == step) & (frame["times"] == 2)]
        first, second = (rows[rows["nth"] == nth] for nth in (1, 2))
        apart = (second["apart"] >= _APART).all()
        if apart and all(_strangers(first, second, side) for side in ("before", "after")):
            found = profile.rows(f"activity = {text_literal(str(step))}")
            of = int(cases.to_dict()[step])
            yield Found("homonymous_label", int(count), of, steps=(str(step),), names=(("label", step),), rows=found)


def _strangers(first: pd.DataFrame, second: pd.DataFrame, side: str) -> bool:
    """Have the two places no neighbour in common?"""
    return not set(first[side]) & set(second[side])
