"""The same export gives the same log, the same JSON and the same report, whatever the machine happens to be set to."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[1] / "sample_logs" / "soknader.csv"
SETTINGS = [("0", "UTC", "1"), ("1", "Europe/Oslo", "2"), ("42", "Pacific/Auckland", "2")]
NOW = ["--now", "2026-11-22T12:00"]
COMMANDS = [
    ["import", str(SAMPLE), "-o", "x.saksflyt", *NOW],
    *(["--out", measure] for measure in ("variants", "rework", "waiting", "throughput", "backlog")),
    ["report", "x.saksflyt", "-o", "nb.html", *NOW],
    ["report", str(SAMPLE), "-o", "en.html", "--lang", "en", *NOW],
]


def everything(folder: Path, seed: str, zone: str, threads: str) -> dict[str, str]:
    """A fingerprint of every file that the commands leave."""
    folder.mkdir()
    env = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "SAKSFLYT_THREADS": threads, "LANG": "C"}
    for command in COMMANDS:
        if command[0] == "--out":
            measure = command[1]
            words, out = [measure, "x.saksflyt", "--format", "json", "--by", "unit", *NOW], f"{measure}.json"
        else:
            words, out = command, "said.txt"
        with (folder / out).open("w") as file:
            subprocess.run([sys.executable, "-m", "saksflyt", *words], cwd=folder, env=env, stdout=file, check=True)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.slow
def test_same_bytes(tmp_path):
    found = [everything(tmp_path / str(number), *setting) for number, setting in enumerate(SETTINGS)]
    assert len(found[0]) >= 11
    assert found[0] == found[1] == found[2]
