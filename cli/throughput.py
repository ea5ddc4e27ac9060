"""``saksflyt throughput``: how long do cases take, month by month received?"""

from __future__ import annotations

from math import isnan

import click
import pandas as pd

from ..mining.log import EventLog
from ..mining.throughput import Throughput
from ..mining.throughput import throughput as measure_throughput
from .asked import Asked
from .flow_reading import flow_if_named
from .messages import say
from .notes import closing, counted, figures
from .options import asks_a_log, flow_option
from .output import answer

_FIGURES = (
    *("cases", "closed", "withdrawn", "open_cases", "median_days", "low", "high", "p90_days", "p90_low", "p90_high"),
    *("within_days", "late_entries", "not_followed", "off_clock", "closing_known"),
)
# The mean and the ends of its interval and of that of the P90 are for machines: a table has no room for them.
_FOR_MACHINES = ("p90_low", "p90_high", "restricted_mean_days", "mean_low", "mean_high")


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
@flow_option(required=False)
@asks_a_log
def throughput(asked: Asked, start: str | None, end: tuple[str, ...], flow: str | None) -> None:
    """How long do cases take, month by month received?

    From the first event to closing, by the clock of the flow with --flow F, or between two milestones. Open cases count for
    as long as they were followed (Kaplan and Meier), so a median is of all cases and not of the quick ones that are closed.
    --top N shows the newest N months.
    """
    read = flow_if_named(flow)
    log = asked.selection.log()
    log = read.named(log) if read else log
    found = measure_throughput(log, read, start=start, end=steps(log, end), by=asked.by)
    for sentence in _sentences(found, grouped=asked.by is not None):
        say(sentence)
    months = newest(found.frame, asked.top)
    if asked.form in ("table", "markdown"):
        months = months.drop(columns=list(_FOR_MACHINES))
    parameters = {"from": found.start, "to": list(found.end), "flow": flow}
    answer(asked, "throughput", months, figures(found, *_FIGURES), parameters, whole=True)


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
    known = found.closing_known or found.end
    over = f"{found.closed} of {found.cases} cases have ended" if known else f"{found.cases} cases"
    lines = [f"Days {span}; {over}. {_typical(found)}", *_left_out(found)]
    unfinished = found.frame.loc[~found.frame["finished"].astype(bool), "month"].unique()
    if found.chosen_by_outcome:
        lines.append("The cases were chosen by when they closed or were open, so months cannot be compared.")
    elif len(unfinished):
        which = "see the column finished" if grouped else ", ".join(unfinished)
        lines.append(f"More than 5 % are open, so the figures may still move: {which}.")
    if found.end and not found.closing_known:
        lines.append("No closed column: a case that has not come so far counts as open.")
    elif closing(found.closing_known):
        lines.append(closing(found.closing_known))
    return lines


def _typical(found: Throughput) -> str:
    if isnan(found.median_days):
        return "Less than half have, so there is no median yet."
    within = f"median {found.median_days:.1f}{_interval(found.low, found.high)}"
    within = f"Open cases counted: {within}" if found.open_cases + found.withdrawn else within.capitalize()
    if isnan(found.p90_days):
        return f"{within}; nine of ten are not over yet."
    return f"{within}; nine of ten within {found.p90_days:.1f}{_interval(found.p90_low, found.p90_high)}."


def _interval(low: float, high: float) -> str:
    if isnan(low):
        return ""
    return f" (95 %: {low:.1f} to {high:.1f})" if not isnan(high) else f" (95 %: {low:.1f} or more)"


def _left_out(found: Throughput) -> list[str]:
    """Which cases the figures are not of, or not wholly."""
    said = {
        "{} closed without coming so far; counted up to then, as if going on like the others.": found.withdrawn,
        "{} never came to the step at which the clock starts; left out.": found.off_clock,
        "{} began before the log was observed; counted from then on.": found.late_entries,
        "{} over before the log was observed; left out.": found.not_followed,
    }
    return [sentence.format(counted(number, "case", "cases")) for sentence, number in said.items() if number]
