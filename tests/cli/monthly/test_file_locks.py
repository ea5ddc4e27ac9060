"""A history on a network drive is kept safely, or refused."""

import sqlite3
from pathlib import Path

import pytest

from saksflyt.cli.monthly import file_locks
from saksflyt.cli.monthly.file_locks import require_locks
from saksflyt.cli.monthly.history import FILE, History
from saksflyt.mining.errors import UsageError


def test_here_locks_hold_and_the_trial_leaves_nothing(tmp_path: Path) -> None:
    require_locks(tmp_path)
    assert list(tmp_path.iterdir()) == []


class WithoutLocks(sqlite3.Connection):
    """As on a drive that says yes to every lock."""

    def execute(self, statement: str, *values):
        return super().execute("select 1" if statement.startswith("begin") else statement, *values)


def test_where_they_do_not_hold_there_is_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        file_locks,
        "_connected",
        lambda probe: sqlite3.connect(probe, isolation_level=None, timeout=0, factory=WithoutLocks),
    )
    with pytest.raises(UsageError, match="locks do not hold"):
        History(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_on_a_network_drive_it_is_tried_every_time_and_else_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []
    monkeypatch.setattr("saksflyt.cli.monthly.history.require_locks", tried.append)
    for network, times in ((False, 1), (False, 1), (True, 2)):
        monkeypatch.setattr("saksflyt.cli.monthly.history.is_network", lambda kind, answer=network: answer)
        with History(tmp_path):
            assert len(tried) == times
    with sqlite3.connect(tmp_path / FILE) as database:
        assert database.execute("pragma journal_mode").fetchone() == ("delete",)
