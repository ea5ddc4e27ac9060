"""Reports of several years tell of the same cases: what one tells again is no second event, and the latest word holds.

11CF tells the whole case each year, so the latest year's record stands for it. 11F tells other months each year, so
all its records stay, and only what one of them tells again is taken out.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from ..connector import Records, Refusal
from .form import Form
from .layouts import PROGRAM

_AGAIN, _OTHERWISE = "told again by a later year", "told otherwise by a later year"
_SAME, _SECOND = "same record", "case has a row already"


def settle(found: dict[int, Records], forms: Mapping[str, Form], database: duckdb.DuckDBPyConnection) -> None:
    """Let every case be told once. Of files with the same bytes only the first is looked at: the others are copies."""
    firsts: dict[str, int] = {}
    for number, records in found.items():
        firsts.setdefault(records.sha256, number)
    for form in forms.values():
        own = {n: found[n] for n in firsts.values() if found[n].layout["format"] == form.title}
        if not own:
            continue
        _one_record_per_year(own, form, database)
        if len(_years(own, database)) > 1:
            (_latest_record if form.name == PROGRAM else _latest_word)(own, form, database)
        database.execute("drop table if exists told")


def _years(own: dict[int, Records], database: duckdb.DuckDBPyConnection) -> set[int]:
    return {year for n in own for (year,) in database.execute(f"select distinct year from {own[n].table}").fetchall()}


def _tell(own: dict[int, Records], form: Form, database: duckdb.DuckDBPyConnection) -> None:
    """The table ``told``: every record of the form, with its days."""
    (case,) = form.having("case")
    days = ", ".join(f"c{n}" for n in form.having("milestone"))
    parts = [
        f"select {number} as source, line, year, content, c{case} as case_id, {days} from {records.table}"
        for number, records in own.items()
    ]
    database.execute(f"create or replace table told as {' union all '.join(parts)}")


def _one_record_per_year(own: dict[int, Records], form: Form, database: duckdb.DuckDBPyConnection) -> None:
    """A second record of a case in one year is a duplicate if it is the same, and cannot be used if it is not."""
    (case,) = form.having("case")
    every = " union all ".join(f"select c{case} as case_id, year from {r.table}" for r in own.values())
    if not database.execute(f"select 1 from ({every}) group by case_id, year having count(*) > 1 limit 1").fetchall():
        return
    _tell(own, form, database)
    rows = database.execute(
        "select source, line, content = first_value(content) over whole from told "
        "window whole as (partition by case_id, year order by source, line) "
        "qualify row_number() over whole > 1 order by source, line"
    ).fetchall()
    for source, line, same in rows:
        if same:
            own[source].duplicates[_SAME] += 1
        else:
            own[source].quarantined[_SECOND] += 1
            own[source].refusals.append(Refusal(source, line, "PERSON_JOURNALNR", _SECOND, ""))
    _take_out(own, [(source, line) for source, line, _ in rows], database)


def _latest_record(own: dict[int, Records], form: Form, database: duckdb.DuckDBPyConnection) -> None:
    """The latest year's record stands for the case."""
    _fill_in(own, form, database)
    _tell(own, form, database)
    same = " and ".join(
        f"(c{n} is null or c{n} is not distinct from first_value(c{n}) over whole)" for n in form.having("milestone")
    )
    rows = database.execute(
        f"select source, line, {same} from told window whole as (partition by case_id order by year desc) "
        "qualify row_number() over whole > 1 order by source, line"
    ).fetchall()
    for source, _, again in rows:
        counts = own[source].duplicates if again else own[source].set_aside
        counts[_AGAIN if again else _OTHERWISE] += 1
    _take_out(own, [(source, line) for source, line, _ in rows], database)
    if otherwise := sum(not again for _, _, again in rows):
        what = "record of an earlier year is" if otherwise == 1 else "records of earlier years are"
        own[max(own)].notes.append(f"{otherwise} {what} told otherwise by a later year, whose word holds.")


def _fill_in(own: dict[int, Records], form: Form, database: duckdb.DuckDBPyConnection) -> None:
    """A day of application or decision that one year leaves out is that of the latest year that tells it."""
    _tell(own, form, database)
    lasting = [form.place(header) for header in ("REG_DATO", "VEDTAK_DATO")]
    known = ", ".join(f"first_value(c{n} ignore nulls) over whole as c{n}" for n in lasting)
    database.execute(
        f"create or replace table known as select source, line, {known} from told window whole as (partition by case_id "
        "order by year desc rows between unbounded preceding and unbounded following)"
    )
    values = ", ".join(f"c{n} = coalesce(r.c{n}, k.c{n})" for n in lasting)
    for number, records in own.items():
        database.execute(
            f"update {records.table} r set {values} from known k where k.source = {number} and k.line = r.line"
        )
    database.execute("drop table known")


def _latest_word(own: dict[int, Records], form: Form, database: duckdb.DuckDBPyConnection) -> None:
    """Days that an earlier year told already are no second event, and what is said of the person is what was said last."""
    _tell(own, form, database)
    again = 0
    for header in ("UTBETDATO", "VEDTAKDATO"):
        column = form.place(header)
        rows = database.execute(
            f"select source, line from told where c{column} is not null "
            f"qualify row_number() over (partition by case_id, c{column} order by year, source, line) > 1"
        ).fetchall()
        again += len(rows)
        for number, records in own.items():
            lines = [line for source, line in rows if source == number]
            database.execute(f"update {records.table} set c{column} = null where line in (select unnest(?))", [lines])
    if again:
        what = "date of a decision was" if again == 1 else "dates of decisions were"
        own[max(own)].notes.append(f"{again} {what} told by an earlier year already; such a date counts once.")
    _spread_last_words(own, form, database)


def _spread_last_words(own: dict[int, Records], form: Form, database: duckdb.DuckDBPyConnection) -> None:
    (case,) = form.having("case")
    said = [n for n in form.having("attribute") if not form.columns[n].step]
    names = ", ".join(f"c{n}" for n in said)
    every = " union all ".join(f"select c{case} as case_id, year, {names} from {r.table}" for r in own.values())
    database.execute(
        f"create or replace table told as select * from ({every}) "
        "qualify row_number() over (partition by case_id order by year desc) = 1"
    )
    values = ", ".join(f"c{n} = t.c{n}" for n in said)
    for records in own.values():
        database.execute(
            f"update {records.table} r set {values} from told t where t.case_id = r.c{case} and t.year > r.year"
        )


def _take_out(own: dict[int, Records], gone: list[tuple[int, int]], database: duckdb.DuckDBPyConnection) -> None:
    """Records leave their table, and the others keep their lines. Row numbers must have no gaps, so it is made anew."""
    lines: dict[int, list[int]] = {}
    for source, line in gone:
        lines.setdefault(source, []).append(line)
    for source, each in lines.items():
        table = f"settled_{own[source].table}"
        database.execute(
            f"create table {table} as select * from {own[source].table} where line not in (select unnest(?::bigint[])) "
            "order by line",
            [each],
        )
        database.execute(f"drop table {own[source].table}")
        own[source].table = table
