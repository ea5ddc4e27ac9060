"""How does a later export become part of a log? The log and the export are staged as one, each event once.

What is in both is taken as the later export gives it, in the place that it has in the log. What the export does not
have stays. Cases with another history (:mod:`.overlap`) are the caller's to accept: then the export's word holds for
the time that both cover.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import duckdb

from .database import identifier, text_literal
from .errors import DataError
from .local_time import end_of_day, from_micros, local_day
from .manifest import Source
from .overlap import Overlap, changes, overlap
from .restaging import Stored
from .staging import CORE_COLUMNS, STAGED, Staged

_COMPARED = ("start_time", "resource", "unit")
REPLACED = "replaced by a later export"
OVERLAPPING = "overlapping file"


@dataclass(frozen=True)
class _Attribute:
    """An attribute of the log, of the export, or of both. type : in the log that is made of them"""

    name: str
    type: str
    held: str | None  # SQL in the log
    incoming: str | None  # the column of the export's staged records
    of_event: bool  # in the log


@dataclass
class Appending:
    """A log and a later export, laid beside each other in the export's connection."""

    staged: Staged
    log: Stored
    overlap: Overlap = field(init=False)

    def __post_init__(self) -> None:
        _one_kind_of_closing(self.staged, self.log)
        self._attributes = list(_attributes(self.staged, self.log))
        self._con = self.staged.connection
        self._lay_out()
        self.overlap = overlap(self.staged, self.log, self._key())

    def changes(self) -> Iterator[tuple]:
        """See :func:`.overlap.changes`."""
        return changes(self._con)

    def together(self) -> Staged:
        """Both as one; where they differ in the time that both cover, the export's word holds."""
        before = _counts(self._con, "existing") | _counts(self._con, "incoming")
        self._take_out_the_replaced()
        self._put_together()
        sources = _recounted(self.staged, self.log, before, _counts(self._con, "staged"))
        manifest, staged = self.log.manifest, self.staged
        return replace(
            staged,
            name=manifest.name,
            sources=sources,
            mapping=_both_mappings(manifest.mapping, staged.mapping),
            attributes=[attribute.name for attribute in self._attributes],
            given_from=manifest.observed_from,
            given_as_of=staged.given_as_of or self._known_to(),
            closed=_closing(staged.closed, manifest.closed),
            ambiguous_times=staged.ambiguous_times + manifest.ambiguous_times,
            missing_times=staged.missing_times + manifest.missing_times,
            people=manifest.people if manifest.resources or manifest.applicants else staged.people,
            declared=[*manifest.declared, *(each for each in staged.declared if each not in manifest.declared)],
            notes=[*manifest.notes, *staged.notes],
            appended=[*manifest.appended, self._said()],
        )

    def _said(self) -> dict[str, Any]:
        """What the manifest says of this appending: counts only."""
        found, before = self.overlap, self.log.manifest.observed_to
        return {
            "sources": [source.name for source in self.staged.sources],
            "columns": list(self.staged.mapping.get("columns", {})),
            "observed_to_before": before.isoformat() if before else None,
            "events_in_both": found.same,
            "events_finished": found.finished,
            "late_cases": found.late_cases,
            "changed_cases": found.cases,
            "changes": found.changes,
        }

    def _lay_out(self) -> None:
        """The view ``existing`` (all of the log), and the tables ``held`` (its rows of the export's cases), ``incoming``."""
        shift = len(self.log.manifest.sources)
        kind = "boolean" if "boolean" in (self.staged.closed, self.log.manifest.closed) else "timestamptz"
        core = {name: identifier(name) for name in STAGED}
        core |= {"source": f"(source + {shift})::smallint", "closed": f"closed::{kind}"}
        columns = [f"{sql} as {identifier(name)}" for name, sql in core.items()]
        more = [f"{a.incoming or 'null'}::{a.type} as a_{n}" for n, a in enumerate(self._attributes)]
        self._con.execute(f"create table incoming as select {', '.join([*columns, *more])} from staged")
        (form,) = self._con.execute(
            "select table_type from information_schema.tables where table_schema = 'main' and table_name = 'staged'"
        ).fetchall()[0]
        self._con.execute(f"drop {'view' if form == 'VIEW' else 'table'} staged")
        columns = [f"{sql} as {identifier(name)}" for name, sql in _core_of(self.log, kind).items()]
        more = [f"{a.held or 'null'}::{a.type} as a_{n}" for n, a in enumerate(self._attributes)]
        folder = self.log.folder
        self._con.execute(
            f"create view existing as select {', '.join([*columns, *more])} "
            f"from read_parquet({text_literal(str(folder / 'events.parquet'))}) as e "
            f"join read_parquet({text_literal(str(folder / 'cases.parquet'))}) as c using (case_no)"
        )
        self._con.execute("create table held as select * from existing semi join incoming using (case_id)")

    def _key(self) -> list[str]:
        """The columns that make two events the same: those of events that both have."""
        wanted = [*_COMPARED, *(f"a_{n}" for n, a in enumerate(self._attributes) if a.of_event and a.incoming)]
        both = [name for name in wanted if _filled(self._con, "held", name) and _filled(self._con, "incoming", name)]
        return ["case_id", "activity", "end_time", *both]

    def _take_out_the_replaced(self) -> None:
        found = self.overlap
        if not found.cases or found.begins is None or found.ends is None:
            return
        changed = "case_id in (select case_id from changes)"
        covered = " and ".join(
            f"end_time {sign} timestamptz {text_literal(moment.isoformat())}"
            for sign, moment in ((">=", found.begins), ("<=", found.ends))
        )
        self._con.execute(
            "update held set closed = null where case_id in (select case_id from changes where kind = 'closing')"
        )
        self._con.execute(f"create table gone as select rowid as place from held where {changed} and {covered}")

    def _put_together(self) -> None:
        """The table ``staged``: what only the log has, and what the export has, in the log's place where it is in both."""
        con = self._con
        con.execute("create table if not exists gone (place bigint)")
        names = [*STAGED, *(f"a_{n}" for n in range(len(self._attributes)))]
        always = {"case_id", "activity", "end_time", "precision", "rank"}
        columns = []
        for name in names:
            column = identifier(name)
            if name in ("source", "source_row"):
                columns.append(f"coalesce(h.{column}, i.{column}) as {column}")
            else:
                place = "i" if name in always or _filled(con, "incoming", name) else "h"
                columns.append(f"{place}.{column} as {column}")
        con.execute(
            f"""create table staged as
                select * from existing anti join incoming using (case_id)
                union all by name
                select * from held where rowid not in (select held from matched)
                                     and rowid not in (select place from gone)
                union all by name
                select {", ".join(columns)} from incoming i
                left join matched m on m.incoming = i.rowid left join held h on h.rowid = m.held"""
        )

    def _known_to(self) -> datetime | None:
        """The end of the day of the newest event that has happened; never earlier than the log was known before."""
        staged, before = self.staged, self.log.manifest.observed_to
        past = f"filter (end_time <= timestamptz {text_literal(staged.now.isoformat())})" if staged.now else ""
        (latest,) = self._con.execute(f"select epoch_us(max(end_time) {past}) from staged").fetchall()[0]
        if latest is None:
            return before
        moved = end_of_day(local_day(from_micros(latest), staged.zone), staged.zone)
        return max(moved, before) if before else moved


def _one_kind_of_closing(staged: Staged, log: Stored) -> None:
    kinds = {staged.closed, log.manifest.closed} - {None}
    if len(kinds) > 1 and "boolean" in kinds:
        raise DataError("One export says when cases were closed, another only whether they were; they make no one log.")


def _closing(export: str | None, log: str | None) -> str | None:
    kinds = {export, log} - {None}
    return "time" if len(kinds) > 1 else next(iter(kinds), None)


def _core_of(log: Stored, closed: str) -> dict[str, str]:
    """SQL for the core columns of a log as they were staged for it."""
    of_case = {"case_id", "applicant", "type", "due"}
    core = {name: f"{'c' if name in of_case else 'e'}.{identifier(name)}" for name in STAGED}
    said = log.manifest.mapping.get("columns", {}).values()
    roles = {each["role"] if isinstance(each, dict) else each for each in said}
    # The unit of a case is stored; whether it was given or is that of the first event, the mapping says.
    core["case_unit"] = "c.unit" if "case unit" in roles or not roles else "null::varchar"
    return core | {"closed": f"c.closed::{closed}"}


def _attributes(staged: Staged, log: Stored) -> Iterator[_Attribute]:
    """The attributes of the log, then those that only the export has; capitals make no difference."""
    con = staged.connection
    of_export = {name.lower(): f"a_{number}" for number, name in enumerate(staged.attributes)}
    types = {name: kind for name, kind, *_ in con.execute("describe staged").fetchall()}
    for letter, names in (("c", log.case_columns), ("e", log.event_columns)):
        table = text_literal(str(log.folder / ("cases.parquet" if letter == "c" else "events.parquet")))
        stored = {
            name: kind for name, kind, *_ in con.execute(f"describe select * from read_parquet({table})").fetchall()
        }
        for name in names:
            if name in CORE_COLUMNS:
                continue
            column = of_export.pop(name.lower(), None)
            kind = stored[name] if column is None or types[column] == stored[name] else "VARCHAR"
            yield _Attribute(name, kind, f"{letter}.{identifier(name)}", column, letter == "e")
    for name in staged.attributes:
        if column := of_export.get(name.lower()):
            yield _Attribute(name, types[column], None, column, False)


def _filled(con: duckdb.DuckDBPyConnection, table: str, name: str) -> bool:
    return con.execute(f"select count({identifier(name)}) > 0 from {table}").fetchall()[0][0]


def _both_mappings(log: dict, export: dict) -> dict:
    """What was said and found for either export; of a column that both have, the later word."""
    both = {**log, **export}
    for name in ("columns", "activities", "ranks"):
        if merged := {**log.get(name, {}), **export.get(name, {})}:
            both[name] = merged
    return both


def _counts(con: duckdb.DuckDBPyConnection, table: str) -> dict[int, tuple[int, int]]:
    """Records and events of each source."""
    query = f"select source, count(distinct source_row), count(*) from {table} group by source"
    return {source: (rows, events) for source, rows, events in con.execute(query).fetchall()}


def _recounted(
    staged: Staged, log: Stored, before: dict[int, tuple[int, int]], after: dict[int, tuple[int, int]]
) -> list[Source]:
    """The sources with the records taken away that have no event left: proved duplicates, or replaced ones."""
    sources = [*log.manifest.sources, *staged.sources]
    counted = []
    for number, source in enumerate(sources):
        rows, events = (b - a for b, a in zip(before.get(number, (0, 0)), after.get(number, (0, 0)), strict=True))
        old = number < len(log.manifest.sources)
        name, reason = ("set_aside", REPLACED) if old else ("duplicates", OVERLAPPING)
        reasons = dict(getattr(source, name))
        if rows:
            reasons[reason] = reasons.get(reason, 0) + rows
        accepted, left = source.accepted - rows, source.events - events
        changed = {name: reasons, "accepted": accepted, "events": left}
        counted.append(replace(source, **changed, further=left - accepted + sum(source.paired.values())))
    return counted
