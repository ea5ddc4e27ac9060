"""What is true of the generator, not of one sample: the figures that a sample's intervals should hold.

    python tests/true_figures.py

writes ``cases/true_figures.json``: the figures of 300 000 cases of a hundred seeds that no test uses, each followed to its
end, counted here without a measure. Medians and P90 are over all cases, those that are never taken up again as the longest;
in the restricted mean a case counts WITHIN_DAYS at most. It takes half a minute, and is done again when the generator of the
sample is changed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from math import inf
from pathlib import Path

from saksflyt.sample_logs.arrivals import applications
from saksflyt.sample_logs.casework import Case, life_of
from saksflyt.sample_logs.clock import DAY, a_month_later, day_of, exists, instant, month_of
from saksflyt.sample_logs.office_hours import OfficeHours
from saksflyt.sample_logs.offices import DECIDED, IMPROVED_OFFICE, INTERIM
from saksflyt.sample_logs.plan import Plan

FILE = Path(__file__).parent / "cases" / "true_figures.json"
SEEDS, CASES = range(10_001, 10_101), 3000
WITHIN_DAYS = 60
MONTHS_BEFORE = ("2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12")
MONTHS_AFTER = ("2026-01", "2026-02", "2026-03", "2026-04")
_FOLLOWED = Plan(last=date(2027, 11, 29))  # the office hours are laid out to the end of that year

Days = dict[str, list[float]]


def groups_of(unit: str, month: str) -> Iterator[str]:
    """Everything under which a case is counted: all, its office, its month, the improved office before and after."""
    yield from ("all", unit, month)
    if unit == IMPROVED_OFFICE.name and month in MONTHS_BEFORE:
        yield "before"
    if unit == IMPROVED_OFFICE.name and month in MONTHS_AFTER:
        yield "after"


def figures(days: Sequence[float]) -> dict[str, float]:
    ordered = sorted(days)
    return {
        "median_days": ordered[(len(ordered) + 1) // 2 - 1],
        "p90_days": ordered[-(-9 * len(ordered) // 10) - 1],
        "restricted_mean_days": sum(min(each, WITHIN_DAYS) for each in ordered) / len(ordered),
    }


def true_figures(seeds: Sequence[int] = SEEDS) -> dict[str, dict[str, dict[str, float]]]:
    """By clock (``closing``: first event to Avsluttet, ``decision``: to 'Vedtak fattet') and group; and ``reply``: the share
    that has a decision or 'Foreløpig svar' within a month."""
    closing: Days = defaultdict(list)
    decision: Days = defaultdict(list)
    replied: dict[str, list[bool]] = defaultdict(list)
    for case in _cases(seeds):
        received = case.application.received
        came = {event.step: event.when for event in reversed(case.events) if exists(event.when)}
        answer = min(came.get(DECIDED, inf), came.get(INTERIM, inf))
        in_time = answer < inf and day_of(int(answer)) <= day_of(a_month_later(received))
        for group in groups_of(case.application.office.name, month_of(received)):
            closing[group].append(inf if case.closed is None else _days(received, case.closed))
            decision[group].append(_days(received, came[DECIDED]) if DECIDED in came else inf)
            replied[group].append(in_time)
    return {
        "closing": {group: figures(days) for group, days in sorted(closing.items())},
        "decision": {group: figures(days) for group, days in sorted(decision.items())},
        "reply": {group: {"met_share": sum(flags) / len(flags)} for group, flags in sorted(replied.items())},
    }


def _cases(seeds: Sequence[int]) -> Iterator[Case]:
    hours = OfficeHours()
    for seed in seeds:
        for application in applications(seed, CASES):
            yield life_of(application, seed, hours, _FOLLOWED)


def _days(first: int, last: int) -> float:
    return (instant(last) - instant(first)) / DAY


if __name__ == "__main__":
    FILE.write_text(json.dumps(true_figures(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
