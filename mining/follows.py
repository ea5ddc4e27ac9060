"""Which step follows which, how often, and after how long: what the graph and the waiting both rest on.

*Directly follows*: within a case, the next event in order (van der Aalst, Process Mining, 2016, §6.1). How often
is a property of the sequence, so it is counted on the variants and weighted by their cases; how long is read from
the events.
"""

from __future__ import annotations

from .clock import local_days
from .grouping import Grouping
from .log import EventLog

_PAIRS_OF_VARIANTS = """
    pairs as (
        select variant_no, source, target, count(*) as times
        from (select variant_no, unnest(activities[1:len(activities) - 1]) as source,
                     unnest(activities[2:]) as target from sequences)
        group by all
    ), weights as (
        select {defined} cases.variant_no, count(*) as cases from cases group by all
    ), counted as (
        select {first} source::varchar as source, target::varchar as target,
               sum(times * cases)::bigint as occurrences, sum(cases)::bigint as cases
        from pairs join weights using (variant_no) group by all
    )"""

_PAIRS_OF_EVENTS = """
    counted as (
        select {defined} previous_activity as source, activity as target, count(*) as occurrences,
               count(distinct case_no) as cases
        from events where previous_activity is not null group by all
    )"""


def counted_pairs(group: Grouping) -> str:
    """The body of a ``with``: ``counted`` has the group, ``source, target, occurrences, cases``."""
    pattern = _PAIRS_OF_EVENTS if group.of_events else _PAIRS_OF_VARIANTS
    return pattern.format(first=group.first, defined=group.defined)


def elapsed(log: EventLog, group: Grouping, *, to_start: bool = False) -> str:
    """SQL: one row per directly-follows pair in the log with the group, ``source, target, micros``.

    The time runs from the completion of the source to the completion of the target, or with `to_start` to its start
    (never below 0; an event without a start starts when it ends). Where either end is known to the day only, it is
    whole local days.
    """
    cases = "" if group.of_events or not group.name else "join cases using (case_no)"
    exact = "micros_since_previous"
    if to_start:
        exact = "greatest(micros_since_previous - epoch_us(end_time) + epoch_us(coalesce(start_time, end_time)), 0)"
    if not log.date_only:
        return f"""select {group.defined} previous_activity as source, activity as target, {exact} as micros
                   from events {cases} where previous_activity is not null"""
    return f"""
        select {group.defined} previous_activity as source, activity as target,
               coalesce({exact}, {local_days(log.zone, "previous_time", "end_time")}) as micros
        from (select *, lag(end_time) over (partition by case_no order by "position") as previous_time
              from events) as events
        {cases} where previous_activity is not null"""
