"""A judged deadline as a row of figures, and as a list of cases."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from .deadline_days import NEVER
from .flow_parts import Deadline
from .rework import wilson

if TYPE_CHECKING:
    import pandas as pd

STATES = ("met", "late", "running", "overdue", "paused", "withdrawn", "without_due")
_DAYS = ("start", "due", "end")
_COUNTS = ("late", "gross", "net")
_NO_DAY = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Judged:
    """Every time that a deadline started: arrays, one entry each. Days are numbers since the start of 1970."""

    deadline: Deadline
    case_no: np.ndarray
    group: np.ndarray | None
    state: np.ndarray
    start: np.ndarray
    due: np.ndarray
    end: np.ndarray
    late: np.ndarray
    gross: np.ndarray
    net: np.ndarray

    def of_group(self, name: str) -> Judged:
        """Those of one group of cases."""
        assert self.group is not None
        some = self.group == name
        parts = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "deadline"}
        return replace(self, **{key: part[some] for key, part in parts.items()})

    def count(self, state: str) -> int:
        return int((self.state == state).sum())

    def rows(self) -> pd.DataFrame:
        """For people: dates are ``datetime64``."""
        import pandas as pd

        columns: dict[str, object] = {"name": self.deadline.name, "case_no": self.case_no, "state": self.state}
        columns |= {name: _dates(getattr(self, name)) for name in _DAYS}
        columns |= {f"{name}_days": getattr(self, name) for name in _COUNTS}
        return pd.DataFrame(columns)

    @staticmethod
    def no_rows() -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(
            columns=pd.Index(["name", "case_no", "state", *_DAYS, *(f"{name}_days" for name in _COUNTS)])
        )


def deadline_row(found: Judged) -> dict[str, object]:
    """The figures of a deadline, by the names of :data:`FIGURES`."""
    counts = {state: found.count(state) for state in STATES}
    judged = counts["met"] + counts["late"] + counts["overdue"]
    low, high = wilson(counts["met"], judged)
    late = found.late[np.isin(found.state, ["late", "overdue"])]
    reached = np.isin(found.state, ["met", "late"])
    figures = {
        "id": "",
        "name": found.deadline.name,
        "law": found.deadline.law or "",
        "severity": found.deadline.severity,
        "triggered": len(found.state) - counts["without_due"],
        **counts,
        "met_share": counts["met"] / judged if judged else nan,
        "met_share_low": low,
        "met_share_high": high,
        "median_late_days": _quantile(late, 0.5),
        "p90_late_days": _quantile(late, 0.9),
        "median_gross_days": _quantile(found.gross[reached], 0.5),
        "median_net_days": _quantile(found.net[reached], 0.5),
    }
    assert tuple(figures) == FIGURES
    return figures


FIGURES = (
    *("id", "name", "law", "severity", "triggered", *STATES, "met_share", "met_share_low", "met_share_high"),
    *("median_late_days", "p90_late_days", "median_gross_days", "median_net_days"),
)


def _quantile(days: np.ndarray, share: float) -> float:
    return float(np.quantile(days, share)) if days.size else nan


def _dates(days: np.ndarray) -> np.ndarray:
    known = (days != NEVER) & (days != _NO_DAY)
    found = np.full(days.shape, np.datetime64("NaT", "s"))
    found[known] = days[known].astype("datetime64[D]").astype("datetime64[s]")
    return found
