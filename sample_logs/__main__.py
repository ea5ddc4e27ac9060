"""``python -m saksflyt.sample_logs`` writes the small samples of this folder anew."""

from __future__ import annotations

from pathlib import Path

from . import digisos
from .generator import SEED, made_cases, write_sample
from .kostra import write_reports
from .noark import FOLDER, write_noark_sample
from .tables import write_tables

SMALL = 90
IN_TABLES = 30  # of them, in each shape of table

if __name__ == "__main__":
    here = Path(__file__).parent
    write_sample(here, cases=SMALL)
    write_tables(made_cases(SEED, SMALL)[:IN_TABLES], here)
    (here / digisos.EXPORT_NAME).write_bytes(digisos.export(SEED))
    write_noark_sample(here / FOLDER)
    write_reports(here)
