"""What kind of office file is this, and where in it are the sheets? A workbook is a zip of XML, or an old compound file.

Nothing is unpacked here but the two small lists that name the sheets. A file that is no workbook, that is locked with
a password or that grows past all reason is refused in one sentence.
"""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from ..mining.errors import DataError
from .spreadsheet_scan import Extent, scan_excel, scan_open_document
from .unpack import DAMAGE, OLD_OFFICE, is_bomb, reading, require_harmless

_MOST_BYTES = 512 << 20  # unpacked
_MOST_OLD = 256 << 20  # an .xls holds at most 65 536 rows a sheet
_MOST_LIST = 16 << 20
_SHEETS = "application/vnd.oasis.opendocument.spreadsheet"
_ENDINGS = {"Excel": (".xlsx", ".xlsm"), "Excel 97-2003": (".xls",), "OpenDocument": (".ods",)}
_CSV = "save the sheet as CSV and import that file"
_DAMAGE = (*DAMAGE, KeyError, etree.XMLSyntaxError)


@dataclass
class Book:
    """A workbook that may be read.

    form : in words; parts : where in the zip of an .xlsx each sheet lies, in the order of the workbook
    macros : it holds programs, which nobody runs; from_1904 : the days of its dates are counted from 1904
    """

    path: Path
    form: str
    parts: dict[str, str] = field(default_factory=dict)
    macros: bool = False
    from_1904: bool = False

    @property
    def endings(self) -> tuple[str, ...]:
        """How the names of such files end."""
        return _ENDINGS[self.form]

    def extents(self, wanted: list[str]) -> dict[str, Extent]:
        """Count the cells of the wanted sheets, of an OpenDocument those of all. Raises DataError for one too large.

        Of an .xls nothing can be counted before it is read.
        """
        if self.form == "Excel 97-2003":
            return {}
        try:
            with reading(self.path), zipfile.ZipFile(self.path) as archive:
                if self.form == "OpenDocument":
                    with archive.open("content.xml") as file:
                        return scan_open_document(file, self.path.name)
                found = {}
                for name in wanted:
                    with archive.open(self.parts[name]) as file:
                        found[name] = scan_excel(file, name, self.path.name)
                return found
        except _DAMAGE as error:
            raise _damaged(self.path) from error


def open_book(path: Path) -> Book:
    """Find out what the file is. Raises DataError if it is no workbook that can be read."""
    with reading(path), path.open("rb") as file:
        if file.read(8) == OLD_OFFICE:
            return _old(path)
    try:
        with reading(path), zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            require_harmless(path.name, archive.infolist())
            _require_size(path.name, archive.infolist())
            if "mimetype" in names:
                return _open_document(path, archive)
            return _excel(path, archive, set(names))
    except _DAMAGE as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> DataError:
    return DataError(f"{path.name} is cut short or damaged; fetch the file again, or save it again in the program.")


def _require_size(name: str, infos: list[zipfile.ZipInfo]) -> None:
    read = [info for info in infos if not info.filename.startswith(("xl/media/", "Pictures/"))]
    total = sum(info.file_size for info in read)
    if total > _MOST_BYTES:
        raise DataError(f"{name} grows to {total >> 20} MB when unpacked, more than {_MOST_BYTES >> 20} MB; {_CSV}.")
    if is_bomb(total, sum(info.compress_size for info in read)):
        raise DataError(f"{name} grows to more than a hundred times its size when unpacked, which no export does.")


def _old(path: Path) -> Book:
    size = path.stat().st_size
    if size > _MOST_OLD:
        raise DataError(f"{path.name} has {size >> 20} MB, more than {_MOST_OLD >> 20} MB for an old workbook; {_CSV}.")
    with path.open("rb") as file:
        content = file.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise DataError(f"{path.name} is locked with a password; save it without one, or {_CSV}.")
    if not any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        raise DataError(f"{path.name} is an old Office file but no Excel workbook, or it is damaged.")
    return Book(path, "Excel 97-2003")


def _list(archive: zipfile.ZipFile, name: str) -> etree._Element:
    """A small XML member of the zip, parsed."""
    with archive.open(name) as file:
        content = file.read(_MOST_LIST)
    if b"<!DOCTYPE" in content:
        raise DataError(f"{Path(archive.filename or '').name} has a document type in its XML; it is not read.")
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _excel(path: Path, archive: zipfile.ZipFile, names: set[str]) -> Book:
    if "xl/workbook.bin" in names:
        raise DataError(f"{path.name} is a binary Excel workbook (.xlsb); save it as .xlsx, or {_CSV}.")
    if "xl/workbook.xml" not in names:
        raise DataError(f"{path.name} is an office document but no spreadsheet; export the data as CSV.")
    targets = {
        relation.get("Id"): posixpath.normpath(posixpath.join("/xl", relation.get("Target") or "")).lstrip("/")
        for relation in _list(archive, "xl/_rels/workbook.xml.rels")
        if (relation.get("Type") or "").endswith("/worksheet")
    }
    workbook = _list(archive, "xl/workbook.xml")
    parts = {}
    for sheet in workbook.iterfind("{*}sheets/{*}sheet"):
        ids = [value for key, value in sheet.attrib.items() if key.endswith("}id")]
        if ids and targets.get(ids[0]) in names:
            parts[sheet.get("name") or ""] = targets[ids[0]]
    if not parts:
        raise DataError(f"{path.name} is a workbook without sheets.")
    settings = workbook.find("{*}workbookPr")
    from_1904 = settings is not None and settings.get("date1904") in ("1", "true")
    return Book(path, "Excel", parts, "xl/vbaProject.bin" in names, from_1904)


def _open_document(path: Path, archive: zipfile.ZipFile) -> Book:
    kind = archive.read("mimetype")[:200].decode("ascii", "replace").strip()
    if not kind.startswith(_SHEETS):
        raise DataError(f"{path.name} is an office document but no spreadsheet; export the data as CSV.")
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise DataError(f"{path.name} is locked with a password; save it without one, or {_CSV}.")
    return Book(path, "OpenDocument")
