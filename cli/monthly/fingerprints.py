"""When has a month to be judged again? When its settings or what the export says of it are others than before."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ...mining.closing import closing_known, closing_times
from ...mining.database import text_literal
from ...mining.flow import Flow
from ...mining.judgement.month import Month
from ...mining.log import EventLog
from .project import Project

_SHORT = 16
# A case that was over before the month, and stays so, has no part in it.
_ALIVE = """
with closing as ({closing}), alive as (
    select case_no, case_id, closed_time, unit from cases left join closing using (case_no)
    where first_time <= {ends} and (last_time >= {begins} or closed_time is null or closed_time >= {begins})),
told as (
    select hash(case_id, activity::varchar, epoch_us(end_time), epoch_us(start_time), "precision"::varchar, e.unit) as told
    from events e join alive using (case_no)
    union all by name select hash(case_id, unit, epoch_us(closed_time)) as told from alive)
select count(*)::varchar || ' ' || coalesce(bit_xor(told), 0)::varchar || ' ' || coalesce(sum(told::hugeint), 0)::varchar as told
from told
"""
_NO_CLOSINGS = "select null::integer as case_no, null::timestamptz as closed_time where false"


def of_settings(project: Project, flow: Flow) -> str:
    """Of the project's file, its mapping, and the flow as it is understood."""
    found = hashlib.sha256(project.content)
    if project.mapping is not None:
        found.update(project.mapping.read_bytes())
    found.update(
        repr(
            (flow.expression, flow.closed_by, flow.clock, flow.steps, flow.deadlines, flow.rules, flow.calendar)
        ).encode()
    )
    return found.hexdigest()[:_SHORT]


def of_month(log: EventLog, flow: Flow, month: Month) -> str:
    """Of the events of all cases that have a part in a month. log : as it was known when the month closed"""
    begins, ends = (f"timestamptz {text_literal(moment.isoformat())}" for moment in (month.begins, month.ends))
    closing = closing_times(log, flow) if closing_known(log, flow) else _NO_CLOSINGS
    told = log.sql(_ALIVE.format(closing=closing, begins=begins, ends=ends))["told"].iloc[0]
    return hashlib.sha256(str(told).encode()).hexdigest()[:_SHORT]


def of_file(path: Path) -> str:
    """Of the bytes of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:_SHORT]
