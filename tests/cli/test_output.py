"""Four forms of one frame: nothing is lost in the two for machines, nothing steers a reader's tools."""

import csv
import io
import json

import pandas as pd
import pytest

from saksflyt.cli.output import as_csv, as_json, as_markdown, document

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    'a"b',
    "a|b",
    "</script>",
    "{{7*7}}",
    "\x9b31m",
    "\u202e",
    "\x00",
]


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unit": ["Nord", "=cmd|' /C calc'!A0"],
            "activities": [["Søknad", "Vedtak"], ["Søknad"]],
            "cases": [3, 1],
            "share": [0.75, 0.25],
            "median_days": [-1.5, float("nan")],
        }
    )


def test_json_has_one_envelope(frame: pd.DataFrame) -> None:
    text = as_json("variants", {"by": "unit"}, {"cases": 4, "median_days": float("nan")}, frame)
    found = json.loads(text)
    assert list(found) == ["schema_version", "command", "parameters", "figures", "records"]
    assert found["schema_version"] == 1
    assert found["figures"] == {"cases": 4, "median_days": None}
    assert found["records"][0] == {
        "unit": "Nord", "activities": ["Søknad", "Vedtak"], "cases": 3, "share": 0.75, "median_days": -1.5,
    }  # fmt: skip
    assert found["records"][1]["median_days"] is None


def test_csv_is_read_back_and_runs_nothing(frame: pd.DataFrame) -> None:
    rows = list(csv.reader(io.StringIO(as_csv(frame))))
    assert rows == [
        ["unit", "activities", "cases", "share", "median_days"],
        ["Nord", "Søknad → Vedtak", "3", "0.75", "-1.5"],
        ["'=cmd|' /C calc'!A0", "Søknad", "1", "0.25", ""],
    ]


def test_markdown_keeps_its_columns(frame: pd.DataFrame) -> None:
    lines = as_markdown(frame).splitlines()
    assert lines[0] == "| unit | cases | share | median_days | activities |"
    assert lines[1] == "| --- | ---: | ---: | ---: | --- |"
    assert lines[3] == r"| =cmd\|' /C calc'!A0 | 1 | 25.0 % | – | Søknad |"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str) -> None:
    frame = pd.DataFrame({name: [name], "cases": [1]})
    text = as_json("variants", {}, None, frame)
    assert json.loads(text)["records"] == [{name: name, "cases": 1}]
    assert not any(0x7F <= ord(c) < 0xA0 or c in "\x00\x1b\u202e" for c in text)

    (head, row) = csv.reader(io.StringIO(as_csv(frame), newline=""), strict=True)
    assert head[0] == row[0]
    assert row[0].removeprefix("'") == name
    assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))

    table = as_markdown(frame).splitlines()
    assert len(table) == 3
    assert all(line.replace(r"\|", "").count("|") == 3 for line in table[1:])


def test_json_is_the_same_whatever_the_order_of_hashes() -> None:
    assert document("x", b=1, a={"z": 1, "y": 2}) == document("x", b=1, a={"z": 1, "y": 2})
    assert list(json.loads(document("x", b=1, a=2))) == ["schema_version", "command", "b", "a"]
