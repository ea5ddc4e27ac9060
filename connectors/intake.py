"""From the records of all sources to one table of events: the heart of every import.

For each source: the roles of its columns, their date formats, the personal-data gate. Then the records that cannot
be used are told from those that can, and the rest is given the house's names. Nothing is copied: ``staged`` is a
view over the records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from ..mining.errors import DataError
from ..mining.log import moment_of
from .columns import Source
from .connector import Connector, Desk, Refusal
from .content import TIMES
from .gate import refuse_personal_data, refuse_personal_headers
from .gathering import gathered
from .hints import hints
from .pseudonyms import Declared, carry_out
from .roles import Roles, check_names
from .shape_intervals import let_run, nothing_ended
from .shape_wide import closing, key
from .shape_wide import columns_of as milestones_of
from .shapes import Shape, roles_in, shapes_of
from .times import TimeColumn, proved_order, time_column
from .transitions import Lives
from .truths import is_boolean

EMPTY_ROW = "empty row"


@dataclass
class Understood:
    """A source with everything that is known about its columns."""

    source: Source
    roles: Roles
    shape: Shape = field(default_factory=Shape)
    times: dict[str, TimeColumn] = field(default_factory=dict)
    closed: str | None = None  # "time", "day", "boolean", or "empty" where the column is there and says nothing
    copy_of: str | None = None  # the earlier source with the same bytes
    refused: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)  # rows of the table that make no event, by reason
    unpaired: dict[str, int] = field(default_factory=dict)  # spans of time without an end or a start
    further: int = 0  # events beyond the first of a record
    cells: Counter[tuple[str, str]] = field(default_factory=Counter)
    lives: Lives | None = None  # where the lifecycle column tells of starts
    lifecycle_kept: list[int] = field(
        default_factory=list
    )  # the columns of lifecycle and instance that stay attributes
    declared: list[Declared] = field(default_factory=list)  # the same for all sources of an import
    accepted: int = 0

    @property
    def attributes(self) -> list[int]:
        """The columns that are attributes of the log."""
        return sorted([*self.roles.attributes, *self.lifecycle_kept])

    @property
    def event_times(self) -> list[TimeColumn]:
        """The times of the events: one column, or one for each milestone."""
        return [time for name, time in self.times.items() if name == "time" or name.startswith("milestone")]

    def column(self, role: str) -> int | None:
        return self.roles.column(role)

    def cell(self, role: str) -> str | None:
        """SQL for the text of the column with a role, or None."""
        column = self.roles.column(role)
        return None if column is None else self.source.cell(column)


def take_in(connectors: list[tuple[Path, Connector]], desk: Desk) -> list[Understood]:
    """Read the files, find out what their columns are, and let them through the gate."""
    sources = gathered(connectors, desk)
    refuse_personal_headers(sources)
    check_names(desk.mapping, sources)
    found: list[Understood] = []
    for source, shape in zip(sources, shapes_of(sources, desk.mapping), strict=True):
        earlier = next((u for u in found if u.source.records.sha256 == source.records.sha256), None)
        roles, shape = (earlier.roles, earlier.shape) if earlier else roles_in(source, shape, desk.mapping)
        found.append(Understood(source, roles, shape, copy_of=earlier.source.name if earlier else None))
    originals = [understood for understood in found if not understood.copy_of]
    for understood in originals:
        source = understood.source
        source.records.notes += refuse_personal_data(understood.roles)
        source.records.notes += hints(understood.roles)
    declared = carry_out([understood.roles for understood in originals], desk.key)
    for understood in found:
        understood.declared = declared
    _find_times(originals)
    return found


def _find_times(found: list[Understood]) -> None:
    proofs = _proofs(found)
    for understood in found:
        source, roles = understood.source, understood.roles
        if not source.in_table:
            continue
        for name, column in time_columns(roles).items():
            role = roles.role[column]
            if role == "closed" and (not source.sample(column) or is_boolean(source, column)):
                # An empty column is knowledge, too: no case is closed yet.
                understood.closed = "boolean" if source.sample(column) else "empty"
                continue
            if understood.shape.kind == "intervals" and role == "time" and nothing_ended(source, roles):
                continue
            if role != "time" and not source.sample(column):
                roles.give(column, "drop", "it is empty")
                continue
            understood.times[name] = time_column(source, column, proofs.get(source.headers[column]), role)
        if understood.shape.kind == "intervals":
            let_run(source, roles, understood.times)
        if (column := closing(roles)) is not None and key(column) in understood.times:
            understood.times["closed"] = understood.times[key(column)]
        if closed := understood.times.get("closed"):
            understood.closed = "day" if closed.only_days else "time"


def time_columns(roles: Roles) -> dict[str, int]:
    """The columns of times by the name that they go by: their role, or their place where they are milestones."""
    found = {role: column for role in TIMES if role != "milestone" and (column := roles.column(role)) is not None}
    return found | {key(column): column for column in milestones_of(roles)}


def _proofs(found: list[Understood]) -> dict[str, str]:
    """The order of day and month by column, as some file proves it. Raises DataError if two files disagree."""
    proofs: dict[str, str] = {}
    if len(found) < 2:
        return proofs
    for understood in found:
        for column in time_columns(understood.roles).values():
            if not (order := proved_order(understood.source, column)):
                continue
            header = understood.source.headers[column]
            if proofs.setdefault(header, order) != order:
                raise DataError(
                    f"{understood.source.name}, column {header!r}: the {order.split()[0]} stands first here, but not in "
                    "another file of the same import; import them one by one, each with its format in a mapping."
                )
    return proofs


def refuse_rows(understood: Understood, desk: Desk) -> None:
    """Make the table of the rows that cannot be events, ``refused_<n>``, with a reason each."""
    source, time = understood.source, understood.times.get("time")
    table = f"refused_{source.number}"
    desk.database.execute(f"create table {table} (row bigint, reason varchar, c integer)")
    if not source.in_table or time is None:
        return
    case, activity = understood.cell("case"), understood.cell("activity")
    moment = understood.column("time")
    cases, activities = source.row(f"select count({case}), count({activity}) from {source.table}")
    if (cases, activities, time.usable) != (source.in_table,) * 3:
        every = ", ".join(source.cell(column) for column in range(len(source.headers)))
        desk.database.execute(
            f"insert into {table} select row, reason, case reason when 'no case id' then {understood.column('case')} "
            f"when 'no activity' then {understood.column('activity')} else {moment} end from (select t.rowid as row, "
            f"case when coalesce({every}) is null then '{EMPTY_ROW}' when {case} is null then 'no case id' "
            f"when {activity} is null then 'no activity' when {source.cell(moment or 0)} is null then 'no time' "
            f"else f.reason end as reason from {source.table} t left join "
            f"(select * from faults_{source.number} where c = {moment}) f on f.row = t.rowid "
            f"where {case} is null or {activity} is null or {time.value} is null)"
        )
    understood.refused.update(dict(source.rows(f"select reason, count(*) from {table} group by 1")))
    if empty := understood.refused.pop(EMPTY_ROW, 0):
        source.records.set_aside[EMPTY_ROW] += empty


def refuse_duplicates(found: list[Understood], desk: Desk) -> int:
    """Rows that repeat an earlier row with the same event id and the same content are proved duplicates.

    Returns how many event ids occur with different content; those rows are all kept.
    """
    parts = []
    for understood in found:
        column = understood.column("event id")
        if column is None or not understood.source.in_table:
            continue
        source = understood.source
        content = ", ".join(f"c{n}::varchar" for n in range(len(source.headers)))
        parts.append(
            f"select {source.number} as source, rowid as row, {source.cell(column)} as id, "
            f"sha256(to_json([{content}])::varchar) as content from {source.table} "
            f"where rowid not in (select row from refused_{source.number})"
        )
    if not parts:
        return 0
    desk.database.execute(
        "create table repeated as select * from (select *, row_number() over (partition by id, content "
        f"order by source, row) as nth, count(*) over (partition by id) as times from ({' union all '.join(parts)}) "
        "where id is not null) where times > 1"
    )
    for understood in found:
        number = understood.source.number
        desk.database.execute(
            f"insert into refused_{number} select row, 'duplicate', null from repeated where source = ? and nth > 1",
            [number],
        )
        count = understood.source.row("select count(*) from repeated where source = ? and nth > 1", [number])[0]
        understood.duplicates.update({"same event id and content": count} if count else {})
    conflicts = "select count(*) from (select id from repeated group by id having count(distinct content) > 1)"
    (count,) = found[0].source.row(conflicts)
    desk.database.execute("drop table repeated")
    return count


def count_accepted(understood: Understood) -> None:
    """What is left of a source when the others are taken away."""
    source = understood.source
    if understood.copy_of:
        return
    aside = understood.lives.aside if understood.lives else {}
    gone = understood.refused.total() + understood.duplicates.total() + source.records.set_aside[EMPTY_ROW]
    gone += sum(aside.values()) + understood.aside.total()
    source.records.set_aside.update(aside)
    source.records.set_aside.update(understood.aside)
    understood.further += source.records.further
    understood.accepted = source.in_table - gone - source.records.further
    understood.refused += source.records.quarantined
    understood.duplicates += source.records.duplicates


def known_to(found: list[Understood], now: datetime, zone: str) -> date | None:
    """The last day of which the files tell, where their format says it and that day is over."""
    days = [u.source.records.known_to for u in found]
    said = [day for day in days if day is not None]
    return max(said) if said and None not in days and moment_of(max(said), zone) <= now else None


def row_refusals(understood: Understood) -> Iterator[Refusal]:
    """Every record of a source that is in the quarantine, in the order of the file."""
    source = understood.source
    if understood.copy_of:
        return
    yield from source.records.refusals
    if source.records.refused:
        yield from (Refusal(source.number, *row) for row in source.stream(source.records.refused))
    headers = source.headers
    rows = source.stream(
        f"select {source.line.replace('rowid', 'r.rowid')}, f.reason, f.c, "
        f"case f.c {' '.join(f'when {n} then r.c{n}::varchar' for n in range(len(headers)))} end "
        f"from refused_{source.number} f join {source.table} r on r.rowid = f.row "
        f"where f.reason not in ('duplicate', 'paired', 'set aside', '{EMPTY_ROW}') order by 1"
    )
    for line, reason, column, content in rows:
        yield Refusal(source.number, line, headers[column], reason, content or "")
