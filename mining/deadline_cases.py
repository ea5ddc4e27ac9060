"""Where in the cases does a deadline start, where does it end, and when does its clock stand?

All days are numbers of local days since the start of 1970. The days of a case never go back as its positions go on, so the
first step of a kind after another is also the one of the earliest day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .database import identifier, text_literal
from .errors import UsageError
from .flow_parts import Deadline
from .grouping import Grouping
from .log import EventLog
from .span import DueDate
from .toml_table import meant

if TYPE_CHECKING:
    import pandas as pd

FIRST_DAY = 719_163  # the ordinal of the first day of 1970, as date.toordinal counts

_STARTS = """
with marked as (
    select case_no, "position", end_time, "precision", activity = {start} as starts, activity in ({ends}) as ends
    from events where activity in ({start}, {ends})
), followed as (
    select *, min("position") filter (ends) over later as end_position, min({day}) filter (ends) over later as end_day
    from marked
    window later as (partition by case_no order by "position" rows between 1 following and unbounded following)
), started as (
    select * from followed where starts {occurrence}
)
select {defined} cases.case_no, coalesce(cases.unit, '')::varchar as at_unit, "position", end_position,
       {day} as start_day, end_day, {due} as due_day,
       {closed_after} as closed_day
from started join cases using (case_no) left join ({closings}) as closing using (case_no)
{valid}
order by cases.case_no, "position"
"""

_PAUSES = """
with marked as (
    select case_no, "position", end_time, activity = {stop} as stops, activity = {go} as goes
    from events where activity in ({stop}, {go})
), followed as (
    select *, min({day}) filter (goes) over later as until_day, min("position") filter (goes) over later as until_position
    from marked
    window later as (partition by case_no order by "position" rows between 1 following and unbounded following)
)
select case_no, "position", {day} as after_day, until_day, until_position from followed where stops
"""

_OCCURRENCE = {
    "first": 'qualify "position" = min("position") over (partition by case_no)',
    "last": 'qualify "position" = max("position") over (partition by case_no)',
    "each": "",
}


def started(log: EventLog, deadline: Deadline, group: Grouping, closings: str) -> pd.DataFrame:
    """One row per time that the deadline starts, by case and place: the group, ``case_no, at_unit, position,
    end_position, start_day, end_day, due_day`` (as the data say), ``closed_day`` (null where there is none)."""
    day = day_number(log, "end_time")
    # A closing that is known to the day is after a start on the same day; one with a time only if it is later.
    closed = day_number(log, "closed_time")
    after = f"""case when closed_by_day or "precision" = 'day' then {closed} >= {day}
                     else closed_time > end_time end"""
    valid = f"where {day} >= {deadline.valid_from.toordinal() - FIRST_DAY}" if deadline.valid_from else ""
    return log.sql(
        _STARTS.format(
            start=text_literal(deadline.start),
            ends=", ".join(map(text_literal, deadline.end)),
            day=day,
            occurrence=_OCCURRENCE[deadline.occurrence],
            defined=group.defined,
            due=_due(log, deadline.within) if isinstance(deadline.within, DueDate) else "null::bigint",
            closed_after=f"case when {after} then {closed} end",
            closings=closings,
            valid=valid,
        )
    )


def stopped(log: EventLog, pair: tuple[str, str]) -> pd.DataFrame:
    """Each time the clock is stopped: ``case_no, position, after_day, until_day, until_position`` (null: it still is)."""
    stop, go = map(text_literal, pair)
    return log.sql(_PAUSES.format(stop=stop, go=go, day=day_number(log, "end_time")))


def day_number(log: EventLog, moment: str) -> str:
    """SQL for the local day of a moment."""
    return f"date_diff('day', date '1970-01-01', timezone({text_literal(log.zone)}, {moment})::date)"


def _due(log: EventLog, within: DueDate) -> str:
    """SQL for the day that an attribute of the case names; null where it names none."""
    name = within.attribute
    columns = log.columns("cases")
    if name not in columns:
        raise UsageError(f"A deadline asks for {name!r}, which no case has.{meant(name, columns)}")
    column = f"cases.{identifier(name)}"
    kind = str(log.sql(f"select typeof(any_value({identifier(name)})) as kind from cases")["kind"].iloc[0])
    if kind == "TIMESTAMP WITH TIME ZONE":
        return day_number(log, column)
    text = f"trim({column}::varchar)"
    zoned = f"regexp_matches({text}, ':[0-9.]+ ?(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$')"
    day = f"""case when {zoned} then timezone({text_literal(log.zone)}, try_cast({text} as timestamptz))::date
                   else coalesce(try_cast({text} as timestamp), try_strptime({text}, '%d.%m.%Y'))::date end"""
    return f"date_diff('day', date '1970-01-01', {day})"
