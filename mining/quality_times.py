"""Are the times those of the work: none in the future, long ago, at midnight or at night, or written by one click?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from .database import text_literal
from .local_time import local_day
from .quality_profile import EXAMPLES, QUICK_SECONDS, Found, Profile
from .quality_ties import in_ties

_OLDEST = 1990  # case systems are younger; 1900, 1970 and 1980 are what programs write for «unknown»
_YEAR = 365
_FAR_DAYS = 300  # a wrong year is a year too far, less the days that the case really took
_FAR_TIMES = 5  # as long as nearly all cases take
_FEW = 0.01
_FEWEST = 10
_MIDNIGHT = 0.02  # by chance it is one event in 86 400
_BATCH_CASES = 10
_FORM_STEPS = 3
_REAL_STARTS = 0.5  # as in the log's own judgement of its start times
_NIGHT, _NIGHT_SHARE = (20, 6), 0.6  # hours; offices work by day
_MONTHS_TO_TELL, _DAYS_TO_TELL, _EVENTS_TO_TELL = 4, 8, 300  # else a billing run on the first would look exchanged

_FUTURE = """select source, source_row from event_files where end_time > timestamptz {end}
             and case_no in (select case_no from cases)"""

_FAR = """
with span as (select case_no, epoch_us(last_time) - epoch_us(first_time) as micros from cases),
usual as (select quantile_cont(micros, 0.95) as micros from span),
far as (select case_no from span, usual where span.micros > greatest({far}, {times} * usual.micros)),
steps as (select case_no, source, source_row, "position", last_value("position") over in_case as latest,
                 epoch_us(end_time) - epoch_us(lag(end_time) over in_case) as before
          from events where case_no in (select case_no from far)
          window in_case as (partition by case_no order by "position" rows between unbounded preceding and unbounded following)),
gaps as (select *, lead(before) over (partition by case_no order by "position") as after from steps)
select case_no, source, source_row, (select micros from usual) as usual from gaps
where (before > {far} and "position" = latest) or (after > {far} and before is null)
   or (before > {far} and after > {far})
order by source, source_row
"""

_SAME_SECOND = """
with timed as (
    select source, source_row, case_no, activity, epoch_us(end_time) // 1000000 as second, {midnight} as midnight
    from events where "precision" <> 'day'
), seconds as (select second from timed group by second having count(*) >= {least})
select source, source_row from timed semi join seconds using (second) where not midnight
qualify count(distinct case_no) over (partition by activity, second) >= {least}
order by source, source_row
"""


def times(profile: Profile) -> Iterator[Found]:
    """Times that cannot be right, or that are not those of the work."""
    yield from _future(profile)
    yield from _outlying(profile)
    yield from _far_from_case(profile)
    yield from _starts(profile)
    yield from _whole_days(profile)
    yield from _at_night(profile)
    yield from _exchanged(profile)
    yield from _in_one_go(profile)
    yield from _collateral(profile)


def _future(profile: Profile) -> Iterator[Found]:
    log = profile.log
    if not log.manifest.after_window or log.observed_to is None:
        return
    later = _FUTURE.format(end=text_literal(log.observed_to.isoformat()))
    count = int(log.sql(f"select count(*) as events from ({later})")["events"].iloc[0])
    if count:
        day = local_day(log.observed_to, log.zone)
        yield Found("future_times", count, count + profile.events, names=(("day", day),), rows=profile.rows_of(later))


def _outlying(profile: Profile) -> Iterator[Found]:
    """Before 1990, or more than a year (and twice the usual period) outside that of nearly all events."""
    days, counts = profile.days.index.to_numpy(), profile.days.to_numpy()
    oldest = (date(_OLDEST, 1, 1) - date(1970, 1, 1)).days
    old = int(counts[days < oldest].sum())
    if old:
        yield Found("old_times", old, profile.events, rows=_on_days(profile, None, oldest))
    days, counts = days[days >= oldest], counts[days >= oldest]
    if counts.sum() < 100:  # the ends of a few events are no measure
        return
    share = counts.cumsum() / counts.sum()
    first, last = (int(days[np.searchsorted(share, part)]) for part in (0.01, 0.99))
    margin = max(_YEAR, 2 * (last - first))
    count = int(counts[(days < first - margin) | (days > last + margin)].sum())
    if count:
        early, late = _on_days(profile, oldest, first - margin), _on_days(profile, last + margin + 1, None)
        names = (("first", _day(first)), ("last", _day(last)))
        yield Found(
            "outlying_times", count, profile.events, names=names, rows=tuple(sorted({*early, *late})[:EXAMPLES])
        )


def _on_days(profile: Profile, first: int | None, end: int | None) -> tuple[tuple[int, int], ...]:
    zone = text_literal(profile.log.zone)
    wall = f"timezone({zone}, end_time)::date"
    bounds = [f"{wall} >= {text_literal(str(_day(first)))}::date"] if first is not None else []
    bounds += [f"{wall} < {text_literal(str(_day(end)))}::date"] if end is not None else []
    return profile.rows(" and ".join(bounds))


def _far_from_case(profile: Profile) -> Iterator[Found]:
    if profile.log.case_count < 20:  # nothing is usual yet
        return
    far = _FAR_DAYS * 86_400_000_000
    rows = profile.log.sql(_FAR.format(far=far, times=_FAR_TIMES))
    if len(rows):
        usual = max(1, round(float(rows["usual"].iloc[0]) / 86_400_000_000))
        shown = tuple(
            (int(source), int(row)) for source, row in rows[["source", "source_row"]].head(EXAMPLES).to_numpy()
        )
        names = (("days", _FAR_DAYS), ("usual", usual))
        yield Found("far_from_case", rows["case_no"].nunique(), profile.log.case_count, names=names, rows=shown)


def _starts(profile: Profile) -> Iterator[Found]:
    started, turned = (int(profile.steps[name].sum()) for name in ("started", "turned"))
    if turned:
        yield Found("start_after_end", turned, started, rows=profile.rows("start_time > end_time"))
    instant = int(profile.steps["instant"].sum())
    if started and instant > _REAL_STARTS * started:
        rows = profile.rows("start_time <= end_time and end_time - start_time < interval 1 minute")
        yield Found("instant_starts", instant, started, rows=rows)


def _whole_days(profile: Profile) -> Iterator[Found]:
    days, midnights = int(profile.steps["days"].sum()), int(profile.steps["midnights"].sum())
    if days:
        yield Found("date_only", days, profile.events, rows=profile.rows(""""precision" = 'day'"""))
    if midnights >= max(_FEWEST, _MIDNIGHT * profile.timed_events):
        yield Found("midnight", midnights, profile.timed_events, rows=profile.rows(profile.at_midnight))


def _at_night(profile: Profile) -> Iterator[Found]:
    hours = profile.quarters["local"].dt.hour
    begins, ends = _NIGHT
    timed = profile.quarters["timed"]
    at_night = int(timed[(hours >= begins) | (hours < ends)].sum()) - int(profile.steps["midnights"].sum())
    of = profile.timed_events - int(profile.steps["midnights"].sum())
    if of >= 10 * _FEWEST and at_night >= _NIGHT_SHARE * of:
        yield Found("night", at_night, of)


def _exchanged(profile: Profile) -> Iterator[Found]:
    """Read the wrong way round, a date has no day after the 12th."""
    days = profile.days.index.to_numpy().astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    of_month = (days - months.astype("datetime64[D]")).astype(int) + 1
    enough = len(np.unique(months)) >= _MONTHS_TO_TELL and len(np.unique(of_month)) >= _DAYS_TO_TELL
    if enough and profile.events >= _EVENTS_TO_TELL and of_month.max() <= 12:
        yield Found("day_and_month", profile.events, profile.events, names=(("days", len(days)),))


def _in_one_go(profile: Profile) -> Iterator[Found]:
    """One step for many cases in a second; many steps of a case at a moment."""
    frame = profile.log.sql(_SAME_SECOND.format(midnight=profile.at_midnight, least=_BATCH_CASES))
    if len(frame) >= max(_FEWEST, _MIDNIGHT * profile.timed_events):
        shown = tuple(
            (int(source), int(row)) for source, row in frame[["source", "source_row"]].head(EXAMPLES).to_numpy()
        )
        yield Found("same_second", len(frame), profile.timed_events, names=(("least", _BATCH_CASES),), rows=shown)
    form = f"""select source, source_row from ({in_ties(profile.log, _FORM_STEPS)}) as e where "precision" <> 'day'
               qualify count(distinct activity) over (partition by case_no, end_time) >= {_FORM_STEPS}"""
    count = int(profile.log.sql(f"select count(*) as events from ({form})")["events"].iloc[0])
    if count >= max(_FEWEST, _MIDNIGHT * profile.timed_events):
        yield Found("form", count, profile.timed_events, rows=profile.rows_of(form))


def _collateral(profile: Profile) -> Iterator[Found]:
    """Nearly always within seconds after one other step, and that other step nearly always before it."""
    frame = (
        profile.pairs.dropna(subset="source").groupby(["source", "target"], as_index=False)[["times", "quick"]].sum()
    )
    for source, target, _, quick in frame.itertuples(index=False):
        of = profile.events_of[str(target)]
        before = profile.events_of[str(source)]
        if source != target and quick >= 3 * _FEWEST and quick >= 0.95 * of and quick >= 0.5 * before:
            fast = f"micros_since_previous between 1 and {QUICK_SECONDS * 1_000_000}"
            pair = f"activity = {text_literal(target)} and previous_activity = {text_literal(source)}"
            names = (("step", target), ("other", source), ("seconds", QUICK_SECONDS))
            rows = profile.rows(f"{pair} and {fast}")
            yield Found("collateral", int(quick), of, steps=(source, target), names=names, rows=rows)


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)
