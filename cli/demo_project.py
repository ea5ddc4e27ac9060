"""``saksflyt demo --project``: a folder for the monthly check, to try it on."""

from __future__ import annotations

from pathlib import Path

import click

from ..mining.errors import UsageError
from ..mining.flow_file import template_text
from ..reports.output import write_whole
from ..sample_logs.project import CHECKED, EXPORTS, FIRST_MONTH, LAST_MONTH, write_project
from .init import IGNORED
from .messages import say, working

PLACE = "saksflyt-demo-project"


def begin_project(folder: Path) -> None:
    """Write the folder and say what to run next. Raises UsageError where it holds anything."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{click.format_filename(folder)} is not an empty folder; name another for the project.")
    with working("Making the exports"):
        write_project(folder)
    write_whole(folder / "flow.toml", template_text("sosialhjelp"))
    write_whole(folder / ".gitignore", IGNORED)
    place = click.format_filename(folder)
    say(f"The exports   {place}/{EXPORTS}  (made up: no person in them exists)")
    say(f"The settings  {place}/saksflyt.toml")
    say(f"The flow      {place}/flow.toml  (how it was meant to go)")
    say(f"What is hidden, and when it should be found: {place}/fasit.md")
    say(f"Judge {FIRST_MONTH} to {LAST_MONTH}: saksflyt check {place} --now {CHECKED}")
