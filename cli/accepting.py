"""Which acceptances does an answer rest on, and what does it owe its reader about them?"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..mining.accepted import ENDING, Accepted, beside
from ..mining.errors import Busy, UsageError
from ..reports.output import told
from .notes import counted

if TYPE_CHECKING:
    from ..mining.accepted_toml import Acceptance
    from .verdicts import Verdicts

NONE = "none"
_MOST_NAMED = 5
_PATIENCE = 10  # seconds

accepted_option = click.option(
    "--accepted",
    metavar="FILE",
    help=f"The file of accepted deviations; unless told, the one beside the flow (FLOW{ENDING}).",
)


def place_of(flow: str, given: str | None) -> Path:
    """The file of acceptances, which need not be there. Raises UsageError for a template, beside which there is none."""
    if given == NONE:
        raise UsageError(f"--accepted {NONE} is for saksflyt conform; name the file that is meant, or leave it out.")
    place = Path(given) if given else beside(flow)
    if place is None:
        raise UsageError(
            f"{flow} is a template, and no file stands beside it. Make it yours with saksflyt flow new {flow} -o FILE, or "
            "name a file with --accepted."
        )
    return place


def read_accepted(flow: str, given: str | None) -> Accepted:
    """The acceptances to judge cases by: of the file that was named, else of the one beside the flow if it is there."""
    if given == NONE:
        return Accepted()
    place = Path(given) if given else beside(flow)
    found = Accepted.read(place) if place and (given or there(place)) else Accepted()
    return found.of_the_check(False)


def there(place: Path) -> bool:
    """Is there a file, or a link that should lead to one?"""
    return os.path.lexists(place)


@contextmanager
def alone(place: Path) -> Iterator[Path]:
    """The file behind `place`, which no other run changes meanwhile: of two that read it first, the later would lose the
    entry of the other. Raises Busy where another run does not let go, UsageError where there is no such place.
    """
    from filelock import FileLock, Timeout

    target = _behind(place)
    lock = FileLock(lock_of(target), timeout=_PATIENCE)
    try:
        lock.acquire()
    except Timeout as error:
        raise Busy(f"Another run is changing {place} and has not ended in {_PATIENCE} seconds; try again.") from error
    except OSError as error:
        raise told(place, error) from error
    try:
        yield target
    finally:
        lock.release()


def lock_of(target: Path) -> Path:
    """Among the temporary files of this user: the folder of the flow is for people, and nothing is left in it."""
    user = os.getuid() if hasattr(os, "getuid") else 0  # elsewhere the temporary folder is the user's own
    name = hashlib.sha256(os.fsencode(target)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"saksflyt-{user}-{name}.lock"


def _behind(place: Path) -> Path:
    try:
        return place.resolve()
    except (OSError, RuntimeError) as error:
        raise UsageError(f"{place} is a link that leads back to itself; mend it or take it away.") from error


def sentences(verdicts: Verdicts) -> list[str]:
    """What was set apart, which acceptances are over, and which stand for nothing that was found."""
    where = Path(verdicts.accepted.where).name
    apart = len(verdicts.set_apart())
    lines = [f"{counted(apart, 'finding is', 'findings are')} accepted in {where}: set apart, no cause to fail."]
    lines = lines if apart else []
    for entry in verdicts.expired():
        lines.append(f"The acceptance of {entry.id} expired on {entry.until}, so it counts again.")
    unseen = verdicts.unseen()
    if unseen:
        lines.append(
            f"Accepted in {where}, but not found in these cases: {_listed(unseen)}. "
            "What is gone for good, take out: saksflyt accept FINDING --withdraw."
        )
    return lines


def _listed(entries: list[Acceptance]) -> str:
    named = ", ".join(entry.id for entry in entries[:_MOST_NAMED])
    return named if len(entries) <= _MOST_NAMED else f"{named} and {len(entries) - _MOST_NAMED} more"
