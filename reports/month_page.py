"""The page of one month: what to look at first, every figure beside its usual variation, and how it went before.

For the one who gets the monthly message and has two minutes. The long report of the month is linked to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import pandas as pd

from ..mining.accepted_toml import Acceptance
from ..mining.judgement.chart import LEAST
from ..mining.judgement.fault import Fault
from ..mining.judgement.verdicts import ACCEPTED, GONE, Finding, to_look_at
from . import axes
from .month_accepted import accepted_table
from .month_drift import ways_section
from .month_figures import DRIFT, SHOWN, columns, figures_section, is_days, name_of, unit_of, usual_of, value_of
from .page import Heading, rendered
from .section import Chart, Notes, Panel, Section, Series, Table, Tick, row, rows_of
from .words import Words


@dataclass(frozen=True)
class Elsewhere:
    """What stands on another page, beside this one. place : its file"""

    kind: ClassVar[str] = "elsewhere"

    place: str
    text: str
    about: str


class Change(Protocol):
    """Something that was changed on purpose: see :class:`saksflyt.cli.monthly.project_parts.Change`."""

    @property
    def month(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def unit(self) -> str: ...


@dataclass(frozen=True)
class MonthSaid:
    """What a month said. judged : its figures as :func:`charted` gives them; earlier : those of the months before
    changes : what was changed on purpose; accepted : the acceptances by the ids of the findings; report, index : the files of the long report and of the page of all months"""

    month: str
    name: str
    judged: pd.DataFrame
    earlier: pd.DataFrame
    found: Sequence[Finding]
    warnings: Sequence[Fault] = ()
    changes: Sequence[Change] = ()
    report: str = ""
    index: str = ""
    accepted: Mapping[str, Acceptance] = field(default_factory=dict)


def month_page(said: MonthSaid, lang: str = "nb") -> str:
    """The page as HTML; the same month gives the same bytes."""
    words = Words(lang)
    parts = (
        _attention(said, words),
        ways_section(said.judged, said.earlier, said.found, words),
        *_charts(said, words),
        figures_section(said.judged, said.earlier, words),
        _fitness(said, words),
    )
    heading = Heading(
        title=words.say("month.page", month=words.opening(words.month(said.month)), name=words.name(said.name)),
        about=words.say("month.about"),
    )
    return rendered(heading, tuple(part for part in parts if part is not None), words)


def _attention(said: MonthSaid, words: Words) -> Section:
    now = to_look_at(said.found)
    new = sum(each.status == "new" for each in now)
    title = words.say("month.attention", len(now)) if now else words.say("month.quiet")
    lead = [words.say("month.new", new)] if new else []
    improved = sum(each.id.startswith("better:") and each.status != GONE for each in said.found)
    if improved:
        lead.append(words.say("month.improved", improved))
    elif not now:
        lead.append(_nothing(said, words))
    named = {(each.id, each.unit): each for each in rows_of(said.judged)}
    rows = _rows(said, named, words)
    table = Table(
        words.say("month.findings"),
        columns("what", "unit", "value", "because", "since", words=words),
        rows,
    )
    apart = accepted_table(said.found, said.accepted, named, words)
    blocks = (*([table] if rows else []), *([apart] if apart else []))
    return Section("attention", words.say("month.nav_attention"), title, tuple(lead), blocks)


def _nothing(said: MonthSaid, words: Words) -> str:
    """What can be said where there is nothing to look at."""
    if _all_usual(said):
        return words.say("month.usual")
    if said.judged.loc[said.judged["id"].str.startswith(DRIFT), "rule"].ne("").any():
        return words.say("month.other_ways")
    if said.judged["meaning"][said.judged["plotted"].notna()].ne("").all():
        return words.say("month.odd")
    return words.say("month.not_judged", LEAST)


def _all_usual(said: MonthSaid) -> bool:
    """Usual variation is said only where every figure could be judged and all rules agree."""
    known = said.judged["meaning"][said.judged["plotted"].notna()]
    return bool(len(known)) and bool(known.eq("usual").all()) and not len(said.found)


def _rows(said: MonthSaid, named: Mapping[tuple[str, str], Any], words: Words) -> tuple[Any, ...]:
    """Of the findings but for the ways, which have a section of their own, and what is accepted."""
    rows = []
    for found in said.found:
        figure = named.get((found.indicator, found.unit))
        if figure is None or found.id.startswith("drift:") or found.status == ACCEPTED:
            continue
        kind = "is_gone" if found.status == GONE else f"{found.id.partition(':')[0]}_{found.severity}"
        rows.append(
            row(
                [
                    name_of(figure, words),
                    unit_of(found.unit, words),
                    value_of(figure.id, found.value, words),
                    words.say(f"month.{kind}"),
                    words.say(f"month.status_{found.status}"),
                ]
            )
        )
    return tuple(rows)


def _charts(said: MonthSaid, words: Words) -> list[Section]:
    """A chart for every figure that there is a finding on."""
    wanted = dict.fromkeys(
        (each.indicator, each.unit)
        for each in said.found
        if not each.indicator.startswith(DRIFT) and each.status != ACCEPTED
    )
    whole = pd.concat([said.earlier, said.judged], ignore_index=True)
    drawn = []
    for number, (id_, unit) in enumerate(wanted, 1):
        part = whole[(whole["id"] == id_) & (whole["unit"] == unit)].tail(SHOWN)
        if len(part) > 2:
            marks = [each for each in said.changes if each.unit in ("", unit)]
            drawn.append(_chart(f"chart-{number}", part, marks, words))
    if not drawn:
        return []
    return [
        Section(
            "charts",
            words.say("month.nav_charts"),
            words.say("month.charts_title"),
            (words.say("month.charts"),),
            tuple(drawn),
        )
    ]


def _chart(id_: str, part: pd.DataFrame, changes: Sequence[Change], words: Words) -> Chart:
    months, last = part["month"].tolist(), next(iter(rows_of(part.tail(1))))
    top = float(part[["plotted", "upper"]].max().max())
    if last.kind == "share":
        ticks = tuple(Tick(at / 4, words.percent(at / 4)) for at in range(5))
    else:
        ticks = axes.counts(top, words)
    title = words.say("month.chart", what=name_of(last, words), unit=unit_of(last.unit, words))
    values = part["plotted"].astype(float)
    line = Series(
        name=words.say("month.col_value"),
        mark="line",
        values=tuple(values),
        said=tuple(
            words.say("month.said", month=words.month(m), value=value_of(last.id, v, words))
            for m, v in zip(months, values, strict=True)
        ),
        unfinished=(False,) * len(part),
        band=(
            tuple(part["lower"].astype(float).clip(lower=0)),
            tuple(part["upper"].astype(float).clip(upper=1 if last.kind == "share" else None)),
        ),
    )
    rows = [
        row([words.month(m), value_of(last.id, v, words), usual_of(each, words)])
        for m, v, each in zip(months, values, rows_of(part), strict=True)
    ]
    table = Table(
        title, columns("month", "value", "usually", words=words), tuple(reversed(rows)), folded=words.say("axis.show")
    )
    return Chart(
        id=id_,
        title=title,
        label=words.say("month.chart_label", title=title),
        names=tuple(months),
        ticks=tuple(
            Tick(n + 0.5, words.short_month(m), m[:4])
            for n, m in enumerate(months)
            if n % max(len(months) // 12, 1) == 0
        ),
        panels=(Panel(_axis(last, words), ticks, (line,), _marks(months, changes, words)),),
        below=words.say("month.band") if part["lower"].notna().any() else "",
        table=table,
    )


def _marks(months: Sequence[str], changes: Sequence[Change], words: Words) -> tuple[Tick, ...]:
    """Where something was changed on purpose, at the beginning of its month."""
    return tuple(
        Tick(
            months.index(each.month),
            words.say("month.change", what=words.name(each.what), month=words.month(each.month)),
        )
        for each in changes
        if each.month in months
    )


def _axis(figure: Any, words: Words) -> str:
    if figure.kind == "share":
        return words.say("month.axis_share")
    return words.say("month.axis_days" if is_days(figure.id) else "month.axis_cases")


def _fitness(said: MonthSaid, words: Words) -> Section:
    sentences = [words.say("month.fit")] if not said.warnings else []
    notes = Notes(words.say("month.fitness"), (*sentences, *(words.name(each.sentence) for each in said.warnings)))
    others = [
        Elsewhere(place, words.say(f"month.{name}"), words.say(f"month.{name}_said"))
        for name, place in (("report", said.report), ("index", said.index))
        if place
    ]
    return Section("fitness", words.say("month.nav_fitness"), words.say("month.fitness_title"), (), (notes, *others))
