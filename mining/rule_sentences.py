"""What does a rule say, in plain English? Another language needs the kind and the terms only."""

from __future__ import annotations

from .flow_parts import Rule

_SENTENCES = {
    "existence": "{step} comes in every case",
    "absence": "{step} never comes",
    "exactly": "{step} comes exactly {times}",
    "at_least": "{step} comes at least {times}",
    "at_most": "{step} comes at most {times}",
    "between": "{step} comes at least {least} and at most {most}",
    "starts": "The case starts with {step}",
    "ends": "The case ends with {step}",
    "precedence": "{after} comes only when {before} has come",
    "alternate_precedence": "Every {after} has a {before} of its own before it",
    "chain_precedence": "{after} comes only directly after {before}",
    "response": "After {before}, {after} comes sometime",
    "alternate_response": "After every {before}, {after} comes before the next {before}",
    "chain_response": "Directly after every {before} comes {after}",
    "succession": "After {before}, {after} comes sometime, and only when {before} has come",
    "alternate_succession": "{before} and {after} take turns, {before} first",
    "chain_succession": "Directly after every {before} comes {after}, and only there",
    "not_succession": "{after} never comes after {before}",
    "responded_existence": "If {if} comes, {then} comes too, sooner or later",
    "both_or_none": "{one} and {other} both come, or none of them",
    "not_both": "{one} and {other} never come in the same case",
    "apart": "Between {before} and {after} there is at least {least}",
    "four_eyes": "{one} and {other} are done by two different people",
    "only_by_unit": "{step} is done by {unit} only",
}
_SAME_STEP = {
    "apart": "Between one {before} and the next there is at least {least}",
    "four_eyes": "{one} is not done twice by the same person",
}
_TIMES = {0: "0 times", 1: "once"}


def sentence(rule: Rule) -> str:
    """What the rule asks for, and of which cases."""
    said = {key: _words(term) for key, term in rule.terms.items() if key != "steps"}
    steps = rule.terms.get("steps")
    if isinstance(steps, tuple):
        said["one"], said["other"] = steps
    same = said.get("before", said.get("one")) == said.get("after", said.get("other"))
    form = _SAME_STEP.get(rule.kind) if same else None
    asked = (form or _SENTENCES[rule.kind]).format(**said)
    return f"{asked} (cases with {' and '.join(rule.where)})" if rule.where else asked


def _words(term: object) -> str:
    if isinstance(term, int):
        return _TIMES.get(term, f"{term} times")
    return str(term)
