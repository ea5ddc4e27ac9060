"""Who is told of a month: the tables [[notify]] of a project.

``to`` is an address that Apprise knows (e-mail, Teams, Slack and many more), ``command`` a program that gets the message as JSON. A
secret is named in an address as ``${NAME}`` (:mod:`.secret`); one that stands there in plain text is refused, and is not repeated in the error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from ...mining.toml_table import Table
from .secret import NAMED

ALWAYS = "always"
_WHEN = (ALWAYS, "warn", "high")
_MOST = 20
_KNOWN = ("name", "to", "command", "environment", "when")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://(.*)", re.DOTALL)
# An address of these may do without a secret; that of any other service is one.
_OPEN = {"mailto", "mailtos", "json", "jsons", "form", "forms", "xml", "xmls"}
_TELLING = re.compile(r"pass|pwd|token|secret|key|sig|auth|cookie", re.IGNORECASE)
_PORT = re.compile(r":\d{1,5}(?=/|\Z)")
_LONG = 16  # characters, letters and digits among them: no word and no name
_FILLED = "\0"  # stands for a secret that is named


@dataclass(frozen=True)
class Channel:
    """One that is told. when : from which severity on; environment : names of the variables that the command may have"""

    name: str
    to: str = field(default="", repr=False)
    command: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    when: str = ALWAYS


def channels_in(said: Table) -> tuple[Channel, ...]:
    """The tables [[notify]]."""
    tables = said.tables("notify", _KNOWN)
    if len(tables) > _MOST:
        raise said.wrong("notify", f"There are {len(tables)} [[notify]]; a project may have {_MOST}.")
    found: dict[str, Channel] = {}
    for each in tables:
        channel = _channel(each)
        if channel.name in found:
            raise each.wrong("name", f"Two [[notify]] have the name {channel.name!r}; give each its own.")
        found[channel.name] = channel
    return tuple(found.values())


def _channel(said: Table) -> Channel:
    said.need("name")
    to, command, environment = said.text("to"), _words(said), said.texts("environment")
    if bool(to) == bool(command):
        raise said.wrong("name", f"{said.title}must have either 'to' or 'command'.")
    if to:
        _settle_address(said, to)
        if environment:
            raise said.wrong("environment", f"{said.title}has 'environment', which goes with 'command'.")
    for name in environment:
        if not _NAME.fullmatch(name):
            raise said.wrong("environment", f"{said.title}must have names of variables as 'environment'.")
    return Channel(str(said.text("name")), to or "", command, environment, said.choice("when", _WHEN, ALWAYS))


def _words(said: Table) -> tuple[str, ...]:
    """The command; no shell reads it, so it is a list, and a word may stand there twice."""
    words = said.plain.get("command", [])
    if not isinstance(words, list) or not all(isinstance(word, str) and word and "\0" not in word for word in words):
        raise said.wrong("command", f'{said.title}must have a list of words as \'command\', such as ["send", "--now"].')
    if any(NAMED.search(word) for word in words):
        raise said.wrong(
            "command",
            f"{said.title}has a secret in 'command', where other users of the machine can see it; "
            "name it in 'environment', and the command has it as a variable.",
        )
    return tuple(words)


def _settle_address(said: Table, address: str) -> None:
    if NAMED.fullmatch(address.strip()):
        return
    if not _SCHEME.fullmatch(address):
        raise said.wrong("to", f"{said.title}must have an address as 'to', such as mailtos://… or ${{TEAMS_ADDRESS}}.")
    if any(_plain_secrets(NAMED.sub(_FILLED, address))):
        raise said.wrong(
            "to",
            f"{said.title}has a secret in plain text in 'to'; write ${{NAME}} in its place, and keep its value in the "
            "environment or the keyring.",
        )


def _plain_secrets(address: str) -> Iterator[bool]:
    """Is there something that looks like one? address : with the secrets that are named as :data:`_FILLED`"""
    found = _SCHEME.fullmatch(address)
    assert found is not None
    scheme, rest = found[1].lower(), found[2]
    yield scheme not in _OPEN and _FILLED not in rest
    place, _, query = rest.partition("?")
    before = _PORT.sub("", place).rpartition("@")[0]
    yield bool(before.partition(":")[2].strip(_FILLED))
    for key, value in parse_qsl(query, keep_blank_values=True):
        yield bool(_TELLING.search(key)) and bool(value.strip(_FILLED))
    for word in re.split(r"[^\w-]", rest):
        yield len(word) >= _LONG and bool(re.search(r"\d", word)) and bool(re.search(r"[A-Za-z]", word))
