"""``saksflyt init``: begin a folder for the monthly check."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from click.core import ParameterSource

from ..connectors.key_file import VARIABLE, Key, make_key
from ..mining.errors import DataError, UsageError
from ..mining.slugs import slug
from .flow_reading import read_flow
from .messages import say, working
from .options import now_option

LANGUAGES = ("nb", "en")
IGNORED = "# Exports and what is made of them hold data about people.\n/history/\n/exports/\n*.csv\n*.xlsx\n*.saksflyt/\n*.key\n"


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
    "--lang", type=click.Choice(LANGUAGES), default="nb", show_default=True, help="Language of pages and settings."
)
@click.option(
    "--key",
    "key",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where the key for pseudonyms is, or is made; else among your own settings.",
)
@click.option("--no-key", "keyless", is_flag=True, help="Without a key: people have other numbers in every import.")
@now_option
@click.pass_context
def init(
    ctx: click.Context,
    folder: Path,
    name: str | None,
    sources: tuple[str, ...],
    flow: str,
    lang: str,
    key: Path | None,
    keyless: bool,
    now: datetime,
) -> None:
    """Begin a folder for the monthly check.

    Writes saksflyt.toml with settings to change, flow.toml, and .gitignore; nothing is written over. If the exports are there already, the
    longest waits are filled in. The key for pseudonyms is made outside the folder. On a terminal, what no option says is asked for.
    """
    from ..mining.flow import Flow
    from ..mining.log import EventLog
    from ..reports.output import write_whole
    from .monthly.beginning import project_text
    from .monthly.project import FILE, read_project
    from .monthly.reading import read_sources

    if (folder / FILE).exists():
        raise UsageError(f"{folder / FILE} is there already and is left as it is.")
    if key and keyless:
        raise UsageError("Give --key or --no-key.")
    name = _asked(ctx, "name", "What the pages are called", name or folder.resolve().name)
    files = list(sources) or [_asked(ctx, "sources", "The exports: a name or a pattern, from the folder", "exports/*")]
    flow = _asked(ctx, "flow", "The intended flow: a template or a file", flow)
    lang = _asked(ctx, "lang", "Language of the pages", lang, LANGUAGES)
    meant = read_flow(flow)
    place = _begun(folder, flow, files)
    kept = None if keyless else _key(folder, key, name)
    write_whole(folder / FILE, project_text(name, lang, files, place, kept, meant, None))
    log: EventLog | None = None
    try:
        with working("Looking at the exports"):
            log = read_sources(read_project(folder), now)
        write_whole(folder / FILE, project_text(name, lang, files, place, kept, Flow.read(folder / place), log))
    except (UsageError, DataError) as error:
        say(f"The exports are not read yet: {error}")
    shown = click.format_filename(folder)
    say(
        f"{click.format_filename(folder / FILE)} is written. Change what is to be changed, then: saksflyt check {shown}"
    )


def _asked(ctx: click.Context, option: str, question: str, usual: str, choices: Sequence[str] = ()) -> str:
    """What the option says, or on a terminal what the person there answers, or what is usual."""
    said = ctx.get_parameter_source(option) not in (None, ParameterSource.DEFAULT)
    if said or not _on_a_terminal():
        return usual
    kind = click.Choice(choices) if choices else str
    return click.prompt(question, default=usual, type=kind, err=True)


def _on_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _begun(folder: Path, flow: str, files: Sequence[str]) -> str:
    """The folder with what goes beside the settings; gives the file of the flow."""
    from ..reports.output import write_whole

    place = "flow.toml" if not Path(flow).exists() or Path(flow).suffix == ".toml" else f"flow{Path(flow).suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    if files == ["exports/*"]:
        (folder / "exports").mkdir(exist_ok=True)
    if not (folder / place).exists():
        _copy_flow(flow, folder / place)
    if not (folder / ".gitignore").exists():
        write_whole(folder / ".gitignore", IGNORED)
    return place


def _key(folder: Path, given: Path | None, name: str) -> Path | None:
    """The key of the project, made if there is none yet; none where the environment names one."""
    if given is None and os.environ.get(VARIABLE):
        return None
    place = (given or Path(click.get_app_dir("saksflyt")) / f"{slug(name) or 'project'}.key").absolute()
    if place.is_relative_to(folder.absolute()):
        raise UsageError(f"The key {place} would lie in the folder of the data; name another place with --key.")
    if place.exists():
        say(f"The key {Key.read(place).id} in {click.format_filename(place)} is used.")
        return place
    if given is None:
        _own_folder(place.parent)
    say(
        f"The key {make_key(place).id} is in {click.format_filename(place)}. Only you can read it; keep a copy where secrets are kept."
    )
    return place


def _own_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The key for pseudonyms cannot be made in {folder}: {error.strerror}. Name another place with --key, or give --no-key."
        ) from error


def _copy_flow(flow: str, target: Path) -> None:
    from ..mining.flow_file import template_text
    from ..reports.output import write_whole

    if Path(flow).exists():
        shutil.copyfile(flow, target)
    else:
        write_whole(target, template_text(flow))
