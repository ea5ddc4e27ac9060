"""A table with one row per case, given together with the events: what it knows of the cases joins the log.

Its attributes, and when cases were closed or are due, become the cases'. A row makes no event; a case without events
is set aside, and a case of the log that has no row is counted.
"""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase

from ..mining.errors import DataError, UsageError
from .columns import Source
from .mapping import Mapping
from .roles import Roles, roles_of
from .shape_wide import Outcome, case_column, lists_events, of_the_case, unique

_ORDER = ("closed", "due", "applicant", "case unit", "unit", "case type", "resource")
_OF_CASES = frozenset({"case", *_ORDER[:-1], "attribute", "free text", "drop"})
_LEAST_SHARED = 0.5  # of the ids of the table with fewer of them
_MOST = 200  # attributes; every event of a case passes them on
_LEFT_OVER = "case without events"
ROW = "row of the case table"


def case_tables(tables: list[Source], sources: list[Source], mapping: Mapping) -> dict[int, str]:
    """Which of the sources are case tables, by number, and why.

    tables : the sources whose columns no format explains. Raises UsageError if the mapping names a file that is none.
    """
    if mapping.shape not in (None, "joined") or len(sources) < 2:
        return {}
    if mapping.cases:
        given = {s.number: "given by the mapping" for s in tables if fnmatchcase(s.name, mapping.cases)}
        if not given or len(given) == len(sources):
            raise UsageError(
                f"The mapping says that {mapping.cases!r} has the cases, but "
                + ("every file here has that name." if given else "no file here has that name.")
            )
        return given
    candidates = [source for source in tables if _per_case(source, mapping)]
    others = [source for source in sources if source not in candidates]
    return {
        source.number: f"one row per case, whose ids are those in {other.name}"
        for source in candidates
        if (other := next((other for other in others if _shares_cases(source, other, mapping)), None))
    }


def _per_case(source: Source, mapping: Mapping) -> bool:
    case = case_column(source, mapping)
    mapped = {said.role for name, said in mapping.columns.items() if name in source.headers}
    if case is None or not source.in_table or "milestone" in mapped:
        return False
    return unique(source, case) and (
        "activity" in mapped and not _has_time(source, mapping) or not lists_events(source, mapping)
    )


def _has_time(source: Source, mapping: Mapping) -> bool:
    return any(said.role in ("time", "start") and name in source.headers for name, said in mapping.columns.items())


def _shares_cases(source: Source, other: Source, mapping: Mapping) -> bool:
    """Are at least half of the ids of the smaller table in the other one, too?"""
    known = other.records.roles or {}
    there = next((column for column, role in known.items() if role == "case"), None)
    there = case_column(other, mapping) if there is None else there
    here = case_column(source, mapping)
    if here is None or there is None or not other.in_table:
        return False
    ids = [f"(select distinct {s.cell(c)} as id from {s.table})" for s, c in ((source, here), (other, there))]
    shared, fewest = source.row(
        f"select (select count(*) from {ids[0]} semi join {ids[1]} using (id)), "
        f"least((select count(id) from {ids[0]}), (select count(id) from {ids[1]}))"
    )
    return shared > 0 and shared >= _LEAST_SHARED * fewest


def roles_of_cases(source: Source, mapping: Mapping) -> Roles:
    """The roles in a case table. Raises DataError if no column can be recognised as the case."""
    case = case_column(source, mapping)
    known = {} if case is None else {case: ("case", "its ids are those of the events")}
    roles = roles_of(source, mapping, known, _ORDER, core=("case",))
    for column, role in roles.role.items():
        if role not in _OF_CASES and role != "resource":  # said of a column of the same name in the events
            roles.give(column, "attribute", f"a row per case has no {role}")
    of_the_case(roles)
    if (resource := roles.column("resource")) is not None:
        roles.give(resource, "drop", "one row per case does not say who did which step")
    if (many := len(roles.attributes)) > _MOST:
        raise DataError(
            f"{source.name} says {many} things of each case, more than {_MOST}; give those that say nothing about the "
            "cases the role drop."
        )
    return roles


def refuse_rows(cases: list[tuple[Source, Roles]], events: list[tuple[Source, Roles]]) -> list[Outcome]:
    """Make ``refused_<n>`` of every case table: rows without an id, rows of a case that has one, cases without events.

    events : the other sources, whose own refused rows are known
    """
    if not cases:
        return []
    run = cases[0][0].run
    for source, roles in cases:
        case, every = _case(source, roles), ", ".join(source.cell(column) for column in range(len(source.headers)))
        run(f"create table refused_{source.number} (row bigint, reason varchar, c integer)")
        run(
            f"insert into refused_{source.number} select rowid, case when coalesce({every}) is null then 'empty row' "
            f"else 'no case id' end, {roles.column('case')} from {source.table} where {case} is null"
        )
    _refuse_repeated(cases)
    run(
        "create table cases_with_events as "
        + " union ".join(
            f"select {_case(source, roles)} as id from {source.table} where rowid not in (select row from "
            f"refused_{source.number})"
            for source, roles in events
            if source.in_table
        )
        if any(source.in_table for source, _ in events)
        else "create table cases_with_events (id varchar)"
    )
    return [_outcome(source, roles) for source, roles in cases]


def _case(source: Source, roles: Roles) -> str:
    return source.cell(roles.column("case") or 0)


def _refuse_repeated(cases: list[tuple[Source, Roles]]) -> None:
    """One row per case: a further row is a duplicate if it is the same row, and cannot be used if it is not."""
    run = cases[0][0].run
    parts = []
    for source, roles in cases:
        content = ", ".join(source.cell(column) for column in range(len(source.headers)))
        parts.append(
            f"select {source.number} as source, rowid as row, {_case(source, roles)} as id, "
            f"to_json([{content}])::varchar as content from {source.table} where {_case(source, roles)} is not null"
        )
    run(
        "create table further_rows as select source, row, content = first_value(content) over whole as same from "
        f"({' union all '.join(parts)}) window whole as (partition by id order by source, row) "
        "qualify row_number() over whole > 1"
    )
    for source, roles in cases:
        run(
            f"insert into refused_{source.number} select row, case when same then 'duplicate' else 'case has a row "
            f"already' end, {roles.column('case')} from further_rows where source = {source.number}"
        )
    run("drop table further_rows")


def _outcome(source: Source, roles: Roles) -> Outcome:
    refused = f"refused_{source.number}"
    counts = Counter(dict(source.rows(f"select reason, count(*) from {refused} group by 1")))
    same = counts.pop("duplicate", 0)
    source.run(
        f"insert into {refused} select rowid, 'set aside', null from {source.table} where rowid not in (select row from "
        f"{refused}) and {_case(source, roles)} not in (select id from cases_with_events)"
    )
    left = source.row(f"select count(*) from {refused} where reason = 'set aside'")[0]
    return Outcome(
        counts,
        Counter({_LEFT_OVER: left} if left else {}),
        Counter({"same case and content": same} if same else {}),
    )


def cases_without_row(cases: list[tuple[Source, Roles]]) -> int:
    """How many cases have events, but no row in any case table."""
    if not cases:
        return 0
    ids = " union ".join(f"select {_case(source, roles)} as id from {source.table}" for source, roles in cases)
    return cases[0][0].row(f"select count(*) from cases_with_events anti join ({ids}) using (id)")[0]
