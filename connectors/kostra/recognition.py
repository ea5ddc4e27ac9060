"""Is this a KOSTRA report? Lines of one known length that begin with a municipality and a year, or a single blank."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .layouts import layouts

MARK = b"\xef\xbb\xbf"
_LOOKED_AT = 50  # lines
_BEGINS = re.compile(r"\d{6}[ \d]{2}")
_SEPARATED = re.compile(r"[;\t|]")
_SHORTEST, _LONGEST = 100, 400  # of the forms of all years


def is_kostra(head: bytes) -> bool:
    """By the first bytes. Also true of reports of unknown years, so that they are refused with the right sentence."""
    if is_empty_report(head):
        return True
    *whole, last = head.removeprefix(MARK).decode("latin-1").split("\n")
    lines = [line.removesuffix("\r") for line in (whole or [last])]
    lines += [last] if whole and len(last) in _lengths(last) else []
    return _mostly([line for line in lines if line][:_LOOKED_AT])


def is_empty_report(content: bytes) -> bool:
    """A file of one blank says that there is nothing to report."""
    return content.rstrip(b"\r\n") == b" "


def _mostly(lines: list[str]) -> bool:
    looks = [_BEGINS.match(line) is not None and not _SEPARATED.search(line) for line in lines]
    if not any(looks) or 2 * sum(looks) < len(looks):
        return False
    alike = [line for line, like in zip(lines, looks, strict=True) if like]
    if any(len(line) in _lengths(line) for line in alike):
        return True
    # A year that is not known here: one length for all of them, and no commas.
    (length, *others) = {len(line) for line in alike}
    return not others and _SHORTEST <= length <= _LONGEST and not any("," in line for line in alike)


def _lengths(line: str) -> Iterable[int]:
    """The lengths that records of the line's year may have."""
    if not _BEGINS.match(line):
        return ()
    return {length for version, length in layouts() if version == line[4:6]}
