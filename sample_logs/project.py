"""What does a folder for the monthly check look like after a year and a half, and what should the check find in it?

The three offices again (:mod:`.generator`), with exports that reach four months further back than the first month that is judged, so that
no month lacks the cases that were open when it began. Planted: letters that were not sent in October 2025, against a fixed limit, and
the shorter wait for a first talk from New Year. ``monthly/fasit.md`` says it in words.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from .casework import Case
from .clock import day_of
from .generator import SEED, export_of, made_cases, write_file
from .offices import FJELLBYGDA
from .plan import Plan, Silence

PLAN = Plan(first=date(2024, 9, 1), silence=Silence(FJELLBYGDA, date(2025, 10, 1), date(2025, 10, 21)))
CASES = 4400
FIRST_MONTH, LAST_MONTH = "2025-01", "2026-06"
CHECKED = date(2026, 7, 8)  # the day after the last month closes
EXPORTS = "exports"
_HERE = Path(__file__).parent
_SETTINGS = ("saksflyt.toml", "fasit.md")


def write_project(folder: Path, *, seed: int = SEED, cases: int = CASES) -> None:
    """Write the exports, the settings and the answer key to a folder, which is made where it is missing; the intended flow is not
    among them. Raises OSError where the folder cannot be written."""
    write_exports(folder / EXPORTS, seed=seed, cases=cases)
    for name in _SETTINGS:
        write_file(folder / name, (_HERE / "monthly" / name).read_bytes())


def write_exports(folder: Path, *, seed: int = SEED, cases: int = CASES) -> None:
    """One export for each year of receipt, all made at the end."""
    by_year: dict[int, list[Case]] = {}
    for case in made_cases(seed, cases, PLAN):
        by_year.setdefault(day_of(case.application.received).year, []).append(case)
    folder.mkdir(parents=True, exist_ok=True)
    for year, received in by_year.items():
        write_file(folder / f"soknader-{year}.csv", export_of(received).encode("cp1252"))
