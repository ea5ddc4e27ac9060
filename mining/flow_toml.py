"""What does the TOML file of an intended flow say?

Strict: a key that nobody reads is an error with the nearest key, a value of another kind is an error with the kind that
is wanted, and both come with the line in the file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from .errors import UsageError
from .expression import Expression
from .flow_calendar import calendar_settings
from .flow_parts import (
    OCCURRENCES,
    ROLLS,
    RULE_KINDS,
    SEVERITIES,
    Clock,
    Deadline,
    Rule,
    StepSettings,
    Term,
)
from .flow_text import parse
from .selection import parsed
from .span import DueDate, Span, span
from .toml_file import located, parsed_toml
from .toml_places import line_of, value_start
from .toml_table import Misplaced, Table, meant

_TOP = ("name", "flow", "closed_by", "clock", "steps", "deadlines", "rules", "calendar")
_STEP = ("aliases", "unit", "waits_for", "at_most", "rank", "anytime", "after_closing")
_DEADLINE = (
    "name", "from", "to", "within", "pauses", "roll", "valid_from", "occurrence", "where", "law", "severity"
)  # fmt: skip
_RULE = ("kind", "name", "where", "law", "severity")
_RANKS = 32000
_MOST_TIMES = 1000
_MOST_TABLES = 500  # deadlines, and rules


def from_toml(content: bytes, where: str) -> dict[str, Any]:
    """The fields of a flow. Raises UsageError with file and line."""
    text, plain = parsed_toml(content, where, "flow")
    try:
        return _parts(Table(plain, known=_TOP), text, where)
    except Misplaced as error:
        raise located(error, text, where) from error


def _several(top: Table, name: str, known: tuple[str, ...] | None = None) -> list[Table]:
    """The tables of a name, so few that all can be judged in time."""
    found = top.tables(name, known)
    if len(found) > _MOST_TABLES:
        raise Misplaced((name, _MOST_TABLES), f"There are {len(found)} {name}; a flow may have {_MOST_TABLES}.")
    return found


def _parts(top: Table, text: str, where: str) -> dict[str, Any]:
    top.need("name", "flow")
    steps = top.table("steps")
    return {
        "name": top.text("name"),
        "expression": _expression(top, text, where),
        "closed_by": top.texts("closed_by"),
        "clock": _clock(top),
        "steps": {name: _step(steps.table(name, _STEP)) for name in steps.plain} if steps else {},
        "deadlines": tuple(_deadline(table) for table in _several(top, "deadlines", _DEADLINE)),
        "rules": tuple(_rule(table) for table in _several(top, "rules")),
        "calendar": calendar_settings(top.table("calendar")),
        "origin": (text, where),
    }


def _expression(top: Table, text: str, where: str) -> Expression:
    words = top.plain["flow"]
    if not isinstance(words, str):
        raise top.wrong("flow", "The flow must have text in quotes as 'flow', such as \"A -> B\".")
    line, column = value_start(text, ("flow",))
    lines = text.split("\n")[line - 1 :]
    written = words.split("\n")
    if len(written) <= len(lines) and all(each in there for each, there in zip(written, lines, strict=False)):
        return parse(words, where=where, line=line, column=column)
    # Escapes or joined lines: a place in the text is not the same place in the file.
    return parse(words, where=f"{where} (the flow on line {line_of(text, ('flow',))})")


def _step(table: Table | None) -> StepSettings:
    assert table is not None  # the key is there, so its value was judged
    return StepSettings(
        aliases=table.texts("aliases"),
        unit=table.text("unit"),
        waits_for=table.text("waits_for"),
        at_most=table.whole("at_most", 1, _MOST_TIMES),
        rank=table.whole("rank", -_RANKS, _RANKS),
        anytime=table.flag("anytime"),
        after_closing=table.flag("after_closing"),
    )


def _clock(top: Table) -> Clock | None:
    table = top.table("clock", ("from", "to"))
    if table is None:
        return None
    return Clock(_step_name(table, "from"), _step_names(table, "to"))


def _step_name(table: Table, key: str) -> str:
    table.need(key)
    return cast(str, table.text(key))


def _step_names(table: Table, key: str) -> tuple[str, ...]:
    table.need(key)
    names = table.texts(key)
    if not names:
        raise table.wrong(key, f"{table.title}must name at least one step as {key!r}.")
    return names


def _deadline(table: Table) -> Deadline:
    table.need("name", "from", "to", "within")
    return Deadline(
        name=cast(str, table.text("name")),
        start=_step_name(table, "from"),
        end=_step_names(table, "to"),
        within=_within(table),
        pauses=_pauses(table),
        roll=cast(Any, table.choice("roll", ROLLS, "none")),
        valid_from=table.day("valid_from"),
        occurrence=cast(Any, table.choice("occurrence", OCCURRENCES, "first")),
        **_judged(table),
    )


def _judged(table: Table) -> dict[str, Any]:
    """What deadlines and rules have in common."""
    return {
        "where": _where(table),
        "law": table.text("law"),
        "severity": table.choice("severity", SEVERITIES, "warn"),
    }


def _within(table: Table) -> Span | DueDate:
    said = table.plain["within"]
    if isinstance(said, dict):
        due = Table(said, (*table.path, "within"), known=("attribute",))
        due.need("attribute")
        return DueDate(cast(str, due.text("attribute")))
    return _span(table, "within", ' or { attribute = "due" }')


def _span(table: Table, key: str, other: str = "") -> Span:
    said = table.text(key)
    found = span(said) if said else None
    if found is None:
        forms = f'"14 days", "10 working days", "3 weeks", "1 month"{other}'
        raise table.wrong(key, f"{table.title}cannot have {said!r} as {key!r}; write {forms}.")
    return found


def _pauses(table: Table) -> tuple[tuple[str, str], ...]:
    pairs = table.plain.get("pauses", [])
    if not isinstance(pairs, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise table.wrong("pauses", f'{table.title}must have pairs of steps as \'pauses\', such as [["A", "B"]].')
    read = [Table({"pauses": pair}, table.path).texts("pauses") for pair in pairs]
    return tuple((first, last) for first, last in read)


def _where(table: Table) -> tuple[str, ...]:
    conditions = table.texts("where")
    for text in conditions:
        try:
            parsed(text)
        except UsageError as error:
            raise table.wrong("where", str(error)) from error
    return conditions


def _rule(table: Table) -> Rule:
    table.need("kind")
    kind = cast(str, table.text("kind"))
    if kind not in RULE_KINDS:
        raise table.wrong("kind", f"{table.title}has the unknown kind {kind!r}.{meant(kind, RULE_KINDS)}")
    keys = RULE_KINDS[kind]
    table = Table(table.plain, table.path, known=(*_RULE, *keys))
    table.need(*keys)
    terms = {key: _TERMS[wanted](table, key) for key, wanted in keys.items()}
    least, most = terms.get("least"), terms.get("most")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        raise table.wrong("most", f"{table.title}has a 'most' of {most} that is less than its 'least' of {least}.")
    rule = Rule(kind=kind, terms=terms, name=table.text("name"), **_judged(table))
    if twice := rule.named_twice:
        key, step = twice
        raise table.wrong(
            key, f"{table.title}names {step!r} twice; a rule of the kind {kind} is on two different steps."
        )
    return rule


def _count(table: Table, key: str) -> int:
    return cast(int, table.whole(key, 0, _MOST_TIMES))


def _two_steps(table: Table, key: str) -> tuple[str, ...]:
    names = table.texts(key)
    if len(names) != 2:
        raise table.wrong(key, f'{table.title}must have two steps as {key!r}, such as ["A", "B"].')
    return names


_TERMS: dict[str, Callable[[Table, str], Term]] = {
    "step": _step_name,
    "text": _step_name,
    "two steps": _two_steps,
    "count": _count,
    "span": _span,
}
