"""The picture of what the closed cases alone would say is the one that is drawn, and the page states its figures."""

import re
from pathlib import Path

import pytest
from bench.open_cases import PICTURE, TRUTH, chart, medians, picture, simulated

METHODS = Path(__file__).parents[2] / "docs" / "methods.md"


def test_the_picture_is_the_drawing() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture()


def test_the_page_states_the_figures_of_the_picture() -> None:
    (said,) = re.findall(r"The picture shows that log.*?\n\n", METHODS.read_text(encoding="utf-8"), re.DOTALL)
    _, low, high = simulated()[1].percentile(0.5)
    for days in (*medians(), TRUTH, low, high):
        assert f"{days:.1f}" in said
    alone, counted = (1 - curve.survival[(curve.times <= 30).sum() - 1] for curve in simulated())
    assert alone == pytest.approx(0.9, abs=0.01) and 0.7 < counted < 0.8


def test_the_truth_lies_in_the_interval_and_the_closed_cases_are_far_from_it() -> None:
    _, low, high = simulated()[1].percentile(0.5)
    assert medians()[0] < low < TRUTH < high
    alone, counted = chart().panels[0].series
    assert alone.band == () and counted.band
