"""The same applications as the offices' case systems report them to Nav: one DigisosSak a line, with its file in it.

What the format does not carry (who works on it, the talk with the applicant, the assessment) is missing, as it is in
real files; what only it carries is made up here: matters, planned payments, conditions, complaints.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from .arrivals import applications
from .casework import Case, life_of
from .clock import DAY, END, FIRST_DAY, instant
from .dice import Dice
from .office_hours import OfficeHours
from .offices import (
    ASSIGNED,
    DECIDED,
    DELIVERED,
    ELVESTAD,
    EMERGENCY,
    FJELLBYGDA,
    INTERIM,
    MAPPED,
    NORDHAMN,
    PAID,
    REFUSED,
    REQUESTED,
)

EXPORT_NAME = "digisos.ndjson"
CASES = 60
# Numbers that Nav has given to no office and no municipality.
OFFICE_NUMBERS = {NORDHAMN: "9901", ELVESTAD: "9902", FJELLBYGDA: "9903"}
_MUNICIPALITY = "9999"
_SENDER = {"systemnavn": "Fagsystemet", "systemversjon": "4.2"}
_START = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC) - timedelta(hours=1)

Json = dict[str, Any]


def export(seed: int, cases: int = CASES) -> bytes:
    """The export: the lines of the applications, and behind them those of the complaints."""
    hours = OfficeHours()
    lives = [life_of(application, seed, hours) for application in applications(seed, cases)]
    files = [_File(case, seed) for case in lives]
    lines = [file.application() for file in files] + [line for file in files for line in file.complaints()]
    return b"".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for line in lines)


def moment_of(when: int) -> datetime:
    """The moment in UTC."""
    return _START + timedelta(minutes=instant(when))


def _written(when: int) -> str:
    return moment_of(when).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _milliseconds(when: int) -> int:
    return int(moment_of(when).timestamp()) * 1000


class _File:
    """One application on its way into the format."""

    def __init__(self, case: Case, seed: int) -> None:
        self.case = case
        self.dice = Dice(seed, f"digisos {case.application.number}")
        self.id = self._uuid()
        self.office = OFFICE_NUMBERS[case.application.office]
        self.events: list[Json] = []
        self.decisions: list[tuple[int, str]] = []
        self.refused = any(event.step == REFUSED for event in case.events)
        self._tell()

    def _uuid(self) -> str:
        digits = f"{self.dice.whole(0, 16**8 - 1):08x}{self.dice.whole(0, 16**8 - 1):08x}"
        more = f"{self.dice.whole(0, 16**8 - 1):08x}{self.dice.whole(0, 16**8 - 1):08x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:]}-{more[:4]}-{more[4:]}"

    def _file(self) -> Json:
        return {"referanse": {"type": "dokumentlager", "id": self._uuid()}}

    def _add(self, kind: str, when: int, **more: Any) -> None:
        if when < END:
            self.events.append({"type": kind, "hendelsestidspunkt": _written(when), **more})

    def _tell(self) -> None:
        received = self.case.application.received
        self._add("soknadsStatus", received, status="MOTTATT")
        self._add("tildeltNavKontor", received, navKontor=self.office)
        payments = 0
        for event in self.case.events:
            if event.step == ASSIGNED:
                self._add("soknadsStatus", event.when, status="UNDER_BEHANDLING")
            elif event.step == MAPPED:
                self._open_matters(event.when)
            elif event.step == REQUESTED:
                self._ask(event.when)
            elif event.step == INTERIM:
                self._add("forelopigSvar", event.when, forvaltningsbrev=self._file())
            elif event.step in (DECIDED, EMERGENCY):
                self._decide(event.when, event.step)
            elif event.step == PAID:
                payments += 1
                self._pay(event.when, payments, (event.amount or 0) / 100)
        if self.case.closed is not None:
            self._add("soknadsStatus", self.case.closed, status="FERDIGBEHANDLET")

    def _open_matters(self, when: int) -> None:
        """One, and now and then another that is shown to nobody, comes to nothing, or was never meant."""
        self._add("saksStatus", when, referanse="SAK1", tittel=self.case.application.kind, status="UNDER_BEHANDLING")
        if self.dice.chance(0.2):
            status = self.dice.pick(("IKKE_INNSYN", "BEHANDLES_IKKE", "FEILREGISTRERT"))
            self._add("saksStatus", when, referanse="SAK2", tittel="KVP")
            self._add("saksStatus", when + self.dice.whole(5, 90), referanse="SAK2", tittel="KVP", status=status)

    def _ask(self, when: int) -> None:
        kinds = ("Strømfaktura", "Kontoutskrift", "Husleiekontrakt")[: self.dice.whole(1, 3)]
        documents = [{"dokumenttype": kind, "innsendelsesfrist": _written(when + 14 * DAY)} for kind in kinds]
        self._add("dokumentasjonEtterspurt", when, forvaltningsbrev=self._file(), dokumenter=documents)

    def _decide(self, when: int, step: str) -> None:
        matter = "SAK1" if step == DECIDED else "NOD1"
        outcome = "AVSLATT" if self.refused else self.dice.weigh((("INNVILGET", 80), ("DELVIS_INNVILGET", 20)))
        document = self._file()
        self._add("vedtakFattet", when, vedtaksfil=document, saksreferanse=matter, utfall=outcome)
        self.decisions.append((when, document["referanse"]["id"]))
        if not self.refused and self.dice.chance(0.3):
            self._add("vilkar", when, vilkarreferanse=f"V{when}", saksreferanse=matter, status="RELEVANT")

    def _pay(self, when: int, number: int, amount: float) -> None:
        """Planned when the decision is made, now and then with another amount at first; then paid."""
        decided = max((made for made, _ in self.decisions if made <= when), default=when)
        more = {"utbetalingsreferanse": f"U{number}", "saksreferanse": "SAK1" if self._has("SAK1") else "NOD1"}
        due = moment_of(when).date().isoformat()
        if self.dice.chance(0.15):
            wrong = {"status": "PLANLAGT_UTBETALING", "belop": amount + 500, "forfallsdato": due}
            self._add("utbetaling", decided, **more, **wrong)
        self._add("utbetaling", decided, **more, status="PLANLAGT_UTBETALING", belop=amount, forfallsdato=due)
        self._add("utbetaling", when, **more, status="UTBETALT", belop=amount, utbetalingsdato=due)

    def _has(self, matter: str) -> bool:
        return any(event.get("saksreferanse") == matter for event in self.events)

    def application(self) -> Json:
        """The line of the application: what Fiks knows, and the file."""
        about = self.case.application
        sent = about.received - self.dice.whole(1, 4)
        delivered = [event.when for event in self.case.events if event.step == DELIVERED]
        newest = max((event.when for event in self.case.events), default=about.received)
        return {
            "fiksDigisosId": self.id,
            "sokerFnr": about.applicant,
            "kommunenummer": _MUNICIPALITY,
            "sistEndret": _milliseconds(newest),
            "originalSoknadNAV": {"timestampSendt": _milliseconds(sent)} if about.online else None,
            "ettersendtInfoNAV": {"ettersendelser": [{"timestampSendt": _milliseconds(when)} for when in delivered]},
            "tilleggsinformasjon": {"enhetsnummer": self.office},
            "soker": {"version": "1.3.0", "avsender": _SENDER, "hendelser": self.events},
        }

    def complaints(self) -> Iterator[Json]:
        """Four refusals in ten are complained about within three weeks; Fiks confirms it a quarter of an hour later."""
        if not (self.refused and self.decisions and self.dice.chance(0.4)):
            return
        decided, document = self.decisions[-1]
        when = (decided // DAY + self.dice.whole(2, 20)) * DAY + self.dice.whole(7 * 60, 22 * 60)
        if when + 15 < END:
            states = [("SENDT", when), ("BEKREFTET", when + 15)]
            listed = [{"status": state, "timestamp": _milliseconds(at)} for state, at in states]
            receipt = {"sendtKanal": "FIKS_IO", "sendtStatus": listed[-1], "statusListe": listed}
            ids = {"digisosId": self.id, "klageId": self._uuid(), "vedtakId": document}
            yield {**ids, "sendtKvittering": receipt, "trukket": False}
