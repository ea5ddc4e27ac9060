"""``saksflyt key`` and ``--key``: one key, the same people in every command, and nothing that tells it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from saksflyt.cli.main import main

NUMBERS = ["01819000049", "01819000200", "13527248013"]


def run(*arguments: str | Path, **how: dict[str, str]) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments), "--now", "2026-11-01"], **how)  # type: ignore[arg-type]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir(mode=0o700)
    path = tmp_path / "export.csv"
    rows = [f"{n % 3};steg {n};0{n + 1}.02.2024;{NUMBERS[n % 3]}\n" for n in range(6)]
    path.write_text("Saksnr;Hendelse;Tidspunkt;Søker\n" + "".join(rows), encoding="utf-8")
    return path


def test_it_makes_a_key_and_says_which(export: Path, tmp_path: Path) -> None:
    made = run("key", tmp_path / "keys" / "k")
    secret = (tmp_path / "keys" / "k").read_text().strip()
    assert made.exit_code == 0 and made.stdout == "" and secret not in made.output and "The key " in made.stderr
    assert "same folder" not in made.stderr
    assert run("key", tmp_path / "keys" / "k").exit_code == 2
    assert (tmp_path / "keys" / "k").read_text().strip() == secret


def test_a_key_beside_data_is_advised_against(export: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    made = run("key", tmp_path / "k")
    assert made.exit_code == 0 and "exports or logs in the same folder" in made.stderr


def test_import_says_which_key_it_used(export: Path, tmp_path: Path) -> None:
    key = tmp_path / "keys" / "k"
    run("key", key)
    done = run("import", export, "-o", tmp_path / "log", "--key", key, "--format", "json")
    told = json.loads(done.stdout)
    assert len(told["people"]) == 8 and f"pseudonyms of the key {told['people']}" in done.stderr
    assert told["declared"] == [] and key.read_text().strip() not in done.output
    by_environment = run(
        "import", export, "-o", tmp_path / "log2", "--format", "json", env={"SAKSFLYT_KEY_FILE": str(key)}
    )
    assert json.loads(by_environment.stdout)["people"] == told["people"]
    cases = [(tmp_path / f"{name}.saksflyt" / "cases.parquet").read_bytes() for name in ("log", "log2")]
    assert cases[0] == cases[1]
    without = run("import", export, "-o", tmp_path / "log3", "--format", "json")
    assert json.loads(without.stdout)["people"] == "ordinals"


@pytest.mark.parametrize("command", [["variants"], ["rework"], ["throughput"], ["backlog"], ["quality"], ["discover"]])
def test_every_command_that_reads_an_export_takes_the_key(command: list[str], export: Path, tmp_path: Path) -> None:
    key = tmp_path / "keys" / "k"
    run("key", key)
    done = run(*command, export, "--key", key)
    assert done.exit_code in (0, 1), done.stderr
    key.chmod(0o644)
    refused = run(*command, export, "--key", key)
    assert refused.exit_code == 2 and "chmod 600" in refused.stderr and refused.stderr.count("\n") == 1
    assert run(*command, export, "--key", tmp_path / "missing").exit_code == 2


def test_a_log_needs_no_key(export: Path, tmp_path: Path) -> None:
    key = tmp_path / "keys" / "k"
    run("key", key)
    run("import", export, "-o", tmp_path / "log")
    refused = run("variants", tmp_path / "log.saksflyt", "--key", key)
    assert refused.exit_code == 2 and "leave out the key" in refused.stderr
    assert run("variants", tmp_path / "log.saksflyt", env={"SAKSFLYT_KEY_FILE": str(key)}).exit_code == 0
