"""How many cases take an arrow when several steps share a box?

Occurrences and days add up. Cases do not, since one case may take several of the arrows: they are counted anew on
the variants. The median of the whole does not follow from the medians of the parts, so it is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from .seen import Seen

_COLUMNS = ["source", "target", "cases", "occurrences", "median_seconds", "p90_seconds", "total_days"]


@dataclass(frozen=True)
class Merged:
    """arrows : between boxes, most cases first, with the start and the end; cases : of boxes with several steps"""

    arrows: pd.DataFrame
    cases: dict[int, int]


def merged(seen: Seen, box_of: Mapping[str, int], end: int) -> Merged:
    """The arrows of the graph between boxes. Box 0 is the start."""
    graph = seen.graph
    arrows = graph.frame.assign(source=graph.frame["source"].map(box_of), target=graph.frame["target"].map(box_of))
    starts = graph.starts.assign(source=0, target=graph.starts["activity"].map(box_of))
    ends = seen.ends.assign(source=seen.ends["activity"].map(box_of), target=end)
    whole = pd.concat([arrows, *(part.assign(occurrences=part["cases"]) for part in (starts, ends))])
    whole = whole.reindex(columns=_COLUMNS).reset_index(drop=True)
    shared = {box for box, steps in Counter(box_of.values()).items() if steps > 1}
    found = _together(whole)
    cases = {}
    if shared:
        places = _places(seen, box_of, end)
        cases = _cases_of_boxes(places, shared)
        found = _counted_anew(found, places, shared)
    order = ["cases", "occurrences", "source", "target"]
    return Merged(found.sort_values(order, ascending=[False, False, True, True], ignore_index=True), cases)


def _together(arrows: pd.DataFrame) -> pd.DataFrame:
    """One row per pair of boxes; the quantiles only of those that were one arrow already."""
    groups = arrows.groupby(["source", "target"], as_index=False, sort=True)
    summed = groups.agg(
        cases=("cases", "max"),
        occurrences=("occurrences", "sum"),
        median_seconds=("median_seconds", "max"),
        p90_seconds=("p90_seconds", "max"),
        total_days=("total_days", lambda days: days.sum(min_count=1)),
        parts=("cases", "size"),
    )
    summed.loc[summed["parts"] > 1, ["median_seconds", "p90_seconds"]] = float("nan")
    return summed[_COLUMNS]


def _places(seen: Seen, box_of: Mapping[str, int], end: int) -> pd.DataFrame:
    """One row per place of each variant: the box there and the next one, with the cases of the variant."""
    ways = seen.variants.frame
    rows = pd.DataFrame({"way": ways.index, "cases": ways["cases"], "step": ways["activities"]}).explode("step")
    rows["source"] = rows["step"].map(box_of)
    rows["target"] = rows.groupby("way")["source"].shift(-1, fill_value=end)
    first = rows.drop_duplicates("way")
    return pd.concat([rows, first.assign(source=0, target=first["source"])])[["way", "cases", "source", "target"]]


def _cases_of_boxes(places: pd.DataFrame, shared: set[int]) -> dict[int, int]:
    inside = places[places["source"].isin(shared)].drop_duplicates(["way", "source"])
    return {int(box): int(cases) for box, cases in inside.groupby("source")["cases"].sum().items()}  # type: ignore[arg-type]


def _counted_anew(arrows: pd.DataFrame, places: pd.DataFrame, shared: set[int]) -> pd.DataFrame:
    pairs = places[places["source"].isin(shared) | places["target"].isin(shared)]
    counts = pairs.drop_duplicates(["way", "source", "target"]).groupby(["source", "target"])["cases"].sum()
    anew = pd.Series(
        [counts.get((s, t)) for s, t in zip(arrows["source"], arrows["target"], strict=True)], index=arrows.index
    )
    return arrows.assign(cases=anew.fillna(arrows["cases"]).astype("int64"))
