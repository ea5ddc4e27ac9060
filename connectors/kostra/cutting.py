"""From lines to records: each line's VERSION and length choose the layout, and the fields are cut in the database.

Lines that fit no layout of the form are quarantined; a file in which most lines do not is no report that can be read.
"""

from __future__ import annotations

from collections import Counter

import duckdb

from ...mining.errors import DataError
from ...mining.log import text_literal
from ..connector import Records, Refusal
from .form import Form
from .layouts import Layout, known, layouts

_MOST_NAMED = 5  # lines in a note


def layouts_in(database: duckdb.DuckDBPyConnection, lines: str, name: str) -> list[Layout]:
    """The layouts of a file's own form, in the order of the years.

    Raises DataError, with the first line at fault, if fewer than half of the lines fit one.
    """
    found = {
        (version, length): (count, first)
        for version, length, count, first in database.execute(
            f"select substring(text, 5, 2), length, count(*), min(line) from {lines} group by all"
        ).fetchall()
    }
    forms: Counter[str] = Counter()
    for key, (count, _) in found.items():
        if layout := layouts().get(key):
            forms[layout.form] += count
    form, fitting = max(forms.items(), key=lambda pair: pair[1], default=("", 0))
    total = sum(count for count, _ in found.values())
    if 2 * fitting < total:
        version, length, line = min(
            ((*key, first) for key, (_, first) in found.items() if _other(key, form)), key=lambda each: each[2]
        )
        year = f"of the year {version}" if version.isdigit() else "without a year in positions 5-6"
        raise DataError(
            f"{name}, line {line}: a record {year} with {length} characters is of no layout that is known, and most "
            f"lines here are so; known are {known()}. Fetch the file again as it was sent to KOSTRA."
        )
    chosen = [layouts()[key] for key in found if not _other(key, form)]
    return sorted(chosen, key=lambda layout: layout.year)


def _other(key: tuple[str, int], form: str) -> bool:
    layout = layouts().get(key)
    return layout is None or layout.form != form


def quarantine_misfits(
    database: duckdb.DuckDBPyConnection, lines: str, chosen: list[Layout], records: Records, number: int
) -> None:
    """List the lines that fit none of the chosen layouts. Their content is never kept, not even its form."""
    fits = " or ".join(f"(substring(text, 5, 2) = '{each.version}' and length = {each.length})" for each in chosen)
    lengths = {each.version: each.length for each in layouts().values() if each.form == chosen[0].form}
    said: Counter[str] = Counter()
    for line, version, length in database.execute(
        f"select line, substring(text, 5, 2), length from {lines} where not ({fits}) order by line"
    ).fetchall():
        column = chosen[0].fields["VERSION"].place
        if (version, length) in layouts():
            reason, detail = "record of another form", "record of another form"
        elif version not in lengths:
            reason, detail = "unknown year", "unknown year"
        else:
            reason, column = "wrong record length", ""
            detail = f"wrong record length: {length}, not {lengths[version]}"
        records.quarantined[reason] += 1
        records.refusals.append(Refusal(number, line, column, detail, ""))
        said[reason] += 1
        if said[reason] <= _MOST_NAMED:
            records.notes.append(f"line {line}: {detail}.")
    records.notes += [more(reason, count) for reason, count in said.items() if count > _MOST_NAMED]


def more(what: str, count: int) -> str:
    """What is said of the lines that are not named one by one."""
    return f"and {count - _MOST_NAMED} more: {what}."


def cut(database: duckdb.DuckDBPyConnection, lines: str, form: Form, chosen: list[Layout], facts: str) -> None:
    """Make the table `facts`: line, year, content (a fingerprint), the fields, what is made of them, what is `bad`."""
    database.execute(f"create table {facts} as {' union all '.join(_select(lines, form, each) for each in chosen)}")


def _select(lines: str, form: Form, layout: Layout) -> str:
    fields = ", ".join(f"{_cut(layout, name)} as {name}" for name in form.fields)
    made = ", ".join(f"{sql} as {name}" for name, sql in form.facts.items())
    tests = {layout.fields[field]: said for field, said in form.bad.items() if field in layout.fields}
    bad = ", ".join(
        f"case when {test} then {{'place': {text_literal(field.place)}, 'reason': {text_literal(reason)}}} end"
        for field, (reason, test) in tests.items()
    )
    some = " or ".join(f"({test})" for _, test in tests.values())
    return (
        f"select *, case when {some} then list_filter([{bad}], lambda each: each is not null) end as bad from ("
        f"select *, {made} from (select line, {layout.year} as year, md5(text) as content, {fields} from {lines} "
        f"where length = {layout.length} and substring(text, 5, 2) = '{layout.version}'))"
    )


def _cut(layout: Layout, name: str) -> str:
    """SQL for a field without the blanks around it; one that the year does not have is empty."""
    field = layout.fields.get(name)
    return f"trim(substring(text, {field.start}, {field.length}))" if field else "''"
