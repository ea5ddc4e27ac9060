"""``saksflyt schedule``: have the check run every day, without anybody to think of it."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..mining.errors import UsageError
from .check import folder_argument, profile_option
from .messages import say
from .options import now_option

if TYPE_CHECKING:
    from .monthly.scheduling import Job

_KINDS = ("systemd", "cron", "windows", "github", "gitlab", "kubernetes")
_INSTALLED = ("systemd", "cron")
_NOT_SEEN = ("SAKSFLYT_SOURCE", "SAKSFLYT_HISTORY", "SAKSFLYT_LANGUAGE", "SAKSFLYT_KEY_FILE")


@click.group()
def schedule() -> None:
    """Have the check run every day, without anybody to think of it.

    The check finds for itself which months are due, so it runs daily: what a machine missed while it was off is made up for.
    """


def _names(ctx: click.Context, param: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise click.BadParameter("it takes the name of a variable, never its value.", ctx, param)
    return names


@schedule.command()
@click.argument("kind", type=click.Choice(_KINDS))
@folder_argument
@click.option(
    "--at",
    "hour",
    metavar="HH:MM",
    type=click.DateTime(["%H:%M"]),
    default="06:30",
    show_default=True,
    help="When, every day.",
)
@click.option("--install", is_flag=True, help="Put it in place: systemd (this user's units) and cron.")
@click.option("--image", metavar="IMAGE", help="The container image that has saksflyt; Kubernetes needs one.")
@click.option(
    "--secret",
    "secrets",
    multiple=True,
    metavar="NAME",
    callback=_names,
    help="A variable that the check reads and nobody else may, such as a password; repeat it for several.",
)
@profile_option
@now_option
def show(
    kind: str,
    folder: Path,
    hour: datetime,
    install: bool,
    image: str | None,
    secrets: tuple[str, ...],
    profile: str | None,
    now: datetime,
) -> None:
    """Print the schedule of a folder as systemd, cron, Windows, GitHub, GitLab or Kubernetes want it.

    The hour is that of the project's zone where the scheduler knows zones, else the machine's (cron, Windows) or UTC (GitHub).
    """
    from .monthly.project import read_project
    from .monthly.scheduling import Job, texts

    if install and kind not in _INSTALLED:
        raise UsageError(f"--install puts systemd and cron in place; what {kind} needs is printed without it.")
    job = Job(read_project(folder, profile), hour.time(), now, profile, image, secrets)
    files = texts(kind, job)
    for name in _NOT_SEEN:
        if os.environ.get(name):
            say(f"{name} is set here, but the job will not see it; write it in saksflyt.toml.")
    if install:
        _put_in_place(kind, job, files)
    else:
        click.echo(
            "\n".join(f"# {name}\n{text}" for name, text in files.items())
            if len(files) > 1
            else next(iter(files.values())),
            nl=False,
        )


def _put_in_place(kind: str, job: Job, files: dict[str, str]) -> None:
    from .monthly.installing import install_lines, install_units, units_folder

    if kind == "cron":
        done = install_lines(job.name, files[f"{job.name}.cron"])
        say(f"{job.name} {'is now' if done else 'was already'} in your crontab (crontab -l shows it).")
        return
    job.history.mkdir(parents=True, exist_ok=True)  # only what is there can be opened for writing
    written = install_units(files, units_folder())
    for path in written:
        say(f"{click.format_filename(path)} is written.")
    say(
        f"{job.name}.timer {'is started' if written else 'was as it is to be'}; systemctl --user list-timers shows when it goes off."
    )
    say("It also runs while you are logged out once you have said: loginctl enable-linger")
