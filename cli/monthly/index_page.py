"""The page of all months, kept in step with the history: it is made of nothing else, so a run that was stopped before it loses nothing."""

from __future__ import annotations

from ...mining.judgement.verdicts import to_look_at
from ...reports.months_page import Entry, months_page
from ...reports.output import write_whole
from .history import History, Recorded
from .month_files import INDEX, PAGE, REPORT
from .project import Project
from .publishing import RUNS


def write_index(project: Project, history: History) -> None:
    """Write the page if there are months and it says something else than the one that stands there.

    Raises UsageError if the place cannot be written to, StorageError if the disk fails.
    """
    months = history.months()
    if not months:
        return
    entries = [_entry(history, each) for each in months]
    text = months_page(project.name, entries, history.figures(), project.language)
    place = project.history / INDEX
    if not place.exists() or place.read_text(encoding="utf-8") != text:
        write_whole(place, text)


def _entry(history: History, month: Recorded) -> Entry:
    now = to_look_at(history.findings(month.month))
    folder = f"{RUNS}/{month.folder}"
    return Entry(
        month.month,
        month.severity,
        len(now),
        sum(each.status == "new" for each in now),
        month.revision,
        f"{folder}/{PAGE}",
        f"{folder}/{REPORT}",
    )
