"""What the monthly check owes its reader about acceptances, and the findings that can be accepted in a project."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..mining.acceptable import nearest, same_id
from ..mining.errors import UsageError
from .notes import counted

if TYPE_CHECKING:
    from ..mining.judgement.set_apart import Apart


@dataclass(frozen=True)
class Standing:
    """Where the findings of a project are accepted, and the one that is asked about.

    flow : file or template; place : of the acceptances, None where the flow says it; zone : of its days; severity : of the finding in the latest month
    """

    flow: str
    place: Path | None
    zone: str
    severity: str = ""


def standing(folder: Path, finding: str | None) -> Standing:
    """finding : of the monthly check, which must be among those of the latest month; None where nothing is looked up.

    Raises UsageError with the nearest ids where it is not there, or no month has been judged.
    """
    from ..mining.judgement.verdicts import GONE
    from .monthly.history import FILE, History
    from .monthly.project import read_project
    from .monthly.reading import accepted_place

    project = read_project(folder, environment=os.environ)
    beside = project.folder / project.flow
    found = Standing(str(beside) if beside.exists() else project.flow, accepted_place(project), project.zone)
    if finding is None:
        return found
    if not (project.history / FILE).exists():
        raise UsageError(f"{project.history} holds no history yet; run saksflyt check.")
    with History(project.history) as history:
        month = history.months()[-1].month if history.months() else ""
        there = {same_id(each.id): each for each in history.findings(month) if each.status != GONE}
    id_ = same_id(finding)
    general = [each for key, each in there.items() if key.partition("@")[0] == id_]
    if id_ not in there and not general:
        raise UsageError(f"{month or 'The history'} has no finding {finding}.{nearest(id_, there)}")
    severities = [each.severity for each in ([there[id_]] if id_ in there else general)]
    worst = max(severities, key=("info", "warn", "high").index)
    return Standing(found.flow, found.place, found.zone, worst)


def about_accepted(apart: Apart, month: str) -> list[str]:
    """What was set apart, what is not any longer, and which acceptances stand for nothing that was found."""
    number = sum(each.status == "accepted" for each in apart.found)
    lines = (
        [f"  {counted(number, 'finding is', 'findings are')} accepted: set apart, no cause to fail."] if number else []
    )
    lines += [f"  The acceptance of {each.id} expired on {each.until}, so it counts again." for each in apart.over]
    lines += [
        f"  {each.id} is worse than {each.severity}, as which it was accepted, so it counts." for each in apart.passed
    ]
    if apart.unseen:
        named = ", ".join(each.id for each in apart.unseen)
        lines.append(
            f"  Accepted, but not found in {month}: {named}. What is gone for good, take out: "
            "saksflyt accept FINDING --project FOLDER --withdraw."
        )
    return lines
