"""What was found last month is not over because this month's export is odd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .fault import Fault
from .verdicts import BETTER, GONE, RANK, STILL, Finding


def in_doubt(found: Sequence[Finding], before: Sequence[Finding], warnings: Sequence[Fault]) -> list[Finding]:
    """The findings of a month whose data are odd in some way: none is gone or better for it. The worst first.

    before : the findings of the month before
    """
    if not warnings:
        return list(found)
    earlier = {each.id: each for each in before}
    kept = [_kept(each, earlier.get(each.id)) for each in found]
    return sorted(kept, key=lambda each: (each.status == GONE, -RANK[each.severity], each.id))


def _kept(now: Finding, before: Finding | None) -> Finding:
    if before is None or now.status not in (GONE, BETTER):
        return now
    return replace(now, severity=before.severity, status=STILL)
