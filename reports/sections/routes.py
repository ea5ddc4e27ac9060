"""Which ways do the cases go, and how many go each?

No intended flow is known here, so nothing is called wrong: the most common way stands first and is said to be
that. Where many cases follow it, the others are described by what sets them apart from it; where few do, a
comparison with it would mark nearly every step, and says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ...mining.findings import Findings
from ..section import Legend, Section, Step, Strip, Strips, number_shown, rows_of
from ..words import Words

ID = "routes"

# Below this share no way deserves to be called the usual one.
USUAL = 0.05
# From this share on, the most common way is worth comparing the others with.
_YARDSTICK = 0.25
_SHOWN = 8
_STEPS_SHOWN = 24
_LONG_WORD = 14


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
    if _is_yardstick(findings):
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
    usual = list(frame["activities"].iloc[0]) if _is_yardstick(findings) else []
    strips = tuple(_strip(row, usual, words) for row in rows_of(frame.head(shown)))
    rest = ""
    if shown < len(frame):
        cases = int(frame["cases"].iloc[shown:].sum())
        rest = words.say("routes.rest", len(frame) - shown, cases=words.say("words.cases", cases))
    states = {step.state for strip in strips for step in strip.steps}
    legend = [Legend("again", words.say("routes.again_sign"), words.say("routes.again_legend"))]
    legend += [Legend("other", words.say("routes.other_sign"), words.say("routes.other_legend"))]
    return Strips(tuple(entry for entry in legend if entry.state in states), strips, rest)


def _strip(row: Any, usual: Sequence[str], words: Words) -> Strip:
    activities = list(row.activities)
    shown = number_shown(len(activities), _STEPS_SHOWN)
    hidden = len(activities) - shown
    about = _differences(activities, usual, words) if usual and row.Index else _contents(activities, words)
    if row.Index == 0:
        about.insert(0, words.say("routes.most_common"))
    if row.median_days == row.median_days:  # not so where no case of the route is closed
        about.append(words.say("routes.median", time=words.days(row.median_days)))
    return Strip(
        number=words.percent(row.share),
        count=words.say("words.cases", int(row.cases)),
        about=tuple(about),
        label=words.say("routes.label", row.Index + 1),
        steps=_steps(activities[:shown], frozenset(usual), words),
        more=words.say("routes.more_steps", hidden) if hidden else "",
    )


def _steps(activities: Sequence[str], usual: frozenset[str], words: Words) -> tuple[Step, ...]:
    seen: Counter[str] = Counter()
    steps = []
    for activity in activities:
        seen[activity] += 1
        name = words.name(activity)
        wide = max(map(len, name.split())) > _LONG_WORD
        if seen[activity] > 1:
            nth = words.say("routes.again", nth=seen[activity])
            steps.append(Step(name, "again", words.say("routes.again_sign"), nth, wide))
        elif usual and activity not in usual:
            steps.append(Step(name, "other", words.say("routes.other_sign"), words.say("routes.other"), wide))
        else:
            steps.append(Step(name, wide=wide))
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
