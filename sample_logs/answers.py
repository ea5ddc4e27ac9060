"""Counting what was planted, from the cases as the generator made them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise, takewhile
from typing import Any

from .casework import Case, Event
from .clock import DAY, END, FIRST_DAY, LAST_DAY, a_month_later, ambiguous, day_of, exists, instant, moment, month_of
from .office_hours import EASTER_SUNDAYS
from .offices import (
    ASSESSED,
    ASSIGNED,
    DECIDED,
    DELIVERED,
    IMPROVED_FROM,
    IMPROVED_OFFICE,
    IMPROVED_WORKING_DAYS,
    INTERIM,
    MAPPED,
    MEETING_OFFICE,
    MEETING_WEEKDAY,
    NIGHT_JOB,
    NOTIFIED,
    OFFICES,
    PAID,
    REFUSED,
    REQUESTED,
)
from .planted import AnswerKey

_FINISHED = 95  # per cent
_MONTHS_BEFORE = 6


@dataclass(frozen=True)
class _Truth:
    """A case without the events whose time does not exist."""

    unit: str
    applicant: str
    events: tuple[Event, ...]
    closed: int | None

    @property
    def received(self) -> int:
        return self.events[0].when

    def times_of(self, step: str) -> list[int]:
        return [event.when for event in self.events if event.step == step]


def answers(cases: Sequence[Case], seed: int) -> AnswerKey:
    """The answer key of these cases."""
    written = [event for case in cases for event in case.events]
    truth = [_truth(case) for case in cases]
    return AnswerKey(
        seed=seed,
        rows=len(written),
        cases=len(cases),
        events=sum(len(case.events) for case in truth),
        missing_times=sum(not exists(event.when) for event in written),
        ambiguous_times=sum(ambiguous(event.when) for event in written),
        **_applicants(truth),
        **_loop(truth),
        **_decisions(truth),
        **_improvement([case for case in truth if case.unit == IMPROVED_OFFICE.name]),
        **_replies_and_payments(truth),
        **_deviations(truth),
        **_still_open(truth),
        **_ties(truth),
        **_easter(truth),
    )


def _truth(case: Case) -> _Truth:
    known = tuple(event for event in case.events if exists(event.when))
    return _Truth(case.application.office.name, case.application.applicant, known, case.closed)


def _applicants(truth: Sequence[_Truth]) -> dict[str, Any]:
    cases_of = Counter(case.applicant for case in truth)
    return {"applicants": len(cases_of), "returning_applicants": sum(count > 1 for count in cases_of.values())}


def _loop(truth: Sequence[_Truth]) -> dict[str, Any]:
    asked = [times for case in truth if (times := case.times_of(REQUESTED))]
    loops = [instant(times[-1]) - instant(times[0]) for times in asked if len(times) > 1]
    waits = [
        instant(after.when) - instant(before.when)
        for case in truth
        for before, after in pairwise(case.events)
        if (before.step, after.step) == (REQUESTED, DELIVERED)
    ]
    return {
        "loop_cases": len(loops),
        "loop_share": len(loops) / len(truth),
        "loop_extra_times": sum(len(times) - 1 for times in asked),
        "loop_total_days": _days(sum(loops)),
        "loop_median_days": _median(loops),
        "documentation_waits": len(waits),
        "documentation_total_days": _days(sum(waits)),
        "documentation_median_days": _median(waits),
    }


def _decisions(truth: Sequence[_Truth]) -> dict[str, Any]:
    def decided(at_the_meeting_office: bool) -> list[bool]:
        return [
            day_of(when).weekday() == MEETING_WEEKDAY
            for case in truth
            if (case.unit == MEETING_OFFICE.name) == at_the_meeting_office
            for when in case.times_of(DECIDED)
        ]

    meeting, other = decided(True), decided(False)
    return {
        "meeting_unit": MEETING_OFFICE.name,
        "meeting_decisions": len(meeting),
        "meeting_thursday_decisions": sum(meeting),
        "other_decisions": len(other),
        "other_thursday_decisions": sum(other),
    }


def _improvement(office: Sequence[_Truth]) -> dict[str, Any]:
    """Only whole runs of finished months next to the change: a gap would make a period that no command can name."""
    change = IMPROVED_FROM.isoformat()[:7]
    by_month = _by_month(office)
    finished = _run(by_month, (month for month in by_month if month >= change))
    earlier = _run(by_month, (month for month in reversed(by_month) if month < change))[:_MONTHS_BEFORE][::-1]
    before = [case for month in earlier for case in by_month[month]]
    after = [case for month in finished for case in by_month[month]]
    return {
        "improvement_unit": IMPROVED_OFFICE.name,
        "improvement_month": change,
        "improvement_working_days": IMPROVED_WORKING_DAYS,
        "months_before": tuple(earlier),
        "months_after": tuple(finished),
        "cases_before": len(before),
        "cases_after": len(after),
        "closed_before": len(_closed(before)),
        "closed_after": len(_closed(after)),
        "median_days_before": _half_closed_within(before),
        "median_days_after": _half_closed_within(after),
        "median_days_by_month": {month: _half_closed_within(by_month[month]) for month in (*earlier, *finished)},
        "talk_days_before": _median_talk(_closed(before)),
        "talk_days_after": _median_talk(_closed(after)),
    }


def _replies_and_payments(truth: Sequence[_Truth]) -> dict[str, Any]:
    replies = [(case, when) for case in truth for when in case.times_of(INTERIM)]
    payments = [(case, when) for case in truth for when in case.times_of(PAID)]
    return {
        "interim_replies": len(replies),
        "late_interim_replies": sum(
            when > a_month_later(case.received) and not _decided_by(case, when) for case, when in replies
        ),
        **_within_a_month(truth),
        "payments": len(payments),
        "payments_before_decision": sum(not _decided_by(case, when) for case, when in payments),
        "payments_after_closing": sum(_after_closing(case, when) for case, when in payments),
        "paid_after_closing": sum(any(_after_closing(case, when) for when in case.times_of(PAID)) for case in truth),
    }


def _within_a_month(truth: Sequence[_Truth]) -> dict[str, int]:
    """Whole days: a deadline ends with its day."""
    answers: Counter[str] = Counter()
    for case in truth:
        last_day = day_of(a_month_later(case.received))
        came = min((*case.times_of(DECIDED), *case.times_of(INTERIM)), default=None)
        if came is None:
            answers["unanswered_too_long" if last_day < LAST_DAY else "unanswered_in_time"] += 1
        else:
            answers["answered_within_a_month" if day_of(came) <= last_day else "answered_later"] += 1
    names = ("answered_within_a_month", "answered_later", "unanswered_too_long", "unanswered_in_time")
    return {name: answers[name] for name in names}


def _deviations(truth: Sequence[_Truth]) -> dict[str, Any]:
    unnoticed = unnoticed_closed = late = taken_back = 0
    for case in truth:
        decided, assessed = case.times_of(DECIDED), case.times_of(ASSESSED)
        if not decided:
            continue
        settled = [*case.times_of(PAID), *case.times_of(REFUSED)]
        never_told = not case.times_of(NOTIFIED) and any(when > decided[0] for when in settled)
        unnoticed += never_told
        unnoticed_closed += never_told and case.closed is not None
        late += bool(assessed) and assessed[0] > decided[0]
        taken_back += len(decided) > 1
    return {
        "unnoticed_decisions": unnoticed,
        "unnoticed_closed": unnoticed_closed,
        "late_assessments": late,
        "decisions_taken_back": taken_back,
        "asked_too_often": sum(len(case.times_of(REQUESTED)) > 2 for case in truth),
    }


def _still_open(truth: Sequence[_Truth]) -> dict[str, Any]:
    by_unit = Counter(case.unit for case in truth if case.closed is None)
    by_month = _by_month(truth)
    return {
        "open_cases": sum(by_unit.values()),
        "open_cases_by_unit": {office.name: by_unit[office.name] for office in OFFICES},
        "unfinished_months": tuple(month for month, cases in by_month.items() if not _is_finished(cases)),
    }


def _ties(truth: Sequence[_Truth]) -> dict[str, Any]:
    tied = [sum(a.when == b.when for a, b in pairwise(case.events)) for case in truth]
    return {"tied_events": sum(tied), "tied_cases": sum(count > 0 for count in tied)}


def _easter(truth: Sequence[_Truth]) -> dict[str, Any]:
    by_hand = sorted(event.when for case in truth for event in case.events if event.who not in ("", NIGHT_JOB))
    sundays = [sunday for sunday in EASTER_SUNDAYS.values() if FIRST_DAY <= sunday <= LAST_DAY]
    spans = [(sunday - timedelta(days=3), sunday + timedelta(days=1)) for sunday in sundays]
    within, gaps = 0, []
    for first, last in spans:
        before = [when for when in by_hand if when < moment(first)]
        after = [when for when in by_hand if when >= moment(last) + DAY]
        within += len(by_hand) - len(before) - len(after)
        if before and after:
            gaps.append(_days(instant(after[0]) - instant(before[-1])))
    return {
        "easter_days": tuple((first.isoformat(), last.isoformat()) for first, last in spans),
        "easter_office_events": within,
        "easter_gap_days": tuple(gaps),
    }


def _by_month(truth: Iterable[_Truth]) -> dict[str, list[_Truth]]:
    months: dict[str, list[_Truth]] = {}
    for case in sorted(truth, key=lambda case: case.received):
        months.setdefault(month_of(case.received), []).append(case)
    return months


def _run(by_month: dict[str, list[_Truth]], months: Iterable[str]) -> list[str]:
    return list(takewhile(lambda month: _is_finished(by_month[month]), months))


def _is_finished(cases: Sequence[_Truth]) -> bool:
    return 100 * len(_closed(cases)) >= _FINISHED * len(cases)


def _closed(cases: Iterable[_Truth]) -> list[_Truth]:
    return [case for case in cases if case.closed is not None]


def _decided_by(case: _Truth, when: int) -> bool:
    return any(decided <= when for decided in case.times_of(DECIDED))


def _after_closing(case: _Truth, when: int) -> bool:
    return case.closed is not None and when > case.closed


def _half_closed_within(cases: Sequence[_Truth]) -> float | None:
    """The lower of the two in the middle, where the number is even."""
    took = sorted(instant(case.closed) - instant(case.received) for case in cases if case.closed is not None)
    middle = (len(cases) + 1) // 2 - 1
    if not 0 <= middle < len(took):
        return None
    followed = [instant(END) - instant(case.received) for case in cases if case.closed is None]
    return None if any(minutes < took[middle] for minutes in followed) else _days(took[middle])


def _median_talk(cases: Iterable[_Truth]) -> float | None:
    return _median([instant(case.times_of(MAPPED)[0]) - instant(case.times_of(ASSIGNED)[0]) for case in cases])


def _median(minutes: Sequence[int]) -> float | None:
    ordered = sorted(minutes)
    middle = len(ordered) // 2
    if not ordered:
        return None
    return _days(ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2)


def _days(minutes: float) -> float:
    return minutes / DAY
