"""What does a month say, and is it something else than before?"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ...mining.judgement.doubt import in_doubt
from ...mining.judgement.fault import Fault
from ...mining.judgement.indicators import indicators
from ...mining.judgement.month import Month
from ...mining.judgement.set_apart import set_apart
from ...mining.judgement.verdicts import ACCEPTED, FIGURES, GONE, RANK, Finding, charted, findings
from ...mining.judgement.ways import YEAR, ways
from ...mining.local_time import local_day
from ...mining.log import EventLog
from ...mining.publish import program
from .history import History, Recorded
from .month_files import Made
from .run import Run


def made_of(run: Run, month: Month, log: EventLog, warnings: tuple[Fault, ...], told: str) -> Made:
    """What the month says."""
    figures = indicators(log, run.flow, month, run.project.waits).assign(month=month.name)[list(FIGURES)]
    earlier = run.history.figures(month.name)
    judged = charted(pd.concat([earlier[list(FIGURES)], figures], ignore_index=True), run.project.changes)
    known = _known(run.history, month)
    unlike = ways(log, run.flow, month, run.project.changes, known)
    judged = pd.concat([judged, unlike], ignore_index=True) if len(unlike) else judged
    months = [each.month for each in run.history.months() if each.month < month.name]
    before = run.history.findings(months[-1]) if months else []
    odd = [each for each in warnings if f"{month.name} {each.kind}" not in run.project.fitness.accepted]
    found = in_doubt(findings(judged, run.project.limits, before, known), before, odd)
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
        max(counting, key=RANK.__getitem__, default=""),
        f"{month.name}-r{revision}",
        "",
    )
    return Made(recorded, judged, earlier, apart, warnings)


def _known(history: History, month: Month) -> set[str]:
    """What was said within the year of the ways that cases go; it is not new when it is found again."""
    months = [each.month for each in history.months() if each.month < month.name][-YEAR:]
    found = [each for name in months for each in history.findings(name)]
    return {each.id for each in found if each.id.startswith("drift:") and each.status != GONE}


def others(found: Sequence[Finding], before: Sequence[Finding]) -> bool:
    """Are the findings others? Values that are unknown are alike."""
    return [str(each) for each in found] != [str(each) for each in before]


def changed_figures(history: History, month: Month, judged: pd.DataFrame) -> int:
    """How many figures are others than in the revision before."""
    key, columns = ["id", "unit"], ["value", "total"]
    figures = history.figures()
    old = figures[figures["month"] == month.name].set_index(key)[columns]
    old, new = old.align(judged.set_index(key)[columns], join="outer")
    return int((old.fillna(-1) != new.fillna(-1)).any(axis=1).sum())
