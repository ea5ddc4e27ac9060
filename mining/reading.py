"""The three views that every question is asked of: what happened inside the window, for the cases looked at.

Measures ask ``sequences`` instead of ``variants``: the same rows in memory, with activities as an enumeration, so
that counting steps compares small numbers and not texts. Its order is that of the texts.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from .assemble import Window
from .database import identifier, lock, reading_database, text_literal
from .errors import StorageError
from .manifest import Manifest
from .selection import Selection


def open_views(folder: Path, manifest: Manifest, selections: tuple[Selection, ...]) -> duckdb.DuckDBPyConnection:
    """Open the log's files and shut the database around them. Raises StorageError if a file is damaged."""
    connection = reading_database(folder)
    try:
        for name in ("events", "cases", "variants"):
            path = text_literal(str(folder / f"{name}.parquet"))
            connection.execute(f"create view {name[:-1]}_files as select * from read_parquet({path})")
        _whole_log(connection, manifest)
        for number, selection in enumerate(selections):
            _narrow(connection, selection, number)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise StorageError(f"The log {folder} is damaged: {reason} Import the export again.") from error
    lock(connection)
    return connection


def _whole_log(connection: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    """Events later than the window are in the files and not in the views; so are closings."""
    window = Window(manifest.observed_from, manifest.observed_to, manifest.date_only_events)
    inside = window.inside(manifest.zone) if manifest.after_window else "true"
    closed = window.closed("closed", manifest.closed, manifest.zone)
    connection.execute(f"create view events as select * from event_files where {inside}")
    connection.execute(f"create view cases as select * replace ({closed} as closed) from case_files where events > 0")
    names = "select distinct unnest(activities) as activity from variant_files"
    some = connection.execute(f"select exists ({names})").fetchall()[0][0]
    values = f"{names} order by activity" if some else "select ''"
    connection.execute(f"create type activity as enum ({values})")
    connection.execute(
        """create table sequences as
           select variant_no, variant_key, activities::activity[] as activities, cases from variant_files"""
    )
    connection.execute("create view variants as select * replace (activities::varchar[] as activities) from sequences")


def _narrow(connection: duckdb.DuckDBPyConnection, selection: Selection, number: int) -> None:
    """Keep the cases that meet a condition; the variants are counted and numbered anew."""
    chosen, counted = f"chosen_{number}", f"counted_{number}"
    values = list(selection.values)
    connection.execute(f"create table {chosen} as select * from cases where {selection.sql}", values)
    connection.execute(
        f"""create table {counted} as
            select variant_no as old_no, (row_number() over (order by cases desc, activities))::integer as variant_no,
                   variant_key, activities, cases
            from (select variant_no, count(*) as cases from {chosen} group by variant_no)
            join (select variant_no, variant_key, activities from sequences) using (variant_no)"""
    )
    for name in ("events", "cases"):
        connection.execute(f"alter view {name} rename to {name}_before_{number}")
    connection.execute("drop table sequences")
    connection.execute(f"create view events as select * from events_before_{number} semi join {chosen} using (case_no)")
    connection.execute(
        f"""create view cases as select chosen.* replace (counted.variant_no as variant_no)
            from {chosen} as chosen join {counted} as counted on chosen.variant_no = counted.old_no"""
    )
    connection.execute(
        f"create table sequences as select variant_no, variant_key, activities, cases from {counted} order by variant_no"
    )


def columns_of(connection: duckdb.DuckDBPyConnection, view: str) -> list[str]:
    """The names of a view's columns."""
    described = connection.execute(f"select * from {identifier(view)} limit 0").description or []
    return [column[0] for column in described]
