"""Which case does a change belong to? Its log names a folder or a document by systemID; the database finds the case."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from ..connector import Desk
from .changes import Change

LOST = "changes a unit that is not in the extraction"
NAMELESS = "names no unit that it changes"
AMBIGUOUS = "changes a unit whose systemID occurs in several cases"
_CHANGES = pa.schema(
    [
        ("number", pa.int64()), ("unit", pa.string()), ("aside", pa.string()), ("step", pa.string()),
        ("time", pa.string()), ("resource", pa.string()),
    ]
)  # fmt: skip


def add_changes(database: duckdb.DuckDBPyConnection, number: int, rows: list[Change]) -> None:
    """Put changes into ``noark_changes_<number>``, which is made where it is missing."""
    table = f"noark_changes_{number}"
    database.execute(
        f"create table if not exists {table} (number bigint, unit varchar, aside varchar, step varchar, time varchar, "
        "resource varchar)"
    )
    if rows:
        arrays = [pa.array(v, column.type) for v, column in zip(zip(*rows, strict=True), _CHANGES, strict=True)]
        database.register("batch", pa.Table.from_arrays(arrays, schema=_CHANGES))
        database.execute(f"insert into {table} select * from batch")
        database.unregister("batch")


def join_changes(desk: Desk, number: int) -> None:
    """Make ``noark_records_<number>`` of the changes whose case is known, ``noark_refused_<number>`` of the others."""
    changes = f"noark_changes_{number}"
    # Of several units with one id, those that make no event do not count; folders of one case are no contradiction.
    units = (
        "select id, min({'aside': u.aside is not null, 'source': u.source, 'folder': u.folder}) as first, "
        "min(u.aside) as aside, count(distinct f.case_id) filter (u.aside is null) as cases from noark_units u left join "
        "noark_folders f on f.source = u.source and f.folder = u.folder group by id"
    )
    desk.database.execute(
        f"create table joined_{number} as select c.*, u.first.source as source, u.first.folder as folder, "
        "if(u.first.aside, u.aside, null) as unit_aside, case when c.aside is not null then null when c.unit is null then "
        f"'{NAMELESS}' when u.id is null then '{LOST}' when u.cases > 1 then '{AMBIGUOUS}' end as lost "
        f"from {changes} c left join ({units}) u on u.id = c.unit"
    )
    desk.database.execute(
        f"create table noark_refused_{number} as select number as line, 'endring.referanseArkivenhet' as field, lost as "
        f"fault, left(unit, 100) as content from joined_{number} where lost is not null"
    )
    desk.database.execute(
        f"create table noark_records_{number} as select number, folder, coalesce(aside, unit_aside) as aside, 'changed' as "
        "kind, step, 'endring.endretDato' as field, time, resource, null::varchar as unit, null::varchar as journal_type, "
        f"null::varchar as id, 4::smallint as rank, source from joined_{number} where lost is null"
    )
    for table in (changes, f"joined_{number}"):
        desk.database.execute(f"drop table {table}")
