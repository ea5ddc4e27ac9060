"""Which rows do the elements of an XES file make? One row per event, with the attributes of its trace.

The parser calls :class:`Elements` for every element, and no tree is built: memory does not grow with the file. What
belongs to an event is gathered in flat lists per *signature* (the sequence of types and keys of its attributes),
because a log has few of them and lists of texts become columns fast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..mining.errors import DataError
from .connector import MOST_COLUMNS

CASE = "case:"
NAME = "concept:name"
_DEEPEST = 100
_ENOUGH = 400_000  # values in a batch
_NEVER = -1
TYPES = frozenset({"string", "date", "int", "float", "boolean", "id"})
_HOLDERS = ("list", "container")

Signature = tuple[tuple[str | None, ...], tuple[str, ...]]


def local_name(tag: str) -> str:
    """A tag without its namespace, in lower case."""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


@dataclass
class Batch:
    """Events on their way into the table: by signature, and the traces that they belong to, in the order of the file.

    rows, values : of each signature the places of its events in the batch, and their values one after the other
    traces : attributes, number in the file (0: no trace), and how many events of the batch belong to it
    """

    events: int = 0
    size: int = 0
    rows: dict[Signature, list[int]] = field(default_factory=dict)
    values: dict[Signature, list[str | None]] = field(default_factory=dict)
    traces: list[tuple[dict[str, str], int, int]] = field(default_factory=list)


@dataclass
class Found:
    """What a file says besides its events."""

    events: int = 0
    traces: int = 0
    empty_traces: int = 0
    nameless: int = 0
    types: dict[str, set[str]] = field(default_factory=dict)  # of trace attributes, by key
    required: dict[str, list[str]] = field(default_factory=dict)  # the keys that a scope is said to have always
    classifiers: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)  # of the extensions
    late: list[tuple[int, int, dict[str, str]]] = field(default_factory=list)  # first and last event, attributes


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
        self._nested: list[tuple[str, str, str | None]] = []
        self._path: list[str] = []
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
            else:
                self._depth = depth
                self._open(depth, tag, attributes)
                inside, ends = self._inside, self._ends
            depth += 1

        def end(_: str) -> None:
            nonlocal depth, inside, ends
            depth -= 1
            if depth < ends:
                self._depth = depth
                self._close()
                inside, ends = self._inside, self._ends

        return start, end

    def close(self) -> None:
        """The parser calls this after a fault, too."""

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
            self._open_in_event(depth, name, tag, attributes)
        elif self._scope == "trace":
            self._open_in_trace(depth, name, attributes)
        elif self._scope in ("trace scope", "event scope") and depth == 2 and (key := attributes.get("key")):
            self.found.required.setdefault(self._scope.split()[0], []).append(key)

    def _open_in_log(self, name: str, attributes: dict[str, str]) -> None:
        self._ends = 2
        self._scope = name
        if name == "trace":
            self.found.traces += 1
            self._number = self.found.traces
            self._trace, self._known, self._counted = {}, {}, 0
            self._first = self.found.events + 1
        elif name == "event":  # of a log that knows no cases
            self._number, self._trace = 0, {}
            self._begin_event(2)
        elif name == "global":
            self._scope = f"{attributes.get('scope', '').lower()} scope"
        elif name == "classifier" and len(self.found.classifiers) < MOST_COLUMNS:
            self.found.classifiers.append(f"{attributes.get('name', '')} ({attributes.get('keys', '')})")
        elif name == "extension" and len(self.found.prefixes) < MOST_COLUMNS:
            self.found.prefixes.append(attributes.get("prefix", ""))

    def _begin_event(self, inside: int) -> None:
        self.found.events += 1
        self._inside = self._ends = inside

    def _open_in_event(self, depth: int, name: str, tag: str, attributes: dict[str, str]) -> None:
        """An attribute of an attribute: its key is put behind those that it stands in."""
        self._refuse_elements({name})
        if key := self._nested_key(depth - self._inside, self._keys[-1] or "", name, attributes):
            self._nested.append((key, tag, attributes.get("value")))
            if len(self._nested) > MOST_COLUMNS:
                raise self._too_many()

    def _open_in_trace(self, depth: int, name: str, attributes: dict[str, str]) -> None:
        if name == "event" and depth == 2:
            self._begin_event(3)
            return
        if name in ("event", "trace"):
            raise DataError(f"{self._name}: trace {self._number} holds another <{name}>; the file is damaged.")
        if depth == 2:
            self._path = [attributes.get("key") or ""]
            key = self._path[0]
        else:
            key = self._nested_key(depth - 2, self._path[0], name, attributes)
        value = attributes.get("value")
        if key and name in TYPES and value:
            held = self._trace.get(key) if depth > 2 else None
            self._trace[key] = f"{held}; {value}" if held is not None else value
            self.found.types.setdefault(key, set()).add(name)
            if len(self._trace) > MOST_COLUMNS or len(self.found.types) > MOST_COLUMNS:
                raise self._too_many()

    def _nested_key(self, level: int, top: str, name: str, attributes: dict[str, str]) -> str:
        """``parent:child``; the element <values> of a list adds no key of its own."""
        del self._path[level:]
        self._path[:1] = [top]
        self._path += [""] * (level - len(self._path))
        self._path.append("" if name == "values" else attributes.get("key") or "")
        return ":".join(filter(None, self._path)) if attributes.get("key") else ""

    def _close(self) -> None:
        if self._inside != _NEVER:
            self._end_event()
        elif self._scope == "trace" and self._depth == 1:
            self._end_trace()
        self._ends = min(self._depth + 1, self._ends)

    def _end_event(self) -> None:
        if self._nested:
            for key, tag, value in self._nested:
                self._keys.append(key)
                self._tags.append(tag)
                self._values.append(value)
            self._nested = []
        if len(self._keys) > MOST_COLUMNS:
            raise self._too_many()
        batch = self._batch
        signature = (tuple(self._keys), tuple(self._tags))
        if (rows := batch.rows.get(signature)) is None:
            self._refuse_elements({local_name(tag) for tag in self._tags})
            rows = batch.rows[signature] = []
            batch.values[signature] = []
        rows.append(batch.events)
        batch.values[signature] += self._values
        batch.events += 1
        batch.size += len(self._values) + 1
        for gathered in (self._keys, self._tags, self._values):
            gathered.clear()
        self._inside = _NEVER
        self._ends = 2
        if self._number == 0:
            batch.traces.append(({}, 0, 1))
        if batch.size > _ENOUGH:
            self._flush()

    def _refuse_elements(self, names: set[str]) -> None:
        for name in sorted(names & {"event", "trace"}):
            raise DataError(f"{self._name}: event {self.found.events} holds another <{name}>; the file is damaged.")

    def _end_trace(self) -> None:
        events = self.found.events - self._first + 1
        self.found.empty_traces += not events
        if NAME not in self._trace:
            self._trace[NAME] = f"trace {self._number} without a name"
            self.found.types.setdefault(NAME, set()).add("string")
            self.found.nameless += 1
        if self._counted and self._trace != self._known:
            last = self._first + self._counted - 1
            self.found.late.append((self._first, last, self._trace))
        if events > self._counted:
            self._batch.traces.append((self._trace, self._number, events - self._counted))
        self._number = 0

    def _flush(self) -> None:
        if self._number:  # in the middle of a trace
            events = self.found.events - self._first + 1
            self._known = dict(self._trace)
            self._batch.traces.append((self._known, self._number, events - self._counted))
            self._counted = events
        self._deliver(self._batch)
        self._batch = Batch()

    def _too_many(self) -> DataError:
        return DataError(
            f"{self._name}: event {self.found.events} or its trace brings the attributes to more than {MOST_COLUMNS}; "
            "leave out those that say nothing about the cases."
        )
