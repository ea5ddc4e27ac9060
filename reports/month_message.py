"""What is a person told of a month, in a subject and a few lines?

For e-mail and chats, which keep what they get, and outside the house: no case, no figure, and of findings on fewer than five
persons only that they are there. Names come from other people's systems and chats read marks, so no name can make a link, call on
somebody or begin a line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from ..mining.judgement.verdicts import ACCEPTED, BETTER, GONE, NEW, STILL, WORSE, Finding
from .month_figures import name_of, unit_of
from .section import rows_of
from .words import Words

_NAMED = 5  # findings that are named
_PERSONS = 5  # that a finding which is named must rest on
_NO_MARKS = str.maketrans("<>[]{}*`~|\\@", "‹›()()∗’∼¦/＠")


@dataclass(frozen=True)
class Told:
    """A message. counts : of findings by status"""

    subject: str
    text: str
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class MonthTold:
    """A month that was judged. judged : its figures; earlier : months that nobody was told of yet, with their severity; page : its address"""

    project: str
    month: str
    revision: int
    judged: pd.DataFrame
    found: Sequence[Finding]
    earlier: Sequence[tuple[str, str]]
    page: str


def month_message(said: MonthTold, lang: str) -> Told:
    """What stands out in a month, the worst first."""
    words = Words(lang)
    now = [each for each in said.found if each.status not in (GONE, ACCEPTED) and each.severity != "info"]
    statuses = Counter(each.status for each in now)
    counts = {status: statuses[status] for status in (NEW, WORSE, STILL, BETTER)}
    counts |= {status: sum(each.status == status for each in said.found) for status in (GONE, ACCEPTED)}
    name, month = words.name(said.project), words.month(said.month)
    subject = words.say("message.none", name=name, month=month)
    if now:
        subject = words.say("message.some", len(now), name=name, month=month, new=counts[NEW])
    lines = []
    if said.revision > 1:
        lines.append(words.say("message.again", revision=said.revision))
    if any(counts.values()):
        lines.append(words.say("message.counts", **counts))
    lines += _findings(said, now, words)
    if said.earlier:
        high = sum(severity == "high" for _, severity in said.earlier)
        lines.append(words.say("message.earlier", months=words.months([month for month, _ in said.earlier]), high=high))
    return Told(_plain(subject), "\n".join([*map(_plain, lines), words.say("message.page", page=said.page)]), counts)


def _findings(said: MonthTold, now: Sequence[Finding], words: Words) -> list[str]:
    figures = {(each.id, each.unit): each for each in rows_of(said.judged)}
    lines = []
    for found in now:
        figure = figures.get((found.indicator, found.unit))
        if figure is None or figure.total < _PERSONS or len(lines) == _NAMED:
            continue
        why = words.say(f"month.{found.id.partition(':')[0]}_{found.severity}")
        status = words.say(f"month.status_{found.status}")
        what, unit = name_of(figure, words), unit_of(found.unit, words)
        lines.append(f"- {words.say('message.finding', what=what, unit=unit, why=why, status=status)}")
    more = len(now) - len(lines)
    return [*lines, words.say("message.more", more)] if more else lines


def refusal_message(project: str, kinds: Sequence[str], lacking: Sequence[str], lang: str) -> Told:
    """There is no verdict. kinds : of faults, none where nothing could be read; lacking : the months without one"""
    words = Words(lang)
    name = words.name(project)
    if not kinds:
        subject, lines = words.say("message.unread", name=name), [words.say("message.because_unread")]
    else:
        months = words.months(lacking) if lacking else ""
        key = "message.refused" if lacking else "message.refused_all"
        subject = words.say(key, name=name, month=months) if lacking else words.say(key, name=name)
        lines = [words.say("message.because"), *(f"- {_fault(kind, words)}" for kind in kinds)]
        lines.append(words.say("message.lacking", months=months) if lacking else words.say("message.lacking_none"))
    return Told(_plain(subject), "\n".join(map(_plain, [*lines, words.say("message.next")])))


def trial_message(project: str, lang: str) -> Told:
    """Does a channel work?"""
    words = Words(lang)
    return Told(_plain(words.say("message.trial", name=words.name(project))), words.say("message.trial_text"))


def _fault(kind: str, words: Words) -> str:
    key = f"message.fault_{kind.replace(' ', '_')}"
    return words.say(key if words.knows(key) else "message.fault_other")


def _plain(line: str) -> str:
    """Nothing in it is a mark, an address or a call on somebody."""
    return line.translate(_NO_MARKS).replace("://", ": //")
