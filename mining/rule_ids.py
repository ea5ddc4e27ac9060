"""What is a rule called in the id of a finding? By its name; without one by its kind and its steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .flow_parts import RULE_KINDS, Rule
from .slugs import slugs


def rule_ids(rules: Iterable[Rule], groups: list[str] | None) -> Callable[[int, str], str]:
    """The id of a rule, by its number in the flow and the group. groups : None where nothing is split"""
    rules = list(rules)
    labels = _labels(rules)
    # A name is what people gave: no other rule can take its slug.
    slug_of = slugs([rule.name for rule in rules if rule.name is not None], labels)
    group_of = slugs((), groups or ())

    def identified(number: int, group: str) -> str:
        where = "" if groups is None else f"@{group_of[group]}"
        return f"rules.broken_share:{slug_of[labels[number]]}{where}"

    return identified


def _labels(rules: list[Rule]) -> list[str]:
    """A text for each rule, no two the same: the first of several on the same steps has the shortest."""
    taken = {rule.name for rule in rules if rule.name is not None}
    found = []
    for rule in rules:
        label = rule.name
        if label is None:
            label = next(text for text in _texts(rule) if text not in taken)
            taken.add(label)
        found.append(label)
    return found


def _texts(rule: Rule) -> Iterable[str]:
    """Texts for a rule without a name, each longer than the one before."""
    steps = [step for key, step in rule.steps_named() if key in RULE_KINDS[rule.kind]]
    yield " ".join([rule.kind, *steps])
    terms = [" ".join(term) if isinstance(term, tuple) else str(term) for term in rule.terms.values()]
    full = " ".join([rule.kind, *terms, *rule.where])
    yield full
    number = 2
    while True:
        yield f"{full} {number}"
        number += 1
