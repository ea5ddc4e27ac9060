"""A drawing and its figure show the same values in the same places, and no name in them is more than text."""

import json
import math
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_logs import HOSTILE, KINDS, made

from saksflyt.reports import axes, figures
from saksflyt.reports.charts import FEW_LABELS, bands, corners, drawn, labelled, names_beside, places, right
from saksflyt.reports.section import Chart, Panel, Series, Tick
from saksflyt.reports.sections import backlog, curve, throughput
from saksflyt.reports.words import Words

NB = Words("nb")
THEME = files("saksflyt.reports").joinpath("templates", "style.css").read_text(encoding="utf-8")


@cache
def charts(kind: str) -> list[Chart]:
    """Every chart that the report has of a log, each once."""
    parts = [throughput.section(made(kind), NB), backlog.section(made(kind), NB)]
    blocks = [*(block for part in parts if part for block in part.blocks), curve.chart(made(kind), NB)]
    return list({block.id: block for block in blocks if isinstance(block, Chart)}.values())


def chart_of(kind: str, id: str) -> Chart:
    (chart,) = [chart for chart in charts(kind) if chart.id == id]
    return chart


class Shapes(HTMLParser):
    """The elements of a drawing by tag, and the letters in it."""

    def __init__(self, drawing: str) -> None:
        super().__init__()
        self.found: dict[str, list[dict[str, str]]] = {}
        self.letters = ""
        self.feed(drawing)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.setdefault(tag, []).append({name: value or "" for name, value in attrs})

    def handle_data(self, data: str) -> None:
        self.letters += data


def text_of(figure: dict) -> list[str]:
    """Every string in a figure."""
    if isinstance(figure, str):
        return [figure]
    parts = figure.values() if isinstance(figure, dict) else figure if isinstance(figure, list) else ()
    return [text for part in parts for text in text_of(part)]


def test_most_logs_have_charts() -> None:
    assert sum(len(charts(kind)) for kind in KINDS) >= len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_drawings_hold_every_value(kind: str) -> None:
    for chart in charts(kind):
        assert_holds_every_value(chart)


def assert_holds_every_value(chart: Chart) -> None:
    shapes = Shapes(drawn(chart)).found
    points, bars = shapes.get("circle", []), shapes.get("rect", [])
    curves = [corners_of(path["d"]) for path in shapes.get("path", []) if path["class"].startswith("line")]
    place_of = {id(series): place for place in places(chart)[0] for series in place.panel.series}
    for panel in chart.panels:
        for series in panel.series:
            place = place_of[id(series)]
            known = [value for value in series.values if math.isfinite(value)]
            if series.mark == "steps":
                ends = [(x / 1000 * chart.length, y) for x, y in curves.pop(0)][::2]
                assert [y for _, y in ends] == [place.y(value) for value in known]
                assert [x for x, _ in ends] == pytest.approx(series.places, abs=chart.length / 10_000)
                continue
            marks, points, bars = (
                (bars[: len(known)], points, bars[len(known) :])
                if series.mark == "bars"
                else (points[: len(known)], points[len(known) :], bars)
            )
            tops = [float(mark["y" if series.mark == "bars" else "cy"]) for mark in marks]
            assert tops == [place.y(value) for value in known]
            assert all(place.top <= top <= place.top + place.height for top in tops)
            hollow = [
                mark for mark, value in zip(series.unfinished, series.values, strict=True) if math.isfinite(value)
            ]
            assert ["unfinished" in mark["class"] for mark in marks] == hollow
    assert points == bars == curves == []


def corners_of(path: str) -> list[tuple[float, float]]:
    """The points of a path of straight lines."""
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_figures_show_what_the_drawings_show(kind: str) -> None:
    for chart in charts(kind):
        assert_shows_what_its_drawing_shows(chart)


def assert_shows_what_its_drawing_shows(chart: Chart) -> None:
    figure = json.loads(figures.figure(chart))
    shown = [trace for trace in figure["data"] if trace.get("hoverinfo") != "skip"]
    series = [series for panel in chart.panels for series in panel.series]
    for trace, each in zip(shown, series, strict=True):
        assert trace["y"] == [value if math.isfinite(value) else None for value in each.values]
        assert trace["text"] == [figures.literal(said) for said in each.said]
    panels, height = places(chart)
    layout = figure["layout"]
    assert layout["height"] == height and layout["margin"]["r"] == right(chart)
    inner = height - layout["margin"]["t"] - layout["margin"]["b"]
    for axis, place in zip(["yaxis", "yaxis2"], panels, strict=False):
        low, high = layout[axis]["domain"]
        assert (1 - high) * inner + layout["margin"]["t"] == pytest.approx(place.top)
        assert (high - low) * inner == pytest.approx(place.height)
    assert "template" not in layout


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_names_only_colours_of_the_page(kind: str) -> None:
    for chart in charts(kind):
        used = set(re.findall(r"var\((--[\w-]+)\)", figures.figure(chart)))
        assert used and all(f"{name}: #" in THEME for name in used)


def hostile_chart() -> Chart:
    """The chart of two years, with hostile words in every place that holds words."""
    chart = chart_of("two years", "months")
    bad = "".join(HOSTILE[:6]) + '<a href="https://evil.example">x</a><b>y</b>&amp;'
    series = tuple(
        replace(s, name=bad, said=(bad,) * len(s.said), band=(s.values, s.values)) for s in chart.panels[0].series
    )
    panel = Panel(bad, tuple(Tick(t.at, bad) for t in chart.panels[0].ticks), series, (Tick(1, bad), Tick(9, bad)))
    return replace(chart, panels=(panel,), ticks=tuple(Tick(t.at, bad, bad) for t in chart.ticks))


def test_hostile_words_are_letters_in_the_drawing() -> None:
    shapes = Shapes(drawn(hostile_chart()))
    assert set(shapes.found) == {"svg", "text", "line", "circle", "title", "path"}
    assert "<b>y</b>&amp;" in shapes.letters
    assert not any(name.startswith("on") or name == "style" for each in shapes.found["text"] for name in each)


def test_hostile_words_are_letters_in_the_figure() -> None:
    raw = figures.figure(hostile_chart())
    assert not set(raw) & set("<>&\u2028\u2029")
    texts = text_of(json.loads(raw))
    marked = {tag for text in texts for tag in re.findall(r"<[^>]*>", text)}
    assert marked == {"<br>", "<extra>", "</extra>"}
    assert any("&lt;b&gt;y&lt;/b&gt;&amp;amp;" in text for text in texts)


def test_a_figure_is_small() -> None:
    for kind in ("two years", "ten years", "a pile that grows"):
        for chart in charts(kind):
            assert len(figures.figure(chart)) < (12_000 if chart.id != "in_progress" else 40_000)


def test_the_library_can_lie_in_its_element() -> None:
    script = figures.library()
    assert "</script" not in script.lower() and "<!--" not in script and "\r" not in script


def test_a_line_is_broken_where_there_is_no_value() -> None:
    values = (1.0, math.nan, 3.0, 4.0)
    line = Series("a", "line", values, ("",) * 4, (False, False, False, True))
    chart = replace(
        chart_of("two years", "months"), names=("",) * 4, panels=(Panel("", (Tick(0, "0"), Tick(4, "4")), (line,)),)
    )
    lines = [shape["class"] for shape in Shapes(drawn(chart)).found["line"] if shape["class"].startswith("line")]
    assert lines == ["line main unfinished"]
    solid, dashed, points = json.loads(figures.figure(chart))["data"]
    assert solid["y"] == [1, None, 3, None] and dashed["y"] == [None, None, 3, 4] and points["y"] == [1, None, 3, 4]


def field(series: Series, top: float = 1.0, until: float = 0.0) -> Chart:
    """A chart of one series."""
    ticks = (Tick(0, "0"), Tick(top, "1"))
    names = () if until else ("",) * len(series.values)
    panel = Panel("", ticks, (series,))
    return replace(chart_of("two years", "months"), names=names, ticks=ticks, panels=(panel,), until=until)


@st.composite
def falling(draw: st.DrawFn) -> Series:
    """A curve in steps that falls from 1, with an interval around it."""
    count = draw(st.integers(1, 40))
    parts = st.lists(st.floats(0, 1), min_size=count, max_size=count)
    values = sorted([1.0, *draw(parts)], reverse=True)
    at = (0.0, *sorted(draw(st.lists(st.floats(0, 400), min_size=count, max_size=count, unique=True))))
    lows = tuple(value * share for value, share in zip(values, [1.0, *draw(parts)], strict=True))
    highs = tuple(value + (1 - value) * share for value, share in zip(values, [0.0, *draw(parts)], strict=True))
    return Series("", "steps", tuple(values), ("",) * len(at), (False,) * len(at), at=at, band=(lows, highs))


@settings(max_examples=40)
@given(falling())
def test_a_curve_falls_in_steps_inside_the_field_and_its_band(series: Series) -> None:
    chart = field(series, until=401.0)
    (place,) = places(chart)[0]
    paths = [(path["class"], path["d"]) for path in Shapes(drawn(chart)).found["path"]]
    (band,), (line,) = ([corners_of(d) for kind, d in paths if kind.startswith(name)] for name in ("band", "line"))
    for (x, y), (next_x, next_y) in pairwise(line):
        assert x <= next_x and y <= next_y and (x == next_x or y == next_y)
    assert len(line) == 2 * len(series.values) - 1 and len(band) == 2 * len(line)
    assert all(0 <= x <= 1000 and place.top <= y <= place.top + place.height for x, y in band + line)
    lower, upper = band[: len(line)], band[len(line) :][::-1]
    for (x, y), (low_x, low_y), (high_x, high_y) in zip(line, lower, upper, strict=True):
        assert x == low_x == high_x and high_y <= y <= low_y
    assert drawn(chart) == drawn(replace(chart)) and figures.figure(chart) == figures.figure(replace(chart))


@settings(max_examples=40)
@given(falling())
def test_the_figure_has_the_band_of_the_drawing(series: Series) -> None:
    chart = field(series, until=401.0)
    band, curve = json.loads(figures.figure(chart))["data"]
    (outline,) = bands(series, 1.0)
    assert list(zip(band["x"], band["y"], strict=True)) == [*outline, outline[0], (None, None)]
    assert curve["x"] == list(series.places) and curve["y"] == list(series.values) and curve["line"]["shape"] == "hv"


def test_corners_worked_by_hand() -> None:
    assert corners((0, 2, 5), (1, 0.5, 0.2)) == [(0, 1), (2, 1), (2, 0.5), (5, 0.5), (5, 0.2)]


def test_a_band_is_broken_where_there_is_none_and_ends_at_the_top() -> None:
    nan, inf = math.nan, math.inf
    series = Series(
        *("", "line", (1.0, 2.0, 3.0, nan, 2.0), ("",) * 5, (False,) * 5),
        band=((0.5, nan, 2.0, 1.0, 1.0), (1.5, nan, inf, 2.0, 9.0)),
    )
    assert bands(series, 4.0) == [
        [(0.5, 0.5), (0.5, 1.5)],
        [(2.5, 2.0), (2.5, 4.0)],
        [(4.5, 1.0), (4.5, 4.0)],
    ]
    band = json.loads(figures.figure(field(series, 4.0)))["data"][0]
    assert band["x"] == [0.5, 0.5, 0.5, None, 2.5, 2.5, 2.5, None, 4.5, 4.5, 4.5, None]
    shapes = Shapes(drawn(field(series, 4.0))).found
    assert shapes["path"][0]["d"].count("M") == shapes["path"][0]["d"].count("Z") == 3
    assert bands(replace(series, band=()), 4.0) == []


def test_the_band_lies_below_the_line() -> None:
    chart = chart_of("a pile that grows", "curve")
    text = str(drawn(chart))
    assert text.index('class="band') < text.index('class="line')


def test_one_line_alone_is_not_named_beside() -> None:
    chart = chart_of("a pile that grows", "in_progress")
    assert not any(names_beside(place) for place in places(chart)[0]) and right(chart) == 12


def test_many_points_are_small() -> None:
    def radii(count: int) -> set[str]:
        series = Series("", "line", (1.0,) * count, ("",) * count, (False,) * count)
        return {shape["r"] for shape in Shapes(drawn(field(series))).found["circle"]}

    assert radii(60) == {"4"} and radii(61) == {"2"}


def test_names_beside_lines_do_not_stand_on_each_other() -> None:
    for kind in ("two years", "no time passes", "small"):
        for chart in charts(kind):
            for place in places(chart)[0]:
                ys = [y for _, y in names_beside(place)]
                assert all(below - above >= 17 for above, below in pairwise(ys))


def test_labels_are_as_many_as_there_is_room_for() -> None:
    ticks = tuple(Tick(n + 0.5, f"{n}", str(n // 12)) for n in range(36))
    chart = replace(chart_of("two years", "months"), ticks=ticks)
    shown = labelled(chart)
    assert len(shown) <= 13 and [tick.under for tick in shown] == ["0", "", "", "", "1", "", "", "", "2", "", "", ""]
    assert len(labelled(chart, FEW_LABELS)) <= FEW_LABELS


@given(st.floats(0, 1e6), st.sampled_from([NB, Words("nb", whole_days=True)]))
def test_an_axis_begins_at_nothing_and_reaches_the_largest(largest: float, words: Words) -> None:
    unit, times = axes.durations(largest, words)
    assert unit == "days" or not words.whole_days
    for ticks in (axes.counts(largest, words), times):
        at = [tick.at for tick in ticks]
        assert at[0] == 0 and at == sorted(set(at)) and 2 <= len(at) <= 6
        assert at[-1] >= largest * (1 - 1e-9) and (len(at) == 2 or at[-2] < largest * (1 + 1e-9))
        assert len({tick.text for tick in ticks}) == len(ticks)
