"""Which shape has this table: an event per row, a case per row, a change per row, a span of time per row?

The mapping says it, or else the content does. An event per row is what a table is taken for unless there is good
reason for something else: every other shape is recognised by the names of several columns and by what they hold.
One file per shape says how it is recognised, what its columns are, and what becomes of its rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..mining.errors import DataError
from . import shape_audit, shape_intervals, shape_joined, shape_wide
from .columns import Source
from .mapping import Mapping
from .roles import Roles, roles_of

_WORDS = {
    "events": "event list",
    "wide": "wide, one row per case",
    "audit": "audit, one row per change",
    "intervals": "intervals, one row per span of time",
    "cases": "case table, joined with the events of another file",
}


@dataclass(frozen=True)
class Shape:
    """The shape of one table, and why. fields : of an audit, the fields whose new values are steps"""

    kind: str = "events"
    why: str = "nothing says otherwise"
    fields: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """For people."""
        return f"{_WORDS[self.kind]} ({self.why})"


def shapes_of(sources: list[Source], mapping: Mapping) -> list[Shape]:
    """The shape of every source. Raises DataError if the mapping says joined and no table can be joined."""
    tables = [source for source in sources if source.records.roles is None]
    joined = shape_joined.case_tables(tables, sources, mapping)
    if mapping.shape == "joined" and not joined:
        raise DataError(
            "No table here has one row per case whose ids are those of another file; name it in the mapping: "
            '[table] cases = "FILE".'
        )
    return [
        Shape("cases", joined[source.number]) if source.number in joined else _shape_of(source, mapping)
        for source in sources
    ]


def _shape_of(source: Source, mapping: Mapping) -> Shape:
    if (given := source.records.roles) is not None:
        return Shape("wide" if "milestone" in given.values() else "events", "the format says so")
    if mapping.shape not in (None, "joined"):
        return Shape(mapping.shape or "", "given by the mapping")
    for kind, recognise in (
        ("audit", shape_audit.recognised),
        ("intervals", shape_intervals.recognised),
        ("wide", shape_wide.recognised),
    ):
        if why := recognise(source, mapping):
            return Shape(kind, why)
    return Shape()


def roles_in(source: Source, shape: Shape, mapping: Mapping) -> tuple[Roles, Shape]:
    """The role of every column in a table of this shape, and the shape with what was found about it.

    The rows of an audit that say nothing about the steps are set aside here. Raises what ``roles_of`` raises.
    """
    if shape.kind == "audit":
        roles, fields = shape_audit.roles_of_audit(source, mapping)
        return roles, replace(shape, fields=fields)
    find = {
        "wide": shape_wide.roles_of_wide,
        "intervals": shape_intervals.roles_of_intervals,
        "cases": shape_joined.roles_of_cases,
    }
    return find.get(shape.kind, roles_of)(source, mapping), shape
