"""``saksflyt quality``: what can be asked, the findings, and when it fails."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from quality_logs import clean, planted

from saksflyt.cli.main import main
from saksflyt.mining.quality_kinds import QUESTIONS

NOW = ["--now", "2025-07-01"]


def written(tmp_path: Path, name: str | None) -> Path:
    """The made-up export as a file; its first record stands on line 2."""
    frame = planted(name, 0).frame if name else clean(0)
    path = tmp_path / "saker.csv"
    columns = {"case_id": "Saksnr", "activity": "Steg", "end_time": "Tidspunkt", "unit": "Kontor"}
    frame[[*columns]].rename(columns=columns).to_csv(path, index=False, sep=";", date_format="%d.%m.%Y %H:%M:%S")
    return path


def ask(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["quality", *map(str, arguments), *NOW])


def test_a_table_for_reading(tmp_path: Path) -> None:
    result = ask(written(tmp_path, "capitals"))
    assert result.exit_code == 0, result.stderr
    first, second = result.stdout.split("\n\n")
    assert first.split()[:2] == ["question", "verdict"] and len(first.splitlines()) == 2 + len(QUESTIONS)
    assert second.startswith("severity") and "quality.distorted_label:" in second
    assert "findings (1 warn, 1 info)" in result.stderr and "severity" not in result.stderr


def test_the_rows_are_those_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "capitals")
    lines = path.read_text(encoding="utf-8").splitlines()
    found = json.loads(ask(path, "--format", "json").stdout)
    (label,) = (each for each in found["records"] if each["id"].startswith("quality.distorted_label"))
    places = [int(place.removeprefix("saker.csv:")) for place in label["examples"]]
    assert len(places) == 5 and all("vedtak  fattet" in lines[place - 1] for place in places)
    assert {each["question"] for each in found["questions"]} == set(QUESTIONS)
    assert found["figures"]["cases"] == 600 and found["parameters"]["fail_on"] == "high"


def test_csv_holds_the_findings(tmp_path: Path) -> None:
    result = ask(written(tmp_path, "capitals"), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["severity"] for row in rows] == ["warn", "info"]
    assert rows[0]["examples"].count("saker.csv:") == 5 and "→" not in result.stdout
    assert "--questions" in result.stderr


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_the_questions_alone(tmp_path: Path, form: str) -> None:
    result = ask(written(tmp_path, "capitals"), "--questions", "--format", form)
    assert all(question in result.stdout for question in QUESTIONS) and "quality.distorted_label" not in result.stdout


@pytest.mark.parametrize(
    ("name", "fail_on", "code"),
    [
        ("capitals", "high", 0),
        ("capitals", "warn", 1),
        ("two_numbers", "high", 1),
        ("two_numbers", "never", 0),
        (None, "warn", 0),
        (None, "info", 1),  # nobody says which cases are over
    ],
)
def test_it_fails_where_it_was_asked_to(tmp_path: Path, name: str | None, fail_on: str, code: int) -> None:
    assert ask(written(tmp_path, name), "--fail-on", fail_on).exit_code == code


def test_a_flow_says_what_is_over(tmp_path: Path) -> None:
    flow = tmp_path / "flyt.toml"
    flow.write_text(
        'name = "ment"\nflow = "Søknad mottatt -> Kartlegging"\nclosed_by = ["Kartlegging"]\n', encoding="utf-8"
    )
    export = written(tmp_path, None)
    assert "closing_unknown" in ask(export).stdout
    result = ask(export, "--flow", flow)
    assert result.exit_code in (0, 1) and "closing_unknown" not in result.stdout


def test_two_logs_are_one_too_many(tmp_path: Path) -> None:
    export = written(tmp_path, None)
    result = ask(export, export)
    assert result.exit_code == 2 and "One LOG at a time" in result.stderr


def test_no_case_number_is_printed(tmp_path: Path) -> None:
    for form in ("table", "json", "csv", "markdown"):
        assert "2024/" not in ask(written(tmp_path, "two_numbers"), "--format", form).stdout
