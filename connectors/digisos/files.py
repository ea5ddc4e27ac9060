"""The connector for Digisos: files of one application or of many, with or without what Fiks knows of them."""

from __future__ import annotations

from pathlib import Path

from ...mining.errors import UsageError
from ..connector import Desk, Records
from ..tables import require_unchanged
from .bundle import Bundle, is_bundle, only_stream
from .reading import Reader
from .recognition import is_ours
from .sendings import DigisosRecords, settle

NOTIONS = ("application", "matter")


class DigisosFiles:
    """The connector for the event format of social assistance."""

    name = "digisos"
    reads = "Digisos files of social assistance: digisos-soker.json, DigisosSak, complaints; folders, .zip, NDJSON, .gz"
    guide = "docs/formats/digisos.md"
    notions = NOTIONS

    def knows(self, path: Path) -> bool:
        """By the fields of the format."""
        return is_ours(path)

    def records(self, path: Path, desk: Desk, first: int) -> list[Records]:
        """Read all applications in it as one source. Raises DataError for a single file that breaks the schema."""
        notion = desk.mapping.case_notion
        if notion not in ("case", *NOTIONS):
            raise UsageError(f"Digisos knows no case {notion!r}; case_notion is one of {', '.join(NOTIONS)}.")
        reader = Reader(path.name, desk, first, by_matter=notion == "matter")
        if is_bundle(path):
            with Bundle(path) as bundle:
                bundle.require_harmless()
                if len(bundle.names) != 1 or path.is_dir():
                    reader.read_bundle(bundle)
                    return [reader.finish(*bundle.sha256())]
        before = path.stat()
        sha256, size = reader.read_stream(only_stream(path))
        require_unchanged(path, before)
        return [reader.finish(sha256, size)]

    def settle(self, found: dict[int, Records], desk: Desk) -> None:
        """What several paths tell of one application is taken from the newest file."""
        settle([each for each in found.values() if isinstance(each, DigisosRecords)], desk.database)
