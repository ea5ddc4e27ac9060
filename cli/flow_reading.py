"""Read the intended flow that was asked for, and say what the reader has to know about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .messages import say

if TYPE_CHECKING:
    from ..mining.flow import Flow


def read_flow(file: str, pool: str | None = None) -> Flow:
    """The flow in a file, or the template of that name; its warnings are said, one a line."""
    from ..mining.flow import Flow

    read = Flow.read(file, pool=pool)
    for warning in read.warnings:
        say(f"{file}, {warning}" if warning.startswith("line ") else f"{file}: {warning}")
    return read


def flow_if_named(file: str | None) -> Flow | None:
    """As :func:`read_flow`, for commands that do without a flow."""
    return read_flow(file) if file else None
