"""What a log says about itself: where it came from, what was left out, and how far it can be trusted.

The manifest is the file ``log.json`` of a log. It holds counts and settings, and no value from the data save
names of columns, steps and units.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from .errors import StorageError

SCHEMA = 1


@dataclass(frozen=True)
class Source:
    """One file that went into a log. Counts are records of the file; each record is counted once.

    records = accepted + duplicates + quarantined + set_aside (the last three by reason); events: made of the
    accepted records, less those that are paired into the event of another record (by what they are).
    unpaired : events that lack their start or their end, where both are recorded
    further : events beyond the first of a record, where a row has several milestones
    encoding : of the text, empty where the file is none
    rules : rules of its format that records break, which were kept all the same: how many records, by rule
    """

    name: str
    sha256: str
    bytes: int
    records: int
    accepted: int
    events: int
    duplicates: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)
    set_aside: dict[str, int] = field(default_factory=dict)
    paired: dict[str, int] = field(default_factory=dict)
    unpaired: dict[str, int] = field(default_factory=dict)
    further: int = 0
    encoding: str = ""
    rules: dict[str, int] = field(default_factory=dict)

    @property
    def adds_up(self) -> bool:
        rest = (*self.duplicates.values(), *self.quarantined.values(), *self.set_aside.values())
        made = self.accepted - sum(self.paired.values()) + self.further
        return self.records == self.accepted + sum(rest) and self.events == made


@dataclass(frozen=True)
class Manifest:
    """The facts of one log. Times are UTC; `zone` is the zone that days and months are counted in.

    cases, events, activities, variants, first_time and last_time count what lies inside the window.
    start_times : start and completion are both recorded and real; start_note says why not
    closed : "time", "day" or "boolean" as the export gave it, None where it gave nothing
    people : "ordinals", or the id of the key that made the pseudonyms
    declared : columns with personal data of which was said what to do: column, done, reason
    appended : one entry for each later export that was added: sources, columns, observed_to_before, events_in_both,
        events_finished, late_cases, changed_cases, changes (by kind)
    drift : how the last import's export differs from the one before: kind, name, sentence
    tied_events : events whose place among the events of the case rests on the order in the file alone
    identical_rows : events equal to another in every column; they are kept
    after_window : events later than observed_to; they stay in the log and no measure reads them
    ambiguous_times, missing_times : times in the hour that clocks show twice, or skip
    notes : sentences on what could not be carried over into a derived log
    """

    name: str
    zone: str
    observed_from: datetime | None
    observed_to: datetime | None
    cases: int
    events: int
    activities: int
    variants: int
    first_time: datetime | None
    last_time: datetime | None
    sources: list[Source]
    mapping: dict[str, Any]
    case_notion: str
    start_times: bool
    start_note: str
    date_only_events: int
    closed: str | None
    people: str
    resources: int
    applicants: int
    units: int
    tied_events: int
    tied_cases: int
    identical_rows: int
    cases_with_several_units: int
    after_window: int
    ambiguous_times: int
    missing_times: int
    program: str
    notes: list[str] = field(default_factory=list)
    declared: list[dict[str, str]] = field(default_factory=list)
    appended: list[dict[str, Any]] = field(default_factory=list)
    drift: list[dict[str, str]] = field(default_factory=list)
    schema: int = SCHEMA

    def to_json(self) -> str:
        plain = {key: _plain(value) for key, value in asdict(self).items()}
        return json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True, default=_plain) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Raises StorageError if the text is no manifest, or was written by a newer version."""
        try:
            plain = json.loads(text)
            schema = int(plain["schema"])
            if schema > SCHEMA:
                raise StorageError(
                    f"The log was made by a newer Saksflyt (schema {schema}, this one reads {SCHEMA}). Update Saksflyt."
                )
            known = {entry.name for entry in fields(cls)}
            values = {key: value for key, value in plain.items() if key in known}
            values["sources"] = [Source(**source) for source in plain["sources"]]
            for key in ("observed_from", "observed_to", "first_time", "last_time"):
                values[key] = datetime.fromisoformat(plain[key]) if plain[key] else None
            return cls(**values)
        except (ValueError, KeyError, TypeError) as error:
            raise StorageError(f"log.json is damaged ({error}). Import the export again.") from error


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
