"""One check from beginning to end: which months are due, are the data fit, what do the months say, and where is it written?

Months are judged oldest first, each from what was known when it closed. A month whose data are not fit stops the run without a
verdict on it or a later one. A month that was judged before is judged again when its data have changed since; the result is a
revision, unless nothing else came of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import pandas as pd

from ...connectors.mapping import Mapping
from ...connectors.patterns import expanded
from ...connectors.registry import read
from ...mining.errors import DataError, SaksflytError
from ...mining.flow import Flow
from ...mining.judgement.doubt import in_doubt
from ...mining.judgement.fitness import BEFORE, Fault, counted, faults, lost, of_receipt
from ...mining.judgement.indicators import indicators
from ...mining.judgement.month import Month
from ...mining.judgement.still_open import still_open
from ...mining.judgement.verdicts import FIGURES, GONE, Finding, charted, findings
from ...mining.log import EventLog
from ...mining.publish import program
from .fingerprints import of_month, of_settings
from .history import History, Recorded
from .index_page import write_index
from .lock import alone
from .month_files import Made, month_files
from .notifying import deliver, settle
from .outbox import of_month as told_of_month
from .outbox import of_refusal
from .project import Project
from .publishing import clear, publish

_SLIGHT = 0.1  # of the events of a usual month
SEVERITIES = ("", "info", "warn", "high")


@dataclass(frozen=True)
class Judged:
    """A month that this run judged. changed : figures that are others than in the revision before"""

    recorded: Recorded
    found: tuple[Finding, ...]
    warnings: tuple[Fault, ...]
    changed: int = 0


@dataclass(frozen=True)
class Refused:
    """The month whose data are not fit, and why; from it on there is no verdict. lacking : the months that are due and have none"""

    month: Month
    faults: tuple[Fault, ...]
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a run came to. latest : the newest month in the history, None where there is none yet; undelivered : messages, as sentences"""

    judged: tuple[Judged, ...] = ()
    refused: Refused | None = None
    latest: Recorded | None = None
    undelivered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """The months that are asked for (all that are due, unless told), and whether they are judged again in any case."""

    first: str | None = None
    last: str | None = None
    again: bool = False


@dataclass
class _Run:
    project: Project
    flow: Flow
    log: EventLog
    now: datetime
    history: History
    asked: Asked
    config: str
    judged: list[Judged] = field(default_factory=list)
    faults: dict[str, tuple[Fault, ...]] = field(default_factory=dict)


def check(project: Project, now: datetime, asked: Asked = Asked()) -> Outcome:
    """Judge the months that are due. Raises Busy if another run is at work, DataError if there is no export to read."""
    settle(project)
    with alone(project.history), History(project.history) as history:
        clear(project.history, [each.folder for each in history.revisions()])
        run = _begun(project, now, asked, history)
        due = list(_due(run))
        refused = _refused_whole(run, due) if due and not asked.again else None
        for month in _to_judge(run, due):
            if refused := refused or _judge(run, month):
                break
        write_index(project, history)
        if refused:
            refused = _told(run, refused, due)
        latest = next(iter(history.months()[-1:]), None)
        return Outcome(tuple(run.judged), refused, latest, deliver(project, history))


def _begun(project: Project, now: datetime, asked: Asked, history: History) -> _Run:
    """All that is read. Where that fails, it is told as well: nobody may take silence for a verdict."""
    try:
        flow = read_flow(project)
        return _Run(project, flow, read_sources(project, now), now, history, asked, of_settings(project, flow))
    except SaksflytError as error:
        history.post(of_refusal(project, history, "", (), ()))
        for sentence in deliver(project, history):
            error.add_note(sentence)
        raise


def _told(run: _Run, refused: Refused, due: list[Month]) -> Refused:
    """The refusal with the months that are due and have no verdict, put in the outbox."""
    judged = {each.month for each in run.history.months()}
    lacking = tuple(month.name for month in due if month.name not in judged)
    run.history.post(of_refusal(run.project, run.history, refused.month.name, refused.faults, lacking))
    return replace(refused, lacking=lacking)


def read_sources(project: Project, now: datetime) -> EventLog:
    """The log of all exports of a project."""
    paths = expanded([project.folder / name for name in project.files])
    said = Mapping.load(project.mapping) if project.mapping else Mapping()
    return read(paths, mapping=replace(said, zone=project.zone), now=now, key=project.key)


def read_flow(project: Project) -> Flow:
    """The intended flow of a project: a file in its folder, or a template."""
    beside = project.folder / project.flow
    return Flow.read(str(beside) if beside.exists() else project.flow)


def _due(run: _Run) -> Iterator[Month]:
    """The months that have closed and are asked for, oldest first, those that were judged among them.

    Raises DataError where one before them was never judged.
    """
    recorded = {each.month for each in run.history.months()}
    month, settled = _first(run), _settled(run)
    while month.closes(run.project.working_days) <= run.now:
        known = month.name in recorded
        if (run.asked.first or month.name) <= month.name <= (run.asked.last or month.name):
            if month >= settled or not known:
                yield month
        elif not known and month.name < (run.asked.first or ""):
            raise DataError(f"{month.name} has not been judged and comes before {run.asked.first}; judge it first.")
        month = month.next


def _settled(run: _Run) -> Month:
    """The first month of which the exports hold all that was known. Where they leave out months that were judged, cases of these
    may reach into the next ones."""
    month, months = _first(run), run.history.months()
    if months and months[0].month < month.name:
        for _ in range(BEFORE):
            month = month.next
    return month


def _first(run: _Run) -> Month:
    """The first month that is judged: as the project says, or the first that the exports hold whole."""
    if run.project.first is not None:
        return run.project.first
    events = pd.Series(counted(run.log), dtype=float)
    if run.log.observed_from is None or events.empty:
        raise DataError("The exports hold no events, so there is no month to judge.")
    by_month = events.groupby(level=0).sum()
    # A date that is a slip of the pen must not make hundreds of months due.
    month = Month(str(by_month.index[by_month >= _SLIGHT * by_month.median()][0]), run.log.zone)
    return month if run.log.observed_from == month.begins else month.next


def _refused_whole(run: _Run, due: list[Month]) -> Refused | None:
    """An export that has lost what earlier ones had changes no verdict."""
    settled = _settled(run)
    if due[0] < settled:
        begins = _first(run).name
        sentence = f"The export begins with {begins}, so {due[0].name} cannot be held against {BEFORE} months."
        return _refused(_accepted(run, due[0], [Fault("short", sentence)]), due[0])
    known = {key: count for key, count in run.history.events().items() if key[0] >= settled.name}
    return _refused(_accepted(run, due[-1], lost(run.log, known)), due[-1])


def _to_judge(run: _Run, due: list[Month]) -> list[Month]:
    """Where a month that is new has no fit data, its export gives no other verdict on those that were judged before either."""
    recorded = {each.month for each in run.history.months()}
    new = [month for month in due if month.name not in recorded]
    old_too = run.asked.again or len(new) == len(due) or not any(_refused(_faults(run, month), month) for month in new)
    return due if old_too else new


def _faults(run: _Run, month: Month) -> tuple[Fault, ...]:
    """What speaks against judging a month, looked at once."""
    if month.name not in run.faults:
        log = run.log.as_of(month.closes(run.project.working_days))
        found = [
            *of_receipt(run.log.manifest, run.project.fitness.quarantined_share),
            *faults(log, month, run.project.fitness),
            *still_open(log, run.flow, month, run.project.working_days),
        ]
        run.faults[month.name] = _accepted(run, month, found)
    return run.faults[month.name]


def _accepted(run: _Run, month: Month, found: Sequence[Fault]) -> tuple[Fault, ...]:
    """What the project says is right is still said, but does not refuse the month."""
    accepted = run.project.fitness.accepted
    return tuple(replace(each, refuses=each.refuses and f"{month.name} {each.kind}" not in accepted) for each in found)


def _refused(found: Sequence[Fault], month: Month) -> Refused | None:
    refusing = tuple(each for each in found if each.refuses)
    return Refused(month, refusing) if refusing else None


def _judge(run: _Run, month: Month) -> Refused | None:
    """Judge one month and record it, unless it was judged of the same data before; or say why it cannot be judged.

    Other settings are for months to come: what was judged by the old ones stands, unless it is asked for again.
    """
    log = run.log.as_of(month.closes(run.project.working_days))
    told = of_month(log, run.flow, month)
    before = next((each for each in run.history.months() if each.month == month.name), None)
    if told in run.history.inputs(month.name) and not run.asked.again:
        return None
    if refused := _refused(_faults(run, month), month):
        return refused
    made = _made(run, month, log, _faults(run, month), told)
    changed = _changed(run.history, month, made.judged) if before else 0
    if before is None or changed or (run.asked.again and made.found != run.history.findings(month.name)):
        _publish(run, month, log, made, changed)
    else:
        run.history.looked_at(month.name, told)
    return None


def _made(run: _Run, month: Month, log: EventLog, warnings: tuple[Fault, ...], told: str) -> Made:
    """What the month says."""
    figures = indicators(log, run.flow, month, run.project.waits).assign(month=month.name)[list(FIGURES)]
    earlier = run.history.figures(month.name)
    judged = charted(pd.concat([earlier[list(FIGURES)], figures], ignore_index=True), run.project.changes)
    months = [each.month for each in run.history.months() if each.month < month.name]
    before = run.history.findings(months[-1]) if months else []
    odd = [each for each in warnings if f"{month.name} {each.kind}" not in run.project.fitness.accepted]
    found = in_doubt(findings(judged, run.project.limits, before), before, odd)
    severity = max((each.severity for each in found if each.status != GONE), key=SEVERITIES.index, default="")
    revision = 1 + sum(each.month == month.name for each in run.history.revisions())
    closes = month.closes(run.project.working_days).isoformat()
    recorded = Recorded(
        month.name, revision, closes, run.config, told, program(), severity, f"{month.name}-r{revision}", ""
    )
    return Made(recorded, judged, earlier, found, warnings)


def _publish(run: _Run, month: Month, log: EventLog, made: Made, changed: int) -> None:
    files = month_files(run.project, run.flow, log, month, made)
    recorded = replace(made.recorded, digest=publish(run.project.history, made.recorded.folder, files))
    messages = told_of_month(run.project, run.history, recorded, made.judged, made.found)
    run.history.record(recorded, made.judged, made.found, counted(log), messages)
    run.judged.append(Judged(recorded, tuple(made.found), tuple(made.warnings), changed))


def _changed(history: History, month: Month, judged: pd.DataFrame) -> int:
    """How many figures are others than in the revision before."""
    key, columns = ["id", "unit"], ["value", "total"]
    figures = history.figures()
    old = figures[figures["month"] == month.name].set_index(key)[columns]
    old, new = old.align(judged.set_index(key)[columns], join="outer")
    return int((old.fillna(-1) != new.fillna(-1)).any(axis=1).sum())
