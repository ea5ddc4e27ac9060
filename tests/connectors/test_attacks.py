"""What an attacker tried and broke: each stays mended."""

import os
import struct
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from saksflyt.connectors.registry import import_log, inspect, read
from saksflyt.mining.errors import DataError, UsageError
from saksflyt.mining.throughput import throughput

NOW = datetime(2026, 11, 1, tzinfo=UTC)
GOOD = "Saksnr;Hendelse;Tidspunkt\n1;a;01.02.2024 10:00\n1;b;02.02.2024 10:00\n2;a;03.02.2024 10:00\n"


def _export(folder: Path, text: str, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _with_closed(*values: str) -> str:
    return "Saksnr;Hendelse;Tidspunkt;Avsluttet\n" + "".join(
        f"{n};a;01.02.2024 10:00;{value}\n" for n, value in enumerate(values)
    )


@pytest.mark.parametrize("value", ["", "NULL"])
def test_a_closed_column_that_is_empty_says_that_every_case_is_open(value: str, tmp_path: Path) -> None:
    done = import_log(_export(tmp_path, _with_closed(value, value, value)), tmp_path / "log", now=NOW)
    assert done.log.closing_known and done.log.manifest.closed == "time"
    assert throughput(done.log).closed == 0
    assert any("every case is open" in note for note in done.receipt.notes)
    assert "Avsluttet" not in done.receipt.dropped


def test_what_one_file_says_of_closing_holds_for_the_other(tmp_path: Path) -> None:
    paths = [
        _export(tmp_path, _with_closed("", ""), "a.csv"),
        _export(tmp_path, _with_closed("31.01.2024", "").replace(";a", "7;b"), "b.csv"),
    ]
    done = import_log(paths, tmp_path / "log", now=NOW)
    assert done.log.sql("select count(closed) as n from cases")["n"].item() == 1
    assert not any("every case is open" in note for note in done.receipt.notes)


def test_a_mapped_closed_column_that_is_empty_stays_known(tmp_path: Path) -> None:
    path = _export(tmp_path, _with_closed("", "").replace("Avsluttet", "Foo"))
    assert read(path, mapping={"columns": {"Foo": "closed"}}, now=NOW).closing_known


@pytest.mark.parametrize(("value", "kind"), [("05.02.2024", "day"), ("05.02.2024 12:00", "time"), ("Ja", "boolean")])
def test_an_empty_closed_column_goes_with_any_kind_in_another_file(value: str, kind: str, tmp_path: Path) -> None:
    paths = [
        _export(tmp_path, _with_closed("", ""), "a.csv"),
        _export(tmp_path, _with_closed(value, value, ""), "b.csv"),
    ]
    assert read(paths, now=NOW).manifest.closed == kind


def test_a_value_that_the_sample_misses_is_not_taken_for_none(tmp_path: Path) -> None:
    values = [""] * 5000
    values[3001] = "01.02.2024 12:00"
    log = read(_export(tmp_path, _with_closed(*values)), now=NOW)
    assert throughput(log).closed == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", Path("/dev/null")):
        with pytest.raises(DataError, match="a pipe or a device"):
            read(path)


@pytest.mark.skipif(os.name == "nt", reason="names are text on Windows")
def test_a_name_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/sak\xe6r.csv"))
    odd.write_text(GOOD)
    for attempt in (lambda: read(odd), lambda: inspect(odd), lambda: import_log(_export(tmp_path, GOOD), odd)):
        with pytest.raises(UsageError, match="no UTF-8 text; rename it"):
            attempt()


def test_a_long_name_is_read(tmp_path: Path) -> None:
    assert read(_export(tmp_path, GOOD, "å" * 120 + ".csv"), now=NOW).case_count == 2


@pytest.mark.parametrize("target", ["", ".", "..", "/"])
def test_a_folder_is_no_name_for_a_log(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _export(tmp_path, GOOD)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="is a folder; name the log"):
        import_log(path, target, now=NOW)
    assert [entry.name for entry in tmp_path.iterdir()] == ["export.csv"]


def test_a_tilde_is_a_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "~").mkdir()
    _export(tmp_path / "~", GOOD)
    assert import_log("~/export.csv", "~/log", now=NOW).log.case_count == 2
    assert (tmp_path / "~" / "log.saksflyt").is_dir()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc here")
def test_a_quarantine_that_has_no_place_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Choose another place"):
        import_log(_export(tmp_path, GOOD + ";a;03.02.2024 10:00\n"), "/proc/q", now=NOW)


def test_inspecting_a_folder_says_that_it_is_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder; name the files in it"):
        inspect(tmp_path)


def test_more_columns_than_can_be_looked_at_are_refused(tmp_path: Path) -> None:
    names = [f"k{n}" for n in range(2001)]
    table = pa.table({name: ["1"] for name in names})
    parquet.write_table(table, tmp_path / "wide.parquet")
    for path in (_export(tmp_path, ";".join(names) + "\n"), tmp_path / "wide.parquet"):
        with pytest.raises(DataError, match="2001 columns, more than 2000"):
            read(path)


def _zip_with(folder: Path, offset: int, value: bytes) -> Path:
    """A zip whose list of contents is changed at `offset`."""
    path = folder / "made.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", GOOD)
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02") + offset
    content[at : at + len(value)] = value
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("offset", "value"), [(42, struct.pack("<I", 0x7FFFFFFF)), (46, b"Q")])
def test_a_zip_whose_list_does_not_fit_its_members(offset: int, value: bytes, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cut short or damaged"):
        read(_zip_with(tmp_path, offset, value))


def _frame() -> pd.DataFrame:
    times = pd.date_range("2024-02-01", periods=4, freq="h", tz="UTC")
    return pd.DataFrame({"Saksnr": list("1122"), "Hendelse": list("abab"), "Tidspunkt": times})


def test_nanoseconds_with_a_zone_as_pandas_writes_them(tmp_path: Path) -> None:
    frame = _frame()
    frame["Tidspunkt"] = frame["Tidspunkt"].dt.as_unit("ns")
    frame.to_parquet(tmp_path / "a.parquet")
    feather.write_feather(frame, str(tmp_path / "a.feather"))
    for name in ("a.parquet", "a.feather"):
        log = read(tmp_path / name, now=NOW)
        assert log.manifest.first_time == datetime(2024, 2, 1, tzinfo=UTC)


def test_ids_that_an_empty_cell_made_into_fractions_are_whole_again(tmp_path: Path) -> None:
    frame = _frame()
    frame["Saksnr"] = [1.0, 1.0, 2.0, None]
    frame.to_parquet(tmp_path / "a.parquet")
    done = import_log(tmp_path / "a.parquet", tmp_path / "log", now=NOW)
    assert done.receipt.sources[0].quarantined == {"no case id": 1}
    assert done.log.sql("select case_id from cases order by 1")["case_id"].tolist() == ["1", "2"]


def test_a_damaged_feather_does_not_end_the_process(tmp_path: Path) -> None:
    path = tmp_path / "a.feather"
    table = pa.table({"Saksnr": list("1122"), "Hendelse": list("abab"), "Tidspunkt": ["01.02.2024"] * 4})
    feather.write_feather(table, str(path), compression="uncompressed")
    content = bytearray(path.read_bytes())
    at = content.find(struct.pack("<5i", 0, 1, 2, 3, 4))
    content[at + 4 : at + 8] = b"\xff\xff\xff\x7f"
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        read(path)


def test_an_old_feather_file_has_one_reader(tmp_path: Path) -> None:
    (tmp_path / "a.feather").write_bytes(b"FEA1" + b"x" * 50)
    with pytest.raises(DataError, match="damaged"):
        read(tmp_path / "a.feather")


def test_a_mapping_without_a_floor_is_refused(tmp_path: Path) -> None:
    path, mapping = _export(tmp_path, GOOD), _export(tmp_path, "a=" + "[" * 5000 + "]" * 5000, "m.toml")
    with pytest.raises(UsageError, match="nested too deeply"):
        read(path, mapping=mapping)


@pytest.mark.parametrize("said", ['as_of = "9999-12-31"', "from = 0001-01-01"])
def test_the_ends_of_the_calendar_are_refused(said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="end of the calendar"):
        read(_export(tmp_path, GOOD), mapping=_export(tmp_path, said, "m.toml"), now=NOW)


def test_one_national_id_among_other_values_is_not_shown(tmp_path: Path) -> None:
    rows = "".join(f"{n};a;01.02.2024 10:00;vare {n}\n" for n in range(20))
    path = _export(tmp_path, "Saksnr;Hendelse;Tidspunkt;Ekstra\n0;a;01.02.2024 10:00;01819000049\n" + rows)
    assert "01819000049" not in repr(inspect(path))


def test_a_first_row_with_an_address_is_no_header(tmp_path: Path) -> None:
    path = _export(tmp_path, "Ola;ola@example.org;Enhet A\nKari;kari@example.org;Enhet B\n")
    with pytest.raises(DataError, match="has no header row") as raised:
        read(path)
    assert "@" not in str(raised.value)


_DAMAGES = {
    "a name that is no text": lambda zipped: zipped.replace("æ".encode(), b"\xc3\xc3"),
    "a name that is no text, where the file begins": lambda zipped: zipped.replace("æ".encode(), b"\xc3\xc3", 1),
    "a version that is none": lambda zipped: zipped.replace(b"PK\1\2\x3f\x03\x3f", b"PK\1\2\x3f\x03\xff"),
    "content that cannot be unpacked": lambda zipped: zipped[:60] + b"\xff" * 20 + zipped[80:],
}


@pytest.mark.parametrize("damage", _DAMAGES)
@pytest.mark.parametrize(
    "content", [GOOD, '{"fiksDigisosId": "x", "hendelser": []}' * 9, "460125  " + " " * 144], ids="tdk"
)
def test_a_zip_with_any_damage_is_refused_in_one_sentence(damage: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("æ.csv" if content == GOOD else "æ.json", content)
    whole = path.read_bytes()
    path.write_bytes(_DAMAGES[damage](whole))
    assert path.read_bytes() != whole
    with pytest.raises(DataError):
        read(path, now=NOW)
