"""From staged records to the tables that a log is written from.

Everything that later measures ask for again and again is worked out here, once: the order of events within the case,
the step before and the time since it, the sequence that each case is a variant of. See ``docs/decisions.md`` on
why this is SQL and why durations are integers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import duckdb

from .database import identifier, text_literal
from .errors import UsageError
from .local_time import end_of_day, from_micros, local_day, start_of_day
from .staging import STAGED, Staged

# Columns with few different values are held as enumerations while the log is made: a tenth of the memory.
_ENUMERATED = ("activity", "resource", "unit", "applicant", "type", "case_unit", "precision")

# A column with one value, or none, is not carried along row for row but added again at the end. These vary always.
_CARRIED = ("case_id", "activity", "end_time", "source_row")

_CASE_NUMBERS = """
create table case_numbers as
select case_id, (row_number() over (order by case_id))::integer as case_no from (select distinct case_id from staged)
"""

# The order within a case (design: local day; then day-only events of negative rank; then precise events by time;
# then day-only events by rank; then source, source_row) as one sortable key. A day-only event carries the midnight
# that starts its day. With rank >= 0 it belongs after everything else that day, hence just before the next midnight.
_KEYS_WITH_DAYS = """,
    case when "precision" = 'day' and rank >= 0
         then timezone({zone}, (timezone({zone}, end_time))::date + interval 1 day) else end_time end as order_time,
    (case when "precision" <> 'day' then 1 when rank >= 0 then -1 else 0 end)::tinyint as order_class,
    (case when "precision" = 'day' then rank else 0 end)::smallint as order_rank"""

_SORTED = """
create table sorted as
select *, (row_number() over in_order)::integer as "position",
       lag(activity) over in_order as previous_activity,
       epoch_us(end_time) - epoch_us(lag(end_time) over in_order) as micros_since_previous {more}
from ({coded})
window in_order as (partition by case_no order by {key}, {source} source_row)
"""

# With days among the times, equal end_time is no tie when the classes differ.
_MORE_WITH_DAYS = """,
       lag({precision}) over in_order as previous_precision,
       coalesce(order_time = lag(order_time) over in_order and order_class = lag(order_class) over in_order
                and order_rank = lag(order_rank) over in_order, false) as tied"""

# A position and its step make one number, so that sorting numbers orders the steps: quicker than list(… order by …).
_SEQUENCES = """
create table sequences as
select * exclude (placed), list_transform(list_sort(placed), lambda step: (step & 4294967295)::uinteger) as sequence
from (
    select case_no,
           min(end_time) as first_time, max(end_time) as last_time, count(*)::integer as events,
           coalesce(min(unit) <> max(unit), false) as several_units, count(*) filter (tied) as tied,
           list("position"::bigint << 32 | enum_code(activity)) as placed
    from ordered where {inside} group by case_no
)
"""

_VARIANT_NUMBERS = """
create table variant_numbers as
select (row_number() over (order by cases desc, sequence))::integer as variant_no, sequence, cases
from (select sequence, count(*) as cases from sequences group by sequence)
"""


@dataclass(frozen=True)
class Window:
    """From where to where the log was observed; both None for an empty log."""

    observed_from: datetime | None
    observed_to: datetime | None
    date_only: int

    def inside(self, zone: str) -> str:
        """The SQL condition that an event happened by the end of the window."""
        if self.observed_to is None:
            return "true"
        end = f"timestamptz {text_literal(self.observed_to.isoformat())}"
        if not self.date_only:
            return f"end_time <= {end}"
        return f"""(case when "precision" = 'day' then {_when_over("end_time", zone)} else end_time end) <= {end}"""

    def closed(self, column: str, kind: str | None, zone: str) -> str:
        """SQL for a time of closing as it was known by the end of the window: null where it came later."""
        if self.observed_to is None or kind not in ("time", "day"):
            return column
        known = _when_over(column, zone) if kind == "day" else column
        return f"case when {known} <= timestamptz {text_literal(self.observed_to.isoformat())} then {column} end"


def _when_over(day: str, zone: str) -> str:
    """SQL: what is known to the day counts as having happened when the day is over."""
    name = text_literal(zone)
    return f"timezone({name}, (timezone({name}, {day}))::date + interval 1 day) - interval 1 microsecond"


@dataclass(frozen=True)
class Assembled:
    """The tables ``sorted``, ``sequences``, ``variant_numbers``, ``case_numbers`` are made, and the view ``ordered``.

    ``ordered`` is ``sorted`` with the columns that have one value for all rows; `constants` gives them as SQL.
    """

    window: Window
    constants: dict[str, str]
    event_attributes: list[tuple[str, str]]  # column a_<n>, name
    case_attributes: list[tuple[str, str]]


def assemble(staged: Staged) -> Assembled:
    """Make the tables of the log in the staged connection and let the staged records go."""
    connection = staged.connection
    window, constants, some = _survey(staged)
    attributes = [(f"a_{number}", name) for number, name in enumerate(staged.attributes)]
    connection.execute(_CASE_NUMBERS)
    coded = _coded(staged, window, constants, [column for column, _ in attributes], some)
    _sort(staged, coded, window, constants)
    _forget_staged(connection)
    connection.execute(_SEQUENCES.format(inside=window.inside(staged.zone)))
    connection.execute(_VARIANT_NUMBERS)
    of_case = _constant_in_every_case(staged, attributes)
    return Assembled(
        window=window,
        constants=constants,
        event_attributes=[pair for pair in attributes if pair not in of_case],
        case_attributes=of_case,
    )


def _survey(staged: Staged) -> tuple[Window, dict[str, str], bool]:
    """The window, the columns that hold one value or none, with that value as SQL, and whether there is any record."""
    now = staged.now
    past = f"filter (end_time <= timestamptz {text_literal(now.isoformat())})" if now else ""
    optional = [name for name in STAGED if name not in _CARRIED]
    filled = ", ".join(f"count({identifier(name)}) > 0" for name in optional)
    earliest, latest, date_only, lows, highs, *some = _row(
        staged.connection,
        f"""select epoch_us(min(end_time)), epoch_us(max(end_time) {past}), count(*) filter ("precision" = 'day'),
                   [min("precision"), min(coalesce(rank, 0))::varchar, min(source)::varchar],
                   [max("precision"), max(coalesce(rank, 0))::varchar, max(source)::varchar], {filled} from staged""",
    )
    kinds = {**STAGED, "closed": "BOOLEAN" if staged.closed == "boolean" else STAGED["closed"]}
    constants = {name: f"null::{kinds[name]}" for name, any_ in zip(optional, some, strict=True) if not any_}
    for name, low, high in zip(("precision", "rank", "source"), lows, highs, strict=True):
        if low == high:
            constants[name] = f"{text_literal(low or '0')}::{STAGED[name]}"
    return _window(staged, earliest, latest, date_only), constants, earliest is not None


def _window(staged: Staged, earliest: int | None, latest: int | None, date_only: int) -> Window:
    """As given, or from the first event's day to the last event's day, the future left aside."""
    if earliest is None:
        return _right_way_round(Window(staged.given_from, staged.given_as_of, 0))
    first = from_micros(earliest)
    last = from_micros(latest) if latest is not None else staged.now or first
    zone = staged.zone
    window = Window(
        observed_from=staged.given_from or start_of_day(local_day(first, zone), zone),
        observed_to=staged.given_as_of or end_of_day(local_day(last, zone), zone),
        date_only=date_only,
    )
    return _right_way_round(window)


def _right_way_round(window: Window) -> Window:
    start, end = window.observed_from, window.observed_to
    if start and end and end < start:
        raise UsageError("The window ends before it begins; mend from and as_of in the mapping, or --as-of.")
    return window


def _coded(staged: Staged, window: Window, constants: dict[str, str], attributes: list[str], some: bool) -> str:
    """SQL: the staged records with case ids as numbers, repeated texts as enumerations, and what they are ordered by."""
    connection = staged.connection
    columns = []
    for name in STAGED:
        if name == "case_id" or name in constants:
            continue
        if name in _ENUMERATED:
            _enumerate(connection, name, some)
            columns.append(f"{identifier(name)}::{name}_values as {identifier(name)}")
        elif name == "rank":
            columns.append("rank::smallint as rank")
        else:
            columns.append(identifier(name))
    keys = _KEYS_WITH_DAYS.format(zone=text_literal(staged.zone)) if window.date_only else ""
    return (
        f"select case_no, {', '.join([*columns, *attributes])} {keys} "
        "from (select * replace (coalesce(rank, 0) as rank) from staged) join case_numbers using (case_id)"
    )


def _enumerate(connection: duckdb.DuckDBPyConnection, name: str, some: bool) -> None:
    """Make the enumeration of a column's values, sorted, so that comparing codes is comparing texts."""
    column = identifier(name)
    values = f"select distinct {column} as value from staged where {column} is not null"
    # An empty log has no activities, and sequences of them all the same.
    source = f"select value from ({values}) order by value" if some else "select ''"
    connection.execute(f"create type {name}_values as enum ({source})")


def _sort(staged: Staged, coded: str, window: Window, constants: dict[str, str]) -> None:
    """Give every event its place in the case."""
    connection = staged.connection
    key = "order_time, order_class, order_rank" if window.date_only else "end_time"
    precision = constants.get("precision", '"precision"')
    more = _MORE_WITH_DAYS.format(precision=precision) if window.date_only else ""
    source = "" if "source" in constants else "source,"
    connection.execute(_SORTED.format(coded=coded, key=key, source=source, more=more))
    columns = [f"{sql} as {identifier(name)}" for name, sql in constants.items()]
    if not window.date_only:
        columns.append("coalesce(micros_since_previous = 0, false) as tied")
    connection.execute(f"create view ordered as select {', '.join(['*', *columns])} from sorted")


def _forget_staged(connection: duckdb.DuckDBPyConnection) -> None:
    """The records have been taken over; their memory is wanted for what follows."""
    kept = {"case_numbers", "sorted", "ordered"}
    # Asked of one schema: DuckDB makes every view of the others for the answer, which takes longer than the sorting.
    found = connection.execute(
        "select view_name, 'view' from duckdb_views() where schema_name = 'main' and not internal union all "
        "select table_name, 'table' from duckdb_tables() where schema_name = 'main' and not internal"
    ).fetchall()
    for name, kind in found:
        if name not in kept:
            connection.execute(f"drop {kind} if exists {identifier(name)}")


def _constant_in_every_case(staged: Staged, attributes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The attributes that have one value throughout each case, or that the mapping says belong to the case."""
    unknown = [(column, name) for column, name in attributes if name not in staged.case_attributes]
    constant = {pair for pair in attributes if staged.case_attributes.get(pair[1])}
    step = max(1, min(50, math.isqrt(len(unknown)) * 5))
    for start in range(0, len(unknown), step):
        some = unknown[start : start + step]
        tests = ", ".join(
            f"bool_and(lo_{column} is not distinct from hi_{column} and n_{column} in (0, n))" for column, _ in some
        )
        ends = ", ".join(f"min({c}) as lo_{c}, max({c}) as hi_{c}, count({c}) as n_{c}" for c, _ in some)
        answer = _row(
            staged.connection,
            f"select {tests} from (select {ends}, count(*) as n from ordered group by case_no)",
        )
        constant.update(pair for pair, same in zip(some, answer, strict=True) if same)
    return [pair for pair in attributes if pair in constant]


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    return connection.execute(query).fetchone() or ()
