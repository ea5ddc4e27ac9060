"""How often do the charts of the monthly check raise a false alarm, and how soon do they find a true one?

    python tests/bench/charts.py [--series 2000]

Stable series with a baseline of 24 months and twelve months after it: onsets of an alarm per indicator and month, for counts,
shares and medians. Then medians of 150 times that become 30 % longer: the part found within a year, and the median delay.
"""

import argparse
from collections.abc import Callable

import numpy as np
import pandas as pd

from saksflyt.mining.judgement.chart import LOWER, NEITHER, Series, control_chart

BASELINE, YEAR = 24, 12
MONTHS = [str(month) for month in pd.period_range("2020-01", periods=BASELINE + YEAR, freq="M")]
Draw = Callable[[np.random.Generator], Series]


def _medians(dice: np.random.Generator, cases: int, factor: float = 1.0, better: str = LOWER) -> Series:
    """Medians of lognormal times of sd 0.5; from the end of the baseline on, `factor` times as long."""
    times = np.exp(dice.normal(np.log(20), 0.5, (len(MONTHS), cases)))
    times[BASELINE:] *= factor
    return Series(MONTHS, np.median(times, axis=1).tolist(), better=better)


def _shares(dice: np.random.Generator, cases: int, share: float, better: str = LOWER) -> Series:
    totals = dice.poisson(cases, len(MONTHS)) + 1
    return Series(MONTHS, dice.binomial(totals, share).tolist(), totals.tolist(), "share", better)


def _counts(dice: np.random.Generator, mean: float, better: str = NEITHER) -> Series:
    return Series(MONTHS, dice.poisson(mean, len(MONTHS)).tolist(), [1.0] * len(MONTHS), "rate", better)


STABLE: dict[str, Draw] = {
    "median of 40, lower is better": lambda dice: _medians(dice, 40),
    "median of 150, lower is better": lambda dice: _medians(dice, 150),
    "median of 150, both sides": lambda dice: _medians(dice, 150, better=NEITHER),
    "share 5 % of 40": lambda dice: _shares(dice, 40, 0.05),
    "share 30 % of 100": lambda dice: _shares(dice, 100, 0.3),
    "share 80 % of 100, both sides": lambda dice: _shares(dice, 100, 0.8, NEITHER),
    "count of 3, both sides": lambda dice: _counts(dice, 3),
    "count of 60, both sides": lambda dice: _counts(dice, 60),
}


def onsets(draw: Draw, dice: np.random.Generator, count: int) -> float:
    """Alarms that go off in the year after the baseline, per series and month."""
    found = [control_chart(draw(dice)).frame["onset"][BASELINE:].sum() for _ in range(count)]
    return float(np.sum(found)) / (count * YEAR)


def delays(dice: np.random.Generator, cases: int, factor: float, count: int) -> list[float]:
    """Months from a shift to the alarm (1 is the first month that has it); infinite where it is not found in a year."""
    found = []
    for _ in range(count):
        onset = control_chart(_medians(dice, cases, factor)).frame["state"][BASELINE:].eq("alarm").to_numpy()
        found.append(float(onset.argmax() + 1) if onset.any() else np.inf)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--series", type=int, default=2000)
    count = parser.parse_args().series
    for name, draw in STABLE.items():
        print(f"{name:34} onsets per indicator-month {onsets(draw, np.random.default_rng(1), count):.4f}")
    for cases, factor in ((40, 1.3), (150, 1.3), (40, 1.15), (150, 1.15)):
        found = delays(np.random.default_rng(2), cases, factor, count)
        print(
            f"+{factor - 1:.0%}, median of {cases:3}: found in {np.isfinite(found).mean():.1%}, "
            f"median delay {np.median(found):.0f} months"
        )
