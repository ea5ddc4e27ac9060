"""Do the cases go as they were meant to go, and where they do not, what happened?

Every variant is held against the intended flow by an optimal alignment (:mod:`.alignment`), and what does not match is
said in words (:mod:`.deviations`). Closed cases are held against the whole flow, open ones against its beginnings.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import nan
from typing import TYPE_CHECKING

from .answer import Answer
from .case_rows import case_rows
from .clock import DAY
from .closing import closing_known, flow_clock
from .conform_counts import Situations, deviation_rows, pattern_rows
from .database import text_literal
from .deviating_cases import deviating
from .deviation_choice import Told
from .deviations import Deviation, What
from .extra_time import compared
from .finding_ids import FindingIds
from .flow import Flow
from .grouping import grouping
from .held import Held, held
from .log import EventLog

if TYPE_CHECKING:
    import pandas as pd

_VARIANTS = """
select variant_no, variant_key, activities::varchar[] as activities, cases, open_cases
from (select variant_no, count(*) as cases, count(*) filter (not is_closed) as open_cases from ({clock}) group by all)
join (select variant_no, variant_key, activities from sequences) using (variant_no)
order by variant_no
"""

_CASES = "select {first} case_no, variant_no, is_closed, micros / {day} as days from ({clock}) order by case_no"

_OTHER_UNITS = """
select case_no, activity::varchar as step, count(*) as times from events where {elsewhere} group by all order by all
"""


@dataclass(frozen=True, repr=False)
class Conformance(Answer):
    """A log held against an intended flow.

    frame : one row per deviation, most cases first
        id, kind (:mod:`.deviations` lists them), step, other_step ("" where the kind has one step), alternatives (list;
        branches of a choice that may as well be meant), cases, share (0 to 1, of the cases held against the flow),
        occurrences, median_days (of closed cases with it; NaN where no time is known), timed_cases (that the median is of),
        extra_days (time left after it, beside cases without it: :mod:`.extra_time`) with extra_low and extra_high (95 %)
        and extra_q (Benjamini-Hochberg over all rows), all NaN where too few cases can be compared, compared_cases with
        it and compared_with without it, compared_within ("type and half-year", "type", "half-year" or ""), severity (info
        for a step that the flow does not know, else warn), example (key of the most common variant with it), sentence
        (in plain English)
    variants : one row per variant of the log with the flow's names
        variant_no, variant_key, activities, cases, open_cases, cost, fitness (0 to 1), fits (cost 0), prefix_cost, and the
        ids of deviations (of its closed cases) and open_deviations (of its open ones); times and units are not in them
    patterns : one row per set of deviations that cases have together, most cases first
        deviations (ids; none for conforming cases), cases, share, median_days, timed_cases, example
    cases, open_cases : all cases, and those not over; not_computed : cases that could not be held against the flow
    fitting_cases, fitting_share : cases whose steps came in an order that the flow allows; of an open one, so far
    conforming_cases, conforming_share : cases without any deviation, those of `at_most` and of units among them
    fitness : 0 to 1, of all cases together
    within_days : extra_days counts each time so many days at most: the time by which 90 of 100 cases are over
    closing_known : false when every case counts as over because neither the export nor the flow says
    log : with the flow's names
    """

    frame: pd.DataFrame
    variants: pd.DataFrame
    patterns: pd.DataFrame
    cases: int
    open_cases: int
    not_computed: int
    fitting_cases: int
    fitting_share: float
    conforming_cases: int
    conforming_share: float
    fitness: float
    within_days: float
    closing_known: bool
    log: EventLog
    _case_list: pd.DataFrame = field(repr=False)
    _held: dict[int, Held] = field(repr=False)

    def told(self, variant_no: int) -> Told:
        """A variant beside the flow: of its closed cases where it has any, else of its open ones. No moves where it was
        not computed."""
        row = self._held[variant_no]
        if row.deviations is not None:
            return Told(row.moves, row.deviations)
        return Told(row.open_moves, row.open_deviations or ())

    def case_list(self) -> pd.DataFrame:
        """The cases that deviate, for the team: ``case_id, unit, deviations`` (ids), ``open``, by case id."""
        named = self.log.sql("select case_no, case_id, unit from cases order by case_no")
        named["deviations"] = self._case_list["deviations"].tolist()
        named["open"] = self._case_list["open"].tolist()
        some = [bool(ids) for ids in named["deviations"]]
        return named.loc[some, ["case_id", "unit", "deviations", "open"]].reset_index(drop=True)

    def _figures(self) -> dict[str, object]:
        return {name: value for name, value in super()._figures().items() if name not in ("log", "_held")}


def conform(log: EventLog, flow: Flow, *, by: str | None = None) -> Conformance:
    """Hold every case against the flow; with `by`, deviations and patterns within each group.

    Raises EmptyLog if the log has no cases, UsageError if `by` names no column of the cases.
    """
    log.require_cases()
    log = flow.named(log)
    group = grouping(log, by)
    variants = log.sql(_VARIANTS.format(clock=flow_clock(log, flow, grouping(log, None))))
    rows = held(
        flow,
        [tuple(activities) for activities in variants["activities"]],
        (variants["cases"] > variants["open_cases"]).tolist(),
        (variants["open_cases"] > 0).tolist(),
    )
    cases = log.sql(_CASES.format(first=group.first, day=float(DAY), clock=flow_clock(log, flow, group)))
    situations = Situations.of(cases, by is not None, variants, rows, _other_units(log, flow))
    ids = FindingIds("conform", (*flow.ordered, *flow.steps), log.activities, situations.groups if by else ())
    frame, within_days = _with_extra_time(deviation_rows(situations, ids, by), log, flow, situations, rows, variants)
    return Conformance(
        frame=frame,
        variants=_variant_rows(variants, rows, ids),
        patterns=pattern_rows(situations, ids, by),
        within_days=within_days,
        closing_known=closing_known(log, flow),
        log=log,
        _case_list=situations.case_list(ids),
        _held=dict(zip(variants["variant_no"].tolist(), rows, strict=True)),
        **_figures(variants, rows, situations),
    )


def _other_units(log: EventLog, flow: Flow) -> dict[int, tuple[Deviation, ...]]:
    """For each case the steps that another unit did than the flow says, each as often as it did."""
    said = {step: settings.unit for step, settings in flow.steps.items() if settings.unit is not None}
    if not said:
        return {}
    tests = [f"(activity = {text_literal(step)} and unit <> {text_literal(unit)})" for step, unit in said.items()]
    rows = log.sql(_OTHER_UNITS.format(elsewhere=" or ".join(tests)))
    found: dict[int, tuple[Deviation, ...]] = {}
    for case, step, times in zip(rows["case_no"].tolist(), rows["step"].tolist(), rows["times"].tolist(), strict=True):
        found[case] = found.get(case, ()) + (Deviation("other_unit", (step,)),) * times
    return found


def _with_extra_time(
    frame: pd.DataFrame, log: EventLog, flow: Flow, situations: Situations, held: list[Held], variants: pd.DataFrame
) -> tuple[pd.DataFrame, float]:
    """The deviations, each of the group that its row is of, with the columns of :mod:`.extra_time`."""
    import numpy as np
    import pandas as pd

    anytime = set(flow.anytime)
    orders = [tuple(step for step in steps if step not in anytime) for steps in variants["activities"]]
    situation = situations.cases["situation"].to_numpy(np.int64)
    known = np.array([deviations is not None for deviations in situations.deviations])[situation]
    groups = pd.Categorical(situations.cases["group"])
    variant = np.array(situations.variant, np.int64)[situation]
    rows = case_rows(log, flow, orders, variant, known, groups.codes.astype(np.int64))
    seen = deviating(situations, held, orders, flow, rows)
    split = frame.columns[0] != "id"
    mine = frame.iloc[:, 0].tolist() if split else [""] * len(frame)
    chosen = {group: np.asarray(groups == group) for group in groups.categories}
    deviations = zip(frame.to_dict("records"), mine, strict=True)
    wanted = [(_what(row), chosen[group], row["cases"]) for row, group in deviations]
    extra, within = compared(rows, seen, wanted)
    if frame.columns[0] in extra.columns:
        frame = frame.rename(columns={frame.columns[0]: f"{frame.columns[0]}_2"})
    place = list(frame.columns).index("timed_cases") + 1
    return pd.concat([frame.iloc[:, :place], extra, frame.iloc[:, place:]], axis=1), within


def _what(row: dict) -> What:
    steps = (row["step"], row["other_step"]) if row["other_step"] else (row["step"],)
    return row["kind"], steps, tuple(row["alternatives"])


def _variant_rows(variants: pd.DataFrame, rows: list[Held], ids: FindingIds) -> pd.DataFrame:
    import pandas as pd

    frame = variants.copy()
    frame["activities"] = [list(activities) for activities in variants["activities"]]
    frame["cost"] = pd.array([row.cost for row in rows], "Int64")
    frame["fitness"] = [row.fitness for row in rows]
    frame["fits"] = [row.cost == 0 for row in rows]
    frame["prefix_cost"] = pd.array([row.prefix_cost for row in rows], "Int64")
    frame["deviations"] = [_ids(row.deviations, ids) for row in rows]
    frame["open_deviations"] = [_ids(row.open_deviations, ids) for row in rows]
    return frame


def _ids(deviations: tuple[Deviation, ...] | None, ids: FindingIds) -> list[str]:
    return sorted({ids.of(deviation.what) for deviation in deviations or ()})


def _figures(variants: pd.DataFrame, rows: list[Held], situations: Situations) -> dict:
    figures: Counter[str] = Counter(cases=0, open_cases=0, not_computed=0, fitting_cases=0)
    cost, worst = 0, 0
    for row, cases, still_open in zip(rows, variants["cases"].tolist(), variants["open_cases"].tolist(), strict=True):
        figures.update(cases=cases, open_cases=still_open)
        for count, each, most in (
            (cases - still_open, row.cost, row.worst),
            (still_open, row.prefix_cost, row.prefix_worst),
        ):
            if each is None:
                figures["not_computed"] += count
            else:
                figures["fitting_cases"] += count * (each == 0)
                cost, worst = cost + count * each, worst + count * most
    looked_at = figures["cases"] - figures["not_computed"]
    conforming = situations.conforming
    return {
        **figures,
        "fitting_share": figures["fitting_cases"] / looked_at if looked_at else nan,
        "conforming_cases": conforming,
        "conforming_share": conforming / looked_at if looked_at else nan,
        "fitness": 1 - cost / worst if worst else nan,
    }
