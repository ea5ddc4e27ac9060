"""The samples, read without configuration, give the logs that they gave before.

Written anew on purpose with ``SAKSFLYT_GOLD=write pytest tests/connectors/test_gold.py``.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksflyt.connectors.registry import read

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "tests" / "gold" / "connectors"
EVENTS = """
select case_id, position, activity, {times}, precision, resource, events.unit,
       applicant, type, strftime(closed, '%Y-%m-%dT%H:%MZ') as closed, {attributes}, source_row
from events join cases using (case_no) order by case_no, position
"""
MINUTES = "strftime(end_time, '%Y-%m-%dT%H:%MZ') as utc"
BOTH = "strftime(start_time, '%Y-%m-%dT%H:%M:%S.%gZ') as start, strftime(end_time, '%Y-%m-%dT%H:%M:%S.%gZ') as utc"
TABLES = ROOT / "sample_logs"
SHAPES = ROOT / "tests" / "cases" / "shapes"
CASES = "cases.unit as case_unit, strftime(due, '%Y-%m-%dT%H:%MZ') as due"
SAMPLES = {
    "soknader.csv": (ROOT / "sample_logs" / "soknader.csv", MINUTES, '"Beløp"'),
    "byggesak.csv": (
        ROOT / "tests" / "cases" / "byggesak.xes",
        BOTH,
        '"lifecycle:transition", tiltak, "tiltak:areal", dispensasjon, "mangler:navn"',
    ),
    "noark5.csv": (ROOT / "sample_logs" / "noark5", MINUTES, "journalposttype"),
    "digisos.csv": (
        ROOT / "sample_logs" / "digisos.ndjson",
        BOTH.partition("as start, ")[2],
        'utfall, "siste utfall", sak, "beløp", utbetalt, forfall, dokumenter, kanal, system',
    ),
    "wide.csv": (SHAPES / "wide.csv", MINUTES, CASES),
    "audit.csv": (SHAPES / "audit.csv", BOTH, "tablename"),
    "intervals.csv": (SHAPES / "intervals.csv", BOTH, CASES),
    "kostra_11cf.csv": (
        [ROOT / "sample_logs" / "11CF_2024.dat", ROOT / "sample_logs" / "11CF_2025.dat"],
        MINUTES,
        'cases.unit as case_unit, "Status", "Rapporteringsår", "Aldersgruppe", "Kjønn", "Inntekt etter programmet"',
    ),
    "kostra_11f.csv": (
        ROOT / "sample_logs" / "11F_2025.dat",
        MINUTES,
        'cases.unit as case_unit, "Bidrag", "Lån", "Aldersgruppe", "Arbeidssituasjon", "Vilkår stilt"',
    ),
    "joined.csv": ([SHAPES / "hendelser.csv", SHAPES / "saker.csv"], MINUTES, f"{CASES}, Kanal"),
    "soknader-wide.csv": (TABLES / "soknader-wide.csv", MINUTES, "cases.unit as case_unit"),
    "soknader-audit.csv": (TABLES / "soknader-audit.csv", MINUTES, "resource is null as by_nobody"),
    "soknader-intervals.csv": (TABLES / "soknader-intervals.csv", BOTH, "cases.unit as case_unit"),
    "soknader-joined.csv": (
        [TABLES / "soknader-joined-events.csv", TABLES / "soknader-joined-cases.csv"],
        MINUTES,
        "cases.unit as case_unit",
    ),
}


@pytest.mark.parametrize("gold", SAMPLES)
def test_the_sample_gives_the_same_log(gold: str) -> None:
    path, times, attributes = SAMPLES[gold]
    log = read(path, now=datetime(2026, 11, 22, tzinfo=UTC))
    found = log.sql(EVENTS.format(times=times, attributes=attributes)).to_csv(index=False, lineterminator="\n")
    if os.environ.get("SAKSFLYT_GOLD") == "write":
        GOLD.mkdir(exist_ok=True)
        (GOLD / gold).write_text(found, encoding="utf-8")
    assert found == (GOLD / gold).read_text(encoding="utf-8")
