"""Flows for tests: drawn at random, spelled out as the sequences that they allow, and as a pattern to match."""

import re
from itertools import permutations, product

from hypothesis import strategies as st

from saksflyt.mining.expression import Choice, Expression, Parallel, Repeat, Sequence, Step

SIGNS = {"->": Sequence, "|": Choice, "&": Parallel}
REPEATS = [(0, False), (0, True), (1, True)]

_NAMES = st.one_of(
    st.sampled_from(
        ["Søknad mottatt", "Vedtak (innvilget)", "Klar?", "Mat & klær", "§ 18 / § 27", 'Ny "sak"', "C:\\a"]
    ),
    st.text(alphabet=' abøÅ&|()?*+"-/§,.>\\→=\n\t\u00a0n', min_size=1, max_size=8).filter(lambda name: name.strip()),
)


def flows(names: str | None = None, max_leaves: int = 12) -> st.SearchStrategy[Expression]:
    """Random flows, not canonical. names : one letter per step; else any names, with all the signs of the language"""
    leaves = st.builds(Step, st.sampled_from(names) if names else _NAMES)
    return st.recursive(leaves, _grown, max_leaves=max_leaves)


def _grown(part: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    groups = st.lists(part, min_size=1, max_size=4).map(tuple)
    repeats = st.builds(lambda part, how: Repeat(part, *how), part, st.sampled_from(REPEATS))
    return st.one_of(repeats, *(groups.map(kind) for kind in SIGNS.values()))


def language(flow: Expression, longest: int) -> set[tuple[str, ...]]:
    """Every sequence of at most `longest` steps that the flow allows, by the definitions of its parts."""
    if isinstance(flow, Step):
        return {(flow.name,)} if longest else set()
    if isinstance(flow, Repeat):
        return _repeated(language(flow.part, longest), flow, longest)
    parts = [language(part, longest) for part in flow.parts]
    if isinstance(flow, Choice):
        return set().union(*parts)
    found: set[tuple[str, ...]] = {()}
    for part in parts:
        both = product(sorted(found), sorted(part))
        joined = _interleaved if isinstance(flow, Parallel) else _one_after_the_other
        found = {word for a, b in both if len(a) + len(b) <= longest for word in joined(a, b)}
    return found


def _repeated(once: set[tuple[str, ...]], flow: Repeat, longest: int) -> set[tuple[str, ...]]:
    found = set(once)
    while flow.many:
        more = found | {a + b for a, b in product(found, once) if len(a) + len(b) <= longest}
        if more == found:
            break
        found = more
    return found if flow.least else found | {()}


def _one_after_the_other(a: tuple[str, ...], b: tuple[str, ...]) -> set[tuple[str, ...]]:
    return {a + b}


def _interleaved(a: tuple[str, ...], b: tuple[str, ...]) -> set[tuple[str, ...]]:
    if not a or not b:
        return {a + b}
    return {(a[0], *rest) for rest in _interleaved(a[1:], b)} | {(b[0], *rest) for rest in _interleaved(a, b[1:])}


def accepts(flow: Expression, trace: tuple[str, ...]) -> bool:
    """Is the sequence one that the flow allows? By Python's own regular expressions, one letter per step."""
    letters: dict[str, str] = {}
    pattern = _pattern(flow, letters)
    return re.fullmatch(pattern, "".join(letters.get(step, "\0") for step in trace)) is not None


def _pattern(flow: Expression, letters: dict[str, str]) -> str:
    if isinstance(flow, Step):
        return letters.setdefault(flow.name, chr(0xE000 + len(letters)))
    if isinstance(flow, Repeat):
        mark = {(0, False): "?", (0, True): "*", (1, True): "+"}[flow.least, flow.many]
        return f"(?:{_pattern(flow.part, letters)}){mark}"
    parts = [_pattern(part, letters) for part in flow.parts]
    if isinstance(flow, Parallel):  # right where each part is one step
        return f"(?:{'|'.join(''.join(order) for order in permutations(parts))})"
    return f"(?:{'|'.join(parts) if isinstance(flow, Choice) else ''.join(parts)})"
