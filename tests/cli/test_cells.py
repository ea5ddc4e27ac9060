"""A value keeps its meaning as data, and its proportion for a reader."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from saksflyt.cli.cells import flat, plain, readable


@pytest.mark.parametrize(
    ("value", "data", "text"),
    [
        (np.int64(3), 3, "3"),
        (np.float64(0.1), 0.1, "0.1"),
        (float("nan"), None, ""),
        (float("inf"), None, ""),
        (pd.NA, None, ""),
        (pd.NaT, None, ""),
        (None, None, ""),
        (np.bool_(True), True, "true"),
        (pd.Timestamp("2026-03-29T01:00", tz="UTC"), "2026-03-29T01:00:00+00:00", "2026-03-29T01:00:00+00:00"),
        (datetime(2026, 3, 29, tzinfo=UTC), "2026-03-29T00:00:00+00:00", "2026-03-29T00:00:00+00:00"),
        (["Søknad", "Vedtak"], ["Søknad", "Vedtak"], "Søknad → Vedtak"),
        (np.array(["a", "b"]), ["a", "b"], "a → b"),
        ("0301", "0301", "0301"),
    ],
)
def test_data(value: object, data: object, text: str) -> None:
    assert plain(value) == data
    assert type(plain(value)) is type(data)
    assert flat(value) == text


@pytest.mark.parametrize(
    ("name", "values", "text"),
    [
        ("share", [0.2114, 0.00004, 0.0, float("nan")], ["21.1 %", "<0.1 %", "0.0 %", "–"]),
        ("median_days", [12.25, 0.04, None], ["12.2", "0.0", "–"]),
        ("median_days", [0.25, 1.0], ["0.25", "1.00"]),
        ("median_days", [0.0125], ["0.0125"]),
        ("median_days", [0.0], ["0.0"]),
        ("market share", ["north", "south"], ["north", "south"]),
        ("finished", [True, False], ["yes", "no"]),
        ("cases", [1434], ["1434"]),
        ("unit", ["Nord\x1b[31m", "a\u202eb", "æøå 申請"], ["Nord\\x1b[31m", "a\\u202eb", "æøå 申請"]),
    ],
)
def test_for_a_reader(name: str, values: list[object], text: list[str]) -> None:
    assert readable(name, values) == text
