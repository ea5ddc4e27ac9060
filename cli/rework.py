"""``saksflyt rework``: what is done more than once, and in how many cases?"""

from __future__ import annotations

import click

from ..mining.errors import UsageError
from ..mining.rework import Rework, rework_by_case
from ..mining.rework import rework as count_rework
from .asked import Asked
from .flow_reading import flow_if_named
from .messages import say
from .notes import closing, figures
from .options import asks_a_log, flow_option
from .output import answer

_FIGURES = ("right_first_time", "right_first_time_low", "right_first_time_high", "closed_cases", "closing_known")


@click.command()
@click.option("--per-case", is_flag=True, help="One row per case instead of one per step.")
@flow_option(required=False)
@asks_a_log
def rework(asked: Asked, per_case: bool, flow: str | None) -> None:
    """What is done more than once, and in how many cases?

    A self-loop is a step that follows itself: corrected on the spot. A repetition is a return to a step after
    something else was done: the case came back. With --flow F the steps bear its names, and it says when a case is closed.
    """
    if per_case and asked.by:
        raise UsageError("--per-case has one row per case, so there is nothing to put together with --by.")
    read = flow_if_named(flow)
    log = asked.selection.log()
    log = read.named(log) if read else log
    found = count_rework(log, read, by=asked.by)
    say(_right_first_time(found))
    frame = rework_by_case(log) if per_case else found.frame
    answer(asked, "rework", frame, figures(found, *_FIGURES), {"per_case": per_case, "flow": flow})


def _right_first_time(found: Rework) -> str:
    if not found.closed_cases:
        return "No case is closed, so nothing can be said about right first time."
    low, high = 100 * found.right_first_time_low, 100 * found.right_first_time_high
    kind = "closed cases" if found.closing_known else "cases"
    return (
        f"Right first time: {100 * found.right_first_time:.1f} % of {found.closed_cases} {kind} have no step "
        f"twice (95 % interval {low:.1f} to {high:.1f} %). {closing(found.closing_known)}"
    ).strip()
