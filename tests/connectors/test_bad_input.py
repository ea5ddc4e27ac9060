"""Every kind of bad input gives one sentence, the right kind of error, and leaves nothing behind."""

import gzip
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksflyt.connectors import encoding
from saksflyt.connectors.registry import import_log, read
from saksflyt.mining.errors import DataError, StorageError, UsageError

NOW = datetime(2026, 11, 1, tzinfo=UTC)
GOOD = "Saksnr;Hendelse;Tidspunkt\n1;a;01.02.2024 10:00\n1;b;02.02.2024 10:00\n"


def _zip(folder: Path, **members: bytes) -> bytes:
    path = folder / "made.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_DOT_", ".").replace("_UP_", "../"), content)
    return path.read_bytes()


MALFORMED: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "empty": (lambda _: b"", "is empty"),
    "blank": (lambda _: b"\n \n\r\n", "is empty"),
    "only a mark": (lambda _: b"\xef\xbb\xbf", "is empty"),
    "binary": (lambda _: bytes(range(256)) * 50, "binary"),
    "binary without nul": (lambda _: bytes(n for n in range(1, 256)) * 50, "binary"),
    "late nul": (lambda _: GOOD.encode() + b"2;a\0;03.02.2024 10:00\n" * 10_000, "binary"),
    "pdf": (lambda _: b"%PDF-1.7\n\x00", "PDF"),
    "old workbook": (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Excel"),
    "new workbook": (lambda f: _zip(f, **{"[Content_Types]_DOT_xml": b"<x/>"}), "spreadsheet"),
    "utf-16 without mark": (lambda _: GOOD.encode("utf-16-le"), "UTF-16"),
    "words": (lambda _: b"bare ord\nuten skilletegn\n", "not a table"),
    "no header": (lambda _: b"1;2;01.02.2024\n2;3;02.02.2024\n", "no header row"),
    "no time": (lambda _: b"Saksnr;Hendelse;Enhet\n1;a;x\n1;b;x\n", "recognised as the time"),
    "wrong delimiter": (lambda _: GOOD.replace(";", "#").encode(), "not a table"),
    "mixed formats": (
        lambda _: GOOD.encode() + b"2;a;2024-02-03 10:00\n2;b;2024-02-04 10:00\n",
        "in another way, first in line 4",
    ),
    "unproved order": (
        lambda _: b"Saksnr;Hendelse;Dato\n1;a;01/02/2024\n1;b;03/04/2024\n",
        r'mapping: "Dato" = \{ role = "time", format = "%d/%m/%Y" \}',
    ),
    "both orders": (lambda _: b"Saksnr;Hendelse;Dato\n1;a;13/02/2024\n1;b;03/14/2024\n", "cannot be told apart"),
    "two times": (lambda _: b"Saksnr;Hendelse;Foo;Bar\n1;a;01.02.2024;02.02.2024\n", "several columns of dates"),
    "nothing usable": (lambda _: b"Saksnr;Hendelse;Dato\n;a;01.02.2024\n;b;02.02.2024\n", "No record"),
    "long line": (lambda _: GOOD.encode() + b"x" * (20 << 20), "longer than 16 MB"),
    "truncated gzip": (lambda _: gzip.compress(os.urandom(100_000))[:5_000], "cut short"),
    "damaged gzip": (lambda _: gzip.compress(GOOD.encode())[:-6] + b"abcdef", "cut short or damaged"),
    "gzip bomb": (lambda _: gzip.compress(b"a;b;c\n" * (20 << 20), 9), "100 times its size"),
    "zip bomb": (lambda f: _zip(f, bomb_DOT_csv=b"a;b;c\n" * (20 << 20)), "100 times its size"),
    "zip that climbs": (lambda f: _zip(f, _UP_x_DOT_csv=GOOD.encode()), "outside the archive"),
    "zip without tables": (lambda f: _zip(f, a_DOT_png=b"x", b_DOT_png=b"x"), "holds no table"),
    "empty zip": (lambda f: _zip(f), "without files"),
    "truncated zip": (lambda f: _zip(f, a_DOT_csv=GOOD.encode())[:60], "cut short or damaged"),
    "json": (lambda _: b'{"a": [1, 2]}\n', "no kind that can be read"),
    "xml": (lambda _: b"<?xml version='1.0'?><log/>\n", "no kind that can be read"),
    "damaged parquet": (lambda _: b"PAR1" + b"x" * 100, "damaged"),
    "damaged feather": (lambda _: b"ARROW1\0\0" + b"x" * 100, "damaged"),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_one_sentence_and_nothing_left(kind: str, tmp_path: Path) -> None:
    make, sentence = MALFORMED[kind]
    inputs, outputs = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    path = inputs / "fil.csv"
    path.write_bytes(make(inputs))
    with pytest.raises(DataError, match=sentence) as raised:
        import_log(path, outputs / "log", now=NOW)
    message = str(raised.value)
    assert "fil.csv" in message and "\n" not in message and len(message) < 500
    assert not outputs.exists() or not list(outputs.iterdir())


@pytest.mark.slow
def test_a_line_of_a_gigabyte_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        for _ in range(256):
            file.write(b"x" * (4 << 20))
    with pytest.raises(DataError, match="longer than 16 MB"):
        read(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no file"):
        read(tmp_path / "none.csv")
    with pytest.raises(UsageError):
        read(tmp_path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(GOOD)
    path.chmod(0)
    with pytest.raises(DataError, match="no permission"):
        read(path)


def test_no_permission_as_the_system_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "export.csv"
    path.write_text(GOOD)
    real = Path.open

    def refused(self: Path, *args: object, **kwargs: object) -> object:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return real(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(DataError, match="no permission to read"):
        read(path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_under_the_scratch_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(GOOD.replace("Hendelse", "Hendelse på").encode("cp1252"))
    real = Path.open

    def full(self: Path, mode: str = "r", *args: object, **kwargs: object) -> object:
        return real(Path("/dev/full") if "w" in mode else self, mode, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(StorageError, match="scratch file"):
        read(path)


def test_output_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(GOOD)
    with pytest.raises(UsageError):
        import_log(path, path / "log", now=NOW)


def test_odd_cells_are_quarantined_by_reason_and_masked(tmp_path: Path) -> None:
    rows = "".join(f"{n};a;{n % 28 + 1:02}.01.2024 10:00\n" for n in range(200))
    odd = (
        ";a;01.01.2024 10:00\n7;;01.01.2024 10:00\n8;a;\n9;a;31.02.2024 10:00\n10;a;01.01.1900 00:00\n"
        "11;a;Hemmelig Navn\n12;a;2024-01-05\n13;a;01.01.2024 10:00;for;mange\n14\n"
        '15;"åpen;01.01.2024 10:00;x\n'
    )
    path = tmp_path / "export.csv"
    path.write_text("Saksnr;Hendelse;Tidspunkt\n" + rows + odd)
    done = import_log(path, tmp_path / "log", now=NOW)
    source = done.receipt.sources[0]
    assert source.quarantined == {
        "no case id": 1,
        "no activity": 2,
        "no time": 1,
        "unreadable time": 3,
        "implausible time": 1,
        "too many fields": 1,
        "quote that does not fit": 1,
    }
    assert (source.records, source.accepted, source.adds_up) == (210, 200, True)
    assert done.receipt.quarantine is not None
    text = done.receipt.quarantine.read_text(encoding="utf-8")
    assert "Hemmelig" not in text and "xxxxxxxx xxxx" in text
    assert len(text.splitlines()) == 11
    assert "export.csv,205,Tidspunkt,no,unreadable time,99.99.9999 99:99" in text


def test_the_limit_of_a_line_is_not_a_limit_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "LONGEST_LINE", 1000)
    path = tmp_path / "export.csv"
    path.write_text(GOOD + "2;a;03.02.2024 10:00\n" * 1000)
    assert read(path, now=NOW).event_count == 1002
