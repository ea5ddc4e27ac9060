"""What does a month say: which figures are bad, which are unlike the months before, and what is new since last month?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import pandas as pd

from .alarms import ALARM, CLEARING, IMPROVED
from .chart import Series, control_chart

NEW, STILL, WORSE, BETTER, GONE, ACCEPTED = STATUSES = ("new", "still", "worse", "better", "gone", "accepted")
EVERY = "*"  # in the place of a unit: each of them, and all together
RANK = {"info": 0, "warn": 1, "high": 2}
MIX, PAIR, WAY = "drift.mix", "drift.pair", "drift.way"  # what :mod:`.ways` tells of
_DRIFTING = (MIX, f"{PAIR}:")  # of which there is a finding where they stand out
FIGURES = ("month", "id", "unit", "name", "kind", "better", "value", "total")
JUDGED = ("centre", "lower", "upper", "provisional", "rule", "meaning", "state", "onset")


class Bound(Protocol):
    """A fixed limit of an indicator: see :class:`saksflyt.cli.monthly.project_parts.Limit`."""

    @property
    def indicator(self) -> str: ...
    @property
    def unit(self) -> str: ...
    def severity(self, value: float, total: int) -> str: ...


class Mark(Protocol):
    """Something that was changed on purpose."""

    @property
    def month(self) -> str: ...
    @property
    def unit(self) -> str: ...


@dataclass(frozen=True)
class Finding:
    """Something to look at.

    id : ``limit:INDICATOR``, ``alarm:INDICATOR``, where it has moved to a better level ``better:INDICATOR``, ``drift:mix`` or ``drift:pair:A>B``,
        with ``@UNIT`` where it is of one
    value : of the indicator; severity : "info", "warn" or "high"; status : against the month before (:data:`STATUSES`), or
        "accepted" (:mod:`.set_apart`)
    """

    id: str
    indicator: str
    unit: str
    severity: str
    value: float
    status: str = NEW


def charted(figures: pd.DataFrame, changes: Iterable[Mark]) -> pd.DataFrame:
    """The figures of one month after another, each judged by those before.

    figures : one row per month, indicator and unit, with the columns of :data:`FIGURES`. Returns the rows of the last month with
    ``plotted`` (a share, where counts were given) and the columns of :data:`JUDGED`.
    """
    last, marks = figures["month"].max(), list(changes)
    rows = []
    for _, whole in figures.groupby(["id", "unit"], sort=False):
        part = whole.sort_values("month")
        if part["month"].iloc[-1] != last:
            continue
        shares = part["kind"].iloc[-1] == "share"
        chart = control_chart(
            Series(
                months=part["month"].tolist(),
                values=part["value"].fillna(0 if shares else float("nan")).tolist(),
                totals=part["total"].tolist() if shares else (),
                kind=str(part["kind"].iloc[-1]),
                better=str(part["better"].iloc[-1]),
                changes=[mark.month for mark in marks if mark.unit in ("", str(part["unit"].iloc[-1]))],
            )
        ).frame.iloc[-1]
        rows.append({**part.iloc[-1].to_dict(), "plotted": chart["value"], **{name: chart[name] for name in JUDGED}})
    return pd.DataFrame(rows, columns=[*FIGURES, "plotted", *JUDGED])


def findings(
    judged: pd.DataFrame, limits: Sequence[Bound], before: Sequence[Finding] = (), known: Collection[str] = ()
) -> list[Finding]:
    """What to look at in a month, the worst first, and what of the month before is gone.

    judged : as :func:`charted` and :func:`.ways.ways` give it; before : the findings of the month before; known : ids that are not new,
        though the month before had not got them
    """
    found = {each.id: each for each in _found(judged, limits)}
    earlier = {each.id: each for each in before if each.status != GONE}
    better = dict(zip(zip(judged["id"], judged["unit"], strict=True), judged["better"], strict=True))
    now = [
        _with_status(each, earlier.get(each.id), better[each.indicator, each.unit], known) for each in found.values()
    ]
    gone = [_gone(each, judged) for id_, each in earlier.items() if id_ not in found]
    return sorted(now, key=lambda each: (-RANK[each.severity], each.id)) + sorted(gone, key=lambda each: each.id)


def to_look_at(found: Iterable[Finding]) -> list[Finding]:
    """Those that are there, of which nobody has said that they are accepted, and that are more than a hint."""
    return [each for each in found if each.status not in (GONE, ACCEPTED) and each.severity != "info"]


def _found(judged: pd.DataFrame, limits: Sequence[Bound]) -> Iterable[Finding]:
    for row in judged.to_dict("records"):
        id_, unit, value = str(row["id"]), str(row["unit"]), float(row["plotted"])
        where = f"@{unit}" if unit else ""
        severities = [
            severity
            for limit in limits
            if limit.indicator == id_
            and limit.unit in (unit, EVERY)
            and (severity := limit.severity(value, int(row["total"])))
        ]
        if severities:
            yield Finding(f"limit:{id_}{where}", id_, unit, max(severities, key=RANK.__getitem__), value)
        if row["state"] in (ALARM, CLEARING):
            yield Finding(f"alarm:{id_}{where}", id_, unit, "warn" if row["state"] == ALARM else "info", value)
        elif row["state"] == IMPROVED:
            yield Finding(f"better:{id_}{where}", id_, unit, "info", value)
        if row["rule"] and id_.startswith(_DRIFTING):
            yield Finding(f"{id_.replace('.', ':', 1)}{where}", id_, unit, "info", value)


def _with_status(now: Finding, before: Finding | None, better: str, known: Collection[str]) -> Finding:
    if before is None:
        return replace(now, status=STILL) if now.id in known else now
    ranks = RANK[now.severity] - RANK[before.severity]
    if ranks:
        status = WORSE if ranks > 0 else BETTER
    elif better == "neither" or now.value == before.value:
        status = STILL
    else:
        status = BETTER if (now.value > before.value) == (better == "higher") else WORSE
    return replace(now, status=status)


def _gone(before: Finding, judged: pd.DataFrame) -> Finding:
    rows = judged[(judged["id"] == before.indicator) & (judged["unit"] == before.unit)]
    value = float(rows["plotted"].iloc[0]) if len(rows) else float("nan")
    return Finding(before.id, before.indicator, before.unit, "info", value, GONE)
