"""``saksflyt backlog``: which cases are open now, where do they stand, and for how long?"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Literal

import click

from ..mining.backlog import backlog as look_at
from ..mining.errors import UsageError
from .asked import Asked
from .flow_reading import flow_if_named
from .messages import say
from .notes import counted, figures
from .options import asks_a_log, flow_option
from .output import answer

if TYPE_CHECKING:
    import pandas as pd

    from ..mining.backlog import Backlog

_FIGURES = (
    *("cases", "open_cases", "older_cases", "weeks_of_work", "mean_in_progress", "received_per_day", "mean_days"),
    *("little_gap", "little_holds", "closing_known"),
)


@click.command()
@flow_option(required=False)
@click.option(
    "--cases", "per_case", is_flag=True, help="The open cases, one row each, the oldest first: a list for the team."
)
@click.option(
    "--over-time",
    type=click.Choice(["day", "week"]),
    help="Cases received, closed and in progress, day by day or week by week. --top N shows the newest N.",
)
@asks_a_log
def backlog(asked: Asked, flow: str | None, per_case: bool, over_time: Literal["day", "week"] | None) -> None:
    """Which cases are open now, where do they stand, and for how long?

    An open case stands at its last step. How long it has stood there is held against how long closed cases stood at
    the same step. With --flow F the flow says which cases are over and who is waited for.
    """
    if per_case and over_time:
        raise UsageError("--cases and --over-time are two tables; ask for one at a time.")
    read = flow_if_named(flow)
    found = look_at(asked.selection.log(), read, by=asked.by, every=over_time or "week")
    for sentence in sentences(found):
        say(sentence)
    parameters = {"flow": flow, "per_case": per_case, "over_time": over_time}
    table = found.case_list() if per_case else _newest(found, asked) if over_time else found.frame
    answer(asked, "backlog", _group_first(table, asked), figures(found, *_FIGURES), parameters, whole=bool(over_time))


def sentences(found: Backlog) -> list[str]:
    """What the figures say, and what they rest on."""
    if not found.closing_known:
        return ["Neither the export nor a flow says which cases are closed, so none counts as open; name a --flow."]
    lines = [f"{found.open_cases} of {counted(found.cases, 'case is', 'cases are')} open{_weeks(found)}."]
    if found.open_cases:
        oldest = found.oldest.sort_values("age_days", ascending=False, kind="stable").iloc[0]
        waiting = f", waiting for {oldest['waits_for']}" if oldest["waits_for"] else ""
        older = counted(found.older_cases, "has", "have")
        lines.append(
            f"The oldest has been open for {oldest['age_days']:.0f} days and stands at {oldest['step']}{waiting}. "
            f"{older} stood at their step longer than 85 % of closed cases did."
        )
    if found.little_holds is False:
        lines.append(
            f"In and out do not add up: cases received times days per closed case is {100 * found.little_gap:+.0f} % of "
            "the cases in progress. Closings may be missing, or the pile grows or shrinks."
        )
    return lines


def _weeks(found: Backlog) -> str:
    weeks = found.weeks_of_work
    return "" if isnan(weeks) else f", {weeks:.1f} weeks of work at the pace of the last 13 weeks"


def _newest(found: Backlog, asked: Asked) -> pd.DataFrame:
    days = sorted(found.over_time["day"].unique())
    count = asked.top if asked.top is not None else 20 if asked.form in ("table", "markdown") else 0
    if not count or count >= len(days):
        return found.over_time
    say(f"The newest {count} of {len(days)} are shown; --top 0 shows all.")
    return found.over_time[found.over_time["day"].isin(days[-count:])]


def _group_first(table: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The group in the first column, by which ``--top`` counts."""
    if not asked.by or table.columns[0] != "case_id":
        return table
    names = list(table.columns)
    return table[[names[1], names[0], *names[2:]]]
