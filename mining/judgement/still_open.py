"""Have the open cases vanished, as in an export of closed ones alone?"""

from __future__ import annotations

import pandas as pd

from ..closing import closing_known, closing_times
from ..database import text_literal
from ..flow import Flow
from ..log import EventLog
from .fault import Fault, names_before, usual
from .month import Month

_OPEN = 10  # cases, before their absence says anything
_FEWER, _FEW = 0.5, 0.25  # of the usual

_STILL = """
with closing as ({closing})
select count(*) filter (closed_time is null or closed_time > {ends}) as at_end,
       count(*) filter (closed_time is null or closed_time > {closes}) as at_closing
from cases left join closing using (case_no) where first_time between {begins} and {ends}
"""
_WHEN = {"at_end": "at its end", "at_closing": "when it closed"}


def still_open(log: EventLog, flow: Flow, month: Month, working_days: int) -> list[Fault]:
    """Of the cases that began in a month, how many were open at its end and when it closed, against the months before?

    log : as it was known when the month closed
    """
    if not closing_known(log, flow):
        return []
    months = [Month(name, month.zone) for name in (*names_before(month), month.name)]
    there = [each for each in months if log.observed_from is None or each.ends >= log.observed_from]
    counts = pd.concat([_still(log, closing_times(log, flow), each, working_days) for each in there]).sort_index()
    for when, words in _WHEN.items():
        middle, now = usual(counts[when], month, None), int(counts[when].get(month.name, 0))
        if middle is not None and middle >= _OPEN and now < _FEWER * middle:
            said = (
                f"{now} of the cases that began in {month.name} were open {words}, where {middle:.0f} are usual; "
                "does the export hold closed cases only?"
            )
            return [Fault("open", said, refuses=now < _FEW * middle)]
    return []


def _still(log: EventLog, closing: str, month: Month, working_days: int) -> pd.DataFrame:
    begins, ends, closes = (
        f"timestamptz {text_literal(moment.isoformat())}"
        for moment in (month.begins, month.ends, month.closes(working_days))
    )
    counts = log.sql(_STILL.format(closing=closing, begins=begins, ends=ends, closes=closes))
    return counts.set_axis([month.name])
