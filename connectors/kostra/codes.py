"""What do the codes of the forms stand for? Said in ``codes.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Code:
    """A field of codes. name : of the attribute that it becomes; words : by code"""

    name: str
    words: dict[str, str]


@cache
def codes() -> dict[str, Code]:
    """The coded fields that become attributes."""
    text = files("saksflyt.connectors.kostra").joinpath("codes.toml").read_text(encoding="utf-8")
    return {field: Code(**said) for field, said in tomllib.loads(text).items()}
