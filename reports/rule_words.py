"""What does a rule of the intended flow ask for, in words?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..mining.span import Span
from ..mining.span import span as read_span
from .flow_words import only, span
from .words import Words

_TWO_STEPS = ("one", "other")
_SAME_STEP = ("apart", "four_eyes")  # the kinds that may be on one step alone


def said(kind: str, terms: Mapping[str, Any], words: Words) -> str:
    """The rule as a sentence without a full stop, to stand after a colon.

    terms : the keys of its kind (:data:`.mining.flow_parts.RULE_KINDS`) as the rules' frame has them
    """
    values: dict[str, str | int] = {}
    count: int | None = None
    for key, term in terms.items():
        if key == "steps":
            values |= {name: words.quoted(step) for name, step in zip(_TWO_STEPS, term, strict=True)}
        elif key in ("times", "most"):
            count = int(term)
        elif isinstance(length := _length(key, term), Span):
            values[key] = span(length, words)
        else:
            values[key] = term if isinstance(term, int) else words.quoted(term)
    same = kind in _SAME_STEP and values.get("before", values.get("one")) == values.get("after", values.get("other"))
    return words.say(f"rules.{kind}_{'same' if same else 'said'}", count, **values)


def sentences(kind: str, terms: Mapping[str, Any], where: list[str], words: Words) -> str:
    """The rule as a whole sentence, and the cases it is on as another."""
    text = said(kind, terms, words)
    return f"{words.opening(text)}. {only(where, words)}".rstrip()


def _length(key: str, term: Any) -> Span | None:
    return read_span(term) if key == "least" and isinstance(term, str) else None
