"""One way to read a column of times: the SQL that turns a cell into a moment, and what that rests on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from ..mining.errors import DataError
from ..mining.identifiers import mask
from ..mining.log import text_literal
from .columns import Source
from .dates import ORDERS, Family, formats, precision_of, shown


@dataclass(frozen=True)
class Reading:
    """One way to read the column: SQL for a local TIMESTAMP, or a TIMESTAMPTZ where `zoned`."""

    cell: str
    parsed: str
    precision: str
    zoned: bool
    text: str
    shown: str
    proof: str
    days: bool
    wider: Reading | None = None  # the same, with more ways to write the clock


def textual(source: Source, column: int, family: Family, sample: Counter[str], proof: str) -> Reading:
    cell = source.cell(column)
    if any("\xa0" in text for text in sample):
        cell = f"replace({cell}, chr(160), ' ')"
    if "kl" in family.gap:
        cell = f"lower({cell})"
    if not family.long_year or family.order == "compact" or family.order in ORDERS:
        # A year of four digits is not read from two, nor the other way round.
        digits = "8,8" if family.order == "compact" else "4,4" if family.long_year else "2,2"
        low, high = digits.split(",")
        tail = "(\\D|$)" if family.order != "compact" or not family.gap else ""
        lead = "" if family.order == "compact" else "^\\s*\\d{1,2}[-./]\\d{1,2}[-./]"
        lead = lead or "^\\s*"
        cell = f"case when regexp_matches({cell}, '{lead}\\d{{{low},{high}}}{tail}') then {cell} end"
    pairs = formats(family, sample)
    made = [_reading(source.cell(column), cell, family, some, proof) for some in (pairs[:1], pairs)]
    return replace(made[0], wider=made[1]) if len(pairs) > 1 else made[1]


def _reading(raw: str, cell: str, family: Family, pairs: list[tuple[str, str]], proof: str) -> Reading:
    alone = len(pairs) == 1
    return Reading(
        cell=raw,
        parsed=_coalesced(cell, [text for text, _ in pairs], bool(family.offset), patient=not alone),
        precision=_precision(cell, pairs),
        zoned=bool(family.offset),
        text=pairs[0][0] if alone else "",
        shown=shown(pairs[0][0]),
        proof=proof,
        days=all(precision == "day" for _, precision in pairs),
    )


def _coalesced(cell: str, texts: list[str], zoned: bool, patient: bool = True) -> str:
    arms = []
    for text in texts:
        arm = f"try_strptime({cell}, {text_literal(text)})"
        if zoned and "%z" not in text:  # the value ends in Z
            arm = f"make_timestamptz(epoch_us({arm}))"
        arms.append(arm)
    if patient and any("%f" in text for text in texts):
        # Some systems write seven digits after the second; DuckDB reads six.
        text = next(text for text in texts if "%f" in text and ("%z" in text or not zoned))
        arms.append(f"try_strptime(regexp_replace({cell}, '([.,]\\d{{6}})\\d+', '\\1'), {text_literal(text)})")
    return arms[0] if len(arms) == 1 else f"coalesce({', '.join(arms)})"


def _precision(cell: str, pairs: list[tuple[str, str]]) -> str:
    kinds = {precision for _, precision in pairs}
    if len(kinds) == 1:
        return f"'{kinds.pop()}'"
    by_kind = {kind: [text for text, precision in pairs if precision == kind] for kind in ("day", "minute")}
    arms = " ".join(
        f"when coalesce({', '.join(f'try_strptime({cell}, {text_literal(text)})' for text in texts)}) is not null "
        f"then '{kind}'"
        for kind, texts in by_kind.items()
        if texts
    )
    return f"case {arms} else 'second' end"


def given(source: Source, column: int, text: str) -> Reading:
    cell = source.cell(column)
    precision = precision_of(text)
    parsed = f"try_strptime({cell}, {text_literal(text)})"
    source.check(f"select {parsed} from {source.table} limit 1", f"the format {text!r} is not one that dates have")
    return Reading(cell, parsed, f"'{precision}'", "%z" in text, text, text, "given by the mapping", precision == "day")


def counted(source: Source, column: int, sample: Counter[str]) -> Reading:
    """Times that a program counted: seconds or milliseconds since 1970 in UTC, or a spreadsheet's days since 1900."""
    cell = source.cell(column)
    value = f"try_cast(replace({cell}, ',', '.') as double)"
    texts = [text.strip() for text in sample]
    if texts and all(text.isdigit() and len(text) in (10, 13, 16) for text in texts):
        factor = {10: 1_000_000, 13: 1000, 16: 1}[len(texts[0])]
        whole = f"case when length(trim({cell})) = {len(texts[0])} then try_cast({cell} as bigint) end"
        parsed = f"make_timestamptz({whole} * {factor})"
        return Reading(cell, parsed, "'second'", True, "", "seconds since 1970", f"{len(texts[0])} digits", False)
    if (
        texts
        and all(text.replace(",", ".").replace(".", "", 1).isdigit() and len(text) >= 5 for text in texts)
        and all(18_000 <= float(text.replace(",", ".")) < 73_000 for text in texts)
    ):
        whole_days = all(text.isdigit() for text in texts)
        since = "1904" if source.records.day_zero.startswith("1904") else "1900"
        parsed = f"timestamp '{source.records.day_zero}' + to_microseconds((round({value} * 86400) * 1000000)::bigint)"
        parsed = f"case when {value} between 18000 and 73000 then {parsed} end"
        precision = "'day'" if whole_days else "'second'"
        return Reading(cell, parsed, precision, False, "", f"days since {since}", "a spreadsheet's count", whole_days)
    found = f"the values do not look like dates (such as {mask(texts[0])})" if texts else "no value is filled in"
    raise DataError(
        f"{source.name}, column {source.headers[column]!r}: {found}; map another column as the time, or give its format."
    )


def native(source: Source, column: int, kind: str) -> Reading:
    """Times and days as the file itself has them. Raises DataError for a column of another type."""
    if not kind.startswith(("TIMESTAMP", "DATE")):
        raise DataError(
            f"{source.name}, column {source.headers[column]!r}: the file says that it holds no times ({kind.lower()}); "
            "map another column as the time."
        )
    cell = f"c{column}"
    zoned = "WITH TIME ZONE" in kind
    days = kind == "DATE"
    precision = "'day'" if days else "'second'"
    parsed = cell if zoned else f"{cell}::timestamp"
    return Reading(cell, parsed, precision, zoned, "", kind.lower(), "the file says so", days)
