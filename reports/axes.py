"""Which round values stand on an axis?"""

from __future__ import annotations

import math

from .section import Tick
from .words import Words

_STEPS = 4
_UNITS = (("minutes", 1 / 1_440), ("hours", 1 / 24), ("days", 1.0))


def counts(largest: float, words: Words, most_steps: int = _STEPS) -> tuple[Tick, ...]:
    """From 0 to the first round number at or above the largest."""
    step = max(_round_step(largest / most_steps), 1)
    return tuple(Tick(at, words.number(at)) for at in _steps(largest, step))


def durations(longest: float, words: Words, most_steps: int = _STEPS) -> tuple[str, tuple[Tick, ...]]:
    """The key of the unit that fits times up to `longest` days, and the axis in days."""
    key, unit = next(((k, u) for k, u in reversed(_UNITS) if longest >= 2 * u), _UNITS[0])
    if words.whole_days:
        key, unit = _UNITS[-1]
    step = max(_round_step(longest / unit / most_steps), 1)
    return key, tuple(Tick(at * unit, words.number(at)) for at in _steps(longest / unit, step))


def _steps(largest: float, step: float) -> list[float]:
    number = max(math.ceil(round(largest / step, 9)), 1)
    return [step * n for n in range(number + 1)]


def _round_step(least: float) -> float:
    """The first of 1, 2, 5, 10, 20, 50, … at or above `least`."""
    if not least > 0:
        return 1
    ten = 10.0 ** math.floor(math.log10(least))
    return next(factor * ten for factor in (1, 2, 5, 10) if factor * ten >= least * (1 - 1e-9))
