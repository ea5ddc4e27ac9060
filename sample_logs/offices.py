"""The made-up place: three offices, their steps, and what was planted where.

The names of the steps are those of the intended flow for social assistance. No municipality has these names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

RECEIVED = "Søknad mottatt"
TRIAGE = "Vurdere nødsituasjon"
EMERGENCY = "Vedtak om nødhjelp / midlertidig botilbud"
ASSIGNED = "Tildelt saksbehandler"
MAPPED = "Kartlegging"
REQUESTED = "Dokumentasjon etterspurt"
DELIVERED = "Dokumentasjon levert"
INTERIM = "Foreløpig svar"
ASSESSED = "Individuell vurdering og utmåling"
APPROVED = "Kvalitetssikring / godkjenning"
DECIDED = "Vedtak fattet"
NOTIFIED = "Underretning om vedtak"
PAID = "Utbetaling"
REFUSED = "Avslag sendt"

NIGHT_JOB = "nattjobb"
EMERGENCY_AID = "nødhjelp"
KINDS = (("livsopphold", 60), ("boutgifter", 20), ("særlige utgifter", 10), (EMERGENCY_AID, 10))


@dataclass(frozen=True)
class Office:
    """name : as in the export; code : how its user codes begin; staff : caseworkers; weight : share of the cases"""

    name: str
    code: str
    staff: int
    weight: int


NORDHAMN = Office("Nav Nordhamn", "nh", 9, 43)
ELVESTAD = Office("Nav Elvestad", "el", 7, 34)
FJELLBYGDA = Office("Nav Fjellbygda", "fj", 5, 23)
OFFICES = (NORDHAMN, ELVESTAD, FJELLBYGDA)

# Fjellbygda decides in a meeting on Thursdays; Elvestad gave up the long wait for a first talk at New Year.
MEETING_OFFICE, MEETING_WEEKDAY, MEETING_SHARE = FJELLBYGDA, 3, 0.85
IMPROVED_OFFICE, IMPROVED_FROM, IMPROVED_WORKING_DAYS = ELVESTAD, date(2026, 1, 1), 10
