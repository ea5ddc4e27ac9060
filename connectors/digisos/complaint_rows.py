"""Complaints come last: by then it is known which file of an application counts, and of which matter the decisions are."""

from __future__ import annotations

from ..connector import Refusal
from .complaints import Complaint, without_repeats
from .identity import case_id
from .rows import Rows
from .sendings import REPLACED, DigisosRecords

UNKNOWN_DECISION = "complaint about a decision that no matter has"
NO_APPLICATION = "complaint without the id of an application"


def put_complaints(
    found: list[tuple[int, Complaint]], decisions: dict[str, dict[str, int]], rows: Rows, records: DigisosRecords
) -> None:
    """Put their events into the table; each complaint comes with the number of its file.

    decisions : of each case the matter of every decision, by the id of its document
    """
    counted = {sending.document for sending in records.sendings}
    kept = []
    for document, complaint in found:
        if complaint.decision or document in counted:
            kept.append((document, complaint))
        else:
            rows.line += complaint.records
            records.set_aside[REPLACED] += complaint.records
    without_repeats([complaint for _, complaint in kept])
    for document, complaint in kept:
        # A list within a file carries the case that the file was given.
        case = case_id(complaint.case, None) or (complaint.case if not complaint.decision else None)
        matter = decisions.get(case or "", {}).get(complaint.decision)
        if case is None or (rows.by_matter and matter is None):
            complaint.aside[UNKNOWN_DECISION if case else NO_APPLICATION] += len(complaint.steps)
        else:
            rows.add_complaint(f"{case}/{matter}" if rows.by_matter else case, document, complaint.steps)
        _count_the_rest(complaint, rows, records)


def _count_the_rest(complaint: Complaint, rows: Rows, records: DigisosRecords) -> None:
    rows.line += complaint.aside.total()
    records.set_aside.update(complaint.aside)
    for reason, count in complaint.refused.items():
        rows.line += count
        records.quarantined[reason] += count
        records.refusals += [Refusal(rows.number, rows.line, "", f"a complaint: {reason}", "")] * count
