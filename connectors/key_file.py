"""The key that makes pseudonyms: where does it come from, and may it be trusted to be secret?

A key is 32 random bytes, written as 64 hexadecimal digits in a file that only its owner can read. The same key gives
the same person the same pseudonym in every import; whoever has the key can find out who a pseudonym is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..mining.errors import StorageError, UsageError

VARIABLE = "SAKSFLYT_KEY_FILE"
BITS = 96  # of the pseudonym that are kept; two of a million people share one once in 10^17 logs
_BYTES = 32
_LONGEST = 4096
_DATA = (
    ".saksflyt", ".csv", ".tsv", ".csv.gz", ".csv.zip", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet", ".feather",
    ".arrow", ".xes", ".xes.gz",
)  # fmt: skip


@dataclass(frozen=True)
class Key:
    """A key as it was read. id : names the key in a log without telling it"""

    path: Path
    id: str
    _secret: bytes = field(repr=False)

    @classmethod
    def read(cls, path: str | Path) -> Key:
        """Raises UsageError if the file cannot be read, may be read by others, or holds no key."""
        path = Path(path)
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
                raise UsageError(f"The key {path} is no file.")
            with path.open("rb") as file:
                state = os.fstat(file.fileno())
                content = file.read(_LONGEST)
        except (OSError, ValueError) as error:
            raise UsageError(f"Cannot read the key {path}: {getattr(error, 'strerror', error)}.") from error
        if os.name == "posix" and state.st_mode & 0o077:
            raise UsageError(
                f"The key {path} may be read or written by others (mode {stat.S_IMODE(state.st_mode):04o}); close it with "
                f"chmod 600, and make a new one if others can have read it."
            )
        return cls(path, *_understood(path, content))

    def pseudonym(self, domain: str, text: str) -> str:
        """What stands in place of `text`. The same text in two domains has two pseudonyms that do not fit together."""
        digest = hmac.digest(self._secret, domain.encode() + b"\x1f" + text.encode("utf-8", "surrogatepass"), "sha256")
        return base64.b32encode(digest[: BITS // 8]).decode("ascii").rstrip("=").lower()


def _understood(path: Path, content: bytes) -> tuple[str, bytes]:
    text = content.strip()
    if len(text) != 2 * _BYTES or not all(c in b"0123456789abcdefABCDEF" for c in text):
        raise UsageError(
            f"{path} holds no key: {2 * _BYTES} hexadecimal digits, and nothing else; make one with saksflyt key FILE."
        )
    secret = bytes.fromhex(text.decode("ascii"))
    return hashlib.sha256(secret + b"id").hexdigest()[:8], secret


def key_from(given: str | Path | None) -> Key | None:
    """The key in the file that is given, else in the one that SAKSFLYT_KEY_FILE names, else none."""
    path = given or os.environ.get(VARIABLE)
    return Key.read(path) if path else None


def make_key(path: Path) -> Key:
    """Write a new key to `path`. Raises UsageError if something is there or its folder is open to others."""
    folder = path.absolute().parent
    try:
        mode = folder.stat().st_mode
    except OSError as error:
        raise UsageError(f"Cannot write the key {path}: {error.strerror}.") from error
    if os.name == "posix" and mode & 0o022:
        raise UsageError(
            f"Others may write in {folder} (mode {stat.S_IMODE(mode):04o}) and could put another key there; choose a folder "
            "of your own, or close it with chmod go-w."
        )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except FileExistsError as error:
        raise UsageError(
            f"{path} is there already, and a key that is lost cannot be made again; choose another name."
        ) from error
    except OSError as error:
        raise UsageError(f"Cannot write the key {path}: {error.strerror}.") from error
    _fill(handle, path)
    return Key.read(path)


def _fill(handle: int, path: Path) -> None:
    """Write the key to the disk, or leave nothing there."""
    try:
        with open(handle, "wb") as file:
            if os.name == "posix":
                os.fchmod(file.fileno(), 0o600)  # whatever the umask says
            file.write(secrets.token_hex(_BYTES).encode("ascii") + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise StorageError(
            f"Writing the key {path} failed: {error.strerror}. Nothing was left half-written."
        ) from error


def lies_with_data(folder: Path) -> bool:
    """Are there exports or logs in this folder?"""
    try:
        return any(entry.name.lower().endswith(_DATA) for entry in folder.absolute().iterdir())
    except OSError:
        return False
