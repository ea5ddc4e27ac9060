"""One check from beginning to end: which months are due, are the data fit, what do the months say, and where is it written?

Months are judged oldest first, each from what was known when it closed. A month whose data are not fit stops the run without a
verdict on it or a later one. A month that was judged before is judged again when its data have changed since; the result is a
revision, unless nothing else came of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ...mining.errors import SaksflytError, UsageError
from ...mining.judgement.month import Month
from ...mining.judgement.whole_export import counted
from ...mining.log import EventLog
from .due import due_months
from .fingerprints import of_month, of_settings
from .fit import Refused, faults_of, refusal, refused_whole, to_judge
from .history import History, Recorded
from .index_page import write_index
from .judging import changed_figures, made_of, others
from .lock import alone
from .month_files import Made, month_files
from .notifying import deliver, settle
from .outbox import of_month as told_of_month
from .outbox import of_refusal
from .project import Project
from .project_parts import Limit
from .publishing import clear, publish
from .reading import read_accepted, read_flow, read_sources
from .run import Asked, Judged, Run


@dataclass(frozen=True)
class Outcome:
    """What a run came to. latest : the newest month in the history, None where there is none yet; undelivered : messages, as sentences
    idle : limits that no figure of the history answers to"""

    judged: tuple[Judged, ...] = ()
    refused: Refused | None = None
    latest: Recorded | None = None
    undelivered: tuple[str, ...] = ()
    idle: tuple[Limit, ...] = ()


def check(project: Project, now: datetime, asked: Asked | None = None) -> Outcome:
    """Judge the months that are due. Raises Busy if another run is at work, DataError if there is no export to read,
    UsageError if the clock went back."""
    settle(project)
    with alone(project.history), History(project.history) as history:
        _clock_has_gone_on(history, now)
        clear(project.history, [each.folder for each in history.revisions()])
        run = _begun(project, now, asked or Asked(), history)
        due = list(due_months(run))
        refused = refused_whole(run, due) if due and not run.asked.again else None
        for month in to_judge(run, due):
            if refused := refused or _judge(run, month):
                break
        write_index(project, history)
        if refused:
            refused = _told(run, refused, due)
        latest = next(iter(history.months()[-1:]), None)
        idle = _idle(project, history) if run.judged else ()
        return Outcome(tuple(run.judged), refused, latest, deliver(project, history), idle)


def _idle(project: Project, history: History) -> tuple[Limit, ...]:
    """A slip of the pen in a limit must not look like a figure that is never bad."""
    figures = history.figures()
    there = set(zip(figures["id"], figures["unit"], strict=True)) | {(id_, "*") for id_ in figures["id"]}
    return tuple(limit for limit in project.limits if (limit.indicator, limit.unit) not in there)


def _clock_has_gone_on(history: History, now: datetime) -> None:
    """A clock that went back would make a whole export look cut off. Raises UsageError."""
    latest = history.months()[-1:]
    if latest and now < datetime.fromisoformat(latest[0].closes):
        raise UsageError(
            f"By the clock it is {now:%Y-%m-%d}, and {latest[0].month} was judged as of {latest[0].closes[:10]}; "
            "mend the clock of the machine, or --now."
        )


def _begun(project: Project, now: datetime, asked: Asked, history: History) -> Run:
    """All that is read. Where that fails, it is told as well: nobody may take silence for a verdict."""
    try:
        flow = read_flow(project)
        config, accepted = of_settings(project, flow), read_accepted(project)
        return Run(project, flow, read_sources(project, now), now, history, asked, config, accepted)
    except SaksflytError as error:
        history.post(of_refusal(project, history, "", (), ()))
        for sentence in deliver(project, history):
            error.add_note(sentence)
        raise


def _told(run: Run, refused: Refused, due: list[Month]) -> Refused:
    """The refusal with the months that are due and have no verdict, put in the outbox."""
    judged = {each.month for each in run.history.months()}
    lacking = tuple(month.name for month in due if month.name not in judged)
    run.history.post(of_refusal(run.project, run.history, refused.month.name, refused.faults, lacking))
    return replace(refused, lacking=lacking)


def _judge(run: Run, month: Month) -> Refused | None:
    """Judge one month and record it, unless it was judged of the same data before; or say why it cannot be judged.

    Other settings are for months to come: what was judged by the old ones stands, unless it is asked for again.
    """
    log = run.log.as_of(month.closes(run.project.working_days))
    told = of_month(log, run.flow, month)
    before = next((each for each in run.history.months() if each.month == month.name), None)
    if told in run.history.inputs(month.name) and not run.asked.again:
        return None
    if refused := refusal(faults_of(run, month), month):
        return refused
    made = made_of(run, month, log, faults_of(run, month), told)
    changed = changed_figures(run.history, month, made.judged) if before else 0
    if before is None or changed or (run.asked.again and others(made.found, run.history.findings(month.name))):
        _publish(run, month, log, made, changed)
    else:
        run.history.looked_at(month.name, told)
    return None


def _publish(run: Run, month: Month, log: EventLog, made: Made, changed: int) -> None:
    files = month_files(run.project, run.flow, log, month, made)
    recorded = replace(made.recorded, digest=publish(run.project.history, made.recorded.folder, files))
    messages = told_of_month(run.project, run.history, recorded, made.judged, made.found)
    run.history.record(recorded, made.judged, made.found, counted(log), messages)
    run.judged.append(Judged(recorded, made.apart, tuple(made.warnings), changed))
