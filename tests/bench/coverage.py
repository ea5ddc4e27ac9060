"""How often do the printed intervals hold the truth?

    python tests/bench/coverage.py [--rounds 2000]

Draws cases from three kinds of times (exponential, long-tailed, with a common pace), follows them to the end or for
uniform times that leave about a fifth or two fifths open, and counts how often median, P90 and restricted mean (within the
time by which 70 and 90 of 100 cases are over) lie in the interval that would be printed. One row per kind, share open and
number of cases; a dash where hardly any round prints an interval. docs/methods.md holds the table.
"""

import argparse
from math import isnan

import numpy as np
from scipy import stats

from saksflyt.mining.kaplan_meier import kaplan_meier
from saksflyt.mining.throughput import figures_of

# The longest follow-up that leaves a fifth or two fifths open.
KINDS = {
    "exponential": (stats.expon(scale=20), {0.2: 100, 0.4: 46}),
    "long-tailed": (stats.lognorm(s=1, scale=20), {0.2: 160, 0.4: 70}),
    "common pace": (stats.weibull_min(2, scale=20), {0.2: 88, 0.4: 44}),
}
SIZES = (30, 50, 100, 300)
FIGURES = ("median", "P90", "mean, 70 %", "mean, 90 %")
_FEWEST = 200  # rounds that print the interval, for a share to be given


def held(kind: str, share_open: float, cases: int, rounds: int, rng: np.random.Generator) -> list[str]:
    """The share of printed intervals that hold the truth, figure by figure."""
    times, longest = KINDS[kind]
    within = [float(times.ppf(part)) for part in (0.7, 0.9)]
    grids = [np.linspace(0, end, 20_001) for end in within]
    truths = [float(times.ppf(0.5)), within[1], *(float(np.trapezoid(times.sf(grid), grid)) for grid in grids)]
    printed, right = np.zeros(4), np.zeros(4)
    for _ in range(rounds):
        ages = rng.uniform(0, longest[share_open], cases) if share_open else np.full(cases, 1e9)
        taken = times.rvs(cases, random_state=rng)
        curve = kaplan_meier(np.minimum(taken, ages), taken <= ages, None, ages)
        first, second = (figures_of(curve, cases, end) for end in within)
        ends = [(first[f"{name}low"], first[f"{name}high"]) for name in ("", "p90_", "mean_")]
        ends.append((second["mean_low"], second["mean_high"]))
        for place, (low, high) in enumerate(ends):
            if not isnan(low):
                printed[place] += 1
                right[place] += low <= truths[place] and (isnan(high) or truths[place] <= high)
    return [f"{100 * r / p:.1f}" if p >= _FEWEST else "–" for r, p in zip(right, printed, strict=True)]


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--rounds", type=int, default=2000)
    rounds = asked.parse_args().rounds
    rng = np.random.default_rng(2026)
    print(f"| times | open | cases | {' | '.join(FIGURES)} |\n|---|---:|---:|{'---:|' * len(FIGURES)}")
    for kind in KINDS:
        for share_open in (0, 0.2, 0.4):
            for cases in SIZES:
                row = held(kind, share_open, cases, rounds, rng)
                print(f"| {kind} | {100 * share_open:.0f} % | {cases} | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
