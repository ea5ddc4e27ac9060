"""What was asked on the command line, and of which cases?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..mining.errors import UsageError
from .messages import say, working
from .notes import counted

if TYPE_CHECKING:
    from ..mining.log import EventLog

FORMATS = ("table", "json", "csv", "markdown")


@dataclass(frozen=True)
class Selection:
    """A log or an export, and the part of it that is asked about."""

    path: Path
    mapping: Path | None
    key: Path | None
    as_of: date | datetime | None
    where: tuple[str, ...]
    period: str | None
    period_by: Literal["received", "closed", "active"]
    now: datetime
    case: str | None = None

    def log(self) -> EventLog:
        """Read it and select; an empty selection is an error, since every figure of it would be nothing."""
        from ..connectors.registry import is_log, read

        stored = is_log(self.path)
        if stored and self.mapping is not None:
            raise UsageError(f"{self.path} is a log already, so --mapping has nothing to map; leave it out.")
        with working(f"Reading {self.path.name}"):
            log = read(self.path, mapping=self.mapping, now=self.now, as_of=self.as_of, key=self.key, case=self.case)
        if not stored:
            say(received(log))
        for note in log.manifest.notes:
            say(note)
        chosen = log.where(*self.where) if self.where else log
        chosen = chosen.period(self.period, by=self.period_by) if self.period else chosen
        chosen.require_cases()
        return chosen

    def parameters(self) -> dict[str, Any]:
        """What an answer says about the question. No clock and no folder, so that equal answers are equal bytes."""
        return {
            "log": self.path.name,
            "mapping": self.mapping.name if self.mapping else None,
            "as_of": self.as_of,
            **({"case": self.case} if self.case else {}),
            "where": list(self.where),
            "period": self.period,
            "period_by": self.period_by if self.period else None,
        }


@dataclass(frozen=True)
class Asked:
    """One question to a measure: of which cases, by which group, how many rows, in which format."""

    selection: Selection
    form: str
    by: str | None
    top: int | None

    def parameters(self, **more: Any) -> dict[str, Any]:
        return {**self.selection.parameters(), "by": self.by, "top": self.top, **more}


def received(log: EventLog) -> str:
    """What became of the records of an export, in one sentence."""
    sources = log.manifest.sources
    left_out = {
        "duplicates": sum(sum(source.duplicates.values()) for source in sources),
        "set aside": sum(sum(source.set_aside.values()) for source in sources),
        "quarantined (saksflyt import says why)": sum(sum(source.quarantined.values()) for source in sources),
    }
    names = ", ".join(source.name for source in sources)
    records = counted(sum(source.records for source in sources), "record", "records")
    accepted = sum(source.accepted for source in sources)
    rest = "".join(f", {count} {word}" for word, count in left_out.items() if count)
    size = f"{counted(log.case_count, 'case', 'cases')}, {counted(log.event_count, 'event', 'events')}"
    return f"{names}: {records}, {accepted} accepted{rest}; {size}."
