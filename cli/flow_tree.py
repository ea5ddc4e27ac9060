"""How does an intended flow look as a tree of text?"""

from __future__ import annotations

from collections.abc import Iterator

from ..mining.expression import Choice, Expression, Parallel, Repeat, Sequence, Step
from ..mining.flow import Flow
from ..mining.flow_parts import Deadline, Rule
from ..mining.net_order import NetOrder
from ..mining.span import DueDate

_GROUPS = {Sequence: "then", Choice: "either", Parallel: "all, in any order"}
_REPEATS = {(0, False): "may be left out", (0, True): "any number of times", (1, True): "once or more"}


def drawn(flow: Flow) -> Iterator[str]:
    """The lines: the name, the order of the steps, then what else the flow says."""
    yield flow.name
    if isinstance(flow.order, NetOrder):
        yield from _listed(f"The steps. {flow.order.unwritable}", flow.ordered)
    else:
        # The outermost sequence is what everybody expects, so it needs no word.
        yield from _branches(flow.order.parts if isinstance(flow.order, Sequence) else (flow.order,))
    yield from _listed("At any point", flow.anytime)
    yield from _listed("Closed by", flow.closed_by)
    if flow.clock:
        yield from _listed("The clock", [f"{flow.clock.start} → {' or '.join(flow.clock.end)}"])
    yield from _listed("Deadlines", [_deadline(each) for each in flow.deadlines])
    yield from _listed("Rules", [_rule(each) for each in flow.rules])


def _branches(parts: tuple[Expression, ...]) -> Iterator[str]:
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        head, *rest = _tree(part)
        yield f"{'└─' if last else '├─'} {head}"
        yield from (f"{'  ' if last else '│ '} {line}" for line in rest)


def _tree(expression: Expression) -> list[str]:
    if isinstance(expression, Step):
        return [expression.name]
    if isinstance(expression, Repeat):
        how = _REPEATS[expression.least, expression.many]
        head, *rest = _tree(expression.part)
        return [f"{head} ({how})", *rest]
    return [_GROUPS[type(expression)], *_branches(expression.parts)]


def _listed(title: str, lines: list[str] | tuple[str, ...]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"   {line}" for line in lines)


def _deadline(deadline: Deadline) -> str:
    within = deadline.within
    when = f"by the date in {within.attribute}" if isinstance(within, DueDate) else f"within {within}"
    law = f"; {deadline.law}" if deadline.law else ""
    return f"{deadline.name}: {deadline.start} → {' or '.join(deadline.end)} {when} ({deadline.severity}{law})"


def _rule(rule: Rule) -> str:
    terms = ", ".join(
        f"{key} {' and '.join(said) if isinstance(said, tuple) else said}" for key, said in rule.terms.items()
    )
    name = f"{rule.name}: " if rule.name else ""
    law = f"; {rule.law}" if rule.law else ""
    return f"{name}{rule.kind.replace('_', ' ')}, {terms} ({rule.severity}{law})"
