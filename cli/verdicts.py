"""What does the flow say of the cases: deviations, deadlines and rules, each with its severity, and which are accepted?"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..mining.accepted import Accepted
from .notes import counted
from .severity import severe_enough

if TYPE_CHECKING:
    from datetime import date

    from ..mining.accepted_toml import Acceptance
    from ..mining.conform import Conformance
    from ..mining.flow import Flow
    from ..mining.log import EventLog


_READ_DEADLINES = [
    *("name", "triggered", "met", "late", "overdue", "running", "paused", "withdrawn", "met_share", "median_late_days"),
    *("severity", "law", "id"),
]
_READ_RULES = [
    *("sentence", "triggered", "fulfilled", "broken", "pending", "not_judged", "broken_share", "severity", "law", "id"),
]
_READ_DEVIATIONS = [
    *(
        "sentence",
        "cases",
        "share",
        "occurrences",
        "timed_cases",
        "median_days",
        "extra_days",
        "extra_low",
        "extra_high",
    ),
    *("severity", "id"),
]


@dataclass(frozen=True)
class Verdicts:
    """What the three measures found, and what the office has accepted of it.

    deviations, deadlines, rules : their frames; by : what they are split by, and groups : its values
    accepted, day : the acceptances, and the day on which they are judged; None where there is nothing to judge
    """

    deviations: pd.DataFrame
    deadlines: pd.DataFrame
    rules: pd.DataFrame
    by: str | None
    groups: tuple[str, ...] = ()
    accepted: Accepted = field(default_factory=Accepted)
    day: date | None = None

    @classmethod
    def of(cls, found: Conformance, log: EventLog, flow: Flow, by: str | None) -> Verdicts:
        """Deadlines and rules are judged where the flow has any."""
        from ..mining.deadlines import deadlines
        from ..mining.grouping import grouping
        from ..mining.rules import rules

        nothing = pd.DataFrame()
        groups = f"select distinct {grouping(log, by).value} as name from cases order by name" if by else ""
        return cls(
            found.frame,
            deadlines(log, flow, by=by).frame if flow.deadlines else nothing,
            rules(log, flow, by=by).frame if flow.rules else nothing,
            by,
            tuple(log.sql(groups)["name"].tolist()) if by else (),
        )

    def accepting(self, accepted: Accepted, day: date) -> Verdicts:
        """The same with ``accepted, accepted_until, reason`` in every frame, as they are on that day of the log's zone."""
        frames = (
            accepted.mark(frame, day) if "id" in frame.columns else frame
            for frame in (self.deviations, self.deadlines, self.rules)
        )
        return Verdicts(*frames, by=self.by, groups=self.groups, accepted=accepted, day=day)

    def to_read(self) -> list[pd.DataFrame]:
        """The tables for a reader, without what only a machine needs; what is accepted stands apart, in the last one."""
        chosen = ((self.deviations, _READ_DEVIATIONS), (self.deadlines, _READ_DEADLINES), (self.rules, _READ_RULES))
        set_apart = self.set_apart()
        apart = set(set_apart["id"])
        tables = [
            frame.loc[~frame["id"].isin(apart), [*([frame.columns[0]] if self.by else []), *columns]]
            for frame, columns in chosen
            if len(frame.columns)
        ]
        return [*tables, set_apart] if apart else tables

    def set_apart(self) -> pd.DataFrame:
        """What is accepted and was found: (the group,) ``accepted`` (a sentence), ``accepted_until, reason, id``."""
        rows = self.broken()
        rows = rows.loc[rows["broken"] & rows["accepted"], ["group", "said", "accepted_until", "reason", "id"]]
        named = rows.rename(columns={"said": "accepted"}).reset_index(drop=True)
        return named.rename(columns={"group": self._group}) if self.by else named.drop(columns="group")

    def broken(self) -> pd.DataFrame:
        """Every deviation, deadline and rule.

        id, group, severity, said (a sentence), broken (is any case against it?), times (so many cases, or starts of a
        deadline), accepted, accepted_until, reason
        """
        rows = [
            *(self._row(row, _deviation(row), row["cases"]) for row in self.deviations.to_dict("records")),
            *(
                self._row(row, _deadline(row), row["late"] + row["overdue"])
                for row in self.deadlines.to_dict("records")
            ),
            *(self._row(row, _rule(row), row["broken"]) for row in self.rules.to_dict("records")),
        ]
        columns = ["id", "group", "severity", "said", "broken", "times", "accepted", "accepted_until", "reason"]
        frame = pd.DataFrame(rows, columns=pd.Index(columns))
        return frame.astype({"broken": bool, "accepted": bool, "accepted_until": object})

    def _row(self, row: dict, said: str, times: int) -> tuple[object, ...]:
        entry = self.accepted.of(row["id"], self.day) if self.day else None
        holds = entry is not None and self.day is not None and entry.holds(self.day)
        if entry and not holds and times:
            said = f"{said}; accepted until {entry.until}, which is over"
        group = row[self._group] if self.by else ""
        until, reason = (entry.until, entry.reason) if entry else (None, "")
        return row["id"], group, row["severity"], said, times > 0, times, holds, until, reason

    def failing(self, fail_on: str) -> pd.DataFrame:
        """As :meth:`broken`, with ``fails``: is it against the cases, at least so severe, and not accepted?"""
        rows = self.broken()
        severe = pd.Series(severe_enough(rows["severity"], fail_on), dtype=bool)
        return rows.assign(fails=rows["broken"] & severe & ~rows["accepted"])

    def expired(self) -> list[Acceptance]:
        """The acceptances that are over although what they stand for was found."""
        if self.day is None:
            return []
        rows = self.broken()
        again = [self.accepted.of(id_, self.day) for id_ in rows.loc[rows["broken"] & ~rows["accepted"], "id"]]
        return sorted({entry for entry in again if entry}, key=lambda entry: entry.id)

    def unseen(self) -> list[Acceptance]:
        """The acceptances of what was not found in these cases."""
        rows = self.broken()
        return list(self.accepted.unseen(rows.loc[rows["broken"], "id"], self.groups))

    def case_list(self, found: Conformance) -> pd.DataFrame:
        """The cases that deviate, with what is accepted of it in a column of its own, ``accepted_deviations``.

        A case is of no group here, so an acceptance for one group does not count.
        """
        cases = found.case_list()
        ids = {id_ for listed in cases["deviations"] for id_ in listed}
        holds = {id_ for id_ in ids if self.day and self.accepted.state(id_, self.day) == "accepted"}
        split = [
            [[i for i in listed if (i in holds) == held] for held in (False, True)] for listed in cases["deviations"]
        ]
        cases["deviations"] = [others for others, _ in split]
        cases.insert(list(cases.columns).index("deviations") + 1, "accepted_deviations", [held for _, held in split])
        return cases

    @property
    def parameters(self) -> dict[str, object]:
        """What an answer says about the acceptances it rests on: the file's name and the day, None where there is none."""
        where = self.accepted.where
        return {"accepted": Path(where).name or None, "accepted_as_of": self.day if where else None}

    @property
    def _group(self) -> str:
        """The column of the groups, as the measures call it."""
        return str(self.deviations.columns[0])


def _deviation(row: dict) -> str:
    return f"{row['sentence']}: {_cases(row['cases'])} ({_share(row['share'])})"


def _deadline(row: dict) -> str:
    missed = row["late"] + row["overdue"]
    return f"{row['name']}: {missed} of {row['met'] + missed} missed, {row['overdue']} of them still open"


def _rule(row: dict) -> str:
    return f"{row['name'] or row['sentence']}: broken in {row['broken']} of {_cases(row['triggered'])}"


def _cases(number: int) -> str:
    return counted(number, "case", "cases")


def _share(share: float) -> str:
    return f"{100 * share:.1f} %"
