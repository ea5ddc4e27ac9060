"""May a month be judged, of the data that there are?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...mining.judgement.fault import BEFORE, Fault
from ...mining.judgement.fitness import faults
from ...mining.judgement.month import Month
from ...mining.judgement.still_open import still_open
from ...mining.judgement.whole_export import lost, of_receipt
from .due import first_month, first_settled
from .run import Run


@dataclass(frozen=True)
class Refused:
    """The month whose data are not fit, and why; from it on there is no verdict. lacking : the months that are due and have none"""

    month: Month
    faults: tuple[Fault, ...]
    lacking: tuple[str, ...] = ()


def refused_whole(run: Run, due: list[Month]) -> Refused | None:
    """An export that has lost what earlier ones had changes no verdict."""
    settled = first_settled(run)
    if due[0] < settled:
        begins = first_month(run).name
        sentence = f"The export begins with {begins}, so {due[0].name} cannot be held against {BEFORE} months."
        return refusal(_accepted(run, due[0], [Fault("short", sentence)]), due[0])
    known = {key: count for key, count in run.history.events().items() if key[0] >= settled.name}
    return refusal(_accepted(run, due[-1], lost(run.log, known)), due[-1])


def to_judge(run: Run, due: list[Month]) -> list[Month]:
    """Where a month that is new has no fit data, its export gives no other verdict on those that were judged before either."""
    recorded = {each.month for each in run.history.months()}
    new = [month for month in due if month.name not in recorded]
    old_too = run.asked.again or len(new) == len(due) or not any(refusal(faults_of(run, month), month) for month in new)
    return due if old_too else new


def faults_of(run: Run, month: Month) -> tuple[Fault, ...]:
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


def _accepted(run: Run, month: Month, found: Sequence[Fault]) -> tuple[Fault, ...]:
    """What the project says is right is still said, but does not refuse the month."""
    accepted = run.project.fitness.accepted
    return tuple(replace(each, refuses=each.refuses and f"{month.name} {each.kind}" not in accepted) for each in found)


def refusal(found: Sequence[Fault], month: Month) -> Refused | None:
    refusing = tuple(each for each in found if each.refuses)
    return Refused(month, refusing) if refusing else None
