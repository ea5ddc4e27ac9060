"""pm4py's answers on random logs, two hundred of them in the slow line."""

from examples import examples
from hypothesis import given
from pm4py_answers import assert_equals_pm4py
from strategies import logs


@examples(12, 200)
@given(logs())
def test_random_logs(log):
    assert_equals_pm4py(log)
