"""How is a value written in a TOML file?"""

from __future__ import annotations

import re
from datetime import date

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def key(name: str) -> str:
    """A key, in quotes where it must be."""
    return name if _BARE.fullmatch(name) else text(name)


def text(words: str) -> str:
    """A text on one line."""
    plain = words.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(_escaped(c) for c in plain) + '"'


def block(words: str) -> str:
    """A text over several lines, between lines of three quotes; as it is, where TOML lets it stand so."""
    controls = any(_escaped(c) != c for c in words if c != "\n")
    if not controls and "\\" not in words and '"""' not in words:
        return f'"""\n{words}\n"""'
    if not controls and "'''" not in words:
        return f"'''\n{words}\n'''"
    plain = words.replace("\\", "\\\\").replace('"', '\\"')
    return '"""\n' + "".join(c if c == "\n" else _escaped(c) for c in plain) + '\n"""'


def value(said: object) -> str:
    """Anything that the intended flow holds: text, number, true or false, a day, a list, a small table."""
    if isinstance(said, bool):
        return "true" if said else "false"
    if isinstance(said, int):
        return str(said)
    if isinstance(said, date):
        return said.isoformat()
    if isinstance(said, (list, tuple)):
        return "[" + ", ".join(value(each) for each in said) + "]"
    if isinstance(said, dict):
        return "{ " + ", ".join(f"{key(name)} = {value(each)}" for name, each in said.items()) + " }"
    return text(str(said))


def _escaped(character: str) -> str:
    return character if character >= " " and character != "\x7f" else f"\\u{ord(character):04x}"
