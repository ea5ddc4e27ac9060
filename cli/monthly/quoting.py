"""How is a path written so that each scheduler reads back the same path?

Blanks, quotes, ``%``, ``$`` and letters of any alphabet come through. What no scheduler can be trusted with (line breaks, other control
characters, bytes that are no text) is refused before anything is written.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Sequence

from ...mining.errors import UsageError

_WINDOWS_READS = re.compile(r"%[^%]+%|\$\(")


def sayable(text: str) -> str:
    """The text itself. Raises UsageError if it holds what cannot be written on one line of a file."""
    if not text.isprintable():
        raise UsageError(
            f"{text!a} cannot stand in a schedule, for it holds characters that cannot be seen; rename it."
        )
    return text


def for_systemd(text: str) -> str:
    """One word of a unit file."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'


def for_systemd_program(path: str) -> str:
    """The program of a command, without variables in the words that follow. Raises UsageError for one that systemd would not start."""
    if set(path) & set("'\"\\"):
        raise UsageError(
            f"systemd starts no program with quotes or backslashes in its path; install saksflyt elsewhere than {path}."
        )
    return for_systemd(f":{path}")


def for_systemd_prose(text: str) -> str:
    """Free text in a unit file: no specifiers, and no backslash that would join the next line to it."""
    return text.replace("%", "%%").rstrip("\\")


def for_shell(words: Sequence[str]) -> str:
    """A command as a POSIX shell reads it."""
    return shlex.join(words)


def for_cron(words: Sequence[str]) -> str:
    """A command in a crontab: cron reads ``%`` as the end of it before the shell sees it, unless a backslash comes before; two
    backslashes do not count as one there, so a backslash that belongs to the path is kept away from the ``%``."""
    return shlex.join(words).replace("\\%", "\\''%").replace("%", "\\%")


def for_windows(words: Sequence[str]) -> str:
    """Arguments as programs on Windows take them apart. Raises UsageError for what the Task Scheduler would replace."""
    if found := next((word for word in words if _WINDOWS_READS.search(word)), None):
        raise UsageError(f"The Task Scheduler of Windows would read a variable in {found!r}; rename it.")
    return subprocess.list2cmdline(words)


def for_yaml(text: str) -> str:
    """A string in YAML, of which JSON's strings are a part."""
    return json.dumps(text, ensure_ascii=False)


def for_github(words: Sequence[str]) -> str:
    """A shell command in a workflow. Raises UsageError for what would be read as an expression."""
    if found := next((word for word in words if "${{" in word), None):
        raise UsageError(f"A workflow would read an expression in {found!r}; rename it.")
    return shlex.join(words)


def for_kubernetes(text: str) -> str:
    """A word of a container's command, in which ``$(NAME)`` would be replaced."""
    return for_yaml(text.replace("$", "$$"))
