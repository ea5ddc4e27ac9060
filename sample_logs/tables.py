"""The same cases as other systems export them: one row per case, per change, per status, or two tables to be joined."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .casework import Case
from .clock import END, written
from .offices import ASSIGNED, DECIDED, DELIVERED, MAPPED, NOTIFIED, PAID, RECEIVED, REQUESTED

MILESTONES = (RECEIVED, ASSIGNED, MAPPED, REQUESTED, DELIVERED, DECIDED, NOTIFIED, PAID)
Rows = Iterator[Sequence[str]]


def wide(cases: Sequence[Case]) -> Rows:
    """One row per case with the first time of each milestone; what is done again cannot be told."""
    yield ("Saksnr", "Sakstype", "Kontor", *MILESTONES, "Avsluttet")
    for case in cases:
        first = {event.step: written(event.when) for event in reversed(case.events)}
        dates = (first.get(step, "") for step in MILESTONES)
        yield (case.application.number, case.application.kind, case.application.office.name, *dates, _closed(case))


def audit(cases: Sequence[Case]) -> Rows:
    """One row per change of a field; only those of the status are steps, and what comes twice in a row is no change."""
    yield ("Saksnr", "Felt", "Gammel verdi", "Ny verdi", "Endret", "Endret av")
    for case in cases:
        status, worker = "", ""
        for event in case.events:
            if event.who and event.who != worker:
                yield (case.application.number, "Saksbehandler", worker, event.who, written(event.when), event.who)
                worker = event.who
            if event.step != status:
                yield (case.application.number, "Status", status, event.step, written(event.when), event.who)
            status = event.step


def intervals(cases: Sequence[Case]) -> Rows:
    """One row per status that a case has been in, from one event to the next; the last is open or ends with the case."""
    yield ("Saksnr", "Status", "Fra", "Til", "Kontor")
    for case in cases:
        ends = [event.when for event in case.events[1:]]
        last = case.closed if case.closed is not None and case.closed >= case.events[-1].when else END
        for event, end in zip(case.events, [*ends, last], strict=True):
            until = "" if end == END else written(end)
            yield (case.application.number, event.step, written(event.when), until, case.application.office.name)


def joined_events(cases: Sequence[Case]) -> Rows:
    """What happened; what is true of the case stands in :func:`joined_cases`."""
    yield ("Saksnr", "Hendelse", "Tidspunkt", "Saksbehandler")
    for case in cases:
        for event in case.events:
            yield (case.application.number, event.step, written(event.when), event.who)


def joined_cases(cases: Sequence[Case]) -> Rows:
    """One row per case of :func:`joined_events`."""
    yield ("Saksnr", "Søker", "Kontor", "Sakstype", "Avsluttet")
    for case in cases:
        about = case.application
        yield (about.number, about.applicant, about.office.name, about.kind, _closed(case))


TABLES: dict[str, Callable[[Sequence[Case]], Rows]] = {
    "soknader-wide.csv": wide,
    "soknader-audit.csv": audit,
    "soknader-intervals.csv": intervals,
    "soknader-joined-events.csv": joined_events,
    "soknader-joined-cases.csv": joined_cases,
}


def write_tables(cases: Sequence[Case], folder: Path) -> None:
    """Write the cases in every shape of table."""
    for name, rows in TABLES.items():
        text = io.StringIO()
        csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows(cases))
        (folder / name).write_bytes(text.getvalue().encode("cp1252"))


def _closed(case: Case) -> str:
    return "" if case.closed is None else written(case.closed)
