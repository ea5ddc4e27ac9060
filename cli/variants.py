"""``saksflyt variants``: which ways do cases take, and how many take each?"""

from __future__ import annotations

import click

from ..mining.variants import variants as count_variants
from .asked import Asked
from .flow_reading import flow_if_named
from .messages import say
from .notes import closing, counted, figures
from .options import asks_a_log, flow_option
from .output import answer


@click.command()
@flow_option(required=False)
@asks_a_log
def variants(asked: Asked, flow: str | None) -> None:
    """Which ways do cases take, and how many take each?

    One row per sequence of steps, most common first, with the days from first event to closing of its closed cases.
    With --flow F the steps bear its names, and it says when a case is closed and which time counts.
    """
    found = count_variants(asked.selection.log(), flow_if_named(flow), by=asked.by)
    ways = found.frame["variant_key"].nunique()
    cases = counted(found.cases, "case takes", "cases take")
    say(f"{cases} {counted(ways, 'way', 'different ways')}. {closing(found.closing_known)}")
    answer(asked, "variants", found.frame, figures(found, "cases", "closing_known"), {"flow": flow})
