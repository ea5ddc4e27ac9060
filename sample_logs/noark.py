"""How does the archive tell of the same cases? A Noark 5 extraction: arkivstruktur.xml and endringslogg.xml.

The folders hold what an archive gets to know: letters, notes, who is responsible, an approval on its way. Payments are
not among it. Titles name people who do not exist, and folders are classified by synthetic national ids, as the
archives of Nav offices are, to show that neither comes into a log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from .arrivals import applications
from .casework import Case, Event, life_of
from .clock import DAY, day_of
from .office_hours import OfficeHours
from .offices import (
    APPROVED,
    ASSESSED,
    ASSIGNED,
    DECIDED,
    DELIVERED,
    EMERGENCY,
    INTERIM,
    MAPPED,
    NOTIFIED,
    RECEIVED,
    REFUSED,
    REQUESTED,
    TRIAGE,
)  # fmt: skip

SEED, CASES = 2026, 14
FOLDER = "noark5"
STRUCTURE_NAME, CHANGES_NAME = "arkivstruktur.xml", "endringslogg.xml"
VERSIONS = ("3.1", "4.0", "5.0")
# Type of document and its title, by step.
_DOCUMENTS = {
    RECEIVED: ("I", "Søknad om økonomisk sosialhjelp fra {}"),
    REQUESTED: ("U", "Ber om flere opplysninger - {}"),
    DELIVERED: ("I", "Dokumentasjon til søknad - {}"),
    INTERIM: ("U", "Foreløpig svar på søknad - {}"),
    TRIAGE: ("X", "Vurdering av nødsituasjon for {}"),
    EMERGENCY: ("U", "Vedtak om nødhjelp - {}"),
    MAPPED: ("N", "Referat fra samtale med {}"),
    ASSESSED: ("X", "Individuell vurdering av søknad fra {}"),
    DECIDED: ("S", "Vedtak om økonomisk sosialhjelp - {}"),
    NOTIFIED: ("U", "Underretning om vedtak - {}"),
    REFUSED: ("U", "Avslag på søknad - {}"),
}
_WORDS = {
    "I": "Inngående dokument", "U": "Utgående dokument", "N": "Organinternt dokument for oppfølging",
    "X": "Organinternt dokument uten oppfølging", "S": "Saksframlegg",
}  # fmt: skip
_FIRST = ("Alvina", "Birk", "Celine", "Dagfinn", "Eldrid", "Frode", "Gudny", "Halvor", "Iselin", "Jostein")
_LAST = ("Fjordgren", "Steinlund", "Myrvoll", "Bekkeskog", "Nyblåst", "Haukeli", "Sundvoll")
_NAMESPACE = "http://www.arkivverket.no/standarder/noark5/"
_SCHEMA = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class Change:
    """One line of the change log."""

    unit: str
    metadata: str
    when: int
    who: str
    old: str
    new: str


def write_noark_sample(folder: Path, *, seed: int = SEED, cases: int = CASES, version: str = "5.0") -> None:
    """Write the extraction of some made-up cases. Raises OSError where the folder cannot be written."""
    hours = OfficeHours()
    write_extraction(folder, [life_of(application, seed, hours) for application in applications(seed, cases)], version)


def write_extraction(folder: Path, cases: Sequence[Case], version: str = "5.0") -> None:
    """Write both files. version : 3.1 and 5.0 give arrivals and sendings a clock, 4.0 the day only."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / STRUCTURE_NAME).open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{_HEAD}<arkiv xmlns="{_NAMESPACE}arkivstruktur" {_SCHEMA}>\n')
        file.write(f"<systemID>{_uuid('arkiv')}</systemID>\n<tittel>Sosialtjenesten</tittel>\n<arkivdel>\n")
        file.write(f"<systemID>{_uuid('arkivdel')}</systemID>\n<tittel>Klientarkiv</tittel>\n<klassifikasjonssystem>\n")
        file.write(f"<systemID>{_uuid('system')}</systemID>\n<tittel>Fødselsnummer</tittel>\n")
        for case in cases:
            file.writelines(_class(case, version))
        file.write("</klassifikasjonssystem>\n</arkivdel>\n</arkiv>\n")
    with (folder / CHANGES_NAME).open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{_HEAD}<endringslogg xmlns="{_NAMESPACE}endringslogg">\n')
        file.writelines(_change(change) for case in cases for change in _changes(case))
        file.write("</endringslogg>\n")


def _class(case: Case, version: str) -> Iterator[str]:
    about = case.application
    who = _name(about.applicant)
    yield f"<klasse>\n{_own(f'klasse {about.number}')}{_element('klasseID', about.applicant)}{_element('tittel', who)}"
    yield f'<mappe xsi:type="saksmappe">\n{_own(f"mappe {about.number}")}{_element("mappeID", about.number)}'
    yield _element("tittel", f"Sosialhjelp - {who}")
    yield _element("opprettetDato", _time(about.received)) + _element("opprettetAv", f"{about.office.code}001")
    if case.closed is not None:
        yield _element("avsluttetDato", _time(case.closed)) + _element("avsluttetAv", f"{about.office.code}001")
    party = "part" if version == "5.0" else "sakspart"
    yield f"<{party}>\n{_element(f'{party}Navn', who)}{_element('foedselsnummer', about.applicant)}</{party}>\n"
    shown = [event for event in case.events if event.step in _DOCUMENTS]
    for number, event in enumerate(shown, 1):
        yield from _document(case, event, number, version)
    yield _element("saksaar", str(day_of(about.received).year)) + _element("saksdato", _time(about.received)[:10])
    yield _element("administrativEnhet", about.office.name) + _element("saksansvarlig", _responsible(case))
    status = (
        ("A" if case.closed is not None else "B")
        if version == "4.0"
        else ("Avsluttet", "Under behandling")[case.closed is None]
    )
    yield _element("saksstatus", status) + "</mappe>\n</klasse>\n"


def _document(case: Case, event: Event, number: int, version: str) -> Iterator[str]:
    about, (kind, title) = case.application, _DOCUMENTS[event.step]
    registered = event.when if kind != "I" else event.when + 20
    yield f'<registrering xsi:type="journalpost">\n{_own(f"journalpost {about.number} {number}")}'
    yield _element("opprettetDato", _time(registered)) + _element("opprettetAv", event.who or f"{about.office.code}001")
    title = title.format(_name(about.applicant))
    yield f"<dokumentbeskrivelse>\n{_element('dokumenttype', 'Brev')}{_element('tittel', title)}</dokumentbeskrivelse>\n"
    yield _element("tittel", title)
    yield from _correspondents(case, event, kind)
    yield _element("journalposttype", kind if version == "4.0" else _WORDS[kind])
    yield _element("journalstatus", "J" if version == "4.0" else "Journalført")
    yield _element("journaldato", _time(registered)[:10])
    if kind in "IU":
        when = _time(event.when)
        yield _element("mottattDato" if kind == "I" else "sendtDato", when[:10] if version == "4.0" else when)
    if event.step == RECEIVED and (reply := _first(case, (NOTIFIED, REFUSED))):
        yield f"<avskrivning>\n{_element('avskrivningsdato', _time(reply.when)[:10])}{_element('avskrevetAv', reply.who)}"
        yield f"{_element('avskrivningsmaate', 'BU' if version == '4.0' else 'Besvart med brev')}</avskrivning>\n"
    if event.step == DECIDED and event == _first(case, (DECIDED,)) and (approved := _first(case, (APPROVED,))):
        yield f"<dokumentflyt>\n{_element('flytTil', event.who)}{_element('flytFra', approved.who)}"
        yield _element("flytSendtDato", _time(approved.when))
        yield f"{_element('flytStatus', 'G' if version == '4.0' else 'Godkjent')}</dokumentflyt>\n"
    yield "</registrering>\n"


def _correspondents(case: Case, event: Event, kind: str) -> Iterator[str]:
    about, who = case.application, _name(case.application.applicant)
    if kind in "IU":
        role = "Avsender" if kind == "I" else "Mottaker"
        name = _element("korrespondansepartNavn", who)
        yield f"<korrespondansepart>\n{_element('korrespondanseparttype', role)}{name}</korrespondansepart>\n"
    role = "Intern mottaker" if kind == "I" else "Intern avsender"
    yield f"<korrespondansepart>\n{_element('korrespondanseparttype', role)}{_element('administrativEnhet', about.office.name)}"
    yield f"{_element('saksbehandler', event.who) if event.who else ''}</korrespondansepart>\n"


def _changes(case: Case) -> Iterator[Change]:
    folder = f"mappe {case.application.number}"
    for event in case.events:
        if event.step == ASSIGNED:
            yield Change(folder, "saksansvarlig", event.when, event.who, "", event.who)
    if case.closed is not None:
        yield Change(folder, "tittel", case.closed, "", f"Sak - {_name(case.application.applicant)}", "Sosialhjelp")


def _change(change: Change) -> str:
    return (
        f"<endring>\n{_element('referanseArkivenhet', _uuid(change.unit))}{_element('referanseMetadata', change.metadata)}"
        f"{_element('endretDato', _time(change.when))}{_element('endretAv', change.who)}"
        f"{_element('tidligereVerdi', change.old)}{_element('nyVerdi', change.new)}</endring>\n"
    )


def _responsible(case: Case) -> str:
    assigned = _first(case, (ASSIGNED,))
    return assigned.who if assigned else ""


def _first(case: Case, steps: tuple[str, ...]) -> Event | None:
    return next((event for event in case.events if event.step in steps), None)


def _name(applicant: str) -> str:
    """A made-up name that goes with a made-up number."""
    number = int(applicant)
    return f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]}"


def _own(what: str) -> str:
    return _element("systemID", _uuid(what))


def _uuid(what: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"saksflyt sample {what}"))


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>\n"


def _time(when: int) -> str:
    minute = when % DAY
    return f"{day_of(when).isoformat()}T{minute // 60:02}:{minute % 60:02}:00"
