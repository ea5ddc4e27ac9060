"""What the name of a column says about its role: the names that case systems and mining tools use.

Within a role the names stand in order of trust: the first that occurs wins, the others become attributes. Sources:
XES and pm4py (``case:concept:name``), Disco (``Complete Timestamp``), Celonis (``_CASE_KEY``), bupaR, Simod, and
Norwegian exports.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# The point in time of an event. Where a start is given as well, a name for the end is trusted first.
_ENDS = """
    time timestamp|complete timestamp|end timestamp|end time|endtime|complete time|completion time|completed at|complete|
    completed|end|end date|slutttidspunkt|sluttidspunkt|slutttid|sluttid|slutt|sluttdato|slutt dato|til|ferdig|fullført|
    tidspunkt slutt|slutt tidspunkt
"""
_POINTS = """
    timestamp|eventtime|event time|event timestamp|tidspunkt|hendelsestidspunkt|hendelsetidspunkt|tidsstempel|
    tidspunkt for hendelse|dato og tid|dato tid|hendelsesdato|hendelsedato|dato|date time|datetime|date|event date|time|
    tid|når|utført|utført dato|utførtdato|registrert|registrert dato|registreringsdato|registrert tidspunkt|endret|
    endret dato|endretdato|changed at|created at|created|created on|opprettet|opprettet dato|opprettetdato|logged at|
    occurred at|performed at
"""

_NAMES = {
    "case": """
        case concept name|case id|caseid|case key|case identifier|case number|case no|caseno|case nr|case|saksnr|
        saksnummer|saks nr|saks nummer|sak nr|saknr|saksid|saks id|sak id|sakid|sakskode|saksreferanse|sak ref|sakref|
        sak|søknadsid|søknads id|søknadsnr|søknadsnummer|søknad id|søknad nr|journalsaknr|arkivsaknr|arkivsak|
        mappeid|trace|trace id|traceid|process instance|process instance id|proc inst id|instance id|ticket|ticket id|
        issue key|incident|incident id|number|documentkey|objectid|referanse|referansenr|ref nr|id|patient
    """,
    "activity": """
        concept name|activity|activity name|activity en|activity label|aktivitet|aktivitetsnavn|hendelse|hendelsesnavn|
        hendelsestype|hendelsetype|hendelses type|steg|stegnavn|prosess steg|prosesssteg|trinn|task|task name|event|
        event name|event type|step|step name|action|handling|oppgave|oppgavetype|act name|operasjon|milepæl|
        aktivitetstype|status|saksstatus|tilstand|fase
    """,
    "start": """
        start timestamp|start time|starttime|startet|start|starttidspunkt|start tidspunkt|tidspunkt start|starttid|
        startdato|start dato|start date|started|started at|begin|begin time|påbegynt|fra
    """,
    "resource": """
        org resource|resource|resource name|resource id|resourceid|ressurs|saksbehandler|saksbehandler id|saksbehandlerid|behandler|utført av|
        utførtav|utfører|utførende|caseworker|case worker|handler|employee|agent|performer|assignee|ansatt|medarbeider|
        registrert av|endret av|opprettet av|ansvarlig|saksansvarlig|user|user id|userid|user name|username|
        changed by|performed by
    """,
    "unit": """
        unit|org unit|organizational unit|enhet|enhetsnavn|enhetsnr|enhetsnummer|enhet id|kontor|kontornavn|kontornr|
        nav kontor|navkontor|navkontornr|avdeling|avdelingsnavn|seksjon|bydel|org group|department|office|team|gruppe|
        administrativ enhet|administrativenhet
    """,
    "applicant": """
        applicant|applicant id|søker|søker id|søkerid|bruker|bruker id|brukerid|klient|klient id|klientid|klientnr|
        client|client id|citizen|innbygger|person|person id|personid|personident|fnr|f nr|fødselsnummer|fødselsnr|
        personnummer|personnr|national id|ssn|duf|dufnr|duf nummer|mottaker|part|sakspart|customer|customer id|patient
    """,
    "case type": """
        case type|casetype|type|sakstype|saks type|type sak|sakstema|tema|søknadstype|søknads type|ytelse|ytelsestype|
        stønadstype|stønad|case category
    """,
    "case unit": "case unit|case org group|saksenhet|ansvarlig enhet|eierenhet|sakens enhet",
    "closed": """
        closed|case closed|closed at|closed date|closed on|avsluttet|avsluttet dato|avsluttetdato|sak avsluttet|
        lukket|lukket dato|lukketdato|sak lukket|is closed|er avsluttet
    """,
    "due": """
        due|due date|due at|duedate|deadline|frist|fristdato|frist dato|saksfrist|svarfrist|behandlingsfrist|
        forfall|forfallsdato
    """,
    "event id": "event id|eventid|hendelse id|hendelseid|hendelsesid|hendelses id|hendelsesnr|hendelsenr|identity id",
    "lifecycle": """
        lifecycle transition|lifecycle|lifecycle id|lifecycle status|transition|transition type|livssyklus|event type|
        status
    """,
    "instance": """
        concept instance|activity instance|activity instance id|lifecycle instance|lifecycle instance id|
        aktivitetsinstans
    """,
    "free text": """
        merknad|merknader|notat|notater|kommentar|kommentarer|beskrivelse|tittel|fritekst|tekst|begrunnelse|journalnotat|
        innhold|melding|emne|overskrift|saksnavn|sakstittel|note|notes|comment|comments|description|title|free text|
        subject|message|remarks|remark
    """,
    "drop": """
        fornavn|etternavn|navn|fullt navn|brukernavn|søkers navn|klientnavn|first name|firstname|last name|lastname|
        surname|full name|fullname|adresse|gateadresse|address|telefon|telefonnr|telefonnummer|tlf|mobil|mobilnr|
        phone|phone number|epost|e post|e postadresse|email|e mail|kontonummer|kontonr|bankkonto|fødselsdato|født|født dato|
        fødd|fødselsdag|f dato|fdato|birth date|birthdate|birthday|date of birth|dob|born
    """,
}  # fmt: skip


# The names that tell one shape of table from another.
_SHAPE_NAMES = {
    "from": "fra|from|fra dato|fradato|fra og med|fra tidspunkt|fom|f o m|gyldig fra|valid from|from date|from time",
    "to": "til|to|til dato|tildato|til og med|til tidspunkt|tom|t o m|gyldig til|valid to|to date|to time",
    "field": "felt|feltnavn|field|fieldname|field name|endret felt|changed field|attributt|attribute|egenskap|property",
    "old": """
        gammel verdi|gammelverdi|fra verdi|tidligere verdi|forrige verdi|old value|oldvalue|old|from value|fromstring|
        previous value|original value
    """,
    "new": "ny verdi|nyverdi|til verdi|new value|newvalue|new|to value|tostring|current value",
    "changed": """
        endret|endret dato|endretdato|endret tidspunkt|endringstidspunkt|endringsdato|changed at|changed on|changed date|
        change date|changed|modified at|modified on|sys created on|created|createdon|created on|created at|tidspunkt|
        tidsstempel|timestamp|dato og tid|dato|date|time
    """,
    "changer": """
        endret av|changed by|modified by|utført av|registrert av|saksbehandler|bruker|user|userid|user id|author|sys created by|
        created by
    """,
    # What a case is at the moment: in a row per case it is no step, in an audit its changes are the steps.
    "state": """
        status|saksstatus|sak status|saks status|case status|status navn|statusnavn|state|tilstand|sakstilstand|fase|stage|
        phase
    """,
    # Names of times that tell of one step; any other name for the time of an event speaks of every row alike.
    "one step": """
        opprettet|opprettet dato|opprettetdato|created|created at|created on|registrert|registrert dato|
        registreringsdato|registrert tidspunkt|start|startdato|start dato|start date|startet|started|started at|påbegynt|
        slutt|sluttdato|slutt dato|end date|ferdig|fullført|completed|completed at
    """,
}  # fmt: skip


def _list(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.replace("\n", " ").split("|"))


ENDS, POINTS = _list(_ENDS), _list(_POINTS)
NAMES: dict[str, tuple[str, ...]] = {role: _list(names) for role, names in _NAMES.items()}
SHAPE_NAMES: dict[str, tuple[str, ...]] = {what: _list(names) for what, names in _SHAPE_NAMES.items()}


def plain(header: str) -> str:
    """A header in its simplest form: ``_CASE_KEY`` and ``Case Key`` are the same name."""
    text = unicodedata.normalize("NFC", header).strip().casefold()
    return re.sub(r"[\s_\-.:/()\xa0]+", " ", text).strip()


def time_names(start_given: bool) -> tuple[str, ...]:
    """The names for the time of an event, most trusted first."""
    exact = ENDS[:1]
    return exact + (ENDS[1:] + POINTS if start_given else POINTS + ENDS[1:])


def core_roles_in(headers: Iterable[str]) -> set[str]:
    """Which of case, activity and time do these names point to?"""
    names = {plain(header) for header in headers}
    return {role for role, known in _CORE.items() if names & known}


_CORE = {
    "case": frozenset(NAMES["case"]),
    "activity": frozenset(NAMES["activity"]),
    "time": frozenset(ENDS + POINTS),
}
