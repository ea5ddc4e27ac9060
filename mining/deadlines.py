"""Are the deadlines met, and which cases are late, or will be?

Deadlines are counted in whole local days (:mod:`.deadline_days`) and judged at the end of the window, never at the clock on
the wall. A case that is still open and overdue counts as not met at once, not when it is closed at last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .answer import Answer
from .calendar import Calendar, UnitCalendars
from .closing import closing_known
from .deadline_ageing import ageing
from .deadline_rows import FIGURES, STATES, Judged, deadline_row
from .deadline_states import judged
from .errors import UsageError
from .finding_ids import FindingIds
from .flow import Flow
from .flow_parts import Deadline
from .grouping import grouping
from .log import EventLog
from .toml_table import meant

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd


@dataclass(frozen=True, repr=False)
class Deadlines(Answer):
    """The deadlines of a flow, judged on a log.

    frame : one row per deadline (and group), in the order of the flow
        id, name, law ("" where none is said), severity, triggered (times it started), met, late (reached after its day),
        running (not yet due), overdue (past its day and not reached), paused (its clock stands), withdrawn (the case was
        closed in time without it), without_due (the data name no day; not in triggered), met_share (0 to 1: met / (met +
        late + overdue); NaN when there is none), met_share_low, met_share_high (95 %, Wilson), median_late_days,
        p90_late_days (of the late and, so far, the overdue), median_gross_days, median_net_days (of those reached)
    closing_known : false when nobody says which cases are closed; then a case without the step counts as open
    log : with the flow's names

    All days are whole local days; those of `net` are without the days on which the clock stood.
    """

    frame: pd.DataFrame
    closing_known: bool
    log: EventLog
    _judged: tuple[Judged, ...] = field(repr=False)

    @property
    def in_flow(self) -> tuple[Deadline, ...]:
        """The deadlines as the flow says them, in its order."""
        return tuple(each.deadline for each in self._judged)

    def ageing(self) -> pd.DataFrame:
        """How the open ones stand to the day they are due, over all groups, at the end of the window.

        One row per deadline and age, in the order of the flow. Columns: name, age (one of
        :data:`.deadline_ageing.AGES`), open (starts of the deadline that are not reached, nor closed without it).
        """
        return ageing(self._judged)

    def case_list(self, deadline: str | None = None, states: Collection[str] = STATES) -> pd.DataFrame:
        """The cases, one row per time that a deadline started, by deadline and case, for the team.

        deadline : the name of one of them; states : those of interest
        Columns: name, case_no, case_id, unit, state, start, due (of a paused one the earliest that it can be; NaT where
        the data name none), end (the step, or the closing of a withdrawn case; NaT), late_days (0 when in time),
        gross_days, net_days (so far, where it is not reached).
        Raises UsageError if there is no such deadline or state.
        """
        import pandas as pd

        names = [each.deadline.name for each in self._judged]
        _known("deadline", [deadline] if deadline is not None else [], names)
        _known("state", states, STATES)
        chosen = [each for each in self._judged if deadline in (None, each.deadline.name)]
        rows = pd.concat([each.rows() for each in chosen], ignore_index=True) if chosen else Judged.no_rows()
        rows = rows[rows["state"].isin(list(states))]
        cases = self.log.sql("select case_no, case_id, unit from cases").set_index("case_no")
        for place, name in enumerate(("case_id", "unit")):
            rows.insert(2 + place, name, cases[name].reindex(rows["case_no"]).to_numpy())
        return rows.reset_index(drop=True)

    def _figures(self) -> dict[str, object]:
        return {name: value for name, value in super()._figures().items() if name not in ("log", "_judged")}


def deadlines(
    log: EventLog, flow: Flow, *, calendar: Calendar | UnitCalendars | None = None, by: str | None = None
) -> Deadlines:
    """Judge every deadline of the flow at the log's `observed_to`; with `by`, within each group.

    calendar : its working days count; without it those of the flow (by the unit of the case), or else Norway's
    Raises EmptyLog if the log has no cases, UsageError if `by`, a condition or a due date names no column.
    """
    import pandas as pd

    log.require_cases()
    log = flow.named(log)
    keeps = calendar or UnitCalendars.of_flow(flow.calendar, log.zone)
    calendars = keeps if isinstance(keeps, UnitCalendars) else UnitCalendars(keeps)
    group = grouping(log, by)
    groups = _groups(log, by, group.value)
    found = tuple(judged(log, flow, each, group, calendars) for each in flow.deadlines)
    ids = FindingIds("deadlines", [each.name for each in flow.deadlines], (), groups if by else ())
    rows = [_row(each, name, "".join(group.keys), ids) for each in found for name in groups]
    columns = [*group.keys, *FIGURES]
    return Deadlines(
        frame=pd.DataFrame(rows, columns=pd.Index(columns)),
        closing_known=closing_known(log, flow),
        log=log,
        _judged=found,
    )


def _groups(log: EventLog, by: str | None, value: str) -> list[str]:
    if by is None:
        return [""]
    return log.sql(f"select distinct {value} as name from cases order by name")["name"].tolist()


def _row(found: Judged, group: str, by: str | None, ids: FindingIds) -> dict[str, object]:
    deadline: Deadline = found.deadline
    id_ = ids.of(("met_share", (deadline.name,), ()), group if by else None)
    row = {**deadline_row(found.of_group(group) if by else found), "id": id_}
    return {by: group, **row} if by else row


def _known(what: str, asked: Collection[str], there: Collection[str]) -> None:
    for name in asked:
        if name not in there:
            raise UsageError(f"There is no {what} {name!r}.{meant(name, there)}")
