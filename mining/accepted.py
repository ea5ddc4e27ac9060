"""Which deviations has the office accepted, until when, and why?

An acceptance is a decision: this is known, it is not put right before a certain day, and here is the reason. It stands in
a TOML file beside the flow, is read by people, and ends by itself. Until its last day a finding that is accepted is shown
apart and fails no run; after that day it counts again. Nothing here asks the clock: the day is given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .acceptable import group_slugs, same_id, without_group
from .accepted_toml import Acceptance, entries_of
from .errors import UsageError
from .monthly_ids import is_of_the_check
from .toml_file import content_of

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

LARGEST = 1_000_000  # bytes
ENDING = ".accepted.toml"

State = Literal["accepted", "expired", "not accepted"]


@dataclass(frozen=True)
class Accepted:
    """The acceptances of one file.

    entries : by id; where : how messages name the file, "" where there is none
    """

    entries: tuple[Acceptance, ...] = ()
    where: str = ""

    @classmethod
    def read(cls, path: Path) -> Accepted:
        """The acceptances in a file. Raises UsageError with file and line when something is wrong in it."""
        return cls.of_text(content_at(path), str(path))

    @classmethod
    def of_text(cls, content: bytes, where: str) -> Accepted:
        """As `read`, of the file's content."""
        return cls(tuple(sorted(entries_of(content, where), key=lambda entry: entry.id)), where)

    def of_the_check(self, months: bool) -> Accepted:
        """Those of the findings of the monthly check, or all the others."""
        return Accepted(tuple(each for each in self.entries if is_of_the_check(each.id) == months), self.where)

    def of(self, id_: str, day: date) -> Acceptance | None:
        """The acceptance that decides about a finding on a day, if there is any; it may have expired.

        That of the finding's own group first, if it holds, else the one for all groups: an id without @ is for every group.
        """
        own = self._by_id.get(same_id(id_))
        general = self._by_id.get(without_group(same_id(id_)))
        there = [entry for entry in (own, general) if entry is not None]
        return next((entry for entry in there if entry.holds(day)), there[0] if there else None)

    def state(self, id_: str, day: date) -> State:
        """Is the finding accepted on this day of the log's zone? An acceptance holds through its last day."""
        entry = self.of(id_, day)
        return "not accepted" if entry is None else "accepted" if entry.holds(day) else "expired"

    def unseen(self, found: Iterable[str], groups: Collection[str] | None = None) -> tuple[Acceptance, ...]:
        """The acceptances of findings that are not among those found.

        found : ids; groups : the values that they are split by, None where they are not split. An acceptance for one
            group is looked for only where that group was asked about.
        """
        ids = {same_id(id_) for id_ in found}
        ids |= {without_group(id_) for id_ in ids}
        asked = group_slugs(groups or ())
        return tuple(e for e in self.entries if e.id not in ids and (e.group is None or e.group in asked))

    def mark(self, frame: pd.DataFrame, day: date) -> pd.DataFrame:
        """The frame of a measure, which has a column ``id``, with three columns more.

        accepted (is it, on this day?), accepted_until (the last day, past when it expired; None), reason ("")
        A group's column that has one of these names gets the suffix _2.
        """
        import pandas as pd

        marks = ("accepted", "accepted_until", "reason")
        found = [self.of(id_, day) for id_ in frame["id"]]
        holds = [entry is not None and entry.holds(day) for entry in found]
        until = pd.Series([entry and entry.until for entry in found], index=frame.index, dtype=object)
        reasons = [entry.reason if entry else "" for entry in found]
        named = frame.rename(columns={name: f"{name}_2" for name in marks})
        return named.assign(
            accepted=pd.Series(holds, index=frame.index, dtype=bool),
            accepted_until=until,
            reason=pd.Series(reasons, index=frame.index, dtype=str),
        )

    def to_frame(self, day: date) -> pd.DataFrame:
        """One row per acceptance by id: ``id, sentence, reason, until, days_left`` (of them the last day is 0; below 0
        where it is over), ``state`` (holds or expired), ``accepted_on, accepted_by, cases,
        severity``."""
        import pandas as pd

        columns = [
            "id",
            "sentence",
            "reason",
            "until",
            "days_left",
            "state",
            "accepted_on",
            "accepted_by",
            "cases",
            "severity",
        ]
        rows = [
            (e.id, e.sentence, e.reason, e.until, (e.until - day).days, "holds" if e.holds(day) else "expired")
            + (e.accepted_on, e.accepted_by, e.cases, e.severity)
            for e in self.entries
        ]
        frame = pd.DataFrame(rows, columns=pd.Index(columns))
        return frame.astype({"days_left": "int64", "cases": "Int64"})

    @cached_property
    def _by_id(self) -> dict[str, Acceptance]:
        return {entry.id: entry for entry in self.entries}


def beside(flow: str | Path) -> Path | None:
    """Where the acceptances of a flow stand: ``vår-flyt.accepted.toml`` for ``vår-flyt.toml`` or ``vår-flyt.bpmn``.

    None for the name of a template, which has no file to stand beside.
    """
    path = Path(flow)
    return path.with_name(f"{path.stem}{ENDING}") if path.exists() else None


def content_at(path: Path) -> bytes:
    """The bytes of a file of acceptances. Raises UsageError if it cannot be read, or is too large to be one."""
    if not path.exists():
        raise UsageError(f"There is no file {path} of accepted deviations; saksflyt accept makes one.")
    return content_of(path, "list of accepted deviations", LARGEST)
