"""One row per change: case, field, old value, new value, when, by whom. A new status is a step with its name.

Which field counts is told by its name or by the mapping. Changes of other fields are set aside and counted, and so
are rows that leave the field as it was or empty it.
"""

from __future__ import annotations

from collections import Counter

from ..mining.errors import DataError
from ..mining.log import text_literal
from .columns import Source, tidied
from .connector import Refusal
from .content import fits, named
from .headers import NAMES, SHAPE_NAMES, plain
from .mapping import Mapping
from .roles import Roles, roles_of

_OTHER, _SAME, _EMPTIED, _NO_FIELD = "other field", "value not changed", "value removed", "no field"
_PARTS = {"field": "field", "old": "old", "new": "activity", "changed": "time", "changer": "resource"}
_WHY = {
    "field": "what was changed",
    "old": "the value before",
    "new": "the new value of the field that counts is the step",
    "changed": "when it was changed",
    "changer": "who changed it",
}


def recognised(source: Source, mapping: Mapping) -> str:
    """Why this is an audit; empty if it is none."""
    mapped = {said.role for name, said in mapping.columns.items() if name in source.headers}
    if "field" in mapped:
        return "the mapping names the column of the fields"
    parts = _parts(source, mapping)
    if mapped & {"activity", "milestone"} or not {"field", "old", "new", "changed"} <= set(parts):
        return ""
    other = set(NAMES["activity"]) - set(SHAPE_NAMES["state"])
    if any(plain(header) in other for column, header in enumerate(source.headers) if column not in parts.values()):
        return ""  # a list of events that says what each of them changed
    names = [repr(source.headers[parts[part]]) for part in ("field", "old", "new")]
    return f"{', '.join(names[:2])} and {names[2]} say what was changed"


def _parts(source: Source, mapping: Mapping) -> dict[str, int]:
    """The columns of an audit, as the mapping or their names say."""
    said = {c: s.role for c, header in enumerate(source.headers) if (s := mapping.columns.get(header))}
    by_role = {role: column for column, role in said.items()}
    found: dict[str, int] = {}
    for part, role in _PARTS.items():
        column = by_role.get(role)
        if column is None:
            column = named(source, SHAPE_NAMES[part], {*said, *found.values()})
            if column is not None and role == "time" and not fits(source, column, "time"):
                column = None
        if column is not None:
            found[part] = column
    return found


def roles_of_audit(source: Source, mapping: Mapping) -> tuple[Roles, tuple[str, ...]]:
    """The roles in an audit, and the fields that count; rows that make no step are set aside.

    Raises DataError without a column of fields or new values, or where no field is known to be the status.
    """
    parts = _parts(source, mapping)
    if missing := [part for part in ("field", "new") if part not in parts]:
        words = {"field": "fields (role field)", "new": "new values (role activity)"}
        raise DataError(
            f"{source.name}: no column can be recognised as the {' or the '.join(words[part] for part in missing)}; say "
            "which it is in the mapping."
        )
    fields = tuple(mapping.fields) or _state(source, parts["field"])
    _set_aside(source, parts, fields)
    known = {column: (_PARTS[part], _WHY[part]) for part, column in parts.items()}
    return roles_of(source, mapping, known), fields


def _state(source: Source, field: int) -> tuple[str, ...]:
    """The field whose name says that it is the status of the case."""
    names = SHAPE_NAMES["state"]
    rows = source.rows(f"select distinct c{field}::varchar from {source.table} where c{field} is not null limit 20000")
    # All ways to write the one name: «Status» and «status» are one field.
    found = sorted({(names.index(name), tidied(text)) for (text,) in rows if (name := plain(tidied(text))) in names})
    if not found and source.in_table:
        raise DataError(
            f"{source.name}: no field in the column {source.headers[field]!r} has a name that says that it is the status; "
            'say in the mapping which fields count: [table] fields = ["NAME"].'
        )
    return tuple(text for place, text in found if place == found[0][0])


def _set_aside(source: Source, parts: dict[str, int], fields: tuple[str, ...]) -> None:
    """Keep the rows that make a step, and those that should and cannot: they are quarantined later."""
    field, new = source.cell(parts["field"]), source.cell(parts["new"])
    every = ", ".join(source.cell(column) for column in range(len(source.headers)))
    counted = ", ".join(text_literal(name.lower()) for name in fields) or "null"
    same = f"{new} is not distinct from {source.cell(parts['old'])}" if "old" in parts else "false"
    reason = (
        f"case when coalesce({every}) is null then null when {field} is null then '{_NO_FIELD}' "
        f"when lower({field}) not in ({counted}) then '{_OTHER}' when {new} is null then '{_EMPTIED}' "
        f"when {same} then '{_SAME}' end"
    )
    counts = Counter(
        dict(source.rows(f"select {reason} as why, count(*) from {source.table} group by 1 having why is not null"))
    )
    if source.in_table and counts[_OTHER] == source.in_table:
        raise DataError(f"{source.name}: no row changes the field {' or '.join(map(repr, fields))}; name another one.")
    if lost := counts.pop(_NO_FIELD, 0):
        source.records.quarantined[_NO_FIELD] += lost
        header = source.headers[parts["field"]]
        source.records.refusals += [
            Refusal(source.number, line, header, _NO_FIELD, "")
            for (line,) in source.rows(
                f"select {source.line} from {source.table} where ({reason}) = '{_NO_FIELD}' order by rowid"
            )
        ]
    source.records.set_aside.update(counts)
    if counts or lost:
        source.narrow(f"({reason}) is null")
