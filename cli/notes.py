"""Which sentences does an answer owe its reader, and which of its numbers stand beside the table?"""

from __future__ import annotations

from typing import Any


def closing(known: bool) -> str:
    """What every answer about closed cases says when the log does not know which are closed."""
    return "" if known else "No closed column: every case counts as finished."


def counted(number: int, one: str, many: str) -> str:
    """A number with its word."""
    return f"{number} {one if number == 1 else many}"


def figures(found: Any, *names: str) -> dict[str, Any]:
    """The single numbers of a measure, beside its frame."""
    return {name: getattr(found, name) for name in names}
