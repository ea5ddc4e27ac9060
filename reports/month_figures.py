"""The figures of a month in words: what each is called, what it is, how it usually varies, and how it went before.

Its parts are shared by the page of a month (:mod:`.month_page`) and the one of all months (:mod:`.months_page`).
"""

from __future__ import annotations

from math import isnan
from typing import Any

import pandas as pd

from .section import Column, Row, Section, Table, row, rows_of
from .spark import Spark, SparkCell
from .words import Words

DRIFT = "drift."
SHOWN = 36  # months in a chart
_DAYS = ("throughput.", "waiting.", "backlog.median_age_days")
_ROLES = {"what": "name", "months": "spark", "value": "number", "of": "number"}
_COLUMNS = ("what", "months", "value", "of", "usually", "meaning")


def figures_section(judged: pd.DataFrame, earlier: pd.DataFrame, words: Words) -> Section:
    """All figures of a month, in all and for each unit. judged, earlier : see :class:`.month_page.MonthSaid`

    The ways that the cases went are told in sentences (:mod:`.month_drift`)."""
    judged = judged[~judged["id"].str.startswith(DRIFT)]
    whole = pd.concat([earlier, judged], ignore_index=True)
    series = {key: part.tail(SHOWN) for key, part in whole.groupby(["id", "unit"])}
    return Section(
        "figures",
        words.say("month.nav_figures"),
        words.say("month.figures_title"),
        (words.say("month.how"),),
        tuple(_table(str(unit), part, series, words) for unit, part in judged.groupby("unit", sort=False)),
    )


def _table(unit: str, judged: pd.DataFrame, series: dict[Any, pd.DataFrame], words: Words) -> Table:
    """Those of a unit are folded under what can be said of them in one line."""
    odd = int(judged["meaning"].isin(["better", "worse", "different"]).sum())
    rows = tuple(figure_row(each, series[each.id, each.unit], words) for each in rows_of(judged))
    folded = words.say("month.of_unit", odd, unit=words.name(unit), total=words.number(len(rows))) if unit else ""
    caption = words.say("month.figures", unit=unit_of(unit, words))
    return Table(caption, columns(*_COLUMNS, words=words), rows, folded=folded)


def figure_row(each: Any, months: pd.DataFrame, words: Words) -> Row:
    """A figure, with the months up to it. months : oldest first, this one last"""
    return row(
        [
            name_of(each, words),
            SparkCell(spark=spark(months)),
            value_of(each.id, each.plotted, words),
            words.number(each.total),
            usual_of(each, words),
            words.say(f"month.meaning_{each.meaning or 'unknown'}"),
        ]
    )


def spark(months: pd.DataFrame) -> Spark:
    """The months as a small drawing."""
    values, lower, upper = (tuple(months[name].astype(float)) for name in ("plotted", "lower", "upper"))
    return Spark(values, lower, upper, "warn" if months["meaning"].iloc[-1] == "worse" else "main")


def columns(*names: str, words: Words) -> tuple[Column, ...]:
    """The columns of a table by their names."""
    return tuple(Column(words.say(f"month.col_{name}"), _ROLES.get(name, "text")) for name in names)


def is_days(id_: str) -> bool:
    """Is the figure a number of days?"""
    return id_.startswith(_DAYS)


def name_of(figure: Any, words: Words) -> str:
    """What a figure is called. figure : with ``id`` and ``name``"""
    key = f"month.{figure.id.partition(':')[0].replace('.', '_')}"
    return words.say(key, name=words.quoted(figure.name)) if figure.name else words.say(key)


def unit_of(unit: str, words: Words) -> str:
    """A unit, or all of them."""
    return words.name(unit) if unit else words.say("month.all")


def value_of(id_: str, value: float, words: Words) -> str:
    """A value of a figure: days, cases or a share."""
    if isnan(value):
        return words.say("month.none")
    if is_days(id_):
        return words.days(value)
    return words.number(value) if id_.startswith("backlog.") else words.percent(value)


def usual_of(each: Any, words: Words) -> str:
    """Between which values a figure usually lies. each : with ``id``, ``lower``, ``upper`` and ``provisional``"""
    if isnan(each.lower) or isnan(each.upper):
        return words.say("month.too_early")
    low, high = (value_of(each.id, max(edge, 0), words) for edge in (each.lower, each.upper))
    return words.say("month.provisional" if each.provisional else "words.between", low=low, high=high)
