"""The curve says what the measure says: where it passes one half, what is left after so many days, and how sure it is."""

import math
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_logs import KINDS, made

from saksflyt.mining.findings import Findings
from saksflyt.mining.kaplan_meier import kaplan_meier
from saksflyt.mining.throughput import figures_of
from saksflyt.reports.section import Chart
from saksflyt.reports.sections import curve
from saksflyt.reports.words import LOCALES, Words

NB = Words("nb")

followed = st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=2, max_size=60)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def findings_with(times: list[float], ended: list[bool]) -> Findings:
    """As if a log had these cases, each followed for so many days until it ended or the log did."""
    shape = kaplan_meier(times, ended)
    columns = {"days": shape.times, "at_risk": shape.at_risk, "ended": shape.ended}
    columns |= {"survival": shape.survival, "survival_low": shape.low, "survival_high": shape.high}
    figures = figures_of(shape, len(times), max(times))
    groups = pd.DataFrame([{"cases": len(times), "withdrawn": 0, **figures}])
    findings = made("a pile that grows")
    result = replace(
        findings.throughput,
        curves=pd.DataFrame(columns),
        groups=groups,
        open_cases=len(ended) - sum(ended),
        withdrawn=0,
        median_days=figures["median_days"],
        p90_days=figures["p90_days"],
    )
    return replace(findings, throughput=result)


def chart_of(times: list[float], ended: list[bool]) -> Chart:
    chart = curve.chart(findings_with(times, ended), NB)
    assert chart is not None
    return chart


@given(followed)
def test_every_value_drawn_is_one_of_the_measure_and_none_is_far_from_it(cases):
    times, ended = [float(time) for time, _ in cases], [over for _, over in cases]
    findings = findings_with(times, ended)
    chart = curve.chart(findings, NB)
    if all(ended) or not any(ended):
        assert chart is None
        return
    assert chart is not None
    truth = findings.throughput.curves
    (series,) = chart.panels[0].series
    held = dict(zip(truth["days"], truth["survival"], strict=True))
    assert series.places[0] == 0 and series.values[0] == 1
    assert all(held[day] == value for day, value in zip(series.places[1:], series.values[1:], strict=True))
    assert series.places[-1] == chart.until <= truth["days"].iloc[-1]
    low, high = series.band  # type: ignore[misc]
    assert all(a <= b <= c for a, b, c in zip(low, series.values, high, strict=True))
    for day, part in held.items():
        if day <= chart.until:
            drawn = max((at, value) for at, value in zip(series.places, series.values, strict=True) if at <= day)[1]
            assert 0 <= drawn - part < 0.004 + 1e-12
    assert chart.panels[0].ticks[-1].at == 1 and all(tick.at <= chart.until for tick in chart.ticks)


def test_of_many_small_steps_those_that_can_be_seen_are_drawn():
    # A thousand cases end one day after the other; two are left. After day 992 under one in a hundred is not over.
    chart = chart_of([float(n) for n in range(1, 1001)] + [1000.0, 1000.0], [True] * 1000 + [False] * 2)
    ((series,), (followed,)) = (panel.series for panel in chart.panels)
    assert series.places[:4] == (0, 5, 10, 15) and series.places[-1] == chart.until == 992
    falls = [before - after for before, after in pairwise(series.values)]
    assert all(0.004 <= fall < 0.006 for fall in falls[:-1]) and len(series.places) < 252
    assert followed.places == series.places and followed.values[-1] == 11


def test_worked_by_hand():
    # Ten cases end on days 1 to 10; ten more are followed to day 10. After day 5, 5 of 20 are over.
    times = [float(n) for n in range(1, 11)] + [10.0] * 10
    chart = chart_of(times, [True] * 10 + [False] * 10)
    (series,), (followed,) = (panel.series for panel in chart.panels)
    assert series.places == tuple(float(n) for n in range(11))
    assert series.values == pytest.approx([1 - n / 20 for n in range(11)])
    assert followed.values == (20, *(20 - n for n in range(10)))
    assert plain(chart.title) == "50 % av sakene er ikke ferdige etter 10 dager, når de åpne regnes med"
    assert [plain(line.text) for line in chart.panels[0].lines] == ["halvparten ferdige: 10 dager"]
    assert [tick.at for tick in chart.ticks] == [0, 2, 4, 6, 8, 10]
    rows = [[plain(cell.text) for cell in row.cells] for row in chart.table.rows]
    assert [row[0] for row in rows] == ["2,0 dager", "4,0 dager", "6,0 dager", "8,0 dager", "10 dager"]
    assert [row[2] for row in rows] == ["90 %", "80 %", "70 %", "60 %", "50 %"]
    assert [row[4] for row in rows] == ["19", "17", "15", "13", "11"]
    assert "ni av ti ferdige" in plain(chart.below)


def test_what_is_not_reached_is_said():
    chart = chart_of([1.0] * 4 + [9.0] * 16, [True] * 4 + [False] * 16)
    assert plain(chart.title) == "80 % av sakene er ikke ferdige etter 24 timer, når de åpne regnes med"
    assert "Så langt er ikke halvparten ferdige." in chart.below
    assert chart.panels[0].lines == ()


def test_the_curve_ends_where_few_are_followed_or_nearly_all_are_over():
    # On days 1 to 20 a case ends and one is left; from day 16 on fewer than ten are followed.
    days = [float(n) for n in range(1, 21)]
    few = chart_of(days * 2, [True] * 20 + [False] * 20)
    assert few.until == 16 and "færre enn ti saker følges" in few.below
    over = chart_of([1.0] * 990 + [2.0] * 9 + [500.0] * 20, [True] * 999 + [False] * 5 + [True] * 15)
    assert over.until == 500 and "gjenstår" not in over.below
    nearly = chart_of([1.0] * 1990 + [2.0] * 9 + [500.0] * 20, [True] * 1999 + [False] * 5 + [True] * 15)
    assert nearly.until == 2 and "under 1 % gjenstår" in plain(nearly.below)


def test_fewer_cases_than_the_limit_are_all_shown():
    chart = chart_of([1.0, 2.0, 3.0, 4.0], [True, True, True, False])
    assert chart.until == 3 and "færre enn ti" not in chart.below


@pytest.mark.parametrize("kind", ["small", "small closed", "one case", "no finished month"])
def test_without_open_cases_there_is_none(kind: str) -> None:
    assert curve.chart(made(kind), NB) is None


@pytest.mark.parametrize("lang", LOCALES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_marks_are_the_figures_of_all_cases(kind: str, lang: str) -> None:
    words, findings = Words(lang), made(kind)
    chart = curve.chart(findings, words)
    if chart is None:
        return
    times = findings.throughput
    known = [days for days in (times.median_days, times.p90_days) if days <= chart.until]
    assert [line.at for line in chart.panels[0].lines] == known
    (series,) = chart.panels[0].series
    for at, part in zip([line.at for line in chart.panels[0].lines], (0.5, 0.1), strict=False):
        before = [value for day, value in zip(series.places, series.values, strict=True) if day < at]
        after = [value for day, value in zip(series.places, series.values, strict=True) if day <= at]
        assert after[-1] <= part + 0.004 and before[-1] > part - 1e-9
    assert len(series.values) <= 252


def test_the_band_of_the_months_has_no_end_where_the_interval_has_none():
    frame = pd.DataFrame({"low": [1.0, math.nan, 2.0], "high": [3.0, math.nan, math.nan]})
    lows, highs = curve.month_band(frame)
    assert lows[::2] == (1.0, 2.0) and highs[::2] == (3.0, math.inf) and math.isnan(lows[1]) and math.isnan(highs[1])


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(8.2, 12.4, "8,2 til 12 dager"), (20, math.nan, "minst 20 dager"), (math.nan, math.nan, "")],
)
def test_an_interval_in_words(low: float, high: float, said: str) -> None:
    assert plain(curve.interval(low, high, NB)) == said
