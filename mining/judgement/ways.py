"""Which ways did the cases that closed in a month go, and are they others than in the year before?

Held against each other, in all and for each unit, are the cases closed in the month and those closed in the twelve months before
it, each as it was when it closed: what came later in the old ones is left out, for the new ones have not had the time for it. The first three
months of an export are left out too: what closes in them was begun before it, or was quick. A marked change begins anew.

Everything that is tested in a month is one family (:func:`.drift.adjusted`). What was found within the year is asked about by itself, and
is not new when it is found again. A difference that lasts a year has become the usual.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..closing import closing_known, closing_times
from ..database import text_literal
from ..flow import Flow
from ..log import EventLog
from ..slugs import slugs
from .alarms import OK
from .chart import NEITHER
from .drift import OTHER, Mix, Pair, adjusted, mix, pairs, stand_out
from .month import Month
from .verdicts import FIGURES, JUDGED, MIX, PAIR, WAY, Mark

YEAR = 12  # months that a month is held against
BEGUN = 3  # of an export, that are left out
LEAST = 6  # months that there must be
COLUMNS = (*FIGURES, "plotted", *JUDGED)

_MOST_WAYS, _LEAST_WAY = 3, 0.05  # that a mix is explained by, and how far their shares are apart
_FEW = 5  # cases: a share of fewer is not kept
_WAYS = """
with closing as ({closing}), chosen as (
    select case_no, coalesce(unit, '') as unit, closed_time, closed_by_day,
           strftime(timezone({zone}, closed_time), '%Y-%m') as "month"
    from closing join cases using (case_no) where closed_time between {begins} and {ends}
), gone as (
    select case_no, any_value(chosen.unit) as unit, any_value(chosen."month") as "month", list(activity::varchar order by "position") as way
    from events join chosen using (case_no)
    where end_time <= closed_time
       or (closed_by_day and timezone({zone}, end_time)::date <= timezone({zone}, closed_time)::date)
    group by case_no
)
select unit, "month", way, count(*) as cases from gone group by all
"""

Way = tuple[str, ...]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class _Group:
    """The cases of a unit ("" is all) by way. months : before, that there are to hold them against"""

    unit: str
    before: Counter[Way]
    now: Counter[Way]
    months: int


@dataclass(frozen=True)
class _Compared:
    """What is tested of a group: its mix, and its pairs as :func:`.drift.pairs` gives them."""

    group: _Group
    mix: Mix
    pairs: pd.DataFrame

    @property
    def p(self) -> Numbers:
        return np.array([self.mix.p, *self.pairs["p"]], float)

    def finding_ids(self, ids: dict[str, str]) -> list[str]:
        """The findings that these would be."""
        where = f"@{self.group.unit}" if self.group.unit else ""
        both = zip(self.pairs["source"], self.pairs["target"], strict=True)
        return [f"drift:mix{where}", *(f"drift:pair:{ids[a]}>{ids[b]}{where}" for a, b in both)]


def ways(
    log: EventLog, flow: Flow, month: Month, changes: Iterable[Mark] = (), known: Collection[str] = ()
) -> pd.DataFrame:
    """What is unlike the year before: rows as :func:`.verdicts.charted` gives them.

    ``drift.mix`` : of every unit and in all; the value is the distance, `upper` what it stays under by chance; NaN where nothing was tested
    ``drift.pair:A>B`` : for each pair that stands out; `value` cases of `total` have it, `plotted` and `centre` are its share now and before
    ``drift.way:KEY`` : the same for the ways by which a mix stands out most
    rule : "mix", or what became of the pair or way: "new", "gone", "more", "less"

    log : as it was known when the month closed; known : ids of what was found within the year
    A share of one to four cases is NaN. Without closings there is no row.
    """
    named = flow.named(log)
    if not closing_known(named, flow) or not named.case_count:
        return pd.DataFrame(columns=list(COLUMNS))
    return unlike(_counted(named, flow, month), month, changes, known)


def unlike(
    counts: pd.DataFrame, month: Month, changes: Iterable[Mark] = (), known: Collection[str] = ()
) -> pd.DataFrame:
    """As :func:`ways`, of closed cases that are counted. counts : ``unit, month`` (of closing), ``way`` (its steps), ``cases``"""
    groups = list(_groups(counts, month, list(changes)))
    ids = slugs(sorted({step for way in counts["way"] for step in way}))
    compared = [
        _Compared(each, mix(_keyed(each.before), _keyed(each.now)), _pairs(each))
        for each in groups
        if each.months >= LEAST
    ]
    whole = adjusted([p for each in compared for p in each.p])
    rows: dict[str, list[dict[str, object]]] = {}
    for each in compared:
        q, whole = whole[: len(each.p)], whole[len(each.p) :]
        asked = [name in known for name in each.finding_ids(ids)]
        rows[each.group.unit] = list(_rows(each, np.where(asked, each.p, q), np.array(asked), ids))
    said = [row for each in groups for row in rows.get(each.unit, [_mix_row(each.unit, sum(each.now.values()))])]
    return pd.DataFrame([{"month": month.name, **row} for row in said], columns=list(COLUMNS))


def _counted(log: EventLog, flow: Flow, month: Month) -> pd.DataFrame:
    """Cases by unit, month of closing and way."""
    begins = Month(_back(month, YEAR + BEGUN), log.zone).begins
    query = _WAYS.format(
        closing=closing_times(log, flow),
        zone=text_literal(log.zone),
        begins=f"timestamptz {text_literal(begins.isoformat())}",
        ends=f"timestamptz {text_literal(month.ends.isoformat())}",
    )
    counts = log.sql(query)
    counts["way"] = [tuple(way) for way in counts["way"]]
    return counts


def _groups(counts: pd.DataFrame, month: Month, changes: list[Mark]) -> Iterator[_Group]:
    units = sorted(set(counts["unit"]) - {""})
    for unit in ("", *(units if len(units) > 1 else [])):
        some = counts[counts["unit"] == unit] if unit else counts
        marked = [mark.month for mark in changes if mark.unit in ("", unit) and mark.month <= month.name]
        start = max([_start(some, month), *marked])
        then = some[(some["month"] >= start) & (some["month"] < month.name)]
        months = len(pd.period_range(start, _back(month, 1), freq="M"))
        yield _Group(unit, _total(then), _total(some[some["month"] == month.name]), months)


def _start(counts: pd.DataFrame, month: Month) -> str:
    """The first month that is compared with, before any change."""
    first = str(counts["month"].min()) if len(counts) else month.name
    return max(_back(month, YEAR), str(pd.Period(first, "M") + BEGUN))


def _back(month: Month, months: int) -> str:
    return str(pd.Period(month.name, "M") - months)


def _total(counts: pd.DataFrame) -> Counter[Way]:
    found: Counter[Way] = Counter()
    for way, cases in zip(counts["way"], counts["cases"], strict=True):
        found[way] += int(cases)
    return found


def _keyed(counted: Counter[Way]) -> dict[str, int]:
    return {_key(way): cases for way, cases in counted.items()}


def _key(way: Way) -> str:
    """As the variants' keys."""
    return sha256("\x1f".join(way).encode()).hexdigest()[:12]


def _pairs(group: _Group) -> pd.DataFrame:
    then, here = (_with_pair(each) for each in (group.before, group.now))
    return pairs(then, sum(group.before.values()), here, sum(group.now.values()))


def _with_pair(counted: Counter[Way]) -> dict[Pair, int]:
    """The cases that have each pair of steps, however often."""
    found: Counter[Pair] = Counter()
    for way, cases in counted.items():
        for pair in set(pairwise(way)):
            found[pair] += cases
    return found


def _rows(found: _Compared, q: Numbers, known: NDArray[np.bool_], ids: dict[str, str]) -> Iterator[dict[str, object]]:
    group, stands_out = found.group, found.mix.stands_out(float(q[0]), bool(known[0]))
    yield _mix_row(group.unit, found.mix.cases, found.mix, stands_out)
    if stands_out:
        yield from _way_rows(group, found.mix)
    for each in stand_out(found.pairs, q[1:], known[1:]).to_dict("records"):
        id_ = f"{PAIR}:{ids[each['source']]}>{ids[each['target']]}"
        name = f"{each['source']} → {each['target']}"
        yield _share_row(id_, group, name, int(each["cases_before"]), int(each["cases"]), str(each["change"]))


def _way_rows(group: _Group, found: Mix) -> Iterator[dict[str, object]]:
    """The ways whose shares are furthest apart."""
    named = {_key(way): way for way in (*group.before, *group.now)}
    apart = found.frame[(found.frame["share"] - found.frame["share_before"]).abs() >= _LEAST_WAY]
    for key in apart.loc[apart["variant"] != OTHER, "variant"].head(_MOST_WAYS):
        then, here = group.before[named[key]], group.now[named[key]]
        more = here / found.cases > then / found.cases_before
        change = ("more" if then else "new") if more else ("less" if here else "gone")
        yield _share_row(f"{WAY}:{key}", group, " → ".join(named[key]), then, here, change)


def _mix_row(unit: str, cases: int, found: Mix | None = None, stands_out: bool = False) -> dict[str, object]:
    far, chance = (found.distance, found.by_chance) if found else (np.nan, np.nan)
    meaning = "" if np.isnan(far) else "different" if stands_out else "usual"
    return {
        "id": MIX, "unit": unit, "name": "", "kind": "measured", "better": NEITHER, "value": far, "total": cases, "plotted": far,
        "centre": np.nan, "lower": np.nan, "upper": chance, "rule": "mix" if stands_out else "", "meaning": meaning, **_STEADY,
    }  # fmt: skip


def _share_row(id_: str, group: _Group, name: str, then: int, here: int, change: str) -> dict[str, object]:
    before, now = (_kept(count) / sum(all_.values()) for count, all_ in ((then, group.before), (here, group.now)))
    return {
        "id": id_, "unit": group.unit, "name": name, "kind": "share", "better": NEITHER, "value": _kept(here),
        "total": sum(group.now.values()), "plotted": now, "centre": before, "lower": np.nan, "upper": np.nan, "rule": change,
        "meaning": "different", **_STEADY,
    }  # fmt: skip


_STEADY = {"provisional": False, "state": OK, "onset": False}


def _kept(count: int) -> float:
    return float("nan") if 0 < count < _FEW else float(count)
