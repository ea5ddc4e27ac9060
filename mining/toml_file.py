"""How is a TOML file that people write read, with one sentence for all that may be wrong with it?"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

from .errors import UsageError
from .toml_places import line_of
from .toml_table import Misplaced

_LONGEST_SENTENCE = 500
# tomllib takes time by the square of a dotted key's parts.
_ENDLESS_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}""")


def content_of(path: Path, what: str, largest: int) -> bytes:
    """The bytes of a file, which is there. what : it holds, such as "flow"; largest : in bytes.

    Raises UsageError if it cannot be read, or is too large to be one.
    """
    if not path.is_file():
        raise UsageError(f"Cannot read the {what} {path}: it is a folder, a pipe or a device; name a file.")
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise UsageError(f"Cannot read the {what} {path}: {error.strerror or 'it cannot be opened'}.") from error
    if len(content) > largest:
        raise UsageError(f"{path} is larger than {largest // 1_000_000} MB, which no {what} is.")
    return content


def parsed_toml(content: bytes, where: str, what: str) -> tuple[str, dict[str, Any]]:
    """The text, composed and with plain line ends, and what it says. where, what : for messages. Raises UsageError."""
    try:
        text = unicodedata.normalize("NFC", content.decode("utf-8-sig").replace("\r\n", "\n"))
        if _ENDLESS_KEY.search(text):
            raise UsageError(f"{where} has a key of a hundred parts, which no {what} has.")
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise UsageError(f"{where} is not UTF-8 text, so it is no {what}; save it as UTF-8.") from error
    except RecursionError as error:
        raise UsageError(f"{where} is nested too deeply to be a {what}.") from error
    except ValueError as error:
        raise UsageError(f"{where} is not valid TOML: {_short(str(error).rstrip('.'))}.") from error


def located(error: Misplaced, text: str, where: str) -> UsageError:
    """The error with the file and, where it can be found, the line."""
    line = line_of(text, error.path)
    said = _short(str(error))
    return UsageError(f"{where}, line {line}: {said}" if line else f"{where}: {said}")


def _short(sentence: str) -> str:
    """The sentence without the middle of a name that fills pages."""
    return sentence if len(sentence) <= _LONGEST_SENTENCE else f"{sentence[:300]} … {sentence[-100:]}"
