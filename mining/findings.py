"""Everything a log is asked, in one object: what the report and the checks are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .backlog import Backlog, backlog
from .distribution import Distribution, distribution
from .graph import Graph, graph
from .local_time import zone_named
from .log import EventLog
from .manifest import Manifest
from .quality import Quality, quality
from .rework import Rework, rework
from .throughput import Throughput, throughput
from .variants import Variants, variants
from .waiting import Waiting, waiting

if TYPE_CHECKING:
    from .calendar import Calendar, UnitCalendars
    from .deadlines import Deadlines
    from .flow import Flow
    from .intended import Intended
    from .rules import Rules


@dataclass(frozen=True)
class Findings:
    """The measures of one log, and what the log says about itself.

    cases, events, activities, first_time, last_time : of the cases looked at; times in the log's zone
    selection : how the cases were chosen: kind ("condition", "received", "closed", "active") and what was asked
    open_cases : None when neither the export nor the flow says which cases are closed
    median_events : events in the middle case
    intended : how the cases go beside how they were meant to go; None without an intended flow
    deadlines, rules : of the flow, judged; None where it has none
    """

    log_name: str
    manifest: Manifest
    selection: tuple[tuple[str, str], ...]
    cases: int
    events: int
    activities: int
    first_time: datetime
    last_time: datetime
    open_cases: int | None
    median_events: float
    variants: Variants
    throughput: Throughput
    distribution: Distribution
    graph: Graph
    rework: Rework
    waiting: Waiting
    backlog: Backlog
    quality: Quality
    intended: Intended | None = None
    deadlines: Deadlines | None = None
    rules: Rules | None = None


def mine(log: EventLog, flow: Flow | None = None, *, calendar: Calendar | UnitCalendars | None = None) -> Findings:
    """Ask the log everything, and hold it against the intended flow, its deadlines and its rules.

    With a flow, activities bear the names of its steps, and it says which cases are over where the export does not.
    calendar : its working days count in deadlines; without it that of the flow, or else Norway's holidays
    Raises EmptyLog if the log has no cases, UsageError if the flow asks for a column or a step that is not there.
    """
    log.require_cases()
    selections = log.selections
    if flow is not None:
        log = flow.named(log)
    first, last, median = log.sql("select min(first_time), max(last_time), median(events) from cases").iloc[0]
    times = throughput(log, flow)
    lying = backlog(log, flow)
    zone = zone_named(log.zone)
    return Findings(
        log_name=log.name,
        manifest=log.manifest,
        selection=tuple((selection.kind, selection.what) for selection in selections),
        cases=log.case_count,
        events=log.event_count,
        activities=log.activity_count,
        first_time=first.to_pydatetime().astimezone(zone),
        last_time=last.to_pydatetime().astimezone(zone),
        open_cases=lying.open_cases if lying.closing_known else None,
        median_events=float(median),
        variants=variants(log, flow),
        throughput=times,
        distribution=distribution(log, flow),
        graph=graph(log),
        rework=rework(log, flow),
        waiting=waiting(log),
        backlog=lying,
        quality=quality(log, flow),
        **(_beside(flow, log, calendar) if flow else {}),
    )


def _beside(flow: Flow, log: EventLog, calendar: Calendar | UnitCalendars | None) -> dict[str, Any]:
    """The log held against the flow. These parts take half a second to load, for which a report without one need not wait."""
    from .conform import conform
    from .deadlines import deadlines
    from .intended import intended
    from .rules import rules

    return {
        "intended": intended(log, flow, conform(log, flow)),
        "deadlines": deadlines(log, flow, calendar=calendar) if flow.deadlines else None,
        "rules": rules(log, flow) if flow.rules else None,
    }
