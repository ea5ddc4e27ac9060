"""The same made-up people as KOSTRA reports: who took part in the qualification program, and who got support when.

11CF for two years, the first with the layout of 2024 and the second with that of 2025, and 11F for 2025 from the
payments of the applications. The three offices stand in one file; their municipality numbers belong to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from .arrivals import applications
from .casework import Case, life_of
from .clock import day_of
from .dice import Dice
from .generator import SEED, write_file
from .kostra_records import program_record, support_record
from .office_hours import OfficeHours
from .offices import DECIDED, ELVESTAD, FJELLBYGDA, NORDHAMN, PAID, Office

CASES = 320  # applications, of which some become participants
YEARS = (2024, 2025)
PROGRAM_NAMES = {year: f"11CF_{year}.dat" for year in YEARS}
SUPPORT_NAME = "11F_2025.dat"
_MUNICIPALITIES = {NORDHAMN: "9801", ELVESTAD: "9802", FJELLBYGDA: "9803"}
_TAKES_PART = 0.45  # of those who apply for their livelihood
_WEEKS_TO_DECISION = {NORDHAMN: (2, 6), ELVESTAD: (2, 5), FJELLBYGDA: (4, 8)}
_ENDS = (("3", 66), ("4", 16), ("5", 6), ("7", 12))
_CORRECTED = 0.05  # of those who are reported twice have their decision corrected in the second year
_FIXED_HOLIDAYS = {(1, 1), (1, 5), (17, 5), (24, 12), (25, 12), (26, 12), (31, 12)}


@dataclass(frozen=True)
class Participant:
    """One person's way through the program. ends : code of how it ends; corrected : the decision as told in 2024"""

    case: Case
    born: date
    journal: str
    worker: str
    registered: date
    decided: date
    corrected: date
    started: date
    ended: date
    ends: str
    on_leave: bool


def write_reports(folder: Path, *, seed: int = SEED, cases: int = CASES) -> list[Path]:
    """Write the three reports to a folder, in the order in which they are named here."""
    hours = OfficeHours()
    lives = [life_of(application, seed, hours) for application in applications(seed, cases)]
    taking_part = list(participants(lives, seed))
    written = []
    for year in YEARS:
        lines = [program_record(_said(each, year), year) for each in taking_part if _is_reported(each, year)]
        written.append(_write(folder / PROGRAM_NAMES[year], lines))
    lines = [support_record(said) for said in _recipients(lives, seed, 2025)]
    return [*written, _write(folder / SUPPORT_NAME, lines)]


def participants(lives: Sequence[Case], seed: int) -> Iterator[Participant]:
    """Some of those who apply for their livelihood, each once."""
    seen: set[str] = set()
    for case in lives:
        about = case.application
        dice = Dice(seed, f"program {about.number}")
        born = birthday(about.applicant)
        if about.kind != "livsopphold" or about.applicant in seen or born.year > 2004 or not dice.chance(_TAKES_PART):
            continue
        seen.add(about.applicant)
        yield _participant(case, born, len(seen), dice)


def _participant(case: Case, born: date, number: int, dice: Dice) -> Participant:
    office = case.application.office
    registered = _open_day(date(2023, 1, 16) + timedelta(days=dice.whole(0, 990)))
    low, high = _WEEKS_TO_DECISION[office]
    decided = _open_day(registered + timedelta(days=dice.middling(7 * low, 7 * high)))
    started = _open_day(decided + timedelta(days=dice.middling(5, 38)))
    ended = _open_day(started + timedelta(days=dice.middling(340, 760)))
    ends = dice.weigh(_ENDS)
    if ends == "4":  # stays away, and that shows early
        ended = _open_day(started + timedelta(days=dice.middling(60, 400)))
    corrected = _open_day(decided + timedelta(days=1)) if dice.chance(_CORRECTED) else decided
    return Participant(
        case, born, f"K{number:06}", f"{office.code}{101 + 7 * dice.whole(0, office.staff - 1)}",
        registered, decided, min(corrected, started), started, ended, ends, dice.chance(0.08),
    )  # fmt: skip


def _is_reported(each: Participant, year: int) -> bool:
    return each.started.year <= year <= each.ended.year


def _said(each: Participant, year: int) -> dict[str, str | date | None]:
    """What the report of a year says, by field."""
    about, dice = each.case.application, Dice(1, f"{each.journal} {year}")
    over = each.ended.year == year
    children = Dice(1, each.journal).chance(0.4)
    return {
        "KOMMUNE_NR": _MUNICIPALITIES[about.office],
        "VERSION": f"{year % 100:02}",
        "FODSELSDATO": each.born,
        "PERSON_JOURNALNR": each.journal,
        "PERSON_FODSELSNR": about.applicant,
        "KJONN": _sex(about.applicant),
        "EKTSTAT": Dice(1, each.journal).weigh((("1", 50), ("2", 12), ("3", 13), ("4", 23), ("5", 2))),
        "BU18": "1" if children else "2",
        "ANTBU18": f"{dice.whole(1, 3):2}" if children else None,
        "REG_DATO": each.registered,
        "VEDTAK_DATO": each.corrected if year == YEARS[0] else each.decided,
        "BEGYNT_DATO": each.started,
        "KVP_KOMM": "2",
        "YTELSE_SOSHJELP": "1",
        "YTELSE_TYPE_SOSHJ": "2" if dice.chance(0.7) else "3",
        "KVP_MED_ASTONAD": "2",
        **_months_in_program(each, year),
        "STATUS": each.ends if over else "2" if each.on_leave else "1",
        "AVSL_DATO": each.ended if over else None,
        **_afterwards(each, dice, over),
        "SAKSBEHANDLER": each.worker,
    }


def _months_in_program(each: Participant, year: int) -> dict[str, str]:
    within = [m for m in range(1, 13) if each.started <= date(year, m, 28) and date(year, m, 1) <= each.ended]
    return {f"STMND_{m}": f"{m:02}" for m in within} | {"KVP_STONAD": f"{20_600 * len(within):7}"}


def _afterwards(each: Participant, dice: Dice, over: bool) -> dict[str, str]:
    if not over or each.ends != "3":
        return {}
    income = dice.weigh((("01", 34), ("11", 12), ("03", 8), ("04", 10), ("14", 16), ("13", 8), ("16", 8), ("17", 4)))
    marks = {"01": "ORDINAERTARB", "11": "ARBLONNSTILS", "03": "ARBMARK", "04": "SKOLE", "14": "AAP", "13": "UFORE",
             "16": "UTEN_OK_AVKLAR", "17": "UKJENT"}  # fmt: skip
    return {f"AVSL_{marks[income]}": income, "AVSL_VIKTIGSTE_INNTEKT": income}


def _recipients(lives: Sequence[Case], seed: int, year: int) -> Iterator[dict[str, str | date | None]]:
    """Whoever was paid something in the year, by office, with all of his or her applications."""
    by_person: dict[tuple[Office, str], list[Case]] = {}
    for case in lives:
        by_person.setdefault((case.application.office, case.application.applicant), []).append(case)
    number = 0
    for (office, applicant), cases in by_person.items():
        paid: dict[int, int] = {}
        for event in (event for case in cases for event in case.events if event.step == PAID):
            if (day := day_of(event.when)).year == year:
                paid[day.month] = paid.get(day.month, 0) + (event.amount or 0) // 100
        if paid:
            number += 1
            yield _supported(office, applicant, cases, paid, number, Dice(seed, f"support {office.code}{applicant}"))


def _supported(
    office: Office, applicant: str, cases: list[Case], paid: dict[int, int], number: int, dice: Dice
) -> dict[str, str | date | None]:
    born = birthday(applicant)
    decisions = [day for case in cases for event in case.events if event.step == DECIDED
                 and (day := day_of(event.when)).year == 2025]  # fmt: skip
    conditions = decisions[0] if decisions and dice.chance(0.4) else None
    lent = {month: dice.chance(0.06) for month in paid}
    exempt = decisions[0] if decisions and born.year > 1995 and dice.chance(0.3) else None
    return {
        "KOMMUNE_NR": _MUNICIPALITIES[office],
        "VERSION": "25",
        "FODSELSDATO": born,
        "PERSON_JOURNALNR": f"S{number:06}",
        "PERSON_FODSELSNR": applicant,
        "KJONN": _sex(applicant),
        "EKTSTAT": dice.weigh((("1", 55), ("2", 13), ("3", 11), ("4", 19), ("5", 2))),
        "BU18": "1" if dice.chance(0.3) else "2",
        "VKLO": dice.weigh((("5", 45), ("3", 33), ("1", 12), ("9", 6), ("7", 4))),
        "TRYGDESIT": dice.weigh((("12", 55), ("11", 20), ("04", 10), ("02", 10), ("07", 5))),
        "ARBSIT": dice.weigh((("04", 30), ("07", 30), ("08", 14), ("02", 10), ("01", 8), ("05", 8))),
        **{f"STMND_{month}": f"{month:02}" for month in paid},
        "BIDRAG": f"{sum(amount for month, amount in paid.items() if not lent[month]):7}",
        "LAAN": f"{sum(amount for month, amount in paid.items() if lent[month]):7}",
        **{
            ("LAAN_" if lent[month] else "BIDRAG_") + _MONTHS[month - 1]: f"{amount:7}"
            for month, amount in paid.items()
        },
        "GITT_OKONOMIRAD": "1" if dice.chance(0.15) else "2",
        "FAAT_INDIVIDUELL_PLAN": "1" if dice.chance(0.05) else "2",
        "SAKSBEHANDLER": f"{office.code}{101 + 7 * dice.whole(0, office.staff - 1)}",
        "BOSIT": dice.weigh((("1", 48), ("2", 28), ("3", 8), ("4", 5), ("5", 9), ("6", 2))),
        "VILKARSOSLOV": "1" if conditions else "2",
        "VILKARSAMEKT": "2",
        "UTBETDATO": conditions,
        "UTBETTOMDATO": conditions and conditions + timedelta(days=92),
        "VILKARARBEID": "16" if conditions else None,
        "VEDTAKDATO": exempt,
        "VEDTAKHELSE": "03" if exempt else None,
    }


_MONTHS = ("JAN", "FEB", "MARS", "APRIL", "MAI", "JUNI", "JULI", "AUG", "SEPT", "OKT", "NOV", "DES")


def birthday(applicant: str) -> date:
    """The day of birth in a synthetic number, whose month is 80 too high."""
    century = 1900 if int(applicant[6:9]) < 500 else 2000
    return date(century + int(applicant[4:6]), int(applicant[2:4]) - 80, int(applicant[:2]))


def _sex(applicant: str) -> str:
    return "2" if int(applicant[8]) % 2 == 0 else "1"


def _open_day(day: date) -> date:
    while day.weekday() >= 5 or (day.day, day.month) in _FIXED_HOLIDAYS:
        day += timedelta(days=1)
    return day


def _write(path: Path, lines: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, "".join(line + "\r\n" for line in lines).encode("iso-8859-1"))
    return path
