"""Can the history of a folder be written, is it sound, is there room, and has the check done its work?"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ..mining.errors import Busy, SaksflytError, StorageError
from ..mining.judgement.month import Month
from ..reports.output import told
from .checkup import Check, failed
from .monthly import lock
from .monthly.file_system import file_system, is_network
from .monthly.history import FILE, VERSION, History, Recorded
from .monthly.project import Project
from .monthly.publishing import RUNS, leftovers
from .notes import counted

_LEAST_ROOM = 1_000_000_000  # bytes
_MONTHS_OF_ROOM = 10
_GRACE = timedelta(days=1)  # between the moment a month is due and the next daily run


def history_checkup(project: Project, now: datetime) -> Iterator[Check]:
    """Look at everything of the history; it is made by the first check, so none is no fault."""
    place = project.history
    yield _writable(place)
    yield _network(place)
    try:
        runs = _recorded(place)
    except (SaksflytError, OSError) as error:
        yield failed("history", error)
        return
    yield _sound(place, runs)
    yield _left(place, runs)
    yield _last_run(project, runs, now)
    yield _room(place, runs)


def _recorded(place: Path) -> list[Recorded]:
    """Every revision of every month. Raises StorageError where the file is damaged or of a newer program."""
    if not (place / FILE).exists():
        return []
    with History(place) as history:
        if faults := history.faults():
            raise StorageError(f"{place / FILE} is damaged: {faults[0]}. Put back a copy of it.")
        return history.revisions()


def _nearest(place: Path) -> Path:
    """The folder, or what is there of the way to it."""
    return next(each for each in (place, *place.absolute().parents) if each.exists())


def _writable(place: Path) -> Check:
    there = _nearest(place)
    try:
        with tempfile.NamedTemporaryFile(prefix=".saksflyt-", dir=there) as file:
            file.write(b"written by saksflyt doctor")
            file.flush()
    except OSError as error:
        return failed("write rights", told(place, error))
    return Check("write rights", "ok", f"{place} can be {'written to' if there == place else 'made'}")


def _network(place: Path) -> Check:
    kind = file_system(_nearest(place))
    if not is_network(kind):
        return Check("file system", "ok", f"a disk of this machine{f' ({kind})' if kind else ''}")
    to_do = "It works there, but a lock holds between machines only if the share passes it on: let one machine alone run the check."
    return Check("file system", "warning", f"the history lies on a network share ({kind})", to_do)


def _sound(place: Path, runs: list[Recorded]) -> Check:
    if not (place / FILE).exists():
        return Check("history", "ok", "none yet; the first check makes it")
    months = counted(len({run.month for run in runs}), "month", "months")
    missing = [run.folder for run in runs if not (place / RUNS / run.folder).is_dir()]
    if missing:
        to_do = "Put them back from a copy; saksflyt history --verify looks at every file."
        return Check("history", "error", f"{months}, but the pages of {', '.join(missing[:5])} are gone", to_do, 4)
    return Check("history", "ok", f"sound (version {VERSION}), {months}")


def _left(place: Path, runs: list[Recorded]) -> Check:
    """What a run that was killed has left; another that is at work has left nothing yet."""
    if not place.is_dir():
        return Check("leftovers", "ok", "none")
    try:
        with lock.alone(place, patience=0):
            left = leftovers(place, [run.folder for run in runs])
            left += [path.name for path in sorted(place.glob(f"{FILE}-*"))]
    except Busy:
        return Check("leftovers", "ok", "another run is at work now")
    except (SaksflytError, OSError) as error:
        return failed("leftovers", error)
    if left:
        return Check(
            "leftovers",
            "warning",
            f"a run was killed and left {', '.join(left[:5])}",
            "The next saksflyt check clears up.",
        )
    return Check("leftovers", "ok", "none")


def _last_run(project: Project, runs: list[Recorded], now: datetime) -> Check:
    if not runs:
        return Check("last run", "warning", "no month has been judged yet", f"saksflyt check {project.folder}")
    last = max(runs, key=lambda run: (run.month, run.revision))
    zone = ZoneInfo(project.zone)
    following = Month(last.month, project.zone).next
    due = following.closes(project.working_days)
    judged = f"{last.month} is the latest month with a verdict"
    with suppress(OSError):
        made = datetime.fromtimestamp((project.history / RUNS / last.folder).stat().st_mtime, UTC)
        judged += f", of {made.astimezone(zone):%Y-%m-%d}"
    if now - due > _GRACE:
        to_do = f"Run saksflyt check {project.folder} and see what it says; then look at the schedule (saksflyt schedule show)."
        return Check(
            "last run",
            "warning",
            f"{judged}; {following.name} has been due since {due.astimezone(zone):%Y-%m-%d}",
            to_do,
        )
    return Check("last run", "ok", f"{judged}; {following.name} is due after {due.astimezone(zone):%Y-%m-%d}")


def _room(place: Path, runs: list[Recorded]) -> Check:
    free = shutil.disk_usage(_nearest(place)).free
    folder = place / RUNS / runs[-1].folder if runs else None
    takes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder else 0
    found = f"{free / 1e9:.1f} GB free" + (f", a month takes {takes / 1e6:.1f} MB" if takes else "")
    if free < max(_LEAST_ROOM, _MONTHS_OF_ROOM * takes):
        return Check(
            "disk space", "warning", found, "Make room before it is full: a check that cannot write ends with 4."
        )
    return Check("disk space", "ok", found)
