"""``python -m saksflyt.sample_logs`` writes the small samples of this folder anew."""

from __future__ import annotations

from pathlib import Path

from .generator import write_sample
from .kostra import write_reports

SMALL = 90

if __name__ == "__main__":
    write_sample(Path(__file__).parent, cases=SMALL)
    write_reports(Path(__file__).parent)
