"""The rules and limits of the charts: the publisher's worked series, brute force, and exact probabilities."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from saksflyt.mining.judgement.limits import Limits, p_limits, u_limits, xmr_limits
from saksflyt.mining.judgement.signals import RULES, label, signals

# NHSRplotthedots, the vignette on how it deviates from the Excel tool.
WORKED = [1, 2, 1, 2, 10, *[1, 2] * 6, 1]


def flat(length: int, close: float = 2, outside: float = 3) -> Limits:
    """Limits around 0 that points of whole numbers fall within or not."""
    return Limits(*(np.full(length, at) for at in (0.0, -outside, outside, -close, close)))


def marked(values: list[float], rule: str, **how: float) -> list[int]:
    return np.flatnonzero(signals(values, flat(len(values), **how))[rule]).tolist()


def test_the_worked_series_of_the_publisher():
    assert sum(WORKED) == 35 and len(WORKED) == 18
    screened, plain = xmr_limits(WORKED), xmr_limits(WORKED, screen=False)
    assert screened.centre[0] == pytest.approx(35 / 18)
    assert (round(screened.upper[0], 1), round(screened.lower[0], 2)) == (4.6, -0.72)
    assert (round(plain.upper[0], 2), round(plain.lower[0], 2)) == (6.95, -3.06)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1, 1, 1, 1, 1, 1], []),
        ([-1, 1, 1, 1, 1, 1, 1, 1, 1, -1], list(range(1, 9))),
        ([1, -1, -1, -1, -1, -1, -1, -1, -1, 1], list(range(1, 9))),
        ([1, 1, 1, 0, 1, 1, 1, 1], []),  # a point on the centre breaks it
    ],
)
def test_a_shift_is_seven_on_one_side(values, found):
    assert marked(values, "shift") == found


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1, 2, 3, 4, 5, 6], []),
        ([1, 2, 3, 3, 4, 5, 6], []),  # two equal ones break it
        ([1, 2, 3, 4, 5, 6, 7], list(range(7))),
        ([2, 1, 2, 3, 4, 5, 6, 7, 3], list(range(1, 8))),
        ([2, 7, 6, 5, 4, 3, 2, 1, 3], list(range(1, 8))),
    ],
)
def test_a_trend_is_seven_that_rise_or_fall(values, found):
    assert marked(values, "trend", close=90, outside=99) == found


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([2.5, 1, 2.5], [0, 2]),
        ([1, 2.5, 2.5], [1, 2]),
        ([2.5, -1, 2.5], []),  # one of the three on the other side
        ([2.5, 2.5], []),
        ([1, 1, 2.5, 1, 2.5, 1, 1], [2, 4]),
        ([1, 1, 2.5, 3.5, 1], []),  # outside is not close
    ],
)
def test_two_of_three_close_to_a_limit(values, found):
    assert marked(values, "two_of_three") == found


@given(st.lists(st.sampled_from([-4.0, -2.5, -1.0, 0.0, 1.0, 2.5, 4.0, float("nan")]), max_size=30))
def test_equals_brute_force(values: list[float]) -> None:
    seen = [(n, v) for n, v in enumerate(values) if not np.isnan(v)]
    runs = [seen[n : n + 7] for n in range(len(seen) - 6)]
    threes = [seen[n : n + 3] for n in range(len(seen) - 2)]
    close = lambda v: 2 < abs(v) <= 3
    expected = {
        "outside": {n for n, v in seen if abs(v) > 3},
        "shift": {n for run in runs if len({np.sign(v) for _, v in run}) == 1 and run[0][1] for n, _ in run},
        "trend": {
            n
            for run in runs
            if all(a < b for (_, a), (_, b) in pairwise(run)) or all(a > b for (_, a), (_, b) in pairwise(run))
            for n, _ in run
        },
        "two_of_three": {
            n
            for three in threes
            if sum(close(v) for _, v in three) >= 2 and abs(sum(np.sign(v) for _, v in three)) == 3
            for n, v in three
            if close(v)
        },
    }
    frame = signals(values, flat(len(values)))
    assert {rule: set(np.flatnonzero(frame[rule])) for rule in RULES} == expected
    assert [label(row) for _, row in frame.iterrows()] == [
        next((rule for rule in RULES if n in expected[rule]), "") for n in range(len(values))
    ]


@given(st.integers(1, 400), st.floats(0.01, 0.99))
def test_shares_of_few_have_exact_limits(n: int, share: float) -> None:
    counts, totals = [share * 1e6], [1e6]
    limits = p_limits([*counts, 0], [*totals, n], baseline=1)
    centre = limits.centre[1]
    inside = [k for k in range(n + 1) if limits.lower[1] - 1e-12 <= k / n <= limits.upper[1] + 1e-12]
    if min(n * centre, n * (1 - centre)) < 5:
        below, above = stats.binom.cdf(inside[0] - 1, n, centre), stats.binom.sf(inside[-1], n, centre)
        assert max(below, above) <= stats.norm.sf(3) * (1 + 1e-9)
        # One count further in would be too much.
        assert stats.binom.cdf(inside[0], n, centre) > stats.norm.sf(3) * (1 - 1e-9)
    else:
        width = 3 * np.sqrt(centre * (1 - centre) / n)
        assert limits.upper[1] == pytest.approx(min(centre + width, 1))
        assert limits.lower[1] == pytest.approx(max(centre - width, 0))


@given(st.floats(0.05, 30), st.integers(1, 5))
def test_rates_of_few_have_exact_limits(rate: float, exposure: int) -> None:
    limits = u_limits([rate * 1e6, 0], [1e6, exposure], baseline=1)
    expected = exposure * limits.centre[1]
    upper = limits.upper[1] * exposure
    if expected < 5:
        assert stats.poisson.sf(round(upper), expected) <= stats.norm.sf(3) * (1 + 1e-9)
        assert stats.poisson.sf(round(upper) - 1, expected) > stats.norm.sf(3) * (1 - 1e-9)
    else:
        assert upper == pytest.approx(expected + 3 * np.sqrt(expected))


def test_the_baseline_alone_decides():
    values = [5, 7, 6, 8, 100, 200]
    assert xmr_limits(values, 4).centre.tolist() == [6.5] * 6
    assert np.isnan(xmr_limits([1], None).centre).all() and np.isnan(xmr_limits([float("nan")] * 3).upper).all()
    assert np.isnan(p_limits([1, 0], [10, 0]).upper[1])
