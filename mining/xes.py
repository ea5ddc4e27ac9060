"""How do other programs get the log? As an XES file (IEEE 1849), written event by event.

A start and an end are two records of the standard's lifecycle, tied together by ``concept:instance``; what the
standard has no key for has one of ours, with the prefix ``saksflyt``. Reading the file gives the same log
(``docs/formats/xes.md`` says what it cannot carry). Times are in UTC.
"""

from __future__ import annotations

import contextlib
import gzip
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from .database import identifier, text_literal, writing
from .errors import UsageError
from .staging import CORE_COLUMNS
from .xml_text import escaped

if TYPE_CHECKING:
    from .log import EventLog

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/" xes.version="1849-2016" xes.features="" xes.creator="saksflyt">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <extension name="Saksflyt" prefix="saksflyt" uri="urn:saksflyt:xes"/>
  <global scope="trace">
    <string key="concept:name" value=""/>{closed}
  </global>
  <global scope="event">
    <string key="concept:name" value=""/>
    <date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
  </global>
  <classifier name="Activity" keys="concept:name"/>
  <string key="concept:name" value="{name}"/>
"""
_CLOSED = '\n    <string key="saksflyt:closed" value=""/>'
# Keys that mean something of their own; an attribute of that name gets another.
_OF_EVENTS = frozenset({
    "concept:name", "time:timestamp", "start_timestamp", "lifecycle:transition", "org:resource", "org:group",
    "identity:id", "saksflyt:precision", "saksflyt:rank",
})  # fmt: skip
_OF_CASES = frozenset({
    "concept:name", "org:group", "saksflyt:applicant", "saksflyt:type", "saksflyt:closed", "saksflyt:due",
})  # fmt: skip
_TRANSITION, _INSTANCE = "lifecycle:transition", "concept:instance"
_ENDS = ("complete", "ate_abort", "pi_abort")
# Records of these are set aside by a reader that finds starts or completions beside them.
_OTHERS = ("schedule", "assign", "reassign", "suspend", "resume", "withdraw", "autoskip", "manualskip")

Field = tuple[str, str, str]  # type, key, SQL of the text


def write_xes(log: EventLog, path: Path) -> None:
    """Write the log to `path`, gzipped if the name ends in .gz; what stood there stands until the file is whole.

    Raises UsageError if the place cannot be written to, StorageError if the disk fails.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name the file, such as {path / 'log.xes'}.")
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with writing(path):
            with beside.open("xb") as file:
                _write(log, path, file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def _write(log: EventLog, path: Path, file: IO[bytes]) -> None:
    if path.suffix.lower() != ".gz":
        file.writelines(text.encode() for text in _texts(log))
        return
    with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed:
        packed.writelines(text.encode() for text in _texts(log))


def _texts(log: EventLog) -> Iterator[str]:
    yield _HEAD.format(name=escaped(log.name), closed=_CLOSED if log.manifest.closed else "")
    tells = _tells_life(log)
    fields, of_case = _event_fields(log, tells), _case_fields(log)
    columns = ", ".join(sql for _, _, sql in [*fields, *of_case])
    rows = log.stream(
        f'select c.case_no, e."position", {_started(tells)}, {columns} from events e join cases c using (case_no) '
        'order by c.case_no, e."position"'
    )
    heads = [f'<{type_} key="{escaped(key)}" value="' for type_, key, _ in fields]
    case_heads = [f'    <{type_} key="{escaped(key)}" value="' for type_, key, _ in of_case]
    first = 3 + len(fields)
    plain = not _has_starts(log)
    last = None
    for row in rows:
        if row[0] != last:
            yield ("  </trace>\n" if last is not None else "") + "  <trace>\n" + _lines(case_heads, row[first:])
            last = row[0]
        yield _event(row, heads, row[3:first], plain)
    yield ("  </trace>\n" if last is not None else "") + "</log>\n"


def _event(row: tuple, heads: list[str], values: tuple, plain: bool) -> str:
    """One event, or the two records of one that has a start. The first two heads are the transition and the time.

    plain : no event of the log has a start, so none needs an instance
    """
    indent = "      "
    shown = "".join(f'{indent}{head}{_text(value)}"/>\n' for head, value in zip(heads, values, strict=True) if value)
    if plain:
        return f"    <event>\n{shown}    </event>\n"
    tied = f'{indent}<string key="{_INSTANCE}" value="{row[1]}"/>\n'
    whole = f"    <event>\n{shown}{tied}    </event>\n"
    if row[2] is None:
        return whole
    begun = [*values]
    begun[0], begun[1] = "start", row[2]
    shown = "".join(f'{indent}{head}{_text(value)}"/>\n' for head, value in zip(heads, begun, strict=True) if value)
    return f"    <event>\n{shown}{tied}    </event>\n{whole}"


def _lines(heads: list[str], values: tuple) -> str:
    return "".join(f'{head}{_text(value)}"/>\n' for head, value in zip(heads, values, strict=True) if value)


@lru_cache(maxsize=20_000)
def _text(value: str) -> str:
    return escaped(value)


def _event_fields(log: EventLog, tells: bool) -> list[Field]:
    """What an event says, in the order in which it is written; the transition and the time stand first."""
    types = _types(log, "events")
    said = f"e.{identifier(_TRANSITION)}" if tells else "'complete'"
    fields = [
        ("string", _TRANSITION, said),
        ("date", "time:timestamp", _moment("e.end_time")),
        ("string", "concept:name", "e.activity"),
        ("string", "org:resource", "e.resource"),
        ("string", "org:group", "e.unit"),
        ("string", "saksflyt:precision", """case when e."precision" <> 'second' then e."precision" end"""),
        ("int", "saksflyt:rank", "case when e.rank <> 0 then e.rank::varchar end"),
    ]
    if tells:  # where it is no end, the start has a key of its own
        fields.append(("date", "start_timestamp", f"case when not {_ended(tells)} then {_moment('e.start_time')} end"))
    taken = {*_OF_EVENTS, *([_INSTANCE] if _has_starts(log) else [])}
    return fields + _attributes(types, "e", taken, skip=_TRANSITION if tells else "")


def _has_starts(log: EventLog) -> bool:
    return next(log.stream("select exists (select 1 from events where start_time is not null)"))[0]


def _started(tells: bool) -> str:
    """SQL for the start of an event that is written as two records."""
    return f"case when {_ended(tells)} then {_moment('e.start_time')} end"


def _ended(tells: bool) -> str:
    said = f"coalesce(lower(e.{identifier(_TRANSITION)}), 'complete')" if tells else "'complete'"
    return f"({said} in ({', '.join(map(text_literal, _ENDS))}))"


def _case_fields(log: EventLog) -> list[Field]:
    closed = {"time": ("date", _moment("c.closed")), "boolean": ("boolean", "c.closed::varchar")}
    day = f"strftime(timezone({text_literal(log.zone)}, c.closed), '%Y-%m-%d')"
    kind, value = closed.get(log.manifest.closed or "", ("string", day))
    fields = [
        ("string", "concept:name", "c.case_id"),
        ("string", "org:group", "c.unit"),
        ("string", "saksflyt:applicant", "c.applicant"),
        ("string", "saksflyt:type", "c.type"),
        ("date", "saksflyt:due", _moment("c.due")),
    ]
    fields += [(kind, "saksflyt:closed", value)] if log.manifest.closed else []
    return fields + _attributes(_types(log, "cases"), "c", set(_OF_CASES))


def _attributes(types: dict[str, str], table: str, taken: set[str], skip: str = "") -> list[Field]:
    fields = []
    for name, declared in types.items():
        if name in CORE_COLUMNS or name == skip:
            continue
        # A reader takes case:… of an event for something that its trace says.
        key = first = name.replace("case:", "case_", 1) if table == "e" and name.startswith("case:") else name
        number = 1
        while key in taken:
            number += 1
            key = f"{first}_{number}"
        taken.add(key)
        fields.append((*_written(declared, f"{table}.{identifier(name)}", key),))
    return fields


def _written(declared: str, cell: str, key: str) -> Field:
    if declared == "BOOLEAN":
        return "boolean", key, f"{cell}::varchar"
    if declared.endswith("INT") or declared == "INTEGER":
        return "int", key, f"{cell}::varchar"
    if declared in ("DOUBLE", "FLOAT") or declared.startswith("DECIMAL"):
        return "float", key, f"case when isfinite({cell}::double) then {cell}::varchar end"
    if declared == "TIMESTAMP WITH TIME ZONE":
        return "date", key, _moment(cell)
    return "string", key, f"{cell}::varchar"


def _moment(cell: str) -> str:
    """SQL for a time in UTC; microseconds are written where there are any."""
    second = f"strftime({cell}, '%Y-%m-%dT%H:%M:%S"
    return f"case when epoch_us({cell}) % 1000 = 0 then {second}.%g+00:00') else {second}.%f+00:00') end"


def _types(log: EventLog, view: str) -> dict[str, str]:
    return {row[0]: row[1] for row in log.stream(f"describe select * from {view}")}


def _tells_life(log: EventLog) -> bool:
    """Is there a transition, and would a reader that pairs starts and ends make the same events of it?

    If not, it is written as any other attribute is, under a key that means nothing.
    """
    if _TRANSITION not in _types(log, "events"):
        return False
    others = ", ".join(map(text_literal, _OTHERS))
    told, begun, planned = next(
        log.stream(
            f"select coalesce(bool_or(said in ('start', 'complete') or start_time is not null), false), "
            f"coalesce(bool_or(said = 'start' and start_time is distinct from end_time), false), "
            f"coalesce(bool_or(said in ({others})), false) "
            f"from (select lower({identifier(_TRANSITION)}::varchar) as said, start_time, end_time from events)"
        )
    )
    return not (begun or (told and planned))
