"""The project of the demo: the same bytes everywhere, and in it what its answer key says."""

from collections import Counter
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from statistics import median

import pytest

from saksflyt.cli.monthly.project import read_project
from saksflyt.sample_logs.casework import Case
from saksflyt.sample_logs.clock import day_of, month_of
from saksflyt.sample_logs.generator import SEED, made_cases
from saksflyt.sample_logs.offices import ASSIGNED, DECIDED, ELVESTAD, FJELLBYGDA, MAPPED, NOTIFIED
from saksflyt.sample_logs.project import CASES, CHECKED, FIRST_MONTH, LAST_MONTH, PLAN, write_project


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return made_cases(SEED, CASES, PLAN)


def untold(cases: list[Case], office: str, month: str) -> float:
    """The share of an office's decisions in a month of which nobody was told, of those that came to an end."""
    told = [
        any(event.step == NOTIFIED for event in case.events)
        for case in cases
        if case.closed is not None and case.application.office.name == office and month_of(decided(case)) == month
    ]
    return 1 - sum(told) / len(told)


def decided(case: Case) -> int:
    return next(event.when for event in case.events if event.step == DECIDED)


def talk(cases: list[Case], office: str, months: tuple[str, ...]) -> float:
    """The median wait for a first talk of those who applied in these months, in days."""
    waits = []
    for case in cases:
        times = {event.step: event.when for event in reversed(case.events)}
        if case.application.office.name == office and month_of(case.application.received) in months and MAPPED in times:
            waits.append((times[MAPPED] - times[ASSIGNED]) / (24 * 60))
    return median(waits)


def test_the_answer_key_is_true(cases: list[Case]) -> None:
    assert untold(cases, FJELLBYGDA.name, "2025-10") > 0.5
    others = [untold(cases, FJELLBYGDA.name, month) for month in ("2025-08", "2025-09", "2025-11", "2025-12")]
    assert max(*others, untold(cases, ELVESTAD.name, "2025-10")) < 0.2
    before, after = (talk(cases, ELVESTAD.name, months) for months in (("2025-11", "2025-12"), ("2026-01", "2026-02")))
    assert before - after == pytest.approx(14, abs=1.5)
    left = Counter(case.application.office.name for case in cases if case.closed is None and day_of(case.events[-1].when) < CHECKED.replace(month=4))  # fmt: skip
    assert left[FJELLBYGDA.name] > 5 and not left[ELVESTAD.name]


def test_a_few_hundred_cases_a_month_with_fewest_in_july(cases: list[Case]) -> None:
    months = Counter(month_of(case.application.received) for case in cases)
    assert len(months) == 22 and min(months) == "2024-09" and max(months) == LAST_MONTH
    assert 130 < min(months.values()) == months["2025-07"] and max(months.values()) < 300


def test_the_same_bytes_and_one_export_for_each_year(tmp_path: Path) -> None:
    digests = []
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_project(tmp_path / name, seed=seed, cases=100)
        exports = sorted((tmp_path / name / "exports").iterdir())
        assert [export.name for export in exports] == ["soknader-2024.csv", "soknader-2025.csv", "soknader-2026.csv"]
        digests.append([sha256(export.read_bytes()).hexdigest() for export in exports])
    assert digests[0] == digests[1] and digests[0] != digests[2]


def test_the_settings_are_read_and_the_last_month_is_closed_when_they_say(tmp_path: Path) -> None:
    write_project(tmp_path, cases=1)
    project = read_project(tmp_path)
    assert project.first is not None and project.first.name == FIRST_MONTH
    last = type(project.first)(LAST_MONTH, project.zone)
    assert last.closes(project.working_days) <= datetime.fromisoformat(f"{CHECKED}T00:00:00+00:00") < last.next.ends
    for planted in ("limit:rules.broken_share:underretning-etter-vedtak@Nav Fjellbygda", "better:waiting.median_days:"):
        assert (tmp_path / "fasit.md").read_text(encoding="utf-8").count(planted) == 2
