"""Kaplan and Meier against scipy, lifelines, counting and hand-worked cases; the printed intervals against the truth."""

import warnings
from math import isnan

import numpy as np
import pytest
from bench.coverage import held
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines_answers import CURVE, CURVE_FROM_ENTRY, ENDED, ENTRIES, MEAN_WITHIN_20, PERCENTILES, TIMES
from scipy.stats import CensoredData, ecdf, t

from saksflyt.mining.kaplan_meier import kaplan_meier

followed_cases = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


@settings(max_examples=150)
@given(followed_cases)
def test_equals_scipy(cases):
    times, ended = np.array([time for time, _ in cases]), np.array([over for _, over in cases])
    curve = kaplan_meier(times, ended)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = ecdf(CensoredData(uncensored=times[ended], right=times[~ended])).sf
        interval = theirs.confidence_interval(method="log-log")
    np.testing.assert_allclose(curve.survival, theirs.evaluate(curve.times), atol=1e-12)
    inside = (curve.survival > 0) & (curve.survival < 1)
    np.testing.assert_allclose(curve.low[inside], interval.low.evaluate(curve.times)[inside], atol=1e-9)
    np.testing.assert_allclose(curve.high[inside], interval.high.evaluate(curve.times)[inside], atol=1e-9)
    assert ((curve.low <= curve.survival) & (curve.survival <= curve.high)).all()


@given(followed_cases, st.floats(0.05, 0.95))
def test_a_percentile_is_the_first_time_with_so_many_over(cases, part):
    times, ended = [time for time, _ in cases], [over for _, over in cases]
    curve = kaplan_meier(times, ended)
    found = curve.percentile(part)
    reached = [t for t, s in zip(curve.times, curve.survival, strict=True) if s <= 1 - part + 1e-9]
    assert found.value == reached[0] if reached else isnan(found.value)
    assert isnan(found.value) or found.low <= found.value
    assert isnan(found.high) or found.value <= found.high


@given(followed_cases, st.integers(1, 14))
def test_the_restricted_mean_is_the_area_under_the_curve(cases, within):
    times, ended = np.array([time for time, _ in cases]), np.array([over for _, over in cases])
    curve = kaplan_meier(times, ended)
    found = curve.restricted_mean(within)
    known = within <= times.max() or curve.survival[-1:].sum() == 0 and ended.any()
    assert isnan(found.value) == (not known)
    if not known:
        return
    steps = np.arange(0, within)  # whole days: the curve is flat from each to the next
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sf = ecdf(CensoredData(uncensored=times[ended], right=times[~ended])).sf
    heights = np.array([sf.evaluate(step) for step in steps])
    assert found.value == pytest.approx(heights.sum(), abs=1e-9)
    variance, events = 0.0, 0
    for step in range(within):
        gone, risk = int((ended & (times == step)).sum()), int((times >= step).sum())
        events += gone
        if gone and risk > gone:
            variance += heights[steps >= step].sum() ** 2 * gone / (risk * (risk - gone))
    if events >= 6:
        reach = t.ppf(0.975, events - 1) * np.sqrt(variance * events / (events - 1))
        assert found.high == pytest.approx(min(found.value + reach, within), abs=0.005 * reach + 1e-9)
        assert found.low == pytest.approx(max(found.value - reach, 0), abs=0.005 * reach + 1e-9)
    else:
        assert isnan(found.low) and isnan(found.high)


@given(followed_cases)
def test_without_open_cases_the_mean_is_the_mean(cases):
    times = np.array([time for time, _ in cases])
    assert kaplan_meier(times, times >= 0).restricted_mean(20).value == pytest.approx(times.mean())


def test_left_truncation_worked_by_hand():
    # Known from 0, 4, 0, 3 and 6 on. At 2 two are followed (1 and 3); at 5 four are (1, 2, 3, 4); at 7: 2, 3, 5.
    curve = kaplan_meier([5, 7, 9, 5, 8, 2], [True, True, False, False, True, True], [0, 4, 0, 3, 6, 0])
    assert curve.times.tolist() == [2, 5, 7, 8]
    assert curve.at_risk.tolist() == [3, 4, 3, 2]
    np.testing.assert_allclose(curve.survival, [2 / 3, 2 / 3 * 3 / 4, 2 / 3 * 3 / 4 * 2 / 3, 1 / 6])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()), min_size=1, max_size=25))
def test_left_truncation_equals_counting(cases):
    curve = kaplan_meier(*map(np.array, ([c[0] for c in cases], [c[2] for c in cases], [c[1] for c in cases])))
    seen = [(time, entry, over) for time, entry, over in cases if entry <= time]
    part = 1.0
    for at, found in zip(curve.times, curve.survival, strict=True):
        risk = sum(entry <= at <= time for time, entry, _ in seen)
        part *= 1 - sum(over and time == at for time, _, over in seen) / risk
        assert found == pytest.approx(part, abs=1e-12)


def test_nobody_is_left_at_once():
    curve = kaplan_meier([3] * 10, [True] * 10)
    assert curve.percentile(0.5) == (3, 3, 3)
    assert kaplan_meier([3], [True]).percentile(0.5)[:2] == (3, 3) and isnan(
        kaplan_meier([3], [True]).percentile(0.5).high
    )


def test_all_open_says_nothing_but_the_mean_within_what_was_seen():
    curve = kaplan_meier([5, 6, 7], [False] * 3)
    assert all(isnan(value) for value in curve.percentile(0.5))
    assert curve.restricted_mean(7).value == 7 and isnan(curve.restricted_mean(8).value)


def test_no_cases_at_all():
    curve = kaplan_meier([], [])
    assert isnan(curve.percentile(0.5).value) and isnan(curve.restricted_mean(1).value)


def test_figures_of_lifelines():
    curve = kaplan_meier(TIMES, ENDED)
    for part, said in PERCENTILES.items():
        assert curve.percentile(part) == said
    for day, said in CURVE.items():
        at = np.flatnonzero(curve.times <= day)[-1]
        np.testing.assert_allclose((curve.survival[at], curve.low[at], curve.high[at]), said, atol=1e-9)
    assert curve.restricted_mean(20).value == pytest.approx(MEAN_WITHIN_20, rel=1e-9)
    late = kaplan_meier(TIMES, ENDED, ENTRIES + 0.5)  # they say after, where we say from
    for day, said in CURVE_FROM_ENTRY.items():
        assert late.survival[np.flatnonzero(late.times <= day)[-1]] == pytest.approx(said, abs=1e-9)


def test_printed_intervals_hold_the_truth():
    """A small part of the grid in docs/methods.md, with the same seed each time."""
    rng = np.random.default_rng(7)
    for kind, share_open, cases in (("exponential", 0.2, 50), ("long-tailed", 0, 30), ("common pace", 0, 100)):
        shares = [float(text) for text in held(kind, share_open, cases, 1000, rng) if text != "–"]
        assert len(shares) >= 3 and all(93 <= share <= 97 for share in shares), (kind, shares)
