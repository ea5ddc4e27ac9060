"""How is it said, in bokmål or in English?

Every sentence of the report stands whole in ``locales/<lang>.toml``, with named parameters and, where a count
decides, a plural pair. Nothing is put together from pieces: word order and endings belong to the translator.
Numbers and dates come from Babel; durations are our own, because Babel turns 60 hours into "2 døgn" and
45 days into "2 måneder", and readers take such roundings for exact.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from ..mining.errors import UsageError
from .names import shown

LOCALES = {"nb": "nb_NO", "en": "en_GB"}

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_MINUS = "\N{MINUS SIGN}"  # a hyphen may be left alone at the end of a line
_NO_BREAK = "\N{NO-BREAK SPACE}"  # nor may a number, so its word stays with it


@cache
def catalogue(lang: str) -> dict[str, str | dict[str, str]]:
    """All sentences of a language by dotted key; a plural is a dict with ``one`` and ``other``."""
    if lang not in LOCALES:
        raise UsageError(f"There is no report language {lang!r}; choose one of {', '.join(LOCALES)}.")
    text = files("saksflyt.reports").joinpath("locales", f"{lang}.toml").read_text(encoding="utf-8")
    return {
        f"{group}.{key}": sentence
        for group, sentences in tomllib.loads(text).items()
        for key, sentence in sentences.items()
    }


@dataclass(frozen=True)
class Words:
    """The catalogue and the formats of one language.

    whole_days : the log knows days only, so no duration is said in hours
    """

    lang: str = "nb"
    whole_days: bool = False
    _sentences: dict[str, str | dict[str, str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sentences", catalogue(self.lang))

    def say(self, key: str, count: int | None = None, **values: str | int) -> str:
        """The sentence for a key. ``count`` picks the plural form and may be used as {count}; ints are formatted."""
        sentence = self._sentences[key]
        if isinstance(sentence, dict):
            sentence = sentence["one" if count == 1 else "other"]
        if count is not None:
            values["count"] = count
        said = {name: value if isinstance(value, str) else self.number(value) for name, value in values.items()}
        return sentence.format(**said)

    def knows(self, key: str) -> bool:
        return key in self._sentences

    def name(self, text: object) -> str:
        """A name from the log, safe to show; an empty one is said to be empty."""
        return shown(text) or self.say("words.unnamed")

    @staticmethod
    def opening(text: str) -> str:
        """A text as the beginning of a sentence or a title."""
        return text[:1].upper() + text[1:]

    def quoted(self, text: object) -> str:
        """A name from the log inside a sentence."""
        return self.say("words.quoted", name=self.name(text))

    def either(self, names: Sequence[str]) -> str:
        """One of several names, each ready to stand in a sentence."""
        return names[0] if len(names) == 1 else self.say("words.either", first=", ".join(names[:-1]), last=names[-1])

    def selection(self, chosen: Sequence[tuple[str, str]]) -> str:
        """How the cases were chosen; empty when all are there."""
        said = [what if kind == "condition" else self.say(f"words.{kind}", period=what) for kind, what in chosen]
        return self.name("; ".join(said)) if said else ""

    def number(self, value: float, decimals: int = 0) -> str:
        if not math.isfinite(value):
            return self.say("words.unknown")
        pattern = "#,##0" if decimals == 0 else "#,##0." + "0" * decimals
        text = format_decimal(_away_from_zero(value, decimals), format=pattern, locale=_locale(self.lang))
        return text.replace("-", _MINUS)

    def percent(self, share: float) -> str:
        """A share in whole per cent; what is not quite nothing or not quite all is never called so."""
        if not math.isfinite(share):
            return self.say("words.unknown")
        if 0 < share < 0.005:
            return self.say("words.less_than", amount=self._percent(0.01))
        if 0.995 <= share < 1:
            return self.say("words.more_than", amount=self._percent(0.99))
        return self._percent(_away_from_zero(share, 2))

    def duration(self, seconds: float) -> str:
        """A time in the largest unit that does not hide it: days from two days on, one decimal below ten."""
        if not math.isfinite(seconds):
            return self.say("words.unknown")
        if self.whole_days:
            return self._whole_days(seconds / _DAY)
        for unit, size, below in (("seconds", 1, 60), ("minutes", _MINUTE, 60), ("hours", _HOUR, 48)):
            amount = _away_from_zero(seconds / size, 0 if unit == "seconds" else 1)
            if amount < below:
                return self._amount(unit, amount)
        return self._amount("days", seconds / _DAY)

    def days(self, days: float) -> str:
        """A time given in days of 24 hours."""
        return self.duration(days * _DAY)

    def days_between(self, low: float, high: float) -> str:
        """A span of days as '18 til 20 dager'; the unit is said once where both have the same."""
        first, last = self.days(low), self.days(high)
        if first == last:
            return first
        amount, _, unit = first.rpartition(_NO_BREAK)
        return self.say("words.between", low=amount if last.endswith(f"{_NO_BREAK}{unit}") else first, high=last)

    def date(self, day: date) -> str:
        text = format_date(day, format="d. MMMM y" if self.lang == "nb" else "d MMMM y", locale=_locale(self.lang))
        return text.replace(" ", _NO_BREAK, 1)

    def month(self, month: str) -> str:
        """'2025-01' as 'januar 2025'."""
        return format_date(_first_day(month), format="MMMM y", locale=_locale(self.lang))

    def short_month(self, month: str) -> str:
        """'2025-01' as 'jan'."""
        return format_date(_first_day(month), format="LLL", locale=_locale(self.lang))

    def months(self, months: Sequence[str]) -> str:
        """A run of months as 'januar–mars 2025'."""
        first, last = months[0], months[-1]
        if first == last:
            return self.month(first)
        start = self.month(first) if first[:4] != last[:4] else self._month_name(first)
        return self.say("words.span", first=start, last=self.month(last))

    def dates(self, first: date, last: date) -> str:
        """A period as '2. oktober 2010 – 23. januar 2012'; one day stands alone."""
        if first == last:
            return self.date(first)
        return self.say("words.period", first=self.date(first), last=self.date(last))

    def _month_name(self, month: str) -> str:
        return format_date(_first_day(month), format="LLLL", locale=_locale(self.lang))

    def _percent(self, share: float) -> str:
        return format_percent(share, locale=_locale(self.lang))

    def _whole_days(self, days: float) -> str:
        whole = round(days)
        return self.say("words.days", whole, amount=whole) if whole == days else self._amount("days", days)

    def _amount(self, unit: str, amount: float) -> str:
        decimals = 1 if unit != "seconds" and amount > 0 and _away_from_zero(amount, 1) < 10 else 0
        amount = _away_from_zero(amount, decimals)
        count = 1 if decimals == 0 and amount == 1 else 2
        return self.say(f"words.{unit}", count, amount=self.number(amount, decimals))


@cache
def _locale(lang: str) -> Locale:
    """Babel would take the name apart for every number."""
    return Locale.parse(LOCALES[lang])


def _away_from_zero(value: float, decimals: int) -> float:
    """Halves are rounded up, as a reader does; Python's own way would turn 2.5 into 2."""
    scale = 10**decimals
    return math.copysign(math.floor(abs(value) * scale + 0.5 + 1e-9), value) / scale


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
