"""Each scheduler reads back the path that was meant. The readers here follow what each manual says, and the real one is asked where it is there."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from saksflyt.cli.monthly import quoting
from saksflyt.mining.errors import UsageError

HARD = " '\"\\%$`;#&|<>()[]{}*?!~=:,-+@^æøåÆØÅéü字😀ab0/."
WORDS = st.text(st.sampled_from(HARD), min_size=1, max_size=20) | st.text(min_size=1, max_size=8).filter(
    str.isprintable
)
HOSTILE = [
    "/a b/c",
    "/50%/%h",
    "/it's",
    '/say "so"',
    "/$HOME/${X}",
    "/back\\slash\\",
    "/;/#/&",
    "/Nav Nordhåmn/æøå",
    "/-x",
    "/\\%/\\\\%",
    "/`id`/$(id)",
]


def as_systemd(line: str) -> list[str]:
    """The words of a line by systemd.syntax(7), with specifiers."""
    words = []
    for raw in re.findall(r'"((?:[^"\\]|\\.)*)"(?:\s+|$)', line):
        escapes = re.findall(r"\\(.)", raw)
        assert set(escapes) <= {"\\", '"'}
        plain = re.sub(r"\\(.)", r"\1", raw)
        assert not re.search(r"%(?!%)", plain.replace("%%", "")), "a specifier"
        words.append(plain.replace("%%", "%"))
    return words


def as_cron(line: str) -> str:
    """What cron hands to the shell: it goes through the line once, and a backslash before ``%`` disappears."""
    command, escaped = [], False
    for sign in line:
        if escaped:
            if sign == "%":
                command.pop()
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == "%":
            break
        command.append(sign)
    return "".join(command)


def as_windows(line: str) -> list[str]:
    """The words of a command line as Microsoft's C programs take them apart."""
    words, word, quoted, begun, place = [], "", False, False, 0
    while place < len(line):
        slashes = len(line[place:]) - len(line[place:].lstrip("\\"))
        place += slashes
        sign = line[place : place + 1]
        if slashes or sign == '"':
            begun = True
        if sign == '"':
            word += "\\" * (slashes // 2)
            if slashes % 2:
                word += '"'
            else:
                quoted = not quoted
        else:
            word += "\\" * slashes
            if sign in (" ", "\t") and not quoted:
                if begun:
                    words.append(word)
                word, begun = "", False
            elif sign:
                word, begun = word + sign, True
        place += 1
    return [*words, word] if begun else words


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_every_reader_reads_what_was_meant(words: list[str]) -> None:
    assert as_systemd(" ".join(map(quoting.for_systemd, words))) == words
    assert shlex.split(as_cron(quoting.for_cron(words))) == words
    assert shlex.split(quoting.for_shell(words)) == words
    assert [yaml.safe_load(f"- {quoting.for_yaml(word)}")[0] for word in words] == words
    assert [json.loads(quoting.for_kubernetes(word)).replace("$$", "$") for word in words] == words
    if not any(re.search(r"%[^%]+%|\$\(", word) for word in words):
        assert as_windows(quoting.for_windows(words)) == words


def test_the_shell_gets_what_cron_leaves() -> None:
    line = as_cron("printf '\\%s\\\\n' " + quoting.for_cron(HOSTILE))
    said = subprocess.run(["/bin/sh", "-c", line.replace("\\\\n", "\\n")], capture_output=True, check=True).stdout
    assert said.decode("utf-8").splitlines() == HOSTILE


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
def test_systemd_reads_it_so_itself(tmp_path: Path) -> None:
    """It names each command that is not there, as it has read it."""
    programs = [path for path in HOSTILE if not set(path) & set("'\"\\")]
    lines = [f"ReadWritePaths={quoting.for_systemd(f'-here{path}')}" for path in HOSTILE]
    units = [tmp_path / f"hostile{number}.service" for number in range(len(programs))]
    for unit, path in zip(units, programs, strict=True):
        start = f"ExecStart={quoting.for_systemd_program(f'/nowhere{path}')}"
        unit.write_text("\n".join(["[Service]", "Type=oneshot", start, *lines, ""]), encoding="utf-8")
        lines = []
    command = ["systemd-analyze", "verify", "--user", "--man=no", "--recursive-errors=no", *map(str, units)]
    told = subprocess.run(
        command, capture_output=True, env={"XDG_RUNTIME_DIR": str(tmp_path), "LC_ALL": "C.UTF-8"}, check=False
    ).stderr.decode("utf-8")
    named = re.findall(r"Command (/nowhere.*) is not executable", told)
    assert sorted(named) == sorted(f"/nowhere{path}" for path in programs)
    assert re.findall(r"ReadWritePaths= path is not absolute, ignoring: (.*)", told) == [
        f"here{path}" for path in HOSTILE
    ]


def test_a_program_that_systemd_would_not_start_is_refused() -> None:
    for path in ("/it's/saksflyt", '/"/saksflyt', "/a\\b/saksflyt"):
        with pytest.raises(UsageError, match="install"):
            quoting.for_systemd_program(path)


@pytest.mark.parametrize("text", ["a\nb", "a\x00b", "a\u2028b", "a\udce6b", "a\x1b[31mb"])
def test_what_cannot_be_written_on_a_line_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cannot stand in a schedule") as raised:
        quoting.sayable(text)
    assert str(raised.value).isprintable()


def test_what_a_scheduler_would_replace_is_refused() -> None:
    for text in ("C:\\%TEMP%\\x", "C:\\$(Arg0)"):
        with pytest.raises(UsageError, match="variable"):
            quoting.for_windows([text])
    with pytest.raises(UsageError, match="expression"):
        quoting.for_github(["a ${{ secrets.X }}"])
    assert quoting.for_windows(["100 % sikker"]) == '"100 % sikker"'


@given(st.text(st.sampled_from("ab %\\"), max_size=12))
def test_prose_in_a_unit_joins_no_line(text: str) -> None:
    said = quoting.for_systemd_prose(text)
    assert not said.endswith("\\") and "%" not in said.replace("%%", "")
