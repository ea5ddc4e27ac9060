"""XML read as a stream into a parser's target: no tree, no document type, no entities, no network, no endless values."""

from __future__ import annotations

import codecs
import re
from typing import Protocol

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from ..mining.errors import DataError
from .encoding import Digest
from .unpack import Stream

# No document type (the target refuses it, so only XML's own five entities are left), no network, no values without end;
# nothing is built in memory. Without "internal" the parser would hand over &amp; as &#38;.
_HARDENED = {
    "resolve_entities": "internal",
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,
}
# What may stand before the first element.
PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*", re.DOTALL)
_CHUNK = 1 << 20
_LONGEST_REASON = 150  # names in it may be long


class Target(Protocol):
    """What the parser calls (``start``, ``end``, ``data``, ``doctype``, ``close``), and after each piece ``passed``."""

    def passed(self, size: int) -> None: ...


def feed(stream: Stream, digest: Digest, target: Target) -> None:
    """Parse the stream piece by piece. Raises DataError, with the line, if it is not well formed.

    A mark and blanks before the prolog, which some programs leave there, are tolerated.
    """
    parser = etree.XMLParser(target=target, **_HARDENED)  # type: ignore[arg-type]
    begun, blank = False, 0
    try:
        for chunk in digest.passing(stream.chunks()):
            if not begun:
                mark = codecs.BOM_UTF8 if chunk.startswith(codecs.BOM_UTF8) else b""
                bare = chunk.removeprefix(mark).lstrip(b" \t\r\n")
                blank += chunk[: len(chunk) - len(bare)].count(b"\n")
                chunk, begun = mark + bare, bool(bare)
            for start in range(0, len(chunk), _CHUNK):
                piece = chunk[start : start + _CHUNK]
                parser.feed(piece)
                target.passed(len(piece))
        parser.close()
    except etree.XMLSyntaxError as error:
        reason = re.sub(r"(,? try XML_PARSE_HUGE)?\s*,? ?line \d+, column \d+.*", "", error.msg or "", flags=re.DOTALL)
        # Of what the parser says the first line is the fault; what follows quotes the file.
        reason = reason.strip().partition("\n")[0].strip().rstrip(".")[:_LONGEST_REASON]
        line = (error.lineno or 1) + blank
        raise DataError(
            f"{stream.name} is not well-formed XML, line {line}: {reason}; write or fetch the file again."
        ) from error
