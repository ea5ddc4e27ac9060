"""How does a message get out?

Every delivery is a process of its own that gets the message as JSON, has a minute, and is ended with all that it started when it takes
longer: neither a server nor a program that hangs can hold up the check. What does not get out waits for the next run.

At least once: a run that is killed after a message was delivered and before that was written down delivers it again, under the same id.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from ...mining.errors import UsageError
from ...reports.names import shown
from ...reports.words import Words
from .channels import Channel
from .history import WAITING, History, Message
from .outbox import of_trial
from .project import Project
from .secret import filled, masked, secret

PATIENCE = 60.0  # seconds
_READ = 4000  # bytes from the end of what a process says of its failure
# What a program needs to run at all; nothing else of the environment is handed on.
_NEEDED = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"),
    *("USERPROFILE", "APPDATA", "SYSTEMROOT", "COMSPEC", "PATHEXT", "TEMP", "TMP"),
)
# What our own process needs to get out of the house.
_OUTWARD = (
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "PYTHONPATH"),
)


class _Failed(Exception):
    """The message was not delivered, and why."""


def settle(project: Project) -> None:
    """Is all there that the channels need? Raises UsageError."""
    if any(channel.to for channel in project.notify) and not project.silent and find_spec("apprise") is None:
        raise UsageError("The addresses under [[notify]] need Apprise: pip install 'saksflyt[notify]'.")


def deliver(project: Project, history: History) -> tuple[str, ...]:
    """Send what waits, oldest first; gives a sentence for every channel that failed. One that fails is not tried again in this run."""
    if project.silent:
        return ()
    failed: dict[str, str] = {}
    channels = {channel.name: channel for channel in project.notify}
    for message in history.messages():
        # What waits for a channel that the settings no longer have goes on waiting.
        channel = channels.get(message.channel)
        if message.state != WAITING or channel is None or channel.name in failed:
            continue
        if reason := _why_not(project, channel, message):
            failed[channel.name] = reason
        else:
            history.sent(message)
    return _sentences(failed)


def try_out(project: Project) -> tuple[str, ...]:
    """Send a trial through every channel; gives a sentence for every one that failed."""
    tried = {each.name: _why_not(project, each, of_trial(project, each)) for each in project.notify}
    return _sentences({name: reason for name, reason in tried.items() if reason})


def _sentences(failed: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"The message through {name!r} was not delivered: {reason}" for name, reason in failed.items())


def _why_not(project: Project, channel: Channel, message: Message) -> str:
    """Deliver a message; "" when that went well, else the reason."""
    said, secrets = json.loads(message.said), []
    try:
        if channel.to:
            address, secrets = filled(channel.to)
            command = [sys.executable, "-P", "-m", f"{__package__}.apprise_child"]
            body = f"{said['text']}\n\n{Words(project.language).say('message.id', id=message.id)}"
            said |= {"to": address, "body": body}
            _run(command, said, _environment((*_NEEDED, *_OUTWARD)), project.folder)
        else:
            own = {name: secret(name) for name in channel.environment}
            secrets = list(own.values())
            command = _placed(channel.command, project.folder)
            _run(command, said | {"channel": channel.name}, _environment(_NEEDED) | own, project.folder)
    except UsageError as error:
        return str(error)
    except _Failed as error:
        return shown(masked(str(error), secrets), longest=300)
    return ""


def _placed(command: Sequence[str], folder: Path) -> list[str]:
    """The command with its program: a file of the project's folder, or one that the system knows."""
    beside = folder / command[0]
    program = str(beside.resolve()) if beside.is_file() else which(command[0])
    if program is None:
        raise _Failed(f"there is no program {command[0]}.")
    return [program, *command[1:]]


def _environment(names: Sequence[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def _run(command: Sequence[str], said: dict, environment: dict[str, str], folder: Path) -> None:
    """Run a program without a shell. What it says of a failure goes to a file without a name: a pipe that something it has started
    still holds would keep us waiting. Raises _Failed."""
    given = json.dumps(said, ensure_ascii=False).encode("utf-8")
    with tempfile.TemporaryFile() as heard:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=heard,
                env=environment,
                cwd=folder,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise _Failed(f"{command[0]} cannot be run: {getattr(error, 'strerror', None) or error}.") from error
        try:
            process.communicate(given, timeout=PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise _Failed(f"nothing came of it in {PATIENCE:g} seconds.") from error
        finally:
            _end(process)
        if process.returncode:
            raise _Failed(_last_line(heard) or f"the program ended with {process.returncode}.")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that is still there, with all that it has started."""
    if process.poll() is None:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
        process.wait()


def _last_line(heard) -> str:
    heard.seek(max(heard.seek(0, os.SEEK_END) - _READ, 0))
    lines = heard.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""
