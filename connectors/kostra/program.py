"""11CF, kvalifiseringsstønad: one record per participant and year, with four dates and how the program stands.

The steps are called as in the template ``kvp`` of intended flows.
"""

from __future__ import annotations

from .cells import filled
from .form import PERSON, Column, Form, Rule, coded, dates, of_person, unreadable
from .layouts import PROGRAM

_STEPS = {
    "REG_DATO": "Søknad registrert",
    "VEDTAK_DATO": "Vedtak om program og stønad",
    "BEGYNT_DATO": "Program startet",
    "AVSL_DATO": "Program avsluttet",
}
_ENDED = "STATUS in ('3', '4', '5', '6', '7')"
_NEEDS_END = "STATUS in ('3', '4', '5', '7')"  # 6: moved to another district of Oslo
_END = f"(case when {_ENDED} then _AVSL_DATO end)"
_CASE = "concat_ws('|', KOMMUNE_NR, ltrim(BYDELSNR, '0 '), PERSON_JOURNALNR, coalesce(strftime(_BEGYNT_DATO, '%Y%m%d'), ''))"
_OLD = 4  # years before the reporting year


def _rules() -> tuple[Rule, ...]:
    dates_of = ("REG_DATO", "VEDTAK_DATO", "BEGYNT_DATO")
    return (
        *(Rule(f"{field} missing", f"{field} is not filled in", f"not {filled(field)}") for field in dates_of),
        *(
            Rule(
                f"{field} old",
                f"{field} lies more than {_OLD} years before the reporting year",
                f"KOMMUNE_NR <> '0301' and year - year(_{field}) > {_OLD}",
            )
            for field in dates_of
        ),
        *(
            Rule(f"{field} late", f"{field} lies after the reporting year", f"year(_{field}) > year")
            for field in dates_of
        ),
        Rule("AVSL_DATO missing", "AVSL_DATO is missing although STATUS is 3, 4, 5 or 7",
             f"{_NEEDS_END} and not {filled('AVSL_DATO')}"),
        Rule("AVSL_DATO outside the year", "AVSL_DATO does not lie in the reporting year",
             f"{_ENDED} and year(_AVSL_DATO) <> year"),
        Rule("AVSL_DATO of a running program", "AVSL_DATO is filled in although STATUS says that the program goes on",
             "STATUS in ('1', '2') and _AVSL_DATO is not null"),
        Rule("STATUS unknown", "STATUS is none of 1 to 7", "not regexp_full_match(STATUS, '[1-7]')"),
        Rule("moved within Oslo", "STATUS is 6, which only Oslo has", "STATUS = '6' and KOMMUNE_NR <> '0301'"),
        Rule("decision before application", "VEDTAK_DATO lies before REG_DATO", "_VEDTAK_DATO < _REG_DATO"),
        Rule("start before decision", "BEGYNT_DATO lies before VEDTAK_DATO", "_BEGYNT_DATO < _VEDTAK_DATO"),
        Rule("end before start", "AVSL_DATO lies before BEGYNT_DATO", f"{_END} < _BEGYNT_DATO"),
        Rule("age", "FODSELSDATO makes the participant younger than 18 or older than 68 years",
             "year - year(_FODSELSDATO) not between 18 and 68"),
    )  # fmt: skip


FORM = Form(
    name=PROGRAM,
    title="KOSTRA 11CF, kvalifiseringsstønad",
    flow="kvp",
    fields=(
        *PERSON,
        *_STEPS,
        "KJONN",
        "EKTSTAT",
        "BU18",
        "KVP_KOMM",
        "YTELSE_TYPE_SOSHJ",
        "STATUS",
        "AVSL_VIKTIGSTE_INNTEKT",
    ),
    facts=dates("FODSELSDATO", *_STEPS),
    bad=unreadable("no date", "FODSELSDATO", *_STEPS),
    columns=(
        *of_person(_CASE),
        *(
            Column(field, _END if field == "AVSL_DATO" else f"_{field}", "milestone", "DATE", step)
            for field, step in _STEPS.items()
        ),
        Column("AVSL_DATO closes", _END, "closed", "DATE"),
        Column("VERSION", "year::varchar", "attribute", name="Rapporteringsår"),
        *coded("STATUS", "KJONN", "EKTSTAT", "BU18", "KVP_KOMM", "YTELSE_TYPE_SOSHJ", "AVSL_VIKTIGSTE_INNTEKT"),
    ),
    rules=_rules(),
)
