"""How many cases keep and break each rule?"""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from .flow_parts import Rule, Term
from .rule_sentences import sentence
from .rule_states import BROKEN, FULFILLED, NOT_CHOSEN, NOT_JUDGED, PENDING, STATES, UNTRIGGERED, States
from .span import Span

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = (
    *("id", "kind", "name", "sentence", "terms", "where", "law", "severity", "cases", "untriggered", "not_judged"),
    *("triggered", "fulfilled", "broken", "pending", "broken_share", "example"),
)


def rule_rows(
    judged: list[tuple[Rule, States]],
    cases: pd.DataFrame,
    keys: list[str],
    ids: Callable[[int, str], str],
    by: str | None,
) -> pd.DataFrame:
    """One row per rule (of each group), in the order of the flow. cases : ``group, variant``; keys : of the variants"""
    import pandas as pd

    group, names = pd.factorize(cases["group"], sort=True)
    variant = cases["variant"].to_numpy()
    counts = [_counts(states, group, len(names)) for _, states in judged]
    examples = [_examples(states == BROKEN, group, variant, keys) for _, states in judged]
    rows = [
        {
            "group": str(name),
            "id": ids(number, str(name)),
            **_said(rule),
            **_figures(counts[number][place].tolist()),
            "example": examples[number].get(place, ""),
        }
        for place, name in enumerate(names)
        for number, (rule, _) in enumerate(judged)
    ]
    frame = pd.DataFrame(rows, columns=["group", *_COLUMNS])
    return frame.rename(columns={"group": f"{by}_2" if by in _COLUMNS else by}) if by else frame.drop(columns="group")


def _counts(states: States, group: np.ndarray, groups: int) -> np.ndarray:
    """The cases of each group in each state."""
    cells = np.bincount(group * len(STATES) + states, minlength=groups * len(STATES))
    return cells.reshape(groups, len(STATES))


def _examples(broken: np.ndarray, group: np.ndarray, variant: np.ndarray, keys: list[str]) -> dict[int, str]:
    """For each group the key of the variant that most of its broken cases have, the first of several."""
    cells, cases = np.unique(group[broken] * len(keys) + variant[broken], return_counts=True)
    best: dict[int, tuple[int, int]] = {}
    for cell, count in zip(cells.tolist(), cases.tolist(), strict=True):
        place, number = divmod(cell, len(keys))
        best[place] = min(best.get(place, (0, 0)), (-count, number))
    return {place: keys[number] for place, (_, number) in best.items()}


def _said(rule: Rule) -> dict[str, object]:
    return {
        "kind": rule.kind,
        "name": rule.name or "",
        "sentence": sentence(rule),
        "terms": {key: _plain(term) for key, term in rule.terms.items()},
        "where": list(rule.where),
        "law": rule.law or "",
        "severity": rule.severity,
    }


def _plain(term: Term) -> str | int | list[str]:
    if isinstance(term, Span):
        return str(term)
    return list(term) if isinstance(term, tuple) else term


def _figures(states: list[int]) -> dict[str, object]:
    triggered = states[FULFILLED] + states[BROKEN] + states[PENDING]
    return {
        "cases": sum(states) - states[NOT_CHOSEN],
        "untriggered": states[UNTRIGGERED],
        "not_judged": states[NOT_JUDGED],
        "triggered": triggered,
        "fulfilled": states[FULFILLED],
        "broken": states[BROKEN],
        "pending": states[PENDING],
        "broken_share": states[BROKEN] / triggered if triggered else nan,
    }
