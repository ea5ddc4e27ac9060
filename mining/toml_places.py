"""On which line of a TOML file does a key stand?

``tomllib`` forgets where it read what. This looks again, only when there is an error to point at; where it finds no
such key, it answers with the table that should have it.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter

from .toml_table import Path

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_ASSIGNED = re.compile(rf"\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=")
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*\]\]?")
_FENCE = re.compile(r'"""|' + "'''")


def line_of(text: str, path: Path) -> int | None:
    """The line (from 1) of the key, or of the nearest table around it; None where only the file is around it."""
    best: tuple[int, int | None] = (0, None)
    for number, found in _keys(text):
        if found == path[: len(found)] and len(found) > best[0]:
            best = (len(found), number)
    return best[1]


def value_start(text: str, path: Path) -> tuple[int, int]:
    """Line and column (from 1) at which the text that is the value of a key begins."""
    number = line_of(text, path) or 1
    line = text.split("\n")[number - 1]
    found = _ASSIGNED.match(line)
    rest = line[found.end() :] if found else line
    column = len(line) - len(rest.lstrip()) + 1
    fence = rest.strip()[:3]
    if fence not in ('"""', "'''"):
        return number, column + 1
    # A line break right after the opening quotes is not part of the text.
    return (number + 1, 1) if rest.strip() == fence else (number, column + 3)


def _keys(text: str) -> list[tuple[int, Path]]:
    """Every header and every assigned key, with its path."""
    found: list[tuple[int, Path]] = []
    tables: Counter[Path] = Counter()
    current: Path = ()
    fence: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if fence is None:
            if header := _HEADER.match(line):
                keys = _split(header[2])
                if header[1] == "[[":
                    tables[keys] += 1
                    keys = (*keys, tables[keys] - 1)
                current = keys
                found.append((number, current))
            elif assigned := _ASSIGNED.match(line):
                found.append((number, (*current, *_split(assigned[1]))))
        for mark in _FENCE.findall(line):
            fence = mark if fence is None else None if fence == mark else fence
    return found


def _split(dotted: str) -> Path:
    """The keys of a dotted key, unquoted: TOML's own reader knows how."""
    try:
        plain = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return (dotted,)
    keys: list[str] = []
    while isinstance(plain, dict):
        (key, plain), *_ = plain.items()
        keys.append(key)
    return tuple(keys)
