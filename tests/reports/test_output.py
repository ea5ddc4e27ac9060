"""A report reaches the disk whole or not at all, and a fault is told in one sentence."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from report_logs import small

from saksflyt.mining.errors import StorageError, UsageError
from saksflyt.reports.output import write_whole
from saksflyt.reports.page import report


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_report_is_written(tmp_path: Path) -> None:
    path = tmp_path / "rapport.html"
    text = report(small(), path)
    assert path.read_text(encoding="utf-8") == text
    assert names_in(tmp_path) == ["rapport.html"]


def test_an_old_report_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "rapport.html"
    path.write_text("old")
    write_whole(path, "new")
    assert path.read_text() == "new"


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_failing_disk_leaves_the_old_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    path = tmp_path / "rapport.html"
    path.write_text("old")

    def fail(*_args: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(*((os, "fsync") if call == "fsync" else (Path, "replace")), fail)
    with pytest.raises(StorageError, match="disk failed"):
        write_whole(path, "new")
    assert path.read_text() == "old" and names_in(tmp_path) == ["rapport.html"]


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no such folder" / "r.html", Path("/proc/rapport.html")):
        with pytest.raises(UsageError, match="Cannot write"):
            write_whole(path, "text")
    assert names_in(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_a_storage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.open

    def full(self: Path, mode: str) -> Any:
        return original(Path("/dev/full"), "wb") if mode == "xb" else original(self, mode)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(StorageError):
        write_whole(tmp_path / "r.html", "text")
    assert names_in(tmp_path) == []
