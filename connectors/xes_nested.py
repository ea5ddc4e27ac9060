"""Under which key does an attribute go that stands inside another one of an XES file?

Under ``parent:child``, however deep. The element <values> of a list adds no key of its own. Members of a list or a
container that have one key are told apart by nothing else, so their values are joined; elsewhere the last one counts.
"""

from __future__ import annotations

from ..mining.errors import DataError
from .connector import MOST_COLUMNS

TYPES = frozenset({"string", "date", "int", "float", "boolean", "id"})
LISTS = frozenset({"list", "container"})
_MOST_MEMBERS = 100_000

Entry = tuple[str, str, str | None]  # key, type, value


class Nested:
    """What stands inside the attributes of one event, or of one trace: `found` is empty where nothing does."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._path: list[tuple[str, bool]] = []  # of every level: its key, and whether it is in a list or is one
        self.found: dict[tuple[str, str, bool], list[str | None]] = {}  # by key, type, and whether it is a member
        self._count = 0

    def add(self, level: int, top: tuple[str, str], type_: str, key: str, value: str | None) -> None:
        """Take in an attribute `level` levels below the attribute `top` (type and key) of the event or trace.

        Raises DataError if there is more than any log has reason to hold.
        """
        if level == 1:
            self._path = [(top[1], top[0] in LISTS)]
        del self._path[level:]
        member = self._path[-1][1]
        self._path.append(("" if type_ == "values" else key, member or type_ in LISTS))
        if not key or type_ not in TYPES:
            return
        whole = ":".join(filter(None, (part for part, _ in self._path)))
        values = self.found.setdefault((whole, type_, member), [])
        if not member:
            values.clear()
        values.append(value)
        self._count += 1
        if len(self.found) > MOST_COLUMNS or self._count > _MOST_MEMBERS:
            raise DataError(
                f"{self._name} has an event or trace with more than {MOST_COLUMNS} attributes inside others, or "
                f"{_MOST_MEMBERS} members of lists; leave out those that say nothing about the cases."
            )

    def entries(self) -> list[Entry]:
        """What was found since it was last cleared; values of members joined."""
        return [
            (key, type_, "; ".join(filter(None, values)) if member else values[0])
            for (key, type_, member), values in self.found.items()
        ]

    def clear(self) -> None:
        """Forget what was found; the next event or trace begins."""
        self.found, self._count = {}, 0
