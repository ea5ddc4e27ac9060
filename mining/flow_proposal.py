"""What would the intended flow be, if the most common complete ways were the intended ones?

A start for somebody to correct, not a model of the log. The rule:

1. The complete cases are the closed ones (all, where the export does not say). Of their variants, most cases first, as
   many are taken as it needs for 80 % of these cases, at most 20; a variant of a single case only if all are.
2. A step that floats is `anytime`: it comes at most once in a case, never first or last, and some of the variants differ
   in nothing but where it stands, two or more places apart; in at least a tenth of the cases that have it, it stands so
   far from where it does in most cases that are otherwise equal. A step that eight times of ten has the same neighbour
   has its place there.
3. Steps that follow themselves as a group (A B A B) become a loop: the shortest such groups, in all variants alike.
4. The most common variant is the spine. Each other one is laid along it, as many parts as possible in common; what it
   lacks becomes optional, what it has beside becomes optional there. A variant that would put a step of the spine in a
   second place, without having it twice itself, goes another way and is left out.
5. Optional neighbours that always come together are one group; neighbours of which never two come together are a choice.

The flow accepts every variant that it was made from, which are handed back with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from .errors import EmptyLog
from .expression import Choice, Expression, Repeat, Sequence, Step
from .flow import Flow
from .flow_parts import StepSettings
from .log import EventLog

_COVERED = 0.8
_MOST_VARIANTS = 20
_LONGEST_LOOP = 6
_OFTEN, _ALMOST_ALWAYS = 0.1, 0.8

Block = tuple[str, ...]
Trace = tuple[str, ...]

_CLOSED = {"time": "closed is not null", "day": "closed is not null", "boolean": "coalesce(closed, false)"}
_VARIANTS = """
with counted as (select variant_no, count(*) as complete_cases from cases where {complete} group by variant_no)
select activities::varchar[] as activities, complete_cases
from counted join (select variant_no, activities from sequences) using (variant_no)
order by complete_cases desc, variant_no
"""


@dataclass(frozen=True)
class Proposal:
    """A proposed flow.

    variants : what it was made from, most common first; it accepts them all
    cases, complete_cases : the cases of these variants, and all complete cases
    """

    flow: Flow
    variants: tuple[Trace, ...]
    cases: int
    complete_cases: int

    def to_toml(self) -> str:
        """The flow as the text of a file, with comments that say where it comes from."""
        ways = "den vanligste veien" if len(self.variants) == 1 else f"de {len(self.variants)} vanligste veiene"
        share = f"{self.cases} av {self.complete_cases} ferdige saker"
        return (
            f"# Foreslått fra {ways} gjennom saksgangen ({share}).\n"
            "# Dette er slik det har gått, ikke slik det var ment. Rett det før det brukes.\n\n" + self.flow.to_toml()
        )


@dataclass
class _Part:
    """A part of the spine: a step, or a loop's body. many : does it come several times in a row?; used : by which"""

    block: Block
    many: bool = False
    used: set[int] = field(default_factory=set)


def proposed(log: EventLog) -> Flow:
    """The proposed flow. Raises EmptyLog if no case is complete."""
    return proposal(log).flow


def proposal(log: EventLog) -> Proposal:
    """The proposed flow, and the variants that it was made from. Raises EmptyLog if no case is complete."""
    log.require_cases()
    frame = log.sql(_VARIANTS.format(complete=_CLOSED.get(log.manifest.closed or "", "true")))
    counted = {tuple(way): int(cases) for way, cases in zip(frame["activities"], frame["complete_cases"], strict=True)}
    if not counted:
        raise EmptyLog(f"No case of {log.name} is complete, so there is nothing to propose a flow from.")
    return from_variants(counted, log.name, closing_known=log.closing_known)


def from_variants(counted: Mapping[Trace, int], name: str, *, closing_known: bool = True) -> Proposal:
    """The proposal for these variants, which have so many complete cases, most first.

    closing_known : do we know that the cases are complete? Else the steps that they end with close nothing: every case
        would count as open that ends with another
    """
    common = _common(counted)
    anytime = _floating({variant: counted[variant] for variant in common})
    spine, taken = _merged([tuple(a for a in variant if a not in anytime) for variant in common])
    used = [common[number] for number in taken]
    flow = Flow(
        name=name,
        order=_expression(spine, set(range(len(taken)))),
        closed_by=_ends({variant: counted[variant] for variant in used}) if closing_known else (),
        steps={step: StepSettings(anytime=True) for step in anytime},
    )
    return Proposal(flow, tuple(used), sum(counted[variant] for variant in used), sum(counted.values()))


def _common(counted: Mapping[Trace, int]) -> list[Trace]:
    """The variants that are taken, by rule 1."""
    wanted = _COVERED * sum(counted.values())
    chosen: list[Trace] = []
    covered = 0
    for variant, cases in counted.items():
        if covered >= wanted or len(chosen) == _MOST_VARIANTS or (cases == 1 and chosen and covered > len(chosen)):
            break
        chosen.append(variant)
        covered += cases
    return chosen


def _ends(counted: Mapping[Trace, int]) -> tuple[str, ...]:
    """The last steps, but those that more often come earlier."""
    last: dict[str, int] = {}
    for variant, cases in counted.items():
        last[variant[-1]] = last.get(variant[-1], 0) + cases
    having = {step: sum(cases for variant, cases in counted.items() if step in variant) for step in last}
    return tuple(step for step, cases in last.items() if 2 * cases > having[step])


def _floating(variants: dict[Trace, int]) -> list[str]:
    """The steps that are anytime, by rule 2. One at a time: without it, other variants may turn out equal."""
    steps = sorted({step for variant in variants for step in variant})
    edges = {step for variant in variants for step in (variant[0], variant[-1])}
    single = [s for s in steps if s not in edges and all(variant.count(s) <= 1 for variant in variants)]
    single = [step for step in single if not _has_its_place(step, variants)]
    found: list[str] = []
    while True:
        rest: Counter[Trace] = Counter()
        for variant, cases in variants.items():
            rest[tuple(step for step in variant if step not in found)] += cases
        shares = {step: _moved_share(step, rest) for step in single if step not in found}
        most = max(shares, key=lambda step: shares[step], default=None)
        if most is None or shares[most] < _OFTEN:
            return found
        found.append(most)


def _has_its_place(step: str, variants: dict[Trace, int]) -> bool:
    having = {variant: cases for variant, cases in variants.items() if step in variant}
    beside: Counter[tuple[int, str]] = Counter()
    for variant, cases in having.items():
        for side in (-1, 1):
            beside[side, variant[variant.index(step) + side]] += cases
    return max(beside.values()) >= _ALMOST_ALWAYS * sum(having.values())


def _moved_share(step: str, variants: Mapping[Trace, int]) -> float:
    """Of the cases that have the step: in how many does it stand far from its place in most cases equal but for it?"""
    places: dict[Trace, Counter[int]] = {}
    for variant, cases in variants.items():
        if step in variant:
            place = variant.index(step)
            places.setdefault(variant[:place] + variant[place + 1 :], Counter())[place] += cases
    moved = 0
    for counted in places.values():
        usual = min(counted, key=lambda place: (-counted[place], place))
        moved += sum(cases for place, cases in counted.items() if abs(place - usual) > 1)
    return moved / sum(counted.total() for counted in places.values())


def _loops(variants: list[Trace]) -> list[Block]:
    """The bodies of all loops, longest first, by rule 3."""
    found = {block for variant in variants for block in _repeats(variant)}
    return sorted(found, key=lambda block: (-len(block), block))


def _repeats(variant: Trace) -> Iterator[Block]:
    place = 0
    while place < len(variant):
        for size in range(1, _LONGEST_LOOP + 1):
            block = variant[place : place + size]
            if len(block) == size and variant[place + size : place + 2 * size] == block:
                yield block
                place += 2 * size - 1
                break
        place += 1


def _folded(variant: Trace, loops: list[Block]) -> list[_Part]:
    parts: list[_Part] = []
    place = 0
    while place < len(variant):
        block = next((each for each in loops if variant[place : place + len(each)] == each), variant[place : place + 1])
        times = 0
        while variant[place : place + len(block)] == block:
            place += len(block)
            times += 1
            if block not in loops:
                break
        parts.append(_Part(block, times > 1))
    return parts


def _merged(variants: list[Trace]) -> tuple[list[_Part], list[int]]:
    """The spine with every variant that goes its way, by rule 4, and which variants those are."""
    loops = _loops(variants)
    spine: list[_Part] = []
    taken: list[int] = []
    for number, variant in enumerate(variants):
        parts = _folded(variant, loops)
        pairs = _in_common(spine, parts)
        if spine and _goes_another_way(spine, parts, pairs):
            continue
        spine = _laid_along(spine, parts, pairs, len(taken))
        taken.append(number)
    return spine, taken


def _in_common(spine: list[_Part], parts: list[_Part]) -> list[tuple[int, int]]:
    """A longest common subsequence: pairs of places."""
    longest = [[0] * (len(parts) + 1) for _ in range(len(spine) + 1)]
    for i in range(len(spine) - 1, -1, -1):
        for j in range(len(parts) - 1, -1, -1):
            same = spine[i].block == parts[j].block
            longest[i][j] = longest[i + 1][j + 1] + 1 if same else max(longest[i + 1][j], longest[i][j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(spine) and j < len(parts):
        if spine[i].block == parts[j].block:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _goes_another_way(spine: list[_Part], parts: list[_Part], pairs: list[tuple[int, int]]) -> bool:
    there = {step for part in spine for step in part.block}
    kept = {step for _, j in pairs for step in parts[j].block}
    beside = {step for j, part in enumerate(parts) if j not in {j for _, j in pairs} for step in part.block}
    return bool((beside & there) - kept)


def _laid_along(spine: list[_Part], parts: list[_Part], pairs: list[tuple[int, int]], number: int) -> list[_Part]:
    merged: list[_Part] = []
    i = j = 0
    for to_i, to_j in [*pairs, (len(spine), len(parts))]:
        merged += spine[i:to_i]
        merged += [_Part(part.block, part.many, {number}) for part in parts[j:to_j]]
        if to_i < len(spine):
            both = spine[to_i]
            merged.append(_Part(both.block, both.many or parts[to_j].many, both.used | {number}))
        i, j = to_i + 1, to_j + 1
    return merged


def _expression(spine: list[_Part], everyone: set[int]) -> Expression:
    """The spine as a tree, by rule 5."""
    groups = [(used, _in_sequence(list(parts))) for used, parts in groupby(spine, key=lambda part: part.used)]
    done: list[Expression] = []
    while groups:
        used, first = groups.pop(0)
        options = [first]
        covered = set(used)
        while groups and not covered & groups[0][0]:
            more, option = groups.pop(0)
            covered |= more
            options.append(option)
        choice = Choice(tuple(options)) if len(options) > 1 else first
        done.append(choice if covered == everyone else Repeat(choice, 0, False))
    return Sequence(tuple(done))


def _in_sequence(parts: list[_Part]) -> Expression:
    whole: list[Expression] = []
    for part in parts:
        body = Sequence(tuple(Step(step) for step in part.block))
        whole.append(Repeat(body, 1, True) if part.many else body)
    return Sequence(tuple(whole))
