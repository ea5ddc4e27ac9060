"""A made-up office of three units with thirteen judged months, one unit of which has become slow, and the export of the next month."""

import csv
import io
import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from saksflyt.cli.main import main
from saksflyt.cli.monthly import running

HEADER = ("Saksnr", "Aktivitet", "Tidspunkt", "Enhet", "Sakstype")
Row = tuple[str, str, datetime, str, str]
SETTINGS = """
name = "Nordvik"
flow = "flow.toml"
[source]
files = ["exports/*.csv"]
[[waits]]
from = "Kartlegging"
to = "Vedtak fattet"
[[limits]]
indicator = "deadlines.met_share:in-time"
unit = "*"
warn_below = 0.95
high_below = 0.8
least = 5
"""
FLOW = """
name = "f"
flow = "Søknad mottatt -> Kartlegging -> Vedtak fattet -> Utbetalt"
closed_by = ["Utbetalt"]
[[deadlines]]
name = "In time"
from = "Søknad mottatt"
to = ["Vedtak fattet"]
within = "10 days"
"""
BEFORE, MONTH = "2026-02-12", "2026-02"  # when January was judged, and the month that is judged next
NOW = "2026-03-12"
NEW = datetime(2026, 2, 1)


def rows() -> list[Row]:
    """Sixty cases a month from January 2025 to the beginning of March 2026; Sør is slow from November on."""
    chance, made = random.Random(4), []
    for month in range(15):
        begins = datetime(2025 + month // 12, month % 12 + 1, 1)
        for n in range(60):
            at = begins + timedelta(days=n * 28 // 60, hours=8 + chance.randrange(7), minutes=chance.randrange(60))
            unit = ("Nord", "Nord", "Sør", "Nord", "Sør", "Vest")[n % 6]
            days = (
                chance.choice((11, 12, 13, 14, 4)) if unit == "Sør" and month >= 10 else chance.choice((2, 3, 4, 5, 11))
            )
            kind = "Nødhjelp" if n % 10 < 3 else "Livsopphold"
            # Every tenth case has two steps at the same moment.
            steps = (
                ("Søknad mottatt", 0),
                ("Kartlegging", 0 if n % 10 == 9 else 1),
                ("Vedtak fattet", days),
                ("Utbetalt", days + 3),
            )
            made += [
                (f"{begins.year}/{month * 60 + n:04}", step, at + timedelta(days=day), unit, kind)
                for step, day in steps
            ]
    return sorted((row for row in made if row[2] < datetime(2026, 3, 7)), key=lambda row: (row[2], row[0]))


def text(said: Iterable[Row], between: str = ";", form: str = "%d.%m.%Y %H:%M") -> str:
    """An export as a file has it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=between, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((case, step, f"{at:{form}}", unit, kind) for case, step, at, unit, kind in said)
    return out.getvalue()


def build(place: Path) -> None:
    """The project with the months up to January 2026 judged; of February there is the right export."""
    (place / "exports").mkdir(parents=True)
    (place / "saksflyt.toml").write_text(SETTINGS, encoding="utf-8")
    (place / "flow.toml").write_text(FLOW, encoding="utf-8")
    for name, said in (("a.csv", [r for r in rows() if r[2] < NEW]), ("b.csv", [r for r in rows() if r[2] >= NEW])):
        (place / "exports" / name).write_text(text(said), encoding="utf-8")
    done = check(place, BEFORE)
    assert done.exit_code == 0, done.stderr


def check(place: Path, now: str = NOW) -> Result:
    """The command, with pages that hold their figures alone: the others take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            running,
            "month_files",
            lambda project, flow, log, month, made: {"figures.csv": made.judged.to_csv().encode()},
        )
        return CliRunner().invoke(main, ["check", str(place), "--now", now, "--fail-on", "never"])
