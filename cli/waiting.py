"""``saksflyt waiting``: between which steps does the time go?"""

from __future__ import annotations

import click

from ..mining.waiting import waiting as count_waiting
from .asked import Asked
from .messages import say
from .notes import figures
from .options import asks_a_log
from .output import answer

_HEADINGS = {
    "waiting": "Waiting: from the end of one step to the start of the next",
    "between": "Time between steps, not waiting: the log has no usable start times, so work and waiting are one",
}


@click.command()
@asks_a_log
def waiting(asked: Asked) -> None:
    """Between which steps does the time go?

    Pairs of neighbouring steps, ranked by all the days that cases spend between them. It is waiting only where the
    log has real start times; else it is time between steps, which holds the work as well.
    """
    found = count_waiting(asked.selection.log(), by=asked.by)
    say(f"{_HEADINGS[found.kind]}; {found.total_days:.0f} days in all.")
    answer(asked, "waiting", found.frame, figures(found, "kind", "total_days"))
