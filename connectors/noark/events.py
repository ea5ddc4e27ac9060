"""The table of one source for the import: every record with its moment and what its folder says."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from ..connector import Desk, Records
from ..encoding import Digest
from .times import read_times

_COLUMNS = {
    "mappe": "case", "steg": "activity", "tidspunkt": "time", "utført av": "resource", "administrativEnhet": "unit",
    "mappens enhet": "case unit", "avsluttetDato": "closed", "presisjon": "precision", "rekkefølge": "rank",
    "journalposttype": "attribute", "systemID": "event id",
}  # fmt: skip
_KEPT = "r.aside is null and f.aside is null"


@dataclass(frozen=True)
class Joined:
    """What is known of a source when all of its records are in the database."""

    name: str
    digest: Digest
    number: int
    records: int


def events_of(source: Joined, table: str, owner: str, desk: Desk) -> Records:
    """Read the times, tell what can be used from what cannot, and make ``raw_<number>``.

    owner : SQL for the source that a record's folder comes from
    """
    read = f"{table}_read"
    twice = read_times(desk.database, table, desk.mapping.zone)
    _close_cases(desk, read, source.number)
    _rank_steps(desk, read)
    joined = f"{read} r left join noark_folders f on f.folder = r.folder and f.source = {owner}"
    kind = _make_raw(desk, source.number, joined)
    digest = source.digest
    records = Records(
        source.name, digest.hex(), digest.bytes, f"raw_{source.number}", "line", list(_COLUMNS), source.records
    )
    records.types = ["VARCHAR"] * len(_COLUMNS)
    records.types[2], records.types[6] = "TIMESTAMP WITH TIME ZONE", kind
    records.roles = dict(enumerate(_COLUMNS.values()))
    records.of_case = frozenset({5, 6})
    _count_the_rest(desk, records, source.number, joined)
    desk.database.execute(f"drop table {read}")
    if twice:
        records.notes.append(f"Times in the hour that autumn shows twice: {twice}; the first was taken.")
    return records


def _make_raw(desk: Desk, number: int, joined: str) -> str:
    """Make the table of the records that can be used; gives the type of the times of closing."""
    closed, kind = _closed(desk)
    desk.database.execute(
        f"create table raw_{number} as select r.number as line, f.case_id as c0, r.step as c1, r.moment as c2, "
        "if(r.kind = '', coalesce(r.resource, f.responsible), r.resource) as c3, coalesce(r.unit, f.unit) as c4, "
        f"f.unit as c5, {closed} as c6, r.precision as c7, coalesce(k.said, r.rank)::varchar as c8, "
        f"r.journal_type as c9, r.id as c10 from {joined} left join noark_ranks k on k.step = r.step "
        f"where {_KEPT} and r.fault is null order by r.number"
    )
    return kind


def _count_the_rest(desk: Desk, records: Records, number: int, joined: str) -> None:
    """Count what is set aside, and make ``noark_refused_<number>`` of what is quarantined."""
    aside = f"select coalesce(r.aside, f.aside), count(*) from {joined} where not ({_KEPT}) group by 1 order by 1"
    records.set_aside.update(dict(desk.database.execute(aside).fetchall()))
    refused = f"noark_refused_{number}"
    desk.database.execute(
        f"create table if not exists {refused} (line bigint, field varchar, fault varchar, content varchar)"
    )
    desk.database.execute(
        f"insert into {refused} select r.number, r.field, r.fault, left(r.time, 100) from {joined} "
        f"where {_KEPT} and r.fault is not null"
    )
    records.refused = f"select line, field, fault, coalesce(content, '') from {refused} order by line"
    counts = f"select fault, count(*) from {refused} group by 1 order by 1"
    records.quarantined.update(dict(desk.database.execute(counts).fetchall()))


def _close_cases(desk: Desk, read: str, number: int) -> None:
    """Tell the folders when they were closed; a day ends when it is over."""
    ended = "case when r.precision = 'day' then r.moment + interval 1 day - interval 1 microsecond else r.moment end"
    desk.database.execute(
        f"update noark_folders set closed = {ended}, closed_day = r.day, closed_precise = r.precision <> 'day' "
        f"from {read} r where r.kind = 'closed' and r.moment is not null and noark_folders.source = {number} and "
        "noark_folders.folder = r.folder"
    )


def _closed(desk: Desk) -> tuple[str, str]:
    """SQL for when a case was closed, and its type: days, where no folder says more."""
    (precise,) = desk.database.execute("select coalesce(bool_or(closed_precise), true) from noark_folders").fetchall()[
        0
    ]
    return ("f.closed", "TIMESTAMP WITH TIME ZONE") if precise else ("f.closed_day", "DATE")


def _rank_steps(desk: Desk, read: str) -> None:
    """Make ``noark_ranks``: the ranks that the mapping gives, by the names that steps have here."""
    mapping = desk.mapping
    steps = [step for (step,) in desk.database.execute(f"select distinct step from {read}").fetchall()]
    said = [(step, mapping.ranks.get(mapping.activities.get(step, step))) for step in map(str, steps)]
    known = [(step, rank) for step, rank in said if rank is not None]
    ranks = pa.table(
        {"step": pa.array([s for s, _ in known], pa.string()), "said": pa.array([r for _, r in known], pa.int16())}
    )
    desk.database.register("batch", ranks)
    desk.database.execute("create or replace table noark_ranks as select * from batch")
    desk.database.unregister("batch")
