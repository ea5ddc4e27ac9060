"""Which connector reads a file, and what a mapping file may say."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from saksflyt.connectors import registry
from saksflyt.connectors.connector import Connector, Desk, Records
from saksflyt.connectors.mapping import Mapping
from saksflyt.connectors.registry import connector_for, connectors, read
from saksflyt.mining.errors import DataError, UsageError

ROWS = {
    "Saksnr": ["1", "1", "2"],
    "Hendelse": ["a", "b", "a"],
    "Tidspunkt": [1_704_103_200_000_000, 1_704_189_600_000_000, 1_704_276_000_000_000],
    "Beløp": [1.5, None, 2.0],
    "Antall": [1, None, 3],
}


class Greedy:
    name, reads, guide = "greedy", "everything", "nowhere"

    def knows(self, path: Path) -> bool:
        return True

    def records(self, path: Path, desk: Desk, first: int) -> list[Records]:
        return []


BUILT_IN = ["tables", "arrow", "xes", "kostra", "noark5", "digisos", "spreadsheet"]


def table(zone: str | None) -> pa.Table:
    return pa.table({**ROWS, "Tidspunkt": pa.array(ROWS["Tidspunkt"], pa.timestamp("us", tz=zone))})


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Oslo"])
@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_parquet_and_feather(tmp_path: Path, kind: str, zone: str | None) -> None:
    path = tmp_path / f"export[1].{kind}"
    write = pq.write_table if kind == "parquet" else feather.write_feather
    write(table(zone), str(path))
    log = read(path)
    assert log.traces() == [("a", "b"), ("a",)]
    first = log.sql("select min(end_time) as t from events")["t"].iloc[0]
    assert first.isoformat() == ("2024-01-01T10:00:00+00:00" if zone else "2024-01-01T09:00:00+00:00")
    assert log.sql("select sum(Beløp) as s from events")["s"].iloc[0] == 3.5


def test_every_connector_says_what_it_reads() -> None:
    assert [connector.name for connector in connectors()][:7] == BUILT_IN
    assert all(isinstance(connector, Connector) and connector.reads and connector.guide for connector in connectors())


def test_two_that_know_a_file_are_both_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a;b\n")
    monkeypatch.setattr(registry, "connectors", lambda: (*connectors(), Greedy()))
    with pytest.raises(DataError, match="Both tables and greedy"):
        connector_for(path)


def test_others_come_through_entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    class Entry:
        name = "greedy"

        def load(self) -> type:
            return Greedy

    monkeypatch.setattr(registry, "entry_points", lambda group: [Entry()] if group == "saksflyt.connectors" else [])
    connectors.cache_clear()
    try:
        names = [connector.name for connector in connectors()]
        assert names == [*BUILT_IN, "greedy"]
    finally:
        connectors.cache_clear()


FAULTS = [
    ('zne = "Europe/Oslo"', "Did you mean 'zone'"),
    ('zone = "Europe/Olso"', "no time zone"),
    ('[columns]\n"A" = "resorce"', "Did you mean 'resource'"),
    ('[columns]\n"A" = { rle = "time" }', "Did you mean 'role'"),
    ('[columns]\n"A" = "case"\n"B" = "case"', "both have the role"),
    ('[columns]\n"A" = 3', "must be a role"),
    ('[columns]\n"A" = { role = "time", precision = "hour" }', "unknown precision"),
    ('delimiter = ";;"', "one character"),
    ('encoding = "cp9999"', "no text encoding"),
    ("as_of = 3", "must be a date"),
    ('[ranks]\n"a" = "x"', "whole number"),
    ('[activities]\n"a" = ""', "new name"),
    ("columns = 3", "must be a table"),
    ("a = = b", "not valid TOML"),
]


@pytest.mark.parametrize(("text", "sentence"), FAULTS)
def test_a_faulty_mapping_is_refused_by_name(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=sentence) as raised:
        Mapping.load(path)
    assert "mapping.toml" in str(raised.value) or "time zone" in str(raised.value)


def test_a_mapping_is_written_and_read_back(tmp_path: Path) -> None:
    plain = {
        "zone": "UTC",
        "as_of": "2026-06-30",
        "delimiter": "\t",
        "encoding": "cp1252",
        "columns": {'Sak "nr"\\': "case", "T\n": {"role": "time", "format": "%d/%m/%Y", "precision": "day"}},
        "activities": {"a": "b"},
        "ranks": {"b": -1},
    }
    path = tmp_path / "mapping.toml"
    path.write_text(Mapping.from_dict(plain).toml(), encoding="utf-8")
    assert Mapping.load(path) == Mapping.from_dict(plain)
    assert Mapping.load(path).to_dict() == plain
