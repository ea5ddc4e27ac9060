"""What stands in a table of a TOML file, of the right kind, and nothing that nobody reads?"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from .errors import UsageError

Path = tuple[str | int, ...]

_LONGEST_WORD = 200  # characters; what is longer is no slip of the pen, and comparing it takes for ever


class Misplaced(UsageError):
    """Something is wrong with one value. path : the keys that lead to it; who knows the file adds its name and line"""

    def __init__(self, path: Path, sentence: str) -> None:
        super().__init__(sentence)
        self.path = path


def meant(word: str, known: Collection[str], ask: str = " Did you mean {!r}?", otherwise: str = "") -> str:
    """The nearest of the known words as a question, else all of them when they are few."""
    if len(word) > _LONGEST_WORD:
        return otherwise
    folded = {name.casefold(): name for name in sorted(known)}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    if near:
        return ask.format(folded[near[0]])
    return otherwise or (f" There are: {', '.join(sorted(known))}." if known else "")


class Table:
    """One table: every question says what it wants, and a wrong answer is a :class:`Misplaced`."""

    def __init__(
        self, plain: Mapping[str, Any], path: Path = (), *, known: Collection[str] | None = None, file: str = "The flow"
    ) -> None:
        self.plain = plain
        self.path = path
        self._file = file
        for key in plain:
            if known is not None and key not in known:
                raise self.wrong(key, f"{self.title}has the unknown key {key!r}.{meant(key, known)}")

    @property
    def title(self) -> str:
        """To stand before a verb."""
        words = [f'"{key}"' if isinstance(key, str) and not key.isidentifier() else str(key) for key in self.path]
        if not words:
            return f"{self._file} "
        if len(self.path) > 1 and isinstance(self.path[1], int):
            inner = f"{self.path[2]!r} of number" if len(self.path) > 2 else "Number"
            return f"{inner} {self.path[1] + 1} of [[{words[0]}]] "
        return f"[{'.'.join(words)}] "

    def wrong(self, key: str, sentence: str) -> Misplaced:
        return Misplaced((*self.path, key), sentence)

    def need(self, *keys: str) -> None:
        for key in keys:
            if key not in self.plain:
                raise self.wrong(key, f"{self.title}lacks {key!r}.")

    def text(self, key: str) -> str | None:
        """A text that is not blank, in Unicode's composed form."""
        value = self.plain.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, f"{self.title}must have text in quotes as {key!r}.")
        return _composed(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of different texts; one text is a list of one."""
        value = self.plain.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(each, str) and each.strip() for each in listed):
            raise self.wrong(key, f'{self.title}must have a list of texts as {key!r}, such as ["A", "B"].')
        texts = tuple(_composed(each) for each in listed)
        seen: set[str] = set()
        for each in texts:
            if each in seen:
                raise self.wrong(key, f"{self.title}names {each!r} twice in {key!r}.")
            seen.add(each)
        return texts

    def choice(self, key: str, known: tuple[str, ...], default: str) -> str:
        value = self.text(key) or default
        if value not in known:
            raise self.wrong(key, f"{self.title}has the unknown {key} {value!r}.{meant(value, known)}")
        return value

    def flag(self, key: str) -> bool:
        value = self.plain.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, f"{self.title}must have true or false as {key!r}, without quotes.")
        return value

    def whole(self, key: str, least: int, most: int) -> int | None:
        value = self.plain.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.wrong(key, f"{self.title}must have a whole number from {least} to {most} as {key!r}.")
        return value

    def number(self, key: str, least: float, most: float) -> float | None:
        value = self.plain.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise self.wrong(key, f"{self.title}must have a number from {least:g} to {most:g} as {key!r}.")
        return float(value)

    def day(self, key: str) -> date | None:
        value = self.plain.get(key)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(key, f"{self.title}must have a date as {key!r}, such as 2010-01-01, without quotes.")
        return value

    def table(self, key: str, known: Collection[str] | None = None) -> Table | None:
        value = self.plain.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            starts = Table({}, (*self.path, key)).title
            raise self.wrong(key, f"{self.title}must have a table as {key!r}, which starts with {starts.strip()}.")
        return Table(value, (*self.path, key), known=known)

    def tables(self, key: str, known: Collection[str] | None = None) -> list[Table]:
        value = self.plain.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.wrong(key, f"{self.title}must have {key!r} as tables, each of which starts with [[{key}]].")
        return [Table(each, (*self.path, key, place), known=known) for place, each in enumerate(value)]


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
