"""The commands that write: a log with its receipt, a report; nothing of anybody else's is overwritten."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import saksflyt
from saksflyt.cli.main import main
from saksflyt.mining.log import EventLog
from saksflyt.sample_logs.generator import write_sample

NOW = ["--now", "2026-07-01"]
SAMPLES = Path(saksflyt.__file__).parent / "sample_logs"


def do(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments), *NOW])


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_sample(tmp_path, cases=40).export


def test_import_makes_a_log_and_prints_a_receipt(export: Path) -> None:
    result = do("import", export, "-o", export.with_name("oslo"))
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert "records" in result.stderr
    assert "saksflyt report" in result.stderr
    assert EventLog.open(export.with_name("oslo.saksflyt")).case_count == 40


@pytest.mark.parametrize(
    ("files", "meant"),
    [
        (["digisos.ndjson"], " --flow digisos"),
        (["11CF_2024.dat", "11CF_2025.dat"], " --flow kvp"),
        (["11F_2025.dat"], ""),
        (["11CF_2025.dat", "11F_2025.dat"], ""),
    ],
)
def test_import_names_the_flow_whose_steps_the_format_has(files: list[str], meant: str, tmp_path: Path) -> None:
    target = tmp_path / "log.saksflyt"
    result = do("import", *[SAMPLES / name for name in files], "-o", target)
    assert result.stderr.endswith(f"Next: saksflyt report {target}{meant}\n")


def test_the_receipt_as_json_adds_up(export: Path) -> None:
    result = do("import", export, "-o", export.with_name("oslo.saksflyt"), "--format", "json")
    receipt = json.loads(result.stdout)
    assert receipt["counts"]["cases"] == 40
    for source in receipt["sources"]:
        rest = [sum(source[kind].values()) for kind in ("duplicates", "quarantined", "set_aside")]
        assert source["records"] == source["accepted"] + sum(rest)


def test_import_keeps_a_log_that_is_there(export: Path) -> None:
    target = export.with_name("oslo.saksflyt")
    assert do("import", export, "-o", target).exit_code == 0
    before = sorted((file.name, file.stat().st_mtime_ns) for file in target.iterdir())
    result = do("import", export, "-o", target)
    assert result.exit_code == 2
    assert "--replace" in result.stderr
    assert sorted((file.name, file.stat().st_mtime_ns) for file in target.iterdir()) == before
    assert do("import", export, "-o", target, "--replace").exit_code == 0


def test_what_inspect_prints_is_a_mapping_file(export: Path, tmp_path: Path) -> None:
    result = do("inspect", export)
    assert result.exit_code == 0, result.stderr
    assert "# soknader.csv: " in result.stdout
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(result.stdout, encoding="utf-8")
    assert do("variants", export, "--mapping", mapping).stdout == do("variants", export).stdout


def test_inspect_as_json(export: Path) -> None:
    found = json.loads(do("inspect", export, "--format", "json").stdout)
    assert found["command"] == "inspect"
    assert [column["role"] for column in found["columns"]][:3] == ["case", "activity", "time"]
    assert found["mapping"] in do("inspect", export).stdout


def test_report_is_written_beside_and_said(export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = do("report", export)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == "The report is soknader.html"
    assert (tmp_path / "soknader.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert do("report", export).exit_code == 0, "an earlier report is replaced"


def test_report_language_title_and_stdout(export: Path) -> None:
    english = do("report", export, "-o", "-", "--lang", "en", "--title", "Hello <b>").stdout
    assert '<html lang="en"' in english
    assert "Hello &lt;b&gt;" in english
    assert '<html lang="nb"' in do("report", export, "-o", "-").stdout


def test_report_spares_the_data(export: Path) -> None:
    before = export.read_bytes()
    result = do("report", export, "-o", export)
    assert result.exit_code == 2
    assert export.read_bytes() == before
    assert do("report", export, "-o", export.parent).exit_code == 2
    assert do("report", export, "-o", export / "in" / "a-file.html").exit_code == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")  # noqa: PTH110
@pytest.mark.parametrize("target", ["-", "/dev/full"])
def test_a_device_is_written_to_and_never_replaced(target: str, export: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "saksflyt", "report", str(export), "-o", target]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 4
    assert result.stderr.splitlines()[-1].startswith("saksflyt: Writing the output failed")
    assert Path("/dev/full").is_char_device()


def test_one_report_takes_one_log(export: Path) -> None:
    result = do("report", export, export)
    assert result.exit_code == 2
    assert "saksflyt import" in result.stderr


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\x02\x03" * 100, b"one\ntwo\nthree\n", b"\x1f\x8b\x08\x00cut off"],
    ids=["empty", "binary", "text", "gzip"],
)
@pytest.mark.parametrize("command", ["inspect", "import", "variants", "report"])
def test_bad_input_is_one_sentence_and_exit_3(command: str, content: bytes, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(content)
    more = {"import": ["-o", tmp_path / "x"], "report": ["-o", tmp_path / "x.html"]}.get(command, [])
    result = do(command, bad, *more)
    assert result.exit_code == 3, result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("saksflyt: ")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]


@pytest.mark.parametrize("command", ["import", "report"])
def test_a_name_too_long_for_the_disk_is_wrong_use(command: str, export: Path) -> None:
    result = do(command, export, "-o", export.with_name("y" * 300))
    assert result.exit_code == 2
    assert "File name too long" in result.stderr and "inside Saksflyt" not in result.stderr


def test_xes_is_written_over_nothing_else(tmp_path: Path) -> None:
    export = tmp_path / "e.csv"
    export.write_text("case,activity,time\nc1,A,2024-01-01 10:00\nc1,B,2024-01-02 10:00\n", encoding="utf-8")
    text = export.read_bytes()
    for name, theirs in (("e.csv", None), ("notes.xes", "mine"), ("log.txt", None)):
        target = tmp_path / name
        if theirs:
            target.write_text(theirs, encoding="utf-8")
        result = CliRunner().invoke(main, ["import", str(export), "-o", str(tmp_path / "log"), "--xes", str(target)])
        assert result.exit_code == 2 and str(target) in result.stderr
        assert not (tmp_path / "log.saksflyt").exists() and export.read_bytes() == text
    for _ in range(2):  # an XES file of before is replaced
        arguments = ["import", str(export), "-o", str(tmp_path / "log"), "--replace", "--xes", str(tmp_path / "ut.xes")]
        assert CliRunner().invoke(main, arguments).exit_code == 0
