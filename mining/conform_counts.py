"""How many cases have each deviation, and how long do they take beside those that have none?

Cases of one variant that are all closed or all open, and of which other units did the same steps, are in the same
*situation*: they have the same deviations. Situations are few, so what is said of cases is worked out on them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from math import nan
from typing import TYPE_CHECKING, TypeVar

from .deviations import SEVERITY, Deviation, What, sentence
from .finding_ids import FindingIds
from .held import Held

if TYPE_CHECKING:
    import pandas as pd

Named = TypeVar("Named")


@dataclass(frozen=True)
class Situations:
    """The cases by what happened in them.

    deviations : of each situation; None where they are not computed
    variant : of each situation, its place among the variants; closed : is it of closed cases?; keys : of the variants
    cases : one row per case: group ("" where nothing is split), situation, days (of closed cases, where known), open
    """

    deviations: list[Counter[What] | None]
    variant: list[int]
    closed: list[bool]
    keys: list[str]
    cases: pd.DataFrame

    @classmethod
    def of(
        cls,
        cases: pd.DataFrame,
        split: bool,
        variants: pd.DataFrame,
        rows: list[Held],
        other_units: dict[int, tuple[Deviation, ...]],
    ) -> Situations:
        """cases : the group first if there is one, then ``case_no, variant_no, is_closed, days``"""
        place = {number: at for at, number in enumerate(variants["variant_no"].tolist())}
        number: dict[tuple[int, bool, tuple[Deviation, ...]], int] = {}
        found = [
            number.setdefault((place[variant], closed, other_units.get(case, ())), len(number))
            for case, variant, closed in zip(
                cases["case_no"].tolist(), cases["variant_no"].tolist(), cases["is_closed"].tolist(), strict=True
            )
        ]
        told = [_all(rows[variant], closed, elsewhere) for variant, closed, elsewhere in number]
        table = cases[["days"]].assign(
            group=cases.iloc[:, 0] if split else "", situation=found, open=~cases["is_closed"].astype(bool)
        )
        places, closed = [variant for variant, _, _ in number], [over for _, over, _ in number]
        return cls(told, places, closed, variants["variant_key"].tolist(), table)

    @property
    def groups(self) -> list[str]:
        return sorted(set(self.cases["group"]))

    @property
    def conforming(self) -> int:
        """The cases without any deviation."""
        free = [deviations is not None and not deviations for deviations in self.deviations]
        return sum(free[situation] for situation in self.cases["situation"].tolist())

    def case_list(self, ids: FindingIds) -> pd.DataFrame:
        """For each case the ids of its deviations, and whether it is open."""
        named = [sorted(map(ids.of, deviations or ())) for deviations in self.deviations]
        return self.cases[["open"]].assign(deviations=[named[each] for each in self.cases["situation"].tolist()])

    def by_group(self) -> Iterator[Group]:
        """The groups by name; cases that are not computed are left out."""
        known = [deviations is not None for deviations in self.deviations]
        looked_at = self.cases[[known[each] for each in self.cases["situation"].tolist()]]
        for name, part in looked_at.groupby("group", sort=True):
            days: dict[int, list[float]] = {}
            timed = part.dropna(subset="days")
            for situation, each in zip(timed["situation"].tolist(), timed["days"].tolist(), strict=True):
                days.setdefault(situation, []).append(each)
            yield Group(str(name), self, Counter(part["situation"].tolist()), days)


class Group:
    """Some of the cases. counts : cases by situation; days : how long its closed cases took, by situation"""

    def __init__(self, name: str, situations: Situations, counts: dict[int, int], days: dict[int, list[float]]) -> None:
        self.name, self.counts = name, counts
        self._situations, self._days = situations, days
        self._cases = sum(counts.values())

    def told(self, situation: int) -> Counter[What]:
        """The deviations of a situation, and how often a case has each."""
        return self._situations.deviations[situation] or Counter()

    def having(self, names: Callable[[Counter[What]], Iterable[Named]]) -> dict[Named, list[int]]:
        """The situations by what they are named for."""
        found: dict[Named, list[int]] = {}
        for situation in sorted(self.counts):
            for name in names(self.told(situation)):
                found.setdefault(name, []).append(situation)
        return found

    def figures(self, those: list[int]) -> dict[str, object]:
        """What is said of the cases in some situations, whatever they have in common."""
        cases = sum(self.counts[situation] for situation in those)
        times = [day for situation in those for day in self._days.get(situation, ())]
        return {
            "cases": cases,
            "share": cases / self._cases,
            "median_days": _median(times),
            "timed_cases": len(times),
            "example": self._example(those),
        }

    def _example(self, those: list[int]) -> str:
        """The key of the variant that most of these cases have."""
        cases: Counter[int] = Counter()
        for situation in those:
            cases[self._situations.variant[situation]] += self.counts[situation]
        return self._situations.keys[min(cases, key=lambda variant: (-cases[variant], variant))]


def deviation_rows(situations: Situations, ids: FindingIds, by: str | None) -> pd.DataFrame:
    """One row per deviation (of each group), most cases first."""
    rows = []
    for group in situations.by_group():
        for what, those in group.having(lambda told: told).items():
            kind, steps, alternatives = what
            rows.append(
                {
                    "group": group.name,
                    "id": ids.of(what, group.name if by else None),
                    "kind": kind,
                    "step": steps[0],
                    "other_step": steps[1] if len(steps) > 1 else "",
                    "alternatives": list(alternatives),
                    "occurrences": sum(group.told(each)[what] * group.counts[each] for each in those),
                    "severity": SEVERITY[kind],
                    "sentence": sentence(kind, steps, alternatives),
                    **group.figures(those),
                }
            )
    columns = (
        *("id", "kind", "step", "other_step", "alternatives", "cases", "share", "occurrences"),
        *("median_days", "timed_cases", "severity", "example", "sentence"),
    )
    return _frame(rows, columns, "id", by)


def pattern_rows(situations: Situations, ids: FindingIds, by: str | None) -> pd.DataFrame:
    """One row per set of deviations that cases have together (of each group), most cases first."""
    rows = []
    for group in situations.by_group():
        where = group.name if by else None
        names = cache(lambda what, where=where: ids.of(what, where))
        together = group.having(lambda told, names=names: [tuple(sorted(map(names, told)))])
        for those_ids, those in together.items():
            rows.append({"group": group.name, "deviations": list(those_ids), **group.figures(those)})
    columns = ("deviations", "cases", "share", "median_days", "timed_cases", "example")
    return _frame(rows, columns, "deviations", by)


def _all(row: Held, closed: bool, elsewhere: tuple[Deviation, ...]) -> Counter[What] | None:
    told = row.deviations if closed else row.open_deviations
    return None if told is None else Counter(deviation.what for deviation in (*told, *elsewhere))


def _median(values: list[float]) -> float:
    import numpy as np

    return float(np.median(values)) if values else nan


def _frame(rows: list[dict], columns: tuple[str, ...], last: str, by: str | None) -> pd.DataFrame:
    """The rows by group, most cases first; the group is the first column where the measure is split."""
    import pandas as pd

    rows.sort(key=lambda row: (row["group"], -row["cases"], row[last]))
    frame = pd.DataFrame(rows, columns=["group", *columns])
    name = f"{by}_2" if by in columns else by
    return frame.rename(columns={"group": name}) if by else frame.drop(columns="group")
