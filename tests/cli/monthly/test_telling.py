"""A run and its messages: put in with the month, sent when all is done, whatever happens in between; and how the command then ends."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from saksflyt.cli.main import main
from saksflyt.cli.monthly import running
from saksflyt.cli.monthly.history import History
from saksflyt.cli.monthly.project import read_project
from saksflyt.cli.monthly.running import check
from saksflyt.mining.errors import UsageError

SETTINGS = """
name = "Nordvik"
language = "en"
flow = "flow.toml"
[source]
files = ["exports/*.csv"]
[[limits]]
indicator = "conform.conforming_share"
high_below = 1.1
[[notify]]
name = "hook"
command = ["sh", "-c", "test -e open && cat >> got.jsonl && echo >> got.jsonl"]
"""


def exported(folder: Path, months: int, keep: Callable[[int], bool] = lambda n: True) -> None:
    with (folder / "exports" / "saker.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Saksnr", "Hendelse", "Tidspunkt"])
        for month in range(1, months + 1):
            for n in filter(keep, range(12)):
                begins = datetime(2026, month, 1 + n, 9, n)
                writer.writerow([f"{month}/{n}", "Mottatt", f"{begins:%d.%m.%Y %H:%M}"])
                writer.writerow([f"{month}/{n}", "Vedtak", f"{begins + timedelta(days=9):%d.%m.%Y %H:%M}"])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of four months whose every month has a serious finding; its hook works while there is a file `open`."""
    monkeypatch.setattr(running, "month_files", lambda *given: {"figures.csv": b""})
    (tmp_path / "saksflyt.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "flow.toml").write_text('name = "f"\nflow = "Mottatt -> Vedtak"\nclosed_by = ["Vedtak"]\n')
    (tmp_path / "exports").mkdir()
    exported(tmp_path, 4)
    (tmp_path / "open").touch()
    return tmp_path


def on(month: int) -> datetime:
    return datetime(2026, month, 20, 12, tzinfo=UTC)


def got(folder: Path) -> list[tuple[str, str]]:
    path = folder / "got.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [(said["kind"], said["month"]) for said in map(json.loads, lines)]


def typed(folder: Path, month: int, *words: str) -> Result:
    return CliRunner().invoke(main, ["check", str(folder), "--now", on(month).isoformat(), *words])


class Killed(BaseException):
    """Not an error that anything would catch."""


@pytest.mark.parametrize("moment", ["deliver", "sent"])
def test_killed_after_the_month_was_recorded_the_next_run_tells(
    moment: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*given) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*((running, "deliver") if moment == "deliver" else (History, "sent")), killed)
        with pytest.raises(Killed):
            check(read_project(folder), on(3))
    before = len(got(folder))
    assert before == (moment == "sent"), "delivered, and not written down"
    outcome = check(read_project(folder), on(3))
    assert outcome.judged == () and outcome.undelivered == ()
    assert got(folder) == [("verdict", "2026-02")] * (before + 1)
    ids = {json.loads(line)["id"] for line in (folder / "got.jsonl").read_text(encoding="utf-8").splitlines()}
    assert len(ids) == 1, "so that the receiver can drop one"
    check(read_project(folder), on(3))
    assert len(got(folder)) == before + 1


def test_delivery_that_fails_ends_with_six_and_is_made_up_for_when_nothing_is_due(folder: Path) -> None:
    (folder / "open").unlink()
    done = typed(folder, 3)
    assert done.exit_code == 6 and "'hook' was not delivered: the program ended with 1." in done.stderr
    assert "2026-02: 1 finding" in done.stderr and "the next run tries again" in done.stderr
    assert typed(folder, 3).exit_code == 6
    (folder / "open").touch()
    done = typed(folder, 3)
    assert done.exit_code == 1 and "No month is due" in done.stderr and got(folder) == [("verdict", "2026-02")]


def test_data_that_are_not_fit_go_before_delivery_that_failed(folder: Path) -> None:
    assert typed(folder, 4, "--fail-on", "never").exit_code == 0
    exported(folder, 4, keep=lambda n: n % 2 == 0)
    (folder / "open").unlink()
    done = typed(folder, 5)
    assert done.exit_code == 3 and "not delivered" in done.stderr and "not fit" in done.stderr
    (folder / "open").touch()
    for _ in range(2):
        assert typed(folder, 5).exit_code == 3
    assert got(folder) == [("verdict", "2026-03"), ("refusal", "2026-04")]
    last = json.loads((folder / "got.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert last["faults"] == ["lost"] and last["lacking"] == ["2026-04"]
    assert last["subject"] == "Nordvik: no verdict on April 2026"


def test_exports_that_cannot_be_read_are_told_once(folder: Path) -> None:
    (folder / "exports" / "saker.csv").unlink()
    for _ in range(2):
        with pytest.raises(UsageError, match="No file matches") as raised:
            check(read_project(folder), on(3))
        assert not getattr(raised.value, "__notes__", [])
    assert got(folder) == [("refusal", "")]
    (folder / "open").unlink()
    exported(folder, 4)
    check(read_project(folder), on(3))
    (folder / "exports" / "saker.csv").unlink()
    done = typed(folder, 3)
    assert done.exit_code == 2 and "No file matches" in done.stderr and "'hook' was not delivered" in done.stderr


def test_a_dry_run_sends_nothing(folder: Path) -> None:
    (folder / "open").unlink()
    assert typed(folder, 3).exit_code == 6
    (folder / "open").touch()
    assert typed(folder, 4, "--dry-run").exit_code == 1 and got(folder) == []


def test_a_trial_message(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = typed(folder, 3, "--try-messages")
    assert done.exit_code == 0 and "1 message is sent." in done.stderr and got(folder) == [("trial", "")]
    assert not (folder / "history").exists()
    (folder / "open").unlink()
    done = typed(folder, 3, "--try-messages")
    assert done.exit_code == 6 and "'hook' was not delivered" in done.stderr
    monkeypatch.setenv("SAKSFLYT_NOTIFY", "off")
    done = typed(folder, 3, "--try-messages")
    assert done.exit_code == 2 and "nobody to send to" in done.stderr
