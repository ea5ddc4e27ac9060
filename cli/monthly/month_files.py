"""The files of a month: its page, the long report, the tables, and ``run.json``. The same month gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import pandas as pd

from ...mining.findings import mine
from ...mining.flow import Flow
from ...mining.judgement.fault import Fault
from ...mining.judgement.month import Month
from ...mining.judgement.set_apart import Apart
from ...mining.judgement.verdicts import Finding
from ...mining.log import EventLog
from ...reports.month_page import MonthSaid, month_page
from ...reports.page import report
from ..formulas import plain_csv
from .history import Recorded
from .project import Project
from .publishing import digest_of

_FINDING = ("id", "indicator", "unit", "severity", "value", "status")
PAGE, REPORT = "index.html", "report.html"
INDEX = "index.html"  # of all months, in the folder of the history


@dataclass(frozen=True)
class Made:
    """What a month is made of. earlier : the figures of the months before; apart : its findings, what is accepted told apart"""

    recorded: Recorded
    judged: pd.DataFrame
    earlier: pd.DataFrame
    apart: Apart
    warnings: Sequence[Fault]

    @property
    def found(self) -> Sequence[Finding]:
        return self.apart.found


def month_files(project: Project, flow: Flow, log: EventLog, month: Month, made: Made) -> dict[str, bytes]:
    """The files by name. log : as it was known when the month closed"""
    said = MonthSaid(
        month.name,
        project.name,
        made.judged,
        made.earlier,
        made.found,
        made.warnings,
        project.changes,
        report=REPORT,
        index=f"../../{INDEX}",
        accepted=made.apart.holding,
    )
    closes = datetime.fromisoformat(made.recorded.closes)
    files = {
        PAGE: month_page(said, project.language),
        REPORT: report(mine(log, flow), lang=project.language, now=closes, title=project.name, lite=True),
        "figures.csv": plain_csv(made.judged),
        "findings.csv": plain_csv(_findings(made.found)),
    }
    content = {name: text.encode("utf-8") for name, text in files.items()}
    return content | {"run.json": _run(made, log, content)}


def _findings(found: Sequence[Finding]) -> pd.DataFrame:
    return pd.DataFrame([asdict(each) for each in found], columns=list(_FINDING))


def _run(made: Made, log: EventLog, files: dict[str, bytes]) -> bytes:
    """What the month rests on, for whoever asks in five years."""
    plain = {
        "schema_version": 1,
        **{key: value for key, value in vars(made.recorded).items() if key != "digest"},
        "sources": [
            {"name": source.name, "sha256": source.sha256, "records": source.records} for source in log.manifest.sources
        ],
        "events": log.event_count,
        "cases": log.case_count,
        "warnings": [asdict(each) for each in made.warnings],
        "files": digest_of(files),
    }
    return (json.dumps(plain, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
