"""Chance that falls the same way everywhere.

Of Python's random numbers only ``random()`` is promised to stay the same from version to version, so every
throw is made from it with arithmetic that is exact on all machines: no logarithms, no sines, no shuffling.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Throws that depend on a seed and a subject only, so that one case more does not change the others."""

    def __init__(self, seed: int, subject: str) -> None:
        self._random = Random(f"{seed}/{subject}").random

    def share(self) -> float:
        return self._random()

    def chance(self, probability: float) -> bool:
        return self._random() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, all equally likely."""
        return low + int(self._random() * (high - low + 1))

    def middling(self, low: int, high: int) -> int:
        """A whole number from low to high, most often near the middle."""
        return low + int((self._random() + self._random()) / 2 * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._random() * len(options))]

    def weigh(self, options: Sequence[tuple[T, int]]) -> T:
        """One of the options, each as likely as its weight says."""
        left = int(self._random() * sum(weight for _, weight in options))
        for option, weight in options:
            if left < weight:
                return option
            left -= weight
        return options[-1][0]
