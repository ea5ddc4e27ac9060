"""Does a column say yes or no, and which of the two does a cell say?"""

from __future__ import annotations

from .columns import Source

_TRUE = frozenset({"ja", "j", "yes", "y", "true", "t", "sann", "1", "x", "avsluttet", "lukket", "closed"})
_FALSE = frozenset({"nei", "n", "no", "false", "f", "usann", "0", "åpen", "open"})


def is_boolean(source: Source, column: int) -> bool:
    """Does the column say yes or no?"""
    return source.types[column] == "BOOLEAN" or {text.strip().casefold() for text in source.sample(column)} <= (
        _TRUE | _FALSE
    )


def boolean_sql(cell: str) -> str:
    """SQL for the truth of a cell; null where it says neither."""
    yes, no = (", ".join(f"'{word}'" for word in sorted(words)) for words in (_TRUE, _FALSE))
    return f"case when lower({cell}) in ({yes}) then true when lower({cell}) in ({no}) then false end"
