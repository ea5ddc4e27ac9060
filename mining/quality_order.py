"""Do steps stand in the wrong order?

Two steps that each come once in a case, side by side: where one order is that of nearly all cases, the few with the other
order have a wrong time, or are real exceptions. With an intended flow fewer cases are needed, where it says the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from .database import text_literal
from .expression import Choice, Expression, Parallel, Repeat, Sequence, steps
from .net_order import NetOrder
from .quality_profile import Found, Profile

_CLEAR = 0.99  # so much of the cases has the usual order
_CASES = 100  # fewer, and the other order may be a way of its own
_CLEAR_BY_FLOW, _CASES_BY_FLOW = 0.9, 10
_MOST = 10  # pairs: the one wrong time of a case gives one or two

_PAIRS = """
with steps as (
    select variant_no, cases, unnest(activities)::varchar as activity, generate_subscripts(activities, 1) as place
    from sequences
), once as (
    select variant_no, activity, any_value(place) as place, any_value(cases) as cases
    from steps group by variant_no, activity having count(*) = 1
)
select a.activity as source, b.activity as target, sum(a.cases)::bigint as cases, list(variant_no) as variants
from once as a join once as b using (variant_no) where b.place = a.place + 1
group by all order by all
"""

_ROWS = """
select source, source_row from events where activity = {target} and previous_activity = {source}
and case_no in (select case_no from cases where variant_no in ({variants}))
"""


def order(profile: Profile) -> Iterator[Found]:
    """The pairs of steps that stand in a rare order in most cases first."""
    frame = profile.log.sql(_PAIRS)
    cases = {(a, b): int(n) for a, b, n in zip(frame["source"], frame["target"], frame["cases"], strict=True)}
    where = {(a, b): v for a, b, v in zip(frame["source"], frame["target"], frame["variants"], strict=True)}
    meant = _meant(profile)
    found = []
    for (source, target), wrong in cases.items():
        right = cases.get((target, source), 0)
        enough, clear = (_CASES_BY_FLOW, _CLEAR_BY_FLOW) if (target, source) in meant else (_CASES, _CLEAR)
        if right >= enough and right >= clear * (right + wrong):
            found.append((wrong, right, source, target))
    for wrong, right, source, target in sorted(found, key=lambda each: (-each[0], *each[2:]))[:_MOST]:
        rows = profile.rows_of(
            _ROWS.format(
                source=text_literal(source),
                target=text_literal(target),
                variants=", ".join(str(number) for number in sorted(where[source, target])),
            )
        )
        names = (("step", source), ("other", target))
        yield Found("out_of_order", wrong, wrong + right, steps=(source, target), names=names, rows=rows)


def _meant(profile: Profile) -> set[tuple[str, str]]:
    """The pairs of steps of which the flow says that the first comes before the second."""
    flow = profile.flow
    if flow is None or isinstance(flow.order, NetOrder):  # a net says only which whole ways there are
        return set()
    return {pair for pair in precedes(flow.order) if not set(pair) & set(flow.anytime)}


def precedes(expression: Expression) -> set[tuple[str, str]]:
    """The pairs (a, b) such that no way through the expression has a after b."""
    before = set(_before(expression))
    return {(a, b) for a, b in before if a != b and (b, a) not in before}


def _before(expression: Expression) -> Iterator[tuple[str, str]]:
    """The pairs (a, b) of which some way has a before b."""
    if isinstance(expression, Repeat):
        yield from _before(expression.part)
        if expression.many:
            inside = list(dict.fromkeys(steps(expression.part)))
            yield from ((a, b) for a in inside for b in inside)
    elif isinstance(expression, (Choice, Parallel, Sequence)):
        for part in expression.parts:
            yield from _before(part)
        if isinstance(expression, Choice):
            return
        for one, other in combinations(expression.parts, 2):
            yield from ((a, b) for a in steps(one) for b in steps(other))
            if isinstance(expression, Parallel):
                yield from ((b, a) for a in steps(one) for b in steps(other))
