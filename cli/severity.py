"""From which severity on does a finding make a command end with 1?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click

LEVELS = ("info", "warn", "high", "never")


def fail_on_option(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The level, as ``fail_on``. what : is so severe, for the help"""
    return click.option(
        "--fail-on",
        type=click.Choice(LEVELS),
        default="high",
        show_default=True,
        help=f"Exit with 1 when {what} is at least this severe.",
    )


def severe_enough(severities: Iterable[str], fail_on: str) -> list[bool]:
    """Which of them make the command fail?"""
    return [LEVELS.index(severity) >= LEVELS.index(fail_on) for severity in severities]
