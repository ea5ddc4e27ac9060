"""What was found in an extraction on its way through the database: records, folders and units as tables.

``noark_folders`` and ``noark_units`` hold what all files of one import have in common: the folders that are cases, and
which folder each systemID belongs to, so that the changes of a log find their cases.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from .records import VOIDED, Document, Folder, Row, harmless_id, is_void, unit_name

_ENOUGH = 50_000  # records in a batch
_ENOUGH_BYTES = 32 << 20  # of the file, for a batch; values may be long
_RECORDS = pa.schema(
    [
        ("number", pa.int64()), ("folder", pa.int64()), ("aside", pa.string()), ("kind", pa.string()),
        ("step", pa.string()), ("field", pa.string()), ("time", pa.string()), ("resource", pa.string()),
        ("unit", pa.string()), ("journal_type", pa.string()), ("id", pa.string()), ("rank", pa.int16()),
    ]
)  # fmt: skip
_FOLDERS = pa.schema(
    [
        ("folder", pa.int64()), ("system_id", pa.string()), ("folder_id", pa.string()), ("unit", pa.string()),
        ("responsible", pa.string()), ("aside", pa.string()),
    ]
)  # fmt: skip
# closed : when; where only the day is known, its last moment
_LATER = ("source integer", "case_id varchar", "closed timestamptz", "closed_day date", "closed_precise boolean")
_UNITS = pa.schema([("id", pa.string()), ("folder", pa.int64()), ("aside", pa.string())])


@dataclass
class Batch:
    """Rows for the tables."""

    records: list[Row] = field(default_factory=list)
    folders: list[tuple[object, ...]] = field(default_factory=list)
    units: list[tuple[object, ...]] = field(default_factory=list)
    bytes: int = 0

    @property
    def full(self) -> bool:
        return len(self.records) >= _ENOUGH or self.bytes >= _ENOUGH_BYTES

    def add_document(self, document: Document, rows: list[Row]) -> None:
        self.records += rows
        if own := document.fields.get("systemID"):
            self.units.append((own, document.folder, rows[0].aside))

    def add_folder(self, folder: Folder, rows: list[Row]) -> None:
        fields = folder.fields
        self.records += rows
        if own := fields.get("systemID"):
            self.units.append((own, folder.case, folder.aside))
        if folder.case == folder.number:
            unit = fields.get("administrativEnhet")
            self.folders.append(
                (
                    folder.number, harmless_id(fields.get("systemID")), harmless_id(fields.get("mappeID")),
                    unit and unit_name(unit), fields.get("saksansvarlig"),
                    VOIDED if is_void(fields.get("saksstatus")) else None,
                )
            )  # fmt: skip


class Store:
    """The tables of one source, `number`, in the database of the import."""

    def __init__(self, database: duckdb.DuckDBPyConnection, number: int) -> None:
        self.database, self.number = database, number
        self.records = f"noark_records_{number}"
        self._make(self.records, _RECORDS)
        self._make("noark_folders", _FOLDERS, *_LATER)
        self._make("noark_units", _UNITS, "source integer")

    def _make(self, table: str, schema: pa.Schema, *more: str) -> None:
        kinds = {pa.int64(): "bigint", pa.int16(): "smallint", pa.string(): "varchar"}
        columns = ", ".join([*(f'"{column.name}" {kinds[column.type]}' for column in schema), *more])
        self.database.execute(f"create table if not exists {table} ({columns})")

    def add(self, batch: Batch) -> None:
        """Put a batch into the tables."""
        self._insert(self.records, batch.records, _RECORDS, "")
        self._insert("noark_folders", batch.folders, _FOLDERS, f", {self.number} as source")
        self._insert("noark_units", batch.units, _UNITS, f", {self.number} as source")

    def _insert(self, table: str, rows: list[Row] | list[tuple[object, ...]], schema: pa.Schema, more: str) -> None:
        if not rows:
            return
        arrays = [pa.array(values, column.type) for values, column in zip(zip(*rows, strict=True), schema, strict=True)]
        self.database.register("batch", pa.Table.from_arrays(arrays, schema=schema))
        self.database.execute(f"insert into {table} by name select *{more} from batch")
        self.database.unregister("batch")

    def name_cases(self) -> tuple[int, int]:
        """Give each folder of this source its case id; folders named by their number, and such as share their ids.

        The folder's own number (mappeID) is its name where no other has it, else its systemID, else its place.
        """
        mine = f"source = {self.number}"
        (first,) = self.database.execute("select min(source) from noark_folders").fetchall()[0]
        place = "mappe " if self.number == first else f"mappe {self.number + 1}."  # no two folders may have one name
        self.database.execute(
            "create temp table named as select folder, case when folder_id is not null and same = 1 then folder_id "
            f"when system_id is null then '{place}' || folder when system_id in (select folder_id from noark_folders "
            f"where {mine} and folder_id is not null) then 'systemID ' || system_id else system_id end as case_id from "
            "(select folder, folder_id, system_id, count(*) over (partition by folder_id) as same from noark_folders "
            f"where {mine})"
        )
        self.database.execute(
            f"update noark_folders set case_id = named.case_id from named where {mine} and noark_folders.folder = named.folder"
        )
        self.database.execute("drop table named")
        (placed, shared) = self.database.execute(
            f"select count(*) filter (case_id = '{place}' || folder), count(*) - count(distinct case_id) "
            f"from noark_folders where {mine}"
        ).fetchall()[0]
        return placed, shared
