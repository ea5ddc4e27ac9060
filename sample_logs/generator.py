"""How does one get a case system's export without a case system?

Three fictional offices handle applications for social assistance from January 2025 to June 2026. The export is
written as Norwegian case systems do: semicolons, cp1252, CRLF, day first, decimal comma. The same seed and number
of cases give the same bytes on every machine.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .answers import answers
from .arrivals import applications
from .casework import Case, life_of
from .clock import written
from .office_hours import OfficeHours
from .plan import SAMPLE, Plan
from .planted import AnswerKey

SEED = 2026
CASES = 3000
EXPORT_NAME = "soknader.csv"
ANSWERS_NAME = "fasit.json"
COLUMNS = ("Saksnr", "Hendelse", "Tidspunkt", "Saksbehandler", "Kontor", "Søker", "Sakstype", "Avsluttet", "Beløp")


@dataclass(frozen=True)
class Sample:
    """A made-up export on disk, and what was planted in it."""

    folder: Path
    export: Path
    answers: AnswerKey


def write_sample(folder: Path, *, seed: int = SEED, cases: int = CASES) -> Sample:
    """Write the export and its answer key to a folder, which is made where it is missing.

    Raises ValueError for fewer than one case and OSError where the folder cannot be written.
    """
    if cases < 1:
        raise ValueError("a sample needs at least one case")
    made = made_cases(seed, cases)
    sample = Sample(folder, folder / EXPORT_NAME, answers(made, seed))
    folder.mkdir(parents=True, exist_ok=True)
    write_file(sample.export, export_of(made).encode("cp1252"))
    write_file(folder / ANSWERS_NAME, sample.answers.as_json().encode("utf-8"))
    return sample


def made_cases(seed: int = SEED, cases: int = CASES, plan: Plan = SAMPLE) -> list[Case]:
    """The cases of the sample, in order of receipt."""
    hours = OfficeHours()
    return [life_of(application, seed, hours, plan) for application in applications(seed, cases, plan)]


def export_of(cases: Sequence[Case]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for case in cases:
        rows.writerows(_rows(case))
    return text.getvalue()


def _rows(case: Case) -> Iterator[tuple[str, ...]]:
    about = case.application
    closed = "" if case.closed is None else written(case.closed)
    for event in case.events:
        amount = "" if event.amount is None else f"{event.amount // 100},{event.amount % 100:02}"
        fixed = (about.office.name, about.applicant, about.kind, closed)
        yield (about.number, event.step, written(event.when), event.who, *fixed, amount)


def write_file(path: Path, content: bytes) -> None:
    """Written beside and renamed, so that a full disk leaves no half export under the final name."""
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
