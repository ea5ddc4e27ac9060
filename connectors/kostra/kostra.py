"""The connector for KOSTRA reports: text of fixed width, one record per line, in ISO-8859-1.

What is read, and what is made of it, is written in ``docs/formats/kostra.md``.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ...mining.errors import DataError
from ..connector import Desk, Records
from ..encoding import Digest
from ..personal import PSEUDONYMISE, Personal
from ..tables import require_unchanged
from ..unpack import Stream, streams
from . import program, support
from .cutting import cut, layouts_in, quarantine_misfits
from .findings import check_rules, list_bad_cells, quarantine_useless
from .form import Form
from .layouts import Layout
from .raw_lines import read_lines
from .recognition import is_empty_report, is_kostra
from .years import settle

FORMS = {form.name: form for form in (program.FORM, support.FORM)}
_CASE = Personal(PSEUDONYMISE, "it holds the journal number of a person")


class KostraReports:
    """The connector for the forms 11CF and 11F."""

    name = "kostra"
    reads = "KOSTRA reports 11CF (kvalifiseringsstønad) and 11F (sosialhjelp) of 2022 to 2026, also in .zip and .gz"
    guide = "docs/formats/kostra.md"

    def knows(self, path: Path) -> bool:
        """By the length of the lines, and by what they begin with."""
        try:
            return any(is_kostra(stream.head()) for stream in streams(path))
        except (DataError, OSError):
            return False

    def records(self, path: Path, desk: Desk, first: int) -> list[Records]:
        """Read every report in it. Raises DataError, with the line, if most of its records are of no known layout."""
        found = [stream for stream in streams(path) if is_kostra(stream.head())]
        return [_read(stream, desk, first + number) for number, stream in enumerate(found)]

    def settle(self, found: dict[int, Records], desk: Desk) -> None:
        """Where several years tell of one case, the latest one's word holds."""
        settle(found, FORMS, desk.database)


def _read(stream: Stream, desk: Desk, number: int) -> Records:
    before = stream.path.stat()
    lines, facts, database = f"lines_{number}", f"facts_{number}", desk.database
    empty = is_empty_report(stream.head())
    digest = read_lines(stream, desk, lines)
    require_unchanged(stream.path, before)
    chosen = [] if empty else layouts_in(database, lines, stream.name)
    form = FORMS[chosen[0].form] if chosen else program.FORM
    records = _records(stream.name, digest, form, chosen, number)
    if not chosen:
        records.notes.append("the file is a single blank, which says that there is nothing to report.")
        typed = ", ".join(f"c{n} {column.type}" for n, column in enumerate(form.columns))
        database.execute(f"create table {records.table} (line bigint, year integer, content varchar, {typed})")
        return records
    (records.count,) = database.execute(f"select count(*) from {lines}").fetchall()[0]
    quarantine_misfits(database, lines, chosen, records, number)
    cut(database, lines, form, chosen, facts)
    quarantine_useless(database, facts, chosen, records, number)
    list_bad_cells(database, facts, records, number)
    check_rules(database, facts, form, records)
    columns = ", ".join(f"{column.sql}::{column.type} as c{n}" for n, column in enumerate(form.columns))
    database.execute(
        f"create table {records.table} as select line, year, content, {columns} from {facts} order by line"
    )
    database.execute(f"drop table {lines}")
    database.execute(f"drop table {facts}")
    records.notes += form.notes
    return records


def _records(name: str, digest: Digest, form: Form, chosen: list[Layout], number: int) -> Records:
    columns = form.columns
    records = Records(name, digest.hex(), digest.bytes, f"raw_{number}", "line", [c.header for c in columns], 0)
    records.types = [column.type for column in columns]
    records.roles = {n: column.role for n, column in enumerate(columns)}
    records.names = {n: column.name for n, column in enumerate(columns) if column.name}
    records.of_step = {n: form.place(column.step) for n, column in enumerate(columns) if column.step}
    records.of_case = frozenset(n for n in form.having("attribute") if not columns[n].step)
    records.personal = {form.place("PERSON_JOURNALNR"): _CASE}
    records.layout = {"format": form.title if chosen else "KOSTRA, nothing to report", "encoding": "iso-8859-1"}
    if chosen:
        records.flow = form.flow
        records.layout["years"] = ", ".join(f"{each.year} ({each.length} characters)" for each in chosen)
        records.known_to = date(max(each.year for each in chosen), 12, 31)
    return records
