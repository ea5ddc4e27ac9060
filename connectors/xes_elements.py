"""Which rows do the elements of an XES file make? One row per event, with the attributes of its trace.

The parser calls :class:`Elements` for every element, and no tree is built: memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from ..mining.errors import DataError
from .connector import MOST_COLUMNS
from .xes_batch import Batch
from .xes_nested import TYPES, Nested

NAME = "concept:name"
_DEEPEST = 100
_NEVER = -1


@lru_cache(maxsize=1000)
def local_name(tag: str) -> str:
    """A tag without its namespace, in lower case."""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


@dataclass
class Found:
    """What a file says besides its events."""

    events: int = 0
    traces: int = 0
    empty_traces: int = 0
    nameless: int = 0
    types: dict[str, set[str]] = field(default_factory=dict)  # of trace attributes, by key
    required: dict[str, dict[str, None]] = field(default_factory=dict)  # the keys that a scope is said to have always
    classifiers: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)  # of the extensions
    late: list[tuple[int, int, dict[str, str | None]]] = field(default_factory=list)  # first and last event, attributes


class Elements:
    """The parser's target: turns elements into batches and hands each full one to `deliver`."""

    def __init__(self, name: str, deliver: Callable[[Batch], None]) -> None:
        self.found = Found()
        self._name = name
        self._deliver = deliver
        self._batch = Batch()
        self._depth = 0
        self._inside = _NEVER  # the depth of an event's attributes, while in an event
        self._ends = 0  # the depth at which something ends that is of interest
        self._scope = ""
        self._keys: list[str | None] = []
        self._tags: list[str] = []
        self._values: list[str | None] = []
        self._nested = Nested(name)
        self._event_tag = ""  # of the trace's events before: those that follow need no closer look
        self._top = ("", "")  # type and key of the attribute of the trace that was opened last
        self._trace: dict[str, str] = {}
        self._number = 0  # of the trace, while in one
        self._first = 0  # the first event of the trace
        self._counted = 0  # events of the trace that are in batches before this one
        self._known: dict[str, str] = {}  # attributes of the trace that those batches had
        self.start, self.end = self._calls()

    def doctype(self, *_: str | None) -> None:
        raise DataError(
            f"{self._name} has a document type (<!DOCTYPE …>), which no log needs and an attack may hide in; remove it."
        )

    def _calls(self) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
        """What the parser calls for every element. Most of the time goes here, hence closures over plain names."""
        add_key, add_tag, add_value = self._keys.append, self._tags.append, self._values.append
        depth, inside, ends = 0, self._inside, self._ends
        found = self.found

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth, inside, ends
            if depth == inside:
                try:
                    key, value = attributes["key"], attributes["value"]
                except KeyError:  # a list has no value
                    key, value = attributes.get("key"), attributes.get("value")
                add_key(key)
                add_tag(tag)
                add_value(value)
            elif depth == 2 and tag == self._event_tag:
                found.events += 1
                inside = ends = self._inside = self._ends = 3
            else:
                self._depth = depth
                self._open(depth, tag, attributes)
                inside, ends = self._inside, self._ends
            depth += 1

        def end(_: str) -> None:
            nonlocal depth, inside, ends
            depth -= 1
            if depth < ends:
                if depth + 1 == inside:
                    self._end_event()
                else:
                    self._depth = depth
                    self._close()
                inside, ends = self._inside, self._ends

        return start, end

    def close(self) -> None:
        """The parser calls this after a fault, too."""

    def passed(self, size: int) -> None:
        """So many more bytes of the file were parsed. Raises DataError for an event that never ends."""
        self._batch.bytes += size
        self._batch.weigh()
        if len(self._keys) > MOST_COLUMNS:
            raise self._too_many()

    def finish(self) -> Found:
        """Deliver what is left; to be called when the file is whole."""
        if self._batch.events:
            self._flush()
        return self.found

    def _open(self, depth: int, tag: str, attributes: dict[str, str]) -> None:
        if depth > _DEEPEST:
            raise DataError(f"{self._name} is nested more than {_DEEPEST} deep after event {self.found.events}.")
        name = local_name(tag)
        if depth == 0:
            if name != "log":
                raise DataError(f"{self._name} begins with <{name}>, not with <log>, so it is no XES file.")
            self._ends = 1
        elif depth == 1:
            self._open_in_log(name, attributes)
        elif self._inside != _NEVER:
            self._open_in_event(depth, name, attributes)
        elif self._scope == "trace":
            self._open_in_trace(depth, name, tag, attributes)
        else:
            self._refuse_elements({name}, f"<{self._scope}>")
            self._open_in_scope(depth, attributes.get("key"))

    def _open_in_log(self, name: str, attributes: dict[str, str]) -> None:
        self._ends = 2
        self._scope, self._event_tag = name, ""
        if name == "trace":
            self.found.traces += 1
            self._number = self.found.traces
            self._trace, self._known, self._counted = {}, {}, 0
            self._first = self.found.events + 1
        elif name == "event":  # of a log that knows no cases
            self._number, self._trace = 0, {}
            self._begin_event(2)
        elif name == "global":
            self._scope = f"global {attributes.get('scope', '').lower()}"
        elif name == "classifier" and len(self.found.classifiers) < MOST_COLUMNS:
            self.found.classifiers.append(f"{attributes.get('name', '')} ({attributes.get('keys', '')})")
        elif name == "extension" and len(self.found.prefixes) < MOST_COLUMNS:
            self.found.prefixes.append(attributes.get("prefix", ""))

    def _open_in_scope(self, depth: int, key: str | None) -> None:
        """A global attribute; what stands elsewhere in the log says nothing about events."""
        if key and depth == 2 and self._scope in ("global trace", "global event"):
            keys = self.found.required.setdefault(self._scope.split()[1], {})
            if len(keys) < MOST_COLUMNS:
                keys[key] = None

    def _begin_event(self, inside: int) -> None:
        self.found.events += 1
        self._inside = self._ends = inside

    def _open_in_event(self, depth: int, name: str, attributes: dict[str, str]) -> None:
        """An attribute of an attribute."""
        self._refuse_elements({name}, f"event {self.found.events}")
        top = (local_name(self._tags[-1]), self._keys[-1] or "")
        self._nested.add(depth - self._inside, top, name, attributes.get("key") or "", attributes.get("value"))

    def _open_in_trace(self, depth: int, name: str, tag: str, attributes: dict[str, str]) -> None:
        if name == "event" and depth == 2:
            self._keep_nested()
            self._event_tag = tag
            self._begin_event(3)
            return
        self._event_tag = ""
        self._refuse_elements({name}, f"trace {self._number}")
        key, value = attributes.get("key") or "", attributes.get("value")
        if depth > 2:
            self._nested.add(depth - 2, self._top, name, key, value)
            return
        self._top = (name, key)
        if key and name in TYPES:
            self._keep(key, name, value)

    def _keep(self, key: str, type_: str, value: str | None) -> None:
        """What a trace says of itself. An attribute without a value says nothing."""
        if not value or value.isspace():
            self._trace.pop(key, None)
            return
        self._trace[key] = value
        self.found.types.setdefault(key, set()).add(type_)
        if len(self._trace) > MOST_COLUMNS or len(self.found.types) > MOST_COLUMNS:
            raise self._too_many()

    def _keep_nested(self) -> None:
        """Events have nested attributes of their own, so those of the trace are put away before."""
        if self._nested.found:
            for entry in self._nested.entries():
                self._keep(*entry)
            self._nested.clear()

    def _close(self) -> None:
        if self._scope == "trace" and self._depth == 1:
            self._end_trace()
        self._ends = min(self._depth + 1, self._ends)

    def _end_event(self) -> None:
        keys, tags, values = self._keys, self._tags, self._values
        if self._nested.found:
            for key, type_, value in self._nested.entries():
                keys.append(key)
                tags.append(type_)
                values.append(value)
            self._nested.clear()
        batch = self._batch
        if keys != batch.last_keys or tags != batch.last_tags:
            self._choose_signature()
        batch.last_rows.append(batch.events)
        batch.last_values += values
        batch.events += 1
        keys.clear()
        tags.clear()
        values.clear()
        self._inside = _NEVER
        self._ends = 2
        if self._number == 0:
            batch.add_trace({}, 0, 1)
        if batch.events >= batch.most:
            self._flush()

    def _choose_signature(self) -> None:
        if len(self._keys) > MOST_COLUMNS:
            raise self._too_many()
        if self._batch.choose(self._keys, self._tags):
            self._refuse_elements({local_name(tag) for tag in self._tags}, f"event {self.found.events}")

    def _refuse_elements(self, names: set[str], where: str) -> None:
        for name in sorted(names & {"event", "trace"}):
            raise DataError(
                f"{self._name}: {where} holds an element <{name}>, which has no place there; mend the file."
            )

    def _end_trace(self) -> None:
        self._keep_nested()
        events = self.found.events - self._first + 1
        self.found.empty_traces += not events
        if NAME not in self._trace:
            self._trace[NAME] = f"trace {self._number} without a name"
            self.found.types.setdefault(NAME, set()).add("string")
            self.found.nameless += 1
        if self._counted and self._trace != self._known:
            last = self._first + self._counted - 1
            keys = {**self._known, **self._trace}
            late = {key: self._trace.get(key) for key in keys if self._known.get(key) != self._trace.get(key)}
            self.found.late.append((self._first, last, late))
        if events > self._counted:
            self._batch.add_trace(self._trace, self._number, events - self._counted)
        self._number = 0

    def _flush(self) -> None:
        if self._number:  # in the middle of a trace
            events = self.found.events - self._first + 1
            self._known = dict(self._trace)
            self._batch.add_trace(self._known, self._number, events - self._counted)
            self._counted = events
        self._deliver(self._batch)
        self._batch = Batch()

    def _too_many(self) -> DataError:
        return DataError(
            f"{self._name}: event {self.found.events} or its trace brings the attributes to more than {MOST_COLUMNS}; "
            "leave out those that say nothing about the cases."
        )
