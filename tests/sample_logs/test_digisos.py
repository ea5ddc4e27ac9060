"""The Digisos sample: the same applications as the CSV, told by what the format carries."""

import json
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

import saksflyt
from saksflyt.connectors.registry import import_log, read
from saksflyt.mining.identifiers import national_id
from saksflyt.mining.log import EventLog
from saksflyt.sample_logs.clock import SPRING_NIGHTS
from saksflyt.sample_logs.digisos import CASES, EXPORT_NAME, export
from saksflyt.sample_logs.generator import SEED, write_sample
from saksflyt.sample_logs.offices import DECIDED, EMERGENCY

COMMITTED = Path(saksflyt.__file__).parent / "sample_logs" / EXPORT_NAME
NOW = pd.Timestamp("2026-11-01T00:00Z").to_pydatetime()
# What both formats tell of, as the CSV calls it and as Digisos does.
SHARED = {
    "Søknad mottatt": "Søknad mottatt",
    "Tildelt saksbehandler": "Søknad under behandling",
    "Dokumentasjon etterspurt": "Dokumentasjon etterspurt",
    "Dokumentasjon levert": "Dokumentasjon levert",
    "Foreløpig svar": "Foreløpig svar",
    DECIDED: "Vedtak",
    EMERGENCY: "Vedtak",
    "Utbetaling": "Utbetaling",
}
SKIPPED = [pd.Timestamp(f"{night}T00:00Z") for night in SPRING_NIGHTS]
DECISIONS = {"Vedtak fattet": "Vedtak", "Nytt vedtak fattet": "Vedtak"}


def told(log: EventLog, names: dict[str, str]) -> Counter[tuple[str, pd.Timestamp]]:
    frame = log.sql("select activity, end_time from events")
    return Counter((names[step], when) for step, when in frame.itertuples(index=False) if step in names)


def by_case(log: EventLog, names: dict[str, str]) -> list[tuple[tuple[str, pd.Timestamp], ...]]:
    frame = log.sql("select case_no, activity, end_time from events order by case_no, position")
    frame = frame[frame["activity"].isin(list(names)) & ~frame["end_time"].dt.floor("h").isin(SKIPPED)]
    cases = frame.groupby("case_no")[["activity", "end_time"]]
    return sorted(tuple(sorted((names[a], t) for a, t in group.itertuples(index=False))) for _, group in cases)


def test_committed_sample_is_what_the_generator_writes() -> None:
    assert export(SEED) == COMMITTED.read_bytes(), "run: python -m saksflyt.sample_logs"
    assert len(export(SEED)) < 150_000


def test_people_in_it_are_synthetic() -> None:
    found = [json.loads(line).get("sokerFnr") for line in COMMITTED.read_text(encoding="utf-8").splitlines()]
    people = [number for number in found if number]
    assert len(people) == CASES and all(national_id(number) and int(number[2:4]) > 80 for number in people)


@pytest.mark.parametrize("seed", [SEED, 7])
def test_both_formats_tell_the_same_of_what_both_carry(seed: int, tmp_path: Path) -> None:
    sample = write_sample(tmp_path / "csv", seed=seed, cases=150)
    (tmp_path / EXPORT_NAME).write_bytes(export(seed, 150))
    table, digisos = read(sample.export, now=NOW), read(tmp_path / EXPORT_NAME, now=NOW)
    ours = {name: name for name in SHARED.values()} | DECISIONS
    more = told(digisos, ours) - told(table, SHARED)
    # What the wall clock never showed cannot be written in the CSV so that it can be read.
    assert set(more) == {(step, when) for step, when in more if when.floor("h") in SKIPPED}
    assert more.total() == sum(table.manifest.sources[0].quarantined.values())
    assert not told(table, SHARED) - told(digisos, ours)
    assert by_case(table, SHARED) == by_case(digisos, ours)
    closed = "select closed from cases where closed is not null order by closed"
    assert table.sql(closed)["closed"].to_list() == digisos.sql(closed)["closed"].to_list()
    assert table.case_count == digisos.case_count == 150
    assert table.manifest.applicants == digisos.manifest.applicants


def test_the_sample_shows_what_the_format_can_tell(tmp_path: Path) -> None:
    done = import_log(COMMITTED, tmp_path / "log", now=NOW)
    [source] = done.receipt.sources
    assert source.adds_up and not source.quarantined and done.log.case_count == CASES
    assert {"matter registered by mistake", "payment with the same status as before"} <= set(source.set_aside)
    steps = set(done.log.sql("select distinct activity from events")["activity"])
    assert {"Sak uten innsyn", "Sak behandles ikke", "Vilkår satt", "Utbetaling planlagt", "Klage sendt"} <= steps
