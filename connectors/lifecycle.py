"""Which records are the beginning and the end of one piece of work? Pairs start and completion into one event.

The rule, as ``docs/formats/xes.md`` tells it to users:

* It applies where the column holds ``start`` or ``complete``; otherwise the column says something else, and every
  record is an event. Capitals do not count. A record that says nothing is a completion.
* ``complete``, ``ate_abort`` and ``pi_abort`` end work and make the event. ``start`` begins it.
* An end and a start belong together when case, activity and instance id are the same. Within those, first in, first
  out: an end takes the oldest start that is still open. First this is done among the records of each resource, then
  with what is left.
* An end without a start is an event without a start. A start that no end follows is work that is going on: an event
  at its start. A start that is left over before a later end belongs to that end's work.
* The standard's other transitions (schedule, assign, suspend …) are no work of their own and are set aside. What the
  standard does not know is an event.
"""

from __future__ import annotations

import duckdb

from .intake import Understood
from .transitions import ENDS, OTHERS, START, TRANSITIONS, Lives

BEGUN = "begun"  # the column of a source's table with the start that belongs to the record

# The starts and ends of every source as one sequence per key. Where both fall on one moment the start comes first.
_SEQUENCE = """
create table life as
select *, row_number() over (order by case_id, activity, instance, time, kind desc, source, row) as place from ({parts})
"""

# An end has no open start where the balance of starts over ends falls to a new low. The n-th other end takes the n-th
# start: first in, first out.
_MATCHED = """
with open as (
    select *, sum(kind) over before as balance from life
    where not exists (select 1 from taken where taken.place = life.place)
    window before as (partition by {key} order by place)
), low as (
    select *, least(0, min(balance) over (partition by {key} order by place rows between unbounded preceding
                                          and 1 preceding)) as lowest from open
), numbered as (
    select *, row_number() over (partition by {key}, kind order by place) as nth
    from low where kind = 1 or balance >= coalesce(lowest, 0)
)
select a.place as start_place, b.place as end_place
from numbered a join numbered b on {same} and a.nth = b.nth and a.kind = 1 and b.kind = -1
"""

_SPARE = """
create table spare as
select place from (select *, max(place) filter (kind = -1) over (partition by {key}) as last_end from life)
anti join taken using (place) where kind = 1 and last_end > place
"""

_KEYS = ("case_id", "activity", "instance")


def pair_lives(found: list[Understood], database: duckdb.DuckDBPyConnection) -> None:
    """Pair the accepted records of all sources; records that make no event join ``refused_<n>``.

    A source whose lifecycle column is not one, or says no more than that everything is complete, is left alone.
    """
    told = [understood for understood in found if _tells(understood)]
    if told:
        _pair(told, database)
    for understood in found:
        _keep(understood)


def _pair(told: list[Understood], database: duckdb.DuckDBPyConnection) -> None:
    for understood in told:
        understood.source.run(f"alter table {understood.source.table} add column {BEGUN} timestamptz")
    database.execute(_SEQUENCE.format(parts=" union all ".join(_part(understood) for understood in told))).fetchall()
    database.execute("create table taken (place bigint, partner bigint)").fetchall()
    for key in ((*_KEYS, "resource"), _KEYS):
        same = " and ".join(f"a.{name} is not distinct from b.{name}" for name in key)
        matched = _MATCHED.format(key=", ".join(key), same=same)
        database.execute(
            f"insert into taken with matched as ({matched}) select start_place, end_place from matched "
            "union all select end_place, start_place from matched"
        ).fetchall()
    database.execute(_SPARE.format(key=", ".join(_KEYS))).fetchall()
    for understood in told:
        understood.lives = _settle(understood, database)
    for table in ("life", "taken", "spare"):
        database.execute(f"drop table {table}").fetchall()


def _keep(understood: Understood) -> None:
    """What the columns still tell when pairs are made stays as attributes of the events."""
    source, place, cell = understood.source, understood.column("lifecycle"), understood.cell("lifecycle")
    if place is not None and source.in_table and not understood.copy_of:
        kept = f"{source.table} where rowid not in (select row from refused_{source.number})"
        if source.row(f"select exists (select 1 from {kept} and lower(trim({cell})) <> 'complete')")[0]:
            understood.lifecycle_kept.append(place)
    if understood.lives is None and (place := understood.column("instance")) is not None:
        understood.lifecycle_kept.append(place)


def _tells(understood: Understood) -> bool:
    """Does the column say when work began, or what else happened to it?"""
    source = understood.source
    cell = understood.cell("lifecycle")
    if cell is None or not source.in_table or understood.copy_of:
        return False
    values = {
        text for (text,) in source.rows(f"select distinct lower(trim({cell})) from {source.table} where {cell} != ''")
    }
    return bool(values & {START, "complete"}) and bool(values & {*TRANSITIONS[1:]})


def transition(understood: Understood) -> str:
    """SQL for the transition of a record."""
    return f"coalesce(lower(trim({understood.cell('lifecycle')})), 'complete')"


def _part(understood: Understood) -> str:
    source = understood.source
    said = transition(understood)
    texts = {"case_id": "case", "activity": "activity", "instance": "instance", "resource": "resource"}
    cells = ", ".join(f"{understood.cell(role) or 'null'}::varchar as {name}" for name, role in texts.items())
    ends = ", ".join(f"'{name}'" for name in ENDS)
    return (
        f"select {cells}, {understood.times['time'].value} as time, case when {said} = 'start' then 1 else -1 end as kind, "
        f"{source.number} as source, rowid as row from {source.table} where {said} in ('start', {ends}) "
        f"and rowid not in (select row from refused_{source.number})"
    )


def _settle(understood: Understood, database: duckdb.DuckDBPyConnection) -> Lives:
    """Write down in the source's own tables what was found, and count it."""
    source = understood.source
    number, time = source.number, understood.times["time"].value
    said = transition(understood)
    source.run(
        f"update {source.table} set {BEGUN} = pair.time from (select b.row as row, a.time as time from taken "
        f"join life a on a.place = taken.place join life b on b.place = taken.partner "
        f"where a.kind = 1 and b.source = {number}) as pair where {source.table}.rowid = pair.row"
    )
    refused, lives = f"refused_{number}", Lives()
    for reason, condition in (
        ("start", "place in (select place from taken)"),
        ("further start", "place in (select place from spare)"),
    ):
        query = f"select row from life where source = {number} and kind = 1 and {condition}"
        count = source.row(f"select count(*) from ({query})")[0]
        lives.paired |= {reason: count} if count else {}
        database.execute(f"insert into {refused} select row, 'paired', null from ({query})").fetchall()
    others = ", ".join(f"'{name}'" for name in OTHERS)
    aside = f"{said} in ({others}) and rowid not in (select row from {refused})"
    counts = source.rows(f"select {said}, count(*) from {source.table} where {aside} group by 1 order by 1")
    lives.aside = {f"lifecycle {name}": count for name, count in counts}
    source.run(f"insert into {refused} select rowid, 'set aside', null from {source.table} where {aside}")
    kept = f"{source.table} where rowid not in (select row from {refused})"
    source.run(
        f"update {source.table} set {BEGUN} = {time} where {said} = 'start' and rowid not in (select row from {refused})"
    )
    ends = ", ".join(f"'{name}'" for name in ENDS)
    begun, alone = source.row(
        f"select count(*) filter ({said} = 'start'), count(*) filter ({said} in ({ends}) and {BEGUN} is null) from {kept}"
    )
    lives.unpaired = {k: n for k, n in (("start without an end", begun), ("end without a start", alone)) if n}
    return lives
