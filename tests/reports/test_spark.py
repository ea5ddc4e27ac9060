"""The small drawing: inside its frame, broken where a month is missing, and nothing where there is nothing to see."""

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from saksflyt.reports.section import Cell
from saksflyt.reports.spark import Spark, SparkCell, drawn

NAN = math.nan
values = st.lists(st.one_of(st.just(NAN), st.floats(-1e6, 1e6)), min_size=2, max_size=40).map(tuple)


def path(text: str, name: str) -> str:
    found = re.search(rf'class="{name}[^"]*" d="([^"]*)"', text)
    assert found
    return found[1]


@given(values)
def test_everything_lies_inside_and_every_month_is_there(months: tuple[float, ...]) -> None:
    lower = tuple(value - 5 for value in months)
    text = str(drawn(SparkCell(spark=Spark(months, lower, months))))
    known = sum(map(math.isfinite, months))
    if known < 2:
        assert text == ""
        return
    ys = [float(y) for _, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path(text, "line"))]
    assert len(ys) == known and all(0 <= y <= 28 for y in ys)
    higher = [value for value in months if math.isfinite(value)]
    assert all((a <= b) == (c >= d) or c == d for a, b, c, d in zip(higher, higher[1:], ys, ys[1:], strict=False))
    assert path(text, "point") == f"M{path(text, 'line').split('M')[-1].split('L')[-1]}h0"


def test_a_gap_breaks_the_line_and_the_usual_variation() -> None:
    text = str(drawn(SparkCell(spark=Spark((1, NAN, 2, 3), (NAN, NAN, 1, 1), (NAN, NAN, 4, 4), "warn"))))
    assert path(text, "line").count("M") == 2 and path(text, "usual") == (
        "M50.0 4.0L75.0 4.0L75.0 4.0L100.0 4.0L100.0 24.0L75.0 24.0L75.0 24.0L50.0 24.0Z"
    )
    assert 'class="point warn"' in text


def test_figures_that_never_change_lie_in_the_middle() -> None:
    text = str(drawn(SparkCell(spark=Spark((2, 2), (NAN, NAN), (NAN, NAN)))))
    assert path(text, "line") == "M25.0 14.0L75.0 14.0" and path(text, "usual") == ""


def test_a_cell_without_a_drawing_has_none() -> None:
    assert drawn(Cell("text")) == "" == drawn(SparkCell())
