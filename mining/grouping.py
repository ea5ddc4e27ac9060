"""``by=``: the same question put to each office, case type or other group of cases."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from .database import identifier
from .errors import UsageError
from .log import EventLog
from .staging import PEOPLE

_NO_GROUPS = {"case_no", "case_id", "variant_no", "first_time", "last_time", "closed", "due", "events"}

# Columns of the results and of the queries on the way to them: a group of such a name gets the suffix _2.
_TAKEN = {
    *("month", "cases", "closed_share", "finished", "median_days", "p90_days", "variant_key", "activities", "share"),
    *("cumulative_share", "source", "target", "occurrences", "mean_seconds", "median_seconds", "p90_seconds"),
    *("activity", "cases_with_self_loop", "cases_with_repetition", "extra_times", "total_days", "micros", "is_closed"),
    *("median", "mean", "total", "quantiles", "times", "groups", "loops", "before", "before_that", "closed_cases"),
    *("withdrawn", "open_cases", "low", "high", "p90_low", "p90_high", "restricted_mean_days", "mean_low", "mean_high"),
    *("days", "at_risk", "ended", "survival", "outcome", "followed_micros", "entry_micros", "age_micros", "begun"),
    *("begun_time", "begun_precision", "reached_time", "reached_precision", "first_precision", "closing_time", "over"),
    *("step", "waits_for", "day", "received", "in_progress", "whole", "place", "age_days", "here_days", "older"),
    *("median_age_days", "oldest_age_days", "median_here_days", "longest_here_days", "closed_stays"),
    *(
        "remaining_median_days",
        "closed_median_days",
        "closed_p85_days",
        "next_time",
        "next_precision",
        "end_time",
        "precision",
    ),
    *(
        "id",
        "name",
        "law",
        "severity",
        "triggered",
        "met",
        "late",
        "running",
        "overdue",
        "paused",
        "withdrawn",
        "without_due",
    ),
    *("met_share", "met_share_low", "met_share_high", "median_late_days", "p90_late_days", "median_gross_days"),
    *("median_net_days", "at_unit", "position", "start_day", "end_day", "due_day", "closed_day", "end_position"),
}


@dataclass(frozen=True)
class Grouping:
    """How a measure is split: pieces of SQL, empty when it is not. Cases without the value are the group "".

    column : the quoted name that the group has in the result
    value : the expression for the group of a case (``cases.…``), or of an event for ``event_unit``
    """

    name: str | None
    value: str
    of_events: bool = False

    @property
    def keys(self) -> list[str]:
        """The name of the group's column in a frame; none where nothing is split."""
        return [f"{self.name}_2" if self.name.lower() in _TAKEN else self.name] if self.name else []

    @property
    def column(self) -> str:
        return "".join(map(identifier, self.keys))

    @property
    def first(self) -> str:
        """``"unit", `` to stand before the other columns."""
        return f"{self.column}, " if self.name else ""

    @property
    def defined(self) -> str:
        """``cases."unit" as "unit", `` where the group is worked out."""
        return f"{self.value} as {self.column}, " if self.name else ""

    @property
    def partition(self) -> str:
        return f"partition by {self.column}" if self.name else ""


def grouping(log: EventLog, by: str | None, *, events: bool = False) -> Grouping:
    """What `by` means in `log`: a column of the cases, or ``event_unit`` where `events` says that steps have units.

    Raises UsageError when there is no such column, or when it would measure people.
    """
    if by is None:
        return Grouping(None, "")
    if by in PEOPLE:
        raise UsageError(f"Nothing is measured by {by}: people are not measured one by one. Use unit.")
    if by == "event_unit":
        if events:
            return Grouping("event_unit", "coalesce(events.unit, '')", of_events=True)
        raise UsageError("event_unit splits steps, not cases. Use unit.")
    columns = [name for name in log.columns("cases") if name not in _NO_GROUPS | PEOPLE]
    if by not in columns:
        near = difflib.get_close_matches(by, columns, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(columns)}."
        raise UsageError(f"Cases have no column {by!r} to split by. {hint}")
    return Grouping(by, f"coalesce(cases.{identifier(by)}::varchar, '')")
