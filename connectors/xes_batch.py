"""Events of an XES file on their way into the table, as many as are worth a trip.

What belongs to an event is gathered in flat lists per *signature* (the sequence of types and keys of its attributes),
because a log has few of them and lists of texts become columns fast. A batch is full when it has many values, many
bytes, or would make a large table because its events and traces have many different keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

CASE = "case:"
_ENOUGH = 400_000  # values in a batch
_ENOUGH_BYTES = 64 << 20  # of the file, for a batch; values may be long
_ENOUGH_CELLS = 8_000_000  # of the table that a batch makes, the empty ones included

Signature = tuple[tuple[str | None, ...], tuple[str, ...]]


@dataclass
class Batch:
    """Events by signature, and the traces that they belong to, in the order of the file.

    rows, values : of each signature the places of its events in the batch, and their values one after the other
    traces : attributes, number in the file (0: no trace), and how many events of the batch belong to it
    bytes : of the file; keys : all that occur; most : with so many events the batch is full
    last_… : of the signature that was met last: most often the next event has the same
    """

    events: int = 0
    bytes: int = 0
    most: int = _ENOUGH
    keys: set[str | None] = field(default_factory=set)
    rows: dict[Signature, list[int]] = field(default_factory=dict)
    values: dict[Signature, list[str | None]] = field(default_factory=dict)
    traces: list[tuple[dict[str, str], int, int]] = field(default_factory=list)
    last_keys: list[str | None] = field(default_factory=list)
    last_tags: list[str] = field(default_factory=lambda: [""])  # no event has this, not even one without attributes
    last_rows: list[int] = field(default_factory=list)
    last_values: list[str | None] = field(default_factory=list)
    _of_traces: int = 0  # values

    def choose(self, keys: list[str | None], tags: list[str]) -> bool:
        """The next event has this signature; is it a new one?"""
        signature = (tuple(keys), tuple(tags))
        if new := signature not in self.rows:
            self.rows[signature], self.values[signature] = [], []
            self._widen(keys)
        self.last_keys, self.last_tags = [*keys], [*tags]
        self.last_rows, self.last_values = self.rows[signature], self.values[signature]
        return new

    def add_trace(self, attributes: dict[str, str], number: int, events: int) -> None:
        """The next `events` events that no trace was named for belong to this one."""
        self.traces.append((attributes, number, events))
        self._of_traces += len(attributes)
        if attributes:
            self._widen(CASE + key for key in attributes)

    def _widen(self, keys: Iterable[str | None]) -> None:
        """The more keys, the fewer events, so that the table stays of one size."""
        self.keys.update(keys)
        if self.keys:
            self.most = min(self.most, _ENOUGH_CELLS // len(self.keys))

    def weigh(self) -> None:
        """Let the batch be full with the next event when it has enough already; to be called every now and then."""
        if self.bytes > _ENOUGH_BYTES or self._of_traces + sum(map(len, self.values.values())) > _ENOUGH:
            self.most = 0
