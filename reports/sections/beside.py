"""How does one way look beside the intended flow? Its steps, and those that were skipped, each with what sets it apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from ..section import Legend, Step, Strip, Strips, number_shown
from ..words import Words

if TYPE_CHECKING:
    from ...mining.deviation_choice import Told
    from ...mining.deviations import Deviation

_LONG_WORD = 14
_STEPS_SHOWN = 24
_SIGNED = ("again", "moved", "other", "missing", "free")
# What a step of a way is called that no step of the flow goes with, by the kind of the deviation that it is part of.
STATES = {
    "out_of_order": "moved",
    "went_back": "again",
    "repeated": "again",
    "replaced": "other",
    "not_intended": "other",
    "unknown": "other",
}


def step(name: str, words: Words, state: str = "plain", word: str = "") -> Step:
    """A step of a strip. word : what says its state to the one who does not see the colour"""
    shown = words.name(name)
    sign = "" if state == "plain" else words.say(f"routes.{state}_sign")
    return Step(shown, state, sign, word, wide=max(map(len, shown.split())) > _LONG_WORD)


def strip(number: str, count: str, about: Sequence[str], label: str, steps: Sequence[Step], words: Words) -> Strip:
    """A way as a strip; what is beyond the first steps is counted."""
    shown = number_shown(len(steps), _STEPS_SHOWN)
    more = words.say("routes.more_steps", len(steps) - shown) if shown < len(steps) else ""
    return Strip(number, count, tuple(line[:1].upper() + line[1:] for line in about), label, tuple(steps[:shown]), more)


def strips(drawn: Sequence[Strip], rest: str, words: Words, *, beside_flow: bool, title: str = "") -> Strips:
    """Strips with the legend of the states that they have."""
    states = {step.state for each in drawn for step in each.steps}
    of = "_meant" if beside_flow else ""
    legend = [
        Legend(state, words.say(f"routes.{state}_sign"), words.say(f"routes.{state}_legend{of}"))
        for state in _SIGNED
        if state in states
    ]
    return Strips(tuple(legend), tuple(drawn), rest, title)


def steps_beside(activities: Sequence[str], told: Told, anytime: Collection[str], words: Words) -> tuple[Step, ...]:
    """The steps of a way in their order, and where the flow has steps that were skipped, these."""
    if not told.moves:  # not computed
        return tuple(step(name, words) for name in activities)
    part_of = {place: deviation for deviation in told.deviations for place in deviation.moves}
    return tuple(_walked(activities, told, anytime, part_of, words))


def _walked(
    activities: Sequence[str], told: Told, anytime: Collection[str], part_of: dict[int, Deviation], words: Words
) -> Iterator[Step]:
    place, left = 0, Counter(activities)
    too_often = Counter(deviation.steps[0] for deviation in told.deviations if deviation.kind == "too_often")
    for name in activities:
        left[name] -= 1
        if name in anytime:
            yield step(name, words, "free", words.say("routes.step_free"))
            continue
        while told.moves[place][0] is None:
            yield from _skipped(told, place, part_of, words)
            place += 1
        if place in part_of:
            yield step(
                name, words, STATES[part_of[place].kind], words.say(f"routes.step_{_word(part_of[place], name)}")
            )
        elif left[name] < too_often[name]:  # the last ones are too many
            yield step(name, words, "again", words.say("routes.step_too_often"))
        else:
            yield step(name, words)
        place += 1
    for after in range(place, len(told.moves)):
        yield from _skipped(told, after, part_of, words)


def _word(deviation: Deviation, name: str) -> str:
    """Of X done after Y and intended before it, the step that no step of the flow goes with may be X or Y."""
    if deviation.kind != "out_of_order":
        return deviation.kind
    return "too_late" if name == deviation.steps[0] else "too_early"


def _skipped(told: Told, place: int, part_of: dict[int, Deviation], words: Words) -> Iterator[Step]:
    """A step of the flow that was not done there; one that was done elsewhere, or another in its place, is shown there."""
    if part_of[place].kind == "skipped":
        yield step(str(told.moves[place][1]), words, "missing", words.say("routes.step_skipped"))
