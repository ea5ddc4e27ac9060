"""What is a part of the report, before it is a page?

A section is plain data: text that is ready to read, and shares between 0 and 1 for the bars. The templates turn it
into a page and compute nothing, so that everything that the report says can be tested without a page.

Each block has a ``kind``; one of ``templates/*.html.j2`` has a macro of that name, called with the block and the page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import pandas as pd

# The thinnest bar, in per cent of the full width: a share above nothing must be seen.
_HAIRLINE = 0.8


@dataclass(frozen=True)
class Bar:
    """A share between 0 and 1. ``tone``: "main", "warn" (looked at first) or "open" (not finished: drawn hollow)."""

    share: float
    tone: str = "main"

    @property
    def width(self) -> str:
        """Per cent of the full width, for the drawing."""
        if not math.isfinite(self.share) or self.share <= 0:
            return "0"
        return f"{min(max(100 * self.share, _HAIRLINE), 100):.1f}"


@dataclass(frozen=True)
class Cell:
    """One cell: text, or a bar that says nothing the text beside it does not say."""

    text: str = ""
    bar: Bar | None = None


@dataclass(frozen=True)
class Column:
    """``role``: "name" (the row's heading), "text", "number" or "bar"."""

    title: str
    role: str = "number"


@dataclass(frozen=True)
class Row:
    """``tone``: "plain", "rest" (many rows folded into one) or "total"."""

    cells: tuple[Cell, ...]
    tone: str = "plain"


@dataclass(frozen=True)
class Table:
    """``folded``: what to press to see it; empty where it stands open."""

    kind: ClassVar[str] = "table"

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    below: str = ""
    folded: str = ""


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what is written there; ``under``: a second line."""

    at: float
    text: str
    under: str = ""


@dataclass(frozen=True)
class Series:
    """Values along a chart: joined by a line, as a curve in steps, or as bars.

    mark : "line", "steps" (each value holds until the place of the next) or "bars"
    values : nan where there is none; a curve in steps has them all
    said : the value in words, for the one who points at it
    unfinished : the places whose value will change: drawn hollow; a curve in steps has none
    tone : "main" or "side"
    at : where each value stands; empty for the middle of each slot
    band : (lower ends, upper ends) of the interval of each value; empty for none. nan where there is none; an upper end
        may be infinite
    """

    name: str
    mark: str
    values: tuple[float, ...]
    said: tuple[str, ...]
    unfinished: tuple[bool, ...]
    tone: str = "main"
    at: tuple[float, ...] = ()
    band: tuple[tuple[float, ...], tuple[float, ...]] | tuple[()] = ()

    @property
    def places(self) -> tuple[float, ...]:
        return self.at or tuple(number + 0.5 for number in range(len(self.values)))


@dataclass(frozen=True)
class Panel:
    """A value axis from 0 to its last tick, and what is drawn against it. ``lines``: places marked across the panel."""

    title: str
    ticks: tuple[Tick, ...]
    series: tuple[Series, ...]
    lines: tuple[Tick, ...] = ()


@dataclass(frozen=True)
class Chart:
    """Panels above each other over one axis across: slots of one width, the first from 0 to 1, or numbers from 0.

    label : what the chart shows, for the one who does not see it
    names : of the slots; empty where the axis has numbers
    table : the same as numbers
    until : the end of an axis of numbers
    """

    kind: ClassVar[str] = "chart"

    id: str
    title: str
    label: str
    names: tuple[str, ...]
    ticks: tuple[Tick, ...]
    panels: tuple[Panel, ...]
    below: str
    table: Table
    until: float = 0.0

    @property
    def length(self) -> float:
        """Of the axis across."""
        return self.until or len(self.names)


@dataclass(frozen=True)
class Step:
    """A step in a strip. ``state``: "plain", "again", "other", "moved", "missing" (skipped: drawn hatched) or "free" (may
    come at any time); ``sign`` and ``word`` say it without colour.

    wide : the name has a word too long for the usual width
    """

    name: str
    state: str = "plain"
    sign: str = ""
    word: str = ""
    wide: bool = False


@dataclass(frozen=True)
class Strip:
    """One way through the process: how many go it, what is special with it, and its steps."""

    number: str
    count: str
    about: tuple[str, ...]
    label: str
    steps: tuple[Step, ...]
    more: str = ""


@dataclass(frozen=True)
class Legend:
    state: str
    sign: str
    text: str


@dataclass(frozen=True)
class Strips:
    kind: ClassVar[str] = "strips"

    legend: tuple[Legend, ...]
    strips: tuple[Strip, ...]
    rest: str = ""
    title: str = ""


@dataclass(frozen=True)
class Notes:
    """Sentences that qualify the numbers, and where to read on."""

    kind: ClassVar[str] = "notes"

    title: str
    sentences: tuple[str, ...]
    link: str = ""
    link_text: str = ""


@dataclass(frozen=True)
class Definition:
    """How one figure is worked out, and what to ask for to read more."""

    id: str
    name: str
    text: str
    command: str


@dataclass(frozen=True)
class Definitions:
    kind: ClassVar[str] = "definitions"

    title: str
    lead: str
    entries: tuple[Definition, ...]


@dataclass(frozen=True)
class Card:
    """One thing to know: a number with its unit, what it is, a bar, the evidence, and where to read on."""

    number: str
    title: str
    bar: Bar
    evidence: str
    link: str
    link_text: str

    @property
    def unit(self) -> str:
        """The word after the number, which is written smaller; a sign such as % stays with the number."""
        last = self.number.split()[-1]
        return last if last.isalpha() and last != self.number else ""

    @property
    def amount(self) -> str:
        return self.number.removesuffix(self.unit).rstrip()


@dataclass(frozen=True)
class Cards:
    kind: ClassVar[str] = "cards"

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Figure:
    name: str
    value: str


@dataclass(frozen=True)
class Figures:
    kind: ClassVar[str] = "figures"

    figures: tuple[Figure, ...]


class Block(Protocol):
    """What stands in a section: plain data, with a macro of its kind."""

    kind: ClassVar[str]


@dataclass(frozen=True)
class Section:
    """A part of the report. The title says the finding; ``nav`` is its short name in the menu.

    ``how`` : (id, text) of the definitions in the method section that say how its figures are worked out
    """

    id: str
    nav: str
    title: str
    lead: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    how: tuple[tuple[str, str], ...] = field(default=())


def rows_of(frame: pd.DataFrame) -> Iterable[Any]:
    """The rows of a measure's frame; each column is an attribute."""
    return frame.itertuples()


def number_shown(rows: int, most: int = 10) -> int:
    """How many rows to show before the rest is folded; folding one or two would hide more than it saves."""
    return rows if rows <= most + 2 else most


def row(cells: Sequence[Cell | str], tone: str = "plain") -> Row:
    """A row from cells, where a cell of text only may be given as the text."""
    return Row(tuple(Cell(cell) if isinstance(cell, str) else cell for cell in cells), tone)
