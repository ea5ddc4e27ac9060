"""How is a name from somebody else's system shown, whatever it holds?

Escaping is the template's work. What is done here is for the eye: a name may hold control characters, may turn
the reading direction of everything after it, or may be as long as a page.
"""

from __future__ import annotations

import unicodedata

LONGEST = 90
_TAIL = 20

# These turn or isolate the reading direction, or have no width: shown as their code, because removed they could make
# two names equal.
_UNSEEN = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff")
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def shown(name: object, longest: int = LONGEST) -> str:
    """The name on one line, with nothing invisible in it, at most `longest` characters; may be empty."""
    text = " ".join(_visible(str(name)).split())
    if len(text) > longest:
        text = f"{text[: longest - _TAIL - 1].rstrip()}…{text[-_TAIL:].lstrip()}"
    # A name in Hebrew or Arabic must not reorder the sentence around it.
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}" if _runs_leftwards(text) else text


def _visible(text: str) -> str:
    return "".join(_as_code(c) if _is_hidden(c) else c for c in text)


def _is_hidden(character: str) -> bool:
    if character in "\t\n\r":
        return False
    return character in _UNSEEN or unicodedata.category(character) in {"Cc", "Cs", "Cn", "Zl", "Zp"}


def _as_code(character: str) -> str:
    return f"⟨{ord(character):04X}⟩"


def _runs_leftwards(text: str) -> bool:
    return any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text)
