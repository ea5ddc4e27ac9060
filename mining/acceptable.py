"""Can ``conform`` or the monthly check report a finding of this id with this flow, and what does it say?

What ``conform`` judges can be accepted: deviations, deadlines and rules; and the findings of the monthly check (:mod:`.monthly_ids`). The steps of a flow, its deadlines and its
rules are known without a log, so most slips are found at once; what a step is called that the flow does not know, only a
log can tell.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from .deviations import Kind, sentence
from .errors import UsageError
from .finding_ids import FindingIds
from .monthly_ids import is_of_the_check, parts_of, sentence_of
from .rule_ids import rule_ids
from .rule_sentences import sentence as rule_sentence
from .slugs import slugs
from .toml_table import meant

if TYPE_CHECKING:
    from .flow import Flow

_DEADLINE, _RULE = "deadlines.met_share", "rules.broken_share"
_KINDS = {f"conform.{kind}": kind for kind in get_args(Kind)}
_FIGURES = (*_KINDS, _DEADLINE, _RULE)
_STEPS = {"conform.skipped": (1, 2), "conform.out_of_order": (2,), "conform.went_back": (2,), "conform.replaced": (2,)}
_LONGEST = 1000  # characters

_SLUG = r"(?:[^\W_]|-)+"
_ID = re.compile(
    rf"(?P<figure>[a-z_.]+):(?P<steps>{_SLUG}(?:>{_SLUG})*)(?P<others>(?:\|{_SLUG})*)(?:@(?P<group>{_SLUG}))?"
)
_EXAMPLE = "conform.skipped:vedtak-fattet"


@dataclass(frozen=True)
class Named:
    """The parts of an id. steps, alternatives : slugs; group : a slug (of the monthly check the unit's name), or None"""

    figure: str
    steps: tuple[str, ...]
    alternatives: tuple[str, ...]
    group: str | None


@dataclass(frozen=True)
class Meaning:
    """What a finding says in plain English, and the law that the flow names for it ("" where none)."""

    sentence: str
    law: str = ""


def named(id_: str) -> Named:
    """Take an id apart. Raises UsageError when it has not the form of a finding that ``conform`` or ``check`` reports."""
    text = unicodedata.normalize("NFC", id_.strip())
    figure = text.partition(":")[0]
    if len(text) > _LONGEST:
        raise UsageError(f"An id may have {_LONGEST} characters, not {len(text)}; give the step a shorter name.")
    if is_of_the_check(text):
        monthly, about, unit = parts_of(text)
        return Named(monthly, about, (), unit)
    if ":" in text and figure not in _FIGURES:
        raise UsageError(f"Only what saksflyt conform judges can be accepted, not {figure!r}.{meant(figure, _FIGURES)}")
    found = _ID.fullmatch(text)
    if found is None:
        raise UsageError(
            f"{id_!r} is not the id of a finding, which looks like {_EXAMPLE}; saksflyt conform prints them."
        )
    steps, others = found["steps"].split(">"), found["others"].split("|")[1:]
    wanted = _STEPS.get(figure, (1,))
    if len(steps) not in wanted or (others and figure not in _KINDS):
        many = " or ".join(["", "one step", "two steps"][count] for count in wanted)
        about = {_DEADLINE: "one deadline", _RULE: "one rule"}.get(figure, many)
        raise UsageError(f"{id_!r} is not the id of a finding: {figure} is about {about}.")
    return Named(figure, tuple(steps), tuple(others), found["group"])


def meaning(id_: str, flow: Flow) -> Meaning:
    """What the finding says. Raises UsageError with the nearest id when the flow has no such step, deadline or rule."""
    parts = named(id_)
    if is_of_the_check(id_):
        return _of_the_check(parts, flow)
    if parts.figure == _DEADLINE:
        return _judged(parts, _deadlines(flow), "deadline")
    if parts.figure == _RULE:
        return _judged(parts, _rules(flow), "rule")
    names = {_composed(slug): step for step, slug in slugs((*flow.ordered, *flow.steps)).items()}
    stepped = (*parts.steps, *parts.alternatives)
    unknown = [slug for slug in stepped if slug not in names]
    if unknown and parts.figure != "conform.unknown":
        raise UsageError(f"The flow has no step {unknown[0]!r}.{_instead(parts, unknown[0], names)}")
    known = [names.get(slug, slug) for slug in stepped]
    count = len(parts.steps)
    return Meaning(sentence(_KINDS[parts.figure], known[:count], known[count:]))


def _of_the_check(parts: Named, flow: Flow) -> Meaning:
    figure = parts.figure.partition(":")[2]
    if figure == _DEADLINE:
        about = {
            slug: Meaning(each.sentence.removesuffix(": missed"), each.law) for slug, each in _deadlines(flow).items()
        }
        known = _judged(parts, about, "deadline")
    elif figure == _RULE:
        about = {slug: Meaning(each.sentence.removesuffix(": broken"), each.law) for slug, each in _rules(flow).items()}
        known = _judged(parts, about, "rule")
    else:
        names = {slug: step for step, slug in slugs((*flow.ordered, *flow.steps)).items()}
        known = Meaning(" → ".join(names.get(slug, slug) for slug in parts.steps))
    return Meaning(sentence_of(parts.figure, known.sentence), known.law)


def nearest(id_: str, known: Collection[str]) -> str:
    """A question that names up to three of the known ids, or nothing where none is near."""
    figure, _, about = id_[:_LONGEST].partition(":")
    same = [each.partition(":")[2] for each in sorted(known) if each.startswith(f"{figure}:")]
    near = [f"{figure}:{each}" for each in difflib.get_close_matches(about, same, n=3, cutoff=0.6)]
    near = near or difflib.get_close_matches(id_[:_LONGEST], sorted(known), n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def without_group(id_: str) -> str:
    """The id of the same finding where nothing is split."""
    return id_.partition("@")[0]


def same_id(id_: str) -> str:
    """The id as it is compared: a TOML file may hold the same letters composed or apart."""
    return _composed(id_.strip())


def group_slugs(groups: Iterable[str]) -> frozenset[str]:
    """What stands after the @ for each of the groups."""
    return frozenset(_composed(slug) for slug in slugs((), groups).values())


def _judged(parts: Named, known: dict[str, Meaning], what: str) -> Meaning:
    slug = parts.steps[0]
    if slug not in known:
        raise UsageError(f"The flow has no {what} {slug!r}.{_instead(parts, slug, known)}")
    return known[slug]


def _instead(parts: Named, wrong: str, known: Collection[str]) -> str:
    """The id with the nearest name in the place of the wrong one, as a question."""
    begun = [slug for slug in sorted(known) if slug.startswith(wrong)]
    near = begun or difflib.get_close_matches(wrong, sorted(known), n=1, cutoff=0.5)
    if not near:
        return f" There are: {', '.join(sorted(known))}." if known else ""
    right = [near[0] if slug == wrong else slug for slug in (*parts.steps, *parts.alternatives)]
    steps, others = right[: len(parts.steps)], right[len(parts.steps) :]
    where = f"@{parts.group}" if parts.group else ""
    return f" Did you mean {parts.figure}:{'|'.join(['>'.join(steps), *others])}{where}?"


def _deadlines(flow: Flow) -> dict[str, Meaning]:
    ids = FindingIds("deadlines", [each.name for each in flow.deadlines], ())
    return {
        _slug(ids.of(("met_share", (each.name,), ()))): Meaning(f"{each.name}: missed", each.law or "")
        for each in flow.deadlines
    }


def _rules(flow: Flow) -> dict[str, Meaning]:
    id_of = rule_ids(flow.rules, None)
    return {
        _slug(id_of(number, "")): Meaning(f"{each.name or rule_sentence(each)}: broken", each.law or "")
        for number, each in enumerate(flow.rules)
    }


def _slug(id_: str) -> str:
    return _composed(id_.partition(":")[2])


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
