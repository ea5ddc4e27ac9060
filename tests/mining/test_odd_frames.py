"""``EventLog.from_frame`` meets frames that no export would give: a log, or one sentence."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from saksflyt.mining.errors import DataError, SaksflytError, UsageError
from saksflyt.mining.log import EventLog


def _frame(**columns: Any) -> pd.DataFrame:
    plain = {"case_id": list("1122"), "activity": list("abab"), "end_time": pd.date_range("2024-02-01", periods=4)}
    return pd.DataFrame({**plain, **columns})


def _renamed(*names: Any) -> pd.DataFrame:
    return _frame(x="1", y="2").set_axis(list(names), axis=1)


REFUSED: dict[str, tuple[Any, str]] = {
    "no frame": ([1, 2], "pandas frame or an Arrow table, not of a list"),
    "two columns of one name": (_renamed("case_id", "activity", "end_time", "x", "x"), "Several columns"),
    "two cases": (_renamed("case_id", "activity", "end_time", "case_id", "x"), "Several columns"),
    "levels": (
        _frame().set_axis(pd.MultiIndex.from_product([["case_id", "activity", "end_time"], [""]]), axis=1),
        "several levels",
    ),
    "bytes": (_frame(case_id=[b"\xff"] * 4), "no text"),
    "blank case": (_frame(case_id=["1", " ", "2", ""]), "2 rows have no case_id, the first is row 2"),
    "year 9999": (_frame(end_time=[datetime(9999, 12, 31, tzinfo=UTC)] * 4), "end of the calendar"),
    "year 1": (_frame(end_time=[datetime(1, 1, 1)] * 4), "end of the calendar"),
    "year 200000": (_frame(end_time=np.array(["200000-01-01"] * 4, "datetime64[s]")), "end of the calendar"),
    "rank of words": (_frame(rank=["x"] * 4), "column rank"),
    "rank too high": (_frame(rank=[99_999] * 4), "column rank"),
    "odd precision": (_frame(precision=["hour"] * 4), "column precision"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_one_sentence(kind: str) -> None:
    frame, sentence = REFUSED[kind]
    with pytest.raises(SaksflytError, match=sentence) as raised:
        EventLog.from_frame(frame)
    assert isinstance(raised.value, UsageError if kind == "no frame" else DataError)


@pytest.mark.parametrize(
    "columns",
    [
        {"end_time": pd.Series(pd.date_range("2024-02-01", periods=4)).astype(pd.ArrowDtype(pa.timestamp("us")))},
        {"end_time": pd.Series([date(2024, 2, n) for n in range(1, 5)]).astype(pd.ArrowDtype(pa.date32()))},
        {"x": [1j] * 4},
        {"x": [2**70] * 4},
        {"x": np.array([1.5] * 4, "float16")},
        {"rank": [1, None, 2, None]},
        {"precision": ["day", None, "minute", "second"]},
        {"activity": pd.Categorical(list("abab")), "x": pd.Categorical(["a", None] * 2)},
    ],
)
def test_a_log(columns: dict[str, Any]) -> None:
    log = EventLog.from_frame(_frame(**columns))
    assert (log.case_count, log.event_count) == (2, 4)
