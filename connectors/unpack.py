"""Which streams of bytes does a file hold: the file itself, what a gzip holds, or the members of a zip?

Packed bytes are counted while they are read and never written to a path that the archive names. A stream that
grows past all reason (a *bomb*) is refused before it fills the disk.
"""

from __future__ import annotations

import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..mining.errors import DataError

CHUNK = 4 << 20
_MOST_MEMBERS = 1000
# Tables shrink ten- to fiftyfold when packed. Small streams may be of any ratio: they do no harm.
_BOMB_RATIO = 100
_BOMB_SIZE = 64 << 20
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE = ("[Content_Types].xml", "mimetype")

# What the packers raise for damaged bytes: names that are no text and versions that are none among them.
DAMAGE = (
    EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, lzma.LZMAError, UnicodeDecodeError, NotImplementedError,
)  # fmt: skip


@dataclass(frozen=True)
class Stream:
    """One stream of bytes in a file. `plain` is its path when it lies unpacked on the disk."""

    path: Path
    member: str | None = None
    plain: Path | None = None

    @property
    def name(self) -> str:
        """What to call it in messages and in the receipt: the file's name, never the folders above it."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name

    def chunks(self) -> Iterator[bytes]:
        """The bytes, piece by piece. Raises DataError for a damaged archive or a bomb."""
        if self.plain:
            with reading(self.path), self.plain.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        elif self.member is None:
            yield from self._counted(self._gzip(), self.path.stat().st_size)
        else:
            with reading(self.path), zipfile.ZipFile(self.path) as archive:
                yield from self._counted(self._zip(archive), archive.getinfo(self.member).compress_size)

    def head(self, size: int = 1 << 16) -> bytes:
        """The first bytes."""
        found = b""
        for chunk in self.chunks():
            found += chunk
            if len(found) >= size:
                break
        return found[:size]

    def _gzip(self) -> Iterator[bytes]:
        with reading(self.path), gzip.open(self.path) as file:
            while chunk := self._next(file):
                yield chunk

    def _zip(self, archive: zipfile.ZipFile) -> Iterator[bytes]:
        try:
            file = archive.open(self.member or "")
        except NotImplementedError as error:
            raise DataError(f"{self.name} is packed in a way that cannot be read here; unpack it first.") from error
        except DAMAGE as error:
            raise self._damaged() from error
        with file:
            while chunk := self._next(file):
                yield chunk

    def _next(self, file: IO[bytes] | gzip.GzipFile) -> bytes:
        try:
            return file.read(CHUNK)
        except DAMAGE as error:
            raise self._damaged() from error

    def _damaged(self) -> DataError:
        return DataError(f"{self.name} is cut short or damaged and cannot be unpacked; fetch the file again.")

    def _counted(self, chunks: Iterator[bytes], packed: int) -> Iterator[bytes]:
        total = 0
        for chunk in chunks:
            total += len(chunk)
            if is_bomb(total, packed):
                raise DataError(
                    f"{self.name} grows to more than {_BOMB_RATIO} times its size when unpacked, which no export "
                    "does; if you trust it, unpack it yourself first."
                )
            yield chunk


class TooManyFiles(DataError):
    """A zip of more files than are looked at one by one. first : the first of them, to tell the kind by"""

    def __init__(self, message: str, first: Stream) -> None:
        super().__init__(message)
        self.first = first


def streams(path: Path) -> list[Stream]:
    """The streams in a file, in the order of their names. Raises DataError if there is none to read."""
    with reading(path), path.open("rb") as file:
        magic = file.read(8)
    if magic.startswith(b"\x1f\x8b"):
        return [Stream(path)]
    if magic.startswith(_ZIP):
        return _members(path)
    return [Stream(path, plain=path)]


def _members(path: Path) -> list[Stream]:
    try:
        with reading(path), zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir() and not is_litter(info.filename)]
    except DAMAGE as error:
        raise DataError(f"{path.name} is cut short or damaged and cannot be unpacked; fetch the file again.") from error
    names = [info.filename for info in infos]
    if any(mark in names for mark in _OFFICE):
        raise DataError(f"{path.name} is a spreadsheet or document; save the sheet as CSV and import that file.")
    if not names:
        raise DataError(f"{path.name} is an archive without files.")
    require_harmless(path.name, infos, len(infos))
    if len(names) > _MOST_MEMBERS:
        first = Stream(path, member=min(names))
        raise TooManyFiles(f"{path.name} holds {len(names)} files, more than {_MOST_MEMBERS}; unpack it first.", first)
    return [Stream(path, member=name) for name in sorted(names)]


def require_harmless(name: str, infos: list[zipfile.ZipInfo], most: int = _MOST_MEMBERS) -> None:
    """Raise DataError for a zip of too many files (more than `most`), of names that lead astray, or with a password."""
    names = [info.filename for info in infos]
    if len(names) > most:
        raise DataError(f"{name} holds {len(names)} files, more than {most}; unpack it first.")
    if len(set(names)) < len(names) or any(_unsafe(info) for info in infos):
        raise DataError(f"{name} holds names that point outside the archive or occur twice; unpack it first.")
    if any(info.flag_bits & 1 for info in infos):
        raise DataError(f"{name} is locked with a password; unpack it first.")


def is_bomb(size: int, packed: int) -> bool:
    """Does something of `packed` bytes grow to a `size` that no export grows to?"""
    return size > _BOMB_SIZE and size > _BOMB_RATIO * max(packed, 1)


def is_office(path: Path) -> bool:
    """Is it a workbook or another document of an office program: a zip that says so, or an old compound file?

    Never raises: what cannot be read is none.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(len(OLD_OFFICE))
        if not magic.startswith(_ZIP):
            return magic == OLD_OFFICE
        with zipfile.ZipFile(path) as archive:
            return any(mark in archive.NameToInfo for mark in _OFFICE)
    except (OSError, *DAMAGE):
        return False


def is_litter(name: str) -> bool:
    """What operating systems put into archives by themselves."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in (".DS_Store", "Thumbs.db", "desktop.ini")


def _unsafe(info: zipfile.ZipInfo) -> bool:
    name = info.filename
    linked = (info.external_attr >> 16) & 0o170000 == 0o120000
    return linked or name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn a file that cannot be read into one sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(f"There is no file {path}.") from error
    except IsADirectoryError as error:
        raise DataError(f"{path} is a folder; name the files in it.") from error
    except PermissionError as error:
        raise DataError(f"You have no permission to read {path}.") from error
    except DAMAGE:
        raise
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or 'the disk failed'}.") from error
