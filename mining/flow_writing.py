"""How is an intended flow written as the TOML file that a lead can edit?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date

from . import toml_writing as toml
from .canonical import canonical
from .expression import Choice, Expression, Parallel, Sequence
from .flow_parts import CalendarSettings, Clock, Deadline, Rule, StepSettings
from .flow_text import written_flow
from .span import DueDate

_WIDTH = 100

_DEADLINE_KEYS = {"start": "from", "end": "to"}


def flow_toml(
    *,
    name: str,
    expression: Expression,
    closed_by: tuple[str, ...],
    clock: Clock | None,
    steps: Mapping[str, StepSettings],
    deadlines: tuple[Deadline, ...],
    rules: tuple[Rule, ...],
    calendar: CalendarSettings | None,
) -> str:
    """The text of the file. What is not said is left out."""
    lines = [f"name = {toml.text(name)}", f"flow = {toml.block(flow_lines(expression))}"]
    lines += [f"closed_by = {toml.value(closed_by)}"] if closed_by else []
    if clock:
        lines += _table("[clock]", {"from": clock.start, "to": clock.end})
    for step, said in steps.items():
        lines += _table(f"[steps.{toml.key(step)}]", _said(said))
    for deadline in deadlines:
        lines += _table("[[deadlines]]", _of_deadline(deadline))
    for rule in rules:
        judged = {key: said for key, said in _said(rule).items() if key not in ("kind", "terms")}
        terms = {key: said if isinstance(said, (int, tuple)) else str(said) for key, said in rule.terms.items()}
        lines += _table("[[rules]]", {"kind": rule.kind, **terms, **judged})
    if calendar:
        lines += _table("[calendar]", dict(_of_calendar(calendar)))
        for unit, own in calendar.units.items():
            lines += _table(f"[calendar.units.{toml.key(unit)}]", dict(_of_calendar(own)))
    return "\n".join(lines) + "\n"


def flow_lines(expression: Expression) -> str:
    """The expression over several lines, broken before an arrow of its outermost sequence."""
    tree = canonical(expression)
    if not isinstance(tree, Sequence):
        return written_flow(tree)
    first, *others = [_in_sequence(part) for part in tree.parts]
    lines = [first]
    for text in others:
        if len(lines[-1]) + len(text) + 4 > _WIDTH:
            lines.append(f"-> {text}")
        else:
            lines[-1] += f" -> {text}"
    return "\n".join(lines)


def _in_sequence(part: Expression) -> str:
    text = written_flow(part)
    return f"({text})" if isinstance(part, (Choice, Parallel)) else text


def _table(header: str, said: Mapping[str, object]) -> list[str]:
    return ["", header, *(f"{key} = {toml.value(value)}" for key, value in said.items())]


def _said(part: object) -> dict[str, object]:
    """The fields that differ from what holds when nothing is said."""
    return {
        each.name: getattr(part, each.name)
        for each in fields(part)  # type: ignore[arg-type]
        if getattr(part, each.name) != each.default
    }


def _of_deadline(deadline: Deadline) -> dict[str, object]:
    said = {_DEADLINE_KEYS.get(key, key): value for key, value in _said(deadline).items()}
    within = deadline.within
    said["within"] = {"attribute": within.attribute} if isinstance(within, DueDate) else str(within)
    return said


def _of_calendar(calendar: CalendarSettings) -> Iterator[tuple[str, object]]:
    if calendar.hours:
        opens, closes = calendar.hours
        yield "hours", f"{opens:%H:%M}-{closes:%H:%M}"
    if calendar.holidays:
        yield "holidays", calendar.holidays
    for key, days in (("half_days", calendar.half_days), ("closed_days", calendar.closed_days)):
        if days is not None:
            yield key, [day.isoformat() if isinstance(day, date) else f"{day[0]:02}-{day[1]:02}" for day in days]
    if calendar.half_day_ends:
        yield "half_day_ends", f"{calendar.half_day_ends:%H:%M}"
