"""``saksflyt throughput``: how long do cases take, month by month received?"""

from __future__ import annotations

from math import isnan

import click
import pandas as pd

from ..mining.log import EventLog
from ..mining.throughput import Throughput
from ..mining.throughput import throughput as measure_throughput
from .asked import Asked
from .messages import say
from .notes import closing, figures
from .options import asks_a_log
from .output import answer

_FIGURES = ("cases", "closed", "median_days", "p90_days", "closing_known")


@click.command()
@click.option(
    "--from", "start", metavar="STEP", help="Measure from the first time of this step (else the first event)."
)
@click.option(
    "--to",
    "end",
    metavar="STEP[,STEP]",
    multiple=True,
    help="Measure to whichever of these steps comes first after it (else closing); repeat it or use commas.",
)
@asks_a_log
def throughput(asked: Asked, start: str | None, end: tuple[str, ...]) -> None:
    """How long do cases take, month by month received?

    From the first event to closing, or between two milestones. A month with less than 95 % of its cases
    closed is not finished: only its quick cases are counted yet, so do not compare it. --top N shows the newest N.
    """
    log = asked.selection.log()
    found = measure_throughput(log, start=start, end=steps(log, end), by=asked.by)
    for sentence in _sentences(found, grouped=asked.by is not None):
        say(sentence)
    months = newest(found.frame, asked.top)
    answer(
        asked, "throughput", months, figures(found, *_FIGURES), {"from": found.start, "to": list(found.end)}, whole=True
    )


def newest(frame: pd.DataFrame, count: int | None) -> pd.DataFrame:
    """The rows of the newest months; all of them unless told how many."""
    months = sorted(frame["month"].unique())
    if not count or count >= len(months):
        return frame
    say(f"The newest {count} of {len(months)} months are shown.")
    return frame[frame["month"].isin(months[-count:])]


def steps(log: EventLog, given: tuple[str, ...]) -> tuple[str, ...]:
    """The steps that ``--to`` names. A comma parts two steps unless the whole is the name of one."""
    whole = set(log.activities)
    return tuple(name.strip() for text in given for name in ([text] if text in whole else text.split(",")))


def _sentences(found: Throughput, *, grouped: bool) -> list[str]:
    last = "closing" if found.closing_known else "the last event"
    span = f"from {found.start or 'the first event'} to {' or '.join(found.end) or last}"
    over = f"{found.closed} of {found.cases} cases are over" if found.closing_known else f"{found.cases} cases"
    lines = [f"Days {span}; {over}. {_typical(found)}"]
    unfinished = found.frame.loc[~found.frame["finished"].astype(bool), "month"].unique()
    if found.chosen_by_outcome:
        lines.append("The cases were chosen by when they closed or were open, so months cannot be compared.")
    elif found.closing_known and len(unfinished):
        which = "see the column finished" if grouped else ", ".join(unfinished)
        lines.append(f"Not finished, so not to be compared: {which}.")
    if closing(found.closing_known):
        lines.append(closing(found.closing_known))
    return lines


def _typical(found: Throughput) -> str:
    if isnan(found.median_days):
        return "No case has both ends, so there is no median."
    return f"Median {found.median_days:.1f}; nine of ten within {found.p90_days:.1f}."
