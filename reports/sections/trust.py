"""Can we trust the numbers? The few things that a reader must know before acting on them."""

from __future__ import annotations

from ...mining.findings import Findings
from ..section import Notes
from ..words import Words
from . import method

_MOST = 6


def notes(findings: Findings, words: Words) -> Notes:
    """What is left out, what is not known, and what is uncertain, the weightiest first; all of it is in the method."""
    said = [records(findings, words), *method.weighty(findings, words)]
    return Notes(
        title=words.say("trust.title"),
        sentences=tuple(said[:_MOST]),
        link=method.ID,
        link_text=words.say("trust.link"),
    )


def records(findings: Findings, words: Words) -> str:
    """How much of what was handed over the numbers rest on."""
    sources = findings.manifest.sources
    given, unused = sum(s.records for s in sources), sum(s.records - s.accepted for s in sources)
    if not given:
        return words.say("trust.events", findings.events, cases=words.say("words.cases", findings.cases))
    if not unused:
        return words.say("trust.all_used", given)
    return words.say("trust.not_used", unused, records=given)
