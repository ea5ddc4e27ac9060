"""How does a chart answer to pointing? The only file that knows plotly.

The figure is data in the page; plotly's own script is text in it that nothing runs until a chart comes into view.
Every word of it is ours, so numbers read the same in the drawing, in the figure and in the table. Colours are names of
the page's own: ``charts.js`` puts in those of the theme that is on.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cache
from typing import Any

from markupsafe import Markup

from .charts import FEW_LABELS, LEFT, ROOM, Place, bands, labelled, names_beside, places, radius, right
from .section import Chart, Series, Tick

# What ends a script element, and what ends a line in a script but not in JSON.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}

_COLOURS = {"main": "var(--blue)", "side": "var(--steel)"}
_PALE = {"main": "var(--blue-pale)", "side": "var(--grey-pale)"}
_INKS = {"main": "var(--blue)", "side": "var(--steel-ink)"}


@cache
def library() -> str:
    """Plotly's script, as it lies in its wheel."""
    from plotly.offline import get_plotlyjs  # a third of a second, and only the full report needs it

    return get_plotlyjs()


def figure(chart: Chart) -> Markup:
    """The chart as JSON for plotly, safe inside a script element."""
    import plotly.graph_objects as go

    panels, height = places(chart)
    traces: list[dict[str, Any]] = []
    layout = _layout(chart, panels, height)
    for number, place in enumerate(panels):
        axis = "y" if number == 0 else f"y{number + 1}"
        made = [_band(place, series) for series in place.panel.series if series.band]
        for series in place.panel.series:
            made += _MADE[series.mark](series)
        traces += [{**trace, "yaxis": axis} for trace in made]
        layout["shapes"] += [_mark(place, number, axis) for number in range(len(place.panel.lines))]
    # Plotly checks every name and value here; the template it adds is thousands of letters that we do not use.
    plain = go.Figure(data=traces, layout=layout).to_plotly_json()
    plain["layout"].pop("template", None)
    few = {
        "tickvals": [t.at for t in labelled(chart, FEW_LABELS)],
        "ticktext": _tick_texts(labelled(chart, FEW_LABELS)),
    }
    text = json.dumps({**plain, "few": few}, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=list)
    return Markup(text.translate(_ESCAPES))


def literal(text: str) -> str:
    """A text that plotly shows as it is: its labels would take tags and links from it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _layout(chart: Chart, panels: tuple[Place, ...], height: int) -> dict[str, Any]:
    top, bottom = panels[0].top, panels[-1].top + panels[-1].height
    inner = bottom - top
    layout: dict[str, Any] = {
        "height": height,
        "margin": {"l": LEFT, "r": right(chart), "t": top, "b": height - bottom, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "dragmode": False,
        "bargap": 0.2,
        "hovermode": "x",
        "hoverdistance": -1,  # the nearest place answers, however far
        "hoverlabel": {"bgcolor": "var(--card)", "bordercolor": "var(--soft)", "font": {"color": "var(--ink)"}},
        "font": {"color": "var(--soft)", "size": 13},
        "annotations": [],
        "shapes": [],
        "xaxis": {
            "range": [0, chart.length],
            "fixedrange": True,
            "anchor": "y" if len(panels) == 1 else f"y{len(panels)}",
            "showgrid": False,
            "zeroline": False,
            "tickvals": [tick.at for tick in labelled(chart)],
            "ticktext": _tick_texts(labelled(chart)),
            "tickangle": 0,
        },
    }
    for number, place in enumerate(panels):
        above = (place.top - top) / inner
        layout["yaxis" if number == 0 else f"yaxis{number + 1}"] = _value_axis(place, above, inner)
        layout["annotations"] += _texts(chart, place, top, inner)
    return layout


def _value_axis(place: Place, above: float, inner: int) -> dict[str, Any]:
    ticks = place.panel.ticks
    return {
        "domain": [max(1 - above - place.height / inner, 0), 1 - above],
        "range": [0, ticks[-1].at * 1.001],  # a line at the very end is not drawn
        "fixedrange": True,
        "zerolinecolor": "var(--soft)",
        "gridcolor": "var(--rule)",
        "tickvals": [tick.at for tick in ticks],
        "ticktext": _tick_texts(ticks),
    }


def _texts(chart: Chart, place: Place, top: int, inner: int) -> list[dict[str, Any]]:
    """The panel's title, the names of its lines and its marks, where the drawing has them."""
    plain = {"xref": "paper", "yref": "paper", "showarrow": False, "yanchor": "middle", "xanchor": "left"}

    def down(y: float) -> float:
        return 1 - (y - top) / inner

    texts = [{**plain, "x": 0, "y": down(place.title - 4), "text": literal(place.panel.title)}]
    for series, y in names_beside(place):
        font = {"font": {"color": _INKS[series.tone], "weight": "bold"}}
        texts.append(
            {**plain, "x": 1, "y": down(y), "xshift": 8, "text": literal(series.name), "name": "beside"} | font
        )
    for number, line in enumerate(place.panel.lines):
        at = line.at / chart.length
        side = {"xanchor": "right", "xshift": -4} if at > ROOM else {"xshift": 4}
        text = {"x": at, "y": down(place.mark(number) - 4), "text": literal(line.text), "bgcolor": "var(--paper)"}
        text["font"] = {"color": "var(--ink)"}
        texts.append({**plain, **text, **side})
    return texts


def _band(place: Place, series: Series) -> dict[str, Any]:
    """Outlines one after the other, with a break between them."""
    around: list[tuple[float | None, float | None]] = []
    for outline in bands(series, place.panel.ticks[-1].at):
        around += [*outline, outline[0], (None, None)]
    return {
        "type": "scatter",
        "mode": "lines",
        "hoverinfo": "skip",
        "fill": "toself",
        "fillcolor": _PALE[series.tone],
        "line": {"color": _COLOURS[series.tone], "width": 0.75},
        "opacity": 0.7,
        "x": [x for x, _ in around],
        "y": [y for _, y in around],
    }


def _bars(series: Series) -> list[dict[str, Any]]:
    colour = _COLOURS[series.tone]
    return [
        {
            "type": "bar",
            "x": list(series.places),
            "y": list(series.values),
            "marker": {
                "color": ["var(--paper)" if unfinished else colour for unfinished in series.unfinished],
                "line": {"color": colour, "width": [1.5 if unfinished else 0 for unfinished in series.unfinished]},
            },
            **_said(series),
        }
    ]


def _steps(series: Series) -> list[dict[str, Any]]:
    line = {"color": _COLOURS[series.tone], "width": 2.5, "shape": "hv"}
    curve = {"type": "scatter", "mode": "lines", "x": list(series.places), "y": list(series.values), "line": line}
    return [curve | _said(series)]


def _points(series: Series) -> list[dict[str, Any]]:
    """The line, broken where a value is not finished; there a dashed one; and the points, which answer."""
    colour = _COLOURS[series.tone]
    marks = series.unfinished
    near = [any(marks[max(n - 1, 0) : n + 2]) for n in range(len(marks))]
    finished = [value if not mark else math.nan for value, mark in zip(series.values, marks, strict=True)]
    dashed = [value if mark else math.nan for value, mark in zip(series.values, near, strict=True)]
    plain = {"type": "scatter", "x": list(series.places)}
    line = {"mode": "lines", "hoverinfo": "skip", **plain}
    return [
        {**line, "y": _known(finished), "line": {"color": colour, "width": 2.5}},
        {**line, "y": _known(dashed), "line": {"color": colour, "width": 2, "dash": "dot"}},
        {
            **plain,
            "mode": "markers",
            "cliponaxis": False,
            "y": _known(series.values),
            "marker": {
                "size": 2 * radius(series),
                "color": ["var(--paper)" if mark else colour for mark in marks],
                "line": {"color": colour, "width": 2},
            },
            **_said(series),
        },
    ]


# How each mark of a series is made.
_MADE: dict[str, Callable[[Series], list[dict[str, Any]]]] = {"bars": _bars, "line": _points, "steps": _steps}


def _mark(place: Place, number: int, axis: str) -> dict[str, Any]:
    at = place.panel.lines[number].at
    top = 1 + (place.top - place.mark(number) + 10) / place.height
    stroke = {"color": "var(--ink)", "width": 1.5, "dash": "dash"}
    return {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": top, "yref": f"{axis} domain", "line": stroke}


def _said(series: Series) -> dict[str, Any]:
    """What a place says. It says where it is, so the axis shall not: it would show a number that is written nowhere."""
    said = {"text": [literal(said) for said in series.said], "hovertemplate": "%{text}<extra></extra>"}
    return said | {"hoverinfo": "text"} | ({"textposition": "none"} if series.mark == "bars" else {})


def _known(values: Any) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values]


def _tick_texts(ticks: tuple[Tick, ...]) -> list[str]:
    return [literal(tick.text) + (f"<br>{literal(tick.under)}" if tick.under else "") for tick in ticks]
