"""How does a text fit into a box of a drawing?

A drawing does not wrap its texts, and which font a reader has is not known here: widths are those of a wide one.
"""

from __future__ import annotations

import unicodedata
from functools import cache

NAME_SIZE, NUMBER_SIZE = 12.5, 11.5
_MOST_LINES = 3
_ELLIPSIS, _HYPHEN = "…", "-"

# The widths of DejaVu Sans, in parts of the size of the text; all texts that are fitted are bold.
_BOLD = 1.12
_NARROW = dict.fromkeys("ijl.,:;'|!()[] \u00a0", 0.36) | dict.fromkeys('frtI-"/', 0.44)
_WIDE = dict.fromkeys("mwMW@%…—", 0.98)
_CAPITAL, _USUAL, _FULL = 0.73, 0.63, 1.0


def width(text: str, size: float) -> float:
    """About how many pixels wide a text is, rather too many than too few."""
    return _BOLD * size * sum(map(_width, text))


@cache
def _width(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return _FULL
    usual = _CAPITAL if character.isupper() else _USUAL
    return _NARROW.get(character) or _WIDE.get(character) or usual


def wrapped(text: str, room: float, size: float = NAME_SIZE) -> tuple[str, ...]:
    """The text on at most three lines; a word too long for a line is broken, a text too long for three is cut."""
    lines: list[str] = []
    for word in text.split():
        for piece in _pieces(word, room, size):
            joined = f"{lines[-1]} {piece}" if lines else piece
            if lines and not lines[-1].endswith(_HYPHEN) and width(joined, size) <= room:
                lines[-1] = joined
            else:
                lines.append(piece)
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], _cut(lines[_MOST_LINES - 1] + " " + lines[_MOST_LINES], room, size)]
    return tuple(lines)


def _pieces(word: str, room: float, size: float) -> list[str]:
    """A word in parts that fit on a line each, a hyphen at the end of all but the last."""
    pieces = []
    while width(word, size) > room and len(pieces) <= _MOST_LINES:
        end = _fitting(word, room - width(_HYPHEN, size), size)
        pieces.append(word[:end] + _HYPHEN)
        word = word[end:]
    return [*pieces, word[: _MOST_LINES * 100]]


def _cut(line: str, room: float, size: float) -> str:
    return line[: _fitting(line, room - width(_ELLIPSIS, size), size)].rstrip(" -") + _ELLIPSIS


def _fitting(text: str, room: float, size: float) -> int:
    """How many characters fit, at least one."""
    used = 0.0
    for place, character in enumerate(text):
        used += width(character, size)
        if used > room:
            return max(place, 1)
    return len(text)
