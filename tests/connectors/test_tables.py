"""What a Norwegian export looks like, and how it is read with no configuration."""

import gzip
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksflyt.connectors.registry import import_log, inspect, read
from saksflyt.mining.errors import DataError, UsageError

NOW = datetime(2026, 11, 1, tzinfo=UTC)

EXPORT = """Saksliste økonomisk sosialhjelp;;;;;;;
Uttrekk 01.07.2026;;;;;;;
;;;;;;;
Saksnr;Hendelse;Tidspunkt;Saksbehandler;Enhet;Søker;Beløp;Merknad
2024/1;Søknad mottatt;01.02.2024 09:15;Kari;Åsen;A;;"Ringte; sier ""hei""
og kom tilbake"
2024/1;Vedtak fattet;13.02.2024 14:05;Ola;Åsen;A;1 234,50;
2024/01;Søknad mottatt;02.02.2024 10:00;Kari;0301;B;;Ny
="0301";Søknad mottatt;03.02.2024 08:30;Ola;0301;A;10,00;
Sum;4;;;;;1 244,50;
"""


def write(folder: Path, text: str, encoding: str = "utf-8", name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_norwegian_export(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    text = EXPORT.replace("Ringte; sier", "Ringte, sier").replace(";", delimiter).replace("\n", end)
    done = import_log(write(tmp_path, text, encoding), tmp_path / "out", now=NOW)
    log, source = done.log, done.receipt.sources[0]
    assert log.sql("select case_id, type, unit from cases order by case_id")["case_id"].to_list() == [
        "0301",
        "2024/01",
        "2024/1",
    ]
    rows = log.sql("select activity, source_row from events order by source_row")
    assert rows["source_row"].to_list() == [5, 7, 8, 9]
    assert source.set_aside == {"title row": 3, "sum row": 1}
    assert (source.records, source.accepted, source.adds_up) == (8, 4, True)
    amounts = log.sql("select Beløp from events where Beløp is not null order by Beløp")
    assert amounts["Beløp"].to_list() == [10.0, 1234.5]
    assert "Merknad" in done.receipt.dropped
    assert log.manifest.mapping["zone"] == "Europe/Oslo"
    first = log.sql("select min(end_time) as t from events")["t"].iloc[0]
    assert first.tz_convert("Europe/Oslo").isoformat() == "2024-02-01T09:15:00+01:00"
    assert set(log.sql("select precision from events")["precision"]) == {"minute"}


def test_packed_files_give_the_same_log(tmp_path: Path) -> None:
    plain = write(tmp_path, EXPORT)
    packed = tmp_path / "packed.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    archive = tmp_path / "archive.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("export.csv", plain.read_bytes())
        file.writestr("les meg.md", "ikke en tabell")
        file.writestr("__MACOSX/export.csv", b"\0")
    logs = [read(path, now=NOW) for path in (plain, packed, archive)]
    assert len({tuple(map(tuple, log.traces())) for log in logs}) == 1
    assert len({log.manifest.sources[0].sha256 for log in logs}) == 1
    assert logs[2].manifest.sources[0].name == "archive.zip/export.csv"


def test_the_same_file_twice_is_a_proved_duplicate(tmp_path: Path) -> None:
    one, two = write(tmp_path, EXPORT), write(tmp_path, EXPORT, name="again.csv")
    done = import_log([one, two], tmp_path / "out", now=NOW)
    first, second = done.receipt.sources
    assert (first.accepted, second.accepted, second.duplicates) == (4, 0, {"overlapping file": 4})
    assert first.adds_up and second.adds_up and done.log.event_count == 4


def test_event_ids_prove_duplicates_and_identical_rows_are_kept(tmp_path: Path) -> None:
    text = (
        "Hendelse ID;Saksnr;Aktivitet;Dato\n1;A;x;01.01.2024\n1;A;x;01.01.2024\n2;A;y;02.01.2024\n2;A;z;02.01.2024\n"
        ";A;w;03.01.2024\n;A;w;03.01.2024\n"
    )
    done = import_log(write(tmp_path, text), tmp_path / "out", now=NOW)
    source = done.receipt.sources[0]
    assert (source.records, source.accepted, source.duplicates) == (6, 5, {"same event id and content": 1})
    assert any("different content" in note for note in done.receipt.notes)


def test_overlapping_exports_are_joined_by_event_id(tmp_path: Path) -> None:
    head = "Hendelse ID;Saksnr;Aktivitet;Dato\n"
    one = write(tmp_path, head + "1;A;x;01.01.2024\n2;A;y;02.01.2024\n", name="januar.csv")
    two = write(tmp_path, head + "2;A;y;02.01.2024\n3;A;z;03.02.2024\n", name="februar.csv")
    done = import_log([one, two], tmp_path / "out", now=NOW)
    assert [source.accepted for source in done.receipt.sources] == [2, 1]
    assert done.log.traces() == [("x", "y", "z")]


@pytest.mark.parametrize(
    "header",
    [
        "Saksnummer;Aktivitet;Dato",
        "Sak;Steg;Tid",
        "case:concept:name;concept:name;time:timestamp",
        "Case ID;Activity;Complete Timestamp",
        "_CASE_KEY;ACTIVITY_EN;EVENTTIME",
        "case_id;Activity;end_time",
        "Saksnr;Hendelse;Registrert dato",
        "Sak ID;Hendelsestype;Hendelsestidspunkt",
        "x;y;z",
    ],
)
def test_roles_are_recognised(tmp_path: Path, header: str) -> None:
    rows = [f"S-{n // 3};{'abc'[n % 3]} steg;{n % 28 + 1:02}.01.2024" for n in range(30)]
    log = read(write(tmp_path, header + "\n" + "\n".join(rows)), now=NOW)
    assert (log.case_count, log.activity_count, log.date_only) == (10, 3, True)


def test_start_and_end(tmp_path: Path) -> None:
    text = "Sak;Steg;Start;Slutt\n1;a;01.02.2024 08:00;01.02.2024 09:00\n1;b;01.02.2024 10:00;01.02.2024 09:30\n"
    done = import_log(write(tmp_path, text), tmp_path / "out", now=NOW)
    assert done.receipt.cells == {"Start: start after the end": 1}
    assert done.receipt.sources[0].accepted == 2
    assert done.log.sql("select start_time from events order by position")["start_time"].isna().to_list() == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("values", "kind"), [(["Ja", "Nei"], "boolean"), (["X", ""], "boolean"), (["05.03.2024", ""], "day")]
)
def test_closed_is_a_time_or_a_truth(tmp_path: Path, values: list[str], kind: str) -> None:
    text = "Saksnr;Steg;Dato;Avsluttet\n1;a;01.02.2024;{}\n2;a;02.02.2024;{}\n".format(*values)
    log = read(write(tmp_path, text), now=NOW)
    assert log.manifest.closed == kind
    closed = log.sql("select case_id, closed from cases order by case_id")["closed"]
    assert bool(closed.iloc[0])
    assert closed.isna().iloc[1] or not closed.iloc[1]


def test_the_printed_mapping_keeps_every_guess(tmp_path: Path) -> None:
    path = write(tmp_path, EXPORT, "cp1252")
    found = inspect(path)
    kept = tmp_path / "mapping.toml"
    kept.write_text(found.mapping, encoding="utf-8")
    assert read(path, mapping=kept, now=NOW).traces() == read(path, now=NOW).traces()
    assert found.layout["encoding"] == "cp1252"
    assert '"Tidspunkt" = { role = "time", format = "%d.%m.%Y %H:%M" }' in found.mapping
    assert "Kari" not in repr(found) and "Ringte" not in repr(found)
    assert any("Tidspunkt" in line and "day first" in line for line in found.lines())


def test_inspect_shows_faults_and_refuses_nobody(tmp_path: Path) -> None:
    text = (
        "Saksnr;Hendelse;Tidspunkt;Frist\n1;a;01.02.2024 10:00;01/02/2024\n1;b;tull;02/02/2024\n1;c;02.02.2024 10:00;\n"
    )
    found = inspect(write(tmp_path, text))
    faults = {column.header: column.fault for column in found.columns}
    assert faults["Tidspunkt"] == "1 value cannot be read as times"
    assert 'role = "due"' in faults["Frist"]
    assert inspect(write(tmp_path, "Foo;Bar\n1;2\n")).fault.startswith("export.csv: no column")


def test_the_mapping_decides(tmp_path: Path) -> None:
    path = write(tmp_path, EXPORT)
    said = {
        "columns": {"Merknad": "attribute", "Beløp": {"role": "attribute", "type": "text"}, "Enhet": "drop"},
        "activities": {"Vedtak fattet": "Vedtak"},
        "ranks": {"Vedtak": 3},
    }
    log = read(path, mapping=said, now=NOW)
    assert log.activities == ["Søknad mottatt", "Vedtak"]
    assert set(log.sql("select rank from events where activity = 'Vedtak'")["rank"]) == {3}
    assert log.sql("select count(unit) as n from events")["n"].iloc[0] == 0
    with pytest.raises(UsageError, match="Did you mean 'Merknad'"):
        read(path, mapping={"columns": {"Merkand": "drop"}})


def test_names_that_clash_and_columns_without_names(tmp_path: Path) -> None:
    text = ";Saksnr;Steg;Dato;position;Unit;kanal;kanal\n0;1;a;01.02.2024;p;u;x;y\n1;1;b;02.02.2024;q;u;x;y\n"
    log = read(write(tmp_path, text), now=NOW)
    columns = set(log.sql("select * from events").columns) | set(log.sql("select * from cases").columns)
    assert {"position_2", "kanal", "kanal_2"} <= columns
    assert not any("column" in name for name in columns)


def test_both_clock_changes(tmp_path: Path) -> None:
    text = "Saksnr;Steg;Tidspunkt\n1;a;31.03.2024 01:30\n1;b;31.03.2024 02:30\n1;c;27.10.2024 02:30\n1;d;27.10.2024 03:30\n"
    done = import_log(write(tmp_path, text), tmp_path / "out", now=NOW)
    facts = done.log.manifest
    assert (facts.ambiguous_times, facts.missing_times) == (1, 1)
    assert done.receipt.sources[0].quarantined == {"time does not exist (clock change)": 1}
    times = done.log.sql("select end_time from events order by position")["end_time"]
    assert [t.isoformat() for t in times] == [
        "2024-03-31T00:30:00+00:00",
        "2024-10-27T00:30:00+00:00",
        "2024-10-27T02:30:00+00:00",
    ]


def test_an_export_without_records_is_an_empty_log(tmp_path: Path) -> None:
    done = import_log(write(tmp_path, "Saksnr;Hendelse;Tidspunkt\n"), tmp_path / "out", now=NOW)
    assert (done.log.case_count, done.receipt.sources[0].records) == (0, 0)


def test_a_log_opens_as_it_is(tmp_path: Path) -> None:
    done = import_log(write(tmp_path, EXPORT), tmp_path / "out", now=NOW)
    assert read(tmp_path / "out.saksflyt").traces() == done.log.traces()
    with pytest.raises(UsageError, match="exists already"):
        import_log(write(tmp_path, EXPORT), tmp_path / "out", now=NOW)
    import_log(write(tmp_path, EXPORT), tmp_path / "out", now=NOW, replace=True)


def test_hostile_names_run_nothing_and_break_nothing(tmp_path: Path) -> None:
    nasty = ["</script>", '"; drop table raw_0; --', "{{7*7}}", "=cmd|x", "\u202eomvendt", "'", "a'b", "$1", "%s"]
    header = "Saksnr;Steg;Dato;" + ";".join('"' + name.replace('"', '""') + '"' for name in nasty)
    rows = [
        f'{n};"{name.replace(chr(34), chr(34) * 2)}";0{n + 1}.01.2024' + ";v" * len(nasty)
        for n, name in enumerate(nasty)
    ]
    log = read(write(tmp_path, header + "\n" + "\n".join(rows)), now=NOW)
    assert set(log.activities) == set(nasty)
    assert set(nasty) <= set(log.sql("select * from cases").columns)


def test_footer_and_blank_lines_are_set_aside(tmp_path: Path) -> None:
    text = "Saksnr;Steg;Dato\n1;a;01.02.2024\n2;a;02.02.2024\n\n;;\nAntall saker: 2\nTotalt;2;\n\n\n"
    done = import_log(write(tmp_path, text), tmp_path / "out", now=NOW)
    source = done.receipt.sources[0]
    assert (source.accepted, source.adds_up) == (2, True)
    assert source.set_aside["sum row"] == 2


def test_which_delimiter(tmp_path: Path) -> None:
    text = "Saksnr;Beløp;Steg;Dato\n1;10,5;a, b;01.02.2024\n2;11,5;a, b;02.02.2024\n"
    log = read(write(tmp_path, text), now=NOW)
    assert log.activities == ["a, b"]
    with pytest.raises(DataError, match="is not a table"):
        read(write(tmp_path, "bare ord\nuten tabell\n"))
