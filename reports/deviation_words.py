"""How is a deviation from the intended flow said?"""

from __future__ import annotations

from collections.abc import Sequence

from .words import Words


def said(kind: str, steps: Sequence[str], alternatives: Sequence[str], words: Words) -> str:
    """The deviation as a sentence without a full stop.

    alternatives : names that may stand for the last of the steps as well
    """
    names = [words.quoted(step) for step in steps]
    names[-1] = _either([names[-1], *map(words.quoted, alternatives)], words)
    form = "run" if kind == "skipped" and len(names) == 2 else "said"
    first, last = names[0], names[-1]
    return words.say(f"deviations.{kind}_{form}", first=first, last=last)


def _either(names: Sequence[str], words: Words) -> str:
    if len(names) == 1:
        return names[0]
    return words.say("words.either", first=", ".join(names[:-1]), last=names[-1])
