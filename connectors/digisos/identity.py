"""By which id does an application go? Fiks' own; else the name of its file or folder, where that can be nobody's name."""

from __future__ import annotations

import re
from typing import Any

from ...mining.identifiers import identifier_kind
from .bundle import folder, stem

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"(?:(?:digisos|soker|soknad|søknad|sak)[ _-]?)?[0-9]{1,9}")


def uuid_in(value: Any) -> str | None:
    """A UUID, written small."""
    small = value.strip().lower() if isinstance(value, str) else ""
    return small if _UUID.fullmatch(small) else None


def case_id(wrapped: Any, name: str | None) -> str | None:
    """The id of an application, or None where nothing harmless names it.

    wrapped : fiksDigisosId; name : the path of the file within the folder or archive. A name that is neither a UUID
    nor a number of at most nine digits may hold a person's name or number, so it is not taken.
    """
    if found := uuid_in(wrapped):
        return found
    for text in (stem(name), folder(name)) if name else ():
        small = text.lower()
        if uuid_in(small) or (_NUMBER.fullmatch(small) and not identifier_kind(small)):
            return small
    return None
