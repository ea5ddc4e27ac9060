"""Where is the intended flow, and of which format is it?

A file, or the name of a template. The content decides how it is read, not the name of the file: a new format is one
more line in :data:`_FORMATS`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from .errors import UsageError
from .flow_toml import from_toml

_LARGEST = 1_000_000  # bytes
_TEMPLATE = ".toml"


@dataclass(frozen=True)
class Source:
    """The content of a flow's file. where : how messages name it"""

    where: str
    content: bytes


def _marked_up(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _not_read_yet(source: Source) -> dict[str, Any]:
    raise UsageError(f"{source.where} is XML; a flow is read from TOML. Start one with saksflyt flow new.")


def _toml(source: Source) -> dict[str, Any]:
    return from_toml(source.content, source.where)


# Each format: is it this one, and what does it say? The first that knows the content reads it.
_FORMATS: tuple[tuple[Callable[[bytes], bool], Callable[[Source], dict[str, Any]]], ...] = (
    (_marked_up, _not_read_yet),
    (lambda content: True, _toml),
)


def flow_parts(place: str | Path) -> dict[str, Any]:
    """What the flow at `place` says, as the fields of :class:`~.flow.Flow`.

    Raises UsageError if there is no such file or template, or if it cannot be read.
    """
    source = _source(place)
    return next(read for knows, read in _FORMATS if knows(source.content))(source)


def template_names() -> list[str]:
    """The templates that can be started from."""
    folder = files("saksflyt.mining").joinpath("templates")
    return sorted(each.name.removesuffix(_TEMPLATE) for each in folder.iterdir() if each.name.endswith(_TEMPLATE))


def template_text(name: str) -> str:
    """A template as it stands, comments and all. Raises UsageError if there is none of that name."""
    known = template_names()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(known)}."
        raise UsageError(f"There is no template {name!r}.{hint}")
    return files("saksflyt.mining").joinpath("templates", f"{name}{_TEMPLATE}").read_text(encoding="utf-8")


def _source(place: str | Path) -> Source:
    path = Path(place)
    if not path.exists() and str(place) in template_names():
        return Source(f"{place} (template)", template_text(str(place)).encode("utf-8"))
    if not path.exists():
        known = ", ".join(template_names())
        raise UsageError(f"There is no flow {str(place)!r}: neither a file nor a template ({known}).")
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(f"Cannot read the flow {path}: {error.strerror or 'it cannot be opened'}.") from error
    if len(content) > _LARGEST:
        raise UsageError(f"{path} is larger than {_LARGEST // 1_000_000} MB, which no intended flow is.")
    return Source(str(path), content)
