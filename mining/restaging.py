"""A log made of another log: taken back in time, with steps renamed, or without some of them."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from .assemble import Window
from .database import identifier, scratch_database, text_literal
from .manifest import Manifest
from .staging import CORE_COLUMNS, STAGED, Staged


@dataclass(frozen=True)
class Stored:
    """A log in its folder: what it says of itself, its columns, and the cases that are chosen (None: all)."""

    folder: Path
    manifest: Manifest
    case_columns: list[str]
    event_columns: list[str]
    chosen: pa.Table | None


def staged_again(
    log: Stored,
    *,
    as_of: datetime | None = None,
    names: Mapping[str, str] | None = None,
    without: Collection[str] = (),
) -> Staged:
    """Stage the cases of a log anew: as they stood at `as_of`, with activities renamed, or without some activities."""
    manifest, notes = log.manifest, list(log.manifest.notes)
    closed = manifest.closed
    if as_of is not None and closed == "boolean":
        notes.append("Closing is known as yes or no, without a time, so it is not known for an earlier day.")
        closed = None
    attributes = _attributes(log)
    connection = scratch_database(Path(tempfile.gettempdir()))
    if log.chosen is not None:
        connection.register("chosen", log.chosen)
    if names:
        connection.register("renamed", pa.table({"old": list(names), "new": list(names.values())}))
    if without:
        connection.register("left_out", pa.table({"activity": sorted(without)}))
    window = Window(None, as_of, manifest.date_only_events)
    closing = "null::timestamptz" if closed is None else window.closed("c.closed", closed, manifest.zone)
    connection.execute(
        f"""create view staged as select {_select_again(attributes, closing, bool(names))}
            from read_parquet({text_literal(str(log.folder / "events.parquet"))}) as e
            join read_parquet({text_literal(str(log.folder / "cases.parquet"))}) as c using (case_no)
            {"semi join chosen using (case_no)" if log.chosen is not None else ""}
            {"left join renamed on e.activity = renamed.old" if names else ""}
            {"anti join left_out on e.activity = left_out.activity" if without else ""}
            where {window.inside(manifest.zone)}"""
    )
    return Staged(
        connection=connection,
        name=manifest.name,
        zone=manifest.zone,
        sources=manifest.sources,
        mapping=manifest.mapping,
        attributes=[name for name, _ in attributes],
        given_as_of=as_of or manifest.observed_to,
        given_from=manifest.observed_from,
        case_notion=manifest.case_notion,
        closed=closed,
        ambiguous_times=manifest.ambiguous_times,
        missing_times=manifest.missing_times,
        case_attributes=dict(attributes),
        people=manifest.people,
        declared=manifest.declared,
        appended=manifest.appended,
        drift=manifest.drift,
        notes=notes,
    )


def _attributes(log: Stored) -> list[tuple[str, bool]]:
    """The attributes of a log, and whether each belongs to the case."""
    of_case = [(name, True) for name in log.case_columns if name not in CORE_COLUMNS]
    return of_case + [(name, False) for name in log.event_columns if name not in CORE_COLUMNS]


def _select_again(attributes: list[tuple[str, bool]], closing: str, renamed: bool) -> str:
    taken = {
        "activity": "coalesce(renamed.new, e.activity)" if renamed else "e.activity",
        "unit": "e.unit",
        "case_unit": "c.unit",
        "closed": closing,
    }
    of_case = {"case_id", "applicant", "type", "due"}
    parts = []
    for column in STAGED:
        place = f"{'c' if column in of_case else 'e'}.{identifier(column)}"
        parts.append(f"{taken.get(column, place)} as {identifier(column)}")
    parts += [
        f"{'c' if of_case else 'e'}.{identifier(name)} as a_{number}"
        for number, (name, of_case) in enumerate(attributes)
    ]
    return ", ".join(parts)
