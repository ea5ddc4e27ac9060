"""How does a schedule get to its place, and nothing there that a person wrote is lost?

What is written carries the digest of its own text. What still has it can be replaced; what a person has changed is left as it is, and that
is said. The other lines of a crontab stay as they are, byte for byte.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from ...mining.errors import UsageError
from ...reports.output import told, write_whole

Run = Callable[[list[str], bytes], tuple[int, bytes, str]]
_MARK = "# Made by saksflyt schedule; change it and it is left as you made it. sha256 "
_PATIENCE = 60  # seconds, for a program that answers at once or never


def ran(command: list[str], given: bytes = b"") -> tuple[int, bytes, str]:
    """Run a program: its exit code (127 where there is none such), what it said, and its complaint."""
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=_PATIENCE, env={**os.environ, "LC_ALL": "C"}, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 127, b"", str(getattr(error, "strerror", None) or "it did not answer")
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip()


def marked(text: str) -> str:
    """The text under a line with its digest."""
    return f"{_MARK}{hashlib.sha256(text.encode()).hexdigest()}\n{text}"


def untouched(content: bytes) -> bool:
    """Is it as it was written, and not changed by a person since?"""
    head, _, rest = content.partition(b"\n")
    return head == f"{_MARK}{hashlib.sha256(rest).hexdigest()}".encode()


# systemd


def units_folder() -> Path:
    """Where the units of this user lie."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def install_units(units: Mapping[str, str], place: Path, run: Run = ran) -> list[str]:
    """Write the units of a job and start its timer; gives the files that were written, none where all were as they are to be.

    Raises UsageError if a person has changed one, or with what to run where systemd does not answer.
    """
    wanted = {place / name: marked(text).encode() for name, text in units.items()}
    there = {path: path.read_bytes() for path in wanted if path.exists()}
    for path, content in there.items():
        if content != wanted[path] and not untouched(content):
            raise UsageError(
                f"{path} was changed by hand, so it is left as it is and nothing was done; take it away to have it written anew."
            )
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise told(place, error) from error
    changed = [path for path, content in wanted.items() if there.get(path) != content]
    for path in changed:
        write_whole(path, wanted[path].decode())
    _start(next(name for name in units if name.endswith(".timer")), run)
    return [str(path) for path in changed]


def _start(timer: str, run: Run) -> None:
    commands = [["systemctl", "--user", "daemon-reload"], ["systemctl", "--user", "enable", "--now", timer]]
    for command in commands:
        code, _, complaint = run(command, b"")
        if code:
            todo = " && ".join(" ".join(each) for each in commands)
            raise UsageError(
                f"The units are written, but systemd does not answer here ({complaint or code}); logged in as this user, run: {todo}"
            )


# cron


def install_lines(name: str, lines: str, run: Run = ran) -> bool:
    """Put the lines of a job into this user's crontab, in the place of earlier ones; False where they are there already.

    Raises UsageError if a person has changed them, or if there is no cron.
    """
    old = _crontab(run)
    new = _with_block(old, name, lines)
    if new == old:
        return False
    code, _, complaint = run(["crontab", "-"], new)
    if code:
        raise UsageError(f"crontab does not take the lines ({complaint or code}); it is as it was.")
    return True


def _crontab(run: Run) -> bytes:
    code, content, complaint = run(["crontab", "-l"], b"")
    if code and "no crontab for" not in complaint:
        raise UsageError(f"The crontab cannot be read ({complaint or code}); nothing was done.")
    return b"" if code else content


def _with_block(content: bytes, name: str, lines: str) -> bytes:
    """The crontab with the lines of a job between two marks."""
    first, last = f"# >>> {name}\n".encode(), f"# <<< {name}\n".encode()
    block = first + marked(lines).encode() + last
    if (content.count(first), content.count(last)) not in ((0, 0), (1, 1)):
        raise UsageError(
            f"The marks of {name} in the crontab are not as they were written; take them and what they hold away."
        )
    found = re.search(re.escape(first) + b"(.*?)" + re.escape(last), content, re.DOTALL)
    if found is None:
        return content + (b"" if not content or content.endswith(b"\n") else b"\n") + block
    if found[0] != block and not untouched(found[1]):
        raise UsageError(
            f"The lines of {name} in the crontab were changed by hand; take them away to have them written anew."
        )
    return content[: found.start()] + block + content[found.end() :]
