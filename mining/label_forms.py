"""Which names of steps are one name written in several ways, and which hold a number that does not belong there?

Two names are *written alike* when capitals, spaces, signs and the form of letters are all that sets them apart. They are
*near* when one letter is left out, added, exchanged or swapped with the next (two of them in long names), in a word of five
letters or more, not at its first letter, and no digit differs.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

_SHORTEST_WORD = 5  # «Del A» and «Del B» are two things
_LONG = 10  # from so many letters on two faults are as likely one word
_LONGEST = 60  # longer texts are no names, and they have very many neighbours
_MOST = 1_000  # names; beyond that they are free text, and another finding
_DIGITS_OF_AN_ID = 3
_NUMBER = re.compile(r"\d+(?:[.,/:_-]\d+)*")
_CODE = re.compile(r"\b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b", re.IGNORECASE)


def plain_form(label: str) -> str:
    """The name without what people write now so, now so: capitals, spaces, signs, composed or decomposed letters."""
    text = unicodedata.normalize("NFKC", label).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", text).split())


def masked(label: str, least_digits: int = _DIGITS_OF_AN_ID) -> str:
    """The name with # for numbers, dates and codes of at least so many digits."""
    text = _CODE.sub("#", label)
    return _NUMBER.sub(lambda found: "#" if sum(map(str.isdigit, found[0])) >= least_digits else found[0], text)


def near_pairs(labels: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The pairs of names that one or two slips of the pen set apart; none for very many names."""
    forms: dict[str, list[str]] = defaultdict(list)
    for label in sorted(set(labels)):
        if len(form := plain_form(label)) <= _LONGEST:
            forms[form].append(label)
    if len(forms) > _MOST:
        return
    left: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        for shorter in _shortened(form):
            left[shorter].add(form)
    pairs = {(a, b) for group in left.values() for a in group for b in group if a < b}
    for a, b in sorted(pairs):
        if near(a, b):
            yield from ((first, second) for first in forms[a] for second in forms[b])


def near(a: str, b: str) -> bool:
    """Does a slip of the pen set two plain forms apart?"""
    if re.findall(r"\d", a) != re.findall(r"\d", b):
        return False
    words, others = a.split(), b.split()
    if len(words) == len(others):
        apart = [(one, other) for one, other in zip(words, others, strict=True) if one != other]
        if any(min(len(one), len(other)) < _SHORTEST_WORD or one[0] != other[0] for one, other in apart):
            return False
    elif a[0] != b[0] or min(len(a), len(b)) < _LONG:
        return False
    return 0 < slips(a, b) <= _allowed(a, b)


def slips(a: str, b: str) -> int:
    """How many letters are left out, added, exchanged, or swapped with the next (optimal string alignment)."""
    before_that: list[int] = []
    before = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            least = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (one != other))
            if i > 1 and j > 1 and one == b[j - 2] and a[i - 2] == other:
                least = min(least, before_that[j - 2] + 1)
            row.append(least)
        before_that, before = before, row
    return before[-1]


def _allowed(a: str, b: str) -> int:
    return 2 if min(len(a), len(b)) >= _LONG else 1


def _shortened(form: str) -> set[str]:
    """The form with none, one or (where two slips are allowed) two letters left out: near forms share one of them."""
    found, edge = {form}, {form}
    for _ in range(2 if len(form) >= _LONG else 1):
        edge = {text[:place] + text[place + 1 :] for text in edge for place in range(len(text))}
        found |= edge
    return found
