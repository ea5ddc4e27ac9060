"""What may be personal in a column, though not surely enough to stop an import? Hints: for people, never for a rule.

A case number of eight digits looks like a phone number, and a step in capitals like a name.
"""

from __future__ import annotations

from collections import Counter

from ..mining.identifiers import email_in
from .columns import Source
from .roles import Roles

_LOOKED_AT = ("attribute", "case", "activity", "unit", "case unit", "case type")
_MOSTLY, _NEARLY_ALL = 0.5, 0.8


def hints(roles: Roles) -> list[str]:
    """One sentence for each column that may hold phone numbers or names, unless somebody has said what to do with it."""
    source = roles.source
    return [
        f"{source.headers[column]!r} may hold {what}; {_way_out(roles.role[column])} if it does."
        for column in range(len(source.headers))
        if roles.role.get(column) in _LOOKED_AT
        and source.declared(column) is None
        and (what := looks(source, column))
        and not (what == _NAMES and roles.role[column] in ("unit", "case unit", "case type"))
    ]


def _way_out(role: str) -> str:
    return "pseudonymise it in the mapping" if role == "case" else "map it as drop or applicant"


_PHONES, _NAMES = "phone numbers", "names of people"


def looks(source: Source, column: int) -> str:
    """What the values of a column look like; empty when they look like nothing personal."""
    return _looks(source.sample(column))


def _looks(sample: Counter[str]) -> str:
    if not sample:
        return ""
    phones = sum(n for text, n in sample.items() if is_phone(text))
    names = sum(n for text, n in sample.items() if is_name(text))
    if phones > _MOSTLY * sample.total():
        return _PHONES
    return _NAMES if names > _NEARLY_ALL * sample.total() and len(sample) > 2 else ""


def is_phone(text: str) -> bool:
    """Eight digits that begin with 2, 4 or 9, with Norway's prefix or without."""
    digits = "".join(text.split()).removeprefix("+47").removeprefix("0047")
    return len(digits) == 8 and digits.isdigit() and digits[0] in "249"


def is_name(text: str) -> bool:
    """Two to four words that each begin with the only capital in it."""
    words = text.strip().replace(",", " ").split()
    return (
        2 <= len(words) <= 4
        and not email_in(text)
        and all(word[0].isupper() and word[1:].replace("-", "").islower() for word in words if word)
    )
