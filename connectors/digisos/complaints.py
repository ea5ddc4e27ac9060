"""What happened to a complaint: klage.json as the applicant sends it, Fiks' record of it, and the list of a time.

From May 2024 to November 2025 the schema of digisos-soker had a list ``klager``; files of that time are read leniently.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .application import Step
from .schema import Fault
from .times import instant, local_instant, of_epoch, plausible

SENT, RECEIVED, WITHDRAWN = "Klage sendt", "Klage mottatt", "Klage trukket"
_STATE = "state of sending only"
_STATUS = {
    "SENDT": SENT,
    "MOTTATT": RECEIVED,
    "UNDER_BEHANDLING": "Klage under behandling",
    "TRUKKET": WITHDRAWN,
    "FERDIGBEHANDLET": "Klage ferdigbehandlet",
    "VIDERESENDT": "Oversendt statsforvalteren",
    "FORELOPIG_SVAR": "Foreløpig svar på klage",
}
_OUTCOME = {
    "MEDHOLD": ("Vedtak omgjort", "medhold"),
    "DELVIS_MEDHOLD": ("Vedtak omgjort", "delvis medhold"),
    "OPPRETTHOLDT": ("Vedtak opprettholdt", "opprettholdt"),
    "AVVIST": ("Klage avvist", "avvist"),
}
_STATE_OFFICE = {
    "STADFESTER": "stadfestet",
    "NYTT_VEDTAK": "nytt vedtak",
    "AVVIST": "avvist",
    "OPPHEVER": "opphevet",
}


@dataclass
class Complaint:
    """A complaint. case : the application's id as it is written; decision : the id of the decision's document"""

    id: str
    case: Any
    decision: str
    steps: list[Step] = field(default_factory=list)
    aside: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    first_hand: bool = False

    @property
    def records(self) -> int:
        return len(self.steps) + self.aside.total() + self.refused.total()

    def add(self, activity: str, when: datetime | None, outcome: str | None = None) -> None:
        """One record: a step, or a time that cannot be used."""
        if when is not None and plausible(when):
            self.steps.append(Step(activity, when, outcome=outcome))
        else:
            self.refused["implausible time" if when else "no time"] += 1


def complaint_of(content: dict[str, Any]) -> Complaint:
    """Read a klage.json or Fiks' record of a complaint. Raises Fault if what must be there is not."""
    for name in ("klageId", "vedtakId", "digisosId"):
        if not isinstance(content.get(name), str):
            raise Fault(name, "is missing" if content.get(name) is None else "is no text")
    made = Complaint(content["klageId"], content["digisosId"], content["vedtakId"])
    if "sendtKvittering" in content:
        _by_fiks(content, made)
        return made
    when = instant(content.get("innsendingstidspunkt"))
    if when is None:
        gone = content.get("innsendingstidspunkt") is None
        raise Fault("innsendingstidspunkt", "is missing" if gone else "is no time with an offset")
    made.first_hand = True
    made.add(SENT, when)
    return made


def _by_fiks(content: dict[str, Any], made: Complaint) -> None:
    for state, when in _states(content, ""):
        if state in ("SENDT", "BEKREFTET"):
            made.add(SENT if state == "SENDT" else RECEIVED, when)
        else:
            made.aside[_STATE] += 1
    withdrawal = content.get("trekkKlageInfo")
    if isinstance(withdrawal, dict):
        states = _states(withdrawal, "trekkKlageInfo.")
        sent = [when for state, when in states if state == "SENDT"]
        first = sent[0] if sent else states[0][1] if states else None
        made.add(WITHDRAWN, first)
        made.aside[_STATE] += max(0, len(states) - 1)
    elif content.get("trukket") is True:
        made.refused["no time"] += 1
    later = content.get("ettersendtInfoNAV") or {}
    for each in (later.get("ettersendelser") if isinstance(later, dict) else None) or []:
        made.add(
            "Dokumentasjon til klage levert", of_epoch(each.get("timestampSendt") if isinstance(each, dict) else None)
        )


def _states(content: dict[str, Any], place: str) -> list[tuple[Any, datetime | None]]:
    receipt = content.get("sendtKvittering")
    listed = receipt.get("statusListe") if isinstance(receipt, dict) else None
    if not isinstance(listed, list) or not all(isinstance(state, dict) for state in listed):
        raise Fault(f"{place}sendtKvittering.statusListe", "is no list of states")
    if not listed and isinstance(receipt.get("sendtStatus"), dict):  # type: ignore[union-attr]
        listed = [receipt["sendtStatus"]]  # type: ignore[index]
    return [(state.get("status"), of_epoch(state.get("timestamp"))) for state in listed]


def complaints_in(file: dict[str, Any], case: Any, zone: str) -> list[Complaint]:
    """The list ``klager`` of a digisos-soker file, as far as it can be understood."""
    listed = file.get("klager")
    found = []
    for each in listed if isinstance(listed, list) else []:
        if not isinstance(each, dict):
            continue
        made = Complaint(str(each.get("klageId")), case, "")
        events = each.get("hendelser")
        for event in events if isinstance(events, list) else []:
            _of_list(event if isinstance(event, dict) else {}, made, zone)
        found.append(made)
    return found


def _of_list(event: dict[str, Any], made: Complaint, zone: str) -> None:
    when = local_instant(event.get("hendelseDato") or event.get("hendelsestidspunkt"), zone)
    kind = str(event.get("hendelseType") or event.get("type")).lower()
    status, outcome = event.get("klageStatus") or event.get("status"), event.get("klageUtfall") or event.get("utfall")
    verdict = event.get("statsforvalterUtfall") or (outcome if "statsforvalter" in kind else None)
    if isinstance(verdict, str):
        made.add("Statsforvalterens avgjørelse", when, _STATE_OFFICE.get(verdict))
    elif "vedtakfattet" in kind:
        made.aside["decision that the file tells of by itself"] += 1
    elif isinstance(outcome, str) and outcome in _OUTCOME:
        made.add(_OUTCOME[outcome][0], when, _OUTCOME[outcome][1])
    elif "dokumentasjon" in kind:
        made.add("Dokumentasjon til klage etterspurt", when)
    elif "saksframlegg" in kind or "saksfremlegg" in kind:
        made.add("Saksframlegg sendt", when)
    elif isinstance(status, str) and status in _STATUS:
        made.add(_STATUS[status], when)
    else:
        made.add("Annen hendelse i klage", when)


def without_repeats(complaints: list[Complaint]) -> None:
    """Of a complaint that several files tell of the sending counts once, as the complaint itself tells it."""
    told: set[tuple[str, str]] = set()
    for each in sorted(complaints, key=lambda c: not c.first_hand):
        kept = [
            step
            for step in each.steps
            if step.activity not in (SENT, RECEIVED, WITHDRAWN) or not _met(each, step, told)
        ]
        if len(kept) < len(each.steps):
            each.aside["told by another file of the complaint"] += len(each.steps) - len(kept)
            each.steps = kept


def _met(each: Complaint, step: Step, told: set[tuple[str, str]]) -> bool:
    key = (f"{each.case} {each.id}", step.activity)
    known = key in told
    told.add(key)
    return known
