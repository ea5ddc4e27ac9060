"""How is what an intended flow asks for said: a length of time, which cases it is on, how much a breach matters?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from ..mining.selection import parsed
from ..mining.span import Span
from .words import Words

_CLAUSES = {"=": "is", "!=": "is_not", "~": "like"}


def span(length: Span, words: Words) -> str:
    """A length of time, as '10 arbeidsdager'."""
    return words.say(f"flow.{length.unit.replace(' ', '_')}", length.amount)


def only(where: Sequence[str], words: Words) -> str:
    """Which cases it is on, as a sentence; empty when it is on all of them."""
    if not where:
        return ""
    clauses = [_clause(condition, words) for condition in where]
    return words.say("flow.only", when=reduce(lambda one, other: words.say("flow.and", one=one, other=other), clauses))


def severity(level: str, words: Words) -> str:
    return words.say(f"flow.{level}")


def _clause(condition: str, words: Words) -> str:
    name, operator, value = parsed(condition)
    value = "…" if name == "case_id" else value  # no case is named in a report
    if name == "activity":
        return words.say(f"flow.step_{_CLAUSES[operator]}", value=words.quoted(value))
    return words.say(f"flow.value_{_CLAUSES[operator]}", name=words.name(name), value=words.quoted(value))
