"""``python -m saksflyt.sample_logs`` writes the small sample of this folder anew."""

from __future__ import annotations

from pathlib import Path

from .digisos import EXPORT_NAME, export
from .generator import SEED, write_sample

SMALL = 90

if __name__ == "__main__":
    write_sample(Path(__file__).parent, cases=SMALL)
    (Path(__file__).parent / EXPORT_NAME).write_bytes(export(SEED))
