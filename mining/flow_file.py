"""Where is the intended flow, and of which format is it?

A file, or the name of a template. The content decides how it is read, not the name of the file: TOML, BPMN 2.0 or PNML.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

from .errors import UsageError
from .flow_toml import from_toml
from .toml_file import content_of

_LARGEST_TOML, _LARGEST_MODEL = 1_000_000, 10_000_000  # bytes
_TEMPLATE = ".toml"


class Format(StrEnum):
    """What a flow can be read from."""

    TOML = "TOML"
    BPMN = "BPMN 2.0"
    PNML = "PNML"


@dataclass(frozen=True)
class Source:
    """The content of a flow's file. where : how messages name it; name : of the file, without folder and ending"""

    where: str
    content: bytes
    name: str


def flow_parts(place: str | Path, *, pool: str | None = None, wanted: Format | None = None) -> dict[str, Any]:
    """What the flow at `place` says, as the fields of :class:`~.flow.Flow`, and its text and name as `origin`.

    pool : which one of several in a BPMN file; wanted : the only format that is read

    Raises UsageError if there is no such file or template, or if it cannot be read.
    """
    source = _source(place)
    if _marked_up(source.content):
        return _model(source, pool, wanted)
    if wanted not in (None, Format.TOML):
        raise UsageError(f"{source.where} is not {wanted}; it is not even XML. Flow.read finds out what a file is.")
    if pool is not None:
        raise UsageError(f"{source.where} is no BPMN model, so it has no pools; leave --pool out.")
    return toml_parts(source.content, source.where)


def toml_parts(content: bytes, where: str) -> dict[str, Any]:
    """What the TOML text says, as the fields of a flow, and its text and name as `origin`."""
    if len(content) > _LARGEST_TOML:
        raise UsageError(f"{where} is larger than {_LARGEST_TOML // 1_000_000} MB, which no intended flow is.")
    said = from_toml(content, where)
    said["order"] = said.pop("expression")
    return said


def _marked_up(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<")


def _model(source: Source, pool: str | None, wanted: Format | None) -> dict[str, Any]:
    from .xml_document import document, local_name

    root = document(source.content, source.where)
    found = Format.PNML if local_name(root) == "pnml" else Format.BPMN
    if wanted not in (None, found):
        raise UsageError(f"{source.where} is {found}, not {wanted}; Flow.read finds out what a file is.")
    if found == Format.PNML:
        from .pnml_reading import from_pnml

        if pool is not None:
            raise UsageError(f"{source.where} is no BPMN model, so it has no pools; leave --pool out.")
        said = from_pnml(root, source.where, source.name)
    else:
        from .bpmn_reading import from_bpmn

        said = from_bpmn(root, source.where, pool, source.name)
    return {**said, "origin": ("", source.where)}


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
        return Source(f"{place} (template)", template_text(str(place)).encode("utf-8"), str(place))
    if not path.exists():
        known = ", ".join(template_names())
        raise UsageError(f"There is no flow {str(place)!r}: neither a file nor a template ({known}).")
    return Source(str(path), content_of(path, "flow", _LARGEST_MODEL), path.stem)
