"""How does any name fit into XML 1.0, which cannot hold every character?

XML has no way to write most control characters. They become the signs that picture them (NUL is ␀), so that two names
stay two names; characters that are no characters become �. Everything else is kept as it is.
"""

from __future__ import annotations

import re

_BREAKS = "\t\n\r"
_NOT_XML = re.compile("[^\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff\t\n\r]")
_ESCAPES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "\t": "&#9;",
        "\n": "&#10;",
        "\r": "&#13;",
        "\x85": "&#133;",
    }
)


def escaped(text: str) -> str:
    """The text for an attribute in double quotes, or for the content of an element; line breaks survive."""
    return storable(text).translate(_ESCAPES)


def storable(text: str, *, breaks: bool = True) -> str:
    """The text with what XML cannot hold replaced; without `breaks`, tabs and line breaks too."""
    shown = _NOT_XML.sub(lambda found: _pictured(found[0]), text)
    return shown if breaks else "".join(_pictured(c) if c in _BREAKS else c for c in shown)


def _pictured(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"
