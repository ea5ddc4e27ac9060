"""Which events of a later export does a log hold already, and of which cases does it tell another history?

Two events are the same when case, activity, time and every column of the event that both have are the same. Of k equal
ones in the log and m in the export, the smaller number are in both: together they make the larger number. What belongs
to the case and may change with time (its type, its status) is not compared; closing is.

Compared is the time that both cover: from the day of the export's first event (or the log's first event, if that is
later) to the last event of the log (or of the export, if that is earlier). Whoever is missing
there, new there or different there has another history. Cases that only one of them has are never a difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from .database import text_literal
from .local_time import end_of_day, from_micros, local_day, start_of_day
from .restaging import Stored
from .staging import Staged

KINDS = ("missing", "new", "time", "activity", "details", "closing")

_MATCHED = """
create table matched as
select i.place as incoming, h.place as held
from (select {key}, rowid as place, row_number() over (partition by {key} order by source, source_row) as nth
      from incoming) i
join (select {key}, rowid as place, row_number() over (partition by {key} order by source, source_row) as nth
      from held) h on {same} and i.nth = h.nth
"""

# Work that had begun when the log was made and is done now is no other history.
_FINISHED = """
insert into matched
select i.place, h.place
from (select case_id, activity, start_time as begun, rowid as place,
             row_number() over (partition by case_id, activity, start_time order by source, source_row) as nth
      from incoming where end_time >= {hi} and rowid not in (select incoming from matched)) i
join (select case_id, activity, end_time as begun, rowid as place,
             row_number() over (partition by case_id, activity, end_time order by source, source_row) as nth
      from held where coalesce(start_time, end_time) = end_time and rowid not in (select held from matched)) h
using (case_id, activity, begun, nth)
"""

_LOOSE = """
create table loose_{name} as select rowid as place, case_id, activity, end_time
from {name} where rowid not in (select {name} from matched) and end_time >= {lo} and {more}
"""

# Both are named by place, so that what is paired can be taken out of both.
_PAIRED = """
create or replace table pairs as
select o.case_id, o.place as old, n.place as new, o.activity as before, n.activity as after,
       o.end_time as time_before, n.end_time as time_after
from (select *, row_number() over (partition by {on} order by end_time, place) as nth from loose_held) o
join (select *, row_number() over (partition by {on} order by end_time, place) as nth from loose_incoming) n
using ({on}, nth)
"""

_CLOSED = """
insert into changes
select case_id, 'closing', null, {was}, null, {is_now} from
    (select case_id, max(closed) as closed from held group by case_id) o
    join (select case_id, max(closed) as closed from incoming group by case_id) n using (case_id)
where {changed}
"""


@dataclass(frozen=True)
class Overlap:
    """What a log and a later export have in common.

    begins, ends : the time that both cover, None where they have no time in common
    same : events that are in both; finished : of these, work that was going on before and is done now
    changes : differences by kind (:data:`KINDS`), in `cases` cases
    late_cases : cases that the log does not have, with events before the log's last
    """

    begins: datetime | None
    ends: datetime | None
    same: int
    finished: int
    cases: int
    changes: dict[str, int] = field(default_factory=dict)
    late_cases: int = 0


def overlap(staged: Staged, log: Stored, key: list[str]) -> Overlap:
    """Compare the table ``incoming`` with ``held``, the rows of the log for the same cases; both are in the connection.

    Makes ``matched`` (places of equal rows) and ``changes``. key : the columns that make two events the same
    """
    con = staged.connection
    con.execute(
        _MATCHED.format(key=", ".join(key), same=" and ".join(f"i.{c} is not distinct from h.{c}" for c in key))
    )
    con.execute(
        "create table changes (case_id varchar, kind varchar, before varchar, time_before timestamptz, "
        "after varchar, time_after timestamptz)"
    )
    lo, hi, last = _common_time(staged, log)
    if lo is None or hi is None or last is None:
        return Overlap(None, None, _one(con, "select count(*) from matched"), 0, 0)
    low, high, end = (f"timestamptz {text_literal(moment.isoformat())}" for moment in (lo, hi, last))
    same = _one(con, "select count(*) from matched")
    if "start_time" in key:
        con.execute(_FINISHED.format(hi=high))
    finished = _one(con, "select count(*) from matched") - same
    _histories(con, low, high, end)
    _closings(staged, log, low, high)
    kinds = con.execute("select kind, count(*) from changes group by kind order by kind").fetchall()
    late = f"select count(distinct case_id) from incoming where end_time < {end} and case_id not in (select case_id from held)"
    return Overlap(
        begins=lo,
        ends=hi,
        same=same + finished,
        finished=finished,
        cases=_one(con, "select count(distinct case_id) from changes"),
        changes=dict(kinds),
        late_cases=_one(con, late),
    )


def _common_time(staged: Staged, log: Stored) -> tuple[datetime | None, datetime | None, datetime | None]:
    """From when to when both tell what happened, and the end of what the log knew."""
    manifest, now = log.manifest, staged.now
    past = f"filter (end_time <= timestamptz {text_literal(now.isoformat())})" if now else ""
    query = f"select epoch_us(min(end_time)), epoch_us(max(end_time) {past}) from incoming"
    first, latest = staged.connection.execute(query).fetchall()[0]
    if first is None or latest is None or manifest.first_time is None or manifest.last_time is None:
        return None, None, None
    last = manifest.last_time
    # A log that is known to the end of its last event's day may be of an export made earlier that day.
    if manifest.observed_to and manifest.observed_to > end_of_day(local_day(last, manifest.zone), manifest.zone):
        last = manifest.observed_to
    # Exports are cut by the day: what the log has earlier on the first day should be in the export, too.
    begins = staged.given_from or start_of_day(local_day(from_micros(first), manifest.zone), manifest.zone)
    lo, hi = max(manifest.first_time, begins), min(last, from_micros(latest))
    return (lo, hi, last) if lo <= hi else (None, None, None)


def _histories(con: duckdb.DuckDBPyConnection, lo: str, hi: str, end: str) -> None:
    """The differences between the events, each told as what it most likely is."""
    con.execute(_LOOSE.format(name="held", lo=lo, more=f"end_time <= {hi}"))
    con.execute(_LOOSE.format(name="incoming", lo=lo, more="case_id in (select case_id from held)"))
    for kind, on in (
        ("details", "case_id, activity, end_time"), ("time", "case_id, activity"), ("activity", "case_id, end_time"),
    ):  # fmt: skip
        con.execute(_PAIRED.format(on=on))
        con.execute(f"insert into changes select case_id, '{kind}', before, time_before, after, time_after from pairs")
        con.execute("delete from loose_held where place in (select old from pairs)")
        con.execute("delete from loose_incoming where place in (select new from pairs)")
    con.execute("insert into changes select case_id, 'missing', activity, end_time, null, null from loose_held")
    con.execute(
        "insert into changes select case_id, 'new', null, null, activity, end_time from loose_incoming "
        f"where end_time < least({hi} + interval 1 microsecond, {end})"
    )


def _closings(staged: Staged, log: Stored, lo: str, hi: str) -> None:
    """A case that was closed is not, or then; or it was, and the log did not know."""
    known = {staged.closed, log.manifest.closed}
    if None in known or _one(staged.connection, "select count(closed) from incoming") == 0:
        return
    if "boolean" in known:
        staged.connection.execute(_CLOSED.format(was="null", is_now="null", changed="o.closed and not n.closed"))
        return
    last, zone = log.manifest.last_time, log.manifest.zone
    # A closing on the last day may have come after the export was made.
    before = f"timestamptz {text_literal(start_of_day(local_day(last, zone), zone).isoformat())}" if last else hi
    changed = (
        f"(o.closed between {lo} and {hi} and n.closed is distinct from o.closed) "
        f"or ((o.closed is null or o.closed > {hi}) and n.closed >= {lo} and n.closed < {before})"
    )
    staged.connection.execute(_CLOSED.format(was="o.closed", is_now="n.closed", changed=changed))


def changes(con: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    """The differences: case, kind, activity and time in the log, activity and time in the export; sorted."""
    yield from con.execute(
        "select case_id, kind, before, epoch_us(time_before), after, epoch_us(time_after) from changes "
        "order by case_id, coalesce(time_before, time_after), kind, before, after"
    ).fetchall()


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return con.execute(query).fetchall()[0][0]
