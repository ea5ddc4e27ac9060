"""schedule show as somebody types it."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from saksflyt.cli.main import main
from saksflyt.cli.monthly.scheduling import KINDS
from saksflyt.cli.schedule import _KINDS


def typed(*words: str, **environment: str | None) -> Result:
    return CliRunner(env=environment).invoke(main, ["schedule", *words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "nordhamn"
    assert CliRunner().invoke(main, ["init", str(place), "--no-key"]).exit_code == 0
    return place


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_printed_for_the_folder(folder: Path, kind: str) -> None:
    done = typed("show", kind, str(folder), "--at", "22:15", "--image", "registry/saksflyt:1")
    assert done.exit_code == 0 and "saksflyt" in done.stdout and "nordhamn" in done.stdout and done.stderr == ""
    assert any(hour in done.stdout for hour in ("22:15", "15 22 * * *", "15 21 * * *"))


def test_the_kinds_of_the_command_are_those_that_can_be_written() -> None:
    assert tuple(KINDS) == _KINDS


def test_what_cannot_be_done_is_said(folder: Path, tmp_path: Path) -> None:
    for words, said in (
        (["windows", str(folder), "--install"], "--install puts systemd and cron"),
        (["kubernetes", str(folder)], "--image"),
        (["cron", str(tmp_path)], "has no saksflyt.toml"),
        (["cron", str(folder), "--at", "25:00"], "25:00"),
        (["cron", str(folder), "--secret", "PASSWORD=geheim"], "never its value"),
    ):
        done = typed("show", *words)
        assert done.exit_code == 2 and said in done.stderr and "geheim" not in done.stderr and done.stdout == ""


def test_what_the_job_will_not_see_is_said(folder: Path) -> None:
    done = typed("show", "cron", str(folder), SAKSFLYT_HISTORY="/elsewhere")
    assert "SAKSFLYT_HISTORY is set here" in done.stderr and "elsewhere" not in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="there is no systemd")
def test_units_are_put_in_place(folder: Path, tmp_path: Path) -> None:
    where = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "PATH": str(tmp_path)}
    done = typed("show", "systemd", str(folder), "--install", **where)
    assert done.exit_code == 2 and "systemctl --user enable --now saksflyt-nordhamn-" in done.stderr
    (tmp_path / "systemctl").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "systemctl").chmod(0o755)
    done = typed("show", "systemd", str(folder), "--install", **where)
    assert done.exit_code == 0 and "was as it is to be" in done.stderr and "enable-linger" in done.stderr
    assert sorted(path.suffix for path in (tmp_path / "config" / "systemd" / "user").iterdir()) == [
        ".service",
        ".timer",
    ]
    assert (folder / "history").is_dir()


@pytest.mark.skipif(os.name == "nt", reason="there is no cron")
def test_lines_are_put_into_the_crontab(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "table"
    table.write_bytes(b"MAILTO=ola\n0 1 * * * \xff")
    (tmp_path / "crontab").write_text(
        f'#!/bin/sh\nif [ "$1" = -l ]; then exec /bin/cat "{table}"; fi\nexec /bin/cat >"{table}"\n'
    )
    (tmp_path / "crontab").chmod(0o755)
    for said in ("is now in your crontab", "was already in your crontab"):
        done = typed("show", "cron", str(folder), "--install", PATH=str(tmp_path))
        assert done.exit_code == 0 and said in done.stderr
    assert table.read_bytes().startswith(b"MAILTO=ola\n0 1 * * * \xff\n# >>> saksflyt-nordhamn-")
    assert table.read_bytes().count(b"30 6 * * * ") == 1
