"""``saksflyt history``: what was found, month by month."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..mining.errors import StorageError, UsageError
from .check import folder_argument, profile_option
from .formulas import plain_csv
from .messages import say
from .options import format_option, now_option
from .output import show

if TYPE_CHECKING:
    import pandas as pd

    from .monthly.history import History

_ENDINGS = (".csv", ".parquet")


@click.command()
@folder_argument
@click.option("--month", metavar="MONTH", help="The figures of one month.")
@click.option("--indicator", metavar="ID", help="One indicator over time, in all and by unit.")
@click.option("--revisions", is_flag=True, help="Every revision of every month.")
@click.option(
    "--verify",
    is_flag=True,
    help="Check the history and the files of every month; exit 0, or 4 if something is damaged.",
)
@click.option(
    "--export",
    "target",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write all figures as .csv or .parquet.",
)
@profile_option
@now_option
@format_option("table", "json", "csv", "markdown")
def history(
    folder: Path,
    month: str | None,
    indicator: str | None,
    revisions: bool,
    verify: bool,
    target: Path | None,
    profile: str | None,
    now: datetime,
    form: str,
) -> None:
    """What was found, month by month.

    Without options one row per month. --month shows its figures, --indicator one of them over time.
    """
    from .monthly.history import FILE, History
    from .monthly.project import read_project

    project = read_project(folder, profile, os.environ)
    if not (project.history / FILE).exists():
        raise UsageError(f"{project.history} holds no history yet; run saksflyt check.")
    with History(project.history) as stored:
        if verify:
            _verify(stored, project.history)
        elif target is not None:
            _export(stored.figures(), target)
        else:
            show(_frame(stored, month, indicator, revisions), form, "history", {"folder": str(folder)})


def _frame(stored: History, month: str | None, indicator: str | None, revisions: bool) -> pd.DataFrame:
    import pandas as pd

    if not month and not indicator:
        rows = [vars(each) for each in (stored.revisions() if revisions else stored.months())]
        return pd.DataFrame(rows, columns=["month", "revision", "severity", "closes", "folder", "program"])
    figures = stored.figures()
    if month:
        figures = figures[figures["month"] == month]
    if indicator:
        figures = figures[figures["id"] == indicator]
    if figures.empty:
        raise UsageError(_nothing(stored, month, indicator))
    return figures[["month", "id", "unit", "plotted", "total", "lower", "upper", "meaning", "state"]]


def _nothing(stored: History, month: str | None, indicator: str | None) -> str:
    """What there is instead of what was asked for. The id of a finding is a figure's with more to it."""
    months, ids = [each.month for each in stored.months()], set(stored.figures()["id"])
    if month and month not in months:
        return (
            f"The history has no month {month}; it has {months[0]} to {months[-1]}."
            if months
            else "The history has no month yet."
        )
    asked = re.sub(r"^(limit|alarm|better|drift):", "", str(indicator))
    asked = asked if asked in ids else asked.rpartition("@")[0]
    instead = asked if asked in ids else "an id as saksflyt history --month lists them"
    return f"The history has no figure {indicator}{f' in {month}' if month else ''}; give {instead}."


def _verify(stored: History, place: Path) -> None:
    from .monthly.publishing import digest_of, read

    faults = stored.faults()
    recorded = [] if faults else stored.revisions()
    for each in recorded:
        if digest_of(read(place, each.folder)) != each.digest:
            faults.append(f"the files of {each.folder} are not those that were written")
    if faults:
        raise StorageError(f"The history {place} is damaged: {'; '.join(faults[:5])}. Put back a copy of it.")
    say(f"The history is sound: {len(recorded)} runs, and all their files are as they were written.")


def _export(figures: pd.DataFrame, target: Path) -> None:
    """In a stable order and without times of running, so that the same history gives the same bytes."""
    from ..reports.output import write_whole

    if target.suffix not in _ENDINGS:
        raise UsageError(f"{target} must end in {' or '.join(_ENDINGS)}.")
    figures = figures.sort_values(["month", "id", "unit"], ignore_index=True)
    if target.suffix == ".csv":
        write_whole(target, plain_csv(figures))
    else:
        figures.to_parquet(target, index=False)
    say(f"{len(figures)} figures are in {click.format_filename(target)}")
