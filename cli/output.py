"""How does an answer leave the program?

Four forms of the same frame. A table is for reading: rounded, with per cent. JSON and CSV are for machines and lose
nothing. Markdown is the table for a document.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Mapping
from typing import Any

import click
import pandas as pd

from .asked import Asked
from .cells import flat, plain, readable
from .formulas import harmless
from .messages import say, visible
from .tables import Table, aligned, fitted

SCHEMA_VERSION = 1
_ROWS_TO_READ = 20
_LISTS = "activities"
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
_SPECIAL_IN_CSV = re.compile(r'[,"\r\n]')
_MARKS = re.compile(r"([\\`*|<\[\]])")


def answer(
    asked: Asked,
    command: str,
    frame: pd.DataFrame,
    figures: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    *,
    whole: bool = False,
) -> None:
    """Print a measure's frame in the format that was asked for; ``figures`` are its single numbers.

    Only the first rows, as ``--top`` says, unless ``whole``.
    """
    shown = frame if whole else _first_rows(asked, frame)
    if len(shown) < len(frame):
        say(f"{len(shown)} of {len(frame)} rows shown; --top 0 shows all.")
    show(shown, asked.form, command, asked.parameters(**(parameters or {})), figures)


def show(
    frame: pd.DataFrame,
    form: str,
    command: str,
    parameters: Mapping[str, Any] | None = None,
    figures: Mapping[str, Any] | None = None,
) -> None:
    """Print a frame on stdout."""
    if form == "json":
        click.echo(as_json(command, parameters or {}, figures, frame), nl=False)
    elif form == "csv":
        text = as_csv(frame)
        click.echo(_screen(text) if sys.stdout.isatty() else text, nl=False)
    elif form == "markdown":
        click.echo(as_markdown(frame), nl=False)
    elif sys.stdout.isatty():
        click.echo(fitted(_for_reading(frame), shutil.get_terminal_size().columns), nl=False)
    else:
        click.echo(aligned(_for_reading(frame)), nl=False)


def document(command: str, **parts: Any) -> str:
    """A JSON text in the one envelope of all commands; what could steer a terminal is written as an escape."""
    content = {"schema_version": SCHEMA_VERSION, "command": command, **plain(parts)}
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def as_json(command: str, parameters: Mapping[str, Any], figures: Mapping[str, Any] | None, frame: pd.DataFrame) -> str:
    """The frame as records, with the question and the measure's single figures."""
    names = list(map(str, frame.columns))
    records = [dict(zip(names, row, strict=True)) for row in frame.itertuples(index=False, name=None)]
    extra = {"figures": dict(figures)} if figures else {}
    return document(command, parameters=dict(parameters), **extra, records=records)


def as_csv(frame: pd.DataFrame) -> str:
    """The frame as UTF-8 CSV; a text that a spreadsheet would run as a formula gets a leading apostrophe."""
    lines = [[harmless(str(name)) for name in frame.columns]]
    lines += [[_cell(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    return "".join(",".join(map(_quoted, line)) + "\n" for line in lines)


def as_markdown(frame: pd.DataFrame) -> str:
    """The frame as a Markdown table."""
    table = _for_reading(frame)
    lines = [table.heads, ["---:" if number else "---" for number in table.numeric]]
    lines += [[_MARKS.sub(r"\\\1", cell) for cell in row] for row in table.rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: Any) -> str:
    text = flat(value)
    return harmless(text) if isinstance(plain(value), (str, list)) else text


def _quoted(text: str) -> str:
    # Python's csv leaves a lone carriage return bare when lines end with \n, and readers see a new row there.
    return '"' + text.replace('"', '""') + '"' if _SPECIAL_IN_CSV.search(text) else text


def _screen(text: str) -> str:
    return "".join(visible(line.rstrip("\n")) + "\n" for line in text.splitlines(keepends=True))


def _for_reading(frame: pd.DataFrame) -> Table:
    """The frame as text. A column of lists is long, so it stands last."""
    names = list(frame.columns)
    columns = [frame.iloc[:, place] for place in sorted(range(len(names)), key=lambda place: names[place] == _LISTS)]
    texts = [readable(str(column.name), column.tolist()) for column in columns]
    numeric = [pd.api.types.is_numeric_dtype(column) and column.dtype != bool for column in columns]
    heads = [visible(str(column.name)) for column in columns]
    return Table(heads, [list(row) for row in zip(*texts, strict=True)], numeric, listed=_LISTS in names)


def _first_rows(asked: Asked, frame: pd.DataFrame) -> pd.DataFrame:
    for_reading = asked.form in ("table", "markdown")
    count = asked.top if asked.top is not None else _ROWS_TO_READ if for_reading else 0
    if not count:
        return frame
    return frame.groupby(frame.columns[0], sort=False, dropna=False).head(count) if asked.by else frame.head(count)
