"""What is written on the map, and what is said of a box or a line when it is pointed at?"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..names import shown as safe
from ..words import Words
from .model import Arrow, Node, ProcessMap

# What the numbers on the lines may show.
VIEWS = ("cases", "median", "p90", "total")
# One of so many times is marked as high, at most so many.
_ONE_OF, _MOST_MARKED = 5, 5
_STEPS_NAMED = 30
_LONGEST = 400  # of a name that is pointed at


def figures(arrow: Arrow, words: Words) -> tuple[str, ...]:
    """The number of a line in each view; empty where there is none."""
    return (
        words.number(arrow.cases),
        *(words.duration(time) if math.isfinite(time) else "" for time in (arrow.median_seconds, arrow.p90_seconds)),
        words.days(arrow.total_days) if math.isfinite(arrow.total_days) else "",
    )


def highest(arrows: Sequence[Arrow]) -> frozenset[tuple[int, str]]:
    """The lines whose numbers a reader should see first, by view: the highest few of the times."""
    found: set[tuple[int, str]] = set()
    for view, figure in (("median", "median_seconds"), ("p90", "p90_seconds"), ("total", "total_days")):
        known = [i for i, arrow in enumerate(arrows) if getattr(arrow, figure) > 0]
        ranked = sorted(known, key=lambda i: (-getattr(arrows[i], figure), i))
        found |= {(i, view) for i in ranked[: min(len(known) // _ONE_OF, _MOST_MARKED)]}
    return frozenset(found)


def name(node: Node, words: Words) -> str:
    """What a box is called."""
    if node.kind in ("start", "end"):
        return words.say(f"map.{node.kind}")
    if node.kind == "others":
        return words.say("map.others", len(node.steps))
    return words.name(node.steps[0])


def of_box(node: Node, words: Words) -> str:
    """Of a box: its whole name, its cases, and how often the step is done."""
    whole = [safe(step, _LONGEST) or words.say("words.unnamed") for step in node.steps[:_STEPS_NAMED]]
    if len(node.steps) > _STEPS_NAMED:
        whole.append(words.say("map.more_steps", len(node.steps) - _STEPS_NAMED))
    called = name(node, words) if node.kind in ("start", "end") else ", ".join(whole)
    cases = words.say("words.cases", node.cases)
    if node.kind in ("start", "end"):
        return words.say("map.box_end", name=called, cases=cases)
    times = words.say("map.times", node.occurrences)
    return words.say("map.box", name=called, cases=cases, times=times)


def of_line(arrow: Arrow, shown: ProcessMap, words: Words) -> str:
    """Of a line: from where to where, and all its numbers."""
    source, target = (name(shown.nodes[box], words) for box in (arrow.source, arrow.target))
    cases, times = words.say("words.cases", arrow.cases), words.say("map.times", arrow.occurrences)
    _, median, p90, total = figures(arrow, words)
    said = [words.say("map.line", source=source, target=target, cases=cases, times=times)]
    if median:
        said.append(words.say("map.line_time", median=median, p90=p90))
    if total:
        said.append(words.say("map.line_total", total=total))
    return " ".join(said)
