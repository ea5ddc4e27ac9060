"""Which ways do the cases go, and how many go each?

With an intended flow each way is laid beside it. Without one nothing is called wrong: the most common way stands first
and is said to be that. Where many cases follow it, the others are described by what sets them apart from it; where few
do, a comparison with it would mark nearly every step, and says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...mining.findings import Findings
from ..deviation_words import said
from ..section import Section, Step, Strip, Strips, number_shown, rows_of
from ..words import Words
from .beside import step, steps_beside, strip, strips

if TYPE_CHECKING:
    from ...mining.intended import Intended

ID = "routes"

# Below this share no way deserves to be called the usual one.
USUAL = 0.05
# From this share on, the most common way is worth comparing the others with.
_YARDSTICK = 0.25
_SHOWN = 8
_DEVIATIONS_SAID = 3


def section(findings: Findings, words: Words) -> Section:
    """The ways through the process as strips, the most common first."""
    return Section(
        id=ID,
        nav=words.say("routes.nav"),
        title=_title(findings, words),
        lead=_lead(findings, words),
        blocks=(_strips(findings, words),),
        how=(("variants.share", words.say("method.variants_share")),),
    )


def _title(findings: Findings, words: Words) -> str:
    frame = findings.variants.frame
    share = float(frame["share"].iloc[0])
    if findings.cases == 1:
        return words.say("routes.title_one_case")
    if len(frame) == 1:
        return words.say("routes.title_one_route", findings.cases)
    if share < USUAL:
        return words.say("routes.title_many", len(frame), cases=findings.cases)
    return words.say("routes.title", len(frame), share=words.percent(share))


def _lead(findings: Findings, words: Words) -> tuple[str, ...]:
    frame = findings.variants.frame
    if len(frame) == 1:
        return (words.say("routes.lead_one"),)
    meaning = [words.say("routes.lead")]
    if findings.intended is not None:
        meaning.append(words.say("routes.lead_meant", flow=words.quoted(findings.intended.flow.name)))
    elif _is_yardstick(findings):
        meaning.append(words.say("routes.lead_compared"))
    shown = number_shown(len(frame), _SHOWN)
    covered = words.percent(float(frame["cumulative_share"].iloc[shown - 1]))
    if shown == len(frame):
        return (*meaning, words.say("routes.lead_all", shown))
    return (*meaning, words.say("routes.lead_covered", shown, share=covered))


def _is_yardstick(findings: Findings) -> bool:
    return float(findings.variants.frame["share"].iloc[0]) >= _YARDSTICK


def _strips(findings: Findings, words: Words) -> Strips:
    frame = findings.variants.frame
    shown = number_shown(len(frame), _SHOWN)
    meant = findings.intended
    usual = list(frame["activities"].iloc[0]) if meant is None and _is_yardstick(findings) else []
    drawn = tuple(
        _strip(row, usual, words) if meant is None else _strip_beside(row, meant, words)
        for row in rows_of(frame.head(shown))
    )
    rest = ""
    if shown < len(frame):
        cases = int(frame["cases"].iloc[shown:].sum())
        rest = words.say("routes.rest", len(frame) - shown, cases=words.say("words.cases", cases))
    return strips(drawn, rest, words, beside_flow=meant is not None)


def _strip(row: Any, usual: Sequence[str], words: Words) -> Strip:
    activities = list(row.activities)
    about = _differences(activities, usual, words) if usual and row.Index else _contents(activities, words)
    if row.Index == 0:
        about.insert(0, words.say("routes.most_common"))
    return _drawn(row, about, _steps(activities, frozenset(usual), words), words)


def _strip_beside(row: Any, meant: Intended, words: Words) -> Strip:
    told = meant.conformance.told(row.variant_no)
    often = Counter(deviation.what for deviation in told.deviations)
    about = [said(*what, words) for what in often]
    if len(about) > _DEVIATIONS_SAID:
        about[_DEVIATIONS_SAID:] = [words.say("routes.more_deviations", len(about) - _DEVIATIONS_SAID)]
    if not about:
        about = [words.say("routes.as_meant" if told.moves else "routes.not_computed")]
    return _drawn(row, about, steps_beside(list(row.activities), told, set(meant.flow.anytime), words), words)


def _drawn(row: Any, about: Sequence[str], steps: Sequence[Step], words: Words) -> Strip:
    about = [*about]
    if row.median_days == row.median_days:  # not so where no case of the route is closed
        about.append(words.say("routes.median", time=words.days(row.median_days)))
    count, label = words.say("words.cases", int(row.cases)), words.say("routes.label", row.Index + 1)
    return strip(words.percent(row.share), count, about, label, steps, words)


def _steps(activities: Sequence[str], usual: frozenset[str], words: Words) -> tuple[Step, ...]:
    seen: Counter[str] = Counter()
    steps = []
    for activity in activities:
        seen[activity] += 1
        if seen[activity] > 1:
            steps.append(step(activity, words, "again", words.say("routes.again", nth=seen[activity])))
        elif usual and activity not in usual:
            steps.append(step(activity, words, "other", words.say("routes.other")))
        else:
            steps.append(step(activity, words))
    return tuple(steps)


def _contents(activities: Sequence[str], words: Words) -> list[str]:
    again = len(activities) - len(set(activities))
    said = [words.say("routes.number_of_steps", len(activities))]
    return [*said, words.say("routes.with_again", again)] if again else said


def _differences(activities: Sequence[str], usual: Sequence[str], words: Words) -> list[str]:
    """How a route differs from the most common one, in a few words."""
    here, there = set(activities), set(usual)
    again = len(activities) - len(here)
    said = []
    if here - there:
        said.append(words.say("routes.with_other", len(here - there)))
    if there - here:
        said.append(words.say("routes.without", len(there - here)))
    if again:
        said.append(words.say("routes.with_again", again))
    return said or [words.say("routes.other_order")]
