"""What should a busy reader take away?

Four findings, each a number, a sentence, a bar, the evidence and a link; four plain figures; and how far they can be
trusted. Every number stands again in a section below: it is taken from the same results and said in the same words.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ...mining.findings import Findings
from ..section import Bar, Card, Cards, Figure, Figures, Section
from ..words import Words
from . import between, deadlines, deviations, rework, routes, throughput, trust
from .method import median_events, single_event_cases

if TYPE_CHECKING:
    from ...mining.intended import Intended

ID = "brief"


def section(findings: Findings, words: Words) -> Section:
    """The first screen."""
    first = _routes(findings, words) if findings.intended is None else _meant(findings.intended, words)
    late = deadlines.card(findings, words)
    # Where deadlines are judged, the usual time is one of the plain figures.
    cards = (first, _rework(findings, words), _between(findings, words), late or _time(findings, words))
    title = words.say("brief.title")
    blocks = (
        Cards(cards),
        Figures(_figures(findings, words, with_time=late is not None)),
        trust.notes(findings, words),
    )
    return Section(id=ID, nav=title, title=title, blocks=blocks)


def _routes(findings: Findings, words: Words) -> Card:
    frame = findings.variants.frame
    share, cases, routes_ = float(frame["share"].iloc[0]), int(frame["cases"].iloc[0]), len(frame)
    most_common = words.say("brief.routes_most_common", cases=cases, all=words.say("words.cases", findings.cases))
    link = (routes.ID, words.say("brief.routes_link"))
    if share < routes.USUAL:
        evidence = words.say("brief.routes_few", cases=cases, all=words.say("words.cases", findings.cases))
        title = words.say("brief.routes_many")
        return Card(words.number(routes_), title, Bar(routes_ / findings.cases), evidence, *link)
    if routes_ == 1:
        evidence = words.say("brief.routes_one", findings.cases, steps=_steps(frame["activities"].iloc[0], words))
    else:
        evidence = f"{most_common} {words.say('brief.routes_others', routes_ - 1)}"
    return Card(words.percent(share), words.say("brief.routes"), Bar(share), evidence, *link)


def _meant(meant: Intended, words: Words) -> Card:
    """How many go as intended, in place of how many go the most common way."""
    found, link = meant.conformance, (deviations.ID, words.say("brief.meant_link"))
    evidence = f"{deviations.among(meant, words)} {deviations.most_common(found, words)}".rstrip()
    share = found.conforming_share
    return Card(words.percent(share), words.say("brief.meant"), Bar(share), evidence, *link)


def _rework(findings: Findings, words: Words) -> Card:
    facts = rework.redone(findings)
    link = (rework.ID, words.say("brief.rework_link"))
    most = ""
    if facts.extra_times:
        most = words.say("brief.rework_most", facts.times, step=words.quoted(facts.step))
    if not facts.counted:
        share = facts.extra_times / findings.events
        evidence = f"{words.say('rework.no_closed')} {most}".rstrip()
        title = words.say("brief.rework_open", facts.extra_times)
        return Card(words.number(facts.extra_times), title, Bar(share, "warn"), evidence, *link)
    evidence = f"{rework.among(findings, facts, words)} {most}".rstrip()
    return Card(words.percent(facts.share), words.say("brief.rework"), Bar(facts.share, "warn"), evidence, *link)


def _between(findings: Findings, words: Words) -> Card:
    result = findings.waiting
    kind = between.kind(findings)
    link = (between.ID, words.say(f"{kind}.link"))
    if len(result.frame) == 0:
        return Card(words.number(0), words.say("between.card_no_steps"), Bar(0), words.say("between.no_steps"), *link)
    if not result.total_days > 0:
        title = words.say(f"{kind}.card_no_time")
        return Card(words.days(0), title, Bar(0), words.say("between.no_time"), *link)
    first = result.frame.iloc[0]
    share = float(first["total_days"]) / result.total_days
    place = words.say("between.place", source=words.quoted(first["source"]), target=words.quoted(first["target"]))
    spread = words.say(
        "between.spread", median=words.days(float(first["median_days"])), p90=words.days(float(first["p90_days"]))
    )
    return Card(words.percent(share), words.say(f"{kind}.card"), Bar(share, "warn"), f"{place} {spread}", *link)


def _time(findings: Findings, words: Words) -> Card:
    result = findings.throughput
    link = (throughput.ID, words.say("brief.time_link"))
    if not math.isfinite(result.median_days):
        still = result.open_cases or result.cases - result.closed
        title = words.say("brief.time_open", still)
        return Card(words.number(still), title, Bar(1, "open"), words.say("throughput.none_closed"), *link)
    known = throughput.open_known(result)
    key = "time_clock" if result.end else "time" if known else "time_unknown"
    evidence = words.say("brief.time_p90_later")
    if math.isfinite(result.p90_days):
        evidence = words.say(f"brief.{key}_p90", p90=words.days(result.p90_days))
    # Within so many days nine of ten are over, or else so long was any case followed.
    share = result.median_days / result.within_days if result.within_days > 0 else 0.0
    evidence = f"{evidence} {throughput.compared(findings, words)}".rstrip()
    title = words.say(f"brief.{key}", end=throughput.ends(result, words))
    return Card(words.days(result.median_days), title, Bar(share), evidence, *link)


def _figures(findings: Findings, words: Words, *, with_time: bool) -> tuple[Figure, ...]:
    times = findings.throughput
    open_or_single = (
        Figure(words.say("figures.single_event"), words.number(single_event_cases(findings)))
        if findings.open_cases is None
        else Figure(words.say("figures.open_cases"), words.number(findings.open_cases))
    )
    routes_ = Figure(words.say("figures.routes"), words.number(len(findings.variants.frame)))
    if with_time:
        end = throughput.ends(times, words)
        return (
            Figure(
                words.say("figures.median_clock" if end else "figures.median", end=end), words.days(times.median_days)
            ),
            Figure(words.say("figures.p90_clock" if end else "figures.p90", end=end), words.days(times.p90_days)),
            open_or_single,
            routes_,
        )
    return (
        open_or_single,
        routes_,
        Figure(words.say("figures.activities"), words.number(findings.activities)),
        Figure(words.say("figures.median_events"), median_events(findings, words)),
    )


def _steps(activities, words: Words) -> str:
    return words.say("words.steps", len(activities))
