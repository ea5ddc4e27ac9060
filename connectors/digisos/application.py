"""One application for social assistance as its files tell of it, before anything is made of its events."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ...mining.identifiers import without_identifiers
from .schema import Fault
from .times import of_epoch

_OFFICE = re.compile(r"[0-9]{4}")
_LONGEST_NAME = 60
NO_MATTER = -1  # of a matter, but nothing says of which


@dataclass
class Wrapper:
    """What Fiks knows of an application (DigisosSak): its id, who sent it when, where to, and what was sent later.

    on_paper : the application was not sent through Nav; sent, deliveries : milliseconds as they stand there
    metadata : the id under which Fiks keeps the digisos-soker file; stamp : milliseconds of the last change
    """

    id: Any = None
    applicant: str | None = None
    office: str | None = None
    municipality: str | None = None
    on_paper: bool = True
    sent: Any = None
    deliveries: list[Any] = field(default_factory=list)
    metadata: Any = None
    stamp: int = 0


@dataclass
class Application:
    """An application. known : its wrapper was there; events : the hendelser of the file, not sorted; system : who wrote it"""

    wrapper: Wrapper = field(default_factory=Wrapper)
    known: bool = False
    events: list[dict[str, Any]] = field(default_factory=list)
    system: str | None = None


def wrapper_of(content: dict[str, Any]) -> Wrapper:
    """Read a DigisosSak. Raises Fault if its parts are not what they must be."""
    original, later = _part(content, "originalSoknadNAV"), _part(content, "ettersendtInfoNAV")
    reported, more = _part(content, "digisosSoker"), _part(content, "tilleggsinformasjon")
    deliveries = later.get("ettersendelser") or []
    if not isinstance(deliveries, list):
        raise Fault("ettersendtInfoNAV.ettersendelser", "is no list")
    stamps = [content.get("sistEndret"), reported.get("timestampSistOppdatert")]
    return Wrapper(
        id=content.get("fiksDigisosId"),
        applicant=_person(content.get("sokerFnr")),
        office=_office(more.get("enhetsnummer")),
        municipality=_office(content.get("kommunenummer")),
        on_paper=content.get("originalSoknadNAV") is None,
        sent=original.get("timestampSendt"),
        deliveries=[each.get("timestampSendt") if isinstance(each, dict) else None for each in deliveries],
        metadata=reported.get("metadata"),
        stamp=max((int(stamp or 0) for stamp in stamps if of_epoch(stamp)), default=0),
    )


def _part(content: dict[str, Any], name: str) -> dict[str, Any]:
    part = content.get(name)
    if part is not None and not isinstance(part, dict):
        raise Fault(name, "is no object")
    return part or {}


def _office(number: Any) -> str | None:
    return number if isinstance(number, str) and _OFFICE.fullmatch(number) else None


def _person(number: Any) -> str | None:
    text = number.encode("utf-8", "replace").decode().replace("\0", "").strip() if isinstance(number, str) else ""
    return text or None


def system_of(name: str) -> str | None:
    """The name of the system that wrote the file, without numbers and addresses that name a person."""
    plain = "".join(c if c.isprintable() else " " for c in name.encode("utf-8", "replace").decode())
    return without_identifiers(plain).strip()[:_LONGEST_NAME] or None


@dataclass
class Step:
    """One event of the log. matter : the number of its matter, 0 for what concerns the whole application"""

    activity: str
    when: datetime
    unit: str | None = None
    matter: int = 0
    outcome: str | None = None
    amount: float | None = None
    documents: int | None = None
    due: datetime | None = None
    pay_by: str | None = None


@dataclass
class Matter:
    """A matter (sak) of an application, as far as its events have told.

    closed : since when it is closed, None while it is open; outcome : of the last decision
    """

    number: int
    status: str | None = None
    decisions: int = 0
    outcome: str | None = None
    closed: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Worked on and not decided. One with a decision is done, whatever its status says."""
        return not self.decisions and self.status == "UNDER_BEHANDLING"


@dataclass
class Told:
    """What an application's events tell.

    steps : the events of the log in order; aside, refused : records that make none, by reason
    closed : since when the application is done; matters : without those that were registered by mistake
    paid : the sum of the payments that were made, by matter
    decisions : the matter of every decision by the id of its document; unknown : events of types that nobody knows
    turned_away : the application is not treated
    """

    steps: list[Step] = field(default_factory=list)
    aside: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    closed: datetime | None = None
    matters: list[Matter] = field(default_factory=list)
    paid: dict[int, float] = field(default_factory=dict)
    decisions: dict[str, int] = field(default_factory=dict)
    unknown: int = 0
    turned_away: bool = False

    def closed_of(self, matter: Matter) -> datetime | None:
        """Since when a matter is done: decided, not treated, or gone with its application."""
        still_open = matter.is_open and not self.turned_away
        return matter.closed or (None if still_open else self.closed)

    def outcome(self, matter: int = 0) -> str | None:
        """The outcome of the last decision; of an application with several matters, theirs in order, each once."""
        found = [m.outcome for m in self.matters if m.outcome and matter in (0, m.number)]
        return ", ".join(dict.fromkeys(found)) or None
