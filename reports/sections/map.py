"""How do the cases really go, as a picture?

The straight line is the intended flow, or the most common way while the office has not said how cases are meant to go,
and the text says which. What the picture leaves out at each level is said beside it, and everything on it stands in a
table too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from markupsafe import Markup

from ...mining.findings import Findings
from ..process_map.drawing import picture
from ..process_map.model import Arrow, ProcessMap, process_map
from ..process_map.wording import VIEWS, highest, name
from ..section import Cell, Column, Section, Table, row
from ..words import Words
from .routes import USUAL

if TYPE_CHECKING:
    from ...mining.intended import Intended

ID = "map"
_YES_NO = {None: "unknown", True: "yes", False: "no"}
_TOOLS = {"in": "M8 3v10M3 8h10", "out": "M3 8h10", "whole": "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3"}


@dataclass(frozen=True)
class Choice:
    """Something that the reader may choose to see. ``about``: what is shown then."""

    id: str
    name: str
    about: str
    chosen: bool


@dataclass(frozen=True)
class Tool:
    """A button that a script brings to life. ``icon``: the path of its picture, 16 by 16."""

    id: str
    name: str
    icon: str


@dataclass(frozen=True)
class Sign:
    """An entry of the legend. ``id``: the kind of line."""

    id: str
    text: str


@dataclass(frozen=True)
class Beside:
    """Steps that are no part of the order, as a strip beside the map. steps : each with its cases, ready to read"""

    title: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class MapBlock:
    """The map with what can be chosen, its legend, and the table that says the same.

    boxes : what the frames of the boxes mean; beside : None where every step is on the map
    """

    kind: ClassVar[str] = "process_map"

    svg: Markup
    region: str
    views_title: str
    views: tuple[Choice, ...]
    levels_title: str
    levels: tuple[Choice, ...]
    zoom: tuple[Tool, ...]
    legend: tuple[Sign, ...]
    thick: str
    most: str
    boxes: str
    beside: Beside | None
    table_title: str
    table: Table


def section(findings: Findings, words: Words) -> Section:
    """The process map."""
    shown = process_map(findings)
    meant = findings.intended
    figures = ("along_share", "hidden_share") if meant is None else ("meant_share", "hidden_share")
    return Section(
        id=ID,
        nav=words.say("map.nav"),
        title=_title(shown, words),
        lead=_lead(shown, words) if meant is None else _lead_meant(shown, meant, words),
        blocks=(_block(shown, meant, words),),
        how=tuple((f"map.{figure}", words.say(f"method.map_{figure}")) for figure in figures),
    )


def _title(shown: ProcessMap, words: Words) -> str:
    if shown.moves_meant is not None:
        return words.say("map.title_meant", share=words.percent(shown.moves_meant / shown.moves))
    if shown.moves_along == shown.moves:
        return words.say("map.title_straight", shown.cases)
    return words.say("map.title", share=words.percent(shown.moves_along / shown.moves))


def _lead(shown: ProcessMap, words: Words) -> tuple[str, ...]:
    way = shown.way
    which = "closed" if way.of_closed else "all"
    kind = "usual" if way.cases >= USUAL * way.counted else "rare"
    said = [words.say(f"map.line_{kind}_{which}", way.counted, cases=way.cases)]
    if way.repeats:
        said.append(words.say("map.line_repeats"))
    if (most := _most_beside(shown)) is not None:
        source, target = (
            words.say("words.quoted", name=name(shown.nodes[box], words)) for box in (most.source, most.target)
        )
        said.append(words.say("map.most_beside", most.cases, source=source, target=target))
    return tuple(said)


def _lead_meant(shown: ProcessMap, meant: Intended, words: Words) -> tuple[str, ...]:
    way, flow = shown.way, words.quoted(meant.flow.name)
    which = "none" if not way.cases else "closed" if way.of_closed else "all"
    said = [words.say(f"map.meant_{which}", way.counted, flow=flow, cases=way.cases)]
    if (most := _most_beside(shown, astray=True)) is not None:
        source, target = (words.quoted(name(shown.nodes[box], words)) for box in (most.source, most.target))
        said.append(words.say("map.most_astray", most.cases, source=source, target=target))
    if len(meant.anytime) and meant.anytime["cases"].any():
        said.append(words.say("map.without_anytime"))
    if meant.never:
        said.append(words.say("map.never", len(meant.never), steps=", ".join(map(words.quoted, meant.never))))
    return tuple(said)


def _most_beside(shown: ProcessMap, *, astray: bool = False) -> Arrow | None:
    """The most used arrow from one step to another that is not on the line; or that the flow does not allow."""
    edges = {number for number, node in enumerate(shown.nodes) if node.kind not in ("line", "side")}
    beside = (a for a in shown.arrows if not a.along and a.source != a.target and not {a.source, a.target} & edges)
    return next((arrow for arrow in beside if not astray or arrow.meant is False), None)


def _block(shown: ProcessMap, meant: Intended | None, words: Words) -> MapBlock:
    drawn = picture(shown, words.say("map.label"), words)
    if meant is None:
        signs = ["along"] + ["forward"] * any(not a.along for a in shown.arrows) + ["back"] * drawn.goes_back
    else:
        beside = {a.meant for a in shown.arrows if not a.along}
        signs = ["along"] + ["meant"] * (True in beside) + ["astray"] * (False in beside)
    return MapBlock(
        svg=drawn.svg,
        region=words.say("map.region"),
        views_title=words.say("map.views"),
        views=tuple(
            Choice(view, words.say(f"map.view_{view}"), words.say(f"map.view_{view}_is"), view == VIEWS[0])
            for view in VIEWS
        ),
        levels_title=words.say("map.levels"),
        levels=_levels(shown, words),
        zoom=tuple(Tool(way, words.say(f"map.zoom_{way}"), icon) for way, icon in _TOOLS.items()),
        legend=tuple(Sign(sign, _legend(sign, meant, words)) for sign in signs),
        thick=words.say("map.legend_thick"),
        most=words.say("map.legend_most") if highest(shown.arrows) else "",
        boxes=words.say("map.legend_boxes") if any(node.meant is False for node in shown.nodes) else "",
        beside=None if meant is None or not len(meant.anytime) else _beside(meant, words),
        table_title=words.say("map.table"),
        table=_table(shown, words),
    )


def _legend(sign: str, meant: Intended | None, words: Words) -> str:
    return words.say("map.legend_along_meant" if sign == "along" and meant is not None else f"map.legend_{sign}")


def _beside(meant: Intended, words: Words) -> Beside:
    steps = (
        words.say("map.box_end", name=words.name(step), cases=words.say("words.cases", cases))
        for step, cases in zip(meant.anytime["activity"], meant.anytime["cases"].tolist(), strict=True)
    )
    return Beside(words.say("map.anytime"), tuple(steps))


def _levels(shown: ProcessMap, words: Words) -> tuple[Choice, ...]:
    """What each level shows and hides, where it adds anything. The middle one is chosen when there is one."""
    adding = {1, *(part.level for part in (*shown.nodes, *shown.arrows))}
    chosen = 2 if 2 in adding else 1
    return tuple(
        Choice(
            str(level.number),
            words.say(f"map.level_{level.number}"),
            " ".join([words.say("map.shown", level.cases), _hidden(level.hidden, words)]),
            level.number == chosen,
        )
        for level in shown.levels
        if level.number in adding
    )


def _hidden(share: float, words: Words) -> str:
    return words.say("map.hidden", share=words.percent(share)) if share > 0 else words.say("map.hidden_none")


def _table(shown: ProcessMap, words: Words) -> Table:
    """One row per arrow, and one for those that the map does not show."""
    rows = [_row(arrow, shown, words) for arrow in shown.arrows]
    drawn = sum(arrow.occurrences for arrow in shown.arrows)
    if drawn < shown.moves:
        rows.append(row([words.say("map.rest"), "", "", words.number(shown.moves - drawn), "", "", ""], "rest"))
    titles = ["source", "target", "cases", "occurrences", "median", "p90", "total"]
    roles = ["name", "text", *["number"] * 5]
    if shown.moves_meant is not None:
        said = [words.say(f"map.meant_{_YES_NO[arrow.meant]}") for arrow in shown.arrows] + [""]
        rows = [replace(each, cells=(*each.cells, Cell(text))) for each, text in zip(rows, said, strict=False)]
        titles, roles = [*titles, "meant"], [*roles, "text"]
    columns = tuple(Column(words.say(f"map.col_{title}"), role) for title, role in zip(titles, roles, strict=True))
    return Table(
        words.say("map.caption"),
        columns,
        tuple(rows),
        words.say("map.below" if shown.moves_meant is None else "map.below_meant"),
    )


def _row(arrow: Arrow, shown: ProcessMap, words: Words):
    times = [arrow.median_seconds, arrow.p90_seconds, arrow.total_days * 86_400]
    return row(
        [
            name(shown.nodes[arrow.source], words),
            name(shown.nodes[arrow.target], words),
            words.number(arrow.cases),
            words.number(arrow.occurrences),
            *(words.duration(time) if math.isfinite(time) else "" for time in times),
        ]
    )
