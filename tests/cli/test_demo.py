"""The demo finds what was hidden in its sample, with any seed, and touches nothing that is not its own."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from saksflyt.cli.demo import read_sample
from saksflyt.cli.main import main
from saksflyt.cli.planted import compare_planted
from saksflyt.mining.flow import Flow
from saksflyt.mining.log import EventLog
from saksflyt.mining.throughput import throughput
from saksflyt.sample_logs.clock import LAST_DAY
from saksflyt.sample_logs.generator import Sample, write_sample
from saksflyt.sample_logs.planted import AnswerKey

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def compared_with(sample: Sample, answers: AnswerKey) -> pd.DataFrame:
    log = read_sample(sample, now=NOW)
    return compare_planted(answers, log, Flow.read("sosialhjelp"))


@pytest.mark.parametrize("seed", [0, 1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 20))])
def test_every_planted_fact_is_found(seed: int, tmp_path: Path) -> None:
    sample = write_sample(tmp_path, seed=seed, cases=300)
    compared = compared_with(sample, sample.answers)
    assert len(compared) >= 33
    assert compared[~compared["agrees"]].to_dict("records") == []


@pytest.mark.parametrize("cases", [5, 20])
def test_a_sample_too_small_for_some_facts(cases: int, tmp_path: Path) -> None:
    sample = write_sample(tmp_path, seed=1, cases=cases)
    assert compared_with(sample, sample.answers)["agrees"].all()


def test_payments_open_no_case_again_where_only_the_flow_says_what_is_closed(tmp_path: Path) -> None:
    """The export without its column Avsluttet: a case is over at its payment or refusal, and monthly payments may follow."""
    sample = write_sample(tmp_path, seed=1, cases=600)
    flow = replace(Flow.read("sosialhjelp"), clock=None)
    events = read_sample(sample, now=NOW).sql(
        "select case_id, activity::varchar as activity, end_time from events join cases using (case_no) order by case_no, position"
    )
    found = throughput(EventLog.from_frame(events, as_of=LAST_DAY), flow)

    over = {"Utbetaling", "Avslag sendt"}
    closed = paid_after = 0
    for _, case in events.groupby("case_id"):
        steps = [step for step in case["activity"] if step != "Foreløpig svar"]
        last = max(place for place, step in enumerate(steps) if step not in over)
        closed += last + 1 < len(steps)
        paid_after += last + 2 < len(steps)
    assert (found.closed, found.open_cases) == (closed, 600 - closed)
    assert paid_after >= sample.answers.paid_after_closing > 30


def test_a_fact_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    sample, other = (write_sample(tmp_path / str(seed), seed=seed, cases=100) for seed in (1, 2))
    assert not compared_with(sample, other.answers)["agrees"].all()


def demo(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["demo", *map(str, arguments), "--now", "2026-07-01"])


def test_the_demo_and_its_second_run(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "demo"
    first = demo(folder)
    assert first.exit_code == 0, first.stderr
    assert "✗" not in first.stdout
    assert first.stdout.count("✓ found") >= 33
    made = {path.name for path in folder.iterdir()}
    assert {"soknader.csv", "flyt.toml", "soknader.saksflyt", "rapport.html", "report.html"} <= made
    assert all(str(folder / name) in first.stderr for name in ("soknader.csv", "rapport.html", "report.html"))
    before = {name: (folder / name).read_bytes() for name in ("soknader.csv", "rapport.html", "report.html")}

    second = demo(folder)
    assert second.exit_code == 0, second.stderr
    assert second.stdout == first.stdout
    assert {path.name for path in folder.iterdir()} == made
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / "rapport.html"
    theirs.write_text("mine", encoding="utf-8")
    result = demo(tmp_path)
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["rapport.html"]
    assert theirs.read_text(encoding="utf-8") == "mine"


def test_force_uses_it_and_a_clock_that_is_behind_hides_nothing(tmp_path: Path) -> None:
    theirs = tmp_path / "notes.txt"
    theirs.write_text("mine", encoding="utf-8")
    result = CliRunner().invoke(main, ["demo", str(tmp_path), "--force", "--now", "2020-01-01"])
    assert result.exit_code == 0, result.stdout + result.stderr
    assert theirs.read_text(encoding="utf-8") == "mine"


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("x", encoding="utf-8")
    assert demo(tmp_path / "demo").exit_code == 2
