"""The page of one month: what to look at first, every figure beside its usual variation, and how it went before.

For the one who gets the monthly message and has two minutes. The long report of the month is linked to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, ClassVar

import pandas as pd

from ..mining.judgement.chart import LEAST
from ..mining.judgement.fitness import Fault
from ..mining.judgement.verdicts import GONE, Finding
from . import axes
from .page import Heading, rendered
from .section import Chart, Column, Notes, Panel, Section, Series, Table, Tick, row, rows_of
from .words import Words

_YEARS = 36  # months in a chart
_DAYS = ("throughput.", "waiting.", "backlog.median_age_days")


@dataclass(frozen=True)
class Elsewhere:
    """What stands on another page, beside this one. place : its file"""

    kind: ClassVar[str] = "elsewhere"

    place: str
    text: str
    about: str


@dataclass(frozen=True)
class MonthSaid:
    """What a month said. judged : its figures as :func:`charted` gives them; earlier : those of the months before"""

    month: str
    name: str
    judged: pd.DataFrame
    earlier: pd.DataFrame
    found: Sequence[Finding]
    warnings: Sequence[Fault] = ()
    report: str = ""


def month_page(said: MonthSaid, lang: str = "nb") -> str:
    """The page as HTML; the same month gives the same bytes."""
    words = Words(lang)
    parts = (_attention(said, words), *_charts(said, words), _figures(said, words), _fitness(said, words))
    heading = Heading(
        title=words.say("month.page", month=words.month(said.month), name=words.name(said.name)),
        about=words.say("month.about"),
    )
    return rendered(heading, tuple(part for part in parts if part is not None), words)


def _attention(said: MonthSaid, words: Words) -> Section:
    now = [each for each in said.found if each.status != GONE and each.severity != "info"]
    new = sum(each.status == "new" for each in now)
    title = words.say("month.attention", len(now)) if now else words.say("month.quiet")
    lead = [words.say("month.new", new)] if new else []
    if not now:
        lead.append(words.say("month.usual") if _all_usual(said) else words.say("month.not_judged", LEAST))
    table = Table(
        words.say("month.findings"),
        _columns("what", "unit", "value", "because", "since", words=words),
        _rows(said, words),
    )
    return Section("attention", words.say("month.nav_attention"), title, tuple(lead), (table,) if said.found else ())


def _all_usual(said: MonthSaid) -> bool:
    """Usual variation is said only where every figure could be judged and all rules agree."""
    known = said.judged["meaning"][said.judged["plotted"].notna()]
    return bool(len(known)) and bool(known.eq("usual").all()) and not len(said.found)


def _rows(said: MonthSaid, words: Words) -> tuple[Any, ...]:
    named = {(each.id, each.unit): each for each in rows_of(said.judged)}
    rows = []
    for found in said.found:
        figure = named.get((found.indicator, found.unit))
        if figure is None:
            continue
        kind = "is_gone" if found.status == GONE else f"{found.id.partition(':')[0]}_{found.severity}"
        rows.append(
            row(
                [
                    _name(figure, words),
                    _unit(found.unit, words),
                    _value(figure.id, found.value, words),
                    words.say(f"month.{kind}"),
                    words.say(f"month.status_{found.status}"),
                ]
            )
        )
    return tuple(rows)


def _figures(said: MonthSaid, words: Words) -> Section:
    rows = [
        row(
            [
                _name(each, words),
                _unit(each.unit, words),
                _value(each.id, each.plotted, words),
                words.number(each.total),
                _usual(each, words),
                words.say(f"month.meaning_{each.meaning or 'unknown'}"),
            ]
        )
        for each in rows_of(said.judged)
    ]
    table = Table(
        words.say("month.figures"),
        _columns("what", "unit", "value", "of", "usually", "meaning", words=words),
        tuple(rows),
    )
    return Section(
        "figures", words.say("month.nav_figures"), words.say("month.figures_title"), (words.say("month.how"),), (table,)
    )


def _columns(*names: str, words: Words) -> tuple[Column, ...]:
    numbers = ("value", "of")
    roles = {name: "name" if name == "what" else "number" if name in numbers else "text" for name in names}
    return tuple(Column(words.say(f"month.col_{name}"), role) for name, role in roles.items())


def _charts(said: MonthSaid, words: Words) -> list[Section]:
    """A chart for every figure that there is a finding on."""
    wanted = list(dict.fromkeys((each.indicator, each.unit) for each in said.found))
    whole = pd.concat([said.earlier, said.judged], ignore_index=True)
    drawn = []
    for number, (id_, unit) in enumerate(wanted, 1):
        part = whole[(whole["id"] == id_) & (whole["unit"] == unit)].tail(_YEARS)
        if len(part) > 2:
            drawn.append(_chart(f"chart-{number}", part, words))
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


def _chart(id_: str, part: pd.DataFrame, words: Words) -> Chart:
    months, last = part["month"].tolist(), next(iter(rows_of(part.tail(1))))
    top = float(part[["plotted", "upper"]].max().max())
    if last.kind == "share":
        ticks = tuple(Tick(at / 4, words.percent(at / 4)) for at in range(5))
    else:
        ticks = axes.counts(top, words)
    title = words.say("month.chart", what=_name(last, words), unit=_unit(last.unit, words))
    values = part["plotted"].astype(float)
    line = Series(
        name=words.say("month.col_value"),
        mark="line",
        values=tuple(values),
        said=tuple(
            words.say("month.said", month=words.month(m), value=_value(last.id, v, words))
            for m, v in zip(months, values, strict=True)
        ),
        unfinished=(False,) * len(part),
        band=(
            tuple(part["lower"].astype(float).clip(lower=0)),
            tuple(part["upper"].astype(float).clip(upper=1 if last.kind == "share" else None)),
        ),
    )
    rows = [
        row([words.month(m), _value(last.id, v, words), _usual(each, words)])
        for m, v, each in zip(months, values, rows_of(part), strict=True)
    ]
    table = Table(
        title, _columns("month", "value", "usually", words=words), tuple(reversed(rows)), folded=words.say("axis.show")
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
        panels=(Panel(_axis(last, words), ticks, (line,)),),
        below=words.say("month.band"),
        table=table,
    )


def _axis(figure: Any, words: Words) -> str:
    if figure.kind == "share":
        return words.say("month.axis_share")
    return words.say("month.axis_days" if figure.id.startswith(_DAYS) else "month.axis_cases")


def _fitness(said: MonthSaid, words: Words) -> Section:
    sentences = [words.say("month.fit")] if not said.warnings else []
    notes = Notes(words.say("month.fitness"), (*sentences, *(words.name(each.sentence) for each in said.warnings)))
    report = Elsewhere(said.report, words.say("month.report"), words.say("month.more_said"))
    blocks = (notes, report) if said.report else (notes,)
    return Section("fitness", words.say("month.nav_fitness"), words.say("month.fitness_title"), (), blocks)


def _name(figure: Any, words: Words) -> str:
    key = f"month.{figure.id.partition(':')[0].replace('.', '_')}"
    return words.say(key, name=words.quoted(figure.name)) if figure.name else words.say(key)


def _unit(unit: str, words: Words) -> str:
    return words.name(unit) if unit else words.say("month.all")


def _value(id_: str, value: float, words: Words) -> str:
    if isnan(value):
        return words.say("month.none")
    if id_.startswith(_DAYS):
        return words.days(value)
    return words.number(value) if id_.startswith("backlog.") else words.percent(value)


def _usual(each: Any, words: Words) -> str:
    if isnan(each.lower) or isnan(each.upper):
        return words.say("month.too_early")
    low, high = (_value(each.id, max(edge, 0), words) for edge in (each.lower, each.upper))
    return words.say("month.provisional" if each.provisional else "words.between", low=low, high=high)
