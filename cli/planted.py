"""Do the measures find what the sample's maker hid in it?

The maker counted its facts while it made the cases; here the same facts are asked of the log by the public measures.
The facts that no measure of today can find stand in the answer key and wait for theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose
from typing import Any

import pandas as pd

from ..mining.conform import Conformance
from ..mining.log import EventLog
from ..mining.rework import rework
from ..mining.throughput import Throughput, throughput
from ..mining.waiting import waiting
from ..sample_logs.planted import AnswerKey

_ASKED, _DELIVERED = "Dokumentasjon etterspurt", "Dokumentasjon levert"

# The deviations from the template sosialhjelp that were planted, by their ids.
_UNNOTICED = "conform.skipped:underretning-om-vedtak"
_LATE = "conform.out_of_order:individuell-vurdering-og-utmaling>vedtak-fattet"
_TAKEN_BACK = "conform.went_back:vedtak-fattet>individuell-vurdering-og-utmaling"
_TOO_OFTEN = "conform.too_often:dokumentasjon-etterspurt"

# From the first request for documentation in a case to the last: what the loop cost, at most.
_LOOP_DAYS = f"""
select coalesce(sum(micros), 0)::bigint / 86400e6 as days
from (select epoch_us(max(end_time)) - epoch_us(min(end_time)) as micros
      from events where activity = '{_ASKED}' group by case_no)
"""


@dataclass(frozen=True)
class Comparison:
    """One planted fact beside what was found. ``unit`` : cases, times, days, share, months."""

    fact: str
    unit: str
    planted: Any
    found: Any

    @property
    def agrees(self) -> bool:
        """Counts must be equal; times and shares are equal but for the last bits of a float."""
        if isinstance(self.planted, float):
            return self.found is not None and isclose(self.planted, self.found, rel_tol=1e-9, abs_tol=1e-9)
        return self.planted == self.found


def compare_planted(answers: AnswerKey, log: EventLog, found: Conformance) -> pd.DataFrame:
    """The planted facts that today's measures can find, and what they find. found : the log held against the flow

    Columns: fact, unit, planted, found, agrees. A fact that the sample does not have (a median of no case) is left out.
    """
    parts = (_loop, _open, _order_and_clocks, _improvement)
    pairs = [pair for part in parts for pair in part(answers, log)] + list(_deviations(answers, found))
    rows = [(each.fact, each.unit, each.planted, each.found, each.agrees) for each in pairs if each.planted is not None]
    return pd.DataFrame(rows, columns=["fact", "unit", "planted", "found", "agrees"]).astype(
        {"planted": object, "found": object, "agrees": bool}
    )


def _loop(answers: AnswerKey, log: EventLog) -> Iterator[Comparison]:
    asked = _row(rework(log).frame, activity=_ASKED)
    cases = asked.get("cases_with_repetition", 0)
    yield Comparison("cases asked for documentation again", "cases", answers.loop_cases, cases)
    yield Comparison("their share of all cases", "share", answers.loop_share, cases / log.case_count)
    yield Comparison("extra requests", "times", answers.loop_extra_times, asked.get("extra_times", 0))
    days = float(log.sql(_LOOP_DAYS)["days"].iloc[0])
    yield Comparison("first to last request, all cases", "days", answers.loop_total_days, days)

    wait = _row(waiting(log).frame, source=_ASKED, target=_DELIVERED)
    occurrences = wait.get("occurrences", 0)
    yield Comparison("requests answered next", "times", answers.documentation_waits, occurrences)
    total, median = answers.documentation_total_days, answers.documentation_median_days
    yield Comparison("request to delivery, all cases", "days", total, wait.get("total_days", 0.0))
    yield Comparison("request to delivery, median", "days", median, wait.get("median_days"))


def _row(frame: pd.DataFrame, **wanted: str) -> dict[Any, Any]:
    """The row with these names, or nothing where the log has no such step."""
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    return next(iter(frame.to_dict("records")), {})


def _open(answers: AnswerKey, log: EventLog) -> Iterator[Comparison]:
    whole = throughput(log)
    yield Comparison("open cases", "cases", answers.open_cases, whole.cases - whole.closed)
    months = throughput(log, by="unit").frame
    still_open = (months["cases"] * (1 - months["closed_share"])).groupby(months["unit"]).sum().round().to_dict()
    for unit, planted in answers.open_cases_by_unit.items():
        yield Comparison(f"open cases, {unit}", "cases", planted, int(still_open.get(unit, 0)))
    unfinished = tuple(whole.frame.loc[~whole.frame["finished"].astype(bool), "month"])
    yield Comparison("months not finished", "months", answers.unfinished_months, unfinished)


def _order_and_clocks(answers: AnswerKey, log: EventLog) -> Iterator[Comparison]:
    of_log = log.manifest
    yield Comparison("events at the same time as another", "times", answers.tied_events, of_log.tied_events)
    yield Comparison("cases with ties", "cases", answers.tied_cases, of_log.tied_cases)
    yield Comparison("times in the hour skipped in March", "times", answers.missing_times, of_log.missing_times)
    yield Comparison("times in the hour repeated in October", "times", answers.ambiguous_times, of_log.ambiguous_times)


def _improvement(answers: AnswerKey, log: EventLog) -> Iterator[Comparison]:
    unit, month = answers.improvement_unit, answers.improvement_month
    before = (answers.months_before, answers.closed_before, answers.median_days_before)
    after = (answers.months_after, answers.closed_after, answers.median_days_after)
    for span, (months, cases, median) in {f"{unit} before {month}": before, f"{unit} from {month}": after}.items():
        if months:
            found = _received_in(log, unit, months)
            yield Comparison(f"{span}: closed cases", "cases", cases, found.closed)
            yield Comparison(f"{span}: median", "days", median, found.median_days)


def _deviations(answers: AnswerKey, found: Conformance) -> Iterator[Comparison]:
    cases = dict(zip(found.frame["id"], found.frame["cases"].tolist(), strict=True))
    for fact, (finding, planted) in {
        "applicant never told of the decision": (_UNNOTICED, answers.unnoticed_decisions),
        "assessed after the decision": (_LATE, answers.late_assessments),
        "decision taken back and made again": (_TAKEN_BACK, answers.decisions_taken_back),
        "documentation asked for more than twice": (_TOO_OFTEN, answers.asked_too_often),
    }.items():
        yield Comparison(fact, "cases", planted, cases.get(finding, 0))


def _received_in(log: EventLog, unit: str, months: tuple[str, ...]) -> Throughput:
    return throughput(log.where(f"unit={unit}").period(f"{months[0]}..{months[-1]}"))
