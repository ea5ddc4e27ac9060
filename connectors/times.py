"""How the values of one time column become moments in UTC, and which of them cannot.

The format is found on a sample and then held against every value of the column. A value of another date format is
quarantined if it is one in fifty or fewer; more of them, and nobody can know what the column means.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..mining.errors import DataError
from ..mining.identifiers import mask
from .columns import Source
from .dates import ORDERS, Family, families, same_layout, shape_of
from .readings import Reading, counted, given, native, textual
from .zones import repeated, skipped, to_utc

FIRST_YEAR, LAST_YEAR = 1950, 2099  # outside lie sentinels such as 01.01.1900 and 31.12.9999, and typing errors
_ONE_FORMAT = 0.98  # of the dates
_READABLE = 0.5
_SKIPPED = "time does not exist (clock change)"
UNREADABLE, IMPLAUSIBLE = "unreadable time", "implausible time"


@dataclass(frozen=True)
class TimeColumn:
    """A column of times, understood.

    text : the format, as the mapping would say it; shown : for people; proof : why it cannot be another
    value : the column of the moments in UTC, null where there is none; ``faults_<n>`` says why for filled cells
    precision : SQL for 'day', 'minute' or 'second'; only_days : every value is known to the day only
    usable, unusable : filled cells that have a moment, and those that have none
    repeated, skipped : times in the hours that clocks show twice, or leave out
    """

    text: str
    shown: str
    proof: str
    value: str
    precision: str
    only_days: bool = False
    usable: int = 0
    unusable: int = 0
    repeated: int = 0
    skipped: int = 0


def time_column(source: Source, column: int, order: str | None = None, role: str = "time") -> TimeColumn:
    """Understand a column of times.

    order : day and month as proved by the same column of another file. Raises DataError when the format is mixed or
    cannot be told.
    """
    said = source.said(column)
    kind = source.types[column]
    if kind != "VARCHAR":
        return _understood(source, column, native(source, column, kind))
    if said and said.format:
        reading = given(source, column, said.format)
        return _understood(source, column, reading)
    sample = source.sample(column)
    found = families(sample)
    if not found:
        return _understood(source, column, counted(source, column, sample))
    family = max(found, key=lambda f: found[f])  # the first one, where two are as frequent
    proof = {"day first": "dotted dates are day first", "compact": "eight digits"}.get(
        family.order, "the year stands first"
    )
    if family.order == "year last":
        proved, proof = _proved(source, column, family, order, role)
        family = family.ordered(proved)
    reading = textual(source, column, family, sample, proof)
    return _understood(source, column, reading)


def proved_order(source: Source, column: int) -> str | None:
    """The order of day and month, if this file proves it; None if the column does not need a proof or has none."""
    if source.types[column] != "VARCHAR" or (said := source.said(column)) and said.format:
        return None
    found = families(source.sample(column))
    family = max(found, key=lambda f: found[f], default=None)
    if family is None or family.order != "year last":
        return None
    first, second, _, _ = _highest(source, column)
    return "day first" if first > 12 and second <= 12 else "month first" if second > 12 and first <= 12 else None


def _highest(source: Source, column: int) -> tuple[int, int, int, int]:
    cell = source.cell(column)
    parts = f"regexp_extract({cell}, '^\\s*(\\d{{1,2}})[-/](\\d{{1,2}})[-/]\\d{{2,4}}', "
    one, two = f"try_cast({parts}1) as integer)", f"try_cast({parts}2) as integer)"
    first, second, ones, twos = source.row(
        f"select max({one}), max({two}), count(*) filter ({one} > 12), count(*) filter ({two} > 12) from {source.table}"
    )
    return first or 0, second or 0, ones, twos


def _proved(source: Source, column: int, family: Family, order: str | None, role: str) -> tuple[str, str]:
    first, second, ones, twos = _highest(source, column)
    where = f"{source.name}, column {source.headers[column]!r}"
    if first > 12 and second > 12:
        raise DataError(
            f"{where}: {ones} dates have the day first and {twos} the month first, so the others cannot be told "
            "apart; mend the export, or give the column a format in the mapping to quarantine what does not fit."
        )
    if first > 12 or second > 12:
        found = "day first" if first > 12 else "month first"
        return found, f"{ones or twos} values have {max(first, second)} or less, but over 12, as the day"
    if order:
        return order, f"{order}, as another file of the import proves"
    example = family.separator.join(ORDERS["day first"])
    raise DataError(
        f"{where}: no value proves whether day or month comes first in dates like 03{family.separator}04"
        f"{family.separator}2025; say it in the mapping: "
        f'"{source.headers[column]}" = {{ role = "{role}", format = "{example}{family.separator}%Y" }}.'
    )


def _understood(source: Source, column: int, reading: Reading) -> TimeColumn:
    """Hold the reading against every value: the moments go into a column of their own, ``t<column>``."""
    if (said := source.said(column)) and said.precision:
        wider = reading.wider and _precise(reading.wider, said.precision)
        reading = replace(_precise(reading, said.precision), wider=wider)
    moment = f"t{column}"
    source.run(f"alter table {source.table} add column if not exists {moment} timestamptz")
    years = _sampled_years(source, reading)
    reading = _midnights(source, reading)
    filled, good, low, high = _moments(source, reading, moment, years)
    if good < filled and (wider := reading.wider) and _reads_more(source, reading, wider, moment):
        reading = _midnights(source, wider)
        filled, good, low, high = _moments(source, reading, moment, years)
    if low is not None and high is not None and not (years[0] < low and high < years[1]):
        # A value outside the years of the sample: its clock changes are not in the table that was used.
        years = (max(low - 1, FIRST_YEAR - 1), min(high + 1, LAST_YEAR + 1))
        filled, good, _, _ = _moments(source, reading, moment, years)
    never = 0
    if good < filled:
        source.run(f"delete from faults_{source.number} where c = {column}")
        source.run(
            f"insert into faults_{source.number} select rowid, {column}, {_why(source, reading, years)} "
            f"from {source.table} where {reading.cell} is not null and {moment} is null"
        )
        counts = dict(source.rows(f"select reason, count(*) from faults_{source.number} where c = {column} group by 1"))
        never = counts.get(_SKIPPED, 0)
        if readable := counts.get(UNREADABLE, 0):
            _judge_misfits(source, column, reading, filled, filled - readable)
    twice = 0
    if not reading.zoned and not reading.days:
        twice = source.row(f"select count(*) from {source.table} where {repeated(moment, source.zone, *years)}")[0]
    return TimeColumn(
        text=reading.text,
        shown=reading.shown,
        proof=reading.proof,
        value=moment,
        precision=reading.precision,
        only_days=reading.days,
        usable=good,
        unusable=filled - good,
        repeated=twice,
        skipped=never,
    )


def _precise(reading: Reading, precision: str) -> Reading:
    return replace(reading, precision=f"'{precision}'", days=precision == "day")


def _reads_more(source: Source, reading: Reading, wider: Reading, moment: str) -> bool:
    """Can a wider reading make moments of cells that have none?"""
    missed = f"{moment} is null and {wider.cell} is not null and {reading.parsed} is null"
    return source.row(f"select exists (select 1 from {source.table} where {missed} and {wider.parsed} is not null)")[0]


def _moments(
    source: Source, reading: Reading, moment: str, years: tuple[int, int]
) -> tuple[int, int, int | None, int | None]:
    """Fill the column of moments: filled cells, moments, and the first and last year among them."""
    value = reading.parsed
    if not reading.zoned:
        micros = f"epoch_us({reading.parsed})"
        value = f"make_timestamptz({to_utc(micros, source.zone, *years)})"
        if not reading.days:
            value = f"case when not {skipped(micros, source.zone, *years)} then {value} end"
    source.run(f"update {source.table} set {moment} = {value}")
    low, high = f"timestamptz '{FIRST_YEAR}-01-01'", f"timestamptz '{LAST_YEAR}-12-31 23:59:59.999999'"
    filled, moments, good, least, most = source.row(
        f"select count({reading.cell}), count({moment}), count(*) filter ({moment} between {low} and {high}), "
        f"year(min({moment}) filter ({moment} >= {low})), year(max({moment}) filter ({moment} <= {high})) "
        f"from {source.table}"
    )
    if good < moments:
        source.run(f"update {source.table} set {moment} = null where {moment} not between {low} and {high}")
    return filled, good, least, most


def _why(source: Source, reading: Reading, years: tuple[int, int]) -> str:
    """SQL for the reason why a filled cell has no moment."""
    never = "false"
    if not reading.zoned and not reading.days:
        never = skipped(f"epoch_us({reading.parsed})", source.zone, *years)
    return f"case when {reading.parsed} is null then '{UNREADABLE}' when {never} then '{_SKIPPED}' else '{IMPLAUSIBLE}' end"


def _sampled_years(source: Source, reading: Reading) -> tuple[int, int]:
    """The years two before the first and two after the last year in the sample."""
    parsed = (reading.wider or reading).parsed
    low, high = source.row(
        f"select min(y), max(y) from (select year({parsed}) as y from {source.table} where {source.sampled}) "
        f"where y between {FIRST_YEAR} and {LAST_YEAR}"
    )
    return (low or 2000) - 2, (high or 2000) + 2


def _midnights(source: Source, reading: Reading) -> Reading:
    """A clock that always shows 00:00 is no clock."""
    if reading.zoned or reading.days or not source.midnights(reading.parsed):
        return reading
    return replace(
        reading, precision="'day'", days=True, proof=reading.proof + "; every clock shows 00:00, so only days are known"
    )


def _judge_misfits(source: Source, column: int, reading: Reading, filled: int, good: int) -> None:
    """Refuse a column of mixed formats; a few odd values are left to the quarantine."""
    misfits = source.rows(
        f"select {reading.cell}, count(*), min({source.line}) from {source.table} where {reading.cell} is not null and "
        f"{reading.parsed} is null group by 1 order by 2 desc, 1 limit 20000"
    )
    # A day that no month has, written as all the others are, is one bad value and no other way of writing.
    usual = max((found := families(source.sample(column))), key=lambda family: found[family], default=None)
    dated = [
        (text, count, line)
        for text, count, line in misfits
        if (shape := shape_of(str(text).strip())) and not (usual and same_layout(shape.family, usual))
    ]
    others = sum(count for _, count, _ in dated)
    where = f"{source.name}, column {source.headers[column]!r}"
    if dated and others > (1 - _ONE_FORMAT) * filled:
        text, _, line = min(dated, key=lambda misfit: misfit[2])
        raise DataError(
            f"{where}: {good} dates are written {reading.shown}, but {others} in another way, first in line {line} "
            f"({mask(str(text))}); mend the export, or give the column a format in the mapping."
        )
    if good < _READABLE * filled:
        text, _, line = misfits[0]
        raise DataError(
            f"{where}: only {good} of {filled} values can be read as dates written {reading.shown}; line {line} has "
            f"{mask(str(text))}. Map another column as the time, or give the format in the mapping."
        )
