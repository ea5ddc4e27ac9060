"""``saksflyt discover``: the overview, the files, the sentences and the exit codes."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from saksflyt.cli.main import main
from saksflyt.mining.definitions import definitions
from saksflyt.sample_logs.generator import write_sample

NOW = ["--now", "2026-07-01"]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sample"), cases=120).export


def ask(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["discover", *map(str, arguments), *NOW])


def test_the_overview(export: Path) -> None:
    result = ask(export)
    assert result.exit_code == 0, result.stderr
    for word in ("sound", "fitness", "precision", "optimal alignment", "Process tree", "->( "):
        assert word in result.stdout
    assert "A model of " in result.stderr
    assert "left out; --open-cases puts them in" in result.stderr
    assert "-o DIR" in result.stderr


def test_the_four_forms(export: Path) -> None:
    answer = json.loads(ask(export, "--format", "json").stdout)
    assert (answer["schema_version"], answer["command"]) == (1, "discover")
    assert answer["tree"].startswith("->( ")
    assert answer["figures"]["sound"] is True
    assert 0 < answer["figures"]["fitness"] <= 1
    assert {record["figure"] for record in answer["records"]} <= set(definitions())
    rows = list(csv.DictReader(io.StringIO(ask(export, "--format", "csv").stdout)))
    assert [row["figure"] for row in rows] == [record["figure"] for record in answer["records"]]
    assert ask(export, "--format", "markdown").stdout.startswith("| figure | value | definition |")


def test_the_files(export: Path, tmp_path: Path) -> None:
    result = ask(export, "-o", tmp_path / "model")
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == [
        "model.bpmn",
        "model.pnml",
        "model.tree.txt",
    ]
    assert "model.bpmn, model.pnml, model.tree.txt" in result.stderr
    tree = (tmp_path / "model" / "model.tree.txt").read_text(encoding="utf-8").strip()
    assert tree in result.stdout


def test_the_heuristics_miner(export: Path, tmp_path: Path) -> None:
    answer = ask(export, "--miner", "heuristics", "--format", "json", "-o", tmp_path)
    assert json.loads(answer.stdout)["tree"] is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.bpmn", "model.pnml"]


def test_a_figure_that_is_unknown_is_a_dash_and_a_sentence(tmp_path: Path) -> None:
    steps = [f"step {number}" for number in range(24)]
    rows = ["case;activity;time"]
    for case in range(24):  # every step follows every other, so all may go in any order
        order = steps[case:] + steps[:case] if case % 2 else (steps[case:] + steps[:case])[::-1]
        rows += [f"{case};{step};2025-01-{day + 1:02d} 10:00" for day, step in enumerate(["first", *order])]
    path = tmp_path / "any_order.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    answer = ask(path, "--noise", "0", "--format", "json")
    assert answer.exit_code == 0, answer.stderr
    assert json.loads(answer.stdout)["figures"]["fitness"] is None
    assert "unknown" in answer.stderr
    assert "–" in ask(path, "--noise", "0").stdout


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (["--noise", "2"], 2),
        (["--noise", "0.2", "--miner", "heuristics"], 2),
        (["--dependency", "0.5"], 2),
        (["--coverage", "0"], 2),
        (["--miner", "alpha"], 2),
        (["--where", "unit=Nowhere"], 3),
        (["--period", "1999"], 3),
    ],
)
def test_what_cannot_be_answered(wrong: list[str], code: int, export: Path) -> None:
    result = ask(export, *wrong)
    assert result.exit_code == code
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_part_of_the_cases(export: Path) -> None:
    whole = json.loads(ask(export, "--format", "json").stdout)["figures"]["cases"]
    part = json.loads(ask(export, "--period", "2025", "--format", "json").stdout)
    assert part["figures"]["cases"] < whole
    assert part["parameters"]["period"] == "2025"


def test_a_place_that_is_a_file(export: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    assert ask(export, "-o", tmp_path / "mine").exit_code == 2
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_log_that_takes_long_is_announced(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saksflyt.cli.discover._MANY", 3)
    assert "--coverage 0.9" in ask(export).stderr
    assert "--coverage 0.9" not in ask(export, "--coverage", "0.8").stderr
    assert "most common variants" in ask(export, "--coverage", "0.8").stderr
