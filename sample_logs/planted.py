"""What was planted in the made-up export, and how much of it?

Every figure is counted from what the generator did, in whole minutes of real time, and says how it is to be
counted, so that a measure that finds another figure is wrong. Events in the hour that does not exist are no
part of the truth: no reader can know when they happened.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints


@dataclass(frozen=True)
class Fact:
    """One planted figure: name of its field, value, unit and how it is counted."""

    name: str
    value: Any
    unit: str
    counted: str


@dataclass(frozen=True)
class AnswerKey:
    """The planted facts. A figure that does not exist (a median of no cases) is None; days are 86 400 s."""

    seed: Annotated[int, "seed", "what the generator was started with"]
    rows: Annotated[int, "rows", "records in the export, the header not counted"]
    cases: Annotated[int, "cases", "values of Saksnr"]
    events: Annotated[int, "events", "rows but those whose time does not exist"]
    applicants: Annotated[int, "people", "values of Søker"]
    returning_applicants: Annotated[int, "people", "values of Søker with more than one case"]

    loop_cases: Annotated[int, "cases", "cases that asked for documentation more than once"]
    loop_share: Annotated[float, "share", "loop_cases / cases, open ones included"]
    loop_extra_times: Annotated[int, "times", "'Dokumentasjon etterspurt', less one per case that has one"]
    loop_total_days: Annotated[float, "days", "first to last 'Dokumentasjon etterspurt', summed over loop_cases"]
    loop_median_days: Annotated[float | None, "days", "the median of the same"]
    documentation_waits: Annotated[int, "times", "'Dokumentasjon levert' directly after 'Dokumentasjon etterspurt'"]
    documentation_total_days: Annotated[float, "days", "time between the two, summed over documentation_waits"]
    documentation_median_days: Annotated[float | None, "days", "the median of the same"]

    meeting_unit: Annotated[str, "office", "the office that decides in a meeting on Thursdays"]
    meeting_decisions: Annotated[int, "decisions", "'Vedtak fattet' at that office"]
    meeting_thursday_decisions: Annotated[int, "decisions", "those on a Thursday"]
    other_decisions: Annotated[int, "decisions", "'Vedtak fattet' at the other offices"]
    other_thursday_decisions: Annotated[int, "decisions", "those on a Thursday"]

    improvement_unit: Annotated[str, "office", "the office that cut the wait for the first talk"]
    improvement_month: Annotated[str, "month", "the first month received that has the shorter wait"]
    improvement_working_days: Annotated[int, "working days", "cut from every wait before 'Kartlegging' there"]
    months_before: Annotated[
        tuple[str, ...], "months", "received just before, six or fewer in a row, with 95 % of the office's cases closed"
    ]
    months_after: Annotated[tuple[str, ...], "months", "the same from improvement_month on"]
    cases_before: Annotated[int, "cases", "cases of the office received in months_before"]
    cases_after: Annotated[int, "cases", "cases of the office received in months_after"]
    closed_before: Annotated[int, "cases", "closed cases of the office received in months_before"]
    closed_after: Annotated[int, "cases", "closed cases of the office received in months_after"]
    median_days_before: Annotated[
        float | None,
        "days",
        "first event to Avsluttet: within it half of cases_before were closed, an open one counted as longer "
        "(does not exist where an open one was followed for less)",
    ]
    median_days_after: Annotated[float | None, "days", "the same of cases_after"]
    median_days_by_month: Annotated[dict[str, float | None], "days", "the same for each of these months"]
    talk_days_before: Annotated[
        float | None, "days", "'Tildelt saksbehandler' to 'Kartlegging', the median over closed_before"
    ]
    talk_days_after: Annotated[float | None, "days", "the same over closed_after"]

    interim_replies: Annotated[int, "events", "'Foreløpig svar'"]
    late_interim_replies: Annotated[int, "events", "those more than a month after receipt, before any decision"]
    answered_within_a_month: Annotated[
        int, "cases", "decision or 'Foreløpig svar' no later than the day a month after receipt (whole days)"
    ]
    answered_later: Annotated[int, "cases", "the first of the two came on a later day"]
    unanswered_too_long: Annotated[int, "cases", "neither has come, and that day is over when the export is made"]
    unanswered_in_time: Annotated[int, "cases", "neither has come, and that day is not over"]
    payments: Annotated[int, "events", "'Utbetaling'"]
    payments_before_decision: Annotated[int, "events", "those before 'Vedtak fattet' or without: emergency aid"]
    payments_after_closing: Annotated[int, "events", "those later than Avsluttet"]
    paid_after_closing: Annotated[int, "cases", "cases with such payments; they stay closed"]

    unnoticed_decisions: Annotated[
        int, "cases", "'Utbetaling' or 'Avslag sendt' after 'Vedtak fattet', without 'Underretning om vedtak'"
    ]
    unnoticed_closed: Annotated[int, "cases", "the same, closed cases only"]
    late_assessments: Annotated[
        int, "cases", "'Individuell vurdering og utmåling' after 'Vedtak fattet' and not before it"
    ]
    decisions_taken_back: Annotated[
        int, "cases", "'Individuell vurdering og utmåling' and 'Vedtak fattet' again after 'Vedtak fattet'"
    ]
    asked_too_often: Annotated[int, "cases", "cases that asked for documentation more than twice"]

    open_cases: Annotated[int, "cases", "cases without Avsluttet"]
    open_cases_by_unit: Annotated[dict[str, int], "cases", "the same by office"]
    unfinished_months: Annotated[tuple[str, ...], "months", "months received with less than 95 % of their cases closed"]

    tied_events: Annotated[int, "events", "events in the same minute as the event before in their case"]
    tied_cases: Annotated[int, "cases", "cases with such events"]
    missing_times: Annotated[
        int, "rows", "times between two and three on the nights of 30 March 2025 and 29 March 2026"
    ]
    ambiguous_times: Annotated[int, "events", "times between two and three on the night of 26 October 2025"]

    easter_days: Annotated[tuple[tuple[str, str], ...], "days", "Maundy Thursday to Easter Monday of each year"]
    easter_office_events: Annotated[int, "events", "events by a caseworker on these days"]
    easter_gap_days: Annotated[
        tuple[float, ...], "days", "from the last event by a caseworker before to the first after"
    ]

    def facts(self) -> Iterator[Fact]:
        """Each figure with its unit and how it is counted."""
        for name, hint in get_type_hints(AnswerKey, include_extras=True).items():
            unit, counted = hint.__metadata__
            yield Fact(name, getattr(self, name), unit, counted)

    def as_json(self) -> str:
        """The facts for other programs to read."""
        described = {
            fact.name: {"value": fact.value, "unit": fact.unit, "counted": fact.counted} for fact in self.facts()
        }
        return json.dumps(described, ensure_ascii=False, indent=2) + "\n"
