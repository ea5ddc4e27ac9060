"""Does a file keep the rules of the schema? What breaks them is told by its place: ``hendelser[3].status``.

The rules are those of digisos-soker.json 1.3.0 with three pardons, because the readers of the format grant them, too:
a time may have any offset and no fraction, a field may be null where it may be missing, and a decision need not name
its matter. Fields that the schema does not know are legal, and so are types of events: they may be added.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

from .times import instant

_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(-[a-zA-Z0-9]+)?(\+[a-zA-Z0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OFFICE = re.compile(r"[0-9]{4}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

APPLICATION_STATUS = ("MOTTATT", "UNDER_BEHANDLING", "FERDIGBEHANDLET", "BEHANDLES_IKKE")
MATTER_STATUS = ("UNDER_BEHANDLING", "IKKE_INNSYN", "BEHANDLES_IKKE", "FEILREGISTRERT")
OUTCOME = ("INNVILGET", "DELVIS_INNVILGET", "AVSLATT", "AVVIST")
PAYMENT_STATUS = ("PLANLAGT_UTBETALING", "UTBETALT", "STOPPET", "ANNULLERT")
CONDITION_STATUS = ("RELEVANT", "ANNULLERT", "OPPFYLT", "IKKE_OPPFYLT")
DEMAND_STATUS = (*CONDITION_STATUS, "LEVERT_TIDLIGERE")


class Fault(Exception):
    """What is wrong with a file, and where in it. Neither quotes the file."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place} {reason}" if place else reason)
        self.place, self.reason = place, reason


# Where a value stands: in what, and under which name or number there. Written out only when something is wrong.
Place = tuple[Any, str | int] | None
Rule = Callable[[Any, Place], None]


def _wrong(place: Place, reason: str) -> NoReturn:
    raise Fault(_written(place), reason)


def _written(place: Place) -> str:
    if place is None:
        return ""
    outer, name = _written(place[0]), place[1]
    if isinstance(name, int):
        return f"{outer}[{name}]"
    return f"{outer}.{name}" if outer else name


def _text(value: Any, place: Place) -> None:
    if not isinstance(value, str):
        _wrong(place, "is no text")


def _number(value: Any, place: Place) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        _wrong(place, "is no number")


def _truth(value: Any, place: Place) -> None:
    if not isinstance(value, bool):
        _wrong(place, "is neither true nor false")


def _time(value: Any, place: Place) -> None:
    if instant(value) is None:
        _wrong(place, "is no time with an offset, such as 2018-10-04T13:37:00.134Z")


def _matching(pattern: re.Pattern[str], what: str) -> Rule:
    def rule(value: Any, place: Place) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            _wrong(place, f"is no {what}")

    return rule


def _one_of(known: tuple[str, ...]) -> Rule:
    allowed, said = frozenset(known), f"is none of {', '.join(known)}"

    def rule(value: Any, place: Place) -> None:
        if not isinstance(value, str) or value not in allowed:
            _wrong(place, said)

    return rule


def _list(item: Rule) -> Rule:
    def rule(value: Any, place: Place) -> None:
        if not isinstance(value, list):
            _wrong(place, "is no list")
        for number, each in enumerate(value):
            item(each, (place, number))

    return rule


def _object(required: dict[str, Rule], optional: dict[str, Rule] | None = None) -> Rule:
    rules = [(name, rule, True) for name, rule in required.items()]
    rules += [(name, rule, False) for name, rule in (optional or {}).items()]

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, dict):
            _wrong(place, "is no object")
        for name, rule, needed in rules:
            inner = value.get(name)
            if inner is not None:
                rule(inner, (place, name))
            elif needed:
                _wrong((place, name), "is missing")

    return check


def _file(value: Any, place: Place) -> None:
    """A reference to a document: one in Fiks' store, or one sent with SvarUt."""
    _A_FILE(value, place)
    if value["type"] == "svarut" and (not isinstance(value.get("nr"), int) or isinstance(value["nr"], bool)):
        _wrong((place, "nr"), "is no whole number")


_DATE = _matching(_DAY, "date such as 2018-10-04")
_A_FILE = _object({"type": _one_of(("dokumentlager", "svarut")), "id": _matching(_UUID, "UUID")})
_LETTER = _object({"referanse": _file})
_ATTACHED = _list(_object({"tittel": _text, "referanse": _file}))
_PERIOD = {"belop": _number, "beskrivelse": _text, "fom": _DATE, "tom": _DATE}
_DEMAND = {"saksreferanse": _text, "utbetalingsreferanse": _list(_text), "tittel": _text, "beskrivelse": _text}
_ASKED_FOR = _object(
    {"dokumenttype": _text, "innsendelsesfrist": _time}, {"tilleggsinformasjon": _text, "dokumentreferanse": _text}
)
# Far more than any application has. By matter, each event may become one of every matter.
_MOST_EVENTS, _MOST_MATTERS = 10_000, 100
EVENTS: dict[str, Rule] = {
    "soknadsStatus": _object({"status": _one_of(APPLICATION_STATUS)}),
    "tildeltNavKontor": _object({"navKontor": _matching(_OFFICE, "number of four digits")}),
    "dokumentasjonEtterspurt": _object(
        {"dokumenter": _list(_ASKED_FOR)}, {"forvaltningsbrev": _LETTER, "vedlegg": _ATTACHED}
    ),
    "forelopigSvar": _object({"forvaltningsbrev": _LETTER}, {"vedlegg": _ATTACHED}),
    "saksStatus": _object({"referanse": _text}, {"tittel": _text, "status": _one_of(MATTER_STATUS)}),
    "vedtakFattet": _object(
        {"vedtaksfil": _LETTER}, {"saksreferanse": _text, "utfall": _one_of(OUTCOME), "vedlegg": _ATTACHED}
    ),
    "utbetaling": _object(
        {"utbetalingsreferanse": _text},
        {"saksreferanse": _text, "rammevedtaksreferanse": _text, "status": _one_of(PAYMENT_STATUS), **_PERIOD}
        | {"forfallsdato": _DATE, "utbetalingsdato": _DATE, "annenMottaker": _truth, "utbetalingsmetode": _text},
    ),
    "vilkar": _object({"vilkarreferanse": _text}, {**_DEMAND, "status": _one_of(CONDITION_STATUS)}),
    "dokumentasjonkrav": _object(
        {"dokumentasjonkravreferanse": _text}, {**_DEMAND, "frist": _time, "status": _one_of(DEMAND_STATUS)}
    ),
    "rammevedtak": _object({"rammevedtaksreferanse": _text}, {"saksreferanse": _text, **_PERIOD}),
}
_SENDER = _object({"systemnavn": _text, "systemversjon": _text})
_HEAD = _object(
    {
        "version": _matching(_VERSION, "version such as 1.0.0"),
        "avsender": _SENDER,
        "hendelser": lambda value, place: None,
    }
)
_ANY_EVENT = _object({"type": _text, "hendelsestidspunkt": _time})


def check(file: dict[str, Any]) -> None:
    """Raise Fault if a digisos-soker file breaks the schema."""
    _HEAD(file, None)
    events = file["hendelser"]
    if not isinstance(events, list) or not events:
        _wrong((None, "hendelser"), "is no list with at least one event")
    if len(events) > _MOST_EVENTS:
        _wrong((None, "hendelser"), f"has more than {_MOST_EVENTS} events")
    matters = set()
    for number, event in enumerate(events):
        place = ((None, "hendelser"), number)
        _ANY_EVENT(event, place)
        if rule := EVENTS.get(event["type"]):
            rule(event, place)
            matters.add(event.get("referanse" if event["type"] == "saksStatus" else "saksreferanse"))
    if len(matters) > _MOST_MATTERS:
        _wrong((None, "hendelser"), f"has more than {_MOST_MATTERS} matters")
