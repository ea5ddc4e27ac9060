"""The report: one HTML file that opens anywhere and fetches nothing; its lite form runs nothing either."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from ..mining.findings import Findings, mine
from ..mining.log import EventLog
from . import charts, figures, spark
from .output import write_whole
from .section import Section
from .sections import backlog, between, brief, deadlines, deviations, method, quality, rework, routes, rules, throughput
from .sections import map as process_map
from .words import Words

if TYPE_CHECKING:
    from ..mining.flow import Flow

# The parts in reading order; one that has nothing to say is left out. A new part is one line here.
PARTS: tuple[Callable[[Findings, Words], Section | None], ...] = (
    brief.section,
    process_map.section,
    routes.section,
    deviations.section,
    rework.section,
    between.section,
    deadlines.section,
    rules.section,
    throughput.section,
    backlog.section,
    quality.section,
    method.section,
)

# Joined in this order, each where it exists. A block's macro has the name of its kind, in any of the template files;
# a script comes with the kind of block that needs it.
_STYLES = ("style.css", "map.css", "chart.css")
_MACROS = ("blocks.html.j2", "map.html.j2", "charts.html.j2")
_SCRIPTS = {"process_map": "map.js", "chart": "charts.js"}

# Style and scripts are named by their hashes, so that what slipped in with a name does nothing. Plotly alone sets
# styles of its own as it draws.
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src {style}{scripts}"


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
    scripts: tuple[Markup, ...]
    inert: Markup
    lite: bool
    policy: str


def report(
    log_or_findings: EventLog | Findings,
    path: str | Path | None = None,
    *,
    lang: str = "nb",
    now: datetime | None = None,
    title: str | None = None,
    lite: bool = False,
    flow: Flow | None = None,
) -> str:
    """Show how the cases really go, as one HTML page. Returns the text; writes it to `path` when given.

    The same findings, language, `now` and title give the same bytes. Without `now` the page bears no date. With
    `lite` there is no script in it: all is drawn, nothing can be pointed at, and it is small enough to send. With `flow`
    the cases of a log are held against how they were meant to go; findings say for themselves whether they are.
    Raises EmptyLog if the log has no cases, UsageError for an unknown language or a path that cannot be written,
    StorageError if the disk fails.
    """
    findings = mine(log_or_findings, flow) if isinstance(log_or_findings, EventLog) else log_or_findings
    manifest = findings.manifest
    words = Words(lang, whole_days=0 < manifest.events == manifest.date_only_events)
    text = rendered(_heading(findings, words, now, title), sections(findings, words), words, lite=lite)
    if path is not None:
        write_whole(Path(path), text)
    return text


@dataclass(frozen=True)
class Heading:
    """What stands at the top of a page."""

    title: str
    about: str


def rendered(heading: Heading, shown: tuple[Section, ...], words: Words, *, lite: bool = True) -> str:
    """A page of some sections; lite as in :func:`report`."""
    templates = _templates()
    page = _page_of(heading, shown, words, lite)
    return templates.get_template("page.html.j2").render(page=page, macros=_macros(templates))


def _heading(findings: Findings, words: Words, now: datetime | None, title: str | None) -> Heading:
    period = words.dates(findings.first_time.date(), findings.last_time.date())
    about = words.say("page.about", cases=words.say("words.cases", findings.cases), period=period)
    return Heading(
        title=words.name(title) if title else words.say("page.title", name=words.name(findings.log_name)),
        about=" ".join(filter(None, (about, _selection(findings, words), _made(findings, words, now)))),
    )


def _page_of(heading: Heading, shown: tuple[Section, ...], words: Words, lite: bool) -> Page:
    style = "".join(text for name in _STYLES if (text := _file(name)))
    scripts = () if lite else _scripts(shown)
    inert = "" if lite else _library(shown)
    return Page(
        lang=words.lang,
        title=heading.title,
        about=heading.about,
        skip=words.say("page.skip"),
        contents=words.say("page.contents"),
        how=words.say("page.how"),
        footer=words.say("page.footer"),
        sections=shown,
        style=Markup(style),
        scripts=tuple(Markup(script) for script in scripts),
        inert=Markup(inert),
        lite=lite,
        policy=_policy(style, scripts, inert),
    )


def sections(findings: Findings, words: Words) -> tuple[Section, ...]:
    """What the report says, part by part."""
    return tuple(said for part in PARTS if (said := part(findings, words)) is not None)


def _kinds(sections: tuple[Section, ...]) -> set[str]:
    return {block.kind for section in sections for block in section.blocks}


def _scripts(sections: tuple[Section, ...]) -> tuple[str, ...]:
    """The scripts that the page's blocks need, in the order of `_SCRIPTS`."""
    kinds = _kinds(sections)
    return tuple(_whole(text) for kind, name in _SCRIPTS.items() if kind in kinds and (text := _file(name)))


def _library(sections: tuple[Section, ...]) -> str:
    """Plotly as text that nothing runs until a chart comes into view; empty where there is no chart."""
    return _whole(figures.library()) if "chart" in _kinds(sections) else ""


def _whole(script: str) -> str:
    """A script that its element holds to the end."""
    assert not re.search(r"</script|<!--", script, re.IGNORECASE)
    return script


def _policy(style: str, scripts: tuple[str, ...], inert: str) -> str:
    runs = [*scripts, inert] if inert else scripts
    allowed = "; script-src " + " ".join(map(_hash, runs)) if runs else ""
    return _POLICY.format(style="'unsafe-inline'" if inert else _hash(style), scripts=allowed)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _macros(templates: Environment) -> dict[str, object]:
    """How each kind of block is written."""
    found: dict[str, object] = {}
    for name in _MACROS:
        if _file(name):
            found |= vars(templates.get_template(name).module)
    return found


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


@cache
def _templates() -> Environment:
    """Read once: making the templates takes as long as writing a lite page."""
    # Autoescape is off in jinja2 unless told otherwise, and its own chooser does not know .html.j2.
    made = Environment(
        autoescape=True, undefined=StrictUndefined, loader=FunctionLoader(_file), trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {
        "drawn": charts.drawn,
        "line_names": charts.line_names,
        "figure": figures.figure,
        "spark": spark.drawn,
    }
    return made


@cache
def _file(name: str) -> str:
    """A file of the templates; empty where there is none."""
    path = files("saksflyt.reports").joinpath("templates", name)
    return path.read_text(encoding="utf-8") if path.is_file() else ""
