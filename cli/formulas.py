"""Which texts would a spreadsheet run as a formula, and how are they kept from it?

Names of units and steps come from an export, and a table that is written as CSV is opened in a spreadsheet.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """The text, with a leading apostrophe where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain_csv(frame: pd.DataFrame) -> str:
    """The frame as CSV for others to keep, its texts harmless; numbers as pandas writes them."""

    def of(value: Any) -> Any:
        return harmless(value) if isinstance(value, str) else value

    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    safe = frame.assign(**{str(name): frame[name].map(of) for name in texts})
    return safe.to_csv(index=False, lineterminator="\n")
