"""Which files does a name on the command line mean, when it holds ``*``, ``?`` or ``[``?"""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path

from ..mining.errors import UsageError
from .quarantine import QUARANTINE


def is_pattern(path: str | Path) -> bool:
    """Is this a pattern? A file that is called so goes before."""
    return glob.has_magic(str(path)) and not Path(path).exists()


def expanded(paths: Iterable[Path]) -> list[Path]:
    """The files in place of the patterns, each pattern's in the order of their names; a file is named once.

    A folder means nothing by itself, unless it is one export as Noark's are: ``exports/*.csv`` says which of its files are meant. ``**`` also goes into the
    folders below. What an import has put aside is no export. Raises UsageError for a pattern that no file matches.
    """
    found: list[Path] = []
    by_pattern: set[Path] = set()
    for path in paths:
        if not is_pattern(path):
            found.append(path)
            continue
        matches = sorted(name for name in _there(path) if name.is_file() and not name.name.endswith(QUARANTINE))
        if not matches:
            raise UsageError(f"No file matches {str(path)!r}; check the folder and the name.")
        by_pattern.update(matches)
        found += matches
    named: dict[Path, None] = {}
    return [path for path in found if path not in by_pattern or (path not in named and not named.setdefault(path))]


def _there(pattern: Path) -> list[Path]:
    return [Path(name) for name in glob.glob(str(pattern), recursive=True)]  # noqa: PTH207 (absolute patterns)
