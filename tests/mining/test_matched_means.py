"""The difference of restricted means and its interval, against Greenwood, drawing again, and SciPy."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from saksflyt.mining.kaplan_meier import Curve, kaplan_meier
from saksflyt.mining.matched_means import Followed, difference, false_discoveries, influence


def followed(rng: np.random.Generator, cases: int, *, whole_days: bool = False) -> Followed:
    times, ages = rng.exponential(10, cases), rng.uniform(5, 60, cases)
    if whole_days:
        times, ages = np.ceil(times), np.ceil(ages)
    number = np.arange(cases)
    return Followed(np.minimum(times, ages), times <= ages, ages, number, number)


def greenwood(curve: Curve, within: float) -> float:
    """The variance of the restricted mean, term by term."""
    found = 0.0
    for time, at_risk, ended in zip(curve.times, curve.at_risk, curve.ended, strict=True):
        if time < within and at_risk > ended:
            found += curve_area(curve, time, within) ** 2 * ended / (at_risk * (at_risk - ended))
    return found


def curve_area(curve: Curve, start: float, stop: float) -> float:
    inside = curve.times[(curve.times > start) & (curve.times < stop)]
    edges = np.concatenate(([start], inside, [stop]))
    heights = [curve.survival[np.searchsorted(curve.times, edge, side="right") - 1] for edge in edges[:-1]]
    return float((np.array(heights) * np.diff(edges)).sum())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_the_influences_squared_are_greenwoods_variance(seed: int, whole_days: bool) -> None:
    cases = followed(np.random.default_rng(seed), 80, whole_days=whole_days)
    curve = cases.curve()
    found = influence(curve, cases, 20.0)
    assert found.sum() == pytest.approx(0, abs=1e-9)
    assert found @ found == pytest.approx(greenwood(curve, 20.0), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_an_influence_is_how_the_mean_moves_with_the_weight(seed: int) -> None:
    """A case that counts 1 001 times where the others count 1 000 times."""
    cases = followed(np.random.default_rng(seed), 30, whole_days=seed % 2 == 0)
    found = influence(cases.curve(), cases, 20.0)
    weights = np.full(30, 1000)
    weights[seed % 30] += 1

    def mean(counts: np.ndarray) -> float:
        curve = kaplan_meier(np.repeat(cases.times, counts), np.repeat(cases.ended, counts))
        return curve.restricted_mean(20.0).value

    if not np.isnan(moved := mean(weights) - mean(np.full(30, 1000))):
        assert moved * 1000 == pytest.approx(found[seed % 30], rel=0.01, abs=1e-4)


def matched(rng: np.random.Generator, cases: int, picks: int) -> tuple[Followed, Followed]:
    """Half of the cases are slow, and so are those that they are compared with."""
    slow = np.arange(cases) % 2
    one, pool = followed(rng, cases), followed(rng, 600)
    at = rng.integers(0, 300, (cases, picks)) + 300 * slow[:, None]
    clusters = rng.integers(0, 50, 600 + cases)
    pace = 1 + 9 * slow
    having = Followed(one.times * pace, one.ended, one.ages * pace, one.case + 600, clusters[600:])
    theirs = Followed(pool.times[at], pool.ended[at], pool.ages[at], pool.case[at], clusters[at])
    return having, replace(theirs, times=theirs.times * pace[:, None], ages=theirs.ages * pace[:, None])


def test_the_days_are_those_of_the_two_curves() -> None:
    having, without = matched(np.random.default_rng(2), 80, 7)
    found = difference(having, without, 40.0)
    means = [each.curve().restricted_mean(40.0).value for each in (having, without)]
    assert found.days == pytest.approx(means[0] - means[1])
    assert found.low < found.days < found.high
    turned = 2 * found.days - found.low
    assert turned == pytest.approx(found.high)


def test_the_error_is_that_of_drawing_applicants_again() -> None:
    rng = np.random.default_rng(4)
    having, without = matched(rng, 120, 10)
    drawn = []
    for _ in range(400):
        weight = np.bincount(rng.integers(0, 50, 50), minlength=50)
        one = weight[having.cluster]
        # Each case brings its own along; they share its weight by theirs.
        theirs = weight[without.cluster].astype(float)
        shares = theirs * (one / np.maximum(theirs.sum(axis=1), 1))[:, None]
        counts = np.round(shares * 1000).astype(int).ravel()
        means = [
            kaplan_meier(np.repeat(side.times.ravel(), n), np.repeat(side.ended.ravel(), n)).restricted_mean(40.0).value
            for side, n in ((having, one), (without, counts))
        ]
        drawn.append(means[0] - means[1])
    found = difference(having, without, 40.0)
    assert (found.high - found.low) / (2 * 2.01) == pytest.approx(np.std(drawn), rel=0.08)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.data())
def test_false_discoveries_are_scipys(chances: list[float], data: st.DataObject) -> None:
    values = np.array(chances)
    assert false_discoveries(values) == pytest.approx(false_discovery_control(values))
    place = data.draw(st.integers(0, len(chances)))
    found = false_discoveries(np.insert(values, place, np.nan))
    assert np.isnan(found[place]) and np.delete(found, place) == pytest.approx(false_discovery_control(values))


def test_no_chances_at_all() -> None:
    assert false_discoveries(np.array([])).tolist() == []
    assert np.isnan(false_discoveries(np.array([np.nan, np.nan]))).all()
