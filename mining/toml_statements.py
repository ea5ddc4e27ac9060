"""Which lines of a TOML file belong together, so that a few can be changed and all others stay as they are?

Where a value ends that goes over several lines, TOML's own reader decides: the lines so far are whole when it can read them.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_FENCES = ('"""', "'''")


@dataclass(frozen=True)
class Statement:
    """A header, a key with its value, a comment or a blank line. plain : what it says by itself"""

    text: str
    plain: dict[str, Any]

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()

    @property
    def is_comment(self) -> bool:
        return self.text.lstrip().startswith("#")

    @property
    def is_header(self) -> bool:
        return self.text.lstrip().startswith("[")

    @property
    def key(self) -> str | None:
        """The key that gets a value here."""
        return None if self.is_header else next(iter(self.plain), None)

    @property
    def comment(self) -> str:
        """The comment behind the value, from its #; "" where there is none."""
        body = self.text.rstrip()
        for found in re.finditer("#", body):
            if self.plain and _read(body[: found.start()]) == self.plain:
                return body[found.start() :]
        return ""

    def saying(self, value: str) -> str:
        """The text with another value, written as TOML; what stands before and behind it is kept."""
        before = re.match(r"[^=]*=[ \t]*", self.text)
        assert before is not None  # it is a key with its value
        return f"{before[0]}{value}{self.comment and '  ' + self.comment}{self._end}"

    @property
    def _end(self) -> str:
        return self.text[len(self.text.rstrip("\r\n")) :]


def statements(text: str) -> list[Statement]:
    """The statements of a file that can be read; put together again they are its text, to the byte.

    Raises ValueError when a statement does not end.
    """
    found: list[Statement] = []
    waiting = ""
    for line in _LINE.findall(text):
        waiting += line
        # Only such lines can end what an earlier one began.
        inside = waiting != line and not any(mark in line for mark in (*_FENCES, "]", "}"))
        plain = None if inside else _read(waiting)
        if plain is not None:
            found.append(Statement(waiting, plain))
            waiting = ""
    if waiting:
        raise ValueError("a statement does not end")
    return found


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except ValueError:
        return None
