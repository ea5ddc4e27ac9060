"""Which cases are open now, where do they stand, and is that longer than closed cases stood there?

An open case stands at its last step; steps that may come at any time do not move it. How long it has stood there is held
against how long closed cases stood at the same step before they went on. The oldest come first, with whom they wait for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .answer import Answer
from .clock import DAY, local_days
from .closing import closing_clock, closing_known
from .database import text_literal
from .flow import Flow
from .grouping import Grouping, grouping
from .log import EventLog
from .remaining import remaining_medians
from .work_in_progress import Every, balance, over_time

if TYPE_CHECKING:
    import pandas as pd

_STAYS_FOR_P85 = 20  # with fewer, the P85 is one of the three longest

_OPEN = """
with clock as ({closing}), standing as (
    select case_no, arg_min("precision", "position") as first_precision,
           arg_max(struct_pack(step := activity::varchar, since := end_time, known := "precision"), ({moving}, "position"))
               as place
    from events where case_no in (select case_no from clock where not is_closed) group by case_no
)
select {first} case_no, place.step as step,
       {age} / {day} as age_days, {here} / {day} as here_days
from clock join standing using (case_no)
order by {age} desc, {here} desc, case_no
"""

_STAYS = """
with clock as ({closing}), moves as (
    select case_no, activity, end_time, "precision", lead(end_time) over steps as next_time,
           lead("precision") over steps as next_precision
    from events where {moving} window steps as (partition by case_no order by "position")
), stays as (
    select {first} activity::varchar as step,
           case when next_time <= closing_time then {to_next} else {to_closing} end as micros
    from moves join clock using (case_no)
    where is_closed and (next_time <= closing_time or closing_time > end_time)
)
select {first} step, count(*) as closed_stays, quantile_cont(greatest(micros, 0), 0.5) / {day} as closed_median_days,
       quantile_cont(greatest(micros, 0), 0.85) / {day} as closed_p85_days
from stays group by all
"""

_OLDEST = ("step", "waits_for", "age_days", "here_days", "closed_p85_days", "older", "remaining_median_days")

_CASE_IDS = "select case_no, case_id, unit from cases"


@dataclass(frozen=True, repr=False)
class Backlog(Answer):
    """The open cases of a log, in days of 24 hours. NaN : too few closed cases to hold them against.

    frame : one row per step at which open cases stand, most cases first
        step, waits_for (who holds the case after it, as the flow says; else ""), open_cases, median_age_days and
        oldest_age_days (since they were received), median_here_days and longest_here_days (since the step), closed_stays
        (how often closed cases stood there), closed_median_days and closed_p85_days (for how long; P85 from 20 stays),
        older (open cases that have stood longer than that P85)
    oldest : one row per open case, the oldest first; no case ids
        step, waits_for, age_days, here_days, closed_p85_days, older, remaining_median_days (half of the cases that were
        open at that age were over so many days later; NaN where fewer than 20 were followed to that age, or the curve does
        not reach so far)
    over_time : one row per day or week
        day ("2025-03-03", a week's Monday), received, closed, in_progress (at its end), whole (all of it was observed)
    cases, open_cases : all, and those not over; older_cases : open cases that have stood longer than the P85
    mean_in_progress, received_per_day, mean_days, little_gap, little_holds, weeks_of_work : :class:`.Balance` says what
    closing_known : false when neither export nor flow says which cases are closed; then none is open
    """

    frame: pd.DataFrame
    oldest: pd.DataFrame
    over_time: pd.DataFrame
    cases: int
    open_cases: int
    older_cases: int
    mean_in_progress: float
    received_per_day: float
    mean_days: float
    little_gap: float
    little_holds: bool | None
    weeks_of_work: float
    closing_known: bool
    _log: EventLog = field(repr=False)
    _case_numbers: list[int] = field(repr=False)

    def case_list(self) -> pd.DataFrame:
        """``oldest`` with ``case_id`` first: a list for the team, to be kept inside the office."""
        ids = self._log.sql(_CASE_IDS).set_index("case_no")["case_id"]
        listed = self.oldest.copy()
        listed.insert(0, "case_id", ids.loc[self._case_numbers].tolist())
        return listed

    def _figures(self) -> dict[str, object]:
        return {name: value for name, value in super()._figures().items() if not name.startswith("_")}


def backlog(log: EventLog, flow: Flow | None = None, by: str | None = None, *, every: Every = "week") -> Backlog:
    """Look at the open cases; with `by`, steps and time within each group. every : "day" or "week", of ``over_time``

    Raises EmptyLog if the log has no cases, UsageError if `by` names no column of the cases.
    """
    log.require_cases()
    log = flow.named(log) if flow else log
    group = grouping(log, by)
    known = closing_known(log, flow)
    closing = closing_clock(log, flow, group)
    keys = group.keys
    rows = _standing(log, flow, group, closing, keys)
    rows["remaining_median_days"] = remaining_medians(log, flow, group, keys, rows)
    return Backlog(
        frame=_by_step(rows, keys),
        oldest=rows[[*keys, *_OLDEST]],
        over_time=over_time(log, closing, group, keys, every),
        cases=log.case_count,
        open_cases=len(rows),
        older_cases=int(rows["older"].sum()),
        **vars(balance(log, closing_clock(log, flow, grouping(log, None)), known)),
        closing_known=known,
        _log=log,
        _case_numbers=rows["case_no"].tolist(),
    )


def _standing(log: EventLog, flow: Flow | None, group: Grouping, closing: str, keys: list[str]) -> pd.DataFrame:
    """One row per open case, the oldest first, with what closed cases did at the same step."""
    moving = _moving(flow)
    by_day = "first_precision = 'day'" if log.manifest.closed != "day" else "true"
    open_cases = log.sql(
        _OPEN.format(
            closing=closing,
            first=group.first,
            moving=moving,
            day=float(DAY),
            age=_until_end(log, "first_time", by_day),
            here=_until_end(log, "place.since", "place.known = 'day'"),
        )
    )
    to_next = _stay(log, "next_time", "'day' in (\"precision\", next_precision)")
    to_closing = _stay(log, "closing_time", "true" if log.manifest.closed == "day" else "\"precision\" = 'day'")
    stays = log.sql(
        _STAYS.format(
            closing=closing, first=group.first, moving=moving, day=float(DAY), to_next=to_next, to_closing=to_closing
        )
    )
    rows = open_cases.merge(stays, how="left", on=[*keys, "step"])
    rows["closed_stays"] = rows["closed_stays"].fillna(0).astype("int64")
    rows["closed_p85_days"] = rows["closed_p85_days"].where(rows["closed_stays"] >= _STAYS_FOR_P85)
    rows["older"] = rows["here_days"] > rows["closed_p85_days"]
    rows["waits_for"] = [(flow.settings(step).waits_for or "") if flow else "" for step in rows["step"]]
    return rows


def _moving(flow: Flow | None) -> str:
    """SQL: does the event move the case?"""
    names = ", ".join(text_literal(step) for step in flow.anytime) if flow else ""
    return f"activity not in ({names})" if names else "true"


def _until_end(log: EventLog, start: str, by_day: str) -> str:
    """Microseconds until the end of the window; whole days where the start is known to the day."""
    end = f"timestamptz {text_literal(str(log.observed_to))}"
    days = local_days(log.zone, start, f"({end} + interval 1 microsecond)")
    return f"greatest(case when {by_day} then {days} - {DAY} else epoch_us({end}) - epoch_us({start}) end, 0)"


def _stay(log: EventLog, stop: str, by_day: str) -> str:
    days = local_days(log.zone, "end_time", stop)
    return f"case when {by_day} then {days} else epoch_us({stop}) - epoch_us(end_time) end"


def _by_step(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    steps = rows.groupby([*keys, "step", "waits_for"], sort=True)
    frame = steps.agg(
        open_cases=("case_no", "size"),
        median_age_days=("age_days", "median"),
        oldest_age_days=("age_days", "max"),
        median_here_days=("here_days", "median"),
        longest_here_days=("here_days", "max"),
        closed_stays=("closed_stays", "first"),
        closed_median_days=("closed_median_days", "first"),
        closed_p85_days=("closed_p85_days", "first"),
        older=("older", "sum"),
    ).reset_index()
    frame["older"] = frame["older"].where(frame["closed_p85_days"].notna()).astype("Int64")
    order = [*keys, "open_cases", "step"]
    return frame.sort_values(order, ascending=[name != "open_cases" for name in order], ignore_index=True)
