"""``saksflyt explain``: what does a figure mean, and how is it counted?"""

from __future__ import annotations

import shutil
import textwrap
from dataclasses import asdict
from datetime import datetime

import click

from ..mining.definitions import Definition, definition, definitions, parse_finding
from .messages import visible
from .options import format_option, now_option
from .output import document

_PARTS = ("definition", "formula", "unit", "limits", "source")


@click.command()
@click.argument("finding", metavar="[ID]", required=False)
@format_option("text", "json", "markdown")
@now_option
def explain(finding: str | None, form: str, now: datetime) -> None:
    """What does a figure mean, and how is it counted?

    ID is a figure such as rework.extra_times, or a finding of a report such as
    rework.extra_times:dokumentasjon-etterspurt@nordvik. Without ID, all of them.
    """
    chosen = [definition(finding)] if finding else list(definitions().values())
    if form == "json":
        click.echo(document("explain", records=[asdict(each) for each in chosen]), nl=False)
    elif form == "markdown":
        click.echo("\n".join(as_markdown(each) for each in chosen), nl=False)
    elif finding:
        click.echo(as_text(chosen[0], finding), nl=False)
    else:
        click.echo(listing(chosen), nl=False)


def as_text(figure: Definition, finding: str) -> str:
    """The definition for a terminal, with what the finding is about."""
    parts = [(name, getattr(figure, name)) for name in _PARTS]
    about = _about(finding)
    lines = [f"{figure.title} ({figure.id})", ""] + ([f"About {about}.", ""] if about else [])
    for name, text in parts:
        hang = textwrap.fill(text, _width(), initial_indent=f"{name:<12}", subsequent_indent=" " * 12)
        lines.append(hang)
    return "\n".join(lines) + "\n"


def as_markdown(figure: Definition) -> str:
    """The definition as a section of docs/methods.md."""
    lines = [f"### `{figure.id}`: {figure.title}", "", figure.definition, ""]
    lines += [f"- Formula: {figure.formula}", f"- Unit: {figure.unit}"]
    lines += [f"- Limits: {figure.limits}", f"- Source: {figure.source}"]
    return "\n".join(lines) + "\n"


def listing(figures: list[Definition]) -> str:
    """All figures by measure."""
    lines: list[str] = []
    wide = max(len(figure.id) for figure in figures)
    for figure, before in zip(figures, [None, *figures], strict=False):
        if before and before.id.split(".")[0] != figure.id.split(".")[0]:
            lines.append("")
        lines.append(f"{figure.id:<{wide}}  {figure.title}")
    return "\n".join(lines) + "\n"


def _about(finding: str) -> str:
    parts = parse_finding(finding)
    steps = " to ".join(visible(step) for step in parts.steps)
    unit = f"unit {visible(parts.unit)}" if parts.unit else ""
    return ", ".join(text for text in (f"step {steps}" if steps else "", unit) if text)


def _width() -> int:
    return min(shutil.get_terminal_size((80, 24)).columns, 100)
