"""The receipt of an import: what came in, what was left out and why, and what the log now says."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..mining.log import Manifest, Source, local_day
from .pseudonyms import Declared


@dataclass(frozen=True)
class Receipt:
    """What an import did.

    sources : one per file, with counts that add up (``Source.adds_up``)
    quarantine : the file with what could not be used, None when there is none
    changes : the list of cases of which a later export told another history, None when there is none
    cells : cells that were left out of records that were kept, by column and reason
    dropped : columns that were left out, with the reason
    flow : the template of an intended flow with the steps of these files, where their format has one
    """

    manifest: Manifest
    quarantine: Path | None = None
    changes: Path | None = None
    cells: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    flow: str = ""

    @property
    def sources(self) -> list[Source]:
        return self.manifest.sources

    def lines(self) -> list[str]:
        """For people, one fact per line."""
        return [*self._of_sources(), *self._of_log(), *self._left_out(), *self._of_drift(), *self.notes]

    def _of_sources(self) -> list[str]:
        lines = []
        for source in self.sources:
            how = "one per piece of work" if source.paired else "one per accepted record"
            of_matters = self.manifest.case_notion == "matter"
            many = "one per accepted record and matter" if of_matters else "one per milestone with a date"
            how = many if source.further else how
            how = "its rows join the events of the cases" if source.paired and not source.events else how
            lines.append(
                f"{source.name}: {_count(source.records, 'record')}, {source.accepted} accepted; "
                f"{_count(source.events, 'event')} made, {how}."
            )
            for kind, reasons in (
                ("duplicate", source.duplicates), ("quarantined", source.quarantined), ("set aside", source.set_aside),
                ("accepted as part of another record's event", source.paired), ("unpaired event", source.unpaired),
            ):  # fmt: skip
                lines += [f"  {kind}: {number} ({reason})" for reason, number in sorted(reasons.items())]
        return lines

    def _of_log(self) -> list[str]:
        log = self.manifest
        lines = [
            f"Log: {_count(log.cases, 'case')}, {_count(log.events, 'event')}, {_count(log.activities, 'activity')}."
        ]
        if log.observed_from and log.observed_to:
            days = [local_day(moment, log.zone).isoformat() for moment in (log.observed_from, log.observed_to)]
            lines.append(f"Window: {days[0]} to {days[1]}, days of {log.zone}.")
        for number, fact, remark in (
            (log.after_window, "Events after the window", "no measure reads them"),
            (log.ambiguous_times, "Times in the hour that autumn shows twice", "the first was taken"),
            (log.missing_times, "Times in the hour that spring leaves out", "they are quarantined"),
            (log.tied_events, "Events placed by the order of the file alone", f"cases with them: {log.tied_cases}"),
            (log.identical_rows, "Rows that equal another in every column", "they are kept"),
            (log.cases_with_several_units, "Cases with events at more than one unit", "the first unit is the case's"),
            (log.date_only_events, "Events known to the day only", "their times of day are not used"),
        ):
            lines += [f"{fact}: {number}; {remark}."] if number else []
        if log.resources or log.applicants:
            how = "ordinals that hold in this log only"
            how = how if log.people == "ordinals" else f"pseudonyms of the key {log.people}"
            people = f"{_count(log.resources, 'resource')}, {_count(log.applicants, 'applicant')}"
            lines.append(f"People are {how}: {people}.")
        return lines

    def _of_drift(self) -> list[str]:
        return [f"Other than in the import before: {said['sentence']}" for said in self.manifest.drift]

    def _left_out(self) -> list[str]:
        lines = [f"Column {header!r} left out: {why}." for header, why in self.dropped.items()]
        lines += [Declared(**said).sentence for said in self.manifest.declared if said["column"] not in self.dropped]
        lines += [
            f"{number} {'cell' if number == 1 else 'cells'} left empty: {what}."
            for what, number in sorted(self.cells.items())
        ]
        if self.quarantine:
            lines.append(f"Quarantine: {self.quarantine.name}")
        if self.changes:
            lines.append(f"Changed cases: {self.changes.name}")
        return lines


def _count(number: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"
