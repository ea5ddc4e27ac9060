"""Which cases break a rule on time between steps, on who does them, or on the office that does them?

Nobody is ever shown: of people it is only asked whether two steps of a case were done by the same one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from .calendar import UnitCalendars
from .database import text_literal
from .flow_parts import Rule
from .log import EventLog
from .rule_spans import earliest
from .span import Span

if TYPE_CHECKING:
    import pandas as pd

# Two steps by the same person; where somebody is not known and nobody known did both, nothing can be said.
_FOUR_EYES = """
with by_person as (
    select case_no, resource is null as unknown, count(*) as times, {both} as both_steps,
           bool_or(activity = {one}) as one_step, bool_or(activity = {other}) as other_step
    from events where activity in ({one}, {other}) group by case_no, resource
)
select case_no, case when bool_or(both_steps and not unknown) then 'broken'
                     when bool_or(unknown) then 'not_judged' else 'fulfilled' end as state
from by_person group by case_no having bool_or(one_step) and bool_or(other_step) and sum(times) > 1
"""

_FOUR_EYES_EVENTS = """
select case_no, place from {placed} join (
    select case_no, resource from events
    where activity in ({one}, {other}) and resource is not null group by all having {both}
) using (case_no, resource) where activity in ({one}, {other})
"""

_ONLY_BY_UNIT = """
select case_no, case when bool_or(unit <> {unit}) then 'broken'
                     when bool_or(unit is null) then 'not_judged' else 'fulfilled' end as state
from events where activity = {step} group by case_no
"""

_ONLY_BY_UNIT_EVENTS = "select case_no, place from {placed} where activity = {step} and unit <> {unit}"

# Every `after` with the last `before` that came earlier in the case.
_APART = """
select case_no, place, timezone({zone}, begun) as begun, timezone({zone}, end_time) as ended, end_time,
       'day' in (begun_precision, "precision") as by_day, coalesce(cases.unit, '')::varchar as at_unit
from (
    select case_no, {place} as place, activity, end_time, "precision",
           last_value(case when activity = {before} then end_time end ignore nulls) over earlier as begun,
           last_value(case when activity = {before} then "precision" end ignore nulls) over earlier as begun_precision
    from {events} where activity in ({before}, {after})
    window earlier as (
        partition by case_no order by "position" rows between unbounded preceding and 1 preceding)
) join cases using (case_no) where activity = {after} and begun is not null
"""

# The place among the events inside the window; `sequences` counts in the same way.
_PLACED = '(select *, row_number() over (partition by case_no order by "position") as place from events)'


def case_states(log: EventLog, rule: Rule, calendars: UnitCalendars) -> pd.DataFrame:
    """``case_no, state`` of the cases that trigger the rule: broken (for good), fulfilled, or not_judged."""
    if rule.kind == "apart":
        pairs = _apart(log, rule, calendars, with_places=False)
        broken = pairs.groupby("case_no", sort=False)["too_early"].any()
        return broken.map({True: "broken", False: "fulfilled"}).rename("state").reset_index()
    query = {"four_eyes": _FOUR_EYES, "only_by_unit": _ONLY_BY_UNIT}[rule.kind]
    return log.sql(query.format(**_filled(rule)))


def broken_events(log: EventLog, rule: Rule, calendars: UnitCalendars) -> pd.DataFrame:
    """``case_no, place`` of the events that break the rule."""
    if rule.kind == "apart":
        pairs = _apart(log, rule, calendars, with_places=True)
        return pairs.loc[pairs["too_early"], ["case_no", "place"]]
    query = {"four_eyes": _FOUR_EYES_EVENTS, "only_by_unit": _ONLY_BY_UNIT_EVENTS}[rule.kind]
    return log.sql(query.format(placed=_PLACED, **_filled(rule)))


def _apart(log: EventLog, rule: Rule, calendars: UnitCalendars, *, with_places: bool) -> pd.DataFrame:
    """``case_no, too_early`` of every `after` that has a `before` earlier in the case; and its place, if asked for."""
    before, after = cast(str, rule.terms["before"]), cast(str, rule.terms["after"])
    pairs = log.sql(
        _APART.format(
            zone=text_literal(log.zone),
            place="place" if with_places else "0",
            before=text_literal(before),
            after=text_literal(after),
            events=_PLACED if with_places else "events",
        )
    )
    allowed = earliest(pairs["begun"], cast(Span, rule.terms["least"]), calendars, pairs["at_unit"])
    # Of an hour that clocks show twice, the first is meant.
    moment = allowed.dt.tz_localize(log.zone, ambiguous=np.ones(len(pairs), bool), nonexistent="shift_forward")
    at_once = moment > pairs["end_time"]
    pairs["too_early"] = at_once.where(~pairs["by_day"], allowed.dt.normalize() > pairs["ended"].dt.normalize())
    return pairs


def _filled(rule: Rule) -> dict[str, str]:
    if rule.kind == "only_by_unit":
        return {key: text_literal(cast(str, rule.terms[key])) for key in ("step", "unit")}
    one, other = cast(tuple[str, str], rule.terms["steps"])
    said = {"one": text_literal(one), "other": text_literal(other)}
    twice = "count(*) > 1" if one == other else "bool_or(activity = {one}) and bool_or(activity = {other})"
    return {**said, "both": twice.format(**said)}
