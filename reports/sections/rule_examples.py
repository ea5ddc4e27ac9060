"""How do the cases go that break a rule? The most common way of them, with the steps that break it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..rule_words import sentences
from ..section import Legend, Step, Strip, Strips, rows_of
from ..words import Words
from .beside import step, strip

if TYPE_CHECKING:
    import pandas as pd

    from ...mining.rules import Rules

_EXAMPLES = 5
_STATES = {"breaks": "moved", "lacks": "missing"}  # as what a step is drawn


def examples(found: Rules, broken: pd.DataFrame, variants: pd.DataFrame, words: Words) -> Strips:
    """The ways that break the first of the broken rules. variants : of the same log"""
    told = list(rows_of(broken.head(_EXAMPLES)))
    ways = variants.set_index("variant_key")["activities"]
    drawn = [
        _strip(number, each, ways[each.example], _places(found, each), words)
        for number, each in enumerate(told, start=1)
    ]
    states = {step.state for each in drawn for step in each.steps}
    legend = tuple(
        Legend(state, words.say(f"rules.{name}_sign"), words.say(f"rules.{name}_legend"))
        for name, state in _STATES.items()
        if state in states
    )
    return Strips(legend, tuple(drawn), title=words.say("rules.examples"))


def _places(found: Rules, each: Any) -> tuple[int, ...]:
    """The places of the events that break a rule, as most of the cases of its example break it."""
    often = Counter(map(tuple, found.evidence(each.id, each.example)["places"]))
    return min(often, key=lambda places: (-often[places], places), default=())


def _strip(number: int, each: Any, activities: list[str], places: tuple[int, ...], words: Words) -> Strip:
    steps = [
        _marked(step(name, words), "breaks", words) if place in places else step(name, words)
        for place, name in enumerate(activities, start=1)
    ]
    if not places and "step" in each.terms:  # a step that should have come, whatever else did
        steps.append(_marked(step(each.terms["step"], words), "lacks", words))
    about = [sentences(each.kind, each.terms, each.where, words)]
    count, label = words.say("words.cases", each.broken), words.say("rules.example_label", number)
    drawn = strip(words.percent(each.broken_share), count, about, label, steps, words)
    if drawn.more and not any(one.state != "plain" for one in drawn.steps):
        about.append(words.say("rules.further_on", place=min(places, default=len(steps))))
        drawn = replace(drawn, about=tuple(about))
    return drawn


def _marked(plain: Step, name: str, words: Words) -> Step:
    return replace(
        plain, state=_STATES[name], sign=words.say(f"rules.{name}_sign"), word=words.say(f"rules.{name}_word")
    )
