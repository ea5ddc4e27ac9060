"""``saksflyt variants``: which ways do cases take, and how many take each?"""

from __future__ import annotations

import click

from ..mining.variants import variants as count_variants
from .asked import Asked
from .messages import say
from .notes import closing, counted, figures
from .options import asks_a_log
from .output import answer


@click.command()
@asks_a_log
def variants(asked: Asked) -> None:
    """Which ways do cases take, and how many take each?

    One row per sequence of steps, most common first, with the days from first event to closing of its closed cases.
    """
    found = count_variants(asked.selection.log(), by=asked.by)
    ways = found.frame["variant_key"].nunique()
    cases = counted(found.cases, "case takes", "cases take")
    say(f"{cases} {counted(ways, 'way', 'different ways')}. {closing(found.closing_known)}")
    answer(asked, "variants", found.frame, figures(found, "cases", "closing_known"))
