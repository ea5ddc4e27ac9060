"""Which sequences of steps break a rule of each kind, and with which of their events?

The kinds are the templates of Declare (Pesic 2008; Di Ciccio and Montali 2022), and mean what they mean in processcheckR
where it has them. A rule is *triggered* where it asks for something: a rule of order by the events that it is about
(`response` by the first of its steps, `precedence` by the second, `succession` by both), a rule on how often a step comes
by every case. A sequence that may go on can make good what it lacks, never what it has done wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from .flow_parts import Term
from .rule_sequences import NOWHERE, Flags, Numbers, Sequences


@dataclass(frozen=True)
class Verdict:
    """What a rule says of the sequences.

    triggered : for each sequence, does the rule ask for anything there?
    wrong : the events that break it for good, whatever may follow
    unmet : the events that lack what must follow them; they break it when nothing more follows
    short : for each sequence, does it lack a step without any event that asks for it?
    """

    triggered: Flags
    wrong: Numbers
    unmet: Numbers
    short: Flags

    def joined(self, other: Verdict) -> Verdict:
        """Both rules at once."""
        return Verdict(
            triggered=self.triggered | other.triggered,
            wrong=np.union1d(self.wrong, other.wrong),
            unmet=np.union1d(self.unmet, other.unmet),
            short=self.short | other.short,
        )


def judged(sequences: Sequences, kind: str, terms: Mapping[str, Term]) -> Verdict:
    """Judge the rule on every sequence. kind : one of :data:`KINDS`"""
    return KINDS[kind](sequences, terms)


# Rules on how often


def _often(sequences: Sequences, step: str, least: int, most: int | None) -> Verdict:
    events = sequences.events(step)
    return Verdict(
        triggered=np.ones(len(sequences), bool),
        wrong=events[:0] if most is None else events[sequences.rank(events) > most],
        unmet=events[:0],
        short=sequences.times(events) < least,
    )


def _existence(sequences: Sequences, terms: Mapping[str, Term]) -> Verdict:
    return _often(sequences, _text(terms, "step"), 1, None)


def _absence(sequences: Sequences, terms: Mapping[str, Term]) -> Verdict:
    return _often(sequences, _text(terms, "step"), 0, 0)


def _exactly(sequences: Sequences, terms: Mapping[str, Term]) -> Verdict:
    return _often(sequences, _text(terms, "step"), _count(terms, "times"), _count(terms, "times"))


def _at_least(sequences: Sequences, terms: Mapping[str, Term]) -> Verdict:
    return _often(sequences, _text(terms, "step"), _count(terms, "times"), None)


def _at_most(sequences: Sequences, terms: Mapping[str, Term]) -> Verdict:
    return _often(sequences, _text(terms, "step"), 0, _count(terms, "times"))


def _between(sequences: Sequences, terms: Mapping[str, Term]) -> Verdict:
    return _often(sequences, _text(terms, "step"), _count(terms, "least"), _count(terms, "most"))


# Rules on the ends


def _starts(sequences: Sequences, terms: Mapping[str, Term]) -> Verdict:
    found = _often(sequences, _text(terms, "step"), 0, None)
    return replace(found, wrong=np.setdiff1d(sequences.starts, sequences.events(_text(terms, "step"))))


def _ends(sequences: Sequences, terms: Mapping[str, Term]) -> Verdict:
    found = _often(sequences, _text(terms, "step"), 0, None)
    return replace(found, unmet=np.setdiff1d(sequences.last, sequences.events(_text(terms, "step"))))


# Rules on the order of two steps


def _of_events(
    sequences: Sequences, events: Numbers, *, wrong: Flags | None = None, unmet: Flags | None = None
) -> Verdict:
    """A rule that each of the events triggers; those that are `wrong` or `unmet` break it."""
    return Verdict(
        triggered=sequences.having(events),
        wrong=events[:0] if wrong is None else events[wrong],
        unmet=events[:0] if unmet is None else events[unmet],
        short=np.zeros(len(sequences), bool),
    )


def _precedence(sequences: Sequences, before: Numbers, after: Numbers) -> Verdict:
    return _of_events(sequences, after, wrong=sequences.preceding(after, before) == NOWHERE)


def _alternate_precedence(sequences: Sequences, before: Numbers, after: Numbers) -> Verdict:
    last_before, last_after = sequences.preceding(after, before), sequences.preceding(after, after)
    return _of_events(sequences, after, wrong=(last_before == NOWHERE) | (last_after > last_before))


def _chain_precedence(sequences: Sequences, before: Numbers, after: Numbers) -> Verdict:
    last_before = sequences.preceding(after, before)
    return _of_events(sequences, after, wrong=(last_before == NOWHERE) | (last_before != after - 1))


def _response(sequences: Sequences, before: Numbers, after: Numbers) -> Verdict:
    return _of_events(sequences, before, unmet=sequences.following(before, after) == NOWHERE)


def _alternate_response(sequences: Sequences, before: Numbers, after: Numbers) -> Verdict:
    next_after, next_before = sequences.following(before, after), sequences.following(before, before)
    again = next_before != NOWHERE
    missing = next_after == NOWHERE
    return _of_events(sequences, before, wrong=again & (missing | (next_after > next_before)), unmet=missing & ~again)


def _chain_response(sequences: Sequences, before: Numbers, after: Numbers) -> Verdict:
    at_the_end = before == sequences.last[sequences.variant[before]]
    elsewhere = sequences.following(before, after) != before + 1
    return _of_events(sequences, before, wrong=elsewhere & ~at_the_end, unmet=at_the_end)


def _not_succession(sequences: Sequences, before: Numbers, after: Numbers) -> Verdict:
    found = _of_events(sequences, after, wrong=sequences.preceding(after, before) != NOWHERE)
    return replace(found, triggered=sequences.having(before))


def _responded_existence(sequences: Sequences, first: Numbers, other: Numbers) -> Verdict:
    return _of_events(sequences, first, unmet=~sequences.having(other)[sequences.variant[first]])


def _both_or_none(sequences: Sequences, one: Numbers, other: Numbers) -> Verdict:
    return _responded_existence(sequences, one, other).joined(_responded_existence(sequences, other, one))


def _not_both(sequences: Sequences, one: Numbers, other: Numbers) -> Verdict:
    either = np.union1d(one, other)
    both = sequences.having(one) & sequences.having(other)
    return _of_events(sequences, either, wrong=both[sequences.variant[either]])


_Pair = Callable[[Sequences, Numbers, Numbers], Verdict]
_Kind = Callable[[Sequences, Mapping[str, Term]], Verdict]


def _pair(*parts: _Pair, keys: tuple[str, str] = ("before", "after")) -> _Kind:
    """A kind on two steps; of several parts, all must hold."""

    def judge(sequences: Sequences, terms: Mapping[str, Term]) -> Verdict:
        one, other = (sequences.events(_text(terms, key)) for key in keys)
        found = [part(sequences, one, other) for part in parts]
        return found[0] if len(found) == 1 else found[0].joined(found[1])

    return judge


def _two_steps(part: _Pair) -> _Kind:
    def judge(sequences: Sequences, terms: Mapping[str, Term]) -> Verdict:
        one, other = cast(tuple[str, str], terms["steps"])
        return part(sequences, sequences.events(one), sequences.events(other))

    return judge


def _text(terms: Mapping[str, Term], key: str) -> str:
    return cast(str, terms[key])


def _count(terms: Mapping[str, Term], key: str) -> int:
    return cast(int, terms[key])


# The kinds that the order of the steps decides alone; the others are in rule_events.
KINDS: dict[str, _Kind] = {
    "existence": _existence,
    "absence": _absence,
    "exactly": _exactly,
    "at_least": _at_least,
    "at_most": _at_most,
    "between": _between,
    "starts": _starts,
    "ends": _ends,
    "precedence": _pair(_precedence),
    "alternate_precedence": _pair(_alternate_precedence),
    "chain_precedence": _pair(_chain_precedence),
    "response": _pair(_response),
    "alternate_response": _pair(_alternate_response),
    "chain_response": _pair(_chain_response),
    "succession": _pair(_response, _precedence),
    "alternate_succession": _pair(_alternate_response, _alternate_precedence),
    "chain_succession": _pair(_chain_response, _chain_precedence),
    "not_succession": _pair(_not_succession),
    "responded_existence": _pair(_responded_existence, keys=("if", "then")),
    "both_or_none": _two_steps(_both_or_none),
    "not_both": _two_steps(_not_both),
}
