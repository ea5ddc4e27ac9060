"""Which step does a document's title tell of? A lexicon of the mapping says it; the title itself goes no further.

::

    [titles]
    "U: *foreløpig svar*" = "Foreløpig svar"      # of outgoing documents only
    "*referat*" = "Kartlegging"

The first pattern that fits decides. Capitals do not count; ``*`` is any text and ``?`` any character.
"""

from __future__ import annotations

import fnmatch
import re

from .codes import JOURNAL_TYPES

_OF_TYPE = re.compile(rf"([{''.join(JOURNAL_TYPES)}]+):\s*(.+)", re.DOTALL)


class Titles:
    """The lexicon. named : documents whose title gave them their step"""

    def __init__(self, patterns: dict[str, str]) -> None:
        self._rules: list[tuple[frozenset[str], re.Pattern[str], str]] = []
        for pattern, step in patterns.items():
            found = _OF_TYPE.fullmatch(pattern)
            types, text = (found[1], found[2]) if found else ("", pattern)
            words = frozenset(JOURNAL_TYPES[letter] for letter in types)
            self._rules.append((words, re.compile(fnmatch.translate(text.casefold())), step))
        self.named = 0

    def __bool__(self) -> bool:
        return bool(self._rules)

    def step(self, title: str, journal_type: str) -> str | None:
        """The step that the title of a document of this type (in words) tells of, or None."""
        plain = " ".join(title.casefold().split())
        for types, pattern, step in self._rules:
            if (not types or journal_type in types) and pattern.match(plain):
                self.named += 1
                return step
        return None
