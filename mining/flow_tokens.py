"""Which names, operators and marks does the text of a flow hold, and where?

A name runs from its first letter to the next operator, parenthesis or mark, so it may hold spaces and line breaks
(which count as one space). In quotes it may hold anything: ``\\"`` is a quote, ``\\\\`` a backslash, ``\\n``, ``\\r`` and
``\\t`` are the characters of that name; a line break with the spaces around it is one space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

OPERATORS = ("->", "|", "&")
MARKS = "?*+"

# Signs that people write for "then": taken for part of a name, they would join two steps without a word.
_NOT_ARROWS = ("→", "=>", "–>", "—>")
_SPECIAL = re.compile(r'->|[=–—]>|[→&|()?*+"]')
_ESCAPES = {'\\"': '"', "\\\\": "\\", "\\n": "\n", "\\r": "\r", "\\t": "\t"}
_ESCAPE = re.compile(r'\\[\\"nrt]')
_BREAK = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")
_LONGEST_HINT = 80

Kind = Literal["name", "operator", "mark", "(", ")"]


@dataclass(frozen=True)
class Token:
    """A part of the text. value : the name or the sign; quoted : of a name; start, end : where it stands"""

    kind: Kind
    value: str
    start: int
    end: int
    quoted: bool = False


class Fault(Exception):
    """What is wrong, and where."""

    def __init__(self, position: int, sentence: str) -> None:
        super().__init__(sentence)
        self.position = position
        self.sentence = sentence


def tokens(text: str) -> Iterator[Token]:
    """The tokens in their order. Raises Fault."""
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        token = _token(text, place)
        yield token
        place = token.end


def needs_quotes(name: str) -> bool:
    """Would the name be read as something else without quotes?"""
    return _SPECIAL.search(name) is not None or name != " ".join(name.split())


def written(name: str) -> str:
    """The name as it stands in a flow."""
    return quoted(name) if needs_quotes(name) else name


def quoted(name: str) -> str:
    """The name in quotes."""
    text = name.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def as_one_name(text: str, start: int) -> str | None:
    """What stands from `start` to the next operator with spaces, in quotes; None if that can be no name.

    Marks that touch the end stay outside the quotes.
    """
    depth, place = 0, start
    while place < len(text):
        found = _SPECIAL.search(text, place)
        if found is None:
            place = len(text)
            break
        sign, place = found[0], found.start()
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0 or (depth == 0 and sign in (*OPERATORS, *_NOT_ARROWS) and _spaced(text, place, found.end())):
            break
        place = found.end()
    name = text[start:place].strip()
    bare = name.rstrip(MARKS)
    marks = name[len(bare) :]
    if len(marks) > 1 or bare != bare.strip():  # C++, A +
        bare, marks = name, ""
    usable = bare and bare[0] not in '"' and depth <= 0 and len(name) <= _LONGEST_HINT
    return quoted(" ".join(bare.split())) + marks if usable else None


def _token(text: str, start: int) -> Token:
    first = text[start]
    found = _SPECIAL.match(text, start)
    if first == '"':
        return _quoted_name(text, start)
    if found is None:
        return _bare_name(text, start)
    if first in MARKS:
        return Token("mark", first, start, start + 1)
    if first in "()":
        return Token("(" if first == "(" else ")", first, start, start + 1)
    return _operator(text, start, found[0], start)


def _operator(text: str, start: int, sign: str, name_start: int) -> Token:
    end = start + len(sign)
    spaced = _spaced(text, start, end)
    hint = as_one_name(text, name_start) if name_start < start and not spaced else None
    other = f", or {hint} if it is one name" if hint else ""
    if sign in _NOT_ARROWS:
        raise Fault(start, f"{sign} is no operator; write -> with a space on both sides{other}.")
    if not spaced:
        raise Fault(start, f"{sign} needs a space on both sides{other}.")
    return Token("operator", sign, start, end)


def _spaced(text: str, start: int, end: int) -> bool:
    return (start == 0 or text[start - 1].isspace()) and (end == len(text) or text[end].isspace())


def _bare_name(text: str, start: int) -> Token:
    found = _SPECIAL.search(text, start)
    end = found.start() if found else len(text)
    if found and found[0] in (*OPERATORS, *_NOT_ARROWS) and not _spaced(text, end, found.end()):
        _operator(text, end, found[0], start)  # raises: it may belong to the name
    raw = text[start:end].rstrip()
    return Token("name", " ".join(raw.split()), start, start + len(raw))


def _quoted_name(text: str, start: int) -> Token:
    place = start + 1
    while place < len(text) and text[place] != '"':
        place += 2 if _ESCAPE.match(text, place) else 1
    if place >= len(text):
        raise Fault(start, "This quote is never closed.")
    value = _BREAK.sub(" ", text[start + 1 : place])
    value = _ESCAPE.sub(lambda found: _ESCAPES[found[0]], value)
    if not value.strip():
        raise Fault(start, "There is no name between the quotes.")
    return Token("name", value, start, place + 1, quoted=True)
