"""What is wrong with records: those that cannot be used, cells that cannot be read, and rules that are broken."""

from __future__ import annotations

import duckdb

from ..connector import Records, Refusal
from .form import Form
from .layouts import Layout

_MOST_NAMED = 5  # lines in a note
_USELESS = {
    "no municipality number": ("KOMMUNE_NR", "not regexp_full_match(KOMMUNE_NR, '\\d{4}')"),
    "no journal number": ("PERSON_JOURNALNR", "ltrim(PERSON_JOURNALNR, '0 ') = ''"),
}


def quarantine_useless(
    database: duckdb.DuckDBPyConnection, facts: str, layouts: list[Layout], records: Records, number: int
) -> None:
    """Take the records without a case out of the facts."""
    fields = {layout.year: layout.fields for layout in layouts}
    for reason, (field, test) in _USELESS.items():
        rows = database.execute(f"select line, year from {facts} where {test} order by line").fetchall()
        for line, year in rows:
            records.refusals.append(Refusal(number, line, fields[year][field].place, reason, ""))
        if rows:
            records.quarantined[reason] += len(rows)
            records.notes += _named(reason, [(line, fields[year][field].place) for line, year in rows])
            database.execute(f"delete from {facts} where {test}")


def list_bad_cells(database: duckdb.DuckDBPyConnection, facts: str, records: Records, number: int) -> None:
    """Cells that cannot be read are left empty and listed; their records are kept."""
    by_reason: dict[str, list[tuple[int, str]]] = {}
    for line, place, reason in database.execute(
        f"select line, each.place, each.reason from (select line, unnest(bad) as each from {facts} where bad is not null) "
        "order by all"
    ).fetchall():
        records.refusals.append(Refusal(number, line, place, reason, "", cell=True))
        by_reason.setdefault(reason, []).append((line, place))
    for reason, places in by_reason.items():
        records.notes += _named(reason, places)


def check_rules(database: duckdb.DuckDBPyConnection, facts: str, form: Form, records: Records) -> None:
    """Count the records that break a rule of the form; they are kept."""
    if not form.rules:
        return
    asked = ", ".join(
        f"count(*) filter ({rule.broken}), list_slice(list_sort(list(line) filter ({rule.broken})), 1, {_MOST_NAMED})"
        for rule in form.rules
    )
    answer = database.execute(f"select {asked} from {facts}").fetchall()[0]
    for place, rule in enumerate(form.rules):
        _count(rule.name, rule.says, answer[2 * place], answer[2 * place + 1], records)
    for field, says in (
        ("PERSON_FODSELSNR", "PERSON_FODSELSNR is that of several records"),
        ("PERSON_JOURNALNR", "PERSON_JOURNALNR is that of several records"),
    ):
        of = "KOMMUNE_NR, BYDELSNR, year, PERSON_JOURNALNR" if field == "PERSON_JOURNALNR" else f"year, {field}"
        count, lines = database.execute(
            f"select count(*), list_slice(list_sort(list(line)), 1, {_MOST_NAMED}) from {facts} where "
            f"ltrim({field}, '0 ') <> '' and right({field}, 5) not in ('00100', '00200', '55555', '99999') and ({of}) "
            f"in (select ({of}) from {facts} group by all having count(*) > 1)"
        ).fetchall()[0]
        _count(f"{field} twice", says, count, lines, records)


def _count(name: str, says: str, count: int, lines: list[int] | None, records: Records) -> None:
    if not count:
        return
    records.rules[name] += count
    named = ", ".join(map(str, lines or []))
    rest = f" and {count - _MOST_NAMED} more" if count > _MOST_NAMED else ""
    records.notes.append(f"{says}: line{'s' if count > 1 else ''} {named}{rest}.")


def _named(reason: str, places: list[tuple[int, str]]) -> list[str]:
    said = [f"line {line}, field {place}: {reason}." for line, place in places[:_MOST_NAMED]]
    return said + ([f"and {len(places) - _MOST_NAMED} more: {reason}."] if len(places) > _MOST_NAMED else [])
