"""How far can this log be trusted: what is wrong with it, where, and which questions does that spoil?

The detectors know nothing of the process but what the log shows, so they are shy: they speak where chance and ordinary
casework hardly explain what they see, and a finding is a place to look, not a verdict. None of them looks at people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from .answer import Answer
from .finding_ids import FindingIds
from .log import EventLog
from .quality_cases import cases
from .quality_kinds import QUESTIONS, VERDICTS, Kind, Severity, Verdict, kinds
from .quality_labels import labels
from .quality_order import order
from .quality_profile import Found, Profile, Row
from .quality_synonyms import synonyms
from .quality_ties import TieSensitivity, tie_sensitivity, ties
from .quality_times import times
from .quality_values import values
from .quality_volume import volume
from .slugs import slugs

if TYPE_CHECKING:
    import pandas as pd

    from .flow import Flow

_DETECTORS: tuple[Callable[[Profile], Iterator[Found]], ...] = (
    *(values, times, order, labels, synonyms, cases, volume),
)
_SEVERITIES: tuple[Severity, ...] = ("high", "warn", "info")
_REASONS = 3  # of a verdict; the others are findings all the same


@dataclass(frozen=True)
class Finding:
    """One imperfection. ``share`` : count / of; ``names`` : what its sentences name; ``examples`` : "file:row"."""

    id: str
    kind: Kind
    severity: Severity
    count: int
    of: int
    share: float
    names: dict[str, Any]
    examples: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.kind.sentence(self.kind.title, self.names)

    @property
    def spoils(self) -> dict[str, Verdict]:
        return self.kind.spoils(self.share)


@dataclass(frozen=True, repr=False)
class Quality(Answer):
    """What is wrong with a log, and what it can be used for.

    frame : one row per finding, the worst first
        id, severity ("info", "warn" or "high"), count, of, share (count / of), finding (a sentence), action (what to do),
        spoils (the questions that are not simply usable for it), examples ("file:row" of the source, the first five)
    questions : one row per question
        question, verdict ("usable", "usable with care" or "not usable"), why (the findings that weigh most), findings (how
        many weigh)
    cases, events : looked at
    tied_events, tied_cases, variants, ordered_variants, repetitions, ordered_repetitions : :class:`.TieSensitivity`
    findings : the rows of `frame` as objects
    """

    frame: pd.DataFrame
    questions: pd.DataFrame
    cases: int
    events: int
    tied_events: int
    tied_cases: int
    variants: int
    ordered_variants: int
    repetitions: int
    ordered_repetitions: int
    findings: tuple[Finding, ...] = field(repr=False)

    def _figures(self) -> dict[str, object]:
        return {name: value for name, value in super()._figures().items() if name != "findings"}


def quality(log: EventLog, flow: Flow | None = None) -> Quality:
    """Look for imperfections; with a flow its names and aliases hold, and it says what comes before what.

    Raises EmptyLog if the log has no cases.
    """
    log.require_cases()
    log = flow.named(log) if flow else log
    profile = Profile(log, flow)
    sensitivity = tie_sensitivity(log)
    found = [*ties(profile, sensitivity), *(each for detector in _DETECTORS for each in detector(profile))]
    return judged(log, found, sensitivity, flow)


def judged(log: EventLog, found: Iterable[Found], sensitivity: TieSensitivity, flow: Flow | None = None) -> Quality:
    """What was seen, with severities, ids and verdicts, the worst first."""
    ids = FindingIds("quality", flow.steps if flow else (), log.activities)
    found = list(found)
    abouts = slugs((), {each.about for each in found})
    findings = [_finding(each, ids, abouts, log) for each in found]
    findings.sort(key=lambda each: (_SEVERITIES.index(each.severity), -each.share, each.id))
    return Quality(
        frame=_frame(findings),
        questions=_questions(findings),
        cases=log.case_count,
        events=log.event_count,
        **vars(sensitivity),
        findings=tuple(findings),
    )


def _finding(found: Found, ids: FindingIds, abouts: dict[str, str], log: EventLog) -> Finding:
    kind = kinds()[found.kind]
    about = ids.of((found.kind, found.steps, ())) if found.steps else f"quality.{found.kind}"
    id_ = f"{about}:{abouts[found.about]}" if found.about else about
    return Finding(
        id=id_,
        kind=kind,
        severity=kind.severity(found.share),
        count=found.count,
        of=found.of,
        share=found.share,
        names={"count": found.count, "of": found.of, **dict(found.names)},
        examples=tuple(_place(row, log) for row in found.rows),
    )


def _place(row: Row, log: EventLog) -> str:
    """The file's own name and the row in it; a table in memory has rows only."""
    sources = log.manifest.sources
    source, number = row
    if not 0 <= source < len(sources):
        return f"row {number}"
    return f"{PureWindowsPath(PurePosixPath(sources[source].name).name).name}:{number}"


def _frame(findings: list[Finding]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (
            *(each.id, each.severity, each.count, each.of, each.share, each.kind.sentence(each.kind.says, each.names)),
            *(each.kind.sentence(each.kind.mend, each.names), list(each.spoils), list(each.examples)),
        )
        for each in findings
    ]
    names = ["id", "severity", "count", "of", "share", "finding", "action", "spoils", "examples"]
    kinds_of = {"count": "int64", "of": "int64", "share": "float64"}
    return pd.DataFrame(rows, columns=pd.Index(names)).astype(kinds_of)


def _questions(findings: list[Finding]) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for question in QUESTIONS:
        verdict, weighing = weighed(question, findings)
        why = "; ".join(f"{each.title} ({share_text(each.share)} of {each.kind.of})" for each in weighing[:_REASONS])
        rows.append((question, verdict, why, len(weighing)))
    return pd.DataFrame(rows, columns=pd.Index(["question", "verdict", "why", "findings"]))


def weighed(question: str, findings: Iterable[Finding]) -> tuple[Verdict, list[Finding]]:
    """What is left of a question, and the findings that spoil it, the worst first."""
    weighing: list[tuple[Verdict, Finding]] = [
        (each.spoils[question], each) for each in findings if question in each.spoils
    ]
    weighing.sort(key=lambda pair: (-VERDICTS.index(pair[0]), -pair[1].share, pair[1].id))
    worst: Verdict = weighing[0][0] if weighing else "usable"
    return worst, [each for _, each in weighing]


def share_text(share: float) -> str:
    """A share as per cent; what is not quite nothing is not called so."""
    return "<0.1 %" if 0 < share < 0.001 else f"{100 * share:.1f} %"
