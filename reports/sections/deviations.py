"""Where do the cases go another way than intended, how many, and with what else does that go together?

Every deviation is said in words, with how many cases have it, their usual time, and whether the time that was left after it
was longer than in cases that stood there without it. Which of the two made the other is not said: nobody can see it here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ...mining.extra_time import clear
from ...mining.findings import Findings
from ..deviation_words import said
from ..section import Bar, Cell, Column, Section, Strips, Table, number_shown, row, rows_of
from ..words import Words
from .beside import steps_beside, strip, strips

if TYPE_CHECKING:
    from ...mining.conform import Conformance
    from ...mining.intended import Intended

ID = "deviations"
_SHOWN, _EXAMPLES, _PATTERNS = 12, 5, 8
_TIMED = 5  # cases that a usual time needs
_MOST = 0.8  # of the cases: where fewer have a time, it is said how many


def section(findings: Findings, words: Words) -> Section | None:
    """The deviations; nothing without an intended flow."""
    if findings.intended is None:
        return None
    meant, found = findings.intended, findings.intended.conformance
    blocks = (_table(meant, words), _examples(meant, words), _patterns(found, words)) if len(found.frame) else ()
    return Section(
        id=ID,
        nav=words.say("deviations.nav"),
        title=_title(found, words),
        lead=_lead(meant, words),
        blocks=blocks,
        how=(
            ("conform.conforming_share", words.say("method.conform_conforming_share")),
            ("conform.share", words.say("method.conform_share")),
            *((("conform.extra_days", words.say("method.conform_extra_days")),) if compares(found) else ()),
        ),
    )


def _title(found: Conformance, words: Words) -> str:
    if not len(found.frame):
        return words.say("deviations.title_none")
    first = next(iter(rows_of(found.frame)))
    return words.say("deviations.title", share=words.percent(first.share), what=_sentence(first, words))


def _lead(meant: Intended, words: Words) -> tuple[str, ...]:
    found = meant.conformance
    looked_at = found.cases - found.not_computed
    lead = [among(meant, words), words.say("deviations.lead", flow=words.quoted(meant.flow.name))]
    if found.open_cases and looked_at:
        lead.append(words.say("deviations.open"))
    if meant.closed_by_flow:
        lead.append(
            words.say("deviations.closed_by", steps=words.either(list(map(words.quoted, meant.flow.closed_by))))
        )
    if found.not_computed:
        lead.append(words.say("deviations.not_computed", found.not_computed))
    return (*lead, *_clearest(found, words))


def compares(found: Conformance) -> bool:
    """Can the time after some deviation be compared?"""
    return bool(found.frame["extra_days"].notna().any())


def _clearest(found: Conformance, words: Words) -> tuple[str, ...]:
    """What is said of the most common deviation after which the time is clearly another."""
    for each in rows_of(found.frame):
        if clear(each.extra_q):
            key = "longer_from" if each.extra_days > 0 else "shorter_from"
            time, low, high = _interval(each, words)
            return (words.say(f"deviations.{key}", what=_sentence(each, words), time=time, low=low, high=high),)
    return ()


def among(meant: Intended, words: Words) -> str:
    """How many of how many cases go as intended, as a sentence."""
    found = meant.conformance
    return words.say("deviations.among", found.cases - found.not_computed, cases=found.conforming_cases)


def most_common(found: Conformance, words: Words) -> str:
    """The deviation that most cases have, as a sentence; empty where there is none."""
    if not len(found.frame):
        return ""
    first = next(iter(rows_of(found.frame)))
    return words.say("deviations.most_common", first.cases, what=_sentence(first, words))


def _table(meant: Intended, words: Words) -> Table:
    frame = meant.conformance.frame
    shown = number_shown(len(frame), _SHOWN)
    most, compared = float(frame["share"].iloc[0]), compares(meant.conformance)
    rows = [
        row(
            [
                _sentence(each, words),
                Cell(bar=Bar(each.share / most, "warn")),
                words.percent(each.share),
                words.number(each.cases),
                words.number(each.occurrences),
                _usual(each, words),
                *([_extra(each, words)] if compared else []),
            ]
        )
        for each in rows_of(frame.head(shown))
    ]
    if shown < len(frame):
        occurrences = int(frame["occurrences"].iloc[shown:].sum())
        rest = [words.say("deviations.rest", len(frame) - shown), "", "", "", words.number(occurrences), ""]
        rows.append(row([*rest, *([""] if compared else [])], "rest"))
    return Table(
        words.say("deviations.caption"),
        _columns(("name", "bar", "share", "cases", "occurrences", "usual", *(("extra",) if compared else ())), words),
        tuple(rows),
        _below(meant, words),
    )


def _examples(meant: Intended, words: Words) -> Strips:
    """The most common way with each of the most common deviations, beside the flow."""
    found, anytime = meant.conformance, set(meant.flow.anytime)
    variants = found.variants.set_index("variant_key")
    drawn = []
    for place, each in enumerate(rows_of(found.frame.head(_EXAMPLES)), start=1):
        variant = variants.loc[each.example]
        steps = steps_beside(variant["activities"], found.told(int(variant["variant_no"])), anytime, words)
        count, label = words.say("words.cases", each.cases), words.say("deviations.example_label", place)
        drawn.append(strip(words.percent(each.share), count, [_sentence(each, words)], label, steps, words))
    return strips(drawn, "", words, beside_flow=True, title=words.say("deviations.examples"))


def _patterns(found: Conformance, words: Words) -> Table:
    """The sets of deviations that cases have together."""
    sentences = {each.id: _sentence(each, words) for each in rows_of(found.frame)}
    frame = found.patterns
    shown = number_shown(len(frame), _PATTERNS)
    rows = [
        row(
            [
                " · ".join(sentences[id_] for id_ in each.deviations) or words.say("deviations.none"),
                words.percent(each.share),
                words.number(each.cases),
                _usual(each, words),
            ]
        )
        for each in rows_of(frame.head(shown))
    ]
    if shown < len(frame):
        tail = frame.iloc[shown:]
        cells = [words.percent(float(tail["share"].sum())), words.number(int(tail["cases"].sum())), ""]
        rows.append(row([words.say("deviations.patterns_rest", len(tail)), *cells], "rest"))
    return Table(
        words.say("deviations.patterns"),
        _columns(("pattern", "share", "cases", "usual"), words),
        tuple(rows),
        words.say("deviations.patterns_below"),
    )


def _columns(titles: tuple[str, ...], words: Words) -> tuple[Column, ...]:
    roles = {"name": "name", "pattern": "name", "bar": "bar"}
    return tuple(Column(words.say(f"deviations.col_{title}"), roles.get(title, "number")) for title in titles)


def _below(meant: Intended, words: Words) -> str:
    """Which time is meant, and how long the cases without deviations take."""
    found, clock = meant.conformance, meant.flow.clock
    free = found.patterns[found.patterns["deviations"].map(len) == 0]
    usual = float(free["median_days"].iloc[0]) if len(free) else math.nan
    if len(free) and int(free["timed_cases"].iloc[0]) >= _TIMED and math.isfinite(usual):
        known = words.say("deviations.below", time=words.days(usual))
    else:
        known = words.say("deviations.below_unknown")
    said = [known, words.say("deviations.below_few")]
    if clock is not None:
        end = words.either([words.quoted(step) for step in clock.end])
        said.append(words.say("deviations.clock", start=words.quoted(clock.start), end=end))
    if compares(found):
        said.append(words.say("deviations.below_extra", within=words.days(found.within_days)))
    return " ".join(said)


def _usual(each: Any, words: Words) -> str:
    """The usual time of the cases, and of how many where many have none; of a few it would say nothing."""
    if each.timed_cases < _TIMED or not math.isfinite(each.median_days):
        return ""
    time = words.days(each.median_days)
    few = each.timed_cases < _MOST * each.cases
    return words.say("deviations.usual_of", each.timed_cases, time=time) if few else time


def _extra(each: Any, words: Words) -> str:
    """How much longer the time after it was, where that can be compared."""
    if not math.isfinite(each.extra_days):
        return ""
    if not clear(each.extra_q):
        return words.say("deviations.unclear")
    time, low, high = _interval(each, words)
    return words.say(
        "deviations.longer" if each.extra_days > 0 else "deviations.shorter", time=time, low=low, high=high
    )


def _interval(each: Any, words: Words) -> tuple[str, str, str]:
    """How much more or less, at least, and at most."""
    low, high = sorted((abs(each.extra_low), abs(each.extra_high)))
    return words.days(abs(each.extra_days)), words.days(low), words.days(high)


def _sentence(each: Any, words: Words) -> str:
    """A row of the deviations as a sentence, which begins with a capital."""
    steps = (each.step, each.other_step) if each.other_step else (each.step,)
    sentence = said(each.kind, steps, each.alternatives, words)
    return sentence[:1].upper() + sentence[1:]
