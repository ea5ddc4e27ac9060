"""What was found, month by month, for years: one SQLite file that a crash leaves sound and nothing overwrites.

A month that is judged again gets a new revision; the old ones stay. Everything of a month is written in one transaction, after its folder
has been published (:mod:`.publishing`). The schema has a version; an older program refuses a newer file, and a newer one migrates an older file in
one transaction. The journal is the one that also works on network drives, where locks hold (:mod:`.file_locks`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Self

import pandas as pd

from ...mining.errors import StorageError
from ...mining.judgement.verdicts import FIGURES, JUDGED, Finding
from ...mining.judgement.whole_export import Counts
from .file_locks import require_locks
from .file_system import file_system, is_network

FILE = "history.sqlite"
VERSION = 1
_WAIT = 10_000  # milliseconds, for another program that reads
_SCHEMA = """
create table month (
    month text not null, revision integer not null, closes text not null, config text not null, input text not null,
    program text not null, severity text not null, folder text not null, digest text not null,
    primary key (month, revision)) strict;
create table looked_at (month text not null, input text not null, primary key (month, input)) strict;
create table events (
    month text not null, revision integer not null, unit text not null, activity text not null, events integer not null,
    primary key (month, revision, unit, activity)) strict;
create table figure (
    month text not null, revision integer not null, place integer not null, id text not null, unit text not null,
    name text not null, kind text not null, better text not null, value real, total integer not null, plotted real, centre real, lower real, upper real,
    provisional integer not null, rule text not null, meaning text not null, state text not null, onset integer not null,
    primary key (month, revision, id, unit)) strict;
create table finding (
    month text not null, revision integer not null, place integer not null, id text not null, indicator text not null,
    unit text not null, severity text not null, value real, status text not null, primary key (month, revision, id)) strict;
create table outbox (
    number integer primary key, channel text not null, id text not null, kind text not null, month text not null, said text not null,
    state text not null, unique (channel, id)) strict;
"""
_FIGURE = ("id", "unit", "name", "kind", "better", "value", "total", "plotted", *JUDGED)
VERDICT, REFUSAL = "verdict", "refusal"
WAITING, SENT, REPLACED = "waiting", "sent", "replaced"
_LATEST = "(month, revision) in (select month, max(revision) from month group by month)"


@dataclass(frozen=True)
class Recorded:
    """A month as it was judged.

    closes : the moment it is judged as of; config, input : digests of the settings and of what the export says
    severity : of the worst finding, "" without any; folder : of its pages, in ``runs``; digest : of its files
    """

    month: str
    revision: int
    closes: str
    config: str
    input: str
    program: str
    severity: str
    folder: str
    digest: str


@dataclass(frozen=True)
class Message:
    """What a channel is told.

    id : the same for the same news, so that a receiver can drop what it has had already; kind : VERDICT or REFUSAL
    month : that it is about, "" where there is none; said : as JSON; state : WAITING, SENT, or REPLACED by a newer one
    """

    channel: str
    id: str
    kind: str
    month: str
    said: str
    state: str = WAITING


class History:
    """The file of a project. Use it as a context manager; only one run at a time may write (:mod:`.lock`)."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        folder.mkdir(parents=True, exist_ok=True)
        if not self.path.exists() or is_network(file_system(folder)):
            require_locks(folder)
        with _told(self.path):
            self._db = sqlite3.connect(self.path, isolation_level=None, timeout=_WAIT / 1000)
            self._db.execute("pragma journal_mode = delete")
            self._db.execute("pragma synchronous = full")
            self._settle_schema()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def _settle_schema(self) -> None:
        (version,) = self._db.execute("pragma user_version").fetchone()
        if version > VERSION:
            raise StorageError(f"{self.path} was written by a newer version of saksflyt; use that one.")
        if version == 0:
            with self._at_once():
                for statement in _SCHEMA.split(";\n"):
                    self._db.execute(statement)
                self._db.execute(f"pragma user_version = {VERSION}")

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """All of it, or nothing."""
        with _told(self.path):
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    # Writing

    def record(
        self,
        made: Recorded,
        figures: pd.DataFrame,
        found: Sequence[Finding],
        events: Counts,
        outbox: Iterable[Message],
    ) -> None:
        """Put a month in. figures : as :func:`charted`; events : of the month, counted by unit and step; outbox : what is to be told of it"""
        key = (made.month, made.revision)
        rows = [(*key, place, *_plain(row)) for place, row in enumerate(figures[list(_FIGURE)].itertuples(index=False))]
        with self._at_once():
            self._put("month", [tuple(vars(made).values())])
            self._look(made.month, made.input)
            self._put("events", [(*key, *of[1:], count) for of, count in sorted(events.items()) if of[0] == made.month])
            self._put("figure", rows)
            self._put(
                "finding",
                [
                    (*key, place, each.id, each.indicator, each.unit, each.severity, _number(each.value), each.status)
                    for place, each in enumerate(found)
                ],
            )
            self._post(outbox)

    def post(self, outbox: Iterable[Message]) -> None:
        """Put messages in that are of no month."""
        with self._at_once():
            self._post(outbox)

    def _post(self, outbox: Iterable[Message]) -> None:
        """A message takes the place of those that wait and that it makes old: see :mod:`.outbox`."""
        for each in outbox:
            self._db.execute(
                f"update outbox set state = '{REPLACED}' where channel = ? and state = '{WAITING}' and "
                f"(kind = '{REFUSAL}' or (kind = ? and month <= ?))",
                (each.channel, each.kind, each.month),
            )
            self._put("outbox", [(None, *vars(each).values())])

    def looked_at(self, month: str, told: str) -> None:
        """Other data than before said the same of a month."""
        with self._at_once():
            self._look(month, told)

    def _look(self, month: str, told: str) -> None:
        self._db.execute("insert or ignore into looked_at values (?, ?)", (month, told))

    def _put(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        listed = list(rows)
        if listed:
            self._db.executemany(f"insert into {table} values ({', '.join('?' * len(listed[0]))})", listed)

    def sent(self, message: Message) -> None:
        """A message has been delivered."""
        with self._at_once():
            self._db.execute(
                "update outbox set state = ? where channel = ? and id = ?", (SENT, message.channel, message.id)
            )

    # Reading

    def months(self) -> list[Recorded]:
        """The latest revision of every month, oldest first."""
        query = f"select {', '.join(Recorded.__dataclass_fields__)} from month where {_LATEST} order by month"
        return [Recorded(*row) for row in self._rows(query)]

    def revisions(self) -> list[Recorded]:
        """Every revision of every month, in order."""
        query = f"select {', '.join(Recorded.__dataclass_fields__)} from month order by month, revision"
        return [Recorded(*row) for row in self._rows(query)]

    def figures(self, before: str | None = None) -> pd.DataFrame:
        """The figures of all months, or those before one, in their latest revision, with the columns of
        :data:`.verdicts.FIGURES`, ``plotted`` and :data:`.verdicts.JUDGED`; oldest first."""
        columns = [*FIGURES, "plotted", *JUDGED]
        query = f"select {', '.join(columns)} from figure where {_LATEST} and month < ? order by month, place"
        frame = pd.DataFrame(self._rows(query, (before or "9999",)), columns=columns)
        numbers = ["value", "plotted", "centre", "lower", "upper"]
        return frame.astype(dict.fromkeys(numbers, float) | {"provisional": bool, "onset": bool})

    def findings(self, month: str) -> list[Finding]:
        """Those of a month in its latest revision."""
        query = f"select id, indicator, unit, severity, value, status from finding where month = ? and {_LATEST} order by place"
        nan = float("nan")
        return [
            Finding(a, b, c, d, nan if value is None else value, e)
            for a, b, c, d, value, e in self._rows(query, (month,))
        ]

    def inputs(self, month: str) -> set[str]:
        """The digests of all data that a month was judged of."""
        return {told for (told,) in self._rows("select input from looked_at where month = ?", (month,))}

    def events(self) -> Counts:
        """Events by month, unit and step, as they were counted when the months were judged."""
        query = f"select month, unit, activity, events from events where {_LATEST}"
        return {(month, unit, activity): count for month, unit, activity, count in self._rows(query)}

    def messages(self) -> list[Message]:
        """All that was ever to be told, oldest first."""
        columns = ", ".join(Message.__dataclass_fields__)
        return [Message(*row) for row in self._rows(f"select {columns} from outbox order by number")]

    def faults(self) -> list[str]:
        """What SQLite finds wrong with the file; empty when it is sound."""
        try:
            return [text for (text,) in self._db.execute("pragma integrity_check").fetchall() if text != "ok"]
        except sqlite3.DatabaseError as error:
            return [str(error)]

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[tuple]:
        with _told(self.path):
            return self._db.execute(query, values).fetchall()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """A failing disk or a damaged file as one sentence."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise StorageError(
            f"The history {path} cannot be used: {error}. Put back a copy, or ask saksflyt history --verify."
        ) from error


def _plain(row: Iterable[object]) -> list[object]:
    return [_number(value) for value in row]


def _number(value: object) -> object:
    """As SQLite takes it: NaN is nothing, and NumPy's numbers are Python's."""
    plain = value.item() if hasattr(value, "item") else value  # type: ignore[attr-defined]
    if isinstance(plain, bool):
        return int(plain)
    return None if isinstance(plain, float) and isnan(plain) else plain
