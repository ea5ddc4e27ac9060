"""Both languages say the same things, and numbers, dates and durations read as a reader expects."""

import math
import string
import tomllib
from datetime import date
from importlib.resources import files

import pytest

from saksflyt.mining.errors import UsageError
from saksflyt.reports.words import LOCALES, Words, catalogue

NB, EN = Words("nb"), Words("en")
NBSP = "\u00a0"


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("lang", LOCALES)
def test_every_language_has_the_same_keys_and_placeholders(lang: str) -> None:
    bokmal, other = catalogue("nb"), catalogue(lang)
    assert set(bokmal) == set(other)
    for key, sentence in bokmal.items():
        if isinstance(sentence, dict):
            pair = other[key]
            assert isinstance(pair, dict) and set(pair) == set(sentence) == {"one", "other"}, key
            assert fields(sentence["other"]) == fields(pair["other"]), key
            # "one" may say the number as a word
            assert all(
                fields(form["one"]) | {"count"} == fields(form["other"]) | {"count"} for form in (sentence, pair)
            ), key
        else:
            text = other[key]
            assert isinstance(text, str) and fields(sentence) == fields(text), key


def test_unknown_language_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="nb, en"):
        Words("xx")


def test_plural() -> None:
    assert NB.say("words.cases", 1) == f"1{NBSP}sak"
    assert NB.say("words.cases", 1434) == f"1{NBSP}434{NBSP}saker"
    assert EN.say("words.cases", 1434) == f"1,434{NBSP}cases"


def test_numbers() -> None:
    assert NB.number(1234567.9, 1) == f"1{NBSP}234{NBSP}567,9"
    assert EN.number(1234567.9, 1) == "1,234,567.9"
    assert NB.number(-5) == EN.number(-5) == "\u22125"
    assert (NB.number(2.5), NB.number(0.5), NB.number(math.nan)) == ("3", "1", "ukjent")


@pytest.mark.parametrize(
    ("share", "nb", "en"),
    [
        (0, "0 %", "0%"),
        (0.004, "under 1 %", "under 1%"),
        (0.005, "1 %", "1%"),
        (0.5, "50 %", "50%"),
        (0.994, "99 %", "99%"),
        (0.996, "over 99 %", "over 99%"),
        (1, "100 %", "100%"),
    ],
)
def test_percent(share: float, nb: str, en: str) -> None:
    assert NB.percent(share) == nb.replace(" %", f"{NBSP}%")
    assert EN.percent(share) == en


@pytest.mark.parametrize(
    ("seconds", "nb"),
    [
        (0, "0 sekunder"),
        (1, "1 sekund"),
        (38.2, "38 sekunder"),
        (59.4, "59 sekunder"),
        (59.6, "1,0 minutter"),
        (150, "2,5 minutter"),
        (48 * 60, "48 minutter"),
        (3_599, "1,0 timer"),
        (2.2 * 3_600, "2,2 timer"),
        (9.96 * 3_600, "10 timer"),
        (47.9 * 3_600, "48 timer"),
        (48 * 3_600, "2,0 dager"),
        (60 * 3_600, "2,5 dager"),
        (9.97 * 86_400, "10 dager"),
        (45 * 86_400, "45 dager"),
        (12_365 * 86_400, "12 365 dager"),
        (math.nan, "ukjent"),
    ],
)
def test_duration(seconds: float, nb: str) -> None:
    assert NB.duration(seconds) == nb.replace(" ", NBSP)  # a number never ends a line without its word


def test_span_of_days_says_the_unit_once() -> None:
    assert NB.days_between(18, 20.4) == f"18 til 20{NBSP}dager"
    assert NB.days_between(1, 20) == f"24{NBSP}timer til 20{NBSP}dager"
    assert EN.days_between(20.1, 20.2) == f"20{NBSP}days"


def test_dates() -> None:
    assert NB.date(date(2026, 3, 1)) == f"1.{NBSP}mars 2026"
    assert EN.date(date(2026, 3, 1)) == f"1{NBSP}March 2026"
    assert NB.month("2025-01") == "januar 2025"
    assert (NB.short_month("2025-01"), EN.short_month("2025-01")) == ("jan", "Jan")
    assert NB.months(["2026-01", "2026-02", "2026-03"]) == "januar–mars 2026"
    assert EN.months(["2025-12", "2026-01"]) == "December 2025–January 2026"
    assert NB.dates(date(2010, 10, 2), date(2012, 1, 23)) == f"2.{NBSP}oktober 2010 – 23.{NBSP}januar 2012"
    assert NB.dates(date(2010, 10, 2), date(2010, 10, 2)) == f"2.{NBSP}oktober 2010"


def test_a_name_is_no_sentence() -> None:
    assert NB.say("words.quoted", name=NB.name("{count} {0.__class__}")) == "«{count} {0.__class__}»"


@pytest.mark.parametrize("lang", LOCALES)
def test_catalogue_files_hold_no_markup(lang: str) -> None:
    text = files("saksflyt.reports").joinpath("locales", f"{lang}.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)
    assert "<" not in text and "&" not in text


def test_a_log_of_days_is_not_said_in_hours() -> None:
    assert Words("nb", whole_days=True).duration(86_400) == f"1{NBSP}dag"
    assert Words("nb").duration(86_400) == f"24{NBSP}timer"


def test_how_cases_were_chosen_is_said_in_the_language() -> None:
    chosen = (("condition", "unit=Nav Elvestad"), ("received", "2026"))
    assert Words("nb").selection(chosen) == "unit=Nav Elvestad; mottatt 2026"
    assert Words("en").selection(()) == ""
