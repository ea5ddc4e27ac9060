"""How does a table look: in full in a file or a pipe, folded to its width on a terminal?"""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass

_GAP = "  "
_INDENT = "    "
_NARROWEST = 10  # a folded column of text is not made narrower than this; the terminal wraps instead


@dataclass(frozen=True)
class Table:
    """What a reader gets. ``numeric`` : which columns hold numbers; ``listed`` : the last column holds long lists."""

    heads: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    listed: bool = False


def aligned(table: Table) -> str:
    """Columns two spaces apart, numbers to the right, nothing cut off, one line per row."""
    widths = [max(width(line[i]) for line in [table.heads, *table.rows]) for i in range(len(table.heads))]
    lines = [table.heads, ["-" * size for size in widths], *table.rows]
    return "".join(_line(cells, widths, table.numeric) + "\n" for cells in lines)


def fitted(table: Table, room: int) -> str:
    """The table within ``room`` columns: heads break at their underscores, texts between words, and a column of
    lists stands under its row."""
    below: list[list[str]] = [[] for _ in table.rows]
    if table.listed and len(table.heads) > 1 and _wide(table) > room:
        below = [textwrap.wrap(row[-1], room, initial_indent=_INDENT, subsequent_indent=_INDENT) for row in table.rows]
        table = Table(table.heads[:-1], [row[:-1] for row in table.rows], table.numeric[:-1])
    head, rows = _folded(table, room)
    lines = [*head, *(line for row, more in zip(rows, below, strict=True) for line in [*row, *more])]
    return "".join(line + "\n" for line in lines)


def width(text: str) -> int:
    """How many places the text takes on a screen: an accent of its own takes none, a Chinese sign two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in unicodedata.normalize("NFC", text)
    )


def _wide(table: Table) -> int:
    return max(len(line) for line in aligned(table).splitlines())


def _folded(table: Table, room: int) -> tuple[list[str], list[list[str]]]:
    """The lines of the head, and of each row."""
    heads = [head.replace("_", " ") for head in table.heads]
    widths = _widths(heads, table, room)

    def lines(cells: list[str], *, from_below: bool = False) -> list[str]:
        parts = [_wrapped(cell, size) for cell, size in zip(cells, widths, strict=True)]
        return [_line(line, widths, table.numeric) for line in _stacked(parts, from_below=from_below)]

    return [*lines(heads, from_below=True), *lines(["-" * size for size in widths])], [lines(row) for row in table.rows]


def _widths(heads: list[str], table: Table, room: int) -> list[int]:
    """As wide as the cells and the longest word of the head; the columns of text share what the numbers leave."""
    cells = list(zip(*table.rows, strict=True)) or [()] * len(heads)
    widths = [max(map(width, [*head.split(), *column])) for head, column in zip(heads, cells, strict=True)]
    numbers = sum(size for size, number in zip(widths, table.numeric, strict=True) if number)
    texts = {i: size for i, size in enumerate(widths) if not table.numeric[i]}
    shares = _shares(texts, room - len(_GAP) * (len(heads) - 1) - numbers)
    return [shares.get(i, size) for i, size in enumerate(widths)]


def _shares(wanted: dict[int, int], room: int) -> dict[int, int]:
    """Widths for the columns of text: what fits in a fair share gets what it wants, the rest divide what is left."""
    given: dict[int, int] = {}
    for i, size in sorted(wanted.items(), key=lambda item: item[1]):
        fair = max((room - sum(given.values())) // (len(wanted) - len(given)), _NARROWEST)
        given[i] = min(size, fair)
    return given


def _wrapped(text: str, size: int) -> list[str]:
    return [text] if width(text) <= size else textwrap.wrap(text, max(size, 1)) or [""]


def _stacked(cells: list[list[str]], *, from_below: bool = False) -> list[list[str]]:
    """The lines of a row whose cells have several lines each."""
    tall = max(map(len, cells))
    filled = [[""] * (tall - len(cell)) + cell if from_below else cell + [""] * (tall - len(cell)) for cell in cells]
    return [list(line) for line in zip(*filled, strict=True)]


def _line(cells: list[str], widths: list[int], numeric: list[bool]) -> str:
    padded = [
        " " * (size - width(cell)) + cell if number else cell + " " * (size - width(cell))
        for cell, size, number in zip(cells, widths, numeric, strict=True)
    ]
    return _GAP.join(padded).rstrip()
