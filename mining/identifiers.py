"""Does a text identify a person: national id, DUF number, bank account, e-mail address?

Rules (sources in the guide to formats): a *national id* is eleven digits ``DDMMYYIIIKK`` with a real date and two
check digits. Day + 40 is a D-number; month + 40, 60, 65 or 80 an H-number or one of the synthetic series. The first
check digit may leave a remainder of 0, or of 0 to 3 for numbers given out from 2032; both rules hold today. A *DUF
number* is twelve digits with a two-digit remainder at the end. An *account number* has the length of a national id
and one check digit, so the date is tried first.

A birth date with 00100, 00200, 55555 or 99999 behind it is no valid number, but stands for a person in KOSTRA's files.

One random number of eleven digits in a hundred passes as a national id, and one in eleven as an account: judge a
column by its share, never a single value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

NATIONAL_ID, ACCOUNT_NUMBER, DUF_NUMBER = "national id", "account number", "DUF number"

_ID_FORM = re.compile(r"\d{6}[ -]?\d{5}")
_ACCOUNT_FORM = re.compile(r"\d{11}|\d{4}([. ])\d{2}\1\d{5}")
_EMBEDDED = re.compile(r"(?<!\d)(?:\d{6}[ -]?\d{5}|\d{12}|\d{4}([. ])\d{2}\1\d{5})(?!\d)", re.ASCII)
_EMAIL = re.compile(r"[^\W_][\w.+%-]*@[^\W_](?:[\w-]*\.)+[^\W\d_]{2,}")

_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_DUF_WEIGHTS = (4, 6, 3, 2, 4, 6, 3, 2, 7, 5)
_MONTH_OFFSETS = (0, 40, 60, 65, 80)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_PLACEHOLDERS = ("00100", "00200", "55555", "99999")
_LONGEST_MASK = 40


def national_id(text: str) -> bool:
    """Is this a valid fødselsnummer, D-number, H-number or synthetic number, or KOSTRA's number for an unknown one?"""
    text = text.strip()
    if not (text.isascii() and _ID_FORM.fullmatch(text)):
        return False
    digits = [int(c) for c in text if c.isdigit()]
    first = _weighed(digits, _FIRST_WEIGHTS) + digits[9]
    second = _weighed(digits, _SECOND_WEIGHTS) + digits[10]
    checked = first % 11 in (0, 1, 2, 3) and second % 11 == 0
    return (checked or text.endswith(_PLACEHOLDERS)) and _real_date(digits)


def account_number(text: str) -> bool:
    """Is this a valid Norwegian bank account number?"""
    text = text.strip()
    if not (text.isascii() and _ACCOUNT_FORM.fullmatch(text)):
        return False
    digits = [int(c) for c in text if c.isdigit()]
    return len(set(digits)) > 1 and (_weighed(digits, _SECOND_WEIGHTS) + digits[10]) % 11 == 0


def duf_number(text: str) -> bool:
    """Is this a valid DUF number (the immigration authorities' number for a person)?"""
    text = text.strip()
    if not (len(text) == 12 and text.isascii() and text.isdigit() and 1950 <= int(text[:4]) <= 2099):
        return False
    return _weighed([int(c) for c in text], _DUF_WEIGHTS) % 11 == int(text[10:])


def email_in(text: str) -> bool:
    """Does the text hold an e-mail address?"""
    return "@" in text and _EMAIL.search(text) is not None


def identifier_kind(text: str) -> str | None:
    """Which kind of number identifies a person here, as the whole value or inside a longer text?

    A value of ten digits may be a national id that lost its leading zero in a spreadsheet.
    """
    text = text.strip()
    found = [*(match.group() for match in _EMBEDDED.finditer(text)), text]
    if len(text) == 10 and text.isascii() and text.isdigit():
        found.append("0" + text)
    for kind, test in _TESTS.items():
        if any(test(candidate) for candidate in found):
            return kind
    return None


def without_identifiers(text: str) -> str:
    """The text with ``[national id]``, ``[account number]``, ``[e-mail]`` … where it held one.

    A text that is nothing but a number of ten digits may be a national id without its leading zero.
    """
    if identifier_kind(text) and len(text.strip()) == 10:
        return f"[{identifier_kind(text)}]"
    return _EMAIL.sub("[e-mail]", _EMBEDDED.sub(_named, text)) if "@" in text else _EMBEDDED.sub(_named, text)


def _named(found: re.Match[str]) -> str:
    kind = identifier_kind(found.group())
    return f"[{kind}]" if kind else found.group()


def identifier_share(values: Iterable[tuple[str, int]]) -> dict[str, float]:
    """Of the filled values (each with its count), which share is a valid number of each kind?

    Only kinds that occur are in the answer.
    """
    counts: dict[str, int] = {}
    filled = 0
    for text, count in values:
        if not text.strip():
            continue
        filled += count
        if kind := identifier_kind(text):
            counts[kind] = counts.get(kind, 0) + count
    return {kind: count / filled for kind, count in counts.items()}


def mask(text: str) -> str:
    """The form of a text without its content: digits become 9, letters x; at most 40 characters."""
    shown = "".join(_masked(c) for c in unicodedata.normalize("NFC", text[: 2 * _LONGEST_MASK]))
    return shown if len(shown) <= _LONGEST_MASK else shown[: _LONGEST_MASK - 1] + "…"


def _masked(character: str) -> str:
    kind = unicodedata.category(character)
    if kind[0] in "LM":
        return "x" if kind[0] == "L" else ""
    if kind[0] == "N":
        return "9"
    # Control and direction marks could hide or reorder what stands beside them.
    return "" if kind in ("Cf", "Cs", "Co", "Cn") else " " if kind[0] in "CZ" else character


def _weighed(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False))


def _real_date(digits: list[int]) -> bool:
    day, month, year = (digits[n] * 10 + digits[n + 1] for n in (0, 2, 4))
    day -= 40 if day > 40 else 0
    months = [month - offset for offset in _MONTH_OFFSETS if 1 <= month - offset <= 12]
    # 1900 had no 29 February, but 2000 had: without the century only the remainder by four can be asked.
    return any(1 <= day <= (28 if m == 2 and year % 4 else _DAYS[m - 1]) for m in months)


_TESTS = {NATIONAL_ID: national_id, DUF_NUMBER: duf_number, ACCOUNT_NUMBER: account_number}
