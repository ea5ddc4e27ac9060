"""Which of the many trees for one flow is the one that is written down?

``A -> (B -> C)``, ``(A -> B) -> C`` and ``A -> B -> C`` mean the same. The canonical tree is the last one:

* a part of the same kind as its group is taken into it (sequence in sequence, choice in choice, parallel in parallel);
* a group with a single part is that part;
* a repetition of a repetition is one: it may be left out if either may, and come again if either may; so
  ``(A?)+``, ``(A+)?`` and ``(A*)*`` are ``A*``, ``(A?)?`` is ``A?``, and ``(A+)+`` is ``A+``;
* names are in Unicode's composed form (NFC).

The language of a tree is never changed, nor the order of its parts.
"""

from __future__ import annotations

import unicodedata

from .errors import UsageError
from .expression import Choice, Expression, Parallel, Repeat, Sequence, Step


def canonical(expression: Expression) -> Expression:
    """The canonical tree. Raises UsageError if a group has no parts: there is no way to write nothing."""
    if isinstance(expression, Step):
        return Step(unicodedata.normalize("NFC", expression.name))
    if isinstance(expression, Repeat):
        return repeated(canonical(expression.part), expression.least, expression.many)
    return grouped(type(expression), tuple(canonical(part) for part in expression.parts))


def grouped(kind: type[Sequence | Choice | Parallel], parts: tuple[Expression, ...]) -> Expression:
    """A group of canonical parts."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,)))
    if not flat:
        raise UsageError("The flow has a group without steps, which cannot be written; take the group out.")
    return flat[0] if len(flat) == 1 else kind(flat)


def repeated(part: Expression, least: int, many: bool) -> Expression:
    """A repetition of a canonical part."""
    if isinstance(part, Repeat):
        part, least, many = part.part, min(least, part.least), many or part.many
    return part if (least, many) == (1, False) else Repeat(part, least, many)
