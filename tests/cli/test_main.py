"""The front door: it opens fast, says where to go, and every fault ends in one sentence and the right exit code."""

import errno
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from saksflyt.cli import main as front
from saksflyt.cli.failures import sentence
from saksflyt.cli.main import COMMANDS, main
from saksflyt.mining.errors import DataError, EmptyLog, StorageError, UsageError

DOCS = Path(__file__).parents[2] / "docs"


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """A true process: the command as a shell would start it."""
    command = [sys.executable, "-m", "saksflyt", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, **options)  # type: ignore[call-overload]


def command_named(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def commands(name: str) -> list[click.Command]:
    """The command, or the commands of a group."""
    found = command_named(name)
    return list(found.commands.values()) if isinstance(found, click.Group) else [found]


def test_alone_it_says_how_to_start() -> None:
    result = CliRunner().invoke(main, [])
    assert result.exit_code == 0
    assert "saksflyt demo" in result.stdout


def test_help_shows_every_command_and_the_exit_codes() -> None:
    text = CliRunner().invoke(main, ["--help"]).stdout
    assert all(re.search(rf"^  {name} ", text, re.MULTILINE) for name in COMMANDS)
    assert all(re.search(rf"^    {code}  ", text, re.MULTILINE) for code in range(7))


def test_help_is_fast() -> None:
    def once() -> float:
        start = time.perf_counter()
        run("--help")
        return time.perf_counter() - start

    assert min(once() for _ in range(5)) < 0.3


def test_help_imports_no_heavy_library() -> None:
    code = (
        "import sys; from saksflyt.cli.main import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    )
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert not loaded & {"pandas", "duckdb", "pyarrow", "pm4py", "rich", "jinja2", "numpy"}


def test_version() -> None:
    assert re.fullmatch(r"saksflyt \d+\.\d+\.\d+\n", CliRunner().invoke(main, ["--version"]).stdout)


def test_a_misspelt_command_is_named() -> None:
    result = CliRunner().invoke(main, ["varants"])
    assert result.exit_code == 2
    assert result.stderr == "saksflyt: There is no command 'varants'; did you mean variants? See saksflyt --help.\n"


@pytest.mark.parametrize(
    "arguments", [["variants"], ["variants", "nowhere.csv"], ["explain", "--format", "xml"], ["--no"]]
)
def test_wrong_use_is_one_line_and_exit_2(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert re.fullmatch(r"saksflyt: [^\n]+\n", result.stderr)
    assert result.stdout == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help(name: str) -> None:
    for command in commands(name):
        assert command.help
        options = [each for each in command.params if isinstance(each, click.Option)]
        assert [each.name for each in options if not each.help] == []
        assert {"--now"} <= {opt for each in options for opt in each.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_documentation_names_every_command_and_option(name: str) -> None:
    text = (DOCS / "command-line.md").read_text(encoding="utf-8")
    assert f"\n## {name}\n" in text
    assert f"`saksflyt {name}`](#{name}) |" in text
    options = {opt for command in commands(name) for each in command.params for opt in each.opts}
    assert {opt for opt in options if opt.startswith("--") and opt not in text} == set()
    named = [each.name for each in commands(name) if each.name != name]
    assert [each for each in named if f"saksflyt {name} {each}" not in text] == []


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (UsageError("no such unit"), 2, "no such unit"),
        (DataError("no time column"), 3, "no time column"),
        (EmptyLog("no cases"), 3, "no cases"),
        (StorageError("disk full"), 4, "disk full"),
        (OSError(errno.ENOSPC, "No space", "x.html"), 4, "x.html"),
        (PermissionError(errno.EACCES, "Denied", "x.html"), 2, "x.html"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "x"), 2, "x"),
        (MemoryError(), 4, "memory"),
        (KeyError("Ola Nordmann"), 4, "KeyError"),
    ],
)
def test_every_fault_has_a_sentence(fault: Exception, code: int, words: str) -> None:
    found, text = sentence(fault)
    assert found == code
    assert words in text
    assert "Ola Nordmann" not in text


def _ctrl_c() -> None:
    raise KeyboardInterrupt


def _interrupted() -> None:
    try:
        raise RuntimeError("Query interrupted")
    except RuntimeError as error:
        raise StorageError("Writing failed: Query interrupted") from error


@pytest.mark.parametrize("callback", [_interrupted, _ctrl_c])
def test_ctrl_c_ends_with_130_and_no_word(callback: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = click.Command("explain", callback=callback)
    monkeypatch.setattr(front.FrontDoor, "get_command", lambda *_: stopped)
    result = CliRunner().invoke(main, ["explain"])
    assert result.exit_code == 130
    assert result.stderr.strip() == ""


def _broken() -> None:
    raise ZeroDivisionError("line one\nline two \x1b[31m")


def test_an_internal_error_is_one_line_and_a_traceback_only_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = click.Command("explain", callback=_broken)
    monkeypatch.setattr(front.FrontDoor, "get_command", lambda *_: broken)
    result = CliRunner().invoke(main, ["explain"])
    assert result.exit_code == 4
    assert re.fullmatch(r"saksflyt: [^\n]+ZeroDivisionError[^\n]+\n", result.stderr)
    result = CliRunner(env={"SAKSFLYT_DEBUG": "1"}).invoke(main, ["explain"])
    assert result.exit_code == 4
    assert "Traceback" in result.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")  # noqa: PTH110
@pytest.mark.parametrize("arguments", [["--help"], [], ["explain"], ["explain", "--format", "json"]])
def test_a_full_disk_under_stdout(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "saksflyt", *arguments]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 4
    assert re.fullmatch(r"saksflyt: [^\n]+\n", result.stderr)


@pytest.mark.skipif(os.name == "nt", reason="pipes differ")
def test_a_reader_that_goes_away_is_no_fault() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(
        [sys.executable, "-m", "saksflyt", "explain"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert result.returncode == 141
    assert result.stderr == ""


def test_the_shell_completes_commands_without_importing_them() -> None:
    code = "import sys; from saksflyt.cli.main import main; import atexit; atexit.register(lambda: print('pandas' in sys.modules)); main(prog_name='saksflyt')"
    env = {**os.environ, "_SAKSFLYT_COMPLETE": "bash_complete", "COMP_WORDS": "saksflyt re", "COMP_CWORD": "1"}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    assert result.stdout.split() == ["plain,rework", "plain,report", "False"]
