"""What does the flow say of the cases: deviations, deadlines and rules, each with its severity?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from .notes import counted

if TYPE_CHECKING:
    from ..mining.conform import Conformance
    from ..mining.flow import Flow
    from ..mining.log import EventLog

LEVELS = ("info", "warn", "high", "never")

_READ_DEADLINES = [
    *("name", "triggered", "met", "late", "overdue", "running", "paused", "withdrawn", "met_share", "median_late_days"),
    *("severity", "law", "id"),
]
_READ_RULES = [
    *("sentence", "triggered", "fulfilled", "broken", "pending", "not_judged", "broken_share", "severity", "law", "id"),
]
_READ_DEVIATIONS = [
    *("sentence", "cases", "share", "occurrences", "timed_cases", "median_days", "extra_days", "severity", "id"),
]


@dataclass(frozen=True)
class Verdicts:
    """deviations, deadlines, rules : the frames of the three measures; by : what they are split by"""

    deviations: pd.DataFrame
    deadlines: pd.DataFrame
    rules: pd.DataFrame
    by: str | None

    @classmethod
    def of(cls, found: Conformance, log: EventLog, flow: Flow, by: str | None) -> Verdicts:
        """Deadlines and rules are judged where the flow has any."""
        from ..mining.deadlines import deadlines
        from ..mining.rules import rules

        nothing = pd.DataFrame()
        return cls(
            found.frame,
            deadlines(log, flow, by=by).frame if flow.deadlines else nothing,
            rules(log, flow, by=by).frame if flow.rules else nothing,
            by,
        )

    def to_read(self) -> list[pd.DataFrame]:
        """The tables for a reader, without what only a machine needs."""
        chosen = ((self.deviations, _READ_DEVIATIONS), (self.deadlines, _READ_DEADLINES), (self.rules, _READ_RULES))
        return [
            frame[[*([frame.columns[0]] if self.by else []), *columns]]
            for frame, columns in chosen
            if len(frame.columns)
        ]

    def broken(self) -> pd.DataFrame:
        """Every deviation, deadline and rule: ``id, severity, said`` (a sentence), ``broken`` (is any case against it?)."""
        rows = [
            (row["id"], row["severity"], f"{row['sentence']}: {_cases(row['cases'])} ({_share(row['share'])})", True)
            for row in self.deviations.to_dict("records")
        ]
        for row in self.deadlines.to_dict("records"):
            missed = row["late"] + row["overdue"]
            said = f"{row['name']}: {missed} of {row['met'] + missed} missed, {row['overdue']} of them still open"
            rows.append((row["id"], row["severity"], said, missed > 0))
        for row in self.rules.to_dict("records"):
            said = f"{row['name'] or row['sentence']}: broken in {row['broken']} of {_cases(row['triggered'])}"
            rows.append((row["id"], row["severity"], said, row["broken"] > 0))
        return pd.DataFrame(rows, columns=["id", "severity", "said", "broken"])

    def failing(self, fail_on: str) -> pd.DataFrame:
        """As :meth:`broken`, with ``fails``: is it against the cases, and at least so severe?"""
        rows = self.broken()
        severe = [LEVELS.index(severity) >= LEVELS.index(fail_on) for severity in rows["severity"]]
        return rows.assign(fails=[bool(b and s) for b, s in zip(rows["broken"], severe, strict=True)])


def _cases(number: int) -> str:
    return counted(number, "case", "cases")


def _share(share: float) -> str:
    return f"{100 * share:.1f} %"
