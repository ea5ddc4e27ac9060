"""``saksflyt import``: make a log from exports, with a receipt."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from ..connectors.patterns import expanded
from ..connectors.receipt import Receipt
from ..connectors.registry import import_log as import_exports
from ..connectors.registry import log_path
from ..connectors.xes import XesLogs
from ..mining.errors import UsageError
from .messages import say, working
from .options import (
    as_of_option,
    case_option,
    files_argument,
    format_option,
    key_option,
    mapping_option,
    now_option,
    shape_option,
    sheet_option,
    with_shape,
)
from .output import document

_COUNTS = (
    "cases", "events", "activities", "variants", "tied_events", "tied_cases", "identical_rows", "after_window",
    "ambiguous_times", "missing_times", "date_only_events", "cases_with_several_units",
)  # fmt: skip


@click.command("import")
@files_argument
@click.option(
    "-o", "--output", metavar="LOG", required=True, type=click.Path(path_type=Path), help="Where the log goes."
)
@mapping_option
@key_option
@sheet_option
@shape_option
@case_option
@as_of_option
@click.option("--replace", is_flag=True, help="Put the new log in the place of an old one.")
@click.option("--append", is_flag=True, help="Add a later export to the log that is there; each record counts once.")
@click.option(
    "--accept-changes",
    is_flag=True,
    help="With --append: take the export's word for cases whose history it tells otherwise than the log.",
)
@click.option(
    "--xes", metavar="FILE", type=click.Path(path_type=Path), help="Write the log as XES, too (.xes or .xes.gz)."
)
@format_option("table", "json")
@now_option
def import_log(
    files: tuple[Path, ...],
    output: Path,
    mapping: Path | None,
    key: Path | None,
    sheets: tuple[str, ...],
    shape: str | None,
    case: str | None,
    as_of: date | datetime | None,
    replace: bool,
    append: bool,
    accept_changes: bool,
    xes: Path | None,
    form: str,
    now: datetime,
) -> None:
    """Make a log from exports, with a receipt.

    The receipt says what became of every record. Records that cannot be read go to a quarantine file, with the reason.
    """
    target = log_path(output)
    files = tuple(expanded(files))
    if xes is not None:
        spare(xes, files)
    with working(f"Importing {', '.join(file.name for file in files)}"):
        reading = import_exports(
            list(files),
            target,
            mapping=with_shape(mapping, shape),
            now=now,
            as_of=as_of,
            replace=replace,
            append=append,
            accept_changes=accept_changes,
            sheets=sheets,
            key=key,
            case=case,
        )
    for line in reading.receipt.lines():
        say(line)
    meant = f" --flow {reading.receipt.flow}" if reading.receipt.flow else ""
    say(f"The log is {target}. Next: saksflyt report {target}{meant}")
    if xes is not None:
        with working(f"Writing {xes.name}"):
            reading.log.to_xes(xes)
        say(f"For other programs it is also in {click.format_filename(xes)}.")
    if form == "json":
        click.echo(document("import", log=target.name, **as_data(reading.receipt)), nl=False)


def as_data(receipt: Receipt) -> dict[str, Any]:
    """The receipt for programs: the same facts as its lines."""
    counts = {name: getattr(receipt.manifest, name) for name in _COUNTS}
    return {
        "sources": [asdict(source) for source in receipt.sources],
        "counts": counts,
        "observed_from": receipt.manifest.observed_from,
        "observed_to": receipt.manifest.observed_to,
        "quarantine": receipt.quarantine.name if receipt.quarantine else None,
        "changes": receipt.changes.name if receipt.changes else None,
        "appended": receipt.manifest.appended,
        "drift": receipt.manifest.drift,
        "cells_left_empty": receipt.cells,
        "columns_left_out": receipt.dropped,
        "declared": receipt.manifest.declared,
        "people": receipt.manifest.people,
        "notes": list(receipt.notes),
    }


def spare(xes: Path, files: tuple[Path, ...]) -> None:
    """An earlier XES file is replaced without a question; anything else in its place may be somebody's data."""
    if not xes.name.lower().endswith((".xes", ".xes.gz")):
        raise UsageError(f"{xes} does not end in .xes or .xes.gz; name the XES file so.")
    if any(xes.exists() and file.exists() and xes.samefile(file) for file in files):
        raise UsageError(f"{xes} is read and would be written over; name another file after --xes.")
    if xes.exists() and not (xes.is_file() and XesLogs().knows(xes)):
        raise UsageError(f"{xes} is there and is no XES file; name another file after --xes.")
