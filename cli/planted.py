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

from ..mining.closing import closing_times
from ..mining.conform import conform
from ..mining.deadlines import deadlines
from ..mining.flow import Flow
from ..mining.log import EventLog
from ..mining.rework import rework
from ..mining.rules import rules
from ..mining.throughput import Throughput, throughput
from ..mining.waiting import waiting
from ..sample_logs.planted import AnswerKey

_ENOUGH_TO_TELL = 100  # cases on either side of the improvement, for it to stand out from chance

_ASKED, _DELIVERED = "Dokumentasjon etterspurt", "Dokumentasjon levert"
_DECIDED, _REPLY, _PAID = "Vedtak fattet", "Foreløpig svar", "Utbetaling"

# The deadline of the template sosialhjelp that was made to be missed, and the rule that was made to be broken.
_WITHIN_A_MONTH = "Foreløpig svar innen én måned"
_TO_BE_TOLD = "Underretning etter vedtak"

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

# Cases in which the reply came before any decision.
_REPLIED_FIRST = f"""
select case_no from events where activity in ('{_REPLY}', '{_DECIDED}')
group by case_no having arg_min(activity::varchar, "position") = '{_REPLY}'
"""

_PAID_AFTER_CLOSING = f"""
select case_no, count(*) as times from events join ({{closings}}) using (case_no)
where activity = '{_PAID}' and end_time > closed_time group by case_no
"""


@dataclass(frozen=True)
class Comparison:
    """One planted fact beside what was found. ``unit`` : cases, times, days, share, months, rules, yes or no."""

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


def compare_planted(answers: AnswerKey, log: EventLog, flow: Flow) -> pd.DataFrame:
    """The planted facts that today's measures can find, and what they find. flow : the template sosialhjelp

    Columns: fact, unit, planted, found, agrees. A fact that the sample does not have (a median of no case) is left out.
    """
    of_log = (_loop, _open, _order_and_clocks, _improvement)
    pairs = [pair for part in of_log for pair in part(answers, log)]
    pairs += [pair for part in (_deviations, _replies, _payments, _rules) for pair in part(answers, log, flow)]
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
    yield Comparison("open cases", "cases", answers.open_cases, whole.open_cases)
    units = throughput(log, by="unit").groups
    still_open = dict(zip(units["unit"], units["open_cases"].tolist(), strict=True))
    for unit, planted in answers.open_cases_by_unit.items():
        yield Comparison(f"open cases, {unit}", "cases", planted, still_open.get(unit, 0))
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
    before = (answers.months_before, answers.closed_before, answers.cases_before, answers.median_days_before)
    after = (answers.months_after, answers.closed_after, answers.cases_after, answers.median_days_after)
    spans = {f"{unit} before {month}": before, f"{unit} from {month}": after}
    times: list[Throughput] = []
    for span, (months, closed, cases, median) in spans.items():
        if months:
            found = _received_in(log, unit, months)
            times.append(found)
            yield Comparison(f"{span}: closed cases", "cases", closed, found.closed)
            yield Comparison(f"{span}: open cases", "cases", cases - closed, found.open_cases)
            yield Comparison(f"{span}: median", "days", median, found.median_days)
    if min(answers.cases_before, answers.cases_after) >= _ENOUGH_TO_TELL:
        yield Comparison(f"{unit} clearly faster from {month}", "yes or no", True, times[1].high < times[0].low)


def _deviations(answers: AnswerKey, log: EventLog, flow: Flow) -> Iterator[Comparison]:
    frame = conform(log, flow).frame
    cases = dict(zip(frame["id"], frame["cases"].tolist(), strict=True))
    for fact, (finding, planted) in {
        "applicant never told of the decision": (_UNNOTICED, answers.unnoticed_decisions),
        "assessed after the decision": (_LATE, answers.late_assessments),
        "decision taken back and made again": (_TAKEN_BACK, answers.decisions_taken_back),
        "documentation asked for more than twice": (_TOO_OFTEN, answers.asked_too_often),
    }.items():
        yield Comparison(fact, "cases", planted, cases.get(finding, 0))


def _replies(answers: AnswerKey, log: EventLog, flow: Flow) -> Iterator[Comparison]:
    found = deadlines(log, flow)
    row = _row(found.frame, name=_WITHIN_A_MONTH)
    for fact, (state, planted) in {
        "reply or decision within a month": ("met", answers.answered_within_a_month),
        "reply or decision later than that": ("late", answers.answered_later),
        "waiting for longer than a month": ("overdue", answers.unanswered_too_long),
        "waiting, the month not over": ("running", answers.unanswered_in_time),
    }.items():
        yield Comparison(fact, "cases", planted, row[state])
    late = found.case_list(_WITHIN_A_MONTH, ["late"])["case_no"]
    replied = int(late.isin(log.sql(_REPLIED_FIRST)["case_no"]).sum())
    yield Comparison("interim reply too late", "cases", answers.late_interim_replies, replied)


def _payments(answers: AnswerKey, log: EventLog, flow: Flow) -> Iterator[Comparison]:
    paid = log.sql(_PAID_AFTER_CLOSING.format(closings=closing_times(log, flow)))
    yield Comparison("payments after closing", "times", answers.payments_after_closing, int(paid["times"].sum()))
    yield Comparison("cases paid after closing, and still closed", "cases", answers.paid_after_closing, len(paid))


def _rules(answers: AnswerKey, log: EventLog, flow: Flow) -> Iterator[Comparison]:
    frame = rules(log, flow).frame
    broken = frame[frame["broken"] > 0]
    planted = (_TO_BE_TOLD,) if answers.unnoticed_closed else ()
    yield Comparison("rules that are broken", "rules", planted, tuple(broken["name"]))
    told = _row(frame, name=_TO_BE_TOLD)
    yield Comparison("closed without telling the applicant", "cases", answers.unnoticed_closed, told["broken"])


def _received_in(log: EventLog, unit: str, months: tuple[str, ...]) -> Throughput:
    return throughput(log.where(f"unit={unit}").period(f"{months[0]}..{months[-1]}"))
