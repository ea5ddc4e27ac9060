"""The pages of a month are there whole or not at all; what a stopped run has left is taken away."""

import os
from pathlib import Path

import pytest

from saksflyt.cli.monthly import publishing
from saksflyt.cli.monthly.lock import alone
from saksflyt.cli.monthly.publishing import RUNS, clear, digest_of, publish, read
from saksflyt.mining.errors import Busy, StorageError

FILES = {"index.html": b"<html>", "run.json": b"{}", "tables/a.csv": b"x"}


def test_published_and_read(tmp_path: Path) -> None:
    digest = publish(tmp_path, "2026-03-r1", FILES)
    assert read(tmp_path, "2026-03-r1") == FILES and digest == digest_of(FILES)
    assert digest != digest_of({**FILES, "run.json": b"[]"}) != digest_of({"a": b"<html>"})


@pytest.mark.parametrize("fails", range(8))
def test_a_failing_disk_leaves_nothing(fails: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, "2026-02-r1", FILES)
    calls, sync = iter(range(99)), os.fsync

    def failing(handle: int) -> None:
        if next(calls) == fails:
            raise OSError(28, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", failing)
    try:
        publish(tmp_path, "2026-03-r1", FILES)
    except StorageError:
        pass
    else:
        assert next(calls) <= fails
    there = {entry.name for entry in (tmp_path / RUNS).iterdir()}
    # The last sync is of the folder above, when the month has its name already: whole, and not recorded.
    assert there in ({"2026-02-r1"}, {"2026-02-r1", "2026-03-r1"})
    if "2026-03-r1" in there:
        assert read(tmp_path, "2026-03-r1") == FILES
    assert read(tmp_path, "2026-02-r1") == FILES


def test_what_the_history_does_not_know_is_taken_away(tmp_path: Path) -> None:
    for name in ("2026-02-r1", "2026-03-r1"):
        publish(tmp_path, name, FILES)
    (tmp_path / RUNS / f"{publishing._BUILDING}2026-04-r1").mkdir()
    clear(tmp_path, ["2026-02-r1"])
    assert [entry.name for entry in (tmp_path / RUNS).iterdir()] == ["2026-02-r1"]


def test_several_months_that_the_history_does_not_know_are_kept(tmp_path: Path) -> None:
    """An emptied or older history must not take what was published with it."""
    for name in ("2026-01-r1", "2026-02-r1", "2026-03-r1"):
        publish(tmp_path, name, FILES)
    with pytest.raises(StorageError, match="2 months that the history does not know, 2026-02-r1 among them"):
        clear(tmp_path, ["2026-01-r1"])
    assert all(read(tmp_path, f"2026-0{month}-r1") == FILES for month in (1, 2, 3))


def test_what_others_put_there_stays(tmp_path: Path) -> None:
    runs, outside = tmp_path / RUNS, tmp_path / "outside"
    for folder in (outside, runs / "notes", runs / "2026-03-r1-copy"):
        folder.mkdir(parents=True)
        (folder / "minutes.txt").write_text("kept", encoding="utf-8")
    (runs / "2026-05-r1").symlink_to(outside, target_is_directory=True)
    clear(tmp_path, [])
    assert len(list(runs.glob("*/minutes.txt"))) == 3 and (outside / "minutes.txt").exists()


def test_one_at_a_time(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(Busy, match="Another run"), alone(tmp_path, patience=0):
        raise AssertionError
    with alone(tmp_path, patience=0):
        pass
