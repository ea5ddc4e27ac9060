"""Is every case one case, whole, and over when it should be?"""

from __future__ import annotations

from collections.abc import Iterator

from .closing import closing_clock, closing_known
from .database import text_literal
from .grouping import grouping
from .log import EventLog
from .quality_profile import Found, Profile
from .work_in_progress import balance

_SHORT, _FEWEST = 0.1, 10  # single events: a part of the cases may be broken off
_BEGINS = 0.5  # of the times that a step is done: with it cases begin
_ALL_START = 0.8  # so many of the cases must begin so, or there is no usual beginning
_HEADLESS = 0.02
_GIANT, _GIANT_SHARE, _GIANT_LEAST = 50, 0.01, 100  # times the middle case, of all events, events
_SILENT_DAYS = 180
_SILENT = 0.05
_AFTER_CLOSING = 0.01
_PILE = 0.2  # of the cases in progress; a smaller gap is a pile that grows as piles do
# Made-up numbers, as people type them into a field that must be filled in.
_MADE_UP = (
    *(
        "0",
        "00",
        "000",
        "0000",
        "-",
        "x",
        "xx",
        "xxx",
        "test",
        "dummy",
        "ukjent",
        "ingen",
        "mangler",
        "unknown",
        "none",
    ),
    *("null", "nan", "na", "n/a", "?", "tbd", "999999", "99999999", "123456789"),
)

# A case should be over when it is older than most cases take, as far as the log can tell.
_SINGLE = """
with clock as ({closing}), usual as (select quantile_cont(micros, 0.9) as micros from clock where micros > 0)
select case_no from cases join clock using (case_no), usual
where events = 1 and ({known} and is_closed
      or not is_closed and epoch_us({end}) - epoch_us(cases.first_time) > 2 * usual.micros
      or not {known} and epoch_us({end}) - epoch_us(cases.first_time) > 2 * coalesce(usual.micros, 0))
"""

_STARTS = """
select activities[1]::varchar as step, sum(cases)::bigint as cases from sequences group by all order by all
"""

# Separators become one sign, zeros that lead a number go, capitals and spaces do not count.
_PLAIN_ID = r"""regexp_replace(regexp_replace(lower(trim(case_id)), '[\s/\\._:-]+', '-', 'g'), '(^|[^0-9])0+([0-9])', '\1\2', 'g')"""

_SPLIT = """
select case_no from (select case_no, count(*) over (partition by plain) as alike, row_number() over (
    partition by plain order by events desc, case_no) as nth from (select case_no, events, {plain} as plain from cases))
where alike > 1 and nth > 1
"""

_SILENT_CASES = """
select case_no from ({closing}) join cases using (case_no)
where not is_closed and epoch_us({end}) - epoch_us(cases.last_time) >= {days} * 86400000000
"""


def cases(profile: Profile) -> Iterator[Found]:
    """Cases that are too short, begin in the middle, are two, are many, or are not closed."""
    closing = closing_clock(profile.log, profile.flow, grouping(profile.log, None))
    yield from _single(profile, closing)
    yield from _headless(profile)
    yield from _split(profile)
    yield from _made_up(profile)
    yield from _giant(profile)
    yield from _several_units(profile)
    yield from _closings(profile, closing)


def _single(profile: Profile, closing: str) -> Iterator[Found]:
    log = profile.log
    known = str(closing_known(log, profile.flow)).lower()
    chosen = _SINGLE.format(closing=closing, known=known, end=_end(log))
    count = _count(profile, chosen)
    if count >= max(_FEWEST, _SHORT * log.case_count):
        rows = profile.rows(f"case_no in ({chosen})")
        yield Found("single_event", count, log.case_count, rows=rows)


def _headless(profile: Profile) -> Iterator[Found]:
    """Cases that begin with a step that otherwise comes later."""
    frame = profile.log.sql(_STARTS)
    of = profile.log.case_count
    begins = frame["cases"] >= _BEGINS * frame["step"].map(profile.events_of)
    if frame.loc[begins, "cases"].sum() < _ALL_START * of:
        return
    odd = frame.loc[~begins, "step"]
    count = int(frame.loc[~begins, "cases"].sum())
    if count >= max(_FEWEST, _HEADLESS * of):
        rows = profile.rows(f"previous_activity is null and {profile.of_steps(odd.tolist())}")
        yield Found("headless", count, of, rows=rows)


def _split(profile: Profile) -> Iterator[Found]:
    chosen = _SPLIT.format(plain=_PLAIN_ID)
    if count := _count(profile, chosen):
        rows = profile.rows(f'"position" = 1 and case_no in ({chosen})')
        yield Found("split_ids", count, profile.log.case_count, rows=rows)


def _made_up(profile: Profile) -> Iterator[Found]:
    """Such a number may be a real one, so it must hold more events than the usual case."""
    listed = ", ".join(text_literal(text) for text in _MADE_UP)
    chosen = f"""select case_no from cases where lower(trim(case_id)) in ({listed})
                 and events > 3 * (select median(events) from cases)"""
    held = profile.log.sql(f"select coalesce(sum(events), 0)::bigint as n from cases where case_no in ({chosen})")
    count = int(held["n"].iloc[0])
    if count and profile.log.case_count > _FEWEST:
        yield Found("placeholder_case", count, profile.events, rows=profile.rows(f"case_no in ({chosen})"))


def _giant(profile: Profile) -> Iterator[Found]:
    log = profile.log
    median = float(log.sql("select median(events) as n from cases")["n"].iloc[0])
    least = int(max(_GIANT_LEAST, _GIANT * median, _GIANT_SHARE * profile.events))
    frame = log.sql(f"select events from cases where events >= {least}")
    if len(frame) and log.case_count > _FEWEST:
        names = (("least", least), ("median", round(median)))
        rows = profile.rows(f"case_no in (select case_no from cases where events >= {least})")
        yield Found("giant_case", int(frame["events"].sum()), profile.events, names=names, rows=rows)


def _several_units(profile: Profile) -> Iterator[Found]:
    if profile.steps["unit"].nunique() < 2:
        return
    chosen = "select case_no from events group by case_no having min(unit) <> max(unit)"
    if count := _count(profile, chosen):
        moved = f"""select source, source_row from (select *, lag(unit) over in_case as unit_before from events
                    where case_no in ({chosen}) window in_case as (partition by case_no order by "position"))
                    where unit <> unit_before"""
        yield Found("several_units", count, profile.log.case_count, rows=profile.rows_of(moved))


def _closings(profile: Profile, closing: str) -> Iterator[Found]:
    log = profile.log
    if not closing_known(log, profile.flow):
        yield Found("closing_unknown", log.case_count, log.case_count)
        return
    numbers = balance(log, closing, True)
    if numbers.little_holds is False and numbers.little_gap < -_PILE:
        missing = round(-100 * numbers.little_gap)
        lying = max(1, round(numbers.mean_in_progress))
        yield Found("closings_missing", round(lying * missing / 100), lying, names=(("gap", missing),))
    open_cases = int(log.sql(f"select count(*) as n from ({closing}) where not is_closed")["n"].iloc[0])
    chosen = _SILENT_CASES.format(closing=closing, end=_end(log), days=_SILENT_DAYS)
    if (count := _count(profile, chosen)) >= max(3, _SILENT * open_cases):
        rows = profile.rows_of(_last_of(chosen))
        yield Found("silent_cases", count, open_cases, names=(("days", _SILENT_DAYS),), rows=rows)
    if log.manifest.closed in ("time", "day"):
        yield from _after_closing(profile)


def _after_closing(profile: Profile) -> Iterator[Found]:
    closed = int(profile.log.sql("select count(closed) as n from cases")["n"].iloc[0])
    late = "select case_no from cases where last_time > closed + interval 2 day"
    count = _count(profile, late)
    if count >= max(3, _AFTER_CLOSING * closed):
        yield Found("after_closing", count, closed, rows=profile.rows_of(_last_of(late)))


def _last_of(chosen: str) -> str:
    """SQL: the row of the last event of the cases."""
    return f"""select arg_max(source, "position") as source, arg_max(source_row, "position") as source_row
               from events where case_no in ({chosen}) group by case_no"""


def _count(profile: Profile, chosen: str) -> int:
    return int(profile.log.sql(f"select count(*) as n from ({chosen})")["n"].iloc[0])


def _end(log: EventLog) -> str:
    return f"timestamptz {text_literal(str(log.observed_to))}"
