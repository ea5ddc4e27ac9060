"""Lines of KOSTRA reports for tests: a record is what it says, by field, and the rest is what a usual one says."""

from datetime import date
from pathlib import Path
from typing import Any

from saksflyt.connectors.kostra.layouts import PROGRAM, SUPPORT, Layout, layouts

MONTHS = ("JAN", "FEB", "MARS", "APRIL", "MAI", "JUNI", "JULI", "AUG", "SEPT", "OKT", "NOV", "DES")
FNR = "10915596784"  # synthetic
Said = str | date | None
_DATES = {"ddMMyyyy": "%d%m%Y", "ddMMyy": "%d%m%y"}


def layout_of(form: str, year: int) -> Layout:
    return next(each for each in layouts().values() if (each.form, each.year) == (form, year))


def line(form: str, year: int, said: dict[str, Said]) -> str:
    """Each field in its place, texts to the left and numbers to the right."""
    layout = layout_of(form, year)
    text = [" "] * layout.length
    for name, value in {"VERSION": layout.version, **said}.items():
        if (field := layout.fields.get(name)) is None or value is None:
            continue
        cell = value.strftime(_DATES[field.type]) if isinstance(value, date) else value
        cell = cell.rjust(field.length) if field.type == "integer" else cell.ljust(field.length)
        assert len(cell) == field.length, (name, cell)
        text[field.start - 1 : field.start - 1 + field.length] = cell
    return "".join(text)


def program(year: int = 2025, journal: str = "K1", **said: Any) -> str:
    """A participant whose program goes on."""
    usual: dict[str, Said] = {
        "KOMMUNE_NR": "4601",
        "PERSON_JOURNALNR": journal,
        "FODSELSDATO": date(1990, 5, 17),
        "PERSON_FODSELSNR": None,
        "KJONN": "2",
        "EKTSTAT": "1",
        "BU18": "2",
        "REG_DATO": date(year, 1, 8),
        "VEDTAK_DATO": date(year, 2, 5),
        "BEGYNT_DATO": date(year, 3, 3),
        "STATUS": "1",
        "SAKSBEHANDLER": "sb1",
    }
    return line(PROGRAM, year, usual | said)


def support(year: int = 2025, journal: str = "S1", months: dict[int, int] | None = None, **said: Any) -> str:
    """A recipient of support in January and February, or in `months` with so much each."""
    paid = {1: 8000, 2: 9000} if months is None else months
    usual: dict[str, Said] = {
        "KOMMUNE_NR": "4601",
        "PERSON_JOURNALNR": journal,
        "FODSELSDATO": date(1990, 5, 17),
        "KJONN": "1",
        "EKTSTAT": "1",
        "VKLO": "5",
        "VILKARSOSLOV": "2",
        "SAKSBEHANDLER": "sb1",
        **{f"STMND_{month}": f"{month:02}" for month in paid},
        **{f"BIDRAG_{MONTHS[month - 1]}": str(amount) for month, amount in paid.items()},
        "BIDRAG": str(sum(paid.values())),
        "LAAN": "0",
    }
    return line(SUPPORT, year, usual | said)


def report(path: Path, *lines: str, end: str = "\r\n") -> Path:
    path.write_bytes("".join(each + end for each in lines).encode("iso-8859-1"))
    return path
