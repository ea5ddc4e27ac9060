"""How does this export differ in form from the one before: columns, formats, steps, units?

A difference is said, in the receipt and in the manifest, and stops nothing: only the people who know the system can say
whether it was meant. Steps and units are looked for in as long a time before the end of the log as the export covers.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

import duckdb

from ..mining.errors import SaksflytError
from ..mining.identifiers import without_identifiers
from ..mining.log import EventLog, Staged, identifier
from .mapping import SINGLE

_MOST = 20  # names of each kind that are told one by one
_VANISHED = 10  # fewer events than this are gone by chance now and then
_ALIKE = 0.75  # how like two names of columns are that may be one
# Where the values of a role stand, in a log and staged; those of an attribute have its name.
_COLUMN = {"activity": "activity", "unit": "unit", "case type": "type"}
_COMMON = """
select {column}::varchar from {table} where {column} is not null group by 1 order by count(*) desc, 1 limit 500
"""
_NOUNS = {"activity": "Step", "unit": "Unit"}

Said = dict[str, str]


def drift_of(staged: Staged, before: EventLog | None) -> list[Said]:
    """What is different: kind, name (of a column, step or unit) and a sentence; empty without a log before.

    kinds : renamed column, column gone, new column, role, format, encoding, new activity, activity gone, new unit,
        unit gone
    """
    if before is None or not before.event_count:
        return []
    try:
        return [*_of_columns(staged, before), *_of_encodings(staged, before), *_of_values(staged, before)]
    except (SaksflytError, duckdb.Error, OSError):
        return []  # the log that is replaced may be damaged; that is no reason to refuse the new one


def _of_columns(staged: Staged, before: EventLog) -> Iterator[Said]:
    old, new = _columns(before.manifest.mapping), _columns(staged.mapping)
    if before.manifest.appended:
        last = before.manifest.appended[-1].get("columns", list(old))
        old = {header: said for header, said in old.items() if header in last}
    if not old or not new:
        return
    gone, added = ([h for h in one if h not in other] for one, other in ((old, new), (new, old)))
    for header in gone:
        if match := _new_name(header, old[header], {h: new[h] for h in added}, staged, before):
            added.remove(match)
            yield _said("renamed column", header, f"Column {header!r} is gone; {match!r} may be its new name.")
        else:
            yield _said("column gone", header, f"Column {header!r} is gone.")
    yield from (_said("new column", header, f"Column {header!r} is new.") for header in added)
    for header in old:
        if header in new:
            yield from _changed(header, old[header], new[header])


def _columns(mapping: dict[str, Any]) -> dict[str, dict[str, Any]]:
    said = mapping.get("columns", {})
    return {header: each if isinstance(each, dict) else {"role": each} for header, each in said.items()}


def _changed(header: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Said]:
    was, is_now = old["role"], new["role"]
    if was != is_now:
        yield _said("role", header, f"Column {header!r} was read as {was} before and is read as {is_now} now.")
    formats = old.get("format"), new.get("format")
    if None not in formats and formats[0] != formats[1]:
        sentence = f"Column {header!r} had times written as {formats[0]} before and has {formats[1]} now."
        yield _said("format", header, sentence)


def _new_name(
    header: str, said: dict[str, Any], added: dict[str, dict[str, Any]], staged: Staged, before: EventLog
) -> str | None:
    """The new column that has the role of one that is gone, the same values, or nearly its name."""
    alike = [name for name, each in added.items() if each["role"] == said["role"]]
    if said["role"] in SINGLE and alike:
        return alike[0]
    # A header that no list knows makes an attribute of what had a role before: the values tell.
    old = _stored(before, said["role"], said.get("name", header))
    shares = {name: _share(old, _given(staged, each["role"], each.get("name", name))) for name, each in added.items()}
    best = max(shares, key=lambda name: shares[name], default=None)
    if best is not None and shares[best] >= 0.5:
        return best
    close = difflib.get_close_matches(header.lower(), [name.lower() for name in alike], 1, _ALIKE)
    return next((name for name in alike if close and name.lower() == close[0]), None)


def _stored(log: EventLog, role: str, name: str) -> set[str]:
    """The most common values of a column of the log."""
    name = _COLUMN.get(role, name)
    for view in ("cases", "events"):
        if name in log.columns(view):
            return {value for (value,) in log.stream(_COMMON.format(column=identifier(name), table=view))}
    return set()


def _given(staged: Staged, role: str, name: str) -> set[str]:
    """The same of the export."""
    column = _COLUMN.get(role) or (f"a_{staged.attributes.index(name)}" if name in staged.attributes else None)
    if column is None:
        return set()
    return {value for (value,) in staged.connection.execute(_COMMON.format(column=column, table="staged")).fetchall()}


def _share(old: set[str], new: set[str]) -> float:
    """How much of the smaller set is in the other; one value alone proves nothing."""
    smaller = min(len(old), len(new))
    return len(old & new) / smaller if smaller > 1 else 0.0


def _of_encodings(staged: Staged, before: EventLog) -> Iterator[Said]:
    sources = before.manifest.sources
    if before.manifest.appended:
        sources = sources[-len(before.manifest.appended[-1]["sources"]) :]
    old, new = ({source.encoding for source in each if source.encoding} for each in (sources, staged.sources))
    if old and new and old != new:
        was, is_now = " and ".join(sorted(old)), " and ".join(sorted(new))
        yield _said("encoding", is_now, f"The text was written as {was} before and is {is_now} now.")


def _of_values(staged: Staged, before: EventLog) -> Iterator[Said]:
    query = "select epoch_us(max(end_time)) - epoch_us(min(end_time)) from staged"
    (span,) = staged.connection.execute(query).fetchall()[0]
    for column, noun in _NOUNS.items():
        now = _counts(staged.connection.execute(f"select {column}, count(*) from staged group by 1").fetchall())
        every = _counts(before.stream(f"select {column}, count(*) from events group by 1"))
        if not now or not every:
            continue  # the column itself is new or gone
        recent = _counts(
            before.stream(
                f"select {column}, count(*) from events where epoch_us(end_time) >= "
                f"(select epoch_us(max(last_time)) from cases) - {span or 0} group by 1"
            )
        )
        new = [
            _said(f"new {column}", name, f"{noun} {name!r} did not occur before (events now: {count}).")
            for name, count in _by_count(now)
            if name not in every
        ]
        gone = [
            _said(f"{column} gone", name, f"{noun} {name!r} had {count} events before and has none now.")
            for name, count in _by_count(recent)
            if count >= _VANISHED and name not in now
        ]
        yield from _some(new)
        yield from _some(gone)


def _counts(rows: Iterable[tuple[Any, ...]]) -> dict[str, int]:
    return {without_identifiers(name): count for name, count in rows if name is not None}


def _by_count(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _some(said: list[Said]) -> Iterator[Said]:
    """The first of many; the rest as a number."""
    yield from said[:_MOST]
    if (rest := len(said) - _MOST) > 0:
        yield _said(said[0]["kind"], "", f"And {rest} more ({said[0]['kind']}).")


def _said(kind: str, name: str, sentence: str) -> Said:
    return {"kind": kind, "name": name, "sentence": sentence}
