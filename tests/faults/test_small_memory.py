"""A log larger than the memory that it may use: the work spills to disk, and the log is the same to the byte."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bench.large_log import write_large_log

pytestmark = pytest.mark.slow


def made_with(memory: str, export: Path, target: Path) -> dict[str, bytes]:
    command = [sys.executable, "-m", "saksflyt", "import", str(export), "-o", str(target), "--now", "2026-11-22"]
    env = os.environ | {"SAKSFLYT_MEMORY": memory, "SAKSFLYT_THREADS": "2"}
    subprocess.run(command, env=env, check=True, capture_output=True)
    return {path.name: path.read_bytes() for path in target.iterdir()}


def test_what_does_not_fit_is_spilled(tmp_path):
    export = tmp_path / "export.csv"
    write_large_log(export, 700_000)
    roomy = made_with("2GB", export, tmp_path / "roomy.saksflyt")
    narrow = made_with("100MB", export, tmp_path / "narrow.saksflyt")
    assert set(roomy) == {"events.parquet", "cases.parquet", "variants.parquet", "log.json"}
    assert {name for name in roomy if roomy[name] != narrow[name]} <= {"log.json"}
    named = [text["log.json"].replace(b"narrow", b"roomy") for text in (roomy, narrow)]
    assert named[0] == named[1]
    left = {path.name for path in tmp_path.iterdir() if not path.name.endswith(".quarantine.csv")}
    assert left == {"export.csv", "narrow.saksflyt", "roomy.saksflyt"}
