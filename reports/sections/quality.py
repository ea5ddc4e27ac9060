"""What can the data answer, and what is wrong with them?

First the questions, each with a verdict and the findings that weigh most, then the findings. Rows of the export are not shown:
they lead to cases, and stand in the answer of the command.
"""

from __future__ import annotations

from datetime import date

from ...mining.findings import Findings
from ...mining.quality import Finding, Quality, weighed
from ...mining.quality_kinds import QUESTIONS
from ..flow_words import severity
from ..section import Block, Column, Notes, Row, Section, Table, number_shown, row
from ..words import Words
from .method import reason

ID = "quality"
_SHOWN = 12
_REASONS = 3


def section(findings: Findings, words: Words) -> Section:
    """What the data can be used for, and the findings."""
    found = findings.quality
    blocks: list[Block] = [_questions(found, words)]
    if found.findings:
        blocks.append(_findings(found.findings, words))
    if tied := _tied(found, words):
        blocks.append(Notes(words.say("quality.tied_title"), (tied,)))
    return Section(
        id=ID,
        nav=words.say("quality.nav"),
        title=_title(found, words),
        lead=(words.say("quality.lead"), *([] if found.findings else [words.say("quality.none")])),
        blocks=tuple(blocks),
    )


def _title(found: Quality, words: Words) -> str:
    verdicts = found.questions["verdict"].tolist()
    for verdict, key in (("not usable", "title_stop"), ("usable with care", "title_care")):
        if count := verdicts.count(verdict):
            return words.say(f"quality.{key}", count)
    return words.say("quality.title_all")


def _questions(found: Quality, words: Words) -> Table:
    columns = [Column(words.say("quality.col_question"), "name")]
    columns += [Column(words.say(f"quality.col_{title}"), "text") for title in ("verdict", "why")]
    rows = []
    for question in QUESTIONS:
        verdict, weighing = weighed(question, found.findings)
        reasons = "; ".join(_why(finding, words) for finding in weighing[:_REASONS])
        said = words.say(f"quality.{verdict.replace(' ', '_')}")
        rows.append(row([words.say(f"quality.{question}"), said, reasons]))
    return Table(words.say("quality.caption"), tuple(columns), tuple(rows), words.say("quality.below"))


def _why(finding: Finding, words: Words) -> str:
    return words.say("quality.why", title=_said(finding, "is", words), share=words.percent(finding.share))


def _findings(found: tuple[Finding, ...], words: Words) -> Table:
    columns = (
        Column(words.say("quality.col_finding"), "name"),
        Column(words.say("quality.col_share")),
        Column(words.say("flow.col_severity"), "text"),
        Column(words.say("quality.col_mend"), "text"),
    )
    shown = number_shown(len(found), _SHOWN)
    rows = [_row(finding, words) for finding in found[:shown]]
    if shown < len(found):
        rows.append(row([words.say("quality.more_findings", len(found) - shown), "", "", ""], "rest"))
    return Table(words.say("quality.findings"), columns, tuple(rows), words.say("quality.findings_below"))


def _row(finding: Finding, words: Words) -> Row:
    level = severity(finding.severity, words)
    texts = (_said(finding, "says", words), words.percent(finding.share), level, _said(finding, "mend", words))
    return row(list(texts))


def _said(finding: Finding, which: str, words: Words) -> str:
    names = {name: _name(name, value, words) for name, value in finding.names.items() if name != "count"}
    return words.say(f"quality.{finding.kind.name}_{which}", finding.count, **names)


def _name(name: str, value: object, words: Words) -> str:
    """What a sentence names, as the reader writes it."""
    if isinstance(value, date):
        return words.date(value)
    if isinstance(value, int):
        return words.number(value)
    return reason(str(value), words) if name == "reason" else words.quoted(value)


def _tied(found: Quality, words: Words) -> str:
    """What rests on the order of events at the same time, where anything does."""
    if found.ordered_variants >= found.variants:
        return ""
    return words.say("quality.tied", found.tied_events, ordered=found.ordered_variants, variants=found.variants)
