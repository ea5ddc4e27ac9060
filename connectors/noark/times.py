"""When was each record? Dates and times as XML writes them, with or without a clock and a zone, read by the database.

``2024-03-01`` is known to the day. ``2024-03-01T10:15:00`` is local time of the log's zone; with ``Z`` or an offset it
is exact. A field whose clocks all show 00:00 has no clock.
"""

from __future__ import annotations

import duckdb

from ..times import FIRST_YEAR, IMPLAUSIBLE, LAST_YEAR, UNREADABLE
from ..zones import repeated, skipped, to_utc

MISSING = "no time"
SKIPPED = "time does not exist (clock change)"
_FORM = r"^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}(?:\.\d{1,6})?)\d*)?)?(Z|[+-]\d{2}:?\d{2})?$"
_MOST_OFFSET = 14 * 60  # minutes


def read_times(database: duckdb.DuckDBPyConnection, table: str, zone: str) -> int:
    """Make ``<table>_read``: the records with `moment`, `precision`, or the reason why there is none in `fault`.

    Returns how many times lie in the hour that the clock shows twice.
    """
    database.execute(
        f"create temp view {table}_parts as select *, regexp_extract(time, '{_FORM}', ['day', 'clock', 'second', 'zone']) "
        f"as part from {table} where aside is null"
    )
    local = (
        "try_cast(part.day || ' ' || if(part.clock = '', '00:00', part.clock) || ':' || "
        "if(part.second = '', '00', part.second) as timestamp)"
    )
    digits = "right(replace(part.zone, ':', ''), 4)"
    offset = f"if(left(part.zone, 1) = '-', -1, 1) * (left({digits}, 2)::bigint * 60 + right({digits}, 2)::bigint)"
    database.execute(
        f"create table {table}_local as select number, field, {local} as local, part.clock as clock, "
        f"part.second = '' as to_minute, part.zone <> '' and part.clock <> '' as zoned, "
        f"case when length(part.zone) < 5 then 0::bigint else {offset} end as minutes from {table}_parts"
    )
    return _moments(database, table, zone)


def _moments(database: duckdb.DuckDBPyConnection, table: str, zone: str) -> int:
    low, high = database.execute(
        f"select year(min(local)), year(max(local)) from {table}_local where year(local) between {FIRST_YEAR} and {LAST_YEAR}"
    ).fetchall()[0]
    years = (low or 2000, high or 2000)
    day, micros = "epoch_us(date_trunc('day', local))", "epoch_us(local)"
    database.execute(
        f"create table {table}_read as with days as (select field as f from {table}_local group by 1 having "
        "bool_and(local = date_trunc('day', local))), "
        f"known as (select *, case when clock = '' or f is not null then 'day' when to_minute then 'minute' else 'second' "
        f"end as precision from {table}_local left join days on f = field), "
        f"timed as (select number, precision, local, case when year(local) not between {FIRST_YEAR} and {LAST_YEAR} or "
        f"abs(minutes) > {_MOST_OFFSET} then null when precision = 'day' then make_timestamptz({to_utc(day, zone, *years)}) "
        f"when zoned then make_timestamptz({micros} - minutes * 60000000) "
        f"when not {skipped(micros, zone, *years)} then make_timestamptz({to_utc(micros, zone, *years)}) end as moment, "
        f"case when local is null or abs(minutes) > {_MOST_OFFSET} then '{UNREADABLE}' when year(local) not between "
        f"{FIRST_YEAR} and {LAST_YEAR} then '{IMPLAUSIBLE}' else '{SKIPPED}' end as reason, "
        f"precision <> 'day' and not zoned and {repeated('moment', zone, *years)} as twice from known) "
        f"select r.*, t.moment, t.precision, date_trunc('day', t.local)::date as day, case when r.aside is not null or "
        f"t.moment is not null then null when r.time is null then '{MISSING}' else t.reason end as fault, t.twice "
        f"from {table} r left join timed t using (number)"
    )
    database.execute(f"drop view {table}_parts")
    database.execute(f"drop table {table}_local")
    database.execute(f"drop table {table}")
    return database.execute(f"select count(*) filter (twice) from {table}_read").fetchall()[0][0]
