"""11F, økonomisk sosialhjelp: one record per recipient and year, with the months of support and two dates.

A month is all that is known of a payment; it stands on the first day of its month.
"""

from __future__ import annotations

from .cells import filled, person_sql
from .form import PERSON, Column, Form, Rule, coded, dates, numbers, of_person, unreadable
from .layouts import SUPPORT

_MONTHS = ("JAN", "FEB", "MARS", "APRIL", "MAI", "JUNI", "JULI", "AUG", "SEPT", "OKT", "NOV", "DES")
_MARKS = tuple(f"STMND_{month}" for month in range(1, 13))
_AMOUNTS = tuple(f"{kind}_{month}" for kind in ("BIDRAG", "LAAN") for month in _MONTHS)
_STEPS = {"UTBETDATO": "Vedtak med vilkår", "VEDTAKDATO": "Vedtak om unntak fra aktivitetsplikt"}
_PAID = "Stønad utbetalt"
_CASE = "concat_ws('|', KOMMUNE_NR, ltrim(BYDELSNR, '0 '), PERSON_JOURNALNR)"
_PERSON = f"coalesce({person_sql('PERSON_FODSELSNR')}, {person_sql('PERSON_DUF')})"


def _paid(month: int) -> str:
    return f"(case when ltrim(STMND_{month}, '0 ') = '{month}' then make_date(year, {month}, 1) end)"


def _months() -> tuple[Column, ...]:
    found = []
    for number, (mark, month) in enumerate(zip(_MARKS, _MONTHS, strict=True), 1):
        found.append(Column(mark, f"_STMND_{number}", "milestone", "DATE", _PAID))
        for kind, name in (("BIDRAG", "Bidrag"), ("LAAN", "Lån")):
            found.append(Column(f"{kind}_{month}", f"_{kind}_{month}", "attribute", "DOUBLE", name, step=mark))
    return tuple(found)


def _rules() -> tuple[Rule, ...]:
    each = [(f"_STMND_{n}", f"coalesce(_BIDRAG_{m}, 0) + coalesce(_LAAN_{m}, 0)") for n, m in enumerate(_MONTHS, 1)]
    unmarked = " or ".join(f"({paid} is null and {amount} > 0)" for paid, amount in each)
    no_month = " and ".join(f"{paid} is null" for paid, _ in each)
    sums = {kind: " + ".join(f"coalesce(_{kind}_{month}, 0)" for month in _MONTHS) for kind in ("BIDRAG", "LAAN")}
    return (
        Rule("no month", "no month of support is marked", no_month),
        Rule("amount without its month", "a month has an amount but no mark of support", unmarked),
        *(
            Rule(f"{kind} is not the sum", f"{kind} is not the sum of its months",
                 f"({months}) > 0 and coalesce(_{kind}, 0) <> {months}")
            for kind, months in sums.items()
        ),
        Rule("UTBETDATO missing", "VILKARSOSLOV says that there are conditions, but UTBETDATO is missing",
             f"VILKARSOSLOV = '1' and not {filled('UTBETDATO')}"),
        Rule("UTBETDATO old", "UTBETDATO lies more than 4 years before the reporting year",
             "KOMMUNE_NR <> '0301' and year - year(_UTBETDATO) > 4"),
        Rule("conditions end before the decision", "UTBETTOMDATO lies before UTBETDATO", "_UTBETTOMDATO < _UTBETDATO"),
        Rule("exemption of age", "VEDTAKDATO is for recipients under 30 years",
             "_VEDTAKDATO is not null and year - year(_FODSELSDATO) > 30"),
        Rule("age", "FODSELSDATO makes the recipient younger than 18 or older than 110 years",
             "year - year(_FODSELSDATO) not between 18 and 110"),
    )  # fmt: skip


FORM = Form(
    name=SUPPORT,
    title="KOSTRA 11F, økonomisk sosialhjelp",
    fields=(
        *PERSON,
        "PERSON_DUF",
        *_STEPS,
        "UTBETTOMDATO",
        *_MARKS,
        *_AMOUNTS,
        "BIDRAG",
        "LAAN",
        "KJONN",
        "EKTSTAT",
        "BU18",
        "VKLO",
        "ARBSIT",
        "BOSIT",
        "GITT_OKONOMIRAD",
        "FAAT_INDIVIDUELL_PLAN",
        "VILKARSOSLOV",
    ),
    facts=dates("FODSELSDATO", *_STEPS, "UTBETTOMDATO")
    | {f"_STMND_{month}": _paid(month) for month in range(1, 13)}
    | numbers("BIDRAG", "LAAN", *_AMOUNTS),
    bad=unreadable("no date", "FODSELSDATO", *_STEPS, "UTBETTOMDATO")
    | unreadable("no code of this month", *_MARKS)
    | unreadable("no number", "BIDRAG", "LAAN", *_AMOUNTS),
    columns=(
        *of_person(_CASE, _PERSON),
        *(Column(field, f"_{field}", "milestone", "DATE", step) for field, step in _STEPS.items()),
        *_months(),
        Column("VERSION", "year::varchar", "attribute", name="Rapporteringsår"),
        *coded(
            "KJONN",
            "EKTSTAT",
            "BU18",
            "VKLO",
            "ARBSIT",
            "BOSIT",
            "GITT_OKONOMIRAD",
            "FAAT_INDIVIDUELL_PLAN",
            "VILKARSOSLOV",
        ),
    ),
    rules=_rules(),
    notes=(f"Of {_PAID!r} only the month is known; it stands on the first day of the month.",),
)
