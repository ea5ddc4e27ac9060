"""What is a process tree, and how is it written as text?

A process tree says how steps are put together (Leemans, Fahland and van der Aalst, 2013): one after the other
(``->``), one of several (``X``), all in any interleaving (``+``), or a loop (``*``: do the first part; then either go on,
or do the second and the first again). A silent leaf (``tau``) does nothing. Every tree is a sound model by construction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .xml_text import storable

Operator = Literal["->", "X", "+", "*"]


@dataclass(frozen=True)
class ProcessTree:
    """A node: an operator with children, or a leaf.

    operator : None for a leaf
    label : the activity of a leaf; None for a silent one
    """

    operator: Operator | None = None
    children: tuple[ProcessTree, ...] = ()
    label: str | None = None

    @property
    def silent(self) -> bool:
        """Is it a leaf that does nothing?"""
        return self.operator is None and self.label is None

    def activities(self) -> Iterator[str]:
        """The names of the leaves, in the order of the text."""
        if self.label is not None:
            yield self.label
        for child in self.children:
            yield from child.activities()

    def __str__(self) -> str:
        """The text that pm4py and others read: ``->( 'A', X( tau, 'B' ) )``."""
        if self.silent:
            return "tau"
        if self.label is not None:
            return f"'{_quotable(self.label)}'"
        return f"{self.operator}( {', '.join(map(str, self.children))} )"


def _quotable(label: str) -> str:
    """The notation has no escape: a straight apostrophe becomes a curly one, line breaks and controls a sign."""
    return storable(label, breaks=False).replace("'", "\u2019")
