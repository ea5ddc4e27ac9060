"""The ids of findings about steps: ``measure.figure[:slug[>slug]][@unit]``."""

from __future__ import annotations

from collections.abc import Iterable

from .slugs import slugs


class FindingIds:
    """The ids of one measure on one log.

    known : the steps of the flow, whose slugs no other activity can take; others : the activities of the log
    groups : the values that the measure is split by, if it is
    """

    def __init__(self, measure: str, known: Iterable[str], others: Iterable[str], groups: Iterable[str] = ()) -> None:
        self._measure = measure
        self._steps = slugs(known, others)
        self._groups = slugs((), groups)

    def of(self, what: tuple[str, tuple[str, ...], tuple[str, ...]], group: str | None = None) -> str:
        """The id of a figure about steps; the last of them may be one of several (``a>b|c``)."""
        figure, steps, alternatives = what
        about = ">".join(self._steps[step] for step in steps)
        about = "|".join([about, *(self._steps[step] for step in alternatives)])
        where = "" if group is None else f"@{self._groups[group]}"
        return f"{self._measure}.{figure}:{about}{where}"
