"""Is a folder ready for the monthly check: settings, exports, key, clock, and what :mod:`.history_checkup` looks at?

Nothing is read of the exports but their first byte, and nothing is said of their content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ..connectors import mapping as mappings
from ..connectors.key_file import VARIABLE, Key
from ..connectors.patterns import expanded
from ..mining.errors import DataError, SaksflytError
from .checkup import Check, failed
from .history_checkup import history_checkup
from .monthly.project import FILE, Project, read_project
from .monthly.reading import read_flow
from .notes import counted

_STALE = timedelta(days=40)  # a month, and the days after it until it is judged
_SLACK = timedelta(hours=2)  # between the clocks of two machines


def folder_checkup(folder: Path, profile: str | None, environment: Mapping[str, str], now: datetime) -> Iterator[Check]:
    """Look at everything; what cannot be looked at without its settings is left out where these are wrong."""
    try:
        project = read_project(folder, profile, environment)
    except SaksflytError as error:
        yield failed("settings", error)
        return
    zone = ZoneInfo(project.zone)
    yield Check("settings", "ok", f"{folder / FILE} is understood")
    yield looked("flow", lambda: _flow(project))
    yield looked("mapping", lambda: _mapping(project))
    yield looked("exports", lambda: _exports(project, zone, now))
    yield looked("key", lambda: _key(project, environment))
    yield _clock(project, environment, zone, now)
    yield from history_checkup(project, now)


def looked(name: str, look: Callable[[], Check]) -> Check:
    """What a look finds, or the error that it ends with."""
    try:
        return look()
    except (SaksflytError, OSError) as error:
        return failed(name, error)


def _flow(project: Project) -> Check:
    return Check(
        "flow", "ok", f"{project.flow} is understood: {counted(len(read_flow(project).ordered), 'step', 'steps')}"
    )


def _mapping(project: Project) -> Check:
    if project.mapping is None:
        return Check("mapping", "ok", "none; the columns are recognised")
    mappings.Mapping.load(project.mapping)
    return Check("mapping", "ok", f"{project.mapping.name} is understood")


def _exports(project: Project, zone: ZoneInfo, now: datetime) -> Check:
    files = _files(project)
    for file in files:
        try:
            with file.open("rb") as opened:
                opened.read(1)
        except OSError as error:
            raise DataError(f"{file} cannot be read: {error.strerror}. May this account read it?") from error
    if not files:
        raise DataError(f"{', '.join(project.files)}: there is no file in the folder; look at [source] files.")
    newest = _newest(files)
    size = sum(file.stat().st_size for file in files)
    found = (
        f"{counted(len(files), 'file', 'files')}, {size / 1e6:.1f} MB, the newest of {newest.astimezone(zone):%Y-%m-%d}"
    )
    if now - newest > _STALE:
        days = (now - newest).days
        return Check(
            "exports",
            "warning",
            f"{found}, {days} days ago",
            "Does the case system still make exports, and do they get here?",
        )
    return Check("exports", "ok", found)


def _files(project: Project) -> list[Path]:
    """The files of the exports; an export may be a folder."""
    paths = expanded([project.folder / name for name in project.files])
    return [
        file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path]) if not file.is_dir()
    ]


def _newest(files: list[Path]) -> datetime:
    return datetime.fromtimestamp(max(file.stat().st_mtime for file in files), UTC)


def _key(project: Project, environment: Mapping[str, str]) -> Check:
    if project.key is None:
        return Check("key", "ok", "none; people have other numbers in every import")
    key = Key.read(project.key)
    if key.path.resolve().is_relative_to(project.folder.resolve()):
        return Check(
            "key",
            "warning",
            f"{key.id} lies in the folder of the data",
            "Move it elsewhere and name it in [source] key.",
        )
    if environment.get(VARIABLE):
        return Check("key", "ok", f"{key.id} is read from {VARIABLE}; a scheduled job sees it only in [source] key")
    return Check("key", "ok", f"{key.id} can be read by this account alone")


def _clock(project: Project, environment: Mapping[str, str], zone: ZoneInfo, now: datetime) -> Check:
    here = now.astimezone(zone)
    found = f"{here:%Y-%m-%d %H:%M} in {zone.key}"
    if now.astimezone().utcoffset() != here.utcoffset():
        found += f"; this machine's shows {now.astimezone():%H:%M}, and cron and the Task Scheduler go by that"
    if environment.get("SAKSFLYT_NOW"):
        return Check("clock", "warning", f"SAKSFLYT_NOW stands in its place: {found}", "Take SAKSFLYT_NOW away.")
    later = [Path(__file__)]
    with suppress(SaksflytError, OSError):  # said of the exports already
        later += _files(project)
    there = [file for file in later if file.exists()]
    if _newest(there) > now + _SLACK:
        return Check("clock", "warning", f"there are files that are newer than {found}", "Set the machine's clock.")
    return Check("clock", "ok", found)
