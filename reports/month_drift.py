"""The ways that the cases of a month went, on the month's page: what is unlike the year before, in sentences with both shares."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Any

import pandas as pd

from ..mining.judgement.drift import FEWEST
from ..mining.judgement.verdicts import ACCEPTED, GONE, MIX, NEW, PAIR, Finding
from ..mining.judgement.ways import LEAST
from .month_figures import unit_of
from .section import Notes, Section, rows_of
from .words import Words

_MOST = 8  # sentences of a unit
_LONG, _FIRST, _LAST = 8, 4, 3  # steps of a way, and those that are named of a longer one
_ARROW = " → "


def ways_section(judged: pd.DataFrame, earlier: pd.DataFrame, found: Sequence[Finding], words: Words) -> Section | None:
    """What is unlike the year before; None where nobody says which cases are closed. See :class:`.month_page.MonthSaid`"""
    mixes = judged[judged["id"] == MIX]
    if mixes.empty:
        return None
    statuses = {(each.indicator, each.unit): each.status for each in found if each.id.startswith("drift:")}
    tested = mixes[mixes["plotted"].notna()]
    there = judged[judged["id"].str.startswith("drift.") & judged["rule"].ne("")]
    # Of a pair that stands out in a unit, what it makes of all together says nothing more.
    placed = there.loc[there["unit"].ne("") & there["id"].str.startswith(PAIR), "id"]
    there = there[there["unit"].ne("") | ~there["id"].isin(placed)]
    blocks = [
        Notes(words.opening(unit_of(str(unit), words)), _sentences(part, statuses, words))
        for unit, part in there.groupby("unit", sort=False)
    ]
    blocks += [
        Notes(words.say(f"month.drift_{name}"), sentences)
        for name, sentences in (
            ("over", _over(earlier, found, words)),
            ("untested", _untested(mixes[mixes["plotted"].isna()], words)),
        )
        if sentences
    ]
    title = "unlike" if len(there) else "alike" if len(tested) else "unknown"
    lead = (words.say("month.drift_how"),) if len(tested) else ()
    return Section("ways", words.say("month.nav_ways"), words.say(f"month.drift_{title}"), lead, tuple(blocks))


def _sentences(rows: pd.DataFrame, statuses: dict[tuple[str, str], str], words: Words) -> tuple[str, ...]:
    """What stands out in a unit: its mix, the ways that it shows in, and the pairs."""
    said = []
    for each in rows_of(rows):
        status = statuses.get((each.id, each.unit), "")
        mark = words.say(f"month.drift_is_{status}") if status in (NEW, ACCEPTED) else ""
        said.append(f"{_sentence(each, words)}{mark}")
    more = len(said) - _MOST
    return tuple(said) if more <= 0 else (*said[:_MOST], words.say("month.drift_more_said", more))


def _sentence(each: Any, words: Words) -> str:
    if each.id == MIX:
        return words.say(
            "month.drift_distance",
            share=words.percent(each.plotted),
            chance=words.percent(each.upper),
            cases=int(each.total),
        )
    kind = each.id.partition(":")[0].removeprefix("drift.")
    change = each.rule if each.rule in ("new", "gone") else "other"
    now, before = _share(each.plotted, words), _share(each.centre, words)
    if kind == "way":
        return words.say(f"month.drift_way_{change}", name=_named(each.name, words), now=now, before=before)
    source, _, target = each.name.partition(_ARROW)
    between = {"source": words.quoted(source), "target": words.quoted(target)}
    return words.say(f"month.drift_pair_{change}", None, now=now, before=before, **between)


def _named(name: str, words: Words) -> str:
    steps = name.split(_ARROW)
    if len(steps) > _LONG:
        steps = [*steps[:_FIRST], "…", *steps[-_LAST:]]
    return words.quoted(_ARROW.join(steps))


def _share(share: float, words: Words) -> str:
    """One to four cases are not told apart."""
    return words.say("month.drift_few") if isnan(share) else words.percent(share)


def _over(earlier: pd.DataFrame, found: Sequence[Finding], words: Words) -> tuple[str, ...]:
    """What was said last month, and is no more."""
    names = dict(zip(earlier["id"], earlier["name"], strict=True))
    said = []
    for each in found:
        if each.status == GONE and each.id.startswith("drift:"):
            name = names.get(each.indicator, "")
            what = _named(name, words) if name else words.say("month.drift_mix")
            said.append(words.say("month.drift_is_over", what=what, unit=unit_of(each.unit, words)))
    return tuple(said)


def _untested(mixes: pd.DataFrame, words: Words) -> tuple[str, ...]:
    if mixes.empty:
        return ()
    named = ", ".join(
        words.say("month.drift_cases", int(each.total), unit=unit_of(each.unit, words)) for each in rows_of(mixes)
    )
    return (words.say("month.drift_too_few", units=named, cases=FEWEST, months=LEAST),)
