"""A table in memory, with the house's column names, staged to become a log."""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from .database import identifier, scratch_database
from .errors import DataError, UsageError
from .local_time import zone_named
from .staging import STAGED, Staged, attribute_names

_TIMES = ("end_time", "start_time", "closed", "due")
_NEEDED = ("case_id", "activity", "end_time")


def staged_frame(frame: pd.DataFrame | pa.Table, *, zone: str, name: str, as_of: datetime | None) -> Staged:
    """Stage a table with the house's column names. See ``EventLog.from_frame``."""
    table = _as_frame(frame)
    missing = [column for column in _NEEDED if column not in table.columns]
    if missing:
        raise DataError(f"The table lacks {', '.join(missing)}; a log needs case_id, activity and end_time.")
    attributes: list[str] = []
    counts = {"ambiguous": 0, "missing": 0}
    columns: dict[str, pa.Array | pa.ChunkedArray] = {}
    for column in table.columns:
        if column in _TIMES and not _is_boolean(table[column]):
            columns[column] = _utc(table[column], zone, counts)
        elif column == "rank":
            columns[column] = _ranks(table[column])
        elif column in STAGED and column not in ("source", "source_row", "closed"):
            columns[column] = _texts(table[column])
        elif column in STAGED:
            columns[column] = _plain(table[column])
        else:
            columns[f"a_{len(attributes)}"] = _plain(table[column])
            attributes.append(str(column))
    arrow = pa.table(columns)
    _refuse_empty(arrow)
    _refuse_unknown_precision(arrow)
    connection = scratch_database(Path(tempfile.gettempdir()))
    connection.register("framed", arrow)
    connection.execute(f"create view staged as {_select_framed(arrow, len(attributes))}")
    return Staged(
        connection=connection,
        name=name,
        zone=zone,
        attributes=attribute_names(attributes),
        given_as_of=as_of,
        closed=_closed_kind(arrow),
        ambiguous_times=counts["ambiguous"],
        missing_times=counts["missing"],
    )


def _as_frame(table: Any) -> pd.DataFrame:
    frame = table.to_pandas() if isinstance(table, pa.Table) else table
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(f"A log is made of a pandas frame or an Arrow table, not of a {type(table).__name__}.")
    if frame.columns.nlevels > 1:
        raise DataError("The names of the columns have several levels; give every column one name.")
    if len(twice := frame.columns[frame.columns.duplicated()]):
        raise DataError(f"Several columns have the name {twice[0]}; rename all but one of them.")
    return frame


def _select_framed(arrow: pa.Table, attributes: int) -> str:
    parts = []
    for column, kind in STAGED.items():
        if column == "source":
            parts.append("0::smallint as source")
        elif column == "source_row":
            parts.append("(row_number() over ())::bigint as source_row")
        elif column == "precision" and column not in arrow.column_names:
            parts.append("""'second' as "precision" """)
        elif column == "precision":
            parts.append("""coalesce("precision", 'second') as "precision" """)
        elif column == "closed" and column in arrow.column_names:
            parts.append("closed")
        elif column in arrow.column_names:
            parts.append(f"{identifier(column)}::{kind} as {identifier(column)}")
        else:
            parts.append(f"null::{kind} as {identifier(column)}")
    parts += [f"a_{number}" for number in range(attributes)]
    return f"select {', '.join(parts)} from framed"


def _is_boolean(column: pd.Series) -> bool:
    filled = column.dropna()
    return len(filled) > 0 and all(isinstance(value, bool | np.bool_) for value in filled)


def _utc(column: pd.Series, zone: str, counts: dict[str, int]) -> pa.Array:
    """Times as UTC. In the hour that clocks show twice the first is meant; a skipped hour is moved past the gap."""
    if column.notna().sum() == 0:
        return pa.nulls(len(column), pa.timestamp("us", "UTC"))
    if isinstance(column.dtype, pd.ArrowDtype):
        column = pa.chunked_array(pa.array(column)).to_pandas().rename(column.name)
    times = column if pd.api.types.is_datetime64_any_dtype(column) else _times(column)
    if not (times.dt.year.min() > 1 and times.dt.year.max() < 9999):
        raise DataError(f"The column {column.name} holds times at the end of the calendar; leave them empty.")
    if times.dt.tz is None:
        local = zone_named(zone)
        plain = times.dropna()
        twice = plain.dt.tz_localize(local, ambiguous="NaT", nonexistent="shift_forward").isna()
        gone = plain.dt.tz_localize(local, ambiguous=np.ones(len(plain), bool), nonexistent="NaT").isna()
        counts["ambiguous"] += int(twice.sum())
        counts["missing"] += int(gone.sum())
        times = times.dt.tz_localize(local, ambiguous=np.ones(len(times), bool), nonexistent="shift_forward")
    array = pa.Array.from_pandas(times.dt.tz_convert("UTC").dt.as_unit("us"))
    return array.cast(pa.timestamp("us", "UTC"))


def _times(column: pd.Series) -> pd.Series:
    """Columns of Python datetimes; text is refused, because guessing its format is the connectors' work."""
    filled = list(column.dropna())
    if not all(isinstance(value, date) for value in filled):
        raise DataError(
            f"The column {column.name} does not hold times; turn it into times first, or read the file itself."
        )
    zoned = any(isinstance(value, datetime) and value.tzinfo is not None for value in filled)
    return pd.Series(pd.to_datetime(column, utc=zoned))


def _texts(column: pd.Series) -> pa.Array:
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")  # ids that a missing value turned into 1.0, 2.0
    try:
        texts = column.astype("string")
        return pa.Array.from_pandas(texts.mask(texts.str.strip() == "")).cast(pa.string())
    except UnicodeError as error:
        raise DataError(f"The column {column.name} holds bytes that are no text; decode them first.") from error


def _ranks(column: pd.Series) -> pa.Array:
    ranks = pd.to_numeric(column, errors="coerce")
    if (ranks.isna() & column.notna()).any() or (ranks.abs() > 32000).any():
        raise DataError("The column rank holds something else than whole numbers between -32000 and 32000.")
    return pa.Array.from_pandas(ranks.round().astype("Int16"))


def _plain(column: pd.Series) -> pa.Array | pa.ChunkedArray:
    try:
        array = pa.Array.from_pandas(column)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return _texts(column)
    kind = array.type
    if pa.types.is_float16(kind):
        return array.cast(pa.float32())
    if pa.types.is_null(kind) or pa.types.is_nested(kind) or pa.types.is_dictionary(kind):
        return _texts(column)
    return array


def _refuse_empty(arrow: pa.Table) -> None:
    for column in _NEEDED:
        count = arrow[column].null_count
        if count:
            row = arrow[column].is_null().index(True).as_py() + 1
            raise DataError(f"{count} rows have no {column}, the first is row {row}. Fill them in or leave them out.")


def _refuse_unknown_precision(arrow: pa.Table) -> None:
    found = set(arrow["precision"].unique().to_pylist()) if "precision" in arrow.column_names else set()
    if unknown := found - {"day", "minute", "second", None}:
        raise DataError(f"The column precision holds {len(unknown)} other values than day, minute and second.")


def _closed_kind(arrow: pa.Table) -> str | None:
    if "closed" not in arrow.column_names:
        return None
    return "boolean" if pa.types.is_boolean(arrow.schema.field("closed").type) else "time"
