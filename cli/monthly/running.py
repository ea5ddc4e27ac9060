"""One check from beginning to end: which months are due, are the data fit, what do the months say, and where is it written?

Months are judged oldest first, each from what was known when it closed. A month whose data are not fit stops the run without a
verdict on it or a later one. A month that was judged before is judged again when its data have changed since; the result is a
revision, unless nothing else came of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from ...connectors.patterns import expanded
from ...connectors.registry import read
from ...mining.accepted import ENDING, Accepted
from ...mining.errors import DataError
from ...mining.flow import Flow
from ...mining.judgement.fitness import BEFORE, Fault, counted, faults, lost
from ...mining.judgement.indicators import indicators
from ...mining.judgement.month import Month
from ...mining.judgement.set_apart import Apart, set_apart
from ...mining.judgement.verdicts import ACCEPTED, FIGURES, GONE, Finding, charted, findings
from ...mining.judgement.ways import YEAR, ways
from ...mining.local_time import local_day
from ...mining.log import EventLog
from ...mining.publish import program
from .fingerprints import of_month, of_settings
from .history import History, Recorded
from .index_page import write_index
from .lock import alone
from .month_files import Made, month_files
from .project import Project
from .publishing import clear, publish

_SLIGHT = 0.1  # of the events of a usual month
SEVERITIES = ("", "info", "warn", "high")


@dataclass(frozen=True)
class Judged:
    """A month that this run judged. changed : figures that are others than in the revision before; apart : what is accepted"""

    recorded: Recorded
    apart: Apart
    warnings: tuple[Fault, ...]
    changed: int = 0

    @property
    def found(self) -> tuple[Finding, ...]:
        return self.apart.found


@dataclass(frozen=True)
class Refused:
    """The month whose data are not fit, and why; from it on there is no verdict."""

    month: Month
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Outcome:
    """What a run came to. latest : the newest month in the history, None where there is none yet"""

    judged: tuple[Judged, ...] = ()
    refused: Refused | None = None
    latest: Recorded | None = None


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
    accepted: Accepted
    judged: list[Judged] = field(default_factory=list)


def check(project: Project, now: datetime, asked: Asked = Asked()) -> Outcome:
    """Judge the months that are due. Raises Busy if another run is at work, DataError if there is no export to read."""
    with alone(project.history), History(project.history) as history:
        clear(project.history, [each.folder for each in history.revisions()])
        flow = read_flow(project)
        config, accepted = of_settings(project, flow), read_accepted(project)
        run = _Run(project, flow, read_sources(project, now), now, history, asked, config, accepted)
        due = list(_due(run))
        refused = _refused_whole(run, due[0]) if due and not asked.again else None
        for month in due:
            if refused := refused or _judge(run, month):
                break
        write_index(project, history)
        return Outcome(tuple(run.judged), refused, next(iter(history.months()[-1:]), None))


def read_sources(project: Project, now: datetime) -> EventLog:
    """The log of all exports of a project."""
    paths = expanded([project.folder / name for name in project.files])
    return read(paths, mapping=project.mapping, now=now, key=project.key)


def read_flow(project: Project) -> Flow:
    """The intended flow of a project: a file in its folder, or a template."""
    beside = project.folder / project.flow
    return Flow.read(str(beside) if beside.exists() else project.flow)


def accepted_place(project: Project) -> Path:
    """The file of what is accepted: beside the flow, or where a template's own file would stand."""
    flow = project.folder / project.flow
    return flow.with_name(f"{flow.stem}{ENDING}")


def read_accepted(project: Project) -> Accepted:
    """What is accepted of the findings of the check."""
    place = accepted_place(project)
    return Accepted.read(place).of_the_check(True) if place.exists() else Accepted()


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


def _refused_whole(run: _Run, month: Month) -> Refused | None:
    """An export that has lost what earlier ones had changes no verdict. month : the first that is looked at"""
    settled = _settled(run)
    if month < settled:
        begins = _first(run).name
        sentence = f"The export begins with {begins}, so {month.name} cannot be held against {BEFORE} months."
        return Refused(month, (Fault("short", sentence),))
    found = tuple(lost(run.log, {key: count for key, count in run.history.events().items() if key[0] >= settled.name}))
    return Refused(month, found) if found else None


def _judge(run: _Run, month: Month) -> Refused | None:
    """Judge one month and record it, unless it was judged of the same data before; or say why it cannot be judged.

    Other settings are for months to come: what was judged by the old ones stands, unless it is asked for again.
    """
    log = run.log.as_of(month.closes(run.project.working_days))
    told = of_month(log, run.flow, month)
    before = next((each for each in run.history.months() if each.month == month.name), None)
    if told in run.history.inputs(month.name) and not run.asked.again:
        return None
    found = (*_of_import(run), *faults(log, month, run.project.fitness))
    if refusing := tuple(each for each in found if each.refuses):
        return Refused(month, refusing)
    made = _made(run, month, log, found, told)
    changed = _changed(run.history, month, made.judged) if before else 0
    if before is None or changed or (run.asked.again and _others(made.found, run.history.findings(month.name))):
        _publish(run, month, log, made, changed)
    else:
        run.history.looked_at(month.name, told)
    return None


def _made(run: _Run, month: Month, log: EventLog, warnings: tuple[Fault, ...], told: str) -> Made:
    """What the month says."""
    figures = indicators(log, run.flow, month, run.project.waits).assign(month=month.name)[list(FIGURES)]
    earlier = run.history.figures(month.name)
    judged = charted(pd.concat([earlier[list(FIGURES)], figures], ignore_index=True), run.project.changes)
    known = _known(run.history, month)
    unlike = ways(log, run.flow, month, run.project.changes, known)
    judged = pd.concat([judged, unlike], ignore_index=True) if len(unlike) else judged
    months = [each.month for each in run.history.months() if each.month < month.name]
    found = findings(judged, run.project.limits, run.history.findings(months[-1]) if months else [], known)
    closes = month.closes(run.project.working_days)
    apart = set_apart(found, run.accepted, local_day(closes, log.zone))
    counting = [each.severity for each in apart.found if each.status not in (GONE, ACCEPTED)]
    revision = 1 + sum(each.month == month.name for each in run.history.revisions())
    recorded = Recorded(
        month.name,
        revision,
        closes.isoformat(),
        run.config,
        told,
        program(),
        max(counting, key=SEVERITIES.index, default=""),
        f"{month.name}-r{revision}",
        "",
    )
    return Made(recorded, judged, earlier, apart, warnings)


def _known(history: History, month: Month) -> set[str]:
    """What was said within the year of the ways that cases go; it is not new when it is found again."""
    months = [each.month for each in history.months() if each.month < month.name][-YEAR:]
    found = [each for name in months for each in history.findings(name)]
    return {each.id for each in found if each.id.startswith("drift:") and each.status != GONE}


def _others(found: Sequence[Finding], before: Sequence[Finding]) -> bool:
    """Are the findings others? Values that are unknown are alike."""
    return [str(each) for each in found] != [str(each) for each in before]


def _publish(run: _Run, month: Month, log: EventLog, made: Made, changed: int) -> None:
    files = month_files(run.project, run.flow, log, month, made)
    recorded = replace(made.recorded, digest=publish(run.project.history, made.recorded.folder, files))
    run.history.record(recorded, made.judged, made.found, counted(log), {})
    run.judged.append(Judged(recorded, made.apart, tuple(made.warnings), changed))


def _of_import(run: _Run) -> Iterator[Fault]:
    """What the receipt says of the exports as a whole."""
    sources = run.log.manifest.sources
    records = sum(source.records for source in sources)
    quarantined = sum(sum(source.quarantined.values()) for source in sources)
    limit = run.project.fitness.quarantined_share
    if records and quarantined > limit * records:
        yield Fault("quarantine", f"{quarantined} of {records} records cannot be read; {limit:.0%} are allowed.")


def _changed(history: History, month: Month, judged: pd.DataFrame) -> int:
    """How many figures are others than in the revision before."""
    key, columns = ["id", "unit"], ["value", "total"]
    figures = history.figures()
    old = figures[figures["month"] == month.name].set_index(key)[columns]
    old, new = old.align(judged.set_index(key)[columns], join="outer")
    return int((old.fillna(-1) != new.fillna(-1)).any(axis=1).sum())
