"""Is an export as a whole what it was, or has it lost, renamed or torn what earlier ones had?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..database import text_literal
from ..log import EventLog
from ..manifest import Manifest
from .fault import Fault

Counts = Mapping[tuple[str, str, str], int]
BEGUN = ""  # in the place of a step: the cases that begin

_LOST = 0.02  # of the events of months that were judged before
_FUTURE = 0.01  # of the events
_SHEETS = (2**14, 2**16, 2**20)  # rows of spreadsheets, old and new
_LEAST_LIMIT = 1000

_COUNTS = """
with events_of as (
    select strftime(timezone({zone}, end_time), '%Y-%m') as "month", coalesce(unit, '') as unit, activity::varchar as activity, "position"
    from events)
select "month", unit, activity, count(*) as events from events_of group by all
union all select "month", unit, {begun}, count(*) as events from events_of where "position" = 1 group by all
"""


def counted(log: EventLog) -> Counts:
    """Events by month, unit and step, and cases that begin (:data:`BEGUN`), to be held against what a later export has of them."""
    counts = log.sql(_COUNTS.format(zone=text_literal(log.zone), begun=text_literal(BEGUN)))
    return {(str(m), str(u), str(a)): int(n) for m, u, a, n in counts.itertuples(index=False, name=None)}


def lost(log: EventLog, known: Counts) -> list[Fault]:
    """Does an export lack what earlier ones had, or give it other names? known : as it was counted when the months were judged"""
    now = counted(log)
    for what, keys in (
        ("events", [key for key in known if key[2] != BEGUN]),
        ("cases", [key for key in known if key[2] == BEGUN]),
    ):
        before, there = sum(known[key] for key in keys), sum(min(known[key], now.get(key, 0)) for key in keys)
        if there < before * (1 - _LOST):
            months = sorted(month for month, _, _ in keys)
            sentence = (
                f"Of the {before} {what} that the months {months[0]} to {months[-1]} had when they were judged the export has "
                f"{there}, by unit and step; is it cut off, or has something been renamed?"
                if what == "events"
                else f"Of the {before} cases that began in {months[0]} to {months[-1]} when these were judged the export has {there}, by "
                "unit; have case numbers become others, or has one been used for several cases?"
            )
            return [Fault("lost", sentence)]
    return []


def of_receipt(manifest: Manifest, quarantined_share: float) -> list[Fault]:
    """What the import says. quarantined_share : of the records that may be unreadable"""
    return [*_quarantined(manifest, quarantined_share), *_full(manifest), *_future(manifest)]


def _quarantined(manifest: Manifest, share: float) -> Iterator[Fault]:
    records = sum(source.records for source in manifest.sources)
    quarantined = sum(sum(source.quarantined.values()) for source in manifest.sources)
    if records and quarantined > share * records:
        yield Fault("quarantine", f"{quarantined} of {records} records cannot be read; {share:.0%} are allowed.")


def _full(manifest: Manifest) -> Iterator[Fault]:
    """A file that ends where a program stops."""
    for source in manifest.sources:
        if any(_is_limit(rows) for rows in (source.records, source.records + 1)):
            yield Fault(
                "row limit",
                f"{source.name} has exactly {source.records} records, which looks like the limit of a program; is the rest missing?",
                refuses=False,
            )


def _is_limit(rows: int) -> bool:
    """So many rows as a sheet takes, or a round number: 1, 2 or 5 and zeros."""
    return rows in _SHEETS or (rows >= _LEAST_LIMIT and str(rows).rstrip("0") in ("1", "2", "5"))


def _future(manifest: Manifest) -> Iterator[Fault]:
    if manifest.after_window > _FUTURE * (manifest.events + manifest.after_window):
        yield Fault(
            "future",
            f"{manifest.after_window} events are dated after the day of the run and are not counted; have day, month or year been mixed up?",
            refuses=False,
        )
