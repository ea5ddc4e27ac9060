"""What does an XML file say that a stranger wrote?

The parser follows nothing that leads out of the file: no document type, no entities, no network, no huge trees.
"""

from __future__ import annotations

import contextlib
import re
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from .errors import UsageError

Element = Any  # lxml has no types

_HARDENED: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_LONGEST_REASON = 200


def document(content: bytes, where: str) -> Element:
    """The root element. Raises UsageError if the content is no XML, or has a document type.

    where : how messages name the file
    """
    try:
        with contextlib.suppress(_Begun):
            etree.XMLParser(target=_Prolog(where), **_HARDENED).feed(content)
        return etree.fromstring(content, etree.XMLParser(**_HARDENED))
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise _broken(error, where) from error


def namespace(element: Element) -> str:
    """The namespace of an element, or the empty text."""
    return element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def line_of(element: Element) -> int:
    """The line on which an element begins."""
    return element.sourceline or 1


class _Begun(Exception):
    """The first element has come, so there is no document type."""


class _Prolog:
    """The parser's target: looks at what stands before the first element."""

    def __init__(self, where: str) -> None:
        self._where = where

    def doctype(self, *_: str | None) -> None:
        raise UsageError(
            f"{self._where} has a document type (<!DOCTYPE …>), which no flow needs and an attack may hide in; remove it."
        )

    def start(self, *_: object) -> None:
        raise _Begun

    def end(self, *_: object) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""


def _broken(error: Exception, where: str) -> UsageError:
    reason = re.sub(r"(,? try XML_PARSE_HUGE)?\s*,? ?line \d+, column \d+.*", "", str(error), flags=re.DOTALL)
    reason = reason.strip().rstrip(".")[:_LONGEST_REASON]
    line = getattr(error, "lineno", None)
    place = f", line {line}" if line else ""
    return UsageError(f"{where} is not well-formed XML{place}: {reason or 'it ends too early'}; export it again.")
