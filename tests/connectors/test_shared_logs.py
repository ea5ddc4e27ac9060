"""Every public log is read right with no configuration: its cases, events, variants, activities and period."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksflyt.connectors.registry import connector_for, import_log, inspect, read

SHARED = Path(__file__).parents[2].parent / "shared" / "logs"
_ROW = re.compile(
    r"\| `(?P<file>[^`]+\.(?:csv|xes)(?:\.gz)?)` \| (?P<cases>\d+) \| (?P<events>\d+) \| (?P<variants>\d+) \| "
    r"(?P<activities>\d+) \| (?P<first>[\d-]+)\.\.(?P<last>[\d-]+) \| (?P<starts>\w+)"
)


def _table() -> list[re.Match[str]]:
    readme = SHARED / "README.md"
    return list(_ROW.finditer(readme.read_text(encoding="utf-8"))) if readme.exists() else []


needs_logs = pytest.mark.skipif(not SHARED.exists(), reason="the public logs are not on this machine")


@needs_logs
def test_the_table_is_found() -> None:
    assert len(_table()) > 29


@pytest.mark.parametrize("row", _table(), ids=lambda row: row["file"].rsplit("/", 1)[-1])
def test_log_equals_the_table(row: re.Match[str]) -> None:
    log = read(SHARED / row["file"], now=datetime(2026, 11, 1, tzinfo=UTC))
    facts = log.manifest
    # The table counts the records of a log with starts and completions, of which two make one event.
    paired = any(source.paired for source in facts.sources)
    events = sum(source.records for source in facts.sources) if paired else facts.events
    found = (facts.cases, events, facts.variants, facts.activities)
    assert found == tuple(int(row[key]) for key in ("cases", "events", "variants", "activities"))
    first = log.sql("select min(least(end_time, coalesce(start_time, end_time))) as t from events")["t"].iloc[0]
    assert facts.last_time is not None
    assert (first.date().isoformat(), facts.last_time.date().isoformat()) == (row["first"], row["last"])
    assert all(source.adds_up for source in facts.sources)


@needs_logs
@pytest.mark.parametrize(
    "file",
    [
        f"restricted/small_unit/{name}"
        for name in (
            "running-example.csv",
            "running-example.parquet",
            "running-example.xes",
            "running_example.xes",
        )
    ],
)
def test_running_example_in_every_form(file: str) -> None:
    facts = read(SHARED / file).manifest
    assert (facts.cases, facts.events, facts.variants, facts.activities, facts.resources) == (6, 42, 6, 8, 6)


@needs_logs
def test_tables_can_be_inspected_and_its_mapping_gives_the_same_log(tmp_path: Path) -> None:
    for row in _table()[::4]:
        path = SHARED / row["file"]
        mapping = tmp_path / "mapping.toml"
        mapping.write_text(inspect(path).mapping, encoding="utf-8")
        guessed, kept = read(path), read(path, mapping=mapping)
        assert guessed.traces() == kept.traces()
        assert connector_for(path).name == ("tables" if ".csv" in path.name else "xes")


@needs_logs
def test_receipt_permit_log_in_parquet(tmp_path: Path) -> None:
    done = import_log(SHARED / "restricted/municipal/receipt.parquet", tmp_path / "receipt")
    assert (done.log.case_count, done.log.event_count, done.log.activity_count) == (1434, 8577, 27)
    assert done.receipt.sources[0].adds_up
