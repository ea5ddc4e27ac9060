"""Workbooks made to hurt, locked, cut short, or no workbooks at all: one sentence, exit code 3, and nothing left."""

import os
import resource
import signal
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from workbooks import HEAD, ROWS, raw_row, write_book, write_ods, write_raw_ods, write_raw_xlsx, write_xls

from saksflyt.cli.main import main
from saksflyt.connectors import spreadsheet_process
from saksflyt.connectors.registry import import_log
from saksflyt.mining.errors import DataError, StorageError

NOW = datetime(2026, 11, 1, tzinfo=UTC)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _raw(folder: Path, *rows: bytes, prolog: bytes = b"") -> bytes:
    return write_raw_xlsx(folder / "made.xlsx", rows, prolog).read_bytes()


def _zip(folder: Path, members: dict[str, bytes]) -> bytes:
    path = folder / "made.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path.read_bytes()


def _good(folder: Path, kind: str = ".xlsx") -> bytes:
    return write_book(folder / f"good{kind}", {"Ark1": ROWS}).read_bytes()


def _without(folder: Path, member: str, kind: str = ".xlsx", put: bytes | None = None) -> bytes:
    with zipfile.ZipFile(write_book(folder / f"good{kind}", {"Ark1": ROWS})) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != member}
    return _zip(folder, members | ({member: put} if put is not None else {}))


def _locked_xls(folder: Path) -> bytes:
    """What follows the beginning of the workbook says that the rest is encrypted."""
    write_xls(folder / "x.xls", {"A": ROWS})
    return (folder / "x.xls").read_bytes().replace(b"\xe1\x00\x02\x00", b"\x2f\x00\x02\x00", 1)


def _locked_ods(folder: Path) -> bytes:
    write_ods(folder / "x.ods", {"A": ROWS}, manifest="<m:encryption-data/>")
    return (folder / "x.ods").read_bytes()


def _sparse_ods(folder: Path) -> bytes:
    cell = '<table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'
    gap = '<table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row>'
    far = '<table:table-row><table:table-cell table:number-columns-repeated="16383"/>'
    rows = f"<table:table-row>{cell}</table:table-row>{gap}{far}{cell}</table:table-row>"
    write_raw_ods(folder / "x.ods", [f'<table:table table:name="A">{rows}</table:table>'])
    return (folder / "x.ods").read_bytes()


def _repeated_ods(folder: Path) -> bytes:
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    write_raw_ods(folder / "x.ods", [f'<table:table table:name="A">{rows}</table:table>'])
    return (folder / "x.ods").read_bytes()


FAR = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
THIN = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="P1048576"><v>1</v></c></row>'
DOCTYPE = b'<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
ATTACKS: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "asks for 549 GB": (lambda f: _raw(f, FAR), "spans 17179869184 cells from the first to the last .2 are filled"),
    "the same, in disguise": (lambda f: _raw(f, FAR.replace(b'row r="1048576"', b'row r="1"')), "2 GB of memory"),
    "two cells far apart": (lambda f: _raw(f, THIN), "spans 16777216 cells but only 2 are filled"),
    "far apart, open document": (_sparse_ods, "spans 17179869184 cells"),
    "one cell repeated": (_repeated_ods, "spans 17179869184 cells"),
    "a row of a hundred million": (lambda f: _raw(f, b"<row>", *[b"<c/>" * 1_000_000] * 100, b"</row>"), "hundred times"),
    "larger than it may be": (lambda f: _raw(f, *[os.urandom(1 << 20) + b" " * (70 << 20)] * 8), "more than 512 MB"),
    "entities": (lambda f: _raw(f, raw_row(1, {"A": "<c><v>&b;</v></c>"}), prolog=DOCTYPE), "document type"),
    "XML that ends early": (lambda f: _raw(f, b"<row><c>"), "not well formed"),
    "a row number without end": (lambda f: _raw(f, b'<row r="99999999999"><c><v>1</v></c></row>'), "beyond row 1048576"),
    "old, a head without a body": (lambda _: OLE + b"\0" * 600, "no Excel workbook"),
    "old, another office file": (lambda _: OLE + "WordDocument".encode("utf-16-le") * 99, "no Excel workbook"),
    "old, cut short": (lambda f: _good(f, ".xls")[:1700], "damaged"),
    "cut short": (lambda f: _good(f)[:-300], "cut short or damaged"),
    "a damaged sheet": (lambda f: _without(f, "xl/worksheets/sheet1.xml", put=b"\0" * 99), "damaged"),
    "no sheet": (lambda f: _without(f, "xl/worksheets/sheet1.xml"), "without sheets"),
    "no list of sheets": (lambda f: _without(f, "xl/_rels/workbook.xml.rels"), "damaged"),
    "no content": (lambda f: _without(f, "content.xml", ".ods"), "damaged"),
    "a word document": (lambda f: _zip(f, {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "no spreadsheet"),
    "a text document": (lambda f: _zip(f, {"mimetype": b"application/vnd.oasis.opendocument.text"}), "no spreadsheet"),
    "a binary workbook": (lambda f: _zip(f, {"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"x"}), "save it as .xlsx"),
    "a web page": (lambda _: b"\xef\xbb\xbf <html><table><tr><td>Saksnr</td></tr></table></html>", "a web page"),
    "locked": (lambda _: OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
    "locked, old": (_locked_xls, "locked with a password"),
    "locked, open document": (_locked_ods, "locked with a password"),
    "names that climb": (lambda f: _without(f, "../x", put=b"x"), "outside the archive"),
    "empty": (lambda f: write_book(f / "x.xlsx", {"A": [], "B": []}).read_bytes(), "holds no table"),
    "only words": (lambda f: write_book(f / "x.xlsx", {"A": [["a"], ["b"]]}).read_bytes(), "holds no table|no header|not a table"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_left(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    scratch = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    yield
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("kind", ATTACKS)
def test_one_sentence_and_nothing_left(kind: str, tmp_path: Path) -> None:
    make, sentence = ATTACKS[kind]
    inputs, outputs = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    content = make(inputs)
    path = inputs / "fil.xls"
    path.write_bytes(content)
    begun = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with pytest.raises(DataError, match=sentence) as raised:
        import_log(path, outputs / "log", now=NOW)
    message = str(raised.value)
    assert "fil.xls" in message and "\n" not in message and len(message) < 400
    assert not outputs.exists() or not list(outputs.iterdir())
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - begun < 20


def test_the_smallest_bomb_is_small(tmp_path: Path) -> None:
    assert len(_raw(tmp_path, FAR)) < 2048


def test_a_bomb_on_the_command_line_ends_with_3(tmp_path: Path) -> None:
    path = tmp_path / "bombe.xlsx"
    path.write_bytes(_raw(tmp_path, FAR))
    done = CliRunner().invoke(main, ["import", str(path), "-o", str(tmp_path / "log")])
    assert done.exit_code == 3 and "Traceback" not in done.output and "bombe.xlsx" in done.output


def _book(folder: Path) -> Path:
    return write_book(folder / "x.xlsx", {"Ark1": ROWS})


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV])
def test_the_end_of_the_process_is_a_sentence(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = subprocess.Popen

    def begun(*args: object, **how: object) -> subprocess.Popen[bytes]:
        process: subprocess.Popen[bytes] = begin(*args, **how)  # type: ignore[call-overload]
        process.send_signal(number)
        return process

    monkeypatch.setattr(spreadsheet_process.subprocess, "Popen", begun)
    with pytest.raises(DataError, match="x.xlsx could not be read"):
        import_log(_book(tmp_path), tmp_path / "log", now=NOW)


@pytest.mark.parametrize(("limit", "value", "sentence"), [
    ("_MEMORY", 24 << 20, "GB of memory"), ("_SECONDS", 0, "could not be read in 0 seconds"),
])  # fmt: skip
def test_no_more_memory_or_time_than_is_given(
    limit: str, value: int, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet_process, limit, value)
    with pytest.raises(DataError, match=sentence):
        import_log(_book(tmp_path), tmp_path / "log", now=NOW)


def test_a_program_beside_the_file_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of exports may hold anything, also a file that has the name of a library."""
    for name in ("json.py", "python_calamine.py", "saksflyt.py", "lxml.py"):
        (tmp_path / name).write_text("raise SystemExit('taken over')\n")
    monkeypatch.chdir(tmp_path)
    assert import_log(_book(tmp_path), tmp_path / "log", now=NOW).log.event_count == 3


def test_a_full_disk_is_no_fault_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet_process, "_ask", lambda *_: {"disk": "No space left on device"})
    with pytest.raises(StorageError, match="No space left on device. Set TMPDIR"):
        import_log(_book(tmp_path), tmp_path / "log", now=NOW)


def test_what_stood_in_the_cells_is_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Personal data in every column but the case: in no message, result or file, and the program has no core to dump."""
    canaries = ["Kanarifugl Olsen", "27879111841", "kanari@example.org"]
    rows = [[*HEAD, "Søker", "E-post", "Notat", "Feil"]]
    rows += [[n, "a", ROWS[1][2], canaries[1], canaries[2], canaries[0], "x"] for n in range(1, 40)]
    rows += [[99, "b", canaries[0], "", "", "", ""]]
    path = write_book(tmp_path / "x.xlsx", {"Ark1": rows, "Andre": [[*canaries], [*canaries]]})
    mapping = {"columns": {"Søker": "applicant", "E-post": "drop", "Notat": "drop"}}
    done = import_log(path, tmp_path / "out" / "log", mapping=mapping, now=NOW)
    texts = [
        repr(done.receipt).encode(),
        *(file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file()),
    ]
    for canary in canaries:
        assert not any(canary.encode() in text for text in texts), canary
    assert done.receipt.sources[0].quarantined == {"unreadable time": 1}


def test_macros_are_not_run_and_told(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsm"
    path.write_bytes(_without(tmp_path, "xl/vbaProject.bin", put=b"x" * 99))
    done = import_log(path, tmp_path / "log", now=NOW)
    assert any("holds macros; they were not run" in note for note in done.receipt.notes)
    assert done.log.event_count == 3


def test_a_far_cell_with_a_format_and_no_value_does_no_harm(tmp_path: Path) -> None:
    rows = [raw_row(1, dict(zip("ABC", HEAD, strict=True)))]
    rows += [raw_row(n, {"A": "1", "B": "a", "C": "01.02.2024"}) for n in range(2, 5)]
    path = write_raw_xlsx(tmp_path / "x.xlsx", [*rows, b'<row r="1048576"><c r="XFD1048576" s="0"/></row>'])
    assert import_log(path, tmp_path / "log", now=NOW).log.event_count == 3


def test_a_zip_whose_list_lies_about_sizes(tmp_path: Path) -> None:
    """The list says that the sheet is small; what is read is what the list says, and no longer fits its checksum."""
    rows = [raw_row(n, {"A": "1", "B": "a", "C": "01.02.2024"}) for n in range(1, 5000)]
    content = bytearray(write_raw_xlsx(tmp_path / "x.xlsx", rows).read_bytes())
    at = content.find(b"xl/worksheets/sheet1.xml", content.find(b"PK\x01\x02")) - 46
    content[at + 24 : at + 28] = struct.pack("<I", 500)
    (tmp_path / "x.xlsx").write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        import_log(tmp_path / "x.xlsx", tmp_path / "log", now=NOW)
