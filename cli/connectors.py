"""``saksflyt connectors``: which systems and file formats can be read?"""

from __future__ import annotations

from datetime import datetime

import click
import pandas as pd

from ..connectors.registry import connectors as known_connectors
from .asked import FORMATS
from .options import format_option, now_option
from .output import show


@click.command()
@format_option(*FORMATS)
@now_option
def connectors(form: str, now: datetime) -> None:
    """Which systems and file formats can be read?

    A file's content decides which connector reads it, not its name.
    """
    rows = [(each.name, each.reads, each.guide) for each in known_connectors()]
    show(pd.DataFrame(rows, columns=["connector", "reads", "guide"]), form, "connectors")
