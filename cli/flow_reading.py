"""Read the intended flow that was asked for, and say what the reader has to know about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .messages import say
from .notes import counted

if TYPE_CHECKING:
    from ..mining.flow import Flow


def read_flow(file: str, pool: str | None = None) -> Flow:
    """The flow in a file, or the template of that name; its warnings are said, one a line."""
    from ..mining.flow import Flow

    read = Flow.read(file, pool=pool)
    for warning in read.warnings:
        say(f"{file}, {warning}" if warning.startswith("line ") else f"{file}: {warning}")
    return read


def say_what_is_not_judged(flow: Flow) -> None:
    """The report has no part on deadlines and rules yet: silence would pass for a verdict."""
    parts = [counted(len(flow.deadlines), "deadline", "deadlines")] * bool(flow.deadlines)
    parts += [counted(len(flow.rules), "rule", "rules")] * bool(flow.rules)
    if parts:
        say(f"Not in the report yet: {' and '.join(parts)} of the flow; saksflyt conform judges them.")
