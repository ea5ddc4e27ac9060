"""What does each scheduler have to be told so that a folder is checked every day and nobody has to think of it?

The job runs every day, and ``saksflyt check`` finds for itself what is due: so a day on which the machine was off costs nothing, and five
months that were missed are made up for. The texts are templates in ``schedules/``, which people can read.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from ...mining.errors import UsageError
from ...mining.slugs import slug
from . import quoting
from .project import Project

KINDS = {
    "systemd": ("service", "timer"),
    "cron": ("cron",),
    "windows": ("windows.xml",),
    "github": ("github.yml",),
    "gitlab": ("gitlab.yml",),
    "kubernetes": ("kubernetes.yml",),
}
_ELSEWHERE = ("github", "gitlab", "kubernetes")  # these run where only the project's own folder is
_LONGEST = 30  # of the folder's name in that of the job; Kubernetes takes 52 in all
_DIGITS = 6


@dataclass(frozen=True)
class Job:
    """A folder that is checked every day.

    at, zone : when, by the clock of the project; day : from which on, where a scheduler wants to know
    image : of a container that has saksflyt; secrets : names of variables that the check reads and nobody else may
    """

    project: Project
    at: time
    day: datetime
    profile: str | None = None
    image: str | None = None
    secrets: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        return Path(os.path.abspath(self.project.folder))  # noqa: PTH100 (links stay as they are, dots go)

    @property
    def history(self) -> Path:
        return Path(os.path.abspath(self.project.history))  # noqa: PTH100

    @property
    def title(self) -> str:
        """The project's name on one line."""
        return quoting.sayable(" ".join(self.project.name.split()))

    @property
    def short_name(self) -> str:
        """What the job is called where only one repository or namespace sees it."""
        plain = re.sub(r"[^a-z0-9]+", "-", slug(self.folder.name))[:_LONGEST].strip("-")
        return f"saksflyt-{plain}" if plain else "saksflyt"

    @property
    def name(self) -> str:
        """What it is called on this machine; two folders of the same name stay apart."""
        place = str(self.folder) + (f"\0{self.profile}" if self.profile else "")
        return f"{self.short_name}-{hashlib.sha256(place.encode('utf-8', 'surrogateescape')).hexdigest()[:_DIGITS]}"

    @property
    def inside(self) -> str:
        """The folder as seen from its repository, or ``.`` where it is none or the repository itself."""
        root = next((each for each in (self.folder, *self.folder.parents) if (each / ".git").exists()), self.folder)
        return _no_option(self.folder.relative_to(root).as_posix())

    @property
    def kept(self) -> str:
        """The history as seen from the repository."""
        return _no_option((Path(self.inside) / self.history.relative_to(self.folder)).as_posix())

    @property
    def in_utc(self) -> time:
        """The hour in UTC, by winter time: some schedulers know no other."""
        winter = datetime.combine(self.day.date().replace(month=1, day=15), self.at, ZoneInfo(self.project.zone))
        return winter.astimezone(UTC).time()

    @property
    def latest_in_utc(self) -> str:
        """The same hour on the project's clock in summer."""
        summer = datetime.combine(self.day.date().replace(month=7, day=15), self.in_utc, UTC)
        return f"{summer.astimezone(ZoneInfo(self.project.zone)):%H:%M}"

    def checks(self, folder: str) -> list[str]:
        """The words after the program's name."""
        words = ["check", folder, *([f"--profile={self.profile}"] if self.profile else [])]
        return [quoting.sayable(word) for word in words]

    @property
    def command(self) -> list[str]:
        """The whole command on this machine."""
        return [*map(quoting.sayable, program()), *self.checks(str(self.folder))]


def _no_option(path: str) -> str:
    return f"./{path}" if path.startswith("-") else path


def program() -> list[str]:
    """This saksflyt with its whole path, for a scheduler knows no other: beside its Python, or else in PATH, or as a module."""
    here = Path(sys.executable).parent
    beside = shutil.which("saksflyt", path=str(here)) or shutil.which("saksflyt")
    return [os.path.abspath(beside)] if beside else [sys.executable, "-m", "saksflyt"]  # noqa: PTH100


def texts(kind: str, job: Job) -> dict[str, str]:
    """The files of a kind of schedule, by the name that each has there. Raises UsageError where one cannot be written."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    if kind in _ELSEWHERE and not job.history.is_relative_to(job.folder):
        raise UsageError(f"The history {job.history} lies outside {job.folder} and would not be kept by {kind}.")
    if kind == "kubernetes" and not job.image:
        raise UsageError("Kubernetes runs containers; name one that has saksflyt with --image.")
    templates = Environment(
        loader=PackageLoader("saksflyt.cli.monthly", "schedules"),
        undefined=StrictUndefined,
        autoescape=lambda name: bool(name) and name.endswith(".xml"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {name: getattr(quoting, name) for name in dir(quoting) if name.startswith("for_")}
    said = {part: templates.get_template(part).render(job=job) for part in KINDS[kind]}
    if kind == "windows":
        # Whatever the shell writes (UTF-8, UTF-16, a code page), pure ASCII without a declared encoding is read right.
        said = {part: text.encode("ascii", "xmlcharrefreplace").decode() for part, text in said.items()}
    return {f"{job.name}.{part}": text for part, text in said.items()}
