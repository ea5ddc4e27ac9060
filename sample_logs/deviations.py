"""Which cases were made to go another way than intended, and how?

At most one deviation is planted in a case, by dice of its own, so that the rest of the case is as it would have been.
"""

from __future__ import annotations

from enum import Enum

from .dice import Dice


class Deviation(Enum):
    """NO_NOTICE: the applicant is never told of the decision; ASSESSED_LATE: the assessment is written after the
    decision; TAKEN_BACK: the decision is taken back, and assessment and decision are made again."""

    NO_NOTICE = "no notice"
    ASSESSED_LATE = "assessed late"
    TAKEN_BACK = "taken back"


_WEIGHTS: tuple[tuple[Deviation | None, int], ...] = (
    (Deviation.NO_NOTICE, 5),
    (Deviation.ASSESSED_LATE, 3),
    (Deviation.TAKEN_BACK, 4),
    (None, 88),
)


def deviation_of(seed: int, number: str) -> Deviation | None:
    """The deviation that was planted in the case, if one was."""
    return Dice(seed, f"{number}/deviation").weigh(_WEIGHTS)
