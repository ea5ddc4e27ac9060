"""``saksflyt check``: judge the months that are due, unattended."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..mining.errors import DataError, Undelivered, UsageError
from .accepting_months import about_accepted
from .messages import say, working
from .notes import counted
from .options import format_option, now_option
from .output import show
from .severity import fail_on_option, severe_enough

if TYPE_CHECKING:
    import pandas as pd

    from ..mining.judgement.verdicts import Finding
    from .monthly.fit import Refused
    from .monthly.project import Project
    from .monthly.run import Judged
    from .monthly.running import Outcome

folder_argument = click.argument(
    "folder", metavar="[FOLDER]", required=False, default=".", type=click.Path(path_type=Path, file_okay=False)
)
profile_option = click.option("--profile", metavar="NAME", help="Settings under [profiles.NAME] go before the others.")
_MOST_TOLD = 10


@click.command()
@folder_argument
@click.option("--month", metavar="MONTH", help="Only this month, such as 2026-03.")
@click.option("--from", "first", metavar="MONTH", help="Only months from this one on.")
@click.option("--to", "last", metavar="MONTH", help="Only months up to this one.")
@click.option(
    "--rerun",
    type=click.Choice(["failed", "all"]),
    default="failed",
    show_default=True,
    help="Which months to judge: those that have no verdict yet or of which the data changed, or all. Old verdicts stay as revisions.",
)
@click.option("--dry-run", is_flag=True, help="Judge, and write and send nothing.")
@click.option(
    "--try-messages", is_flag=True, help="Send a trial message to everybody under [[notify]], and judge nothing."
)
@fail_on_option("a finding of the latest month")
@profile_option
@now_option
@format_option("table", "json", "csv")
@click.pass_context
def check(
    ctx: click.Context,
    folder: Path,
    month: str | None,
    first: str | None,
    last: str | None,
    rerun: str,
    dry_run: bool,
    try_messages: bool,
    fail_on: str,
    profile: str | None,
    now: datetime,
    form: str,
) -> None:
    """Judge the months that are due, unattended.

    FOLDER holds saksflyt.toml (saksflyt init makes one). A month is due some working days after its end. Months that are due and have
    no verdict are judged oldest first, each from what was known when it closed: against your limits, and against the usual variation
    of the months before, and the ways that the cases go against those of the year before. What is accepted (saksflyt accept --project FOLDER) is
    set apart. Data that are not fit give no verdict and exit 3. It can be stopped at any moment and run again.
    """
    from .monthly.project import read_project

    if month and (first or last):
        raise UsageError("Give --month, or --from and --to.")
    project = read_project(folder, profile, os.environ)
    if try_messages:
        return _try_messages(project)
    asked = {"first": month or first, "last": month or last, "again": rerun == "all"}
    with working(f"Checking {project.name}"):
        outcome = _dry(project, now, asked) if dry_run else _run(project, now, asked)
    for sentence in sentences(outcome, project, dry_run):
        say(sentence)
    show(told(outcome), form, "check", {"folder": str(folder), "now": now.isoformat()})
    for sentence in outcome.undelivered:
        say(sentence)
    if outcome.refused:
        raise DataError(_refusal(outcome.refused))
    if outcome.undelivered:
        raise Undelivered("The check is done, but not all messages were delivered; the next run tries again.")
    severity = outcome.latest.severity if outcome.latest else ""
    ctx.exit(1 if severity and any(severe_enough([severity], fail_on)) else 0)


def _try_messages(project: Project) -> None:
    from .monthly.notifying import settle, try_out

    settle(project)
    if project.silent or not project.notify:
        raise UsageError("There is nobody to send to: see [[notify]] in saksflyt.toml, and SAKSFLYT_NOTIFY.")
    with working("Sending"):
        failed = try_out(project)
    for sentence in failed:
        say(sentence)
    if failed:
        raise Undelivered(f"{len(failed)} of {counted(len(project.notify), 'message', 'messages')} did not get out.")
    say(f"{counted(len(project.notify), 'message is', 'messages are')} sent.")


def _run(project: Project, now: datetime, asked: dict) -> Outcome:
    from .monthly.run import Asked
    from .monthly.running import check

    return check(project, now, Asked(**asked))


def _dry(project: Project, now: datetime, asked: dict) -> Outcome:
    """The same on a copy of the history, which is then thrown away."""
    from .monthly.history import FILE

    with tempfile.TemporaryDirectory(prefix="saksflyt-", ignore_cleanup_errors=True) as place:
        copy = Path(place) / "history"
        copy.mkdir()
        if (project.history / FILE).exists():
            shutil.copy(project.history / FILE, copy / FILE)
        return _run(replace(project, history=copy, silent=True), now, asked)


def sentences(outcome: Outcome, project: Project, dry_run: bool) -> list[str]:
    """What a person who reads the log of the scheduler wants to know."""
    lines = []
    warned: dict[str, list[str]] = {}
    for each in outcome.judged:
        for fault in each.warnings:
            warned.setdefault(fault.sentence, []).append(each.recorded.month)
    lines += [f"{_months(names)}: {sentence}" for sentence, names in warned.items()]
    if not outcome.judged and not outcome.refused:
        latest = outcome.latest
        lines.append(f"No month is due. The latest is {latest.month}." if latest else "No month is due yet.")
    for each in outcome.idle:
        lines.append(
            f"The limit of {each.indicator}{f' at {each.unit}' if each.unit else ''} is held against nothing, for no month has that figure; "
            "saksflyt history --month lists those that there are."
        )
    if outcome.judged:
        last = outcome.judged[-1]
        lines += [*_findings(last), *_drift(last), *about_accepted(last.apart, last.recorded.month)]
        place = project.history / "runs" / last.recorded.folder / "index.html"
        lines.append(
            "Nothing was written."
            if dry_run
            else f"The page of {last.recorded.month} is {click.format_filename(place)}"
        )
    return lines


def _months(names: list[str]) -> str:
    """What is said of several months is said once."""
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]} ({len(names)} months)"


def _findings(judged: Judged) -> list[str]:
    from ..mining.judgement.verdicts import to_look_at

    now = to_look_at(judged.found)
    new = sum(each.status == "new" for each in now)
    lines = [f"{judged.recorded.month}: {counted(len(now), 'finding', 'findings')}, {new} new since the month before."]
    lines += [f"  {each.severity} {each.id} ({each.status})" for each in now[:_MOST_TOLD]]
    if len(now) > _MOST_TOLD:
        lines.append(f"  and {len(now) - _MOST_TOLD} more")
    if improved := _improved(judged):
        now = [each for each in improved if each.status == "new"]
        lines.append(f"  Better than before: {counted(len(improved), 'figure', 'figures')}, {len(now)} new.")
        lines += [f"  {each.id}" for each in now[:_MOST_TOLD]]
    return lines


def _refusal(refused: Refused) -> str:
    month, faults = refused.month.name, " ".join(fault.sentence for fault in refused.faults)
    accepted = ", ".join(f'"{month} {fault.kind}"' for fault in refused.faults)
    return (
        f"{month} is not judged, because the data are not fit. {faults} "
        f"Mend the export; if it is right all the same, say so in [fitness]: accepted = [{accepted}]."
    )


def _drift(judged: Judged) -> list[str]:
    """The findings of ways are hints, and told in one line."""
    found = _other_ways(judged)
    if not found:
        return []
    new = sum(each.status == "new" for each in found)
    what = "The cases go other ways than in the year before"
    ids = "see the page, and findings.csv for their ids"
    return [f"  {what} ({counted(len(found), 'difference', 'differences')}, {new} new); {ids}."]


def _other_ways(judged: Judged) -> list[Finding]:
    return [each for each in judged.found if each.id.startswith("drift:") and each.status not in ("gone", "accepted")]


def _improved(judged: Judged) -> list[Finding]:
    return [each for each in judged.found if each.id.startswith("better:") and each.status != "gone"]


def told(outcome: Outcome) -> pd.DataFrame:
    """One row per month that was judged: severity, findings and new are of what is to be looked at; other_ways are hints."""
    import pandas as pd

    columns = [
        "month", "revision", "severity", "findings", "new", "improved", "other_ways", "changed_figures", "warnings", "folder",
    ]  # fmt: skip
    return pd.DataFrame([_told(each) for each in outcome.judged], columns=columns)


def _told(month: Judged) -> dict[str, object]:
    from ..mining.judgement.verdicts import RANK, to_look_at

    now = to_look_at(month.found)
    return {
        "month": month.recorded.month,
        "revision": month.recorded.revision,
        "severity": max((each.severity for each in now), key=RANK.__getitem__, default=""),
        "findings": len(now),
        "new": sum(each.status == "new" for each in now),
        "improved": len(_improved(month)),
        "other_ways": len(_other_ways(month)),
        "changed_figures": month.changed,
        "warnings": len(month.warnings),
        "folder": month.recorded.folder,
    }
