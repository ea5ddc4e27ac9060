"""Where does the table start and end in the file, and what separates its columns?

Reports from case systems begin with title rows («Saksliste, uttrekk 01.07.2026») and end with sum rows. Both are
set aside and counted. The header is the first row that names roles, else the first full row of words.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..mining.errors import DataError
from ..mining.identifiers import email_in
from .dates import looks_like_time
from .headers import core_roles_in
from .lines import Line, physical_lines, records

DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "vertical bar"}
_HEAD_LINES = 200
_HEAD_CHARACTERS = 2 << 20
_TITLE_ROWS = 50
_TAIL_BYTES = 1 << 16
_TAIL_ROWS = 20
_SUM_WORDS = re.compile(
    r"(delsum|sum|total|totals|totalt|totalsum|total sum|grand total|subtotal|i alt|antall|antall (rader|saker|poster|"
    r"hendelser|treff)|rader|rows|count|gjennomsnitt|snitt|average|utskrift|uttrekk|rapport|generert|kilde|source)"
    r"(?![^\W_])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+-]?[\d  .,]*\d[\d  .,]*%?")


@dataclass(frozen=True)
class Layout:
    """The form of a table in a text file.

    header_line, first_line : physical lines of the header and of the first record after it
    quoted_head : title or header lines hold quotes that run over line ends
    titles, footers : rows before the header and after the last record
    end : byte at which the footer starts, None without footer or blank lines at the end
    """

    delimiter: str
    headers: list[str]
    header_line: int
    first_line: int
    titles: int
    footers: int
    footer_lines: int
    end: int | None
    why: str
    quoted_head: bool

    @property
    def words(self) -> dict[str, str]:
        """What was found, for people."""
        return {
            "delimiter": f"{DELIMITERS.get(self.delimiter, repr(self.delimiter))} ({self.why})",
            "header": f"line {self.header_line}",
            "rows before the header": str(self.titles),
            "rows after the table": str(self.footers),
        }


def find_layout(name: str, path: Path, said: str | None = None) -> Layout:
    """Find the delimiter, the header and the footer of the table in `path`.

    said : the delimiter that the mapping names. Raises DataError when no header can be found.
    """
    head = list(_head(path))
    candidates = [said] if said else [d for d in DELIMITERS if any(d in text for _, text in head)]
    best: tuple[tuple[float, ...], str, int, list[tuple[int, list[str]]]] | None = None
    for delimiter in candidates:
        rows = [(number, fields) for number, _, fields, _ in records(iter(head), delimiter) if fields]
        score, at = _score(rows)
        if best is None or score > best[0]:
            best = (score, delimiter, at, rows)
    if best is None:
        raise DataError(
            f"{name} is not a table: no line holds a semicolon, comma, tab or vertical bar between columns."
        )
    if best[2] < 0:
        raise DataError(
            f"{name} has no header row in its first {_TITLE_ROWS} rows (tried as separated by "
            f"{DELIMITERS.get(best[1], repr(best[1]))}); add a first row with the names of the columns."
        )
    return _layout(path, best[1], best[2], best[3], "given" if said else _why(best[0]))


def _layout(path: Path, delimiter: str, at: int, rows: list[tuple[int, list[str]]], why: str) -> Layout:
    header_line, headers = rows[at]
    following = rows[at + 1][0] if at + 1 < len(rows) else _line_after(path, header_line, delimiter)
    footers, footer_lines, end = _footer(path, delimiter, len(headers), following)
    return Layout(
        delimiter=delimiter,
        headers=[header.strip(" \t\xa0\ufeff\n") for header in headers],
        header_line=header_line,
        first_line=following,
        titles=at,
        footers=footers,
        footer_lines=footer_lines,
        end=end,
        why=why,
        quoted_head=any(text.count('"') % 2 for number, text in _head(path) if number < following),
    )


def _head(path: Path) -> Iterator[Line]:
    size = 0
    for number, text in itertools.islice(physical_lines(path), _HEAD_LINES):
        size += len(text)
        yield number, text
        if size > _HEAD_CHARACTERS:
            return


def _line_after(path: Path, header_line: int, delimiter: str) -> int:
    """The first line after a header that has no record below it."""
    found = records(iter(list(_head(path))), delimiter)
    return next(
        (number + text.count("\n") + 1 for number, text, _, _ in found if number == header_line), header_line + 1
    )


def _score(rows: list[tuple[int, list[str]]]) -> tuple[tuple[float, ...], int]:
    """How well a delimiter explains the first rows, and where the header stands (-1: nowhere)."""
    widths = Counter(len(fields) for _, fields in rows if len(fields) > 1)
    if not widths:
        return (0, 0, 0), -1
    width = max(widths, key=lambda w: (widths[w], w))
    at = _header_at([fields for _, fields in rows], width)
    named = len(core_roles_in(rows[at][1])) if at >= 0 else 0
    after = [len(fields) for _, fields in rows[max(at, 0) :]]
    share = sum(w == (len(rows[at][1]) if at >= 0 else width) for w in after) / len(after)
    return (named, round(share, 1), width), at


def _header_at(rows: list[list[str]], width: int) -> int:
    named = [len(core_roles_in(fields)) for fields in rows[: _TITLE_ROWS + 1]]
    if max(named) >= 2:
        return named.index(max(named))
    for number, fields in enumerate(rows[: _TITLE_ROWS + 1]):
        filled = [field.strip() for field in fields if field.strip()]
        if len(fields) >= width and len(filled) >= max(2, width - 1) and all(_is_word(field) for field in filled):
            return number
    return -1


def _is_word(cell: str) -> bool:
    return len(cell) <= 200 and not _NUMBER.fullmatch(cell) and not looks_like_time(cell) and not email_in(cell)


def _why(score: tuple[float, ...]) -> str:
    named, share, width = score
    return f"{width:.0f} columns in {share:.0%} of the first rows, {named:.0f} of case, activity and time named"


def _footer(path: Path, delimiter: str, width: int, first_line: int) -> tuple[int, int, int | None]:
    """Sum rows and blank lines at the end: rows, physical lines, and the byte where they start."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read()
    start = size - len(tail)
    pieces = tail.split(b"\n")
    if pieces and not pieces[-1]:
        pieces.pop()  # what stands after the last line end is no line
    rows = lines = settled = passed = 0
    end = size
    body = _lines_before(path, first_line) if start == 0 else 0
    while len(pieces) > max(1 if start else 0, body) and rows < _TAIL_ROWS:
        text = pieces[-1].decode("utf-8", "replace").strip("\r")
        blank = not text.strip() and delimiter not in text
        empty = not text.replace(delimiter, "").strip()
        if not empty and not _is_footer(text, delimiter, width):
            break
        lines += 1
        passed += empty and not blank
        pieces.pop()
        if not empty or blank and not passed:
            # Rows of delimiters alone belong to the footer only where a sum row stands above them.
            rows, settled, passed = rows + passed + (not empty), lines, 0
            end = start + sum(len(piece) + 1 for piece in pieces)
    return rows, settled, end if settled else None


def _lines_before(path: Path, first_line: int) -> int:
    """How many lines of a small file belong to titles and header, which no footer may eat."""
    return first_line - 1 if path.stat().st_size <= _TAIL_BYTES else 0


def _is_footer(text: str, delimiter: str, width: int) -> bool:
    fields = [field.strip(' \t\xa0"') for field in text.split(delimiter)]
    filled = [field for field in fields if field]
    if not filled or text.count('"') % 2:
        return False
    return bool(_SUM_WORDS.match(filled[0])) and len(filled) <= max(2, width // 2) and not _has_time(filled)


def _has_time(filled: list[str]) -> bool:
    """A record has a time in a cell of its own; «Rapport 01.07.2026» has not."""
    return len(filled) > 2 and any(looks_like_time(field) for field in filled)
