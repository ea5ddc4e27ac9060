"""Is every step called by one name, and every name one step?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from .database import text_literal
from .label_forms import masked, near_pairs, plain_form
from .quality_profile import Found, Profile

_RARE = 0.05  # of the events of the name that it looks like: people misspell now and then
_USED = 20  # events, before a name is one to which others are held
_TOGETHER = 0.2  # of its cases: two names in one case are two steps
_POLLUTED, _POLLUTED_SHORT = 5, 30  # names of one form; numbers of one or two digits may number the steps
_MANY, _MANY_SHARE, _MANY_OF = 200, 0.05, 1_000
_SHOWN = 10

_TOGETHER_CASES = """
select coalesce(sum(cases) filter (list_contains(names, {a}) and list_contains(names, {b})), 0)::bigint as both,
       coalesce(sum(cases) filter (list_contains(names, {a})), 0)::bigint as first
from (select cases, activities::varchar[] as names from sequences)
"""


def labels(profile: Profile) -> Iterator[Found]:
    """Names that are one step, and names with numbers in them."""
    polluted, names = _polluted(profile)
    yield from sorted(polluted, key=lambda each: -each.count)[:_SHOWN]
    yield from _many(profile)
    written: set[tuple[str, str]] = set()
    for label, other in _alike(profile):
        written.add((label, other))
        yield _one_step(profile, "distorted_label", label, other)
    for label, other in list(_misspelt(profile, names))[:_SHOWN]:
        if (label, other) not in written:
            yield _one_step(profile, "misspelt_label", label, other)


def _polluted(profile: Profile) -> tuple[list[Found], list[str]]:
    """The findings, and the names that are not polluted."""
    groups: dict[str, list[str]] = defaultdict(list)
    for label in profile.events_of:
        groups[masked(label, 1)].append(label)
    found, left = [], []
    for form, group in groups.items():
        ids = sum("#" in masked(label) for label in group)
        if "#" in form and (ids >= _POLLUTED or len(group) >= _POLLUTED_SHORT):
            rows = profile.rows(profile.of_steps(group))
            names = (("label", form),)
            found.append(
                Found("polluted_labels", len(group), len(profile.events_of), about=form, names=names, rows=rows)
            )
        else:
            left += group
    return found, left


def _many(profile: Profile) -> Iterator[Found]:
    many, of = len(profile.events_of), profile.events
    if many > _MANY or (of >= _MANY_OF and many > _MANY_SHARE * of):
        yield Found("many_labels", many, of)


def _alike(profile: Profile) -> Iterator[tuple[str, str]]:
    """Each name that is another one written differently, with the most common way to write it."""
    groups: dict[str, list[str]] = defaultdict(list)
    for label in profile.events_of:
        if form := plain_form(label):
            groups[form].append(label)
    events = profile.events_of
    for group in groups.values():
        best = max(sorted(group), key=lambda label: events[label])
        yield from ((label, best) for label in group if label != best)


def _misspelt(profile: Profile, names: list[str]) -> Iterator[tuple[str, str]]:
    events = profile.events_of
    for pair in near_pairs(names):
        other, label = sorted(pair, key=lambda name: (-events[name], name))
        if events[other] < _USED or events[label] > _RARE * events[other] or plain_form(other) == plain_form(label):
            continue
        query = _TOGETHER_CASES.format(a=text_literal(label), b=text_literal(other))
        both, cases = (int(number) for number in profile.log.sql(query).iloc[0])
        if both <= _TOGETHER * cases:
            yield label, other


def _one_step(profile: Profile, kind: str, label: str, other: str) -> Found:
    events = profile.events_of
    rows = profile.rows(f"activity = {text_literal(label)}")
    of = events[label] + events[other]
    names = (("label", label), ("other", other))
    return Found(kind, events[label], of, steps=(label, other), names=names, rows=rows)


def neighbours(profile: Profile) -> dict[str, tuple[Counter[str], Counter[str]]]:
    """Of every step, how often which others stand right before and right after it; "" stands for none."""
    found: dict[str, tuple[Counter[str], Counter[str]]] = {step: (Counter(), Counter()) for step in profile.events_of}
    frame = profile.pairs
    sources = frame["source"].fillna("")
    for source, target, times in zip(sources, frame["target"], frame["times"], strict=True):
        found[target][0][source] += int(times)
        if source:
            found[source][1][target] += int(times)
    for step, (_, after) in found.items():
        last = profile.events_of[step] - after.total()
        after.update({"": last} if last > 0 else {})
    return found
