"""How is a deviation from the intended flow said?"""

from __future__ import annotations

from collections.abc import Sequence

from .words import Words


def said(kind: str, steps: Sequence[str], alternatives: Sequence[str], words: Words) -> str:
    """The deviation as a sentence without a full stop.

    alternatives : names that may stand for the last of the steps as well
    """
    names = [words.quoted(step) for step in steps]
    names[-1] = words.either([names[-1], *map(words.quoted, alternatives)])
    form = "run" if kind == "skipped" and len(names) == 2 else "said"
    first, last = names[0], names[-1]
    return words.say(f"deviations.{kind}_{form}", first=first, last=last)
