"""``saksflyt init``: begin a folder for the monthly check."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import click

from ..mining.errors import DataError, UsageError
from .flow_reading import read_flow
from .messages import say, working
from .options import now_option

_IGNORED = "# Exports and what is made of them hold data about people.\n/history/\n/exports/\n*.csv\n*.xlsx\n*.saksflyt/\n*.key\n"


@click.command()
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", metavar="TEXT", help="What the pages are called; else the folder's name.")
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="FILES",
    help="Where the exports are, from FOLDER: a name or a pattern. [exports/*]",
)
@click.option(
    "--flow",
    "flow",
    default="sosialhjelp",
    show_default=True,
    metavar="F",
    help="A template, or a file that is copied.",
)
@click.option(
    "--lang", type=click.Choice(["nb", "en"]), default="nb", show_default=True, help="Language of pages and settings."
)
@now_option
def init(folder: Path, name: str | None, sources: tuple[str, ...], flow: str, lang: str, now: datetime) -> None:
    """Begin a folder for the monthly check.

    Writes saksflyt.toml with settings to change, flow.toml, and .gitignore; nothing is written over. If the exports are there already, the
    longest waits are filled in. Keys do not belong in the folder: see saksflyt key.
    """
    from ..mining.flow import Flow
    from ..mining.log import EventLog
    from ..reports.output import write_whole
    from .monthly.beginning import project_text
    from .monthly.project import FILE, read_project
    from .monthly.running import read_sources

    if (folder / FILE).exists():
        raise UsageError(f"{folder / FILE} is there already and is left as it is.")
    meant = read_flow(flow)
    files = list(sources) or ["exports/*"]
    place = "flow.toml" if not Path(flow).exists() or Path(flow).suffix == ".toml" else f"flow{Path(flow).suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    if not sources:
        (folder / "exports").mkdir(exist_ok=True)
    if not (folder / place).exists():
        _copy_flow(flow, folder / place)
    if not (folder / ".gitignore").exists():
        write_whole(folder / ".gitignore", _IGNORED)
    title = name or folder.resolve().name
    write_whole(folder / FILE, project_text(title, lang, files, place, meant, None))
    log: EventLog | None = None
    try:
        with working("Looking at the exports"):
            log = read_sources(read_project(folder), now)
        write_whole(folder / FILE, project_text(title, lang, files, place, Flow.read(folder / place), log))
    except (UsageError, DataError) as error:
        say(f"The exports are not read yet: {error}")
    say(
        f"{click.format_filename(folder / FILE)} is written. Change what is to be changed, then: saksflyt check {click.format_filename(folder)}"
    )


def _copy_flow(flow: str, target: Path) -> None:
    from ..mining.flow_file import template_text
    from ..reports.output import write_whole

    if Path(flow).exists():
        shutil.copyfile(flow, target)
    else:
        write_whole(target, template_text(flow))
