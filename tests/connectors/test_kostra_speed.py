"""A hundred thousand records of 11F in under five seconds, the start of the program included."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from .kostra_lines import MONTHS, support

RECORDS = 100_000


def large(path: Path) -> Path:
    """One line changed a hundred thousand times, with one to nine months of support."""
    shapes = []
    for count in range(1, 10):
        months = {month: 1000 * month + count for month in range(1, count + 1)}
        shapes.append(support(2025, "JOURNALN", months=months, **{f"LAAN_{MONTHS[count - 1]}": "10", "LAAN": "10"}))
    with path.open("w", encoding="iso-8859-1", newline="") as file:
        for number in range(1, RECORDS + 1):
            text = shapes[number % 9]
            file.write(f"{text[:16]}{number:08}{number * 7919 % 10**11:011}{text[35:]}\r\n")
    return path


@pytest.mark.slow
def test_a_hundred_thousand_records_in_under_five_seconds(tmp_path: Path) -> None:
    path = large(tmp_path / "11F_2025.dat")
    took = []
    for round_ in range(3):  # the best of three: the machine may have other work
        command = [sys.executable, "-m", "saksflyt", "import", str(path), "-o", str(tmp_path / f"log {round_}")]
        started = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path)
        took.append(time.perf_counter() - started)
        assert f"{RECORDS} records, {RECORDS} accepted" in done.stdout + done.stderr
    assert min(took) < 5, took
