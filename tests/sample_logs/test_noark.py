"""The archive tells of the same cases as the export: what an archive can carry, at the same moments."""

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

import saksflyt
from saksflyt.connectors.registry import import_log, read
from saksflyt.mining.conform import conform
from saksflyt.mining.flow import Flow
from saksflyt.sample_logs.arrivals import applications
from saksflyt.sample_logs.casework import life_of
from saksflyt.sample_logs.generator import SEED, write_sample
from saksflyt.sample_logs.noark import (
    CHANGES_NAME,
    FOLDER,
    STRUCTURE_NAME,
    VERSIONS,
    write_extraction,
    write_noark_sample,
)
from saksflyt.sample_logs.office_hours import OfficeHours

COMMITTED = Path(saksflyt.__file__).parent / "sample_logs"
MAPPING = COMMITTED / "noark5-mapping.toml"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
CASES = 60
# What only the case system knows, and what only the archive says.
OF_THE_CASE_SYSTEM = ("Utbetaling",)
OF_THE_ARCHIVE = ("Sak opprettet", "Sak ferdigbehandlet", "Avskrevet: Besvart med brev")


def steps(log, aside: tuple[str, ...], form: str) -> Counter:
    rows = log.sql(
        f"select case_id, activity, strftime(timezone('Europe/Oslo', end_time), '{form}') as t, events.unit as unit "
        "from events join cases using (case_no)"
    )
    return Counter(row for row in rows.itertuples(index=False, name=None) if row[1] not in aside)


@pytest.mark.parametrize("name", [STRUCTURE_NAME, CHANGES_NAME])
def test_committed_sample_is_what_the_generator_writes(tmp_path: Path, name: str) -> None:
    write_noark_sample(tmp_path)
    again = "run: python -m saksflyt.sample_logs"
    assert (tmp_path / name).read_bytes() == (COMMITTED / FOLDER / name).read_bytes(), again


def test_the_sample_is_small_and_its_people_are_synthetic() -> None:
    sizes = [(COMMITTED / FOLDER / name).stat().st_size for name in (STRUCTURE_NAME, CHANGES_NAME)]
    assert sum(sizes) < 150_000
    numbers = {about.applicant for about in applications(SEED, 14)}
    assert all(81 <= int(number[2:4]) <= 92 for number in numbers)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_log_of_the_archive_is_that_of_the_export(version: str, tmp_path: Path) -> None:
    """Version 4.0 gives days where the others give a clock."""
    hours = OfficeHours()
    write_extraction(tmp_path / "n5", [life_of(about, SEED, hours) for about in applications(SEED, CASES)], version)
    export = read(write_sample(tmp_path / "csv", cases=CASES).export, now=NOW)
    done = import_log(tmp_path / "n5", tmp_path / "log", mapping=MAPPING, now=NOW)
    form = "%Y-%m-%d" if version == "4.0" else "%Y-%m-%d %H:%M"
    told, known = steps(done.log, OF_THE_ARCHIVE, form), steps(export, OF_THE_CASE_SYSTEM, form)
    quarantined = [sum(source.quarantined.values()) for log in (done.log, export) for source in log.manifest.sources]
    if version == "4.0":  # a day has no hour that the clock leaves out
        assert sum((told - known).values()) == quarantined[-1] == 2
        told -= told - known
    else:
        assert quarantined[0] == quarantined[-1] == 2 and not quarantined[1]
    assert told == known and len({step for _, step, _, _ in told}) == 13
    closed = "select case_id, closed from cases order by case_id"
    assert done.log.sql(closed).equals(export.sql(closed))
    assert all(source.adds_up for source in done.receipt.sources)


def test_the_intended_flow_fits_as_far_as_the_archive_carries_it() -> None:
    """What is wrong is that the archive has more to tell, and no payments; and what was planted."""
    log = read(COMMITTED / FOLDER, mapping=MAPPING, now=NOW)
    flow = Flow.read("sosialhjelp")
    found = set(conform(log, flow).frame["sentence"])
    of_the_archive = {
        "Sak opprettet is not part of the flow", "Avskrevet: Besvart med brev is not part of the flow",
        "Utbetaling or Avslag sendt was skipped",
    }  # fmt: skip
    planted = {
        "Individuell vurdering og utmåling was done after Vedtak fattet, and is intended before it",
        "Dokumentasjon etterspurt was done more often than intended",
    }
    assert found == of_the_archive | planted


def test_the_same_bytes_under_every_seed_of_hashes(tmp_path: Path) -> None:
    program = "import sys\nfrom pathlib import Path\nfrom saksflyt.sample_logs.noark import write_noark_sample\nwrite_noark_sample(Path(sys.argv[1]))"
    for seed in ("1", "2"):
        subprocess.run([sys.executable, "-c", program, str(tmp_path / seed)], env={"PYTHONHASHSEED": seed}, check=True)
    for name in (STRUCTURE_NAME, CHANGES_NAME):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
