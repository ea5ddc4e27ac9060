"""The three tables as files: which columns they have, and in which order their rows stand."""

from __future__ import annotations

from pathlib import Path

from .assemble import Assembled
from .database import identifier, text_literal
from .staging import Staged

_OPTIONS = "(format parquet, compression zstd, compression_level 1, row_group_size 200000)"

# Resource and applicant as R1, R2, … in order of first appearance in the sorted log: the same log gives the same
# ordinals, and they cannot be joined to those of another import.
_ORDINALS = """
create table {role}_numbers as
select {role}, row_number() over (order by min((case_no::bigint << 32) | "position")) as number
from sorted where {role} is not null group by {role};
create type {role}_names as enum (select '{letter}' || number from {role}_numbers order by number);
create table {role}_ordinals as select {role}, ('{letter}' || number)::{role}_names as ordinal from {role}_numbers
"""

# What is the same in every row is added after the sort; enumerations are written as texts with a dictionary.
_EVENTS = """
copy (
    select case_no, "position", activity, end_time, {start_time} as start_time, {precision} as "precision",
           {rank} as rank, resource, {unit} as unit, previous_activity, {micros} as micros_since_previous,
           {source} as source, source_row{attributes}
    from (select {carried}, {resource} as resource from sorted {join} order by case_no, "position")
) to {path} {options}
"""
_OF_EVENTS = ("start_time", "precision", "rank", "unit", "source")
_MICROS_WITH_DAYS = """case when {precision} <> 'day' and previous_precision <> 'day' then micros_since_previous end"""

_CASES = """
copy (
    with of_case as (
        select case_no, {first} from ordered group by case_no
    )
    select case_no, case_id, variant_no, first_time, last_time, coalesce(events, 0)::integer as events,
           coalesce(case_unit::varchar, unit::varchar) as unit, {applicant}::varchar as applicant, type::varchar as type,
           closed, due{attributes}
    from case_numbers
    join of_case using (case_no)
    left join sequences using (case_no)
    left join variant_numbers using (sequence)
    {join}
    order by case_no
) to {path} {options}
"""

_VARIANTS = """
copy (
    select variant_no, substr(sha256(array_to_string(activities, chr(31))), 1, 12) as variant_key, activities, cases
    from (select variant_no, cases, list_transform(sequence, lambda code: {names}[code + 1]) as activities
          from variant_numbers)
    order by variant_no
) to {path} {options}
"""


def write_tables(staged: Staged, assembled: Assembled, folder: Path) -> None:
    """Write ``events.parquet``, ``cases.parquet`` and ``variants.parquet`` into `folder`."""
    _write_events(staged, assembled, folder / "events.parquet")
    _write_cases(staged, assembled, folder / "cases.parquet")
    empty = staged.connection.execute("select count(*) from variant_numbers").fetchone() == (0,)
    names = "([]::varchar[])" if empty else "enum_range(null::activity_values)"
    path = text_literal(str(folder / "variants.parquet"))
    staged.connection.execute(_VARIANTS.format(names=names, path=path, options=_OPTIONS))


def _write_events(staged: Staged, assembled: Assembled, path: Path) -> None:
    constants, date_only = assembled.constants, assembled.window.date_only
    resource, join = _people(staged, assembled, "resource", "R")
    carried = [
        "case_no",
        "position",
        "activity",
        "end_time",
        "previous_activity",
        "micros_since_previous",
        "source_row",
    ]
    carried += [name for name in _OF_EVENTS if name not in constants]
    carried += ["previous_precision"] if date_only else []
    carried += [column for column, _ in assembled.event_attributes]
    columns = {name: constants.get(name, identifier(name)) for name in _OF_EVENTS}
    staged.connection.execute(
        _EVENTS.format(
            **columns,
            resource=resource,
            micros=_MICROS_WITH_DAYS.format(**columns) if date_only else "micros_since_previous",
            carried=", ".join(identifier(name) for name in carried),
            attributes="".join(f", {column} as {identifier(name)}" for column, name in assembled.event_attributes),
            join=join,
            path=text_literal(str(path)),
            options=_OPTIONS,
        )
    )


def _write_cases(staged: Staged, assembled: Assembled, path: Path) -> None:
    applicant, join = _people(staged, assembled, "applicant", "A")
    firsts = [f"""arg_min({role}, "position") as {role}""" for role in ("unit", "case_unit", "applicant", "type")]
    firsts += [f"""arg_min({column}, "position") as {column}""" for column, _ in assembled.case_attributes]
    # The latest word on closing and on the due date is the one that holds.
    lasts = ["max(closed) as closed", "max(due) as due"]
    attributes = "".join(f", {column} as {identifier(name)}" for column, name in assembled.case_attributes)
    staged.connection.execute(
        _CASES.format(
            first=", ".join([*firsts, *lasts]),
            applicant=applicant,
            join=join,
            attributes=attributes,
            path=text_literal(str(path)),
            options=_OPTIONS,
        )
    )


def _people(staged: Staged, assembled: Assembled, role: str, letter: str) -> tuple[str, str]:
    """The column to select for a role that names people, and the join it needs."""
    if role in assembled.constants:
        return assembled.constants[role], ""
    if staged.people != "raw":
        return role, ""
    staged.connection.execute(_ORDINALS.format(role=role, letter=letter))
    return "ordinal", f"left join {role}_ordinals using ({role})"
