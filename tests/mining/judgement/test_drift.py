"""The mix and the pairs: against scipy, against brute force, and against what was planted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from saksflyt.mining.judgement.drift import OTHER, adjusted, mix, pairs, stand_out

counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 200), min_size=1)


@settings(max_examples=30, deadline=None)
@given(counts, counts)
def test_the_mix_adds_up_and_agrees_with_chi_square(before: dict[str, int], now: dict[str, int]) -> None:
    found = mix(before, now)
    assert (found.cases, found.cases_before) == (sum(now.values()), sum(before.values()))
    if min(found.cases, found.cases_before) < 30:
        assert np.isnan([found.distance, found.by_chance, found.p]).all() and found.frame.empty
        return
    shares = found.frame[["share_before", "share"]]
    assert shares.sum().tolist() == pytest.approx([1, 1])
    assert found.distance == pytest.approx((shares["share"] - shares["share_before"]).abs().sum() / 2)
    table = (shares * [found.cases_before, found.cases]).round().to_numpy()
    if len(table) > 1:
        # With five or more expected in every class, the permutation test is near the chi-square distribution.
        _, p, _, expected = stats.chi2_contingency(table, correction=False)
        assert np.asarray(expected).min() < 5 or found.p == pytest.approx(p, abs=0.06)
    else:
        assert found.p == 1


def test_rare_variants_are_one_class():
    found = mix({"a": 500, "b": 400, "c": 3, "d": 2}, {"a": 50, "b": 40, "e": 70})
    assert set(found.frame["variant"]) == {"a", "b", OTHER}
    assert found.frame.loc[found.frame["variant"] == OTHER, "share"].iloc[0] == pytest.approx(70 / 160)


def test_what_was_planted_stands_out_and_chance_does_not():
    dice = np.random.default_rng(1)
    then = dict(zip("abcd", dice.multinomial(1000, [0.5, 0.3, 0.15, 0.05]), strict=True))
    q = []
    for shares in [[0.5, 0.3, 0.15, 0.05]] * 40 + [[0.3, 0.3, 0.35, 0.05]]:
        found = mix(then, dict(zip("abcd", dice.multinomial(120, shares), strict=True)))
        q.append(found)
    adjusted_p = adjusted([found.p for found in q])
    said = [found.stands_out(at) for found, at in zip(q, adjusted_p, strict=True)]
    assert said == [False] * 40 + [True]
    assert q[-1].frame["variant"].tolist()[:2] in (["a", "c"], ["c", "a"])


def test_pairs_are_fishers_and_say_what_became_of_them():
    before = {("a", "b"): 400, ("b", "c"): 100, ("c", "d"): 60, ("x", "y"): 50}
    now = {("a", "b"): 80, ("b", "c"): 60, ("n", "m"): 12}
    found = pairs(before, 500, now, 100)
    row = found[(found["source"] == "b") & (found["target"] == "c")].iloc[0]
    assert row["p"] == stats.fisher_exact([[60, 40], [100, 400]])[1] and row["ratio"] == pytest.approx(3)
    said = stand_out(found, adjusted(found["p"]))
    assert dict(zip(zip(said["source"], said["target"], strict=True), said["change"], strict=True)) == {
        ("b", "c"): "more",
        ("n", "m"): "new",
        ("c", "d"): "gone",
        ("x", "y"): "gone",
    }
    assert pairs(before, 500, now, 29).empty and stand_out(pairs(before, 9, now, 9), []).empty


def test_adjusted_leaves_out_what_was_not_tested():
    assert adjusted([0.01, np.nan, 0.04]).tolist() == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert pd.isna(adjusted([np.nan])).all()
