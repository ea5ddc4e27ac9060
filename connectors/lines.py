"""Physical lines and the records in them, read with patience.

This reader is slow and forgiving; DuckDB's is fast and strict. Where DuckDB accepts a file, both give the same
records (a property test holds them together); where it does not, this one says which lines are at fault.

* A field may stand in double quotes, with quotes inside doubled; blanks around the quotes do not count.
* A quoted field may run over several lines. A quote that is never closed spoils its own line only.
* Blank lines are no records; a line of nothing but delimiters is an empty one.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .unpack import reading

# How far a quoted field may run before its quote counts as never closed.
_MOST_LINES = 1000
_MOST_CHARACTERS = 1 << 20
_MOST_TRIES = 50

Line = tuple[int, str]


def physical_lines(path: Path) -> Iterator[Line]:
    """The lines of a file in UTF-8, numbered from 1, without their ends."""
    with reading(path), path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            yield number, line.rstrip(b"\r\n").decode("utf-8", "replace")


def records(lines: Iterator[Line], delimiter: str, width: int = 0) -> Iterator[tuple[int, str, list[str] | None, str]]:
    """Every record as (first line, its text, fields or None, the reason why there are none).

    width : how many fields a record should have; helps to read a quote that means nothing
    """
    waiting: deque[Line] = deque()
    while line := _next(waiting, lines):
        number, text = line
        if '"' not in text:
            if text and (delimiter in text or not text.isspace()):
                yield number, text, text.split(delimiter), ""
            continue
        fields, taken = split(text, delimiter), 0
        if fields is None:
            fields, text, taken = _continued(text, waiting, lines, delimiter, width)
        if fields is None and width and text.count(delimiter) == width - 1:
            fields = text.split(delimiter)  # the quote is a character like any other: «Huset» written "Huset" AS
        for _ in range(taken):
            waiting.popleft()
        yield number, text, fields, "" if fields else "quote that does not fit"


def _next(waiting: deque[Line], lines: Iterator[Line]) -> Line | None:
    return waiting.popleft() if waiting else next(lines, None)


def _continued(
    text: str, waiting: deque[Line], lines: Iterator[Line], delimiter: str, width: int
) -> tuple[list[str] | None, str, int]:
    """Try to close an open quote on the lines that follow: fields, text, and how many of the waiting lines it took."""
    if not _open(text, delimiter):
        return None, text, 0
    joined, tries = [text], 0
    size = len(text)
    while len(joined) <= _MOST_LINES and size <= _MOST_CHARACTERS and tries < _MOST_TRIES:
        if len(waiting) < len(joined):
            line = next(lines, None)
            if line is None:
                break
            waiting.append(line)
        following = waiting[len(joined) - 1][1]
        joined.append(following)
        size += len(following) + 1
        if '"' not in following:
            continue
        tries += 1
        whole = "\n".join(joined)
        fields = split(whole, delimiter)
        if fields is not None:
            fits = not width or len(fields) == width
            return (fields, whole, len(joined) - 1) if fits else (None, text, 0)
        if not _open(whole, delimiter):
            break
    return None, text, 0


@cache
def _field(delimiter: str) -> re.Pattern[str]:
    d = re.escape(delimiter)
    return re.compile(f' *"((?:[^"]|"")*)" *(?={d}|\\Z)|([^{d}]*)(?={d}|\\Z)')


def split(text: str, delimiter: str) -> list[str] | None:
    """The fields of one record, or None if its quotes do not fit."""
    pattern, fields, at = _field(delimiter), [], 0
    while True:
        match = pattern.match(text, at)
        if match is None:
            return None
        quoted, plain = match.groups()
        if quoted is not None:
            fields.append(quoted.replace('""', '"'))
        elif plain.lstrip(" ").startswith('"') or "\n" in plain:
            return None
        else:
            fields.append(plain)
        at = match.end()
        if at >= len(text):
            return fields
        at += 1


def _open(text: str, delimiter: str) -> bool:
    """Does the record end inside a quoted field?"""
    pattern, at = _field(delimiter), 0
    while (match := pattern.match(text, at)) is not None:
        plain = match.group(2)
        if plain is not None and plain.lstrip(" ").startswith('"'):
            rest = text[at:].lstrip(" ")[1:].replace('""', "")
            return '"' not in rest
        at = match.end() + 1
        if at > len(text):
            return False
    return False
