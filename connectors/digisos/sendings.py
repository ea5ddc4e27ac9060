"""Of an application that several files tell of, the newest counts: each file holds the whole history."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import duckdb

from ..connector import Records
from .rows import Sending

REPLACED = "in a newer file of the same application"


@dataclass
class DigisosRecords(Records):
    """Records with the sendings that they come from, so that sources can be held against each other."""

    sendings: list[Sending] = field(default_factory=list)


def settle(found: list[DigisosRecords], database: duckdb.DuckDBPyConnection) -> None:
    """Take the older sendings out of their tables; their records are set aside. Of two that are equal the later stays."""
    best: dict[str, tuple[DigisosRecords, Sending]] = {}
    lost: list[tuple[DigisosRecords, Sending]] = []
    for records in found:
        for sending in records.sendings:
            known = best.get(sending.case)
            if known is not None and known[1].newest > sending.newest:
                lost.append((records, sending))
                continue
            best[sending.case] = records, sending
            if known is not None:
                lost.append(known)
    for records in found:
        if gone := [sending for owner, sending in lost if owner is records]:
            _take_out(records, gone, database)


def _take_out(records: DigisosRecords, gone: list[Sending], database: duckdb.DuckDBPyConnection) -> None:
    documents = {sending.document for sending in gone}
    database.execute(f"delete from {records.table} where document in (select unnest(?))", [sorted(documents)])
    aside: Counter[str] = sum((sending.aside for sending in gone), Counter())
    records.set_aside = records.set_aside - aside
    records.set_aside[REPLACED] += aside.total() + sum(sending.accepted for sending in gone)
    records.further -= sum(sending.further for sending in gone)
    records.sendings = [sending for sending in records.sendings if sending.document not in documents]
