"""How is one value written: as data, or for a reader?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from .messages import visible

ARROW = " → "
NOTHING = "–"  # a dash for "there is no such number", which is not zero


def plain(value: Any) -> Any:
    """The value as JSON knows it: no NaN, ISO times, Python's own numbers."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if value is None or pd.isna(value):
        return None
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return None
    return value if isinstance(value, (bool, int, float, str)) else str(value)


def flat(value: Any) -> str:
    """The value as one cell of text, without loss."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ARROW.join(flat(item) for item in value)
    return str(value)


def readable(name: str, values: Sequence[Any]) -> list[str]:
    """A column for a reader: shares in per cent, as many decimals as the column needs, control characters visible."""
    values = [plain(value) for value in values]
    if name.endswith("share") and all(value is None or isinstance(value, float) for value in values):
        return [NOTHING if value is None else _per_cent(value) for value in values]
    numbers = [abs(value) for value in values if isinstance(value, float)]
    largest = max(numbers, default=0)
    decimals = 1 if largest >= 10 or not largest else 2 if largest >= 0.1 else 4
    return [_readable(value, decimals) for value in values]


def _readable(value: Any, decimals: int) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{round(value, decimals) + 0.0:.{decimals}f}"  # no minus nought
    return visible(flat(value))


def _per_cent(share: float) -> str:
    if 0 < share < 0.001:
        return "<0.1 %"
    return f"{100 * share:.1f} %"
