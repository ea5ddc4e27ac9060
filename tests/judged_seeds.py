"""The made-up project for the monthly check, judged month by month from any seed, without its pages: what is planted in it, and
what goes off besides.

    python tests/judged_seeds.py

writes ``cases/monthly_figures.parquet``: the figures of the demo's own seed and two more, so that the tests need not make them. It takes minutes, and is done
again when the generator or an indicator is changed. All twenty seeds: ``python tests/bench/monthly.py``.

Every alarm that goes off counts as a false one, for none was planted after the first twelve months; also those on the pile of open cases,
which does grow and get older where one case in fifty is never taken up again (`BACKLOG`). Improvements were planted at one office, and
so in the figures of all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from saksflyt.cli.monthly.project import Project, read_project
from saksflyt.cli.monthly.running import read_sources
from saksflyt.mining.flow import Flow
from saksflyt.mining.judgement.indicators import indicators
from saksflyt.mining.judgement.month import Month
from saksflyt.mining.judgement.verdicts import FIGURES, Finding, charted, findings
from saksflyt.sample_logs.generator import SEED
from saksflyt.sample_logs.offices import ELVESTAD
from saksflyt.sample_logs.project import CHECKED, FIRST_MONTH, LAST_MONTH, write_project

NOW = datetime(CHECKED.year, CHECKED.month, CHECKED.day, tzinfo=UTC)
BREACH = ("2025-10", "limit:rules.broken_share:underretning-etter-vedtak@Nav Fjellbygda")
IMPROVED = "better:waiting.median_days:tildelt-saksbehandler>kartlegging@Nav Elvestad"
FILE, KEPT = Path(__file__).parent / "cases" / "monthly_figures.parquet", (SEED, 0, 1)
WITHIN = ("2026-01", "2026-02", "2026-03")
BACKLOG = ("backlog.open_cases", "backlog.median_age_days")


@dataclass(frozen=True)
class Judgement:
    """A project from its first month to its last. charts : the rows of all months; found : the findings of each month"""

    charts: pd.DataFrame
    found: dict[str, list[Finding]]

    @property
    def judged(self) -> pd.DataFrame:
        """The months and indicators that are held against earlier months."""
        return self.charts[self.charts["meaning"] != ""]

    def breaches(self) -> list[tuple[str, str, str]]:
        """Month, id and status of what is beyond a fixed limit."""
        return [
            (month, each.id, each.status)
            for month, found in self.found.items()
            for each in found
            if each.id.startswith("limit:") and each.status != "gone"
        ]

    def improved_in(self) -> str | None:
        """The first month in which the planted improvement is a finding."""
        return next((month for month, found in self.found.items() if any(f.id == IMPROVED for f in found)), None)

    def alarms(self) -> pd.DataFrame:
        """Alarms that went off: month, id, unit."""
        return self.judged.loc[self.judged["onset"], ["month", "id", "unit"]]

    def better(self) -> pd.DataFrame:
        """Improvements that nobody planted, in the month in which they began: month, id, unit."""
        rows = [
            (month, each.indicator, each.unit)
            for month, found in self.found.items()
            for each in found
            if each.id.startswith("better:") and each.status == "new" and each.unit not in ("", ELVESTAD.name)
        ]
        return pd.DataFrame(rows, columns=["month", "id", "unit"])


def figures_of(seed: int, only: Iterable[str] = ()) -> pd.DataFrame:
    """The figures of a seed's project, month by month as they were known when each closed. only : these months; none is all"""
    with TemporaryDirectory() as place:
        write_project(Path(place), seed=seed)
        project = read_project(Path(place))
        log, flow = read_sources(project, NOW), Flow.read("sosialhjelp")
        months = Month(FIRST_MONTH, log.zone).through(Month(LAST_MONTH, log.zone))
        made = [
            indicators(log.as_of(month.closes(project.working_days)), flow, month, project.waits).assign(
                month=month.name
            )
            for month in months
            if not only or month.name in only
        ]
    return pd.concat(made, ignore_index=True)[list(FIGURES)]


def settings_of(folder: Path) -> Project:
    """The settings of the project, without its exports."""
    write_project(folder, cases=1)
    return read_project(folder)


def judgement(figures: pd.DataFrame, project: Project) -> Judgement:
    """The months one after another, as a run judges them."""
    charts, found, before = [], {}, []
    for month in sorted(figures["month"].unique()):
        judged = charted(figures[figures["month"] <= month], project.changes)
        before = findings(judged, project.limits, before)
        found[month] = before
        charts.append(judged)
    return Judgement(pd.concat(charts, ignore_index=True), found)


def alarm_rate(of: Iterable[Judgement]) -> float:
    """Alarms that go off, per indicator and month that could be judged and that moves at all."""
    rows = pd.concat([each.judged for each in of])
    return float(rows.loc[rows["lower"] < rows["upper"], "onset"].mean())


if __name__ == "__main__":
    pd.concat([figures_of(seed).assign(seed=seed) for seed in KEPT]).to_parquet(FILE, compression="zstd", index=False)
