"""What one run of the check was asked for, has read, and has found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ...mining.accepted import Accepted
from ...mining.flow import Flow
from ...mining.judgement.fault import Fault
from ...mining.judgement.set_apart import Apart
from ...mining.judgement.verdicts import Finding
from ...mining.log import EventLog
from .history import History, Recorded
from .project import Project


@dataclass(frozen=True)
class Asked:
    """The months that are asked for (all that are due, unless told), and whether they are judged again in any case."""

    first: str | None = None
    last: str | None = None
    again: bool = False


@dataclass(frozen=True)
class Judged:
    """A month that this run judged. changed : figures that are others than in the revision before; apart : what is accepted"""

    recorded: Recorded
    apart: Apart
    warnings: tuple[Fault, ...]
    changed: int = 0

    @property
    def found(self) -> tuple[Finding, ...]:
        return self.apart.found


@dataclass
class Run:
    project: Project
    flow: Flow
    log: EventLog
    now: datetime
    history: History
    asked: Asked
    config: str
    accepted: Accepted
    judged: list[Judged] = field(default_factory=list)
    faults: dict[str, tuple[Fault, ...]] = field(default_factory=dict)
