"""When does a series call for somebody, and when is it over?

One odd point is no alarm: of stable series one month in thirty has one. The alarm goes off for a shift that reaches the month, or for a
point outside the limits in two of the last three months, on the side that is a concern. It is over after three quiet months. Between
lies *watch*: something was seen; and *clearing*: an alarm that has been quiet for less than three months. What would be an alarm on the
other side is an improvement: *improved*, until it has been quiet for as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

OK, WATCH, ALARM, CLEARING, IMPROVED = STATES = ("ok", "watch", "alarm", "clearing", "improved")
_QUIET = 3  # months until an alarm is over
_RECENT, _OUTSIDE = 3, 2


@dataclass(frozen=True)
class Seen:
    """What one month shows on one side, judged with what was known then.

    outside : beyond the limit; shift : the last of seven or more on one side; any : part of any rule
    """

    outside: bool = False
    shift: bool = False
    any: bool = False


@dataclass(frozen=True)
class Standing:
    """The state of a series after a month. onset : the alarm went off this month and was not on before"""

    state: str = OK
    onset: bool = False
    quiet: int = 0


def standing(before: Standing, seen: Sequence[Seen]) -> Standing:
    """The state after the last of the months seen, from the state after the one before."""
    now = seen[-1]
    rings = now.shift or (now.outside and sum(each.outside for each in seen[-_RECENT:]) >= _OUTSIDE)
    if rings:
        return Standing(ALARM, onset=before.state in (OK, WATCH))
    if before.state in (ALARM, CLEARING):
        quiet = 0 if now.any else before.quiet + 1
        return Standing() if quiet >= _QUIET else Standing(CLEARING, quiet=quiet)
    return Standing(WATCH if now.any else OK)


def state_of(worse: Standing, better: Standing) -> str:
    """The state of a series that is followed on both sides: what is a concern goes first."""
    return IMPROVED if worse.state == OK and better.state in (ALARM, CLEARING) else worse.state
