"""The sample, read without configuration, gives the log that it gave before.

Written anew on purpose with ``SAKSFLYT_GOLD=write pytest tests/connectors/test_gold.py``.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from saksflyt.connectors.registry import read

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "tests" / "gold" / "connectors" / "soknader.csv"
EVENTS = """
select case_id, position, activity, strftime(end_time, '%Y-%m-%dT%H:%MZ') as utc, precision, resource, events.unit,
       applicant, type, strftime(closed, '%Y-%m-%dT%H:%MZ') as closed, "Beløp", source_row
from events join cases using (case_no) order by case_no, position
"""


def test_the_sample_gives_the_same_log():
    log = read(ROOT / "sample_logs" / "soknader.csv", now=datetime(2026, 11, 22, tzinfo=UTC))
    found = log.sql(EVENTS).to_csv(index=False, lineterminator="\n")
    if os.environ.get("SAKSFLYT_GOLD") == "write":
        GOLD.parent.mkdir(exist_ok=True)
        GOLD.write_text(found, encoding="utf-8")
    assert found == GOLD.read_text(encoding="utf-8")
