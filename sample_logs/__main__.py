"""``python -m saksflyt.sample_logs`` writes the small sample of this folder anew."""

from __future__ import annotations

from pathlib import Path

from .generator import write_sample

SMALL = 90

if __name__ == "__main__":
    write_sample(Path(__file__).parent, cases=SMALL)
