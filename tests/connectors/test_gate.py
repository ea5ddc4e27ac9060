"""Personal data stops an import, and no message, quarantine or manifest ever holds a value."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksflyt.connectors.registry import import_log, inspect, read
from saksflyt.mining.errors import PersonalData

NOW = datetime(2026, 11, 1, tzinfo=UTC)
NUMBERS = ["01819000049", "01819000200", "13527248013", "68467038838", "10915596784"]


def exported(folder: Path, header: str, values: list[str]) -> Path:
    path = folder / "export.csv"
    rows = "".join(f"{n};steg;01.02.2024 10:{n % 60:02};{value}\n" for n, value in enumerate(values))
    path.write_text(f"Saksnr;Hendelse;Tidspunkt;{header}\n" + rows, encoding="utf-8")
    return path


COLUMNS = [
    ("Ekstra", NUMBERS, "national ids"),
    ("Ekstra", [number.lstrip("0") for number in NUMBERS], "national ids"),
    ("Ekstra", [f"{number[:6]} {number[6:]}" for number in NUMBERS], "national ids"),
    ("Ekstra", NUMBERS[:3] + ["x"] * 7, "national ids"),
    ("Konto", ["12345678903", "1234.56.78903"], "account numbers"),
    ("Kontakt", ["ola@nav.no"] + ["-"] * 99, "e-mail addresses"),
    ("Enhet", NUMBERS, "national ids"),
]


@pytest.mark.parametrize(("header", "values", "kind"), COLUMNS)
def test_the_gate_stops(tmp_path: Path, header: str, values: list[str], kind: str) -> None:
    path = exported(tmp_path, header, values)
    with pytest.raises(PersonalData, match=kind) as raised:
        import_log(path, tmp_path / "log", now=NOW)
    message = str(raised.value)
    assert header in message and f'"{header}" = "drop"' in message and raised.value.exit_code == 3
    assert not any(value in message for value in values if len(value) > 1)
    assert not (tmp_path / "log.saksflyt").exists()
    found = inspect(path)
    assert any(column.suspected for column in found.columns)
    assert not any(value in repr(found) for value in values if len(value) > 5)
    assert read(path, mapping=_kept(tmp_path, found.mapping), now=NOW).event_count == len(values)


def _kept(folder: Path, text: str) -> Path:
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("role", ["drop", "applicant", "resource", "free text"])
def test_the_ways_out(tmp_path: Path, role: str) -> None:
    log = read(exported(tmp_path, "Ekstra", NUMBERS), mapping={"columns": {"Ekstra": role}}, now=NOW)
    everything = b"".join(path.read_bytes() for path in log.path.rglob("*") if path.is_file())
    shown = log.sql("select * from events").to_csv() + log.sql("select * from cases").to_csv()
    assert not any(number.encode() in everything or number in shown for number in NUMBERS)


def test_applicants_pass_by_the_name_of_their_column(tmp_path: Path) -> None:
    log = read(exported(tmp_path, "Fødselsnummer", NUMBERS), now=NOW)
    assert set(log.sql("select applicant from cases")["applicant"]) == {"A1", "A2", "A3", "A4", "A5"}


def test_less_than_three_in_ten_pass(tmp_path: Path) -> None:
    assert read(exported(tmp_path, "Ekstra", NUMBERS[:2] + ["x"] * 8), now=NOW).event_count == 10


def test_a_case_that_is_a_person(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Sak;Steg;Dato\n" + "".join(f"{n};a;01.02.2024\n" for n in NUMBERS))
    with pytest.raises(PersonalData, match="cannot be dropped"):
        read(path)


def test_activities_are_tried_as_well(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Sak;Steg;Dato\n" + "".join(f"{n};Brev til {n};01.02.2024\n" for n in NUMBERS), encoding="utf-8")
    with pytest.raises(PersonalData, match="'Steg'"):
        read(path, mapping={"columns": {"Sak": "case", "Steg": "activity"}})


def test_many_values_are_judged_by_their_share(tmp_path: Path) -> None:
    values = [f"{n:011}" for n in range(10_000_000_000, 10_000_006_000)]
    assert read(exported(tmp_path, "Løpenr", values), now=NOW).event_count == 6000


def test_canaries_never_come_out(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    canary = "Kari Hemmelig"
    path.write_text(
        "Saksnr;Hendelse;Tidspunkt;Saksbehandler;Navn;Merknad;Resource\n"
        + "".join(f"{n};a;01.02.2024 10:00;{canary};{canary};{canary} {NUMBERS[0]};{canary}\n" for n in range(60))
        + f"61;a;{canary};{canary};x;x;x\n62;a;{NUMBERS[0]};x;x;x;x\n;{canary};01.02.2024 10:00;x;x;x;x\n"
        + f'{canary};"{canary};x;x;x;x;x;x;x;x\n',
        encoding="utf-8",
    )
    done = import_log(path, tmp_path / "log", now=NOW)
    files = [file for file in tmp_path.rglob("*") if file.is_file() and file != path]
    everything = b"".join(file.read_bytes() for file in files) + "\n".join(done.receipt.lines()).encode()
    for table in ("events", "cases"):
        everything += done.log.sql(f"select * from {table}").to_csv().encode()
    assert b"Hemmelig" not in everything and NUMBERS[0].encode() not in everything
    assert any(file.name == "log.quarantine.csv" for file in files)
