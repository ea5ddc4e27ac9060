"""What the office has accepted of a month's findings: folded, with the reason and the last day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..mining.accepted_toml import Acceptance
from ..mining.judgement.verdicts import ACCEPTED, Finding
from .month_figures import columns, name_of, unit_of, value_of
from .section import Table, row
from .words import Words


def accepted_table(
    found: Sequence[Finding], holding: Mapping[str, Acceptance], named: Mapping[tuple[str, str], Any], words: Words
) -> Table | None:
    """The findings that are accepted, None where none is. holding : by the finding's id; named : the figures by id and unit"""
    rows = [
        row(
            [
                name_of(named[each.indicator, each.unit], words),
                unit_of(each.unit, words),
                value_of(each.indicator, each.value, words),
                words.date(holding[each.id].until),
                words.name(holding[each.id].reason),
            ]
        )
        for each in found
        if each.status == ACCEPTED and (each.indicator, each.unit) in named
    ]
    if not rows:
        return None
    caption = words.say("month.accepted")
    folded = words.say("month.accepted_folded", len(rows))
    return Table(caption, columns("what", "unit", "value", "until", "reason", words=words), tuple(rows), folded=folded)
