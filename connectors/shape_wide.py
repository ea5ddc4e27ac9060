"""One row per case, with the dates of its milestones in columns: each date is a step with the name of its column.

A milestone that a case has not reached is an empty cell. A cell that holds no time is left out and listed; the row
stays. Where days are all that is known, the order of the columns decides between steps of one day.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from ..mining.errors import DataError, UsageError
from .columns import Source
from .content import named, time_share
from .headers import ENDS, NAMES, POINTS, SHAPE_NAMES, plain
from .mapping import Mapping
from .roles import Roles, roles_of
from .times import TimeColumn

_ORDER = ("closed", "due", "applicant", "case unit", "unit", "case type", "resource")
_NO_ROLES = ("activity", "time", "start", "event id", "lifecycle", "instance", "rank", "precision")
_LEAST_DATES = 0.8  # of the filled cells of a milestone; the others are listed
_SOME_DATES = 0.2  # from here on it is said that a column is not taken for a step
_UNIQUE = 0.9  # of the rows have a case id of their own
_MOST = 200  # milestones; each costs a look at every row
_MOST_TOGETHER = 5000  # milestones times attributes: every event of a row has all the row's attributes
# Dates that tell of no step: what should happen, when somebody was born, when the export was made.
_NO_STEP = re.compile(
    r"frist|deadline|\bdue\b|forfall|planlagt|forventet|planned|expected|estimated|fødsel|født|fødd|f dato|\bdob\b|birth|born|uttrekk|"
    r"\brapport|\bexport|gyldig|valid"
)
_WHY = "a column of dates in a table with one row per case"
_NO_DATES = "no milestone has a date"
_NOTHING_READABLE = "no milestone can be read"


@dataclass(frozen=True)
class Outcome:
    """What became of the rows: quarantined and set aside by reason, duplicates, and events beyond one per row."""

    refused: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    further: int = 0


def recognised(source: Source, mapping: Mapping) -> str:
    """Why this is a wide table; empty if it is none."""
    case = case_column(source, mapping)
    if any(said.role == "milestone" and name in source.headers for name, said in mapping.columns.items()):
        return "the mapping names milestones"
    if case is None or source.in_table < 2 or lists_events(source, mapping):
        return ""
    dates = [column for column, share in dated(source, mapping, case).items() if share >= _LEAST_DATES]
    if len(dates) < 2 or not unique(source, case):
        return ""
    return f"{source.headers[case]!r} never comes back, and {len(dates)} columns hold dates of steps"


def case_column(source: Source, mapping: Mapping) -> int | None:
    """The column of the case ids, as the mapping or its name says."""
    for column, header in enumerate(source.headers):
        if (said := mapping.columns.get(header)) and said.role == "case":
            return column
    free = [c for c, header in enumerate(source.headers) if header in mapping.columns]
    return named(source, NAMES["case"], free)


def unique(source: Source, case: int) -> bool:
    """Does nearly every row have a case id of its own?"""
    filled, different = source.row(f"select count(c{case}), count(distinct c{case}) from {source.table}")
    return filled > 0 and different >= _UNIQUE * filled


def lists_events(source: Source, mapping: Mapping) -> bool:
    """Do the names of the columns, or the mapping, say that every row is an event?"""
    mapped = {said.role for name, said in mapping.columns.items() if name in source.headers}
    names = {plain(header) for header in source.headers}
    state = set(SHAPE_NAMES["state"])
    if "activity" in mapped or names & (set(NAMES["activity"]) - state):
        return True
    times = (set(ENDS) | set(POINTS)) - set(SHAPE_NAMES["one step"])
    return bool(names & state & set(NAMES["activity"])) and ("time" in mapped or bool(names & times))


def dated(source: Source, mapping: Mapping, case: int | None) -> dict[int, float]:
    """Which share of the filled cells are dates, in the columns that could be steps by their names."""
    shares = {}
    for column, header in enumerate(source.headers):
        name = plain(header)
        if column == case or header in mapping.columns or name in NAMES["drop"] + NAMES["due"] or _NO_STEP.search(name):
            continue
        sample = source.sample(column)
        same = len(sample) == 1 and sample.total() == source.in_table > 4
        if sample and not same:
            shares[column] = time_share(source, column)
    return shares


def roles_of_wide(source: Source, mapping: Mapping) -> Roles:
    """The roles in a wide table. Raises DataError without a case or a milestone, UsageError for an event's roles."""
    guessed = source.records.roles is None
    roles = roles_of(source, mapping, _known(source, mapping) if guessed else {}, _ORDER, core=("case",))
    for column, role in roles.role.items():
        if role in _NO_ROLES:
            raise UsageError(
                f"{source.name} has one row per case, so the column {source.headers[column]!r} cannot be the {role}; "
                "give a date of a step the role milestone."
            )
    if not columns_of(roles):
        raise DataError(
            f"{source.name}: no column of dates can be recognised as a step; say it in a mapping file: "
            f'[columns] "{source.headers[-1]}" = "milestone".'
        )
    _require_few(roles)
    if guessed:
        of_the_case(roles)
    if (column := closing(roles)) is not None:
        roles.why[column] += "; its name says that it closes the case, too"
    return roles


def _known(source: Source, mapping: Mapping) -> dict[int, tuple[str, str]]:
    """The roles that the names and contents of the columns give."""
    case = case_column(source, mapping)
    known = {} if case is None else {case: ("case", "the name is one that stands for the case")}
    shares = dated(source, mapping, case)
    source.records.notes += [
        f"column {source.headers[column]!r} has dates in {share:.0%} of its filled cells, too few for a step; map it as "
        "milestone if it is one, and the other cells are listed."
        for column, share in shares.items()
        if _SOME_DATES <= share < _LEAST_DATES
    ]
    return known | {column: ("milestone", _WHY) for column, share in shares.items() if share >= _LEAST_DATES}


def _require_few(roles: Roles) -> None:
    """A file of ten megabytes must not become a log that fills the memory."""
    name, steps, others = roles.source.name, len(columns_of(roles)), len(roles.attributes)
    if steps > _MOST:
        raise DataError(
            f"{name} has {steps} columns of dates, more than {_MOST}; give those that are no steps the role drop."
        )
    if steps * others > _MOST_TOGETHER:
        raise DataError(
            f"{name} has {others} columns beside {steps} of dates; give those that say nothing about the cases the role drop."
        )


def of_the_case(roles: Roles) -> None:
    """What one row per case can say of its unit and its people, where only names point to them."""
    source = roles.source
    unit, resource = roles.column("unit"), roles.column("resource")
    if unit is not None and source.said(unit) is None:
        taken = roles.column("case unit") is not None
        roles.give(unit, "attribute" if taken else "case unit", "the unit of the case, not of one step")
    if resource is not None and source.said(resource) is None:
        roles.give(resource, "drop", "one row per case does not say who did which step; map it as resource if it does")


def columns_of(roles: Roles) -> list[int]:
    """The columns of the milestones, in the order of the file."""
    return sorted(column for column, role in roles.role.items() if role == "milestone")


def closing(roles: Roles) -> int | None:
    """The milestone that closes the case, as its name says, where no column has the role `closed`."""
    if roles.column("closed") is not None:
        return None
    found = {plain(roles.source.headers[column]): column for column in reversed(columns_of(roles))}
    return next((found[name] for name in NAMES["closed"] if name in found), None)


def step_name(source: Source, column: int) -> str:
    """What the step of a milestone is called."""
    said = source.said(column)
    return (said and said.name) or source.records.names.get(column) or source.headers[column]


def key(column: int) -> str:
    """Under which name the times of a milestone are kept."""
    return f"milestone {column}"


def ranks(source: Source, roles: Roles, times: dict[str, TimeColumn]) -> dict[int, int]:
    """The rank of each milestone among steps of one day: its place, counted from the first that has a clock.

    Steps known to the day only come before the precise ones of their day where the rank is negative, else after.
    """
    columns = [column for column in columns_of(roles) if key(column) in times]
    precise = (place for place, column in enumerate(columns) if not times[key(column)].only_days)
    first = next(precise, 0)
    return {column: place - first for place, column in enumerate(columns)}


def refuse_rows(source: Source, roles: Roles, times: dict[str, TimeColumn]) -> Outcome:
    """Make ``refused_<n>``: the rows without a case or any step, and those that repeat another in every column."""
    table = f"refused_{source.number}"
    source.run(f"create table {table} (row bigint, reason varchar, c integer)")
    if not source.in_table:
        return Outcome()
    case = roles.column("case")
    columns = [column for column in columns_of(roles) if key(column) in times]
    moments = ", ".join(times[key(column)].value for column in columns) or "null"
    cells = {column: source.cell(column) for column in columns}
    first = " ".join(f"when {cell} is not null then {column}" for column, cell in cells.items())
    every = ", ".join(source.cell(column) for column in range(len(source.headers)))
    source.run(
        f"insert into {table} select rowid, reason, case reason when 'no case id' then {case} else filled end from ("
        f"select rowid, case {first or 'when false then 0'} end as filled, "
        f"case when coalesce({every}) is null then 'empty row' when {source.cell(case or 0)} is null then 'no case id' "
        f"when coalesce({', '.join(cells.values()) or 'null'}) is null then '{_NO_DATES}' else '{_NOTHING_READABLE}' "
        f"end as reason from {source.table} where {source.cell(case or 0)} is null or coalesce({moments}) is null)"
    )
    counts = Counter(dict(source.rows(f"select reason, count(*) from {table} group by 1")))
    source.run(f"update {table} set reason = 'set aside' where reason = '{_NO_DATES}'")
    aside = Counter({_NO_DATES: counts.pop(_NO_DATES)}) if _NO_DATES in counts else Counter()
    repeated = refuse_repeated(source, case or 0)
    made = " + ".join(f"count({times[key(column)].value})" for column in columns) or "0"
    events, rows = source.row(
        f"select {made}, count(*) from {source.table} where rowid not in (select row from {table})"
    )
    return Outcome(counts, aside, Counter({"same case and content": repeated} if repeated else {}), events - rows)


def refuse_repeated(source: Source, case: int) -> int:
    """A row per case that equals an earlier one in every column is a proved duplicate; gives their number."""
    content, own = ", ".join(source.cell(n) for n in range(len(source.headers))), source.cell(case)
    refused = f"refused_{source.number}"
    suspects = f"{source.table} where rowid not in (select row from {refused})"
    source.run(
        f"insert into {refused} select row, 'duplicate', null from (select rowid as row, row_number() over "
        f"(partition by to_json([{content}])::varchar order by rowid) as nth from {suspects} and {own} in "
        f"(select {own} from {suspects} group by 1 having count(*) > 1)) where nth > 1"
    )
    return source.row(f"select count(*) from {refused} where reason = 'duplicate'")[0]
