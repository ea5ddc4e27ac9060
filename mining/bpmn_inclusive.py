"""What does an inclusive gateway allow, in plain gateways?

Any of its ways, but at least one: a choice between all sets of ways, each set in parallel. The ways must meet again in
one inclusive gateway (or each end by itself), and nothing else may lead in or out between the two. The tasks between
them are there once for every set.
"""

from __future__ import annotations

from itertools import combinations

from .bpmn_elements import refusal
from .bpmn_graph import Graph

MOST_WAYS = 4
_MOST_NODES = 20_000
_MOST_SPLITS = 50


def expanded(graph: Graph, where: str) -> None:
    """Replace all inclusive gateways. Raises UsageError at one that cannot be."""
    _part_in_two(graph)
    _, counted = graph.counts()
    splits = [n for n, kind in graph.kinds.items() if kind == "inclusive" and counted[n] > 1]
    if len(splits) > _MOST_SPLITS or (splits and len(graph.kinds) > _MOST_NODES):
        origin = graph.origins[splits[-1]]
        raise refusal(
            where, origin.line, f"the {origin} is one too many; at most {_MOST_SPLITS} such gateways can be read."
        )
    while splits:
        split, join = _innermost(graph, splits, where)
        _expand(graph, split, join, where)
        splits.remove(split)
    for number, kind in list(graph.kinds.items()):
        if kind == "inclusive":
            raise refusal(
                where,
                graph.origins[number].line,
                f"the {graph.origins[number]} brings ways together that no inclusive "
                "gateway has parted; use an exclusive or a parallel gateway.",
            )
    graph.contract()


def _innermost(graph: Graph, splits: list[int], where: str) -> tuple[int, int]:
    """A gateway with none other before its ways have met, and where they meet; the others copy what it has become."""
    for split in splits:
        join, between = _join_of(graph, split, where)
        if between.isdisjoint(splits):
            return split, join
    origin = graph.origins[splits[0]]
    raise refusal(where, origin.line, f"the ways out of the {origin} and of others like it cross; draw them apart.")


def _part_in_two(graph: Graph) -> None:
    """A gateway that both brings ways together and parts them becomes two."""
    into, out = graph.counts()
    for number in [n for n, kind in graph.kinds.items() if kind == "inclusive"]:
        if into[number] > 1 and out[number] > 1:
            second = graph.add("inclusive", graph.origins[number])
            graph.ways = [(second if a == number else a, b) for a, b in graph.ways]
            graph.link(number, second)
        elif into[number] == 1 and out[number] == 1:
            graph.kinds[number] = "choice"


def _join_of(graph: Graph, split: int, where: str) -> tuple[int, set[int]]:
    """The nearest node where all ways of the gateway have met again, and what lies between."""
    into, out = graph.neighbours()
    seen, order = {split}, [split]
    for number in order:
        fresh = [each for each in dict.fromkeys(out[number]) if each not in seen]
        seen.update(fresh)
        order.extend(fresh)
    for join in order[1:]:
        if graph.kinds[join] == "end" or (graph.kinds[join] == "inclusive" and len(into[join]) > 1):
            between = _reached(out, out[split], join)
            inside = {*between, split}
            closed = all(set(into[each]) <= inside for each in (*between, join))
            if closed and split not in between and not any(graph.kinds[each] == "end" for each in between):
                return join, between
    raise refusal(
        where,
        graph.origins[split].line,
        f"the ways out of the {graph.origins[split]} do not all meet again in one "
        "inclusive gateway, with nothing else leading in or out between; draw that gateway, or use other kinds.",
    )


def _reached(out: dict[int, list[int]], first: list[int], join: int) -> set[int]:
    reached = set(first) - {join}
    waiting = sorted(reached)
    while waiting:
        fresh = [each for each in out[waiting.pop()] if each not in reached and each != join]
        reached.update(fresh)
        waiting.extend(fresh)
    return reached


def _expand(graph: Graph, split: int, join: int, where: str) -> None:
    origin = graph.origins[split]
    _, out = graph.neighbours()
    firsts = out[split]
    if len(firsts) > MOST_WAYS:
        raise refusal(
            where,
            origin.line,
            f"the {origin} has {len(firsts)} ways out, and all their sets are too many to be written; at "
            f"most {MOST_WAYS} can be read.",
        )
    branches = [_reached(out, [first], join) for first in firsts]
    if sum(map(len, branches)) != len(set().union(*branches)):
        raise refusal(
            where,
            origin.line,
            f"two ways out of the {origin} meet before all of them do; bring them together in one inclusive gateway.",
        )
    inner = [way for way in graph.ways if way[0] in set().union(*branches)]
    graph.ways = [way for way in graph.ways if way not in set(inner) and way[0] != split]
    meeting = graph.add("choice", graph.origins[join])
    graph.link(meeting, join)
    graph.kinds[split] = "choice"
    if graph.kinds[join] == "inclusive":
        graph.kinds[join] = "choice"
    for size in range(1, len(firsts) + 1):
        for chosen in combinations(range(len(firsts)), size):
            parting, joining = (graph.add("parallel", graph.origins[end]) for end in (split, join))
            graph.link(split, parting)
            graph.link(joining, meeting)
            for place in chosen:
                _copy(graph, (parting, joining), firsts[place], branches[place], inner, join)
            if len(graph.kinds) > _MOST_NODES:
                raise refusal(where, origin.line, f"the sets of ways out of the {origin} are too many to be written.")
    for number in set().union(*branches):
        del graph.kinds[number], graph.origins[number]


def _copy(
    graph: Graph, ends: tuple[int, int], first: int, branch: set[int], inner: list[tuple[int, int]], join: int
) -> None:
    """One more branch between two gateways."""
    parting, joining = ends
    over = graph.add("choice", graph.origins[join])
    graph.link(over, joining)
    copies = {n: graph.add(graph.kinds[n], graph.origins[n], graph.labels.get(n, "")) for n in sorted(branch)}
    copies[join] = over
    graph.link(parting, copies[first])
    for source, target in inner:
        if source in branch:
            graph.link(copies[source], copies[target])
