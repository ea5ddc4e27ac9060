"""The report: one HTML file that opens anywhere, fetches nothing and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from ..mining.findings import Findings, mine
from ..mining.log import EventLog
from .output import write_whole
from .section import Section
from .sections import between, brief, method, rework, routes, throughput
from .words import Words

# The parts in reading order. A new part is one line here.
PARTS: tuple[Callable[[Findings, Words], Section], ...] = (
    brief.section,
    routes.section,
    rework.section,
    between.section,
    throughput.section,
    method.section,
)

# No script at all. The style is named by its hash, so that a style that slipped in with a name does nothing either.
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src 'sha256-{style}'"


@dataclass(frozen=True)
class Page:
    """All that the template needs besides the blocks."""

    lang: str
    title: str
    about: str
    skip: str
    contents: str
    how: str
    footer: str
    sections: tuple[Section, ...]
    style: Markup
    policy: str


def report(
    log_or_findings: EventLog | Findings,
    path: str | Path | None = None,
    *,
    lang: str = "nb",
    now: datetime | None = None,
    title: str | None = None,
) -> str:
    """Show how the cases really go, as one HTML page. Returns the text; writes it to `path` when given.

    The same findings, language, `now` and title give the same bytes. Without `now` the page bears no date.
    Raises EmptyLog if the log has no cases, UsageError for an unknown language or a path that cannot be written,
    StorageError if the disk fails.
    """
    findings = mine(log_or_findings) if isinstance(log_or_findings, EventLog) else log_or_findings
    manifest = findings.manifest
    words = Words(lang, whole_days=0 < manifest.events == manifest.date_only_events)
    text = _templates().get_template("page.html.j2").render(page=_page(findings, words, now, title))
    if path is not None:
        write_whole(Path(path), text)
    return text


def _page(findings: Findings, words: Words, now: datetime | None, title: str | None) -> Page:
    period = words.dates(findings.first_time.date(), findings.last_time.date())
    about = words.say("page.about", cases=words.say("words.cases", findings.cases), period=period)
    style = _file("style.css")
    return Page(
        lang=words.lang,
        title=words.name(title) if title else words.say("page.title", name=words.name(findings.log_name)),
        about=" ".join(filter(None, (about, _selection(findings, words), _made(findings, words, now)))),
        skip=words.say("page.skip"),
        contents=words.say("page.contents"),
        how=words.say("page.how"),
        footer=words.say("page.footer"),
        sections=tuple(part(findings, words) for part in PARTS),
        style=Markup(style),
        policy=_POLICY.format(style=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()),
    )


def _selection(findings: Findings, words: Words) -> str:
    """A report on some of the cases must not pass for one on all of them."""
    if not findings.selection:
        return ""
    return words.say("page.selection", conditions=words.selection(findings.selection))


def _made(findings: Findings, words: Words, now: datetime | None) -> str:
    if now is None:
        return words.say("page.made_without_day")
    local = now.astimezone(ZoneInfo(findings.manifest.zone)) if now.tzinfo else now
    return words.say("page.made", day=words.date(local.date()))


def _templates() -> Environment:
    # Autoescape is off in jinja2 unless told otherwise, and its own chooser does not know .html.j2.
    return Environment(
        autoescape=True, undefined=StrictUndefined, loader=FunctionLoader(_file), trim_blocks=True, lstrip_blocks=True
    )


def _file(name: str) -> str:
    return files("saksflyt.reports").joinpath("templates", name).read_text(encoding="utf-8")
