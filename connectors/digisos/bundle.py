"""Which JSON texts does a path hold: a file, a gzip, a zip, or a folder with the files of many applications?

The packed sizes are held against the unpacked ones before anything is unpacked, so that no bomb goes off; nothing is
written to a path that an archive names.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path

from ...mining.errors import DataError
from ..unpack import DAMAGE, Stream, is_litter, reading, require_harmless, streams

LARGEST = 32 << 20  # bytes of one JSON text; a Digisos file has some thousand
MOST_FILES = 250_000
_BOMB_SIZE, _BOMB_RATIO = 64 << 20, 20  # they shrink five- to eightfold when they are packed
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
MAGIC = (*_ZIP, b"\x1f\x8b")  # of packed files


class Bundle(AbstractContextManager["Bundle"]):
    """The files of a folder or a zip, by name; read one by one, as often as need be.

    odd : links and pipes in a folder; they are not followed
    """

    def __init__(self, path: Path) -> None:
        self.path, self.odd = path, 0
        self._archive: zipfile.ZipFile | None = None
        if not path.is_dir():
            self._open()
        self.names = self._names()

    def _open(self) -> None:
        try:
            with reading(self.path):
                self._archive = zipfile.ZipFile(self.path)
        except DAMAGE as error:
            raise DataError(
                f"{self.path.name} is cut short or damaged and cannot be unpacked; fetch the file again."
            ) from error
        self._infos = {i.filename: i for i in self._archive.infolist() if not i.is_dir() and not is_litter(i.filename)}

    def require_safe(self) -> None:
        """Raise DataError for a zip with a password, or with names that lead astray."""
        if self._archive is not None:
            infos = [info for info in self._archive.infolist() if not info.is_dir()]
            require_harmless(self.path.name, infos, len(infos))

    def require_harmless(self) -> None:
        """Raise DataError for that, for too many files, or a bomb."""
        self.require_safe()
        if len(self.names) > MOST_FILES:
            raise DataError(f"{self.path.name} holds more than {MOST_FILES} files; read them in parts.")
        if self._archive is not None:
            require_reason(self.path, sum(info.file_size for info in self._infos.values()))

    def _names(self) -> list[str]:
        if self._archive is not None:
            return sorted(self._infos)
        with reading(self.path):
            names = sorted(islice(self._files(), MOST_FILES + 1))
        return [name for name in names if not is_litter(name)]

    def _files(self) -> Iterator[str]:
        """The files of a folder and of those in it; one that may not be opened is an error, not an empty one."""
        for place, folders, files in os.walk(self.path, onerror=_raise):
            self.odd += sum((Path(place) / each).is_symlink() for each in folders)
            for each in files:
                path = Path(place) / each
                if stat.S_ISREG(path.lstat().st_mode):
                    yield path.relative_to(self.path).as_posix()
                else:
                    self.odd += 1

    def read(self, name: str, most: int = LARGEST) -> bytes | None:
        """The bytes of a file; None if it is larger than any of ours, or damaged."""
        try:
            if self._archive is None:
                path = self.path / name
                return path.read_bytes() if path.stat().st_size <= most else None
            info = self._infos[name]
            return self._archive.read(info) if info.file_size <= most else None
        except (OSError, *DAMAGE):
            return None

    def head(self, name: str, size: int) -> bytes:
        """The first bytes of a file; none if it is damaged."""
        try:
            if self._archive is None:
                with (self.path / name).open("rb") as file:
                    return file.read(size)
            with self._archive.open(self._infos[name]) as file:
                return file.read(size)
        except (OSError, *DAMAGE):
            return b""

    def __exit__(self, *_: object) -> None:
        if self._archive is not None:
            self._archive.close()

    def sha256(self) -> tuple[str, int]:
        """A fingerprint of all that is in it, and how many bytes that is."""
        digest, size = hashlib.sha256(), 0
        if self._archive is not None:
            with reading(self.path), self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest(), self.path.stat().st_size
        for name in self.names:
            with reading(self.path / name):
                content = (self.path / name).read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
            size += len(content)
        return digest.hexdigest(), size


def _raise(error: OSError) -> None:
    raise error


def require_reason(path: Path, unpacked: int) -> None:
    """Raise DataError for a file that grows more than these files do when they are unpacked."""
    if unpacked > _BOMB_SIZE and unpacked > _BOMB_RATIO * path.stat().st_size:
        raise DataError(
            f"{path.name} grows to more than {_BOMB_RATIO} times its size when unpacked, which no export does; if you "
            "trust it, unpack it yourself first."
        )


def unpacked(stream: Stream) -> Iterator[bytes]:
    """The bytes of a stream, as long as it grows within reason."""
    total = 0
    for chunk in stream.chunks():
        total += len(chunk)
        require_reason(stream.path, total)
        yield chunk


def is_bundle(path: Path) -> bool:
    """Is it a folder or a zip? Raises DataError for what cannot be read."""
    if path.is_dir():
        return True
    with reading(path), path.open("rb") as file:
        return file.read(4).startswith(_ZIP)


def only_stream(path: Path) -> Stream:
    """The one stream of a file that is no bundle."""
    return streams(path)[0]


def stem(name: str) -> str:
    """The name of a file without what follows the first dot: ``x/digisos-soker.json`` is ``digisos-soker``."""
    return name.rpartition("/")[2].partition(".")[0]


def folder(name: str) -> str:
    """The name of the folder that a file lies in, empty at the top."""
    return name.rpartition("/")[0].rpartition("/")[2]


def lines(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """The lines of a stream. Raises DataError for one that is longer than any file of ours."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) > LARGEST:
            raise DataError(f"{name} holds a line of more than {LARGEST >> 20} MB, which is no Digisos file.")
    if rest:
        yield rest
