"""pm4py's answers on two hundred random logs."""

import pytest
from hypothesis import given, settings
from pm4py_answers import assert_equals_pm4py
from strategies import logs


@settings(max_examples=40)
@given(logs())
def test_random_logs(log):
    assert_equals_pm4py(log)


@pytest.mark.slow
@settings(max_examples=200)
@given(logs())
def test_two_hundred_random_logs(log):
    assert_equals_pm4py(log)
