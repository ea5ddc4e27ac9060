"""Everything a log is asked, in one object: what the report and the checks are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from .distribution import Distribution, distribution
from .graph import Graph, graph
from .local_time import zone_named
from .log import EventLog
from .manifest import Manifest
from .rework import Rework, rework
from .throughput import Throughput, throughput
from .variants import Variants, variants
from .waiting import Waiting, waiting

if TYPE_CHECKING:
    from .flow import Flow
    from .intended import Intended


@dataclass(frozen=True)
class Findings:
    """The measures of one log, and what the log says about itself.

    cases, events, activities, first_time, last_time : of the cases looked at; times in the log's zone
    selection : how the cases were chosen: kind ("condition", "received", "closed", "active") and what was asked
    open_cases : None when the export does not say which cases are closed
    median_events : events in the middle case
    intended : how the cases go beside how they were meant to go; None without an intended flow
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
    intended: Intended | None = None


def mine(log: EventLog, flow: Flow | None = None) -> Findings:
    """Ask the log everything, and hold it against the intended flow. Raises EmptyLog if it has no cases.

    With a flow, activities bear the names of its steps.
    """
    log.require_cases()
    selections = log.selections
    if flow is not None:
        from .conform import named_as  # only with a flow, for which a report need not wait

        log = named_as(flow, log)
    first, last, median = log.sql("select min(first_time), max(last_time), median(events) from cases").iloc[0]
    times = throughput(log)
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
        open_cases=times.cases - times.closed if log.closing_known else None,
        median_events=float(median),
        variants=variants(log),
        throughput=times,
        distribution=distribution(log),
        graph=graph(log),
        rework=rework(log),
        waiting=waiting(log),
        intended=None if flow is None else _beside(flow, log),
    )


def _beside(flow: Flow, log: EventLog) -> Intended:
    from .conform import conform
    from .intended import intended

    return intended(log, flow, conform(log, flow))
