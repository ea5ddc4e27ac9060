"""What does a cell of a sheet say, as text? The same words that a CSV of the sheet would have, without their traps.

Dates become ISO 8601, whole numbers lose the ``.0`` that a spreadsheet gives them, and what a spreadsheet shows in
place of a failed formula becomes empty. How a column writes its dates is decided for the whole column: with seconds
where some value has them; and a date that was typed as text among real dates (``01.02.2026``) is written like those.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

ERRORS = frozenset(
    {
        "#N/A", "#I/T", "#REF!", "#DIV/0!", "#VALUE!", "#VERDI!", "#NAME?", "#NAVN?", "#NUM!", "#NULL!", "#SPILL!",
        "#CALC!", "#GETTING_DATA", "#OVERFLYT!",
    }
)  # fmt: skip
_WHOLE = 1e15  # from here on a spreadsheet has rounded: it keeps fifteen digits
_READABLE = 1e18
_BLANKS = dict.fromkeys(map(ord, "\t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"), " ")
_CONTROLS = {**dict.fromkeys(range(32), ""), **_BLANKS}
_CLOCK = r"(?: +(?:kl\.? *)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?"
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})" + _CLOCK)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})" + _CLOCK.replace("(?: +", "(?:[T ] *", 1))
_DURATION = re.compile(r"-?PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
_SHORTEST, _LONGEST = len("1.2.2026"), len("01.02.2026  kl. 10:00:00")


@dataclass
class Facts:
    """What one column of a sheet holds. `dates` real ones; `texts` dates typed as text; `long` rounded numbers."""

    filled: int = 0
    dates: int = 0
    texts: int = 0
    long: int = 0
    errors: int = 0
    seconds: bool = False
    fractions: bool = False


def look(rows: Iterable[list[Any]], width: int) -> list[Facts]:
    """What the columns hold."""
    facts = [Facts() for _ in range(width)]
    for row in rows:
        for cell, column in zip(row, facts, strict=False):
            if cell == "":
                continue
            kind = type(cell)
            if kind is str:
                _look_at_text(cell, column)
                continue
            column.filled += 1
            if kind is float:
                column.long += abs(cell) >= _WHOLE
            elif kind is datetime:
                _look_at_moment(_rounded(cell), column)
            elif kind is date:
                column.dates += 1
            elif kind is int:
                column.long += abs(cell) >= _WHOLE
    return facts


def _look_at_text(cell: str, column: Facts) -> None:
    text = cell.strip()
    if text in ERRORS:
        column.errors += 1
    elif text:
        column.filled += 1
        if moment := _typed(text):
            column.texts += 1
            column.seconds = column.seconds or (isinstance(moment, datetime) and moment.second > 0)


def _look_at_moment(moment: datetime, column: Facts) -> None:
    column.dates += 1
    column.seconds = column.seconds or moment.second > 0
    column.fractions = column.fractions or moment.microsecond > 0


def text_of(cell: Any, column: Facts) -> str:
    """A cell as text on one line; empty for one that holds nothing or an error."""
    kind = type(cell)
    if kind is str:
        return _plain(cell, column)
    if kind is float:
        return _number(cell)
    if kind is bool:
        return "true" if cell else "false"
    if kind is datetime:
        return _moment(_rounded(cell), column)
    if kind is date:
        return cell.isoformat()
    if kind is time:
        return cell.strftime("%H:%M:%S" if cell.second else "%H:%M")
    if kind is timedelta:
        return _duration(round(cell.total_seconds()))
    return str(cell)


def _plain(cell: str, column: Facts) -> str:
    if not cell.isprintable():
        cell = cell.translate(_CONTROLS)
    text = cell.strip()
    if not text or text in ERRORS:
        return ""
    if column.dates and column.texts and (moment := _typed(text)):
        return _moment(moment, column) if isinstance(moment, datetime) else str(moment)
    if match := _DURATION.fullmatch(text):
        hours, minutes, seconds = (int(part) for part in match.groups())
        return _duration((-1 if text[0] == "-" else 1) * (hours * 3600 + minutes * 60 + seconds))
    return cell


def _typed(text: str) -> date | str | None:
    """The date that a text is, day first or year first; None for every other text.

    A day that no month has stays a text, written like the others: it is one bad value, not another way of writing.
    """
    if not (_SHORTEST <= len(text) <= _LONGEST and text[0].isdecimal()):
        return None
    dotted = _DOTTED.fullmatch(text)
    match = dotted or _ISO.fullmatch(text)
    if match is None:
        return None
    first, month, last, hour, minute, second = match.groups()
    year, day = (last, first) if dotted else (first, last)
    try:
        if hour is None:
            return date(int(year), int(month), int(day))
        return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0))
    except ValueError:
        return f"{year}-{int(month):02}-{int(day):02}"


def _rounded(moment: datetime) -> datetime:
    """A day's fraction in a double is off by microseconds; nobody meant 09:59:59.999."""
    stray = moment.microsecond % 1_000_000
    if stray <= 1500:
        return moment.replace(microsecond=0)
    if stray >= 998_500 and moment.year < 9999:
        return moment.replace(microsecond=0) + timedelta(seconds=1)
    return moment


def _moment(moment: datetime, column: Facts) -> str:
    """Midnight is a day without a clock: a spreadsheet stores the two alike."""
    if moment.time() == time():
        return moment.date().isoformat()
    if column.fractions:
        return moment.isoformat(" ", "milliseconds")
    return moment.isoformat(" ", "seconds" if column.seconds else "minutes")


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < _READABLE:
        return str(int(value))
    text = f"{value:.15g}"
    return text if "e" not in text else format(Decimal(text), "f") if abs(value) < 1 else text


def _duration(seconds: int) -> str:
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else ''}{hours}:{rest // 60:02}:{rest % 60:02}"
