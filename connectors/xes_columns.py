"""How do the events of an XES file become a table? Batch by batch, with the types that the attributes declare.

Everything arrives as text. When all of it is there, a column of numbers, truths or times gets its type, if every
value has it; otherwise it stays text and is understood as the columns of a CSV file are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..mining.errors import DataError
from .connector import require_width
from .times import FIRST_YEAR, LAST_YEAR
from .xes_batch import CASE, Batch, Signature
from .xes_elements import local_name
from .xes_nested import TYPES
from .zones import to_utc

_OFFSET = r"(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)$"
_ZONED = rf"T[\d:.]+{_OFFSET}"
_PLAIN = r"T[\d:.]+$"
_MIDNIGHT = rf"T00:00(:00(\.0+)?)?{_OFFSET}"
_MOST_CELLS = 50_000_000  # that a small file may make: no more than can be looked at in half a minute
_CELLS_PER_BYTE = 5  # that a large one may make
_EXACT = 2**53  # below it a double keeps whole numbers


@dataclass
class Columns:
    """The table `table` of ``trace`` (the number of the trace) and c0, c1, …; which column has which key."""

    database: duckdb.DuckDBPyConnection
    table: str
    name: str
    headers: list[str]
    types: dict[str, set[str]] = field(default_factory=dict)
    bytes: int = 0
    rows: int = 0

    def __post_init__(self) -> None:
        names = "".join(f", c{n} varchar" for n in range(len(self.headers)))
        self.database.execute(f"create table {self.table} (trace integer{names})")
        self._places = {header: n for n, header in enumerate(self.headers)}

    def add(self, batch: Batch) -> None:
        """Put a batch into the table; keys that were not seen before make columns."""
        columns: dict[str, pa.Array] = {}
        counts = np.array([count for _, _, count in batch.traces])
        owners = np.repeat(np.arange(len(counts)), counts)
        numbers = np.array([number for _, number, _ in batch.traces], np.int32)[owners]
        traces = [attributes for attributes, _, _ in batch.traces]
        for key in dict.fromkeys(key for attributes in traces for key in attributes):
            values = pa.array([attributes.get(key) for attributes in traces], pa.string())
            columns[CASE + key] = values.take(pa.array(owners))
        for key, array in self._of_events(batch).items():
            blank = pc.or_(pc.equal(array, ""), pc.utf8_is_space(array))  # pyright: ignore[reportAttributeAccessIssue]
            array = pc.if_else(blank, pa.scalar(None, pa.string()), array)  # pyright: ignore[reportAttributeAccessIssue]
            columns[key] = pc.coalesce(columns[key], array) if key in columns else array  # pyright: ignore[reportAttributeAccessIssue]
        for header in columns:
            self.require(header)
        self.bytes += batch.bytes
        self.rows += batch.events
        self._require_filled()
        rows = pa.table({"trace": numbers, **{f"c{self._places[h]}": array for h, array in columns.items()}})
        self.database.register("batch", rows)
        self.database.execute(f"insert into {self.table} by name select * from batch")
        self.database.unregister("batch")

    def require(self, header: str) -> None:
        """Have a column of that name, though it may be empty."""
        if header not in self._places:
            self._grow(header)

    def _require_filled(self) -> None:
        """Raise DataError for a table that is nearly all empty, and much larger than its file."""
        if self.rows * len(self.headers) > max(_MOST_CELLS, _CELLS_PER_BYTE * self.bytes):
            raise DataError(
                f"{self.name} has {len(self.headers)} different attributes, nearly all of them missing in each of its "
                "events; leave out those that say nothing about the cases."
            )

    def _grow(self, header: str) -> None:
        place = self._places[header] = len(self.headers)
        self.headers.append(header)
        require_width(self.name, len(self.headers))
        self.database.execute(f"alter table {self.table} add column c{place} varchar")

    def _of_events(self, batch: Batch) -> dict[str, pa.Array]:
        if len(batch.rows) == 1:
            (signature,) = batch.rows
            return {key: pa.array(texts, pa.string()) for key, texts in self._split(signature, batch).items()}
        filled: dict[str, np.ndarray] = {}
        for signature, rows in batch.rows.items():
            places = np.array(rows)
            for key, texts in self._split(signature, batch).items():
                if key not in filled:
                    filled[key] = np.full(batch.events, None, object)
                filled[key][places] = texts
        return {key: pa.array(texts, pa.string()) for key, texts in filled.items()}

    def _split(self, signature: Signature, batch: Batch) -> dict[str, list[str | None]]:
        """The values of each key; of a key that is repeated the last one."""
        values, width = batch.values[signature], len(signature[0])
        split: dict[str, list[str | None]] = {}
        for place, (key, tag) in enumerate(zip(*signature, strict=True)):
            type_ = local_name(tag)
            if key and type_ in TYPES:
                self.types.setdefault(key, set()).add(type_)
                split[key] = values[place::width]
        return split

    def correct(self, first: int, last: int, attributes: dict[str, str | None]) -> None:
        """Give events that were put in the table before their trace had ended what was said later."""
        for key in attributes:
            self.require(CASE + key)
        said = ", ".join(f"c{self._places[CASE + key]} = ?" for key in attributes)
        self.database.execute(
            f"update {self.table} set {said} where rowid between ? and ?", [*attributes.values(), first - 1, last - 1]
        )

    # Types

    def may_be_time(self, place: int, or_truth: bool) -> bool:
        """Do the attributes declare a time, or else (`or_truth`) yes and no?"""
        declared = self.types.get(self.headers[place], set())
        return declared == {"date"} or (or_truth and declared == {"boolean"})

    def typed(self, place: int, zone: str, days: bool) -> tuple[str, int]:
        """Give a column the type that its attributes declare; returns it, and times that were read as local time.

        days : times that all stand at midnight are days
        """
        declared = self.types.get(self.headers[place], set())
        if declared == {"date"}:
            return self._times(place, zone, days)
        if declared and declared <= {"int", "float"}:
            return self._numbers(place, exact=declared == {"int"}), 0
        if declared == {"boolean"}:
            return self._retyped(place, "BOOLEAN", f"try_cast(lower(c{place}) as boolean)"), 0
        return "VARCHAR", 0

    def _times(self, place: int, zone: str, days: bool) -> tuple[str, int]:
        cell = f"c{place}"
        moment = f"try_cast({cell} as timestamptz)"
        filled, read, zoned, plain, midnights = self._row(
            f"select count({cell}), count({moment}), count(*) filter (regexp_matches({cell}, '{_ZONED}')), "
            f"count(*) filter (regexp_matches({cell}, '{_PLAIN}')), "
            f"count(*) filter (regexp_matches({cell}, '{_MIDNIGHT}')) from {self.table}"
        )
        if not filled or read < filled or not zoned or zoned + plain < filled:
            return "VARCHAR", 0
        if days and midnights == filled:
            self.database.execute(f"update {self.table} set {cell} = left({cell}, 10)")
            return "VARCHAR", 0
        if plain:
            local = f"make_timestamptz({to_utc(f'epoch_us({moment})', zone, FIRST_YEAR, LAST_YEAR)})"
            moment = f"case when regexp_matches({cell}, '{_ZONED}') then {moment} else {local} end"
        kind = "TIMESTAMP WITH TIME ZONE"
        self.database.execute(f"alter table {self.table} alter {cell} type timestamptz using {moment}")
        return kind, plain

    def _numbers(self, place: int, exact: bool) -> str:
        number = f"try_cast(c{place} as double)"
        large = f"abs({number}) >= {_EXACT}" if exact else "false"
        if self._row(f"select exists (select 1 from {self.table} where {large})")[0]:
            return "VARCHAR"
        return self._retyped(place, "DOUBLE", f"case when isfinite({number}) then {number} end", number)

    def _retyped(self, place: int, kind: str, value: str, test: str = "") -> str:
        filled, read = self._row(f"select count(c{place}), count({test or value}) from {self.table}")
        if not filled or read < filled:
            return "VARCHAR"
        self.database.execute(f"alter table {self.table} alter c{place} type {kind} using {value}")
        return kind

    def _row(self, query: str) -> tuple[int, ...]:
        return self.database.execute(query).fetchall()[0]

    def different_names(self, place: int) -> tuple[int, int]:
        """How many traces have events, and how many different names these have."""
        query = f"select count(distinct trace), count(distinct c{place}) from {self.table} where trace > 0"
        traces, names = self._row(query)
        return traces, names

    def missing(self, places: list[int]) -> list[int]:
        """In how many rows each of these columns is empty."""
        if not places:
            return []
        return list(self._row(f"select {', '.join(f'count(*) - count(c{n})' for n in places)} from {self.table}"))
