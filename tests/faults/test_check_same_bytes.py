"""The same exports and history give the same pages, tables and history, whatever the machine happens to be set to."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from faults.office import NOW
from faults.small_project import files

SETTINGS = [("0", "UTC", "1"), ("1", "Europe/Oslo", "2"), ("42", "Pacific/Auckland", "2")]


@pytest.mark.slow
def test_same_bytes(office: Path, tmp_path: Path) -> None:
    """In several units, with alarms and steps at the same moment; as processes of their own, at once."""
    places = [shutil.copytree(office, tmp_path / str(number) / "project") for number in range(len(SETTINGS))]
    started = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "saksflyt",
                "check",
                "project",
                "--now",
                NOW,
                "--fail-on",
                "never",
                "--format",
                "json",
            ],
            cwd=place.parent,
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "SAKSFLYT_THREADS": threads, "LANG": "C"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for place, (seed, zone, threads) in zip(places, SETTINGS, strict=True)
    ]
    said = [each.communicate(timeout=300) for each in started]
    assert [each.returncode for each in started] == [0, 0, 0], said
    assert said[0] == said[1] == said[2] and b"alarm:" in said[0][1]
    found = [files(place / "history") for place in places]
    assert {"runs/2026-02-r1/index.html", "runs/2026-02-r1/report.html", "runs/2026-02-r1/run.json", "rows"} <= set(
        found[0]
    )
    assert found[0] == found[1] == found[2]
    ends = {(place / "history" / "history.sqlite").read_bytes() for place in places}
    assert len(ends) == 1
