"""SQL that reads one field of a record: dates, codes, numbers, and who somebody is."""

from __future__ import annotations

from ...mining.log import text_literal

FIRST_DAY, LAST_DAY = "1950-01-01", "2099-12-31"
# What stands in the place of a personal number that is not known: it is nobody's, and many share it.
_STAND_INS = ("00100", "00200", "55555", "99999")


def filled(field: str) -> str:
    """Does a field say anything? Blanks and zeros do not."""
    return f"(ltrim({field}, '0 ') <> '')"


def date_sql(field: str) -> str:
    """A day, written ddMMyyyy or ddMMyy; null where there is none."""
    day = (
        f"case when regexp_full_match({field}, '\\d{{8}}') then try_strptime({field}, '%d%m%Y') "
        f"when regexp_full_match({field}, '\\d{{6}}') then try_strptime({field}, '%d%m%y') end::date"
    )
    return f"(case when ({day}) between date '{FIRST_DAY}' and date '{LAST_DAY}' then {day} end)"


def number_sql(field: str) -> str:
    """A whole number; null where there is none."""
    return f"(case when regexp_full_match({field}, '-?\\d{{1,7}}') then {field}::double end)"


def code_sql(field: str, words: dict[str, str]) -> str:
    """The word that a code stands for; leading zeros and blanks may be missing. Null for a code without a word."""
    arms = " ".join(f"when {text_literal(code.lstrip('0'))} then {text_literal(word)}" for code, word in words.items())
    return f"(case ltrim({field}, '0 ') {arms} end)"


def text_sql(field: str) -> str:
    """The text of a field, null where it says nothing."""
    return f"(case when {filled(field)} then {field} end)"


def person_sql(field: str) -> str:
    """A personal number; null where one that stands for many was put in its place."""
    ends = ", ".join(f"'{end}'" for end in _STAND_INS)
    return f"(case when {filled(field)} and right({field}, 5) not in ({ends}) then {field} end)"


def age_sql(born: str) -> str:
    """The age group at the end of the reporting year, for the day of birth."""
    age = f"(year - year({born}))"
    arms = " ".join(
        f"when {age} < {limit} then '{words}'"
        for limit, words in (
            (25, "under 25 år"), (30, "25–29 år"), (40, "30–39 år"), (50, "40–49 år"), (60, "50–59 år"),
        )
    )  # fmt: skip
    return f"(case {arms} when {age} < 120 then '60 år og over' end)"


def unit_sql() -> str:
    """The municipality; in Oslo, with the district."""
    district = "ltrim(BYDELSNR, '0 ')"
    return (
        "'Kommune ' || KOMMUNE_NR || case when KOMMUNE_NR = '0301' and "
        f"{district} <> '' then ', bydel ' || lpad({district}, 2, '0') else '' end"
    )
