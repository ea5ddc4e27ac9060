"""The doctor of a folder: each thing that can be wrong is said, with what to do and the exit code of a check that meets it."""

import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from click.testing import CliRunner

from saksflyt.cli import history_checkup
from saksflyt.cli.checkup import Check
from saksflyt.cli.folder_checkup import folder_checkup
from saksflyt.cli.main import main
from saksflyt.cli.monthly.history import FILE, History, Recorded
from saksflyt.cli.monthly.lock import alone
from saksflyt.connectors.key_file import make_key
from saksflyt.mining.judgement.verdicts import FIGURES, JUDGED

NOW = datetime.now(UTC)  # the files of the program are from before it
SETTINGS = 'name = "Nordhamn"\nflow = "sosialhjelp"\n[source]\nfiles = ["*.csv"]\n'
ALL = [
    "settings",
    "flow",
    "mapping",
    "exports",
    "key",
    "clock",
    "write rights",
    "file system",
    "history",
    "leftovers",
    "last run",
    "disk space",
]


def last_month(back: int = 1) -> str:
    first = NOW.replace(day=1)
    for _ in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    return f"{first:%Y-%m}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which all is well: an export, a key elsewhere, and the last month judged."""
    place = tmp_path / "nordhamn"
    (place / "history" / "runs" / "m").mkdir(parents=True)
    tmp_path.chmod(0o700)
    make_key(tmp_path / "nordhamn.key")
    (place / "saksflyt.toml").write_text(SETTINGS + 'key = "../nordhamn.key"\n', encoding="utf-8")
    (place / "saker.csv").write_text("Ola Nordmann;13097248022\n", encoding="utf-8")
    record(place, last_month(), "m")
    monkeypatch.setattr(history_checkup, "file_system", lambda place: "ext4")
    return place


def record(place: Path, month: str, folder: str) -> None:
    with History(place / "history") as history:
        recorded = Recorded(month, 1, NOW.isoformat(), "c", "i", "saksflyt", "", folder, "d")
        history.record(recorded, pd.DataFrame(columns=[*FIGURES, "plotted", *JUDGED]), [], {}, {})


def checks(place: Path, environment: dict[str, str] | None = None, now: datetime = NOW) -> dict[str, Check]:
    return {check.name: check for check in folder_checkup(place, None, environment or {}, now)}


def test_where_all_is_well_all_is_ok(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}
    found = checks(folder)
    assert list(found) == ALL and {check.state for check in found.values()} == {"ok"}, found
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}
    assert after == before
    said = " ".join(check.found + check.to_do for check in found.values())
    assert "Nordmann" not in said and (folder.parent / "nordhamn.key").read_text().strip() not in said


def settings(text: str) -> Callable[[Path], object]:
    return lambda place: (place / "saksflyt.toml").write_text(text, encoding="utf-8")


def too_open(place: Path) -> None:
    (place.parent / "nordhamn.key").chmod(0o640)


def key_in_the_folder(place: Path) -> None:
    place.chmod(0o700)
    make_key(place / "x.key")
    settings(SETTINGS + 'key = "x.key"\n')(place)


def old_export(place: Path) -> None:
    then = (NOW - timedelta(days=50, hours=1)).timestamp()
    os.utime(place / "saker.csv", (then, then))


def gone_export(place: Path) -> None:
    (place / "saker.csv").unlink()
    settings(SETTINGS.replace("*.csv", "saker.csv"))(place)


def damaged(place: Path) -> None:
    (place / "history" / FILE).write_bytes(b"not a database" * 100)


def newer(place: Path) -> None:
    with sqlite3.connect(place / "history" / FILE) as stored:
        stored.execute("pragma user_version = 999")
    stored.close()


def in_the_way(place: Path) -> None:
    settings(SETTINGS.replace("[source]", 'history = "saker.csv/history"\n[source]'))(place)


def killed(place: Path) -> None:
    (place / "history" / "runs" / ".new-2026-10-r1").mkdir()


@pytest.mark.parametrize(
    ("change", "name", "state", "code", "said"),
    [
        (lambda place: (place / "saksflyt.toml").unlink(), "settings", "error", 2, "has no saksflyt.toml"),
        (settings(SETTINGS + "nonsense = 1\n"), "settings", "error", 2, "nonsense"),
        (settings(SETTINGS + 'zone = "Europe/Bergen"\n'), "settings", "error", 2, "Europe/Bergen"),
        (settings(SETTINGS.replace("sosialhjelp", "sosialhelp")), "flow", "error", 2, "sosialhelp"),
        (settings(SETTINGS + 'mapping = "gone.toml"\n'), "settings", "error", 2, "gone.toml"),
        (settings(SETTINGS.replace("*.csv", "*.xlsx")), "exports", "error", 2, "No file matches"),
        (gone_export, "exports", "error", 3, "saker.csv cannot be read"),
        (old_export, "exports", "warning", 0, "50 days ago"),
        (settings(SETTINGS + 'key = "gone.key"\n'), "key", "error", 2, "gone.key"),
        (too_open, "key", "error", 2, "chmod 600"),
        (key_in_the_folder, "key", "warning", 0, "Move it elsewhere"),
        (in_the_way, "write rights", "error", 2, "Cannot write"),
        (damaged, "history", "error", 4, "history --verify"),
        (newer, "history", "error", 4, "newer version"),
        (lambda place: (place / "history" / "runs" / "m").rmdir(), "history", "error", 4, "pages of m are gone"),
        (killed, "leftovers", "warning", 0, ".new-2026-10-r1"),
        (lambda place: (place / "history" / FILE).unlink(), "last run", "warning", 0, "no month has been judged"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(folder: Path, change, name: str, state: str, code: int, said: str) -> None:
    if change is too_open and os.name == "nt":
        pytest.skip("files have no mode here")
    change(folder)
    check = checks(folder)[name]
    assert (check.state, check.exit_code) == (state, code) and said in f"{check.found} {check.to_do}"
    assert "Traceback" not in check.found


def test_a_month_that_is_overdue_is_said_and_one_that_is_not_due_is_not(folder: Path) -> None:
    assert "is due after" in checks(folder)["last run"].found
    late = checks(folder, now=NOW + timedelta(days=62))["last run"]
    assert late.state == "warning" and "has been due since" in late.found and "schedule" in late.to_do


def test_the_clock(folder: Path) -> None:
    assert checks(folder, now=NOW - timedelta(days=400))["clock"].state == "warning"
    stands = checks(folder, {"SAKSFLYT_NOW": "2026-01-01"})["clock"]
    assert stands.state == "warning" and "SAKSFLYT_NOW" in stands.found


def test_a_key_that_only_the_session_names(folder: Path) -> None:
    settings(SETTINGS)(folder)
    assert "other numbers" in checks(folder)["key"].found
    named = checks(folder, {"SAKSFLYT_KEY_FILE": str(folder.parent / "nordhamn.key")})["key"]
    assert named.state == "ok" and "a scheduled job" in named.found


def test_another_run_has_left_nothing_yet(folder: Path) -> None:
    killed(folder)
    with alone(folder / "history"):
        assert checks(folder)["leftovers"].found == "another run is at work now"


def test_little_room_is_a_warning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "history" / "runs" / "m" / "report.html").write_bytes(b"x" * 1_000_000)
    assert "a month takes 1.0 MB" in checks(folder)["disk space"].found
    for free, state in ((2e9, "ok"), (9e8, "warning")):
        monkeypatch.setattr(history_checkup.shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=int(free)))
        assert checks(folder)["disk space"].state == state


def test_a_network_share_is_a_warning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_checkup, "file_system", lambda place: "nfs")
    check = checks(folder)["file system"]
    assert check.state == "warning" and "(nfs)" in check.found and "one machine alone" in check.to_do


def test_the_command_ends_with_the_worst(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saksflyt.cli.doctor.checkup", lambda: [Check("saksflyt", "ok", "1")])
    done = CliRunner().invoke(main, ["doctor", str(folder)])
    assert (done.exit_code, done.stderr) == (0, "All is well.\n")
    old_export(folder)
    done = CliRunner().invoke(main, ["doctor", str(folder)])
    assert (done.exit_code, done.stderr) == (0, "All works; see the warnings.\n")
    assert "\nWARNING  exports " in done.stdout and "\n                       Does the case system" in done.stdout
    gone_export(folder)
    damaged(folder)
    done = CliRunner().invoke(main, ["doctor", str(folder), "--format", "json"])
    assert done.exit_code == 4 and '"sound": false' in done.stdout and '"exit_code": 3' in done.stdout
    done = CliRunner().invoke(main, ["doctor", str(folder), "--format", "csv"])
    assert done.stdout.startswith("name,state,found,to_do,exit_code\nsaksflyt,ok,1,,0\n")
