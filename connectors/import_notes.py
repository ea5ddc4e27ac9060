"""What a receipt says besides its counts: what was guessed, what is odd, what the user should do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from .intake import Understood
from .key_file import Key
from .mapping import Mapping

_CLOCK = re.compile(r"(kl\.? ?)?([01]?\d|2[0-3])[:.][0-5]\d([:.][0-5]\d)?")


def notes(found: list[Understood], conflicts: int, mapping: Mapping) -> list[str]:
    said = [f"{u.source.name}: {note}" for u in found for note in u.source.records.notes]
    said += [
        f"{u.source.name} has the same content as {u.copy_of}; all its records are duplicates."
        for u in found
        if u.copy_of
    ]
    if conflicts:
        said.append(f"Event ids that occur with different content: {conflicts}; all those records are kept.")
    if {u.closed for u in found if u.closed} == {"empty"}:  # what another file says of closing holds for all
        said += [
            f"{u.source.name}: the column for closing is empty, so every case is open."
            for u in found
            if u.closed == "empty"
        ]
    if any(u.shape.kind == "intervals" for u in found):
        said.append(
            "An event is at the end of its span, so the time of a case begins when its first span ends; where cases "
            "enter a status, let a mapping take the start for the time (docs/formats/intervals.md)."
        )
    said += [note for u in found for note in _clocks_apart(u)]
    used = dict.fromkeys((time.shown, time.proof) for u in found for time in u.event_times)
    said += [f"The time of the event is read as {shown}: {proof}." for shown, proof in used][:3]
    if not mapping.as_of and any(u.source.records.known_to is None for u in found):
        said.append("The window ends with the day of the newest event; give --as-of if the export was made later.")
    return said


def _clocks_apart(understood: Understood) -> list[str]:
    """A date in one column and the time of day in another are not put together here; it must not pass unseen."""
    source, time = understood.source, understood.times.get("time")
    if time is None or not time.only_days:
        return []
    clocks = [
        source.headers[column]
        for column in understood.roles.attributes
        if (sample := source.sample(column)) and all(_CLOCK.fullmatch(text.strip()) for text in sample)
    ]
    return [
        f"{source.name}: column {header!r} holds times of day, but the time of the event has only dates, so the clock "
        "is not used; put date and clock in one column of the export."
        for header in clocks
    ]


def of_key(key: Key | None, paths: Iterable[Path]) -> list[str]:
    """paths : of the files that are read, and of the log"""
    if key is None or key.path.absolute().parent not in {path.absolute().parent for path in paths}:
        return []
    return ["The key lies beside the data: whoever copies the folder can find out who is who. Keep it elsewhere."]
