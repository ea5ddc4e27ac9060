"""The event log: where every question starts.

A log is a folder with three tables (events, cases, variants; ``docs/methods.md`` lists the columns) and a manifest.
:class:`EventLog` opens it, narrows it to some cases, takes it back to an earlier day, and answers SQL on it.
"""

from __future__ import annotations

import dataclasses
import html
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from .appending import Appending
from .database import identifier, scratch_database, text_literal
from .errors import EmptyLog, UsageError
from .local_time import local_day, moment_of
from .manifest import Manifest, Source
from .publish import SUFFIX, publish_folder, settled
from .reading import columns_of, open_views
from .restaging import Stored, staged_again
from .selection import PeriodBy, Selection, condition, period
from .staging import CORE_COLUMNS, STAGED, Staged, attribute_names

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = [
    "CORE_COLUMNS",
    "STAGED",
    "SUFFIX",
    "Appending",
    "EventLog",
    "Manifest",
    "Source",
    "Staged",
    "attribute_names",
    "identifier",
    "local_day",
    "moment_of",
    "publish",
    "scratch_database",
    "text_literal",
]


class EventLog:
    """An event log, opened for reading. Nothing that is asked of it changes it."""

    def __init__(
        self,
        path: Path,
        manifest: Manifest,
        selections: tuple[Selection, ...] = (),
        home: tempfile.TemporaryDirectory[str] | None = None,
    ) -> None:
        self.path = path
        self.manifest = manifest
        self.selections = selections
        self._home = home  # a log without a place of its own lives as long as this object

    # Opening

    @classmethod
    def open(cls, path: str | Path) -> EventLog:
        """Open the log in the folder `path`.

        Raises UsageError if there is none, StorageError if it is damaged or was made by a newer version.
        """
        folder, note = settled(Path(path))
        manifest = Manifest.from_json((folder / "log.json").read_text(encoding="utf-8"))
        if note:
            manifest.notes.append(note)
        return cls(folder, manifest)

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame | pa.Table,
        *,
        zone: str = "Europe/Oslo",
        name: str = "log",
        as_of: date | datetime | str | None = None,
    ) -> EventLog:
        """Make a log of a table with the columns ``case_id, activity, end_time`` and, where known, ``start_time,
        precision, rank, resource, unit, applicant, type, closed, due``; every other column is an attribute.

        Times without a zone are local times in `zone`. The log lives in a temporary folder as long as the object.
        Raises DataError if a needed column is missing or holds empty values.
        """
        from .framing import staged_frame  # needs pandas, which opening a log does not

        return _temporary(staged_frame(frame, zone=zone, name=name, as_of=moment_of(as_of, zone) if as_of else None))

    # What it is

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def zone(self) -> str:
        """The time zone in which days, months and office hours are counted."""
        return self.manifest.zone

    @property
    def observed_from(self) -> datetime | None:
        return self.manifest.observed_from

    @property
    def observed_to(self) -> datetime | None:
        return self.manifest.observed_to

    @property
    def closing_known(self) -> bool:
        """Did the export say which cases are closed? Without it every case counts as complete."""
        return self.manifest.closed is not None

    @property
    def start_times(self) -> bool:
        """Are start and completion both recorded, and real?"""
        return self.manifest.start_times

    @property
    def date_only(self) -> bool:
        """Is some event known to the day only?"""
        return self.manifest.date_only_events > 0

    @cached_property
    def case_count(self) -> int:
        return self._one("select count(*) from cases") if self.selections else self.manifest.cases

    @cached_property
    def event_count(self) -> int:
        return (
            self._one("select coalesce(sum(events), 0)::bigint from cases") if self.selections else self.manifest.events
        )

    @cached_property
    def activity_count(self) -> int:
        return len(self.activities) if self.selections else self.manifest.activities

    @cached_property
    def activities(self) -> list[str]:
        """The names of the steps, sorted."""
        rows = self._connection.execute(
            "select distinct unnest(activities) as activity from variants order by activity"
        )
        return [name for (name,) in rows.fetchall()]

    # Asking

    def sql(self, query: str) -> pd.DataFrame:
        """Answer a query over the views ``events``, ``cases`` and ``variants`` (DuckDB's SQL; times are UTC).

        Raises UsageError if the query is wrong, or reaches for anything outside the log.
        """
        try:
            with warnings.catch_warnings():
                # DuckDB's own call of pandas; nothing that a reader of this log could mend.
                warnings.filterwarnings("ignore", "The inplace keyword", DeprecationWarning)
                return self._connection.execute(query).df()
        except duckdb.Error as error:
            raise UsageError(f"The query cannot be answered: {str(error).splitlines()[0]}") from error

    def stream(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of an answer to a query of the house's own, some at a time: it may be larger than memory."""
        answer = self._connection.cursor().execute(query)
        while rows := answer.fetchmany(10_000):
            yield from rows

    def traces(self) -> list[tuple[str, ...]]:
        """The sequence of activities of every case, in the order of the case ids."""
        rows = self._connection.execute(
            "select activities from cases join variants using (variant_no) order by case_no"
        ).fetchall()
        return [tuple(activities) for (activities,) in rows]

    def columns(self, view: str) -> list[str]:
        """The columns of ``events``, ``cases`` or ``variants``."""
        return columns_of(self._connection, view)

    def require_cases(self) -> None:
        """Raise EmptyLog when there is nothing to measure."""
        if self.case_count == 0:
            chosen = " and ".join(selection.sentence for selection in self.selections)
            reason = f"no case {chosen}" if chosen else "the log holds no cases"
            raise EmptyLog(f"Nothing to measure in {self.name}: {reason}.")

    def to_pm4py(self) -> pd.DataFrame:
        """The events as pm4py wants them: its column names, typed times in UTC, sorted; ready without format_dataframe.

        Columns: ``case:concept:name, concept:name, time:timestamp``, and ``start_timestamp, org:resource`` where known.
        """
        extra = ', start_time as "start_timestamp"' if self.start_times else ""
        return self.sql(
            f"""select case_id as "case:concept:name", activity as "concept:name", end_time as "time:timestamp"{extra},
                       resource as "org:resource"
                from events join cases using (case_no) order by case_no, "position" """
        )

    def to_xes(self, path: str | Path) -> None:
        """Write the log as an XES file for other programs, gzipped if the name ends in .gz.

        Raises UsageError if the place cannot be written to, StorageError if the disk fails.
        """
        from .xes import write_xes

        write_xes(self, Path(path))

    # Narrowing and changing: each gives a new log

    def where(self, *conditions: str) -> EventLog:
        """The cases that meet every condition (``unit=Nordvik``, ``type!=nødhjelp``, ``activity~Dok*``)."""
        case_columns, event_columns = self.columns("cases"), self.columns("events")
        return self._narrowed(condition(text, case_columns, event_columns) for text in conditions)

    def period(self, text: str, by: PeriodBy = "received") -> EventLog:
        """The cases received, closed or active in a period such as ``2025-01..2025-06``."""
        return self._narrowed([period(text, self.zone, by, self.manifest.closed in ("time", "day"))])

    def as_of(self, moment: date | datetime | str) -> EventLog:
        """The log as it stood at `moment` (a date means the end of that day): later events and closings are gone.

        Closing given as true or false has no history: it is left out, and the manifest's notes say so.
        """
        return _temporary(staged_again(self._stored(), as_of=moment_of(moment, self.zone)))

    def since(self, moment: datetime) -> EventLog:
        """The log as if it had been observed from `moment` on: what was over before it, no measure of time counts."""
        manifest = dataclasses.replace(self.manifest, observed_from=moment)
        return EventLog(self.path, manifest, self.selections, self._home)

    def numbered(self, numbers: Iterable[int], what: str) -> EventLog:
        """The cases of some numbers (``case_no``). what : they are, to stand after "has" where there is none"""
        return self._narrowed([Selection("list_contains(?, case_no)", (list(numbers),), "condition", what)])

    def relabel(self, names: Mapping[str, str]) -> EventLog:
        """The log with activities renamed; two that get one name become one."""
        return _temporary(staged_again(self._stored(), names=dict(names)))

    def without(self, activities: Iterable[str]) -> EventLog:
        """The log without some activities; a case that has no other is gone."""
        return _temporary(staged_again(self._stored(), without=frozenset(activities)))

    def beside(self, later: Staged) -> Appending:
        """A later export of the same cases, laid beside this log to become part of it."""
        return Appending(later, self._stored())

    def _narrowed(self, more: Iterable[Selection]) -> EventLog:
        return EventLog(self.path, self.manifest, (*self.selections, *more), self._home)

    def _stored(self) -> Stored:
        chosen = self._connection.sql("select case_no from cases").to_arrow_table() if self.selections else None
        return Stored(self.path, self.manifest, self.columns("cases"), self.columns("events"), chosen)

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        return open_views(self.path, self.manifest, self.selections)

    def _one(self, query: str) -> int:
        return (self._connection.execute(query).fetchone() or (0,))[0]

    # Showing

    def __repr__(self) -> str:
        chosen = f", {' and '.join(s.text for s in self.selections)}" if self.selections else ""
        return f"<EventLog {self.name}: {self.case_count} cases, {self.event_count} events{chosen}>"

    def _repr_html_(self) -> str:
        facts = {
            "cases": self.case_count,
            "events": self.event_count,
            "activities": self.activity_count,
            "from": self.observed_from and local_day(self.observed_from, self.zone),
            "to": self.observed_to and local_day(self.observed_to, self.zone),
        }
        rows = "".join(f"<tr><th>{name}</th><td>{html.escape(str(value))}</td></tr>" for name, value in facts.items())
        return f"<table><caption>{html.escape(self.name)}</caption>{rows}</table>"


def publish(staged: Staged, target: Path, replace: bool = False, instead_of: Manifest | None = None) -> EventLog:
    """Make the log of the staged records at `target` and open it. See :func:`publish_folder` for what it raises."""
    publish_folder(staged, target, over=replace, instead_of=instead_of)
    return EventLog.open(target)


def _temporary(staged: Staged) -> EventLog:
    home = tempfile.TemporaryDirectory(prefix="saksflyt-")
    folder = Path(home.name) / f"log{SUFFIX}"
    return EventLog(folder, publish_folder(staged, folder), home=home)
