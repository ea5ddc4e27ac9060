"""``saksflyt inspect``: what is in this export, and how would it be read?"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from ..connectors.inspection import Inspection
from ..connectors.registry import inspect as inspect_exports
from .messages import folded, one_line, visible, working
from .options import (
    case_option,
    files_argument,
    format_option,
    mapping_option,
    now_option,
    shape_option,
    sheet_option,
    with_shape,
)
from .output import document
from .tables import Table, aligned, fitted

_RECORDS = 3
_LONGEST = 40


@click.command()
@files_argument
@mapping_option
@sheet_option
@shape_option
@case_option
@format_option("table", "json")
@now_option
def inspect(
    files: tuple[Path, ...],
    mapping: Path | None,
    sheets: tuple[str, ...],
    shape: str | None,
    case: str | None,
    form: str,
    now: datetime,
) -> None:
    """What is in this export, and how would it be read?

    Shows encoding, delimiter, the shape of the table, each column's role with the reason, the date format with its
    proof, the first records, columns that look like personal data, and the mapping block. What it prints is a mapping
    file with comments: send it to a file, change what was guessed wrong, and give that to --mapping.
    """
    with working(f"Inspecting {', '.join(file.name for file in files)}"):
        found = inspect_exports(list(files), mapping=with_shape(mapping, shape), now=now, sheets=sheets, case=case)
    if form == "json":
        click.echo(document("inspect", **asdict(found)), nl=False)
        return
    comments = [folded(f"# {visible(line)}", sys.stdout, hang="#     ") for line in found.lines()]
    comments += [f"# {line}".rstrip() for each in (found, *found.others) for line in _first_records(each)]
    click.echo("\n".join([*comments, "", *map(visible, found.mapping.splitlines())]))


def _first_records(found: Inspection) -> Iterator[str]:
    """The first records, one line per column: exports are wider than screens."""
    rows = found.rows[:_RECORDS]
    if not rows:
        return
    heads = ["column", *(f"record {number}" for number in range(1, len(rows) + 1))]
    names = [column.header for column in found.columns]
    cells = [[_short(text) for text in line] for line in zip(names, *rows, strict=False)]
    table = Table(heads, cells, [False] * len(heads))
    text = fitted(table, shutil.get_terminal_size().columns - 2) if sys.stdout.isatty() else aligned(table)
    yield from ("", f"First records of {one_line(found.name)}, with personal values masked:", *text.splitlines())


def _short(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
