"""Is this a Digisos file, and which parts does it have? Decided by what stands in it, never by its name."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path, PurePosixPath
from typing import Any

from ...mining.errors import DataError
from ..encoding import opening
from .bundle import Bundle, is_bundle, only_stream
from .schema import Fault

_OURS = re.compile(r'"(?:hendelser|hendelsestidspunkt|fiksDigisosId|digisosSoker|avsender)"\s*:')
_COMPLAINT = (re.compile(r'"klageId"\s*:'), re.compile(r'"(?:digisosId|vedtakId)"\s*:'))  # one search takes for ever
_HEAD = 1 << 16
_LOOKED_AT = 100  # files of a folder or zip, until one is ours
UNREAD = ("soknad.json", "vedlegg.json")  # the application itself and what it encloses: nothing of it is needed


def is_ours(path: Path) -> bool:
    """Does the file, or one of the files in it, look like one of the format's? Never raises."""
    try:
        if (path.is_dir() and ((path / "log.json").exists() or path.suffix == ".saksflyt")) or not path.exists():
            return False
        if not is_bundle(path):
            return _looks_ours(only_stream(path).head(_HEAD))
        with Bundle(path) as bundle:
            bundle.require_safe()
            tried = itertools.islice(filter(_may_be_json, bundle.names), _LOOKED_AT)
            return any(_looks_ours(bundle.head(name, _HEAD)) for name in tried)
    except (DataError, OSError, IndexError):
        return False


def _may_be_json(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in (".json", ".ndjson", ".jsonl", "") and not is_unread(name)


def _looks_ours(head: bytes) -> bool:
    text = opening(head)
    if text[:1] not in ("{", "["):
        return False
    return _OURS.search(text) is not None or all(field.search(text) for field in _COMPLAINT)


def is_unread(name: str) -> bool:
    """Is this the application itself, or the list of its enclosures?"""
    return name.rpartition("/")[2].lower() in UNREAD


def parsed(text: bytes) -> Any:
    """What a JSON text says. Raises Fault if it is none; what it holds is never quoted."""
    try:
        return json.loads(text.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Fault("", "is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise Fault("", f"is not well-formed JSON (line {error.lineno}: {error.msg})") from None
    except RecursionError:
        raise Fault("", "is nested too deeply") from None
    except ValueError:
        raise Fault("", "holds a number that is none") from None


def _no_number(_: str) -> None:
    raise ValueError


def parts_of(content: Any) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The wrapper (DigisosSak) and the file (digisos-soker) in a JSON text, as far as they are there."""
    if not isinstance(content, dict):
        return None, None
    inner = [content, *(part for part in content.values() if isinstance(part, dict))]
    wrapper = next((part for part in inner if "fiksDigisosId" in part), None)
    inner += [part["soker"] for part in inner if isinstance(part.get("soker"), dict)]
    inner += list(wrapper.values()) if wrapper is not None and wrapper is not content else []
    file = next((part for part in inner if isinstance(part, dict) and "hendelser" in part), None)
    if file is None:
        file = next((part for part in inner if isinstance(part, dict) and _is_file(part)), None)
    return wrapper, file


def _is_file(part: dict[str, Any]) -> bool:
    """A file whose events are missing, or an event that stands alone."""
    return "avsender" in part or "hendelsestidspunkt" in part


def is_complaint(content: Any) -> bool:
    return isinstance(content, dict) and "klageId" in content and ("digisosId" in content or "vedtakId" in content)
