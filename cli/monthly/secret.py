"""Where does a secret come from, and how is it kept out of what is written and said?

A setting names it as ``${NAME}``. Its value is in the environment under that name, or else in the keyring of the user who runs the
check, under the service ``saksflyt``. It stands in no file of ours.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import quote

from ...mining.errors import UsageError

SERVICE = "saksflyt"
NAMED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_HIDDEN = "***"
_PART = re.compile(r"[^\w.~+%-]+")
_SHORT = 5  # characters of a part of an address; shorter ones are words such as "hook"


def secret(name: str) -> str:
    """The value of a secret. Raises UsageError, which has its name, where there is none."""
    value = os.environ.get(name) or _in_keyring(name)
    if not value:
        raise UsageError(
            f"The secret {name} is neither in the environment nor, under the service {SERVICE}, in the keyring."
        )
    return value


def _in_keyring(name: str) -> str | None:
    with suppress(ImportError):  # the keyring is an extra
        import keyring
        from keyring.errors import KeyringError

        with suppress(KeyringError):
            return keyring.get_password(SERVICE, name)
    return None


def filled(address: str) -> tuple[str, list[str]]:
    """An address with its secrets in their places, and all that must not be seen of them."""
    values = {name: secret(name) for name in NAMED.findall(address)}
    if whole := NAMED.fullmatch(address.strip()):
        return values[whole[1]].strip(), list(values.values())
    quoted = {name: quote(value, safe="") for name, value in values.items()}
    return NAMED.sub(lambda found: quoted[found[1]], address), [*values.values(), *quoted.values()]


def masked(text: str, secrets: Iterable[str]) -> str:
    """The text without secrets, or parts of one that is a whole address."""
    parts = {part for each in secrets for part in (each.strip(), *_parts(each)) if part}
    for part in sorted(parts, key=lambda each: (-len(each), each)):
        text = text.replace(part, _HIDDEN)
    return text


def _parts(whole: str) -> list[str]:
    return [part for part in _PART.split(whole) if len(part) > _SHORT] if "://" in whole else []
