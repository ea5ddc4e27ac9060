"""Which columns hold numbers, and what are they? Only a decimal mark makes a number of digits: ids stay text.

Norwegian numbers have a decimal comma and a space between thousands; a decimal point is read as well, but never both
in one column.
"""

from __future__ import annotations

import re

from .columns import Source

_NUMBER = re.compile(r"[+\-−]?(?:\d{1,3}(?:[ \xa0\u202f]\d{3})+|\d+)(?:([.,])\d+)?")
_LONGEST = 15  # digits that a float keeps


def number_sql(cell: str) -> str:
    """SQL for the number in a cell; null where there is none."""
    bare = f"regexp_replace({cell}, '[ \\x{{A0}}\\x{{202F}}]', '', 'g')"
    bare = f"replace(replace({bare}, ',', '.'), chr(8722), '-')"
    form = "'^[+-]?[0-9]+(\\.[0-9]+)?$'"
    return f"(case when regexp_matches({bare}, {form}) then try_cast({bare} as double) end)"


def reads_as_numbers(source: Source, column: int) -> bool:
    """Is every filled value a number, with a decimal mark of one kind in at least one?"""
    marks = set()
    for text in source.sample(column):
        match = _NUMBER.fullmatch(text.strip())
        if match is None or sum(c.isdigit() for c in text) > _LONGEST or _leading_zero(text.strip()):
            return False
        marks.add(match.group(1))
    if not marks & {".", ","}:
        return False
    if {".", ","} <= marks:
        return False
    cell = source.cell(column)
    other = "," if "." in marks else "."
    bad = source.row(
        f"select count(*) from {source.table} where {cell} is not null and "
        f"({number_sql(cell)} is null or contains({cell}, '{other}') or length({cell}) > 20)"
    )[0]
    return bad == 0


def _leading_zero(text: str) -> bool:
    """``0301`` and ``01.10`` are codes; ``0,5`` is a number."""
    digits = text.lstrip("+-−")
    return len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
