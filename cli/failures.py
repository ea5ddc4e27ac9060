"""How does a run end when it does not end well?

Every fault becomes one line on stderr and the exit code of the table in ``saksflyt --help``. A traceback is shown only
when SAKSFLYT_DEBUG asks for it: it may quote the data, and a case worker's screen or a job's log is no place for that.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

import click
from click.exceptions import Exit

from ..mining.errors import SaksflytError
from .messages import one_line, say, settle_streams, visible

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG}
_PLACE = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
    errno.ENAMETOOLONG,
    errno.ELOOP,
}
_INTERRUPTED = 130  # 128 + SIGINT, as shells say it
_TERMINATED = 143  # 128 + SIGTERM
_READER_GONE = 141  # 128 + SIGPIPE


@contextmanager
def ending() -> Iterator[None]:
    """Run a command, flush what it said and leave with the right exit code."""
    try:
        settle_streams()
        _heed_termination()
        yield
        sys.stdout.flush()
    except Exit as exit_:
        sys.exit(exit_.exit_code)
    except BrokenPipeError:
        _forget_stdout()
        sys.exit(_READER_GONE)
    except Exception as fault:  # noqa: BLE001 - the last stop: nobody should meet a traceback
        _leave(fault)
    sys.exit(0)


class _Terminated(KeyboardInterrupt):
    """A scheduler or a closing terminal ends the run: what is half-made goes, as after Ctrl-C."""

    came = False  # DuckDB swallows the exception and raises one of its own


def _heed_termination() -> None:
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # A signal that is ignored (nohup) stays so; another thread than the first may not ask for signals.
        with suppress(ValueError):
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _terminate)


def _terminate(number: int, frame: object) -> NoReturn:
    _Terminated.came = True
    raise _Terminated


@contextmanager
def quiet_pipe() -> Iterator[None]:
    """Let ``saksflyt variants LOG | head`` end without a word when head has seen enough."""
    try:
        yield
    except BrokenPipeError:
        _forget_stdout()
        raise Exit(_READER_GONE) from None


def sentence(fault: BaseException) -> tuple[int, str]:
    """The exit code and the sentence for a fault."""
    if isinstance(fault, SaksflytError):
        return fault.exit_code, str(fault)
    if isinstance(fault, click.ClickException):
        return fault.exit_code, fault.format_message() + _where_to_read_on(fault)
    if isinstance(fault, OSError) and fault.errno in _DISK | _PLACE:
        return _of_the_system(fault)
    if isinstance(fault, MemoryError):
        return 4, "There was not enough memory; set SAKSFLYT_MEMORY (for example 1GB) and try again."
    kind = type(fault).__name__
    return 4, f"Something went wrong inside Saksflyt ({kind}); run it again with SAKSFLYT_DEBUG=1 to see where."


def _of_the_system(fault: OSError) -> tuple[int, str]:
    place = click.format_filename(fault.filename) if fault.filename else "the output"
    reason = os.strerror(fault.errno or 0)
    if fault.errno in _DISK:
        return 4, f"Writing {place} failed: {reason}. Make room or write somewhere else, then run it again."
    return 2, f"{place} cannot be used: {reason}."


def _where_to_read_on(fault: click.ClickException) -> str:
    context = fault.ctx if isinstance(fault, click.UsageError) else None
    return f" See {context.command_path} --help." if context else ""


def _leave(fault: Exception) -> NoReturn:
    if isinstance(fault, click.Abort) or _stopped_duckdb(fault):
        sys.exit(_TERMINATED if _Terminated.came else _INTERRUPTED)
    if os.environ.get("SAKSFLYT_DEBUG") == "1":
        import traceback

        traceback.print_exception(fault)
    code, text = sentence(fault)
    with suppress(OSError):
        say(f"saksflyt: {one_line(text)}")
        for line in _shown_below(fault):
            click.echo(visible(line), err=True)
    if isinstance(fault, OSError):
        _forget_stdout()
    sys.exit(code)


def _shown_below(fault: Exception) -> list[str]:
    """The place in a file that the sentence is about, where it has one: the line, and a caret under it."""
    notes = getattr(fault, "__notes__", []) if isinstance(fault, SaksflytError) else []
    return [line for note in notes for line in note.split("\n")]


def _stopped_duckdb(fault: BaseException | None) -> bool:
    """Ctrl-C within a query comes out of DuckDB as a plain RuntimeError, whatever it was wrapped in later."""
    while fault is not None:
        if isinstance(fault, RuntimeError) and str(fault) == "Query interrupted":
            return True
        fault = fault.__cause__ or fault.__context__
    return False


def _forget_stdout() -> None:
    """Throw away what a failed stdout still holds: the interpreter would fail on it again, loudly, while it exits."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
