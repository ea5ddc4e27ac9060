"""In which order did the events of a file happen? The file does not say: it is not sorted, and many have one moment.

They are sorted by time. Of those with one moment a payment goes before the conditions that hang on it, and receipt
before treatment; everything else stays in the order of the file.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

Timed = tuple[datetime, dict[str, Any]]

_PAYMENTS = {"utbetaling": 0, "vilkar": 1, "dokumentasjonkrav": 1}
_RECEIPT = {"MOTTATT": 0, "UNDER_BEHANDLING": 1}


def in_order(events: list[Timed]) -> list[Timed]:
    """The events as they happened."""
    events = sorted(events, key=itemgetter(0))
    if all(one[0] != other[0] for one, other in pairwise(events)):
        return events
    found: list[Timed] = []
    for _, group in groupby(events, key=itemgetter(0)):
        tied = list(group)
        if len(tied) > 1:
            _arrange(tied, [_PAYMENTS.get(event["type"]) for _, event in tied])
            _arrange(tied, [_of_receipt(event) for _, event in tied])
        found += tied
    return found


def _of_receipt(event: dict[str, Any]) -> int | None:
    return _RECEIPT.get(event["status"]) if event["type"] == "soknadsStatus" else None


def _arrange(tied: list[Timed], ranks: list[int | None]) -> None:
    """Sort those that have a rank among themselves; the others keep their places."""
    places = [place for place, rank in enumerate(ranks) if rank is not None]
    moved = [tied[place] for place in sorted(places, key=lambda place: ranks[place] or 0)]
    for place, event in zip(places, moved, strict=True):
        tied[place] = event
