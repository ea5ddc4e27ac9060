"""Does this intended flow speak of the same steps as this log?

Nothing is matched in silence: an activity belongs to a step when it has the step's name or one of its aliases, letter
by letter. What only looks alike is shown as the nearest name, for somebody to decide.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .answer import Answer
from .errors import UsageError
from .expression import Expression, Repeat, Step
from .flow import Flow
from .flow_text import mark_of
from .log import EventLog
from .net_order import NetOrder
from .selection import condition
from .span import DueDate

if TYPE_CHECKING:
    import pandas as pd

_COUNTS = """
select activity::varchar as activity, count(*) as events, count(distinct case_no) as cases
from events group by 1 order by events desc, activity
"""
_LIKENESS = 0.6  # difflib's own measure of a good match


@dataclass(frozen=True, repr=False)
class FlowCheck(Answer):
    """A flow against a log.

    frame : one row per activity of the log, most events first, then one per step that the log does not have
        activity, found ("step", "alias", "anytime", "declared": known outside the order; "unmapped"; "never seen"),
        step (that it is; empty when unmapped), events, cases, share (of all events), nearest (for what is unmapped or
        never seen: the name on the other side that looks most like it)
    covered_share : share (0 to 1) of the events whose activity is a step or an alias
    unmapped, never_seen : how many activities and steps
    warnings : what else to look at, in sentences
    """

    frame: pd.DataFrame
    covered_share: float
    unmapped: int
    never_seen: int
    warnings: tuple[str, ...]


def flow_check(log: EventLog, flow: Flow) -> FlowCheck:
    """Hold the names of the flow against those of the log. Raises EmptyLog if the log has no cases."""
    log.require_cases()
    frame = log.sql(_COUNTS)
    activities = frame["activity"].tolist()
    names = {step: step for step in (*flow.ordered, *flow.steps)} | flow.relabelling(activities)
    frame["step"] = [names.get(activity) or _composed(activity, names) for activity in activities]
    frame["found"] = [_found(flow, activity, step) for activity, step in zip(activities, frame["step"], strict=True)]
    frame = _with_unseen(flow, frame)
    frame["share"] = frame["events"] / frame["events"].sum()
    unmapped = frame["found"] == "unmapped"
    frame["nearest"] = _nearest(frame, names)
    return FlowCheck(
        frame=frame[["activity", "found", "step", "events", "cases", "share", "nearest"]],
        covered_share=float(frame.loc[~unmapped, "events"].sum() / frame["events"].sum()),
        unmapped=int(unmapped.sum()),
        never_seen=int((frame["found"] == "never seen").sum()),
        warnings=(
            *_mark_or_name(flow.order, set(activities)),
            *_not_in_the_log(flow, log),
            *_units_not_in_the_log(flow, log),
        ),
    )


def _composed(activity: str, names: dict[str, str]) -> str:
    return names.get(unicodedata.normalize("NFC", activity), "")


def _found(flow: Flow, activity: str, step: str) -> str:
    if not step:
        return "unmapped"
    if activity != step:
        return "alias"
    if step in flow.anytime:
        return "anytime"
    return "step" if step in flow.ordered else "declared"


def _with_unseen(flow: Flow, frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    seen = set(frame["step"])
    unseen = [step for step in dict.fromkeys((*flow.ordered, *flow.steps)) if step not in seen]
    rows = pd.DataFrame({"activity": unseen, "events": 0, "cases": 0, "step": unseen, "found": "never seen"})
    return pd.concat([frame, rows], ignore_index=True) if unseen else frame


def _nearest(frame: pd.DataFrame, names: dict[str, str]) -> list[str]:
    """The nearest name of the flow for an unmapped activity, the nearest unmapped activity for a step never seen."""
    unmapped = frame.loc[frame["found"] == "unmapped", "activity"].tolist()
    sides = {"unmapped": sorted(names), "never seen": unmapped}
    return [
        nearest(activity, sides.get(found, ()))
        for activity, found in zip(frame["activity"], frame["found"], strict=True)
    ]


def nearest(name: str, names: Collection[str]) -> str:
    """The name that looks most like this one, capitals aside, or else begins like it; empty if none does."""
    folded = {each.casefold(): each for each in names}
    asked = name.casefold()
    near = difflib.get_close_matches(asked, folded, n=1, cutoff=_LIKENESS)
    near = near or [each for each in folded if f"{each} ".startswith(f"{asked} ") or f"{asked} ".startswith(f"{each} ")]
    return folded[near[0]] if near else ""


def _mark_or_name(expression: Expression | NetOrder, activities: set[str]) -> Iterator[str]:
    """``X?`` says that X may be left out; a log with an activity named "X?" makes one wonder."""
    if isinstance(expression, NetOrder):
        return
    if isinstance(expression, Repeat) and isinstance(expression.part, Step):
        name, mark = expression.part.name, mark_of(expression)
        if f"{name}{mark}" in activities:
            yield (
                f"The flow has {name}{mark}, where {mark} is a sign, and the log has a step named {name}{mark}; if the "
                f'name is meant, write "{name}{mark}" in quotes.'
            )
    if isinstance(expression, Repeat):
        yield from _mark_or_name(expression.part, activities)
    elif not isinstance(expression, Step):
        for part in expression.parts:
            yield from _mark_or_name(part, activities)


def _not_in_the_log(flow: Flow, log: EventLog) -> Iterator[str]:
    """Conditions and due dates that ask for a column that the log does not have."""
    of_case, of_event = log.columns("cases"), log.columns("events")
    judged = [(f"The deadline {each.name!r}", each.where) for each in flow.deadlines]
    judged += [(f"The rule {each.name or each.kind!r}", each.where) for each in flow.rules]
    for title, conditions in judged:
        for text in conditions:
            try:
                condition(text, of_case, of_event)
            except UsageError as error:
                yield f"{title} cannot be judged here: {error}"
    for deadline in flow.deadlines:
        if isinstance(deadline.within, DueDate) and deadline.within.attribute not in of_case:
            near = nearest(deadline.within.attribute, of_case)
            hint = f" Did you mean {near!r}?" if near else ""
            yield f"The deadline {deadline.name!r} asks for {deadline.within.attribute!r}, which no case has.{hint}"


def _units_not_in_the_log(flow: Flow, log: EventLog) -> Iterator[str]:
    """Units that have a calendar of their own and no case."""
    own = flow.calendar.units if flow.calendar else {}
    if not own:
        return
    there = log.sql("select distinct unit::varchar as unit from cases where unit is not null order by unit")["unit"]
    for unit in own:
        if unit not in set(there):
            near = nearest(unit, there.tolist())
            hint = f" Did you mean {near!r}?" if near else ""
            yield f"The calendar has hours of its own for {unit!r}, which is the unit of no case.{hint}"
