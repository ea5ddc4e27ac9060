"""``demo --project`` and what it says to run next."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from judged_seeds import BREACH, NOW

from saksflyt.cli import demo_project
from saksflyt.cli.main import main
from saksflyt.cli.monthly.project import read_project
from saksflyt.cli.monthly.running import read_flow, read_sources
from saksflyt.sample_logs.project import write_project


def typed(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_project, "write_project", lambda folder: write_project(folder, cases=150))


@pytest.mark.usefixtures("small")
def test_it_makes_a_project_and_says_what_to_run(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "prosjekt"
    done = typed("demo", "--project", folder)
    assert done.exit_code == 0 and done.stdout == ""
    assert sorted(entry.name for entry in folder.iterdir()) == [".gitignore", "exports", "fasit.md", "flow.toml", "saksflyt.toml"]  # fmt: skip
    assert done.stderr.splitlines()[-1].endswith(f"saksflyt check {folder} --now 2026-07-08")
    project = read_project(folder)
    log = read_sources(project, NOW)
    assert log.case_count == 150 and read_flow(project).deadlines
    assert {step for wait in project.waits for step in wait} <= set(log.activities)


@pytest.mark.slow
def test_the_breach_is_new_in_its_month_and_gone_in_the_next(tmp_path: Path) -> None:
    assert typed("demo", "--project", tmp_path).exit_code == 0
    settings = tmp_path / "saksflyt.toml"
    late = settings.read_text(encoding="utf-8").replace('first = "2025-01"', 'first = "2025-10"')
    # The exports hold what comes after these days; that nothing of it counts is meant.
    later = '[fitness]\naccepted = ["2025-10 future", "2025-11 future"]'
    settings.write_text(late.replace("[fitness]", later), encoding="utf-8")
    for now, code, severity in (("2025-11-10", 1, "high"), ("2025-12-10", 0, "")):
        done = typed("check", tmp_path, "--now", now, "--format", "json")
        assert done.exit_code == code, done.stderr
        (row,) = json.loads(done.stdout)["records"]
        assert row["severity"] == severity
    folders = sorted((tmp_path / "history" / "runs").iterdir())
    found = [pd.read_csv(folder / "findings.csv").to_dict("records") for folder in folders]
    limits = [[row for row in month if row["id"].startswith("limit:")] for month in found]
    assert [[(row["id"], row["severity"], row["status"]) for row in month] for month in limits] == [
        [(BREACH[1], "high", "new")],
        [(BREACH[1], "info", "gone")],
    ]


def test_a_folder_that_holds_anything_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for words in ((tmp_path,), (tmp_path, "--force")):
        done = typed("demo", "--project", *words)
        assert done.exit_code == 2 and len(done.stderr.splitlines()) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.txt"]
