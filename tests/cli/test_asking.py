"""The commands that ask one question: of a log or of an export, of all cases or some, in four forms."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from saksflyt.cli.main import main
from saksflyt.sample_logs.generator import write_sample

NOW = ["--now", "2026-07-01"]
MEASURES = ["variants", "rework", "waiting", "throughput", "backlog"]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sample"), cases=120).export


@pytest.fixture(scope="module")
def log(export: Path) -> Path:
    target = export.with_name("oslo.saksflyt")
    assert ask("import", export, "-o", target).exit_code == 0
    return target


def ask(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments), *NOW])


def data(*arguments: object) -> dict:
    result = ask(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("measure", MEASURES)
def test_the_four_forms_hold_the_same(measure: str, log: Path) -> None:
    answer = data(measure, log)
    assert (answer["schema_version"], answer["command"]) == (1, measure)
    rows = list(csv.DictReader(io.StringIO(ask(measure, log, "--format", "csv").stdout)))
    assert len(rows) == len(answer["records"]) > 1
    assert list(rows[0]) == list(answer["records"][0])
    table = ask(measure, log, "--top", 0).stdout.splitlines()
    assert len(table) == 2 + len(rows)
    markdown = ask(measure, log, "--top", 0, "--format", "markdown").stdout.splitlines()
    assert len(markdown) == 2 + len(rows)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_log_and_its_export_give_the_same(measure: str, log: Path, export: Path) -> None:
    from_log, from_export = data(measure, log), data(measure, export)
    assert from_log["records"] == from_export["records"]
    assert from_log["figures"] == from_export["figures"]


@pytest.mark.parametrize("measure", MEASURES[:-1])  # not every unit has open cases
def test_by_unit(measure: str, log: Path) -> None:
    records = data(measure, log, "--by", "unit", "--top", 1)["records"]
    assert next(iter(records[0])) == "unit"
    assert len({record["unit"] for record in records}) == 3


def test_an_export_gets_a_receipt_on_stderr(export: Path) -> None:
    result = ask("variants", export)
    assert result.stderr.startswith("soknader.csv: ")
    assert "records" in result.stderr
    assert "quarantined" in result.stderr
    assert "records" not in result.stdout


def test_where_and_period(log: Path) -> None:
    whole = data("throughput", log)["figures"]["cases"]
    units = [record["unit"] for record in data("throughput", log, "--by", "unit", "--top", 1)["records"]]
    parts = [data("throughput", log, "--where", f"unit={unit}")["figures"]["cases"] for unit in sorted(set(units))]
    assert sum(parts) == whole
    assert data("throughput", log, "--period", "2025")["figures"]["cases"] < whole
    received = data("variants", log, "--period", "2025-03", "--period-by", "received")
    assert received["parameters"]["period"] == "2025-03"


@pytest.mark.parametrize("chosen", [["--where", "unit=Nowhere"], ["--period", "1999"]])
def test_an_empty_selection_is_exit_3(chosen: list[str], log: Path) -> None:
    for measure in MEASURES:
        result = ask(measure, log, *chosen)
        assert result.exit_code == 3
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ["--where", "unit"],
        ["--where", "nothing=1"],
        ["--where", "applicant=A1"],
        ["--period", "march"],
        ["--period-by", "opened"],
        ["--by", "nothing"],
        ["--by", "resource"],
        ["--top", "-1"],
        ["--as-of", "31.12.2025"],
        ["--format", "xml"],
        ["--mapping", "nowhere.toml"],
    ],
)
def test_wrong_use_is_exit_2(wrong: list[str], log: Path) -> None:
    result = ask("variants", log, *wrong)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("saksflyt: ")


def test_top_counts_rows(log: Path) -> None:
    assert len(data("variants", log, "--top", 3)["records"]) == 3
    result = ask("variants", log)
    assert len(result.stdout.splitlines()) == 22
    assert "--top 0 shows all" in result.stderr


def test_top_of_throughput_is_the_newest_months(log: Path) -> None:
    months = [record["month"] for record in data("throughput", log)["records"]]
    assert [record["month"] for record in data("throughput", log, "--top", 2)["records"]] == months[-2:]


def test_as_of_takes_the_log_back(log: Path) -> None:
    before, now = data("throughput", log, "--as-of", "2025-06-30"), data("throughput", log)
    assert before["figures"]["cases"] < now["figures"]["cases"]
    assert before["records"][-1]["month"] == "2025-06"
    assert before["parameters"]["as_of"] == "2025-06-30"


def test_between_milestones(log: Path) -> None:
    result = ask("throughput", log, "--from", "Tildelt saksbehandler", "--to", "Kartlegging,Vedtak fattet")
    assert "from Tildelt saksbehandler to Kartlegging or Vedtak fattet" in result.stderr
    answer = data("throughput", log, "--from", "Tildelt saksbehandler", "--to", "Kartlegging", "--to", "Vedtak fattet")
    assert answer["parameters"]["to"] == ["Kartlegging", "Vedtak fattet"]
    assert ask("throughput", log, "--to", "Vedtak").exit_code == 2


def test_throughput_by_the_clock_of_a_flow(log: Path) -> None:
    result = ask("throughput", log, "--flow", "sosialhjelp")
    assert (
        "Days from Søknad mottatt to Vedtak fattet" in result.stderr and "Open cases counted: median" in result.stderr
    )
    figures = data("throughput", log, "--flow", "sosialhjelp")["figures"]
    assert figures["low"] <= figures["median_days"] <= figures["high"] < data("throughput", log)["figures"]["high"]
    asked = data("throughput", log, "--flow", "sosialhjelp", "--to", "Utbetaling")
    assert asked["parameters"]["from"] is None and asked["parameters"]["to"] == ["Utbetaling"]


def test_a_flow_says_what_is_closed(log: Path, tmp_path: Path) -> None:
    export = tmp_path / "open.csv"
    export.write_text("Saksnr,Aktivitet,Tidspunkt\n1,A,2025-03-03 09:00\n1,B,2025-03-04 09:00\n2,A,2025-03-03 10:00\n")
    flow = tmp_path / "f.toml"
    flow.write_text('name = "f"\nflow = "A -> B"\nclosed_by = ["B"]\n')
    for measure in ("variants", "rework", "throughput"):
        assert "No closed column" not in ask(measure, export, "--flow", flow).stderr
        assert data(measure, export, "--flow", flow)["figures"]["closing_known"] is True
    assert data("rework", export, "--flow", flow)["figures"]["closed_cases"] == 1
    assert data("throughput", export, "--flow", flow)["figures"]["open_cases"] == 1
    found = ask("throughput", export, "--flow", "sosialhjelp")
    assert found.exit_code == 2 and "No case has 'Søknad mottatt'" in found.stderr


def test_rework_per_case(log: Path) -> None:
    records = data("rework", log, "--per-case")["records"]
    assert len(records) == 120
    assert list(records[0]) == ["case_id", "events", "self_loops", "repetitions", "extra_times"]
    assert ask("rework", log, "--per-case", "--by", "unit").exit_code == 2


def test_time_between_steps_is_never_called_waiting(log: Path) -> None:
    assert "Time between steps, not waiting" in ask("waiting", log).stderr


def test_a_log_without_closed_says_so(tmp_path: Path) -> None:
    export = tmp_path / "bare.csv"
    export.write_text("case,activity,time\n1,A,2026-01-01 10:00\n1,B,2026-01-02 10:00\n", encoding="utf-8")
    for measure in ("variants", "rework", "throughput"):
        assert "No closed column: every case counts as finished." in ask(measure, export).stderr


def test_a_log_that_a_crash_left_under_its_old_name(log: Path, tmp_path: Path) -> None:
    shutil.copytree(log, tmp_path / "x.saksflyt.old")
    result = ask("variants", tmp_path / "x.saksflyt", "--format", "csv")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ask("variants", log, "--format", "csv").stdout
    assert ask("variants", tmp_path / "y.saksflyt").exit_code == 2


def test_a_mapping_is_for_exports(log: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text('zone = "Europe/Oslo"\n', encoding="utf-8")
    result = ask("variants", log, "--mapping", mapping)
    assert result.exit_code == 2
    assert "--mapping" in result.stderr


def test_the_same_bytes_whatever_the_hash_seed_zone_and_threads(export: Path) -> None:
    def once(seed: str, zone: str, threads: str) -> bytes:
        env = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "SAKSFLYT_THREADS": threads,
            "SAKSFLYT_NOW": "2026-07-01",
        }
        command = [sys.executable, "-m", "saksflyt", "waiting", str(export), "--by", "unit", "--format", "json"]
        return subprocess.run(command, env=env, capture_output=True, check=True).stdout

    first = once("0", "UTC", "1")
    assert once("1", "America/New_York", "2") == first
    assert once("2", "Asia/Kolkata", "2") == first
