"""A drawing and its figure show the same values in the same places, and no name in them is more than text."""

import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_logs import HOSTILE, KINDS, made

from saksflyt.reports import axes, figures
from saksflyt.reports.charts import FEW_LABELS, drawn, labelled, names_beside, places, right
from saksflyt.reports.section import Chart, Panel, Series, Tick
from saksflyt.reports.sections import throughput
from saksflyt.reports.words import Words

NB = Words("nb")
THEME = files("saksflyt.reports").joinpath("templates", "style.css").read_text(encoding="utf-8")


def charts(kind: str) -> list[Chart]:
    return [block for block in throughput.section(made(kind), NB).blocks if isinstance(block, Chart)]


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


ALL = [(kind, number) for kind in KINDS for number in range(len(charts(kind)))]


def test_most_logs_have_charts() -> None:
    assert len(ALL) >= len(KINDS)


@pytest.mark.parametrize(("kind", "number"), ALL)
def test_the_drawing_holds_every_value(kind: str, number: int) -> None:
    chart = charts(kind)[number]
    shapes = Shapes(drawn(chart)).found
    points, bars = shapes.get("circle", []), shapes.get("rect", [])
    place_of = {id(series): place for place in places(chart)[0] for series in place.panel.series}
    for panel in chart.panels:
        for series in panel.series:
            place = place_of[id(series)]
            known = [value for value in series.values if math.isfinite(value)]
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
    assert points == bars == []


@pytest.mark.parametrize(("kind", "number"), ALL)
def test_the_figure_shows_what_the_drawing_shows(kind: str, number: int) -> None:
    chart = charts(kind)[number]
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


@pytest.mark.parametrize(("kind", "number"), ALL)
def test_a_figure_names_only_colours_of_the_page(kind: str, number: int) -> None:
    used = set(re.findall(r"var\((--[\w-]+)\)", figures.figure(charts(kind)[number])))
    assert used and all(f"{name}: #" in THEME for name in used)


def hostile_chart() -> Chart:
    """The chart of two years, with hostile words in every place that holds words."""
    chart = charts("two years")[1]
    bad = "".join(HOSTILE[:6]) + '<a href="https://evil.example">x</a><b>y</b>&amp;'
    series = tuple(replace(s, name=bad, said=(bad,) * len(s.said)) for s in chart.panels[0].series)
    panel = Panel(bad, tuple(Tick(t.at, bad) for t in chart.panels[0].ticks), series, (Tick(1, bad), Tick(9, bad)))
    return replace(chart, panels=(panel,), ticks=tuple(Tick(t.at, bad, bad) for t in chart.ticks))


def test_hostile_words_are_letters_in_the_drawing() -> None:
    shapes = Shapes(drawn(hostile_chart()))
    assert set(shapes.found) == {"svg", "text", "line", "circle", "title"}
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
    assert all(len(figures.figure(chart)) < 12_000 for kind in ("two years", "ten years") for chart in charts(kind))


def test_the_library_can_lie_in_its_element() -> None:
    script = figures.library()
    assert "</script" not in script.lower() and "<!--" not in script and "\r" not in script


def test_a_line_is_broken_where_there_is_no_value() -> None:
    values = (1.0, math.nan, 3.0, 4.0)
    line = Series("a", "line", values, ("",) * 4, (False, False, False, True))
    chart = replace(charts("two years")[1], names=("",) * 4, panels=(Panel("", (Tick(0, "0"), Tick(4, "4")), (line,)),))
    lines = [shape["class"] for shape in Shapes(drawn(chart)).found["line"] if shape["class"].startswith("line")]
    assert lines == ["line main unfinished"]
    solid, dashed, points = json.loads(figures.figure(chart))["data"]
    assert solid["y"] == [1, None, 3, None] and dashed["y"] == [None, None, 3, 4] and points["y"] == [1, None, 3, 4]


def test_names_beside_lines_do_not_stand_on_each_other() -> None:
    for kind in ("two years", "no time passes", "small"):
        for chart in charts(kind):
            for place in places(chart)[0]:
                ys = [y for _, y in names_beside(place)]
                assert all(below - above >= 17 for above, below in pairwise(ys))


def test_labels_are_as_many_as_there_is_room_for() -> None:
    ticks = tuple(Tick(n + 0.5, f"{n}", str(n // 12)) for n in range(36))
    chart = replace(charts("two years")[1], ticks=ticks)
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
