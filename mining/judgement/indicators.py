"""What does one month look like, in all and for each unit?

Every figure is of something that happened in the month, so that two months share no case or event and can be held against each other:

- cases *closed* in it: without a deviation, without a broken rule, without a step done twice;
- deadlines that *fell due* in it, and were met;
- the time of the clock, as it would be if all went as in this month (Kaplan and Meier over the month alone: a case counts from the age that
  it had when the month began, and an open one to its end);
- the waits that ended in it;
- the cases open at its end, and how old they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from ..clock import DAY
from ..closing import closing_known, closing_times
from ..conform import conform
from ..database import text_literal
from ..deadlines import deadlines
from ..errors import EmptyLog
from ..flow import Flow
from ..followed import followed
from ..grouping import grouping
from ..log import EventLog
from ..rework import rework
from ..rules import rules
from ..slugs import slugs
from ..throughput import throughput
from .chart import HIGHER, LOWER
from .month import Month

COLUMNS = ("id", "unit", "name", "kind", "better", "value", "total")
ALL = ""  # the unit of the figures of all cases

_WAITS = """
select (epoch_us(end_time) - epoch_us(before)) / 86400e6 as days from (
    select activity, end_time, lag(activity) over steps as previous, lag(end_time) over steps as before
    from events window steps as (partition by case_no order by "position"))
where previous = {source} and activity = {target} and end_time between {begins} and {ends}
"""


@dataclass(frozen=True)
class Indicator:
    """One figure of a month, of all cases or one unit.

    id : as in other answers (``saksflyt explain``)
    name : of the rule or deadline, or the two steps, as the flow says them; "" where the id says all
    kind : "share" (`value` counts, of `total`) or "measured" (`value` is in days or cases, of `total` cases)
    better : "lower", "higher" or "neither"
    """

    id: str
    unit: str
    name: str
    kind: str
    better: str
    value: float
    total: int


def indicators(log: EventLog, flow: Flow, month: Month, waits: Sequence[tuple[str, str]] = ()) -> pd.DataFrame:
    """The figures of a month: one row per indicator and unit ("" is all), with the columns of :data:`COLUMNS`.

    log : as it was known when the month closed, so that it may reach further than the month
    waits : pairs of steps whose time between them is followed
    A figure of no case is NaN. Raises EmptyLog if the log has no cases.
    """
    log.require_cases()
    named = flow.named(log)
    then = named.as_of(month.ends)
    units = named.sql("select distinct unit from cases where unit is not null order by unit")["unit"].tolist()
    found = []
    for unit in (ALL, *(units if len(units) > 1 else [])):
        some, open_then = ((each.where(f"unit={unit}") if unit else each) for each in (named, then))
        found += [replace(each, unit=unit) for each in _of_cases(some, open_then, flow, month, waits)]
    return pd.DataFrame([asdict(each) for each in found], columns=list(COLUMNS))


def _of_cases(
    log: EventLog, then: EventLog, flow: Flow, month: Month, waits: Sequence[tuple[str, str]]
) -> Iterator[Indicator]:
    """then : the log as it stood at the end of the month"""
    yield from _of_closed(log, flow, month)
    yield from _of_deadlines(log, flow, month)
    yield from _of_the_clock(then, flow, month)
    yield from _of_waits(log, month, waits)
    yield from _of_open(then, flow)


def _of_closed(log: EventLog, flow: Flow, month: Month) -> Iterator[Indicator]:
    closed = _closed_in(log, flow, month)
    held = None if closed is None else conform(closed, flow)
    judged = held.cases - held.not_computed if held else 0
    yield _share("conform.conforming_share", HIGHER, held.conforming_cases if held else 0, judged)
    again = None if closed is None else rework(closed, flow)
    clean = round(again.right_first_time * again.closed_cases) if again and again.closed_cases else 0
    yield _share("rework.right_first_time", HIGHER, clean, again.closed_cases if again else 0)
    judged_rules = rules(closed or log, flow).frame[["id", "name", "sentence", "broken", "fulfilled"]]
    for id_, name, sentence, broken, fulfilled in judged_rules.itertuples(index=False, name=None):
        yield _share(id_, LOWER, *((broken, broken + fulfilled) if closed else (0, 0)), name or sentence)


def _closed_in(log: EventLog, flow: Flow, month: Month) -> EventLog | None:
    """The cases closed in the month; None where there are none, or nobody says which are closed."""
    if not closing_known(log, flow):
        return None
    begins, ends = (f"timestamptz {text_literal(moment.isoformat())}" for moment in (month.begins, month.ends))
    closings = f"with closing as ({closing_times(log, flow)}) select case_no from closing"
    found = log.sql(f"{closings} where closed_time between {begins} and {ends} order by 1")["case_no"].tolist()
    return log.numbered(found, f"closed in {month.name}") if found else None


def _of_deadlines(log: EventLog, flow: Flow, month: Month) -> Iterator[Indicator]:
    judged = deadlines(log, flow)
    rows = judged.case_list(states=("met", "late", "overdue"))
    due = rows[rows["due"].between(pd.Timestamp(month.first), pd.Timestamp(month.last))]
    for id_, name in judged.frame[["id", "name"]].itertuples(index=False, name=None):
        states = due.loc[due["name"] == name, "state"]
        yield _share(id_, HIGHER, int((states == "met").sum()), len(states), name)


def _of_the_clock(then: EventLog, flow: Flow, month: Month) -> Iterator[Indicator]:
    """No case is followed before the month or after it."""
    followed_in_it = then.since(month.begins)
    median, p90, ended = np.nan, np.nan, 0
    if flow.clock is None or flow.clock.start in followed_in_it.activities:
        try:
            times = throughput(followed_in_it, flow)
            median, p90, ended = times.median_days, times.p90_days, times.closed
        except EmptyLog:
            pass  # no case is followed into the month
    yield Indicator("throughput.median_days", ALL, "", "measured", LOWER, median, ended)
    yield Indicator("throughput.p90_days", ALL, "", "measured", LOWER, p90, ended)


def _of_waits(log: EventLog, month: Month, waits: Sequence[tuple[str, str]]) -> Iterator[Indicator]:
    names = slugs(sorted({step for pair in waits for step in pair}), ())
    begins, ends = (f"timestamptz {text_literal(moment.isoformat())}" for moment in (month.begins, month.ends))
    for source, target in waits:
        query = _WAITS.format(source=text_literal(source), target=text_literal(target), begins=begins, ends=ends)
        days = log.sql(query)["days"]
        id_ = f"waiting.median_days:{names[source]}>{names[target]}"
        yield Indicator(
            id_,
            ALL,
            f"{source} → {target}",
            "measured",
            LOWER,
            float(days.median()) if len(days) else np.nan,
            len(days),
        )


def _of_open(then: EventLog, flow: Flow) -> Iterator[Indicator]:
    if not closing_known(then, flow):
        return
    rows = then.sql(followed(then, flow, grouping(then, None))) if then.case_count else pd.DataFrame({"outcome": []})
    ages = rows.loc[rows["outcome"] == "open", "age_micros"] / DAY if len(rows) else pd.Series(dtype=float)
    yield Indicator("backlog.open_cases", ALL, "", "measured", LOWER, float(len(ages)), len(ages))
    age = float(ages.median()) if len(ages) else np.nan
    yield Indicator("backlog.median_age_days", ALL, "", "measured", LOWER, age, len(ages))


def _share(id_: str, better: str, count: int, total: int, name: str = "") -> Indicator:
    return Indicator(id_, ALL, name, "share", better, float(count) if total else np.nan, total)
