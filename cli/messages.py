"""What is said to the person, beside the data?

Everything here goes to stderr. Names come from other people's systems, so what could steer a terminal is made visible.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedWriter, RawIOBase, TextIOWrapper
from typing import TextIO

import click

_JOINERS = "\u200c\u200d"  # change how letters look, never where they stand
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def visible(text: str) -> str:
    """The text with control characters, direction marks and broken characters written as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(c) if c not in _JOINERS and unicodedata.category(c) in _UNSEEN else c for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def one_line(text: str) -> str:
    """The text as one line that is safe on a terminal."""
    return visible(" ".join(text.split()))


def folded(text: str, stream: TextIO, hang: str = "") -> str:
    """The line broken between words where the stream is a terminal; ``hang`` leads the lines that follow."""
    if not stream.isatty():
        return text
    room = max(shutil.get_terminal_size().columns, 20)
    return textwrap.fill(text, room, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)


def say(text: str) -> None:
    """One sentence for the person."""
    click.echo(folded(visible(text.rstrip()), sys.stderr), err=True)


@contextmanager
def working(text: str) -> Iterator[None]:
    """Show on a terminal that something is being done; say nothing anywhere else."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True, highlight=False).status(Text(one_line(text))):
        yield


def settle_streams() -> None:
    """Data leaves as UTF-8 whatever the machine's habits are, and no name can stop it from leaving."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, TextIOWrapper):
            continue
        if isinstance(stream.buffer, RawIOBase):  # PYTHONUNBUFFERED: a short write would be lost without a word
            stream = TextIOWrapper(BufferedWriter(stream.detach()), line_buffering=True)
            setattr(sys, name, stream)
        chosen = stream.isatty() or "PYTHONIOENCODING" in os.environ
        stream.reconfigure(encoding=None if chosen else "utf-8", errors="backslashreplace")
