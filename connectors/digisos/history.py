"""What happened to an application? From the events of its file to the events of the log.

These are the rules by which Nav shows an application to the applicant (``docs/formats/digisos.md`` lists them). A
record that only repeats what was known already, or belongs to a matter that was registered by mistake, makes no event
and is set aside with the reason.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from .application import NO_MATTER, Application, Matter, Step, Told
from .order import in_order
from .times import instant, of_epoch, plausible

SENT, DELIVERED = "Søknad sendt", "Dokumentasjon levert"
IMPLAUSIBLE, NO_SENDING_TIME = "implausible time", "no time of sending"
MISTAKE = "matter registered by mistake"
SAME_STATUS, SAME_OFFICE = "same status as before", "the office that has it already"
NOTHING_ASKED = "no documents asked for, and none were before"
OF_APPLICATION = {
    "MOTTATT": "Søknad mottatt",
    "UNDER_BEHANDLING": "Søknad under behandling",
    "FERDIGBEHANDLET": "Sak ferdigbehandlet",
    "BEHANDLES_IKKE": "Søknad behandles ikke",
}
_OF_MATTER = {"IKKE_INNSYN": "Sak uten innsyn", "BEHANDLES_IKKE": "Sak behandles ikke"}
_OF_PAYMENT = {
    "PLANLAGT_UTBETALING": "Utbetaling planlagt",
    "UTBETALT": "Utbetaling",
    "STOPPET": "Utbetaling stoppet",
    "ANNULLERT": "Utbetaling annullert",
}
OUTCOMES = {
    "INNVILGET": "innvilget",
    "DELVIS_INNVILGET": "delvis innvilget",
    "AVSLATT": "avslått",
    "AVVIST": "avvist",
}
_CONDITION = {"RELEVANT": "Vilkår satt", "ANNULLERT": "Vilkår annullert"}
_DEMAND = {
    "RELEVANT": "Dokumentasjonskrav satt",
    "LEVERT_TIDLIGERE": "Dokumentasjonskrav levert tidligere",
    "ANNULLERT": "Dokumentasjonskrav annullert",
}
_OUT_OF_USE = {"OPPFYLT": "RELEVANT", "IKKE_OPPFYLT": "RELEVANT"}
_TYPE = re.compile(r"[A-Za-zÆØÅæøå]{1,40}")
DEFAULT = "default"  # the matter of what names none
_TOO_MUCH = 1e9
_NOWHERE = Matter(NO_MATTER)


def told_by(application: Application) -> Told:
    """What happened, by the events of the file and what Fiks knows."""
    return _History(application).told


class _History:
    def __init__(self, application: Application) -> None:
        self.told = Told()
        wrapper = application.wrapper
        self.unit = wrapper.office or _first_office(application.events) or wrapper.municipality
        self.office = self.original = wrapper.office
        self.assigned = False
        # On paper it comes to whoever opens it; and where nobody says where it was sent, the first office is no other.
        self.arrived = wrapper.office is not None and not wrapper.on_paper
        self.status: str | None = None
        self.reopened = False
        self.asked = False
        self.matters: dict[str, Matter] = {}
        self.payments: dict[str, tuple[str, float, int]] = {}
        self.conditions: dict[tuple[str, str], str] = {}
        self.hidden = _by_mistake(application.events)
        events = [*self._sent(application), *self._reported(application), *self._delivered(application)]
        for when, event in in_order(events):
            self._take(when, event)
        self.told.matters = [matter for ref, matter in self.matters.items() if ref not in self.hidden]
        self.told.turned_away = self.status == "BEHANDLES_IKKE"
        for status, amount, matter in self.payments.values():
            if status == "UTBETALT":
                self.told.paid[matter] = self.told.paid.get(matter, 0) + amount

    def _sent(self, application: Application) -> list[tuple[datetime, dict[str, Any]]]:
        return self._milestone(SENT, application.wrapper.sent) if application.wrapper.sent is not None else []

    def _delivered(self, application: Application) -> list[tuple[datetime, dict[str, Any]]]:
        return [each for sent in application.wrapper.deliveries for each in self._milestone(DELIVERED, sent)]

    def _milestone(self, name: str, milliseconds: Any) -> list[tuple[datetime, dict[str, Any]]]:
        when = of_epoch(milliseconds)
        if when is not None and plausible(when):
            return [(when, {"type": None, "step": name})]
        self.told.refused[IMPLAUSIBLE if when else NO_SENDING_TIME] += 1
        return []

    def _reported(self, application: Application) -> list[tuple[datetime, dict[str, Any]]]:
        found = []
        for event in application.events:
            when = instant(event["hendelsestidspunkt"])
            if when is not None and plausible(when):
                found.append((when, event))
            else:
                self.told.refused[IMPLAUSIBLE] += 1
        return found

    def _take(self, when: datetime, event: dict[str, Any]) -> None:
        name = event.get("referanse") if event["type"] == "saksStatus" else event.get("saksreferanse")
        if isinstance(name, str) and name in self.hidden:
            self._matter(name)  # it keeps its number, so that the others do not change theirs
            self._aside(MISTAKE)
        elif handler := _HANDLERS.get(event["type"]):
            handler(self, when, event)
        else:
            kind = event["type"]
            self.told.unknown += 1
            self._step(f"Annen hendelse ({kind})" if _TYPE.fullmatch(kind) else "Annen hendelse", when)
        self._settle(when)

    def _settle(self, when: datetime) -> None:
        """Is the application done now? It is not while one of its matters is open."""
        done = self.status == "BEHANDLES_IKKE"
        if self.status == "FERDIGBEHANDLET":
            done = not any(matter.is_open for name, matter in self.matters.items() if name not in self.hidden)
        self.told.closed = (self.told.closed or when) if done else None

    def _step(self, activity: str, when: datetime, matter: Matter | None = None, **more: Any) -> None:
        self.told.steps.append(Step(activity, when, self.unit, matter.number if matter else 0, **more))

    def _aside(self, reason: str) -> None:
        self.told.aside[reason] += 1

    def _matter(self, name: str) -> Matter:
        return self.matters.setdefault(name, Matter(len(self.matters) + 1))

    def _of(self, event: dict[str, Any]) -> Matter:
        """The matter that an event names, or the one for what names none."""
        name = event.get("saksreferanse")
        return self._matter(name) if name is not None else self.matters.get(DEFAULT, _NOWHERE)

    # The events, one by one

    def _milestone_reached(self, when: datetime, event: dict[str, Any]) -> None:
        self._step(event["step"], when)

    def _application_status(self, when: datetime, event: dict[str, Any]) -> None:
        status = event["status"]
        if status == self.status and not self.reopened:
            return self._aside(SAME_STATUS)
        self.status, self.reopened = status, False
        return self._step(OF_APPLICATION[status], when)

    def _office(self, when: datetime, event: dict[str, Any]) -> None:
        office, first = event["navKontor"], not self.assigned
        self.assigned = True
        if office == self.office:
            return self._aside(SAME_OFFICE)
        self.office = self.unit = office
        if office == self.original:
            return self._aside("the office that it was sent to")
        if first and not self.arrived:
            return self._aside("the first office; it says where the application is")
        return self._step("Søknad videresendt", when)

    def _asked_for(self, when: datetime, event: dict[str, Any]) -> None:
        documents = event["dokumenter"]
        if not documents and not self.asked:
            return self._aside(NOTHING_ASKED)
        self.asked = bool(documents)
        if not documents:
            return self._step("Dokumentasjon ikke lenger etterspurt", when)
        due = min(filter(None, (instant(each["innsendelsesfrist"]) for each in documents)))
        return self._step("Dokumentasjon etterspurt", when, documents=len(documents), due=due)

    def _interim(self, when: datetime, event: dict[str, Any]) -> None:
        self._step("Foreløpig svar", when)

    def _matter_status(self, when: datetime, event: dict[str, Any]) -> None:
        matter = self._matter(event["referanse"])
        status, before = event.get("status") or "UNDER_BEHANDLING", matter.status
        matter.status = status
        if status == before and (status != "UNDER_BEHANDLING" or not matter.decisions):
            return self._aside(SAME_STATUS)
        self.reopened = self.reopened or (matter.is_open and self.status == "FERDIGBEHANDLET")
        if status in _OF_MATTER:
            closes = status == "BEHANDLES_IKKE"
            matter.closed = (matter.closed or when) if matter.decisions or closes else None
            return self._step(_OF_MATTER[status], when, matter)
        if not matter.decisions:
            matter.closed = None
        return self._step("Sak opprettet" if before is None else "Sak gjenopptatt", when, matter)

    def _decision(self, when: datetime, event: dict[str, Any]) -> None:
        name = event.get("saksreferanse")
        matter = self._matter(DEFAULT if name is None else name)
        matter.decisions += 1
        matter.closed = matter.closed or when
        matter.outcome = OUTCOMES.get(event.get("utfall") or "")
        self.told.decisions[event["vedtaksfil"]["referanse"]["id"]] = matter.number
        activity = "Vedtak fattet" if matter.decisions == 1 else "Nytt vedtak fattet"
        self._step(activity, when, matter, outcome=matter.outcome)

    def _payment(self, when: datetime, event: dict[str, Any]) -> None:
        name, status = event["utbetalingsreferanse"], event.get("status") or "PLANLAGT_UTBETALING"
        before, _, _ = self.payments.get(name, (None, 0, 0))
        amount, matter = _amount(event), self._of(event)
        self.payments[name] = status, amount or 0, matter.number
        if status == before:
            return self._aside("payment with the same status as before")
        return self._step(_OF_PAYMENT[status], when, matter, amount=amount, pay_by=event.get("forfallsdato"))

    def _condition(self, when: datetime, event: dict[str, Any]) -> None:
        self._upsert(when, event, "vilkarreferanse", _CONDITION)

    def _demand(self, when: datetime, event: dict[str, Any]) -> None:
        self._upsert(when, event, "dokumentasjonkravreferanse", _DEMAND)

    def _upsert(self, when: datetime, event: dict[str, Any], field: str, steps: dict[str, str]) -> None:
        status = event.get("status") or "RELEVANT"
        status = _OUT_OF_USE.get(status, status)
        key = (field, event[field])
        if self.conditions.get(key) == status:
            return self._aside(SAME_STATUS)
        self.conditions[key] = status
        return self._step(steps[status], when, self._of(event), due=instant(event.get("frist")))

    def _frame(self, when: datetime, event: dict[str, Any]) -> None:
        self._step("Rammevedtak", when, self._of(event), amount=_amount(event))


_HANDLERS = {
    None: _History._milestone_reached,
    "soknadsStatus": _History._application_status,
    "tildeltNavKontor": _History._office,
    "dokumentasjonEtterspurt": _History._asked_for,
    "forelopigSvar": _History._interim,
    "saksStatus": _History._matter_status,
    "vedtakFattet": _History._decision,
    "utbetaling": _History._payment,
    "vilkar": _History._condition,
    "dokumentasjonkrav": _History._demand,
    "rammevedtak": _History._frame,
}


def _first_office(events: list[dict[str, Any]]) -> str | None:
    """Where nobody says to which office it was sent, it was with the first one from the beginning."""
    timed = [
        (when, e) for e in events if e["type"] == "tildeltNavKontor" and (when := instant(e["hendelsestidspunkt"]))
    ]
    return min(timed, key=lambda each: each[0])[1]["navKontor"] if timed else None


def _amount(event: dict[str, Any]) -> float | None:
    """An amount in kroner; None for one that is missing, or so large that it must be another kind of number."""
    amount = event.get("belop")
    return float(amount) if amount is not None and abs(amount) < _TOO_MUCH else None


def _by_mistake(events: list[dict[str, Any]]) -> set[str]:
    """The matters that were registered by mistake, by what is said of them last."""
    timed = [(when, e) for e in events if e["type"] == "saksStatus" and (when := instant(e["hendelsestidspunkt"]))]
    last = {event["referanse"]: event.get("status") for _, event in sorted(timed, key=lambda each: each[0])}
    return {name for name, status in last.items() if status == "FEILREGISTRERT"}
