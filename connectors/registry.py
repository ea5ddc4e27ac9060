"""Which connectors are there, and which of them reads this file? The doors of the room: read, import_log, inspect.

Built-in connectors stand in a tuple; others register under the entry-point group ``saksflyt.connectors``. Two that
both know a file is an error that names both: a guess would read somebody's data wrong.
"""

from __future__ import annotations

import stat
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_changes
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from ..mining.errors import DataError, UsageError
from ..mining.log import SUFFIX, EventLog
from .appending import opened
from .arrow import ArrowTables
from .connector import Connector
from .digisos.files import DigisosFiles
from .importing import make_log
from .inspection import Inspection, inspect_files
from .key_file import key_from
from .kostra.kostra import KostraReports
from .mapping import Mapping
from .noark.extraction import NoarkExtractions
from .patterns import expanded
from .receipt import Receipt
from .spreadsheet import Spreadsheets
from .tables import Tables
from .unpack import reading
from .xes import XesLogs

_BUILT_IN: tuple[Connector, ...] = (
    Tables(),
    ArrowTables(),
    XesLogs(),
    KostraReports(),
    NoarkExtractions(),
    DigisosFiles(),
    Spreadsheets(),
)
_GROUP = "saksflyt.connectors"
_LONGEST_NAME = 150  # bytes

PathLike = str | Path
AnyMapping = Mapping | dict | str | Path | None


@dataclass(frozen=True)
class Reading:
    """An import's two results: the log, and the receipt that says what was done with every record."""

    log: EventLog
    receipt: Receipt


@cache
def connectors() -> tuple[Connector, ...]:
    """Every connector there is, the built-in ones first."""
    return (*_BUILT_IN, *(_loaded(entry) for entry in sorted(entry_points(group=_GROUP), key=lambda e: e.name)))


def _loaded(entry: object) -> Connector:
    found = entry.load()  # type: ignore[attr-defined]
    made = found() if isinstance(found, type) else found
    if not isinstance(made, Connector):
        raise UsageError(f"The connector {entry.name!r} is not one: it lacks name, reads, guide, knows or records.")  # type: ignore[attr-defined]
    return made


def connector_for(path: PathLike) -> Connector:
    """The one connector that knows this file. Raises DataError if there is none, or more than one."""
    path = Path(path)
    _require_file(path)
    found = [connector for connector in connectors() if connector.knows(path)]
    if len(found) > 1 and zipfile.is_zipfile(path):
        raise DataError(
            f"{path.name} holds files of several kinds ({', '.join(c.name for c in found)}); take out of it what does "
            "not belong to the log."
        )
    if len(found) > 1:
        raise DataError(f"Both {' and '.join(c.name for c in found)} can read {path.name}; uninstall all but one.")
    if not found and path.is_dir():
        raise DataError(
            f"{path} is a folder; name the files in it. As a whole, folders of Digisos files and extractions of Noark 5 "
            "are read, and this is neither."
        )
    if not found:
        raise DataError(
            f"{path.name} is of no kind that can be read here ({', '.join(c.name for c in connectors())}); "
            "export the data as CSV."
        )
    return found[0]


def _require_file(path: Path) -> None:
    """A file that is there and may be read, and that gives the same bytes each time; or a folder of files."""
    with reading(path):
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise DataError(f"{path} is a pipe or a device, not a file; save what comes out of it and name that file.")
        if stat.S_ISREG(mode):
            with path.open("rb") as file:
                file.read(1)


def read(
    path: PathLike | Sequence[PathLike],
    *,
    mapping: AnyMapping = None,
    now: datetime | None = None,
    as_of: date | datetime | str | None = None,
    key: PathLike | None = None,
    case: str | None = None,
) -> EventLog:
    """Open a log, or make one of an export; it then lives in a temporary folder as long as the object.

    mapping : a Mapping, its data as a dict, or the path of a mapping file; what it does not say is guessed
    case : what a case is, where the format knows several (``application`` or ``matter``), in place of the mapping's
    now : events later than this do not move the end of the window; asked of the clock when it is not given
    as_of : the end of the window, where the export was made on an earlier day than its newest event
    key : the file with the key that makes pseudonyms, else the one that SAKSFLYT_KEY_FILE names

    Raises DataError (PersonalData among them) if the file cannot be used, UsageError if the mapping does not fit it.
    """
    paths = _paths(path)
    if len(paths) == 1 and is_log(paths[0]):
        if key is not None:
            raise UsageError(f"{paths[0]} is a log already, and its pseudonyms are made; leave out the key.")
        if case is not None:
            raise UsageError(f"{paths[0]} is a log already, and its cases are made; leave out what a case is.")
        log = EventLog.open(paths[0])
        return log.as_of(as_of) if as_of else log
    home = tempfile.TemporaryDirectory(prefix="saksflyt-", ignore_cleanup_errors=True)
    target = Path(home.name) / (_log_name(paths[0]) + SUFFIX)
    found, secret = _with_connectors(paths), key_from(key)
    said = _with_notion(_mapping(mapping), case, found)
    receipt = make_log(found, target, said, now or datetime.now(UTC), as_of, key=secret)
    return EventLog(target, receipt.manifest, home=home)


def import_log(
    paths: PathLike | Iterable[PathLike],
    target: PathLike,
    *,
    mapping: AnyMapping = None,
    now: datetime | None = None,
    as_of: date | datetime | str | None = None,
    replace: bool = False,
    append: bool = False,
    accept_changes: bool = False,
    sheets: Sequence[str] = (),
    key: PathLike | None = None,
    case: str | None = None,
) -> Reading:
    """Make the log `target` of one export or several, and say what was done with every record.

    append : add the exports to the log at `target`, each record once
    accept_changes : take a later export's word for cases whose history it tells otherwise; without it DataError
    sheets : which sheets of a workbook to read, in place of those that the mapping names
    key : the file with the key that makes pseudonyms, else the one that SAKSFLYT_KEY_FILE names
    case : what a case is, where the format knows several (``application`` or ``matter``), in place of the mapping's
    The quarantine file, if there is one, is put beside the log. Raises what ``read`` raises, UsageError if `target`
    exists and `replace` is false, and StorageError if the disk fails; nothing is then left half-written.
    """
    target = log_path(target)
    if append and replace:
        raise UsageError("A log is either added to or made anew; choose --append or --replace.")
    if accept_changes and not append:
        raise UsageError("Only an export that is added to a log can change history; leave out --accept-changes.")
    if target.exists() and not (replace or append):
        raise UsageError(
            f"{target} exists already. Add --replace to make it anew, --append to add a later export to it, or choose "
            "another name with -o."
        )
    onto = opened(target, accept_changes) if append else None
    secret = key_from(key)
    found = _with_connectors(_paths(paths))
    said = _with_notion(_with_sheets(_mapping(mapping), sheets, found), case, found)
    over, now = replace or append, now or datetime.now(UTC)
    receipt = make_log(found, target, said, now, as_of, over, keep_quarantine=True, key=secret, onto=onto)
    return Reading(EventLog.open(target), receipt)


def log_path(target: PathLike) -> Path:
    """Where a log of that name goes. Raises UsageError if it is no name for a log."""
    target = Path(target)
    if target.name in ("", ".."):
        raise UsageError(f"{target} is a folder; name the log, such as {target / ('saker' + SUFFIX)}")
    target = _plainly_named(target)
    return target if target.name.endswith(SUFFIX) else target.with_name(target.name + SUFFIX)


def inspect(
    path: PathLike | Sequence[PathLike],
    mapping: AnyMapping = None,
    now: datetime | None = None,
    sheets: Sequence[str] = (),
    case: str | None = None,
) -> Inspection:
    """What would an import make of these files, and why? Nothing is written and nobody is refused."""
    paths = _paths(path)
    for each in paths:
        if is_log(each) and (each.suffix == SUFFIX or (each / "log.json").exists()):
            raise UsageError(f"{each} is a log already; inspect the export that it was made of.")
    found = _with_connectors(paths)
    return inspect_files(found, _with_notion(_with_sheets(_mapping(mapping), sheets, found), case, found))


def _paths(given: PathLike | Iterable[PathLike]) -> list[Path]:
    paths = [Path(given)] if isinstance(given, str | Path) else [Path(path) for path in given]
    if not paths:
        raise UsageError("Name at least one file to read.")
    return expanded([_plainly_named(path) for path in paths])


def _plainly_named(path: Path) -> Path:
    """The database, the manifest and the report write names in UTF-8; and to the database, ``~`` is a home."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError as error:
        shown = str(path).encode("utf-8", "replace").decode("utf-8")
        raise UsageError(f"The name {shown} holds bytes that are no UTF-8 text; rename it first.") from error
    return path.absolute() if str(path).startswith("~") else path


def is_log(path: Path) -> bool:
    """Is it a log that was made, and no export? A folder may be either."""
    if path.is_dir() and path.suffix != SUFFIX and not (path / "log.json").exists():
        return not any(connector.knows(path) for connector in connectors())
    return path.is_dir() or (path.name.endswith(SUFFIX) and not path.is_file())


def _with_connectors(paths: list[Path]) -> list[tuple[Path, Connector]]:
    return [(path, connector_for(path)) for path in paths]


def _log_name(path: Path) -> str:
    """``Saker 2026.csv.gz`` makes the log ``Saker 2026``."""
    name = path.name
    for suffix in (
        ".gz", ".zip", ".xml", ".csv", ".tsv", ".txt", ".tab", ".dat", ".parquet", ".feather", ".arrow", ".xes",
        ".xlsx", ".xlsm", ".xls", ".ods", ".json", ".ndjson", ".jsonl",
    ):  # fmt: skip
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            name = name[: -len(suffix)]
    # A file system takes 255 bytes, and the log that is being made adds to its name.
    return name.encode("utf-8")[:_LONGEST_NAME].decode("utf-8", "ignore")


def _mapping(given: AnyMapping) -> Mapping:
    if given is None:
        return Mapping()
    if isinstance(given, Mapping):
        return given
    return Mapping.from_dict(given) if isinstance(given, dict) else Mapping.load(given)


def _with_sheets(mapping: Mapping, sheets: Sequence[str], found: list[tuple[Path, Connector]]) -> Mapping:
    if not sheets:
        return mapping
    if not any(connector.name == Spreadsheets.name for _, connector in found):
        names = ", ".join(path.name for path, _ in found)
        raise UsageError(f"{names} is no workbook, so it has no sheets to choose from; leave out --sheet.")
    return with_changes(mapping, sheets=tuple(sheets))


def _with_notion(mapping: Mapping, case: str | None, found: list[tuple[Path, Connector]]) -> Mapping:
    if case is None:
        return mapping
    for path, connector in found:
        if case not in (known := getattr(connector, "notions", ())):
            raise UsageError(
                f"In {path.name} there is no choice of {case!r} as the case; leave out --case."
                if not known
                else f"{path.name} knows no case {case!r}; choose {' or '.join(known)}."
            )
    return with_changes(mapping, case_notion=case)
