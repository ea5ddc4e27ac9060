"""Does what a column holds agree with what its name says? Asked of a sample of its values."""

from __future__ import annotations

from collections.abc import Container, Sequence

from .columns import Source
from .dates import shape_of
from .headers import NAMES, plain, time_names
from .transitions import TRANSITIONS
from .truths import is_boolean

TIMES = ("time", "start", "closed", "due", "milestone")
# Names that stand for the case only where its values come back on several rows.
WEAK_CASE = frozenset({"id", "number", "referanse", "referansenr", "ref nr", "patient"})


def named(source: Source, names: Sequence[str], taken: Container[int] = ()) -> int | None:
    """The column with the most trusted of these names, or None."""
    found = [(names.index(n), c) for c, header in enumerate(source.headers) if (n := plain(header)) in names]
    return min((pair for pair in found if pair[1] not in taken), default=(0, None))[1]


def fits(source: Source, column: int, role: str) -> bool:
    """Does the content agree with the role that the name points to?"""
    if not source.sample(column):
        return True
    if role in TIMES:
        return time_share(source, column) >= 0.5 or (role == "closed" and is_boolean(source, column))
    if role in ("case", "activity") and time_share(source, column) > 0.9:
        return False
    if role == "lifecycle":
        return _is_lifecycle(source, column)
    if role == "case" and plain(source.headers[column]) in WEAK_CASE:
        return source.in_table < 3 or source.distinct(column) < 0.9 * source.in_table
    return True


def _is_lifecycle(source: Source, column: int) -> bool:
    """Does the column say nothing but the standard's transitions, starts and completions among them?"""
    found = {text.casefold() for text in source.sample(column)}
    return {"start", "complete"} <= found <= set(TRANSITIONS)


def time_share(source: Source, column: int) -> float:
    if source.types[column].startswith(("TIMESTAMP", "DATE")):
        return 1.0
    sample = source.sample(column)
    total = sample.total()
    dated = sum(
        count for text, count in sample.items() if shape_of(text.strip()) or _counted_time(source, column, text)
    )
    return dated / total if total else 0.0


def _counted_time(source: Source, column: int, text: str) -> bool:
    """A number in a column whose name says time: seconds since 1970, or a spreadsheet's days."""
    name = plain(source.headers[column])
    if name not in NAMES["start"] and name not in time_names(False) and name not in NAMES["due"] + NAMES["closed"]:
        return False
    digits = text.strip().replace(",", ".").replace(".", "", 1)
    return digits.isdigit() and (len(text.strip()) in (10, 13, 16) or 18_000 <= float(text.replace(",", ".")) < 73_000)
