"""All files of an import are read, and connectors whose files tell of the same cases settle whose word holds."""

from __future__ import annotations

from pathlib import Path

from .columns import Source
from .connector import Connector, Desk, Records, Settling


def gathered(connectors: list[tuple[Path, Connector]], desk: Desk) -> list[Source]:
    """The records of every file, each with the connector that knows it. Raises what ``Connector.records`` raises."""
    found: list[Records] = []
    for path, connector in connectors:
        for records in connector.records(path, desk, len(found)):
            records.connector = connector.name
            found.append(records)
    for name, connector in {connector.name: connector for _, connector in connectors}.items():
        if isinstance(connector, Settling):
            own = {number: records for number, records in enumerate(found) if records.connector == name}
            connector.settle(own, desk)
    return [Source(records, number, desk.database, desk.mapping) for number, records in enumerate(found)]
