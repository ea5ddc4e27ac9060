"""What a connector hands over: accepted records with the house's names, waiting to become a log.

The connection holds a table or view ``staged`` with the columns of :data:`STAGED`, then one column ``a_0, a_1, …``
for each name in `attributes`. ``case_id``, ``activity`` and ``end_time`` are never null; a column that the export
does not have is all null. Times are UTC; a time known to the day is the local midnight that starts that day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb

from .manifest import Source

STAGED = {
    "case_id": "VARCHAR",
    "activity": "VARCHAR",
    "end_time": "TIMESTAMPTZ",
    "start_time": "TIMESTAMPTZ",
    "precision": "VARCHAR",  # 'day', 'minute' or 'second'
    "rank": "SMALLINT",  # declared order of steps known to the day only; negative ranks come first in the day
    "resource": "VARCHAR",
    "unit": "VARCHAR",
    "applicant": "VARCHAR",
    "type": "VARCHAR",
    "case_unit": "VARCHAR",  # a unit given for the case itself, which wins over those of its events
    "closed": "TIMESTAMPTZ",  # or BOOLEAN
    "due": "TIMESTAMPTZ",
    "source": "SMALLINT",
    "source_row": "BIGINT",
}

# Nothing is chosen or measured by these.
PEOPLE = frozenset({"resource", "applicant"})

# Names that an attribute may not have, because a table of the log has them.
CORE_COLUMNS = frozenset(STAGED) | {
    "case_no",
    "position",
    "previous_activity",
    "micros_since_previous",
    "variant_no",
    "first_time",
    "last_time",
    "events",
}


@dataclass(frozen=True)
class Staged:
    """Accepted records on their way to a log; making the log uses the connection up.

    given_as_of, given_from : the window, where the user or the mapping gave it; events after given_as_of stay in
        the log outside the window
    now : events later than this do not move the end of the window when given_as_of is None
    case_attributes : attribute -> True (of the case) or False (of the event), where the mapping decides
    people : "raw" for people as the export names them, who are made into ordinals; anything else says what they
        already are ("ordinals", or the id of a key) and leaves them
    """

    connection: duckdb.DuckDBPyConnection
    name: str
    zone: str = "Europe/Oslo"
    sources: list[Source] = field(default_factory=list)
    mapping: dict[str, Any] = field(default_factory=dict)
    attributes: list[str] = field(default_factory=list)
    given_as_of: datetime | None = None
    given_from: datetime | None = None
    now: datetime | None = None
    case_notion: str = "case"
    closed: str | None = None
    ambiguous_times: int = 0
    missing_times: int = 0
    case_attributes: dict[str, bool] = field(default_factory=dict)
    people: str = "raw"
    declared: list[dict[str, str]] = field(default_factory=list)  # see Manifest
    appended: list[dict[str, Any]] = field(default_factory=list)  # see Manifest
    drift: list[dict[str, str]] = field(default_factory=list)  # see Manifest
    notes: list[str] = field(default_factory=list)


def attribute_names(wanted: list[str]) -> list[str]:
    """Names that clash with a column of the log, or with each other, get the suffix ``_2`` (``_3``, …).

    SQL knows no difference between upper and lower case, so neither does this.
    """
    taken = {name.lower() for name in CORE_COLUMNS}
    given: list[str] = []
    for name in wanted:
        candidate, number = name, 1
        while candidate.lower() in taken:
            number += 1
            candidate = f"{name}_{number}"
        taken.add(candidate.lower())
        given.append(candidate)
    return given
