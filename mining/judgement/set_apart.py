"""Which findings of a month has the office accepted?

As it was decided when the month closed: an acceptance that was written later, or was over by then, says nothing of that month. What is accepted
is told apart and calls nobody. An acceptance that notes how bad the finding was (``severity``) does not cover a worse one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..acceptable import same_id, without_group
from ..accepted import Accepted
from ..accepted_toml import Acceptance
from .verdicts import ACCEPTED, GONE, RANK, Finding


@dataclass(frozen=True)
class Apart:
    """The findings, those that are accepted with the status "accepted".

    holding : the acceptance of each that is, by the id of the finding; over : the acceptances that ended before, of what was found
    passed : those that were of something less bad; unseen : those in force of which there is no finding
    """

    found: tuple[Finding, ...]
    holding: dict[str, Acceptance]
    over: tuple[Acceptance, ...] = ()
    passed: tuple[Acceptance, ...] = ()
    unseen: tuple[Acceptance, ...] = ()


def set_apart(found: Sequence[Finding], accepted: Accepted, day: date) -> Apart:
    """Mark what is accepted. day : on which the month closed, in the zone of the log"""
    made = tuple(each for each in accepted.entries if each.accepted_on is None or each.accepted_on <= day)
    then, there = Accepted(made), [each for each in found if each.status != GONE]
    about = {each.id: entry for each in there if (entry := then.of(each.id, day)) is not None}
    held = {id_: entry for id_, entry in about.items() if entry.holds(day)}
    worse = {each.id for each in there if each.id in held and _passed(each, held[each.id])}
    holding = {id_: entry for id_, entry in held.items() if id_ not in worse}
    return Apart(
        tuple(replace(each, status=ACCEPTED) if each.id in holding and each.status != GONE else each for each in found),
        holding,
        over=_once(entry for id_, entry in about.items() if id_ not in held),
        passed=_once(held[id_] for id_ in sorted(worse)),
        unseen=tuple(each for each in made if each.id not in _covered(there) and each.holds(day)),
    )


def _covered(found: Iterable[Finding]) -> set[str]:
    """The ids under which a finding can be accepted: its own, and without the unit."""
    ids = {same_id(each.id) for each in found}
    return ids | {without_group(id_) for id_ in ids}


def _passed(finding: Finding, entry: Acceptance) -> bool:
    return bool(entry.severity) and RANK[finding.severity] > RANK[entry.severity]


def _once(entries: Iterable[Acceptance]) -> tuple[Acceptance, ...]:
    return tuple({entry.id: entry for entry in entries}.values())
