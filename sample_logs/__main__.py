"""``python -m saksflyt.sample_logs`` writes the small samples of this folder anew."""

from __future__ import annotations

from pathlib import Path

from .generator import SEED, made_cases, write_sample
from .tables import write_tables

SMALL = 90
IN_TABLES = 30  # of them, in each shape of table

if __name__ == "__main__":
    folder = Path(__file__).parent
    write_sample(folder, cases=SMALL)
    write_tables(made_cases(SEED, SMALL)[:IN_TABLES], folder)
