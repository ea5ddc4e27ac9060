"""``saksflyt backlog``: open cases by step, the list for the team, the series, and what it says in words."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from saksflyt.cli.demo import read_sample
from saksflyt.cli.main import main
from saksflyt.mining.log import SUFFIX
from saksflyt.sample_logs.generator import Sample, write_sample

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The made-up export, and the log of it beside it (that both give the same: ``test_asking.py``)."""
    sample = write_sample(tmp_path_factory.mktemp("sample"), cases=200)
    read_sample(sample, now=NOW)
    return sample


def backlog(sample: Sample, *arguments: object) -> Result:
    return CliRunner().invoke(main, ["backlog", str(sample.export.with_suffix(SUFFIX)), *map(str, arguments)])


def records(result: Result) -> list[dict]:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["records"]


def test_open_cases_by_step(sample: Sample) -> None:
    result = backlog(sample, "--flow", "sosialhjelp", "--format", "json")
    rows = records(result)
    told = json.loads(result.stdout)
    assert told["command"] == "backlog" and told["parameters"]["flow"] == "sosialhjelp"
    assert sum(row["open_cases"] for row in rows) == told["figures"]["open_cases"] > 0
    assert {"little_gap", "little_holds", "weeks_of_work", "closing_known"} <= set(told["figures"])
    assert "case_id" not in result.stdout
    waiting = {row["step"]: row["waits_for"] for row in rows}
    assert waiting.get("Dokumentasjon etterspurt", "applicant") == "applicant"
    assert "cases are open" in result.stderr and "The oldest has been open for" in result.stderr


def test_the_list_for_the_team_is_oldest_first(sample: Sample) -> None:
    rows = records(backlog(sample, "--cases", "--format", "json"))
    ages = [row["age_days"] for row in rows]
    assert ages == sorted(ages, reverse=True) and all(row["case_id"] for row in rows)
    assert len(rows) == sum(row["open_cases"] for row in records(backlog(sample, "--format", "json")))


def test_by_unit_top_counts_within_each(sample: Sample) -> None:
    rows = pd.DataFrame(records(backlog(sample, "--cases", "--by", "unit", "--top", 1, "--format", "json")))
    assert rows["unit"].is_unique and list(rows.columns[:2]) == ["unit", "case_id"]


@pytest.mark.parametrize("every", ["day", "week"])
def test_over_time(sample: Sample, every: str) -> None:
    rows = pd.DataFrame(records(backlog(sample, "--over-time", every, "--format", "json")))
    moved = (rows["received"] - rows["closed"]).cumsum()
    assert rows["in_progress"].tolist() == moved.tolist() and rows["received"].sum() == 200
    newest = records(backlog(sample, "--over-time", every, "--top", 3, "--format", "json"))
    assert [row["day"] for row in newest] == rows["day"].tolist()[-3:]


@pytest.mark.parametrize("form", ["table", "csv", "markdown"])
def test_other_formats(sample: Sample, form: str) -> None:
    result = backlog(sample, "--format", form, "--flow", "sosialhjelp")
    assert result.exit_code == 0 and "Dokumentasjon" in result.stdout


def test_a_log_that_does_not_say_what_is_closed(tmp_path: Path) -> None:
    export = tmp_path / "x.csv"
    export.write_text("case_id,activity,timestamp\n1,A,2025-01-01 10:00\n1,B,2025-01-02 10:00\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["backlog", str(export), "--format", "json"])
    assert result.exit_code == 0 and json.loads(result.stdout)["records"] == []
    assert "none counts as open; name a --flow" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--cases", "--over-time", "week"), "two tables"),
        (("--flow", "sosialhjelpen"), "sosialhjelp"),
        (("--by", "nothing"), "nothing"),
        (("--by", "resource"), "people"),
    ],
)
def test_wrong_use_is_one_sentence(sample: Sample, arguments: tuple[str, ...], said: str) -> None:
    result = backlog(sample, *arguments)
    assert result.exit_code == 2 and said in result.stderr and "Traceback" not in result.stderr
