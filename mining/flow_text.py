"""How is a flow written down, and what does a written flow say?

::

    Søknad mottatt -> Kartlegging? -> (Dokumentasjon etterspurt -> Dokumentasjon levert)*
    -> ("Vedtak (innvilget)" -> Utbetaling+ | Avslag sendt)

``->`` then, ``|`` either, ``&`` all in any order, ``( )`` a group; ``?`` may be left out, ``*`` any number of times,
``+`` at least once. :func:`parse` reads it, :func:`written_flow` writes it; what is written is read as the same tree.
Both work on the canonical tree (:mod:`.canonical`).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise

from .canonical import canonical, grouped, repeated
from .errors import UsageError
from .expression import Choice, Expression, Parallel, Repeat, Sequence, Step
from .flow_tokens import Fault, Token, as_one_name, tokens, written

LONGEST_TEXT = 100_000  # characters
DEEPEST = 50  # parentheses within parentheses
WIDEST_PARALLEL = 100  # steps in any order; their orders cannot be held against each other long before that

_GROUPS: dict[str, type[Sequence | Choice | Parallel]] = {"->": Sequence, "|": Choice, "&": Parallel}
_SIGNS = {kind: sign for sign, kind in _GROUPS.items()}
_REPEATS = {"?": (0, False), "*": (0, True), "+": (1, True)}
_SHOWN_BEFORE, _SHOWN_AFTER = 60, 40
_LONGEST_READING = 160


def parse(text: str, *, where: str = "", line: int = 1, column: int = 1) -> Expression:
    """Read the text of a flow.

    where, line, column : the file that the text comes from, and where in it the text starts

    Raises UsageError that says where, with the line and a caret as its note.
    """
    text = unicodedata.normalize("NFC", text)
    try:
        return _parsed(text)
    except Fault as fault:
        raise _placed(fault, text, where, line, column) from None


def written_flow(expression: Expression) -> str:
    """The flow as text, on one line."""
    return _written(canonical(expression))


def mark_of(repeat: Repeat) -> str:
    """``?``, ``*`` or ``+``; nothing for a part that comes exactly once."""
    return {how: mark for mark, how in _REPEATS.items()}.get((repeat.least, repeat.many), "")


def _written(expression: Expression) -> str:
    if isinstance(expression, Step):
        return written(expression.name)
    if isinstance(expression, Repeat):
        return _in_parentheses(expression.part) + mark_of(expression)
    return f" {_SIGNS[type(expression)]} ".join(_in_parentheses(part) for part in expression.parts)


def _in_parentheses(part: Expression) -> str:
    text = _written(part)
    return text if isinstance(part, (Step, Repeat)) else f"({text})"


@dataclass
class _Level:
    """What was read since a parenthesis was opened. opened : where, None outside all; starts : where parts begin"""

    opened: int | None = None
    parts: list[Expression] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    operators: list[Token] = field(default_factory=list)
    last: Token | None = None  # the token that ended the last part: a name, ) or a mark

    @property
    def complete(self) -> bool:
        """Does a part end here, so that an operator may follow?"""
        return len(self.parts) > len(self.operators)


def _parsed(text: str) -> Expression:
    if len(text) > LONGEST_TEXT:
        raise Fault(0, f"The flow has {len(text)} characters; at most {LONGEST_TEXT} are read.")
    levels = [_Level()]
    for token in tokens(text):
        if token.kind == "(":
            _open(text, levels, token)
        elif token.kind == ")":
            _close(levels, token)
        elif token.kind == "name":
            _operand(text, levels[-1], token, Step(token.value), token.start)
        elif token.kind == "mark":
            _mark(text, levels[-1], token)
        else:
            _operator(levels[-1], token)
    if (opened := levels[-1].opened) is not None:
        raise Fault(opened, "This parenthesis is never closed.")
    return _group(levels[0])


def _open(text: str, levels: list[_Level], token: Token) -> None:
    if levels[-1].complete:
        raise _no_operator(text, levels[-1], token)
    if len(levels) > DEEPEST:
        raise Fault(token.start, f"Parentheses stand more than {DEEPEST} deep within each other here.")
    levels.append(_Level(token.start))


def _close(levels: list[_Level], token: Token) -> None:
    level = levels[-1]
    if level.opened is None:
        raise Fault(token.start, "This parenthesis closes nothing; a name that holds one must stand in quotes.")
    group = _group(level)
    levels.pop()
    outer = levels[-1]
    outer.parts.append(group)
    outer.starts.append(level.opened)
    outer.last = token


def _operand(text: str, level: _Level, token: Token, part: Expression, start: int) -> None:
    if level.complete:
        raise _no_operator(text, level, token)
    level.parts.append(part)
    level.starts.append(start)
    level.last = token


def _operator(level: _Level, token: Token) -> None:
    if not level.complete:
        before = f"between {level.operators[-1].value} and" if level.operators else "before"
        raise Fault(token.start, f"A step is missing {before} {token.value}.")
    level.operators.append(token)


def _mark(text: str, level: _Level, token: Token) -> None:
    last = level.last
    if not level.complete or last is None or last.end != token.start:
        hint = as_one_name(text, level.starts[-1]) if level.complete else None
        other = f", and a name that holds it must stand in quotes: {hint}" if hint else ""
        raise Fault(token.start, f"{token.value} must touch the name or ) that it belongs to{other}.")
    least, many = _REPEATS[token.value]
    part = repeated(level.parts[-1], least, many)
    if last.kind == "mark":
        hint = as_one_name(text, level.starts[-1]) if _is_bare(level.parts[-1], text, level.starts[-1]) else None
        other = f", or {hint} if it is one name" if hint else ""
        raise Fault(token.start, f"One mark is enough: write {_short(_written(part))}{other}.")
    level.parts[-1] = part
    level.last = token


def _is_bare(part: Expression, text: str, start: int) -> bool:
    return isinstance(part, Repeat) and isinstance(part.part, Step) and text[start] not in '"('


def _no_operator(text: str, level: _Level, token: Token) -> Fault:
    hint = as_one_name(text, level.starts[-1])
    other = f"; if this is one name, it must stand in quotes: {hint}" if hint else ""
    return Fault(token.start, f"An operator (->, | or &) is missing here{other}.")


def _group(level: _Level) -> Expression:
    if not level.parts:
        what = "The flow is empty" if level.opened is None else "There is nothing between the parentheses"
        raise Fault(level.opened or 0, f"{what}; write the steps, such as Søknad mottatt -> Vedtak fattet.")
    if not level.complete:
        raise Fault(level.operators[-1].start, f"A step is missing after {level.operators[-1].value}.")
    signs = [operator.value for operator in level.operators]
    for operator in level.operators:
        if operator.value != signs[0]:
            raise Fault(operator.start, _two_readings(level.parts, signs))
    if not signs:
        return level.parts[0]
    group = grouped(_GROUPS[signs[0]], tuple(level.parts))
    if isinstance(group, Parallel) and len(group.parts) > WIDEST_PARALLEL:
        most = f"at most {WIDEST_PARALLEL} can"
        raise Fault(level.operators[0].start, f"{len(group.parts)} parts cannot be put together with &; {most}.")
    return group


def _two_readings(parts: list[Expression], signs: list[str]) -> str:
    """The sentence for mixed operators: either the first kind holds its neighbours together, or the next one does."""
    other = next(place for place, sign in enumerate(signs) if sign != signs[0])
    orders = list(dict.fromkeys(signs))
    loose_last, loose_first = (_written(_bound(parts, signs, order)) for order in (orders[::-1], orders))
    if max(len(loose_last), len(loose_first)) > _LONGEST_READING:
        near, between = parts[other - 1 : other + 2], signs[other - 1 : other + 1]
        loose_last, loose_first = (_short(_written(_bound(near, between, o))) for o in (between[::-1], between))
    return f"{signs[0]} and {signs[other]} on one level can be read in two ways; write {loose_last} or {loose_first}."


def _bound(parts: list[Expression], signs: list[str], loosest_first: list[str]) -> Expression:
    """The parts as a tree in which the operators bind tighter the later they stand in the order."""
    if not signs:
        return parts[0]
    sign = next(sign for sign in loosest_first if sign in signs)
    cuts = [place for place, each in enumerate(signs) if each == sign]
    edges = [0, *(cut + 1 for cut in cuts), len(parts)]
    pieces = [_bound(parts[a:b], signs[a : b - 1], loosest_first) for a, b in pairwise(edges)]
    return grouped(_GROUPS[sign], tuple(pieces))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_READING else f"{text[: _LONGEST_READING // 2]} … {text[-20:]}"


def _placed(fault: Fault, text: str, where: str, line: int, column: int) -> UsageError:
    """The error with its place in the file, and the line with a caret as its note."""
    before = text[: fault.position].split("\n")
    in_line = len(before[-1])
    at = in_line + (column if len(before) == 1 else 1)
    place = f"line {line + len(before) - 1}, column {at}"
    error = UsageError(f"{where}, {place}: {fault.sentence}" if where else f"At {place} of the flow: {fault.sentence}")
    error.add_note(_with_caret(text.split("\n")[len(before) - 1], in_line))
    return error


def _with_caret(line: str, place: int) -> str:
    start, end = max(place - _SHOWN_BEFORE, 0), place + _SHOWN_AFTER
    left, right = "…" if start else "", "…" if end < len(line) else ""
    shown = "".join(c if c.isprintable() else " " for c in line[start:end])
    return f"    {left}{shown}{right}\n    {' ' * (len(left) + place - start)}^"
