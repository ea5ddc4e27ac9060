"""init, check and history as somebody types them."""

import json
import shutil
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from saksflyt.cli.main import main
from saksflyt.sample_logs.generator import write_sample


def typed(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project over the sample, with its first two months judged."""
    place = tmp_path_factory.mktemp("project")
    write_sample(place / "eks", cases=300)
    done = typed("init", str(place), "--source", "eks/*.csv", "--name", "Nordhamn", "--now", "2026-07-10", "--no-key")
    assert done.exit_code == 0, done.stderr
    settings = place / "saksflyt.toml"
    begun = settings.read_text(encoding="utf-8").replace("working_days = 5", 'working_days = 5\nfirst = "2025-01"')
    settings.write_text(begun, encoding="utf-8")
    done = typed("check", str(place), "--now", "2025-03-20", "--format", "json", "--fail-on", "never")
    assert done.exit_code == 0, done.stderr
    assert [row["month"] for row in json.loads(done.stdout)["records"]] == ["2025-01", "2025-02"]
    return place


def test_init_writes_what_check_reads_and_nothing_over(folder: Path) -> None:
    settings = (folder / "saksflyt.toml").read_text(encoding="utf-8")
    assert 'name = "Nordhamn"' in settings and settings.count("[[waits]]") == 3
    assert "deadlines.met_share:forelopig-svar-innen-en-maned" in settings
    assert (folder / "flow.toml").exists() and "/history/" in (folder / ".gitignore").read_text()
    done = typed("init", str(folder))
    assert done.exit_code == 2 and "is there already" in done.stderr


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's own settings, where no key is yet."""
    monkeypatch.delenv("SAKSFLYT_KEY_FILE", raising=False)
    monkeypatch.setattr(click, "get_app_dir", lambda name: str(tmp_path / "home" / name))
    return tmp_path / "home"


def settings_of(folder: Path) -> dict:
    return tomllib.loads((folder / "saksflyt.toml").read_text(encoding="utf-8"))


def test_init_makes_a_key_outside_the_folder_once(tmp_path: Path, home: Path) -> None:
    done = typed("init", str(tmp_path / "a"), "--name", "Nav Sør")
    key = home / "saksflyt" / "nav-sor.key"
    assert done.exit_code == 0 and str(key) in done.stderr and key.stat().st_mode & 0o777 == 0o600
    assert settings_of(tmp_path / "a")["source"]["key"] == str(key)
    content = key.read_bytes()
    done = typed("init", str(tmp_path / "b"), "--name", "Nav Sør")
    assert done.exit_code == 0 and "is used" in done.stderr and key.read_bytes() == content
    assert content.decode().strip() not in done.stderr


def test_init_keeps_no_key_in_the_folder_and_none_where_none_is_wanted(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = typed("init", str(tmp_path / "a"), "--key", str(tmp_path / "a" / "x.key"))
    assert done.exit_code == 2 and "folder of the data" in done.stderr and not (tmp_path / "a" / "x.key").exists()
    done = typed("init", str(tmp_path / "b"), "--no-key")
    assert done.exit_code == 0 and "key" not in settings_of(tmp_path / "b")["source"]
    monkeypatch.setenv("SAKSFLYT_KEY_FILE", str(tmp_path / "other.key"))
    assert typed("init", str(tmp_path / "c")).exit_code == 0 and "key" not in settings_of(tmp_path / "c")["source"]
    assert not home.exists()
    assert typed("init", str(tmp_path / "d"), "--no-key", "--key", "x").exit_code == 2


def test_init_asks_on_a_terminal_for_what_no_option_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saksflyt.cli.init._on_a_terminal", lambda: True)
    answers = "Nav Øst\ndata/*.xlsx\nkvp\n"
    done = CliRunner().invoke(main, ["init", str(tmp_path / "a"), "--no-key", "--lang", "en"], input=answers)
    assert done.exit_code == 0, done.stderr
    said = settings_of(tmp_path / "a")
    assert (said["name"], said["language"], said["source"]["files"]) == ("Nav Øst", "en", ["data/*.xlsx"])
    assert "exports" in done.stderr and not (tmp_path / "a" / "exports").exists()


def test_the_pages_of_a_month(folder: Path) -> None:
    runs = folder / "history" / "runs"
    assert sorted(entry.name for entry in runs.iterdir()) == ["2025-01-r1", "2025-02-r1"]
    names = sorted(entry.name for entry in (runs / "2025-02-r1").iterdir())
    assert names == ["figures.csv", "findings.csv", "index.html", "report.html", "run.json"]
    run = json.loads((runs / "2025-02-r1" / "run.json").read_text(encoding="utf-8"))
    assert (run["month"], run["revision"]) == ("2025-02", 1) and len(run["files"]) == 64
    page = (runs / "2025-02-r1" / "index.html").read_text(encoding="utf-8")
    assert "Februar 2025 – Nordhamn" in page and 'href="report.html"' in page
    assert "2025/0" not in page, "a case number"


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in (folder / "history").rglob("*") if path.is_file()}
    done = typed("check", str(folder), "--now", "2025-04-20", "--dry-run", "--fail-on", "never")
    assert done.exit_code == 0 and "2025-03" in done.stdout and "Nothing was written" in done.stderr
    assert {path: path.read_bytes() for path in (folder / "history").rglob("*") if path.is_file()} == before


def test_nothing_due_ends_as_the_latest_month_did(folder: Path) -> None:
    for level, code in (("never", 0), ("high", None)):
        done = typed("check", str(folder), "--now", "2025-03-20", "--fail-on", level)
        assert "No month is due. The latest is 2025-02." in done.stderr
        assert done.exit_code == code or (code is None and done.exit_code in (0, 1))


def test_history_shows_exports_and_verifies(folder: Path, tmp_path: Path) -> None:
    listed = json.loads(typed("history", str(folder), "--format", "json").stdout)["records"]
    assert [row["month"] for row in listed] == ["2025-01", "2025-02"]
    rows = json.loads(typed("history", str(folder), "--indicator", "backlog.open_cases", "--format", "json").stdout)[
        "records"
    ]
    assert {row["id"] for row in rows} == {"backlog.open_cases"} and {row["month"] for row in rows} == {
        "2025-01",
        "2025-02",
    }
    for name in ("a.csv", "b.csv", "c.parquet"):
        assert typed("history", str(folder), "--export", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    done = typed("history", str(folder), "--verify")
    assert done.exit_code == 0 and "sound: 2 runs" in done.stderr
    assert "it has 2025-01 to 2025-02" in typed("history", str(folder), "--month", "2031-01").stderr
    done = typed("history", str(folder), "--indicator", "alarm:backlog.open_cases@Nav Nordhamn")
    assert done.exit_code == 2 and "give backlog.open_cases." in done.stderr
    assert typed("history", str(folder), "--export", str(tmp_path / "a.xlsx")).exit_code == 2


def test_damage_is_found(folder: Path) -> None:
    page = folder / "history" / "runs" / "2025-01-r1" / "figures.csv"
    whole = page.read_bytes()
    try:
        page.write_bytes(whole[:-9])
        done = typed("history", str(folder), "--verify")
        assert done.exit_code == 4 and "2025-01-r1" in done.stderr
    finally:
        page.write_bytes(whole)


def test_what_is_wrong_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    done = typed("check", str(tmp_path))
    assert done.exit_code == 2 and "saksflyt init" in done.stderr
    done = typed("check", str(folder), "--month", "2025-02", "--from", "2025-01")
    assert done.exit_code == 2 and len(done.stderr.splitlines()) == 1
    done = typed("history", str(folder), "--profile", "none")
    assert done.exit_code == 2 and "no profile" in done.stderr
    (tmp_path / "saksflyt.toml").write_text('name = "x"\nflow = "sosialhjelp"\n[source]\nfiles = ["*.csv"]\n')
    assert typed("history", str(tmp_path)).exit_code == 2
    done = typed("check", str(tmp_path))
    assert done.exit_code == 2 and "No file matches" in done.stderr


def test_data_that_are_not_fit_end_with_three(folder: Path, tmp_path: Path) -> None:
    write_sample(tmp_path / "eks", cases=300)
    text = (
        (folder / "saksflyt.toml")
        .read_text(encoding="utf-8")
        .replace("quarantined_share = 0.02", "quarantined_share = 0.0")
    )
    (tmp_path / "saksflyt.toml").write_text(text, encoding="utf-8")
    (tmp_path / "flow.toml").write_bytes((folder / "flow.toml").read_bytes())
    done = typed("check", str(tmp_path), "--now", "2025-03-20")
    assert done.exit_code == 3 and "2025-01 is not judged" in done.stderr and "cannot be read" in done.stderr
    assert not list((tmp_path / "history").glob("runs/*"))


def test_what_is_said_of_several_months_is_said_once(folder: Path, tmp_path: Path) -> None:
    project = tmp_path / "copy"
    shutil.copytree(folder, project, ignore=shutil.ignore_patterns("history"))
    done = typed("check", str(project), "--now", "2025-03-20", "--fail-on", "never")
    assert done.exit_code == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if "are dated after the day of the run" in line]
    assert len(said) == 1 and said[0].startswith("2025-01 to 2025-02 (2 months): ")


def test_a_clock_that_went_back_is_said_and_not_a_fault_of_the_export(folder: Path) -> None:
    done = typed("check", str(folder), "--now", "2025-02-20")
    assert done.exit_code == 2 and "2025-02 was judged as of 2025-03-07; mend the clock" in done.stderr


def test_a_limit_that_no_figure_answers_to_is_said(folder: Path, tmp_path: Path) -> None:
    settings = (folder / "saksflyt.toml").read_text(encoding="utf-8").replace('"eks/', f'"{folder.as_posix()}/eks/')
    wrong = '\n[[limits]]\nindicator = "backlog.open_case"\nwarn_above = 9\n\n[[limits]]\nindicator = "backlog.open_cases"\nunit = "*"\nhigh_above = 9000\n'
    (tmp_path / "saksflyt.toml").write_text(settings + wrong, encoding="utf-8")
    (tmp_path / "flow.toml").write_bytes((folder / "flow.toml").read_bytes())
    done = typed("check", str(tmp_path), "--now", "2025-02-20", "--dry-run", "--fail-on", "never")
    assert done.exit_code == 0 and "The limit of backlog.open_case is held against nothing" in done.stderr
    assert done.stderr.count("held against nothing") == 1


@pytest.mark.parametrize("line", ['history = "a\\u0000b"', 'source.files = ["a\\u0000"]'])
def test_a_name_that_no_file_can_have(line: str, tmp_path: Path) -> None:
    (tmp_path / "saksflyt.toml").write_text(f'name = "N"\nflow = "f"\n{line}\n', encoding="utf-8")
    (tmp_path / "saksflyt.toml").open("a").write('source.files = ["x"]\n' if "history" in line else "")
    done = typed("check", str(tmp_path))
    assert done.exit_code == 2 and "line 3" in done.stderr and "inside Saksflyt" not in done.stderr
