"""Which findings of the monthly check can be accepted, and what do their ids say?

``limit:INDICATOR`` and ``alarm:INDICATOR`` with the id of a figure, ``drift:mix`` and ``drift:pair:A>B``; each with ``@UNIT`` where it is
of one unit, as the unit is called in the log. The rest of what can be accepted is of ``conform`` (:mod:`.acceptable`).
"""

from __future__ import annotations

import re

from .errors import UsageError
from .toml_table import meant

_FIGURES = {
    "conform.conforming_share": "Closed cases that went as intended",
    "rework.right_first_time": "Closed cases without a step done again",
    "rules.broken_share": "Closed cases that break the rule {about}",
    "deadlines.met_share": "Deadline {about} met",
    "throughput.median_days": "Usual time for a case",
    "throughput.p90_days": "Days within which nine in ten cases are over",
    "waiting.median_days": "Usual time between the steps {about}",
    "backlog.open_cases": "Open cases at the end of the month",
    "backlog.median_age_days": "Age of open cases",
    "drift.mix": "Distance of the ways from the year before",
}
_SENTENCES = {
    **{f"limit:{figure}": f"{said}: beyond the limit" for figure, said in _FIGURES.items()},
    **{
        f"alarm:{figure}": f"{said}: moved to a worse level"
        for figure, said in _FIGURES.items()
        if figure != "drift.mix"
    },
    "drift:mix": "The cases go other ways than in the year before",
    "drift:pair": "{about} is more or less common than in the year before",
}
_STEPS = {"rules.broken_share": 1, "deadlines.met_share": 1, "waiting.median_days": 2, "drift:pair": 2}
KINDS = ("limit", "alarm", "drift")

_SLUG = r"(?:[^\W_]|-)+"
_ID = re.compile(
    rf"(?P<figure>(?:limit|alarm|drift):[a-z0-9_.]+)(?::(?P<steps>{_SLUG}(?:>{_SLUG})*))?(?:@(?P<unit>[^\r\n]+))?"
)


def is_of_the_check(id_: str) -> bool:
    """Is this the id of a finding of the monthly check, and not of ``conform``?"""
    return id_.strip().partition(":")[0] in KINDS


def parts_of(text: str) -> tuple[str, tuple[str, ...], str | None]:
    """The kind and figure of an id, what it is about, and the unit. Raises UsageError when ``check`` has no such finding."""
    found = _ID.fullmatch(text)
    if found is None or found["figure"] not in _SENTENCES:
        figure = text.partition("@")[0]
        figure = ":".join(figure.split(":")[:2])
        raise UsageError(f"The monthly check has no finding {text!r}.{meant(figure, list(_SENTENCES))}")
    steps = tuple(found["steps"].split(">")) if found["steps"] else ()
    wanted = _STEPS.get(found["figure"].removeprefix("limit:").removeprefix("alarm:"), 0)
    if len(steps) != wanted:
        about = ("no step", "one deadline or rule", "two steps")[wanted]
        raise UsageError(f"{text!r} is not the id of a finding: {found['figure']} is about {about}.")
    return found["figure"], steps, found["unit"]


def sentence_of(figure: str, about: str) -> str:
    """What such a finding says. about : the deadline or rule, or the steps"""
    return _SENTENCES[figure].format(about=about)
