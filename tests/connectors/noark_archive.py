"""Small Noark 5 extractions for tests, and a slow plain reading of them with another parser."""

import random
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from saksflyt.connectors.noark.codes import CASE_STATUSES, FLOW_STATUSES, JOURNAL_STATUSES, JOURNAL_TYPES, WRITE_OFFS

NAMESPACE = "http://www.arkivverket.no/standarder/noark5/"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<arkiv xmlns="{NAMESPACE}arkivstruktur" {XSI}>\n'
OSLO = ZoneInfo("Europe/Oslo")


def element(name: str, text: object, type_: str = "") -> str:
    return f"<{name}{f' xsi:type={type_!r}' if type_ else ''}>{text}</{name}>"


def elements(**texts: object) -> str:
    return "".join(element(name, text) for name, text in texts.items() if text is not None)


def folder(
    number: str = "2024/1", *inside: str, type_: str = "saksmappe", opened: str | None = "2024-03-01T08:00:00",
    closed: str | None = None, late: str = "", system: str | None = None,
) -> str:  # fmt: skip
    """A folder as the schemas order it: what is of the base type first, then its documents, then its own fields."""
    own = elements(
        systemID=system or f"m-{number}", mappeID=number, tittel="Tittel", opprettetDato=opened, opprettetAv="arkiv"
    )
    late = late or elements(administrativEnhet="Nav Vik", saksansvarlig="Ola", saksstatus="Under behandling")
    return element("mappe", own + elements(avsluttetDato=closed) + "".join(inside) + late, type_)


def post(kind: str | None = "I", day: str | None = "2024-03-02", more: str = "", system: str = "r-1", type_: str = "journalpost", **texts: object) -> str:  # fmt: skip
    own = elements(systemID=system, opprettetDato="2024-03-09T09:30:00", opprettetAv="arkiv")
    return element("registrering", own + more + elements(journalposttype=kind, journaldato=day, **texts), type_)


def archive(*inside: str) -> str:
    return f"{HEAD}<arkivdel><klasse>{''.join(inside)}</klasse></arkivdel></arkiv>"


def change(unit: str, what: str = "saksstatus", new: str = "Avsluttet", old: str = "", at: str = "2024-03-05T12:00:00", by: str = "Ola") -> str:  # fmt: skip
    texts = elements(referanseArkivenhet=unit, referanseMetadata=what, endretDato=at, endretAv=by)
    return element("endring", texts + elements(tidligereVerdi=old, nyVerdi=new))


def change_log(*changes: str) -> str:
    return f'<?xml version="1.0"?>\n<endringslogg xmlns="{NAMESPACE}endringslogg">{"".join(changes)}</endringslogg>'


def write(target: Path, structure: str | bytes, changes: str | bytes | None = None) -> Path:
    """A folder with one file or both."""
    target.mkdir(exist_ok=True)
    for name, content in (("arkivstruktur.xml", structure), ("endringslogg.xml", changes)):
        (target / name).unlink(missing_ok=True)
        if content is not None:
            (target / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return target


# Random archives, dirty in all the ways that well-formed XML can be.

_TIMES = (
    "2024-03-04T10:15:30", "2024-07-04T10:15:00", "2024-03-04", "2024-12-31", "2024-03-04T10:15:00Z",
    "2024-07-04T23:30:00+02:00", "2024-07-04T10:15", "NULL", "null", "", "x", "2024-02-30", "2024-13-01T10:00:00",
    "1900-01-01", "9999-12-31", "2024-03-31T02:30:00", "2024-10-27T02:30:00", "04.03.2024", "2024-03-04T25:00:00",
    "2024-03-04T10:15:00+15:00", "2024-03-04 11:12:13", "2024-03-04T10:15:30.1234567", " 2024-03-04 ",
)  # fmt: skip
_GOOD = _TIMES[:7]


def random_archive(seed: int) -> tuple[str, str]:
    """arkivstruktur.xml and endringslogg.xml."""
    dice = random.Random(seed)
    ids: list[str] = []
    inside = "".join(_random_unit(dice, ids, 0) for _ in range(dice.randint(0, 5)))
    changes = [_random_change(dice, ids) for _ in range(dice.randint(0, 8))]
    return archive(inside), change_log(*changes)


def _time(dice: random.Random) -> str | None:
    return dice.choice((*(_GOOD * 4), *_TIMES, None))


def _code(dice: random.Random, codes: dict[str, str]) -> str | None:
    return dice.choice((*codes, *codes.values(), "NULL", "rart", None))


def _id(dice: random.Random, ids: list[str]) -> str | None:
    ids.append(new := f"id-{len(ids)}")
    return dice.choice((new,) * 8 + (ids[0], None, "NULL"))


def _random_unit(dice: random.Random, ids: list[str], depth: int) -> str:
    return _random_folder(dice, ids, depth) if dice.random() < 0.7 and depth < 4 else _random_document(dice, ids)


def _random_folder(dice: random.Random, ids: list[str], depth: int) -> str:
    parts = [
        elements(
            systemID=_id(dice, ids), mappeID=dice.choice(("2024/1", f"2024/{len(ids)}", f"2024/{len(ids)}", None))
        ),
        elements(opprettetDato=_time(dice), avsluttetDato=_time(dice), saksdato=_time(dice)),
        elements(administrativEnhet=dice.choice(("Nav Vik", None)), saksstatus=_code(dice, CASE_STATUSES)),
        *(_random_unit(dice, ids, depth + 1) for _ in range(dice.choice((0, 1, 2, 3)))),
        elements(merknad=elements(opprettetDato="2020-01-01T10:00:00"), tittel="x"),
    ]
    dice.shuffle(parts)
    return element(
        "mappe", "".join(parts), dice.choice(("saksmappe",) * 5 + ("mappe", "", "n5:saksmappe", "moetemappe"))
    )


def _random_document(dice: random.Random, ids: list[str]) -> str:
    times = {name: _time(dice) for name in ("journaldato", "mottattDato", "sendtDato", "dokumentetsDato")}
    parts = [
        elements(systemID=_id(dice, ids), opprettetDato=_time(dice), tittel="x"),
        elements(**{name: time for name, time in times.items() if dice.random() < 0.7}),
        elements(journalposttype=_code(dice, JOURNAL_TYPES), journalstatus=_code(dice, JOURNAL_STATUSES)),
        elements(dokumentbeskrivelse=elements(opprettetDato="2020-01-01T10:00:00", systemID="d")),
    ]
    for _ in range(dice.choice((0, 0, 1, 2))):
        parts.append(
            element("avskrivning", elements(avskrivningsdato=_time(dice), avskrivningsmaate=_code(dice, WRITE_OFFS)))
        )
    for _ in range(dice.choice((0, 0, 1))):
        flow = elements(flytMottattDato=_time(dice), flytSendtDato=_time(dice), flytStatus=_code(dice, FLOW_STATUSES))
        parts.append(element("dokumentflyt", flow))
    dice.shuffle(parts)
    types = ("journalpost",) * 4 + ("", "basisregistrering", "arkivnotat", "moeteregistrering")
    return element("registrering", "".join(parts), dice.choice(types))


def _random_change(dice: random.Random, ids: list[str]) -> str:
    unit = dice.choice((*ids, *ids, "unknown", "", "NULL"))
    what = dice.choice(
        ("saksstatus", "journalstatus", "M052", "saksansvarlig", "mappe.administrativEnhet", "tittel", "")
    )
    value = _code(dice, CASE_STATUSES | JOURNAL_STATUSES)
    old = dice.choice((value, "B", None))
    return element("endring", elements(referanseArkivenhet=unit, referanseMetadata=what, endretDato=_time(dice), tidligereVerdi=old, nyVerdi=value))  # fmt: skip


# The slow reading: a tree of the whole file, rule by rule.


@dataclass
class Told:
    """What must come of one file: records, what became of them, and events (case, step, moment or day)."""

    records: int = 0
    accepted: int = 0
    quarantined: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    events: Counter[tuple[str, str, str]] = field(default_factory=Counter)


class Slow:
    """Reads both files the slow way."""

    def __init__(self, structure: str, changes: str) -> None:
        self.structure, self.log = Told(), Told()
        root = _plain(ET.fromstring(structure))
        self.units: dict[str, set[tuple[int, str]]] = {}
        self.cases: dict[int, ET.Element] = {}
        self.void: set[int] = set()
        self.pending: list[tuple[Told, int, str, str, str | None]] = []
        self._walk(root, [])
        self.names = self._names()
        self._changes(_plain(ET.fromstring(changes)))
        for entry in self.pending:
            self._settle(*entry)

    def _walk(self, node: ET.Element, above: list[ET.Element]) -> None:
        for child in node:
            if child.tag == "mappe":
                self._folder(child, above)
                self._walk(child, [*above, child])
            elif child.tag == "registrering":
                self._document(child, above)
            elif child.tag in ("arkiv", "arkivdel", "klasse", "klassifikasjonssystem"):
                self._walk(child, above)

    def _case(self, chain: list[ET.Element]) -> tuple[int, str]:
        if not chain:
            return 0, "outside a case folder"
        if any(_type(f) == "moetemappe" for f in chain):
            return 0, "of a meeting folder"
        found = next((f for f in reversed(chain) if _type(f) == "saksmappe"), chain[0])
        self.cases[id(found)] = found
        return id(found), ""

    def _folder(self, node: ET.Element, above: list[ET.Element]) -> None:
        case, aside = self._case([*above, node])
        if own := value(node, "systemID"):
            self.units.setdefault(own, set()).add((case, aside))
        if case == id(node) and (value(node, "saksstatus") or "").lower() in ("u", "utgår"):
            self.void.add(case)
        if not aside and case != id(node):
            aside = "a folder within a case folder"
        elif not aside and _type(node) != "saksmappe" and any(_type(f) == "saksmappe" for f in node.iter("mappe")):
            aside = "a folder that holds case folders"
        opened = value(node, "opprettetDato") or value(node, "saksdato")
        self.pending.append((self.structure, case, "Sak opprettet", aside, opened))
        closed = value(node, "avsluttetDato")
        if closed and not closed.startswith("9999"):
            self.pending.append((self.structure, case, "Sak avsluttet", aside, closed))

    def _document(self, node: ET.Element, above: list[ET.Element]) -> None:
        case, aside = self._case(above)
        if not aside and _type(node) == "moeteregistrering":
            aside = "of a meeting folder"
        void = (value(node, "journalstatus") or "").lower() in ("u", "utgår")
        aside = aside or ("voided (utgår)" if void else "")
        if own := value(node, "systemID"):
            self.units.setdefault(own, set()).add((case, aside))
        step, time = document_step(node)
        self.pending.append((self.structure, case, step, aside, time))
        for part in node:
            if part.tag == "avskrivning":
                step = f"Avskrevet: {words(value(part, 'avskrivningsmaate'), WRITE_OFFS)}"
                time = value(part, "avskrivningsdato")
                self.pending.append((self.structure, case, step, aside, time))
            elif part.tag == "dokumentflyt":
                step = f"Dokumentflyt: {words(value(part, 'flytStatus'), FLOW_STATUSES)}"
                name = "flytSendtDato" if value(part, "flytSendtDato") else "flytMottattDato"
                self.pending.append((self.structure, case, step, aside, value(part, name)))

    def _names(self) -> dict[int, str]:
        numbers = Counter(value(f, "mappeID") for f in self.cases.values())
        names = {}
        for key, node in self.cases.items():
            number, own = value(node, "mappeID"), value(node, "systemID")
            names[key] = number if number and numbers[number] == 1 else own or f"mappe {key}"
        return names

    def _changes(self, root: ET.Element) -> None:
        for node in root.iter("endring"):
            what = (value(node, "referanseMetadata") or "").lower().rpartition(".")[2]
            new, unit = value(node, "nyVerdi"), value(node, "referanseArkivenhet")
            steps = {"saksansvarlig": "Ansvarlig endret", "administrativenhet": "Enhet endret"}
            if what in ("saksstatus", "m052"):
                steps[what] = f"Saksstatus: {words(new, CASE_STATUSES)}"
            if what == "journalstatus":
                steps[what] = f"Journalstatus: {words(new, JOURNAL_STATUSES)}"
            time = value(node, "endretDato")
            if what not in steps or not new or new == value(node, "tidligereVerdi"):
                aside = "change that changes nothing" if what in steps else "change of another field"
                self.pending.append((self.log, 0, "", aside, time))
                continue
            found = self.units.get(unit or "", set())
            live = sorted((case for case, aside in found if not aside), key=list(self.cases).index)
            if not found or len({self.names[case] for case in live}) > 1:
                self.log.records += 1
                self.log.quarantined += 1
                continue
            case, aside = (live[0], "") if live else min(found, key=lambda unit: unit[1])
            self.pending.append((self.log, case, steps[what], aside, time))

    def _settle(self, told: Told, case: int, step: str, aside: str, time: str | None) -> None:
        told.records += 1
        aside = aside or ("voided (utgår)" if case in self.void else "")
        if aside:
            told.set_aside[aside] += 1
            return
        shown = moment(time)
        if shown is None:
            told.quarantined += 1
        else:
            told.accepted += 1
            told.events[self.names[case], step, shown] += 1


def _plain(root: ET.Element) -> ET.Element:
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    return root


def _type(node: ET.Element) -> str:
    return next((v for k, v in node.attrib.items() if k.endswith("type")), "").rpartition(":")[2].lower()


def value(node: ET.Element, name: str) -> str | None:
    """The first filled field of that name."""
    texts = [(child.text or "").strip() for child in node if child.tag == name]
    return next((text for text in texts if text and text.upper() != "NULL"), None)


def words(code: str | None, codes: dict[str, str]) -> str:
    for letter, text in codes.items():
        if code and code.lower() in (letter.lower(), text.lower()):
            return text
    return "annen"


def document_step(node: ET.Element) -> tuple[str, str | None]:
    """The step of a document, and its time as written."""
    code = value(node, "journalposttype")
    kind = words(code, JOURNAL_TYPES) if code else ""
    rules = {
        "Inngående dokument": ("Inngående dokument", ("mottattDato", "journaldato")),
        "Utgående dokument": ("Utgående dokument", ("sendtDato", "journaldato")),
        "Saksframlegg": ("Saksframlegg", ("journaldato",)),
        "Organinternt dokument for oppfølging": ("Notat", ("journaldato",)),
        "Organinternt dokument uten oppfølging": ("Notat", ("journaldato",)),
    }
    if kind in rules:
        step, names = rules[kind]
    elif kind or _type(node) == "journalpost":
        step, names = "Journalpost", ("journaldato", "opprettetDato")
    elif _type(node) == "arkivnotat":
        step, names = "Notat", ("dokumentetsDato", "opprettetDato")
    else:
        step, names = "Registrering", ("opprettetDato",)
    name = next((n for n in names if value(node, n)), names[0])
    time, created = value(node, name), value(node, "opprettetDato")
    office = step in ("Notat", "Saksframlegg")
    if office and time and created and len(time) == 10 and created[:10] == time and len(created) > 10:
        zoned = created.endswith("Z") or "+" in created
        time = time if zoned else created
    return step, time


def moment(text: str | None) -> str | None:
    """The moment in UTC, or the day; None for what is neither. No random time stands at midnight."""
    if text is None:
        return None
    try:
        if len(text) == 10:
            return _within(date.fromisoformat(text)) if text[4] == "-" else None
        found = datetime.fromisoformat(text[:26])
    except ValueError:
        return None
    if found.tzinfo and abs(found.utcoffset() or timedelta(0)) > timedelta(hours=14):
        return None
    if not 1950 <= found.year <= 2099:
        return None
    if not found.tzinfo:
        local = found.replace(tzinfo=OSLO)
        found = local.astimezone(UTC)
        if found.astimezone(OSLO).replace(tzinfo=None) != local.replace(tzinfo=None):
            return None
    return found.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _within(day: date) -> str | None:
    return day.isoformat() if 1950 <= day.year <= 2099 else None
