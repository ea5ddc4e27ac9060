"""The parts of a project's settings: limits, changes, waits, and from when on an export is not fit to be judged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isnan

from ...mining.errors import UsageError
from ...mining.judgement.fitness import KINDS, Bounds
from ...mining.judgement.month import Month
from ...mining.toml_table import Table, meant

LEAST = 10  # cases that a limit is held against
_MOST = 500
_EDGES = ("warn_below", "warn_above", "high_below", "high_above")
_LIMIT = ("indicator", "unit", "least", *_EDGES)
_SHARES = ("least_share_of_usual", "quarantined_share", "unmapped_share")
_FITNESS = ("newest_days", *_SHARES, "accepted")


@dataclass(frozen=True)
class Limit:
    """When an indicator is bad, whatever it was before. unit : "" is all cases, "*" these and every unit; least : cases that the figure must rest on"""

    indicator: str
    unit: str = ""
    warn_below: float | None = None
    warn_above: float | None = None
    high_below: float | None = None
    high_above: float | None = None
    least: int = LEAST

    def severity(self, value: float, total: int) -> str:
        """How bad is this value: "high", "warn", or "" where it is not, or rests on too few cases?"""
        if total < self.least or isnan(value):
            return ""
        for name, below, above in (
            ("high", self.high_below, self.high_above),
            ("warn", self.warn_below, self.warn_above),
        ):
            if (below is not None and value < below) or (above is not None and value > above):
                return name
        return ""


@dataclass(frozen=True)
class Change:
    """Something that was changed on purpose; from that month on the usual variation is found anew. unit : "" is all"""

    month: str
    what: str
    unit: str = ""


@dataclass(frozen=True)
class Fitness(Bounds):
    """From when on an export is not judged.

    quarantined_share : of the records that cannot be read; accepted : month and kind of what is right all the same, such as "2026-03 unit"
    """

    quarantined_share: float = 0.02
    accepted: tuple[str, ...] = ()


def limits_in(said: Table) -> tuple[Limit, ...]:
    """The tables [[limits]]."""
    return tuple(_limit(each) for each in _several(said, "limits", _LIMIT))


def _limit(said: Table) -> Limit:
    said.need("indicator")
    edges = {key: said.number(key, -1e9, 1e9) for key in _EDGES}
    if all(edge is None for edge in edges.values()):
        raise said.wrong("indicator", f"{said.title}has no limit; give one of {', '.join(_EDGES)}.")
    least = said.whole("least", 1, 1_000_000)
    return Limit(str(said.text("indicator")), said.text("unit") or "", **edges, least=LEAST if least is None else least)


def changes_in(said: Table, zone: str) -> tuple[Change, ...]:
    """The tables [[changes]], oldest first."""
    found = []
    for each in _several(said, "changes", ("month", "what", "unit")):
        each.need("month", "what")
        month = month_in(each, "month", zone)
        assert month is not None
        found.append(Change(month.name, str(each.text("what")), each.text("unit") or ""))
    return tuple(sorted(found, key=lambda change: change.month))


def month_in(said: Table, key: str, zone: str) -> Month | None:
    """A month such as "2026-03"."""
    name = said.text(key)
    try:
        return Month(name, zone) if name else None
    except UsageError as error:
        raise said.wrong(key, str(error)) from error


def fitness_in(said: Table) -> Fitness:
    """The table [fitness]."""
    table = said.table("fitness", _FITNESS) or Table({})
    usual = Fitness()
    shares = {key: table.number(key, 0, 1) for key in _SHARES}
    days = table.whole("newest_days", 1, 366)
    return Fitness(
        newest_days=usual.newest_days if days is None else days,
        **{key: getattr(usual, key) if share is None else share for key, share in shares.items()},
        accepted=_accepted(table),
    )


def _accepted(table: Table) -> tuple[str, ...]:
    found = table.texts("accepted")
    for each in found:
        name, _, kind = each.partition(" ")
        if not re.fullmatch(r"\d{4}-\d\d", name) or kind not in KINDS:
            raise table.wrong(
                "accepted", f"{each!r} is not a month and a fault, such as '2026-03 unit'.{meant(kind, KINDS)}"
            )
    return found


def pairs_in(said: Table) -> tuple[tuple[str, str], ...]:
    """The tables [[waits]]: pairs of steps."""
    found = []
    for each in _several(said, "waits", ("from", "to")):
        each.need("from", "to")
        found.append((str(each.text("from")), str(each.text("to"))))
    return tuple(dict.fromkeys(found))


def _several(said: Table, name: str, known: tuple[str, ...]) -> list[Table]:
    found = said.tables(name, known)
    if len(found) > _MOST:
        raise said.wrong(name, f"There are {len(found)} {name}; a project may have {_MOST}.")
    return found
