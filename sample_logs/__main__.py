"""``python -m saksflyt.sample_logs`` writes the small samples of this folder anew."""

from __future__ import annotations

from pathlib import Path

from .generator import write_sample
from .noark import FOLDER, write_noark_sample

SMALL = 90

if __name__ == "__main__":
    here = Path(__file__).parent
    write_sample(here, cases=SMALL)
    write_noark_sample(here / FOLDER)
