"""Which wrapper belongs to which file, where the two lie apart?

Fiks names the file in the wrapper (``digisosSoker.metadata``); else the file, or its folder, has the application's id as
its name; else it lies in a folder with one wrapper only.
"""

from __future__ import annotations

from .application import Wrapper
from .bundle import folder, stem
from .identity import uuid_in


class Wrappers:
    """The wrappers of a folder or a zip that hold no file themselves."""

    def __init__(self) -> None:
        self._all: list[Wrapper] = []
        self._by_id: dict[str, int] = {}
        self._by_folder: dict[str, list[int]] = {}
        self._taken: set[int] = set()

    def add(self, wrapper: Wrapper, name: str) -> None:
        """One more, found at `name`. Of two with one id the later change counts."""
        place = len(self._all)
        self._all.append(wrapper)
        for text in (wrapper.metadata, wrapper.id):
            if key := uuid_in(text):
                before = self._by_id.get(key)
                if before is None or self._all[before].stamp <= wrapper.stamp:
                    self._by_id[key] = place
        self._by_folder.setdefault(name.rpartition("/")[0], []).append(place)

    def of(self, name: str) -> Wrapper | None:
        """The wrapper of the file at `name`, or None."""
        for text in (stem(name), folder(name)):
            place = self._by_id.get(uuid_in(text) or "")
            if place is not None:
                return self._take(place)
        beside = self._by_folder.get(name.rpartition("/")[0], [])
        return self._take(beside[0]) if len(beside) == 1 else None

    def _take(self, place: int) -> Wrapper:
        self._taken.add(place)
        return self._all[place]

    def left(self) -> list[Wrapper]:
        """Those that no file was found for."""
        return [wrapper for place, wrapper in enumerate(self._all) if place not in self._taken]
