"""The demo's project from several seeds: what is planted is found in its month, and little goes off besides."""

import re
from pathlib import Path

import pandas as pd
import pytest
from judged_seeds import BREACH, FILE, KEPT, WITHIN, Judgement, alarm_rate, figures_of, judgement, settings_of

from saksflyt.mining.judgement.verdicts import GONE, NEW, RANK, to_look_at
from saksflyt.sample_logs.generator import SEED

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[Judgement]:
    project = settings_of(tmp_path_factory.mktemp("project"))
    figures = pd.read_parquet(FILE)
    return [judgement(figures[figures["seed"] == seed].drop(columns="seed"), project) for seed in KEPT]


def test_the_breach_is_found_in_its_month_and_in_no_other(seeds: list[Judgement]) -> None:
    assert [each.breaches() for each in seeds] == [[(*BREACH, "new")]] * len(KEPT)


def test_the_improvement_is_found_within_three_months(seeds: list[Judgement]) -> None:
    assert {each.improved_in() for each in seeds} <= set(WITHIN)


def test_few_alarms_go_off_that_were_not_planted(seeds: list[Judgement]) -> None:
    assert all(each.judged["month"].nunique() == 6 for each in seeds)
    assert alarm_rate(seeds) <= 0.02


def test_the_readme_shows_what_is_found(seeds: list[Judgement]) -> None:
    """As `check` prints it; whether the months are judged from these figures is the next test."""
    shown = re.findall(r"^(20\d\d-\d\d) +1  (\w*) +(\d+) +(\d+) +(\d+) ", README, re.MULTILINE)
    assert len(shown) >= 5
    for month, severity, *counts in shown:
        found = to_look_at(seeds[0].found[month])
        better = [each for each in seeds[0].found[month] if each.id.startswith("better:") and each.status != GONE]
        assert severity == max((each.severity for each in found), key=RANK.__getitem__, default="")
        assert [int(count) for count in counts] == [len(found), sum(each.status == NEW for each in found), len(better)]


def test_the_figures_are_those_of_the_generator_as_it_is() -> None:
    months = ("2025-10", "2026-02")
    kept = pd.read_parquet(FILE).query("seed == @SEED and month in @months").drop(columns="seed").reset_index(drop=True)
    pd.testing.assert_frame_equal(figures_of(SEED, months), kept, check_dtype=False)
